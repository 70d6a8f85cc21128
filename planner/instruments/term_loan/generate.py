"""Random term loans, repaid at once or in instalments."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between, rounded
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.generation import SOURCE, Due, Frame, Made, RandomOffers
from planner.tables.table import Row

USD_BN = 20.0
"""limit of a facility, before it varies by a fifth"""
DRAWN = ((0.0, 0.6), (0.2, 0.7), (0.4, 0.8))
"""when a facility may be drawn, as shares of the horizon; taken in turn"""


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Facilities of which nothing is drawn yet."""
    made = Made()
    for i in range(count):
        first, last = (int(share * frame.calendar.T) * frame.calendar.period_months for share in DRAWN[i % len(DRAWN)])
        limit, fee = rounded(size * USD_BN * between(rng, 0.8, 1.2)), 0.005
        repaid = last + frame.calendar.period_months + rng.choice((12, 24, 36))
        made.rows.append(
            TermLoan(
                facility=f"loan_{i + 1:05d}", lender=f"Bank syndicate {i + 1}", from_date=frame.day(first),
                to_date=frame.day(last), limit_usd_bn=limit, rate=between(rng, 0.075, 0.095), fee_rate=fee,
                repay_by=frame.day(repaid), amortises=rng.random() < 0.4, source=SOURCE,
            )
        )  # fmt: skip
        made.dues += [Due(month, fee * limit / 12) for month in range(first, last + frame.calendar.period_months)]
    return made


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some facilities may be repaid early: from the first day on which they may be drawn, or as soon as they are."""
    del frame
    made = list(rows)
    for i, row in enumerate(rows):
        if isinstance(row, TermLoan):
            chosen, later, fee = rng.random() < part, rng.random() < 0.5, between(rng, 0.005, 0.03)
            if chosen:
                first = row.from_date if later else None
                made[i] = row.model_copy(update={"prepay_fee_rate": fee, "prepay_from": first})
    return made


RANDOM_OFFERS = RandomOffers(make=make, supplies=None, guaranteed=None, further_terms=further_terms)
