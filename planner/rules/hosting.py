"""Hosting: own compute is a pair, chips and halls that admit them, with power where the chips run.

    chips      Σ_{a,F} run_{caFt} ≤ chips_{ct}
    halls      draw_{aFpt} ≤ halls_{aFpt}      for each class of power cost; Σ_p draw = Σ_c run

What finds no match stands idle, and is paid all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.case.case import Case
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = "hosting"


def post(case: Case, ledgers: Ledgers) -> None:
    """No column measures a miss: machines cannot run where there is no hall."""


def limits(case: Case, ledgers: Ledgers) -> Iterator[Limit]:
    """Chips by chip, halls by region, families and power class."""
    for (c,) in ledgers.accounts("chips", "chip"):
        running = ledgers.balance("in_use", instrument="own_fleet", chip=c)
        yield Limit.of(NAME, f"chips/{c}", "GW", running, ledgers.balance("chips", chip=c), physical=True)
    for a, admitted, p in ledgers.accounts("power", "region", "families", "power_class"):
        pool = {"region": a, "families": admitted, "power_class": p}
        used, allowed = ledgers.balance("power", **pool), ledgers.balance("halls", **pool)
        yield Limit.of(NAME, f"halls/{a}/{admitted}/{p}", "GW", used, allowed, physical=True)
