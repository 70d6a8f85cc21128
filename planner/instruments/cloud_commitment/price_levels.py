"""What the prices of a commitment are multiplied by over time: the level of its index, and the contract year's factor.

    multiple(s, e)    Σ_y factor_y · level_y · length_y / Σ_y length_y      over the contract years y within [s, e)

level_y is the mean level of the index over that part of the year or, where the price resets, the level on the day on
which the contract starts. Lengths are those of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner.instruments.cloud_commitment.contract_years import year_days
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm
from planner.instruments.shared.levels import UNMOVED, Levels, levels
from planner.interfaces.case_data import CaseData


@dataclass(frozen=True, eq=False)
class PriceLevels:
    """What prices are multiplied by."""

    index: Levels
    """the level of each day; not where the price resets"""
    fixed: float
    """the level on the start, where the price resets; else 1"""
    years: tuple[tuple[float, float, float], ...]
    """(from, to, factor) of each contract year [periods]; none where every factor is 1"""

    def multiple(self, first: float, last: float) -> float:
        """The mean over the time from `first` to `last` [periods]."""
        within = [(max(first, begins), min(last, ends), factor) for begins, ends, factor in self.years]
        parts = [part for part in within if part[0] < part[1]]
        if not parts:
            return self.fixed * self.index.mean(first, last)
        total = sum((end - begin) * factor * self.index.mean(begin, end) for begin, end, factor in parts)
        return self.fixed * total / sum(end - begin for begin, end, _ in parts)


STATED = PriceLevels(UNMOVED, 1.0, ())
"""of prices that stay as they are stated"""


def price_levels(
    case: CaseData, row: CloudCommitment, starts: date, ends: date, terms: Sequence[CloudTerm]
) -> PriceLevels:
    """What the prices of a contract with a start are multiplied by."""
    changing = any(term.price_factor != 1.0 for term in terms)
    if row.price_index is None and not changing:
        return STATED
    known, position = levels(case, row.price_index), case.calendar.position
    days = [(*year_days(starts, ends, term.contract_year), term.price_factor) for term in terms if changing]
    years = tuple((position(first), position(after), factor) for first, after, factor in days)
    if row.price_resets:
        return PriceLevels(UNMOVED, known.on(position(starts)), years)
    return PriceLevels(known, 1.0, years)
