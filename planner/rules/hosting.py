"""Hosting: own chips run only as far as there are chips, and halls that admit them.

    chips      Σ_{a,F} run_{caFt} ≤ chips_{ct} − unavailable_{ct}
    halls      draw_{aFpt} + let_{aFpt} ≤ halls_{aFpt}      for each power class p; Σ_p draw = Σ_c run
    let        let_{caFt} ≤ run_{caFt}                      own chips are let while they run

Chips that become available inside a period count for the part that is left, where they are signed already.
What is let to a tenant, halls or chips that run in them, is taken from the same halls and chips.
Chips without halls and halls without chips stand idle, and are paid for all the same. A post of machines in use that
names the chip families of halls is one of machines in those halls.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = "hosting"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Chips by chip, then halls by region, families and power class."""
    hosted: dict[str, list[Balance]] = {}
    for c, admitted in ledgers.accounts("in_use", "chip", "families"):
        if admitted:
            hosted.setdefault(c, []).append(ledgers.balance("in_use", chip=c, families=admitted))
    for (c,) in ledgers.accounts("chips", "chip"):
        running = Balance.total(hosted.get(c, []), case.calendar.T)
        yield Limit.of(NAME, f"chips/{c}", "GW", running, able_to_run(ledgers, c), physical=True)
    pools = dict.fromkeys(ledgers.accounts("power", "region", "families", "power_class"))
    let = [pool for pool in ledgers.accounts("let", "region", "families", "power_class") if pool[-1]]
    for a, admitted, p in pools | dict.fromkeys(let):
        pool = {"region": a, "families": admitted, "power_class": p}
        used, allowed = ledgers.balance("power", **pool), ledgers.balance("halls", **pool)
        if (a, admitted, p) in let:
            used = Balance.total([used, ledgers.balance("let", **pool)], case.calendar.T)
        yield Limit.of(NAME, f"halls/{a}/{admitted}/{p}", "GW", used, allowed, physical=True)
    for c, a, admitted in ledgers.accounts("let", "chip", "region", "families"):
        if c:
            pool = {"chip": c, "region": a, "families": admitted}
            used, allowed = ledgers.balance("let", **pool), ledgers.balance("in_use", **pool)
            yield Limit.of(NAME, f"let/{c}/{a}/{admitted}", "GW", used, allowed, physical=True)


def able_to_run(ledgers: Ledgers, chip: str) -> Balance:
    """Chips of a kind that are held and available [GW]."""
    return ledgers.balance("chips", chip=chip).minus(ledgers.balance("unavailable", chip=chip))


RULE = Rule(
    name=NAME,
    reads=(),
    steps=None,
    events=(),
    limits=limits,
    set_by_somebody=False,
    loosened_by=None,
    follows_demand=None,
)
