"""Which limits a stress plan may break, where no plan keeps them all.

They are those that somebody set, and demand where a shortage has no price. What machines, halls and contracts can do is
never broken.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.case.case import Case
from planner.ledgers.limits import Limit
from planner.rules.meet_demand import NAME as MEET_DEMAND


def loose_in(case: Case) -> Callable[[Limit], bool]:
    """Whether a plan of a case under events may break a limit."""
    strict = case.settings.shortage_cost_usd_bn_per_gw_year is not None

    def loose(limit: Limit) -> bool:
        if limit.rule == MEET_DEMAND:
            return not strict and limit.subject.startswith("demand/")
        return limit.rule in case.catalogue.set_by_somebody and not limit.physical

    return loose
