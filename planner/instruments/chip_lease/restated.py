"""Chip lease: resale values and debts as the audit works them out, from rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from planner.common.chips import ResaleLevel, ResaleValue
from planner.common.indices import IndexLevel
from planner.instruments.chip_lease.tables import SpvTranche
from planner.interfaces.case_data import CaseData


def resale_curve(case: CaseData, chip: str) -> tuple[list[float], list[float]]:
    """Ages, and the share of the cost that chips are worth then."""
    curve = sorted((point.age_years, point.value_share) for point in case.rows(ResaleValue) if point.chip == chip)
    return [age for age, _ in curve], [share for _, share in curve]


def level(case: CaseData, chip: str, day: date) -> float:
    """What chips fetch on a day, as a part of their resale values."""
    known = [(row.from_date, row.level_share) for row in case.rows(ResaleLevel) if row.chip == chip]
    return max((each for each in known if each[0] <= day), default=(day, 1.0))[1]


def rate_on(case: CaseData, part: SpvTranche, day: date) -> float:
    """The yearly rate of a tranche without support, as it is in force on a day."""
    rate = part.rate if part.rate_unsupported is None else part.rate_unsupported
    if part.rate_index is not None:
        rate += max((row.from_date, row.level) for row in case.rows(IndexLevel) if known(row, part, day))[1]
        rate = rate if part.rate_floor is None else max(rate, part.rate_floor)
        rate = rate if part.rate_cap is None else min(rate, part.rate_cap)
    return rate


def known(row: IndexLevel, part: SpvTranche, day: date) -> bool:
    """Whether a level of the index of a tranche is known on a day."""
    return row.index == part.rate_index and row.from_date <= day


def debts(money: float, rate: float, begins: float, over: float, balloon_share: float) -> Iterator[tuple[int, float]]:
    """(period, debt at its start) under the level payments of a term [begins, over) that leave the balloon.

    Times are in periods, and `rate` is per period. Each payment is due at the end of a period or of the term, for the
    part of the period that the term covers. Interest is added from payment to payment.
    """
    ends = [min(t + 1.0, over) for t in range(int(np.floor(begins)), int(np.ceil(over)))]
    starts = [begins, *ends[:-1]]
    annuity = sum((end - start) * (1 + rate) ** (begins - end) for start, end in zip(starts, ends, strict=True))
    payment = money * (1 - balloon_share * (1 + rate) ** (begins - over)) / annuity
    for start, end in zip(starts, ends, strict=True):
        if start == int(start):
            yield int(start), money
        money = money * (1 + rate) ** (end - start) - payment * (end - start)
