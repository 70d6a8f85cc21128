"""Cost and usage rows of FOCUS, the open format of cloud bills, as a table of use by offer, chip, region and month.

    offer     CommitmentDiscountId
    chip      SkuId
    region    RegionId
    month     ChargePeriodStart; a charge must not leave its month
    gw        Σ ConsumedQuantity in GW-hours / hours of the month

The unit of each quantity is ConsumedUnit: GW-hours, MW-hours or kW-hours; of any other unit the column
`x_gwh_per_unit` says how many GW-hours one is. Rows whose ChargeCategory is not Usage are passed over, and so are those
with the CommitmentDiscountStatus Unused. (FinOps Open Cost and Usage Specification 1.2, https://focus.finops.org.)
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date

from planner.basics.errors import DataError, Problem
from planner.tables import cells
from planner.tables.csvtext import RawRecord, RawTable

GWH = {"gw-hours": 1.0, "mw-hours": 1e-3, "kw-hours": 1e-6, "gwh": 1.0, "mwh": 1e-3, "kwh": 1e-6}
"""GW-hours per unit, by the unit in lower case"""
NEEDED = (
    "CommitmentDiscountId", "SkuId", "RegionId", "ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity",
    "ConsumedUnit",
)  # fmt: skip
PER_UNIT = "x_gwh_per_unit"
HOURS_PER_DAY = 24.0
HEADER = ("offer", "chip", "region", "month", "gw")


def is_focus(table: RawTable) -> bool:
    """Whether a table looks like rows of FOCUS."""
    return "ChargePeriodStart" in table.header or "ConsumedQuantity" in table.header


def usage(file: str, table: RawTable) -> RawTable:
    """The use by month. Each row has the line of its first charge. Raises DataError with everything wrong."""
    problems = [Problem(file, 1, name, "this column", "no such column") for name in NEEDED if name not in table.header]
    if problems:
        raise DataError(problems)
    at = {name: table.header.index(name) for name in table.header}
    sums: dict[tuple[str, str, str, date], float] = defaultdict(float)
    lines: dict[tuple[str, str, str, date], int] = {}
    for record in table.records:
        if len(record.cells) != len(table.header):
            problems.append(Problem(file, record.line, "", f"{len(table.header)} cells", str(len(record.cells))))
            continue
        told = {name: record.cells[i] for name, i in at.items()}
        if told.get("ChargeCategory", "Usage") not in ("", "Usage") or told.get("CommitmentDiscountStatus") == "Unused":
            continue
        try:
            month = _month(file, record.line, told)
            hours = _gw_hours(file, record.line, told)
        except DataError as error:
            problems += error.problems
            continue
        key = (told["CommitmentDiscountId"], told["SkuId"], told["RegionId"], month)
        sums[key] += hours
        lines.setdefault(key, record.line)
    if problems:
        raise DataError(problems)
    return RawTable(HEADER, tuple(_record(key, lines[key], total) for key, total in sums.items()))


def _record(key: tuple[str, str, str, date], line: int, gw_hours: float) -> RawRecord:
    *names, month = key
    hours = monthrange(month.year, month.month)[1] * HOURS_PER_DAY
    return RawRecord(line, (*names, month.isoformat(), cells.text_of(gw_hours / hours)))


def _month(file: str, line: int, told: dict[str, str]) -> date:
    """The first day of the month of a charge."""
    days = []
    for name in ("ChargePeriodStart", "ChargePeriodEnd"):
        try:
            days.append(cells.day(told[name][:10]))
        except ValueError:
            expected = "a time such as 2027-01-31T00:00:00Z"
            raise DataError([Problem(file, line, name, expected, cells.shown(told[name]))]) from None
    first, end = days
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    if not first <= end <= following:
        expected = f"a time in the month of ChargePeriodStart, at most {following}"
        raise DataError([Problem(file, line, "ChargePeriodEnd", expected, cells.shown(told["ChargePeriodEnd"]))])
    return first.replace(day=1)


def _gw_hours(file: str, line: int, told: dict[str, str]) -> float:
    try:
        quantity = cells.number(told["ConsumedQuantity"])
    except ValueError:
        found = cells.shown(told["ConsumedQuantity"] or None)
        raise DataError([Problem(file, line, "ConsumedQuantity", "a number", found)]) from None
    if told.get(PER_UNIT):
        try:
            return quantity * cells.number(told[PER_UNIT])
        except ValueError:
            raise DataError([Problem(file, line, PER_UNIT, "a number", cells.shown(told[PER_UNIT]))]) from None
    factor = GWH.get(told["ConsumedUnit"].lower())
    if factor is None:
        expected = f"GW-hours, MW-hours or kW-hours, or a number in {PER_UNIT}"
        raise DataError([Problem(file, line, "ConsumedUnit", expected, cells.shown(told["ConsumedUnit"] or None))])
    return quantity * factor
