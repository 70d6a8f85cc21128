"""Grid limit: the own halls of a region stay within the power that its grid can carry.

    Σ halls_{at} ≤ grid_limit_a

Halls count from their commencement, with or without chips in them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.regions import Region
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line
from planner.interfaces.loosening import Item, Limits
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.loosening import slots_of

NAME = "grid_limit"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per region with a grid limit and halls [GW of IT power]."""
    for region in case.rows(Region):
        if region.grid_limit_gw is not None and any(ledgers.select("halls", region=region.region)):
            cap = np.full(case.calendar.T, region.grid_limit_gw)
            yield Limit.of(NAME, region.region, "GW", ledgers.balance("halls", region=region.region), cap)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    for region in case.rows(Region):
        if region.grid_limit_gw is not None:
            change = f"regions[{region.region}].grid_limit_gw += 0.1"
            yield LimitStep(LimitOf.POWER, f"grid limit of {region.region}", "0.1 GW more", change)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A grid that carries more, in each region with a limit."""
    for region in case.rows(Region):
        limit = limits.get(region.region)
        if limit is not None:
            yield _larger(region, limit)


def _larger(region: Region, limit: Limit) -> Item:
    def lines(amounts: Amounts) -> list[Line]:
        where, says = f"regions[{region.region}].grid_limit_gw", f"{{by}} more grid in {region.region}"
        return [Line(where, "+=", max(amounts.slack.values()), says, "GW")]

    return Item("grid", region.region, lines, slots_of(limit, region.grid_limit_gw or 1.0))


RULE = Rule(
    name=NAME,
    reads=(Region,),
    steps=_steps,
    events=(),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
