"""Usual sizes of numbers by their unit, and the unit in which an unusual number was probably written.

Sources of the ranges, widened by a factor of three or more: halls of 10 MW to 5 GW and rents of 75 to 250 USD per kW
and month (brokers' market reports, 2023–2026); power at 30 to 150 USD per MWh; 10 to 60 USD bn per GW for chips and
hall; cloud contracts at 2 to 25 USD bn per GW and year; revenue of 1 to 40 USD bn per year for each GW that a lab runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from planner.basics.text import number
from planner.basics.units import MONTHS_PER_YEAR

USUAL: Mapping[str, tuple[float, float]] = {
    "GW": (0.001, 100.0),
    "MW": (2.0, 20_000.0),
    "USD per kW and month": (5.0, 1_000.0),
    "USD per MWh": (2.0, 1_000.0),
    "USD bn per GW": (0.1, 300.0),
    "USD bn per GW and year": (0.001, 300.0),
    "USD bn": (0.0001, 10_000.0),
    "USD bn per year": (0.001, 10_000.0),
    "USD bn per month": (0.00001, 1_000.0),
    "share": (0.0, 1.0),
    "per year": (0.0, 0.5),
    "ms": (0.2, 60_000.0),
    "multiple": (0.05, 50.0),
    "reference GW per GW": (0.02, 50.0),
}
"""by unit, the smallest and the largest usual number; 0 is always usual"""
USUAL_PER_GW: Mapping[str, float] = {
    "GW": 5.0,
    "USD bn": 80.0,
    "USD bn per year": 300.0,
    "USD bn per month": 15.0,
}
"""by unit, the largest usual number for each GW of the largest demand"""
WRITTEN: Mapping[str, tuple[tuple[float, str], ...]] = {
    "GW": ((1e-3, "MW"), (1e-6, "kW")),
    "kW": ((1e-3, "W"), (1e3, "MW")),
    "MW": ((1e3, "GW"), (1e-3, "kW")),
    "USD per kW and month": (
        (1 / MONTHS_PER_YEAR, "USD per kW and year"),
        (1e-3, "USD per MW and month"),
        (1e3 / MONTHS_PER_YEAR, "USD m per MW and year"),
        (1e3, "USD m per GW and month"),
    ),
    "USD per MWh": ((1e3, "USD per kWh"), (10.0, "US cents per kWh"), (1e-3, "USD per GWh")),
    "ms": ((1e3, "s"), (1e-3, "µs")),
    "share": ((1e-2, "%"),),
    "per year": ((1e-2, "% per year"), (1e-4, "basis points")),
    "years": ((1 / MONTHS_PER_YEAR, "months"), (1e-3, "thousandths")),
    "months": ((float(MONTHS_PER_YEAR), "years"),),
    "multiple": ((1e-2, "%"), (1e-3, "thousandths"), (1e3, "thousands")),
    "reference GW per GW": ((1e-3, "reference MW per GW"), (1e3, "reference GW per MW")),
}
"""by unit, others in which its numbers are written by mistake, and what one of the other is in it"""
MONEY = ((1e-3, "m"), (1e-6, "thousand"), (1e-9, ""), (1e3, "tn"))
"""what one USD m, thousand, USD and tn are in USD bn"""


def meant(value: float, unit: str, least: float, most: float) -> str:
    """`; did you mean 2,000 USD m?` where an unusual number would be usual in another unit; empty where in none.

    >>> meant(2000, "USD bn", 0.0001, 140)
    '; did you mean 2,000 USD m?'
    >>> meant(0.4, "MW", 2, 20000)
    '; did you mean 0.4 GW?'
    """
    if unit.startswith("USD bn"):
        after = unit.removeprefix("USD bn")
        written = [(factor, f"USD {word}".strip() + after) for factor, word in MONEY]
    else:
        written = list(WRITTEN.get(unit, ()))
    for factor, other in written:
        if least <= abs(value) * factor <= most:
            return f"; did you mean {number(value)} {other}?"
    return ""
