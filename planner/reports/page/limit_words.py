"""Limits in the words in which people speak of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from planner.basics.spans import month_text
from planner.common.policies import SECOND_SERVICES
from planner.plan.plan import Plan
from planner.reports.names import Names, spaced
from planner.reports.summary import room

FULL = 1e-3
"""share of what is allowed below which the headroom counts as none"""
WHOLE: Mapping[str, str] = {
    "debt_cap/cap": "the cap on debt",
    "debt_cap/multiple": "debt as a multiple of net revenue",
    "debt_cap/multiple_under_stress": "debt as a multiple of net revenue under stress",
    "fixed_charge_cover/net_revenue": "the cover of fixed charges",
    "fixed_charge_cover/net_revenue_under_stress": "the cover of fixed charges under stress",
    "obligations/all": "the cap on obligations",
    "liquidity/cash": "the minimum of cash",
}
"""limits that are named as a whole"""
OF: Mapping[str, str] = {
    "guarantor_cap": "guarantees of {} for {}s",
    "grid_limit": "the grid in {}",
    "liquidity": "the minimum of cash",
    "programme": "the programme {}",
    "debt_cap": "debt, {}",
    "fixed_charge_cover": "the cover of fixed charges, {}",
    "policies": "the policy {}",
}
"""limits of somebody or something, which stands for the brackets"""
POLICIES: Mapping[str, str] = {
    "provider_share_max": "the share of one provider, {}",
    "family_share_max": "the share of one family of chips, {}",
    "survive_loss_of_provider": "what must be left without {}",
    "own_capacity_min": "the aim of own halls",
    "funding_from_provider_max": "equity from {} against what is spent there",
    "reserve_margin_min": "the reserve, {}",
    "served_in_region_min": "what must be served from {} itself",
}


def limit_words(limit: str, subject: str, called: Callable[[str], str] = spaced) -> str:
    """A limit of `limits.csv` in words; `called` says what an identifier is called.

    >>> limit_words("guarantor_cap", "google/lease"), limit_words("policies", "own_capacity_min/(all)")
    ('guarantees of google for leases', 'the aim of own halls')
    """
    if f"{limit}/{subject}" in WHOLE:
        return WHOLE[f"{limit}/{subject}"]
    first, _, rest = subject.partition("/")
    if limit == "policies" and first in POLICIES:
        return POLICIES[first].format(_of(rest, called))
    words = OF.get(limit, f"{spaced(limit)}, {{}}")
    both = words.count("{}") == 2
    return words.format(_of(first, called), _of(rest, called)) if both else words.format(_of(subject, called))


def _of(subject: str, called: Callable[[str], str]) -> str:
    return ", ".join(map(called, subject.split("/")))


@dataclass(frozen=True)
class UsedInFull:
    """A limit of which nothing is left in some periods."""

    subject: str
    """what it limits, as `limits.csv` says"""
    words: str
    first: date
    """first day of the first of these periods"""
    last: date
    """first day of the last of them"""
    periods: int

    @property
    def text(self) -> str:
        """The limit, and when nothing is left of it."""
        when = f"from {month_text(self.first)}" if self.periods > 1 else f"in {month_text(self.first)}"
        return f"{self.words} ({when})"


def used_in_full(plan: Plan, names: Names) -> list[UsedInFull]:
    """The limits that somebody set and of which nothing is left, those first that bind in most periods."""
    days: dict[tuple[str, str], list[str]] = {}
    for limit in plan.rows("limits"):
        if str(limit.subject).startswith(SECOND_SERVICES):
            continue
        left = room(limit, plan.case.catalogue.set_by_somebody)
        if left is not None and abs(left) <= FULL:
            days.setdefault((str(limit.limit), str(limit.subject)), []).append(str(limit.period))
    found = []
    for (limit, subject), mine in days.items():
        first, last = (date.fromisoformat(choice(mine)) for choice in (min, max))
        found.append(UsedInFull(subject, limit_words(limit, subject, names.of), first, last, len(mine)))
    return sorted(found, key=lambda each: (-each.periods, each.first, each.words))
