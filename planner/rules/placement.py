"""Placement: own chips run where they stand, and stay there unless they are moved.

    in_region       Σ_F run_{caFt} + moving_{cat} ≤ placed_{cat}
    in_stock        Σ_a placed_{cat} ≤ chips_{ct}
    stays           stood_{cat} + moved_in_{cat} − moved_out_{cat} ≤ placed_{cat}
    from_there      moved_out_{cat} ≤ stood_{cat}
    owned_stay      owned_{cat} ≤ stood_{cat} + Σ_{t' < t} moved_out_{cat'}
    as_many_leave   Σ_a given_up_{cat} ≤ leaving_{ct}
    as_many_come    Σ_a moved_in_{cat} ≤ Σ_a moved_out_{cat}
    as_many_go      Σ_a moved_out_{cat} ≤ Σ_a moved_in_{cat}

stood_{cat} = placed_{c,a,t−1} − given_up_{c,a,t−1} + arrives_{cat} is what stood there before, without the chips that
left the stock since, and with chips owned at the start whose row names the region. For t = 0 it is what stands there at
the start of the case, and Σ_{t' < t} counts what was moved away before. moving_{cat} is what was moved to a and still
idle: all of it for move_months, in the last of these periods the part of the period that is left of them. leaving_{ct}
are chips at the end of their life, and those that go back, in the last period in which they are held. owned_{cat} are
those of the chips owned at the start in a that are held in t: others that leave the stock, idle ones among them, set
none of these free. What is placed beyond what
stood there stands in a region for the first time, which is free. Between halls of one region chips move freely. Only
chips that can stand in two regions or more have such limits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = "placement"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """The limits of each chip and region, then of each chip [GW]."""
    T = case.calendar.T

    def total(*names: str, **labels: str) -> Balance:
        return Balance.total([ledgers.balance(name, **labels) for name in names], T)

    def stated(subject: str, used: Balance, allowed: Balance) -> Limit:
        return Limit.of(NAME, subject, "GW", used, allowed, physical=True)

    for c, a in ledgers.accounts("placed", "chip", "region"):
        here = {"chip": c, "region": a}
        running = [ledgers.balance("in_use", families=f, **here) for f in _families(ledgers, c, a)]
        yield stated(
            f"in_region/{c}/{a}", Balance.total([*running, total("moving", **here)], T), total("placed", **here)
        )
        stood, away = total("placed_before", "arrives", **here), total("moved_out", **here)
        coming = Balance.total([stood, total("moved_in", **here)], T)
        yield stated(f"stays/{c}/{a}", coming.minus(away), total("placed", **here))
        if len(total("moved_out", "given_up", **here).variables):
            yield stated(f"from_there/{c}/{a}", away, stood)
        owned = total("chips", **here)
        if owned.constant.any() and (c,) in ledgers.accounts("leaving", "chip"):
            gone = Balance.total([_added_up(away), total("moved_out_before", **here)], T)
            yield stated(f"owned_stay/{c}/{a}", owned, Balance.total([stood, gone], T))
    for (c,) in ledgers.accounts("placed", "chip"):
        yield stated(f"in_stock/{c}", total("placed", chip=c), total("chips", chip=c))
        yield stated(f"as_many_leave/{c}", total("given_up", chip=c), total("leaving", chip=c))
    for (c,) in ledgers.accounts("moved_in", "chip"):
        into, away = total("moved_in", chip=c), total("moved_out", chip=c)
        yield stated(f"as_many_come/{c}", into, away)
        yield stated(f"as_many_go/{c}", away, into)


def _added_up(balance: Balance) -> Balance:
    """The sum over all periods before each, entry by entry, so that others can be added to it."""
    T, lasts = balance.T, balance.T - balance.periods - 1
    periods = [np.arange(t + 1, T, dtype=np.int64) for t in balance.periods.tolist()]
    return Balance(
        np.concatenate([np.empty(0, dtype=np.int64), *periods]),
        np.repeat(balance.variables, lasts),
        np.repeat(balance.values, lasts),
        np.cumsum(balance.constant) - balance.constant,
    )


def _families(ledgers: Ledgers, chip: str, region: str) -> list[str]:
    """The families of the halls of a region in which a chip may run."""
    accounts = ledgers.accounts("in_use", "chip", "region", "families")
    return [families for c, a, families in accounts if (c, a) == (chip, region) and families]


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
