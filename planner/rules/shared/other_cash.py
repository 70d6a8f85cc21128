"""Other cash of generated cases: rounds of equity with the taxes that follow, and costs that do not follow revenue."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between, rounded
from planner.common.treasury import CashKind, Finance, OtherCash
from planner.interfaces.generation import SOURCE, Frame
from planner.tables.table import Row

ROUND = 0.1
"""a round of equity, as a part of a year's revenue, before it varies by a half"""
TAX = 0.2
"""a tax that follows a round, as a part of it"""


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some years have a round of equity and a tax half a year later; in some, other costs do not follow revenue.

    What is left of revenue is the same, and no cash is ever less than it was.
    """
    made = list(rows)
    for i, row in enumerate(rows):
        if not isinstance(row, Finance):
            continue
        rounds, moves = rng.random() < part, rng.random() < part
        sum_, share = between(rng, 0.5, 1.5) * ROUND * row.revenue_usd_bn_per_year, between(rng, 0.1, 0.5)
        if moves:
            fixed = rounded(row.revenue_usd_bn_per_year * row.other_cost_share * share, 12)
            left = rounded(row.other_cost_share * (1.0 - share), 12)
            made[i] = row.model_copy(update={"other_cost_share": left, "other_cost_usd_bn_per_year": fixed})
        months = (
            (row.from_date.year - frame.calendar.start.year) * 12 + row.from_date.month - frame.calendar.start.month
        )
        if rounds and sum_ > 0:
            what = f"Round of {row.from_date.year}"
            for after, kind, usd_bn in ((3, CashKind.EQUITY, sum_), (9, CashKind.TAX, -TAX * sum_)):
                day, amount = frame.day(months + after), rounded(usd_bn)
                made.append(OtherCash(what=what, date=day, kind=kind, amount_usd_bn=amount, source=SOURCE))
    return made
