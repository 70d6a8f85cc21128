"""`debt.csv`: what each class of debt opens at, what is added, accrues and is paid, by period [USD bn].

    closing_t = opening_t + additions_t + interest_t − repayment_t        opening_t = closing_{t−1}

`opening` of the first period is what was there before the start. With M_t the debt measured at the start of period t,
after that period's signings, deliveries, draws and repayments, the classes are

    lease, chip_lease   the value at the lease rate r of fixed payments left, which fall due in the middle of a period:
                        closing_t   = M_t · (1 + r)^h − payment_t · (1 + r)^(h/2)
                        interest_t  = closing_t − M_t + payment_t        repayment_t = payment_t
                        additions_t = M_t − closing_{t−1}                what is signed, or commences or is delivered
    loan                closing_t = M_t, additions are draws; repayment is principal repaid and interest, as paid
    any other           an SPV's debt: closing_t = M_t. Its interest is paid by the SPV, out of what the lab pays it, so
                        none is posted: interest is blank, and of what changes from period to period under each decision
                        rises are additions and falls are repayment
"""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.frames import Part, Table, stacked
from planner.ledgers.posts import Entries
from planner.portfolio.solution import Solution
from planner.tables.offer import OfferStatus

MOVES = ("opening_usd_bn", "additions_usd_bn", "interest_usd_bn", "repayment_usd_bn", "closing_usd_bn")
COLUMNS = ("class", "period", *MOVES)
PAYMENT = {"lease": "rent", "chip_lease": "lease_payment"}
"""line of the payments whose value a lease liability is, by class"""
LOAN = "loan"


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; classes in the order in which instruments post them."""
    calendar = solution.portfolio.case.calendar
    starts = [calendar.start_of(t).isoformat() for t in calendar.periods]
    parts: list[Part] = []
    for (name,) in solution.portfolio.ledgers.accounts("debt", "debt_class"):
        if name in PAYMENT:
            values = _lease(solution, name)
        elif name == LOAN:
            values = _loan(solution)
        else:
            values = _outstanding(solution, name)
        parts.append(dict(zip(COLUMNS, ([name] * calendar.T, starts, *values), strict=True)))
    return stacked(COLUMNS, MOVES, *parts)


def _lease(solution: Solution, name: str) -> tuple[Vector, ...]:
    """Opening, additions, interest, repayment, closing of a lease liability."""
    case, mine = solution.portfolio.case, _owed(solution, name)
    h, growth = case.calendar.h, 1.0 + case.settings.lease_rate
    measured = _measured(solution, name)
    paid = _paid(solution, PAYMENT[name], set(mine.labels("offer")))
    closing = _clean(measured * growth**h - paid * growth ** (h / 2))
    opening = np.concatenate([[_before(solution, mine)], closing[:-1]])
    return opening, _clean(measured - opening), _clean(closing - measured + paid), paid, closing


def _loan(solution: Solution) -> tuple[Vector, ...]:
    """Opening, additions, interest, repayment, closing of loans."""
    cash, measured = solution.ledger("cash"), _measured(solution, LOAN)
    loans = set(cash.where(cash.those(lambda post: post.labels.debt_class == LOAN)).labels("offer"))
    drawn, interest, repaid = (
        _paid(solution, line, loans) * sign
        for line, sign in (("drawdown", -1.0), ("interest", 1.0), ("repayment", 1.0))
    )
    opening = _clean(measured - drawn + repaid)
    return opening, _clean(drawn), interest, repaid + interest, measured


def _outstanding(solution: Solution, name: str) -> tuple[Vector, ...]:
    """Opening, additions, no interest, repayment, closing of debt whose service is not the lab's."""
    T, mine = solution.portfolio.case.calendar.T, _owed(solution, name)
    before = _before(solution, mine)
    sunk = _signed_before(solution)
    owed: dict[tuple[int, str], Vector] = {}
    entries = zip(mine.variable.tolist(), mine.labels("offer"), mine.period.tolist(), mine.value.tolist(), strict=True)
    for column, offer, t, value in entries:
        owed.setdefault((column, offer), np.zeros(T))[t] += value
    added, repaid = np.zeros(T), np.zeros(T)
    for (_, offer), outstanding in sorted(owed.items(), key=lambda item: item[0]):
        change = np.diff(outstanding, prepend=outstanding[0] if offer in sunk else 0.0)
        added += np.maximum(change, 0.0)
        repaid += np.maximum(-change, 0.0)
    closing = _measured(solution, name)
    opening = np.concatenate([[before], closing[:-1]])
    return opening, _clean(added), np.full(T, np.nan), _clean(repaid), closing


def _owed(solution: Solution, name: str) -> Entries:
    """The debt of a class."""
    debt = solution.ledger("debt")
    return debt.where(debt.those(lambda post: post.labels.debt_class == name))


def _measured(solution: Solution, name: str) -> Vector:
    """M_t of a class [USD bn]; shape (T,)."""
    return _clean(solution.portfolio.ledgers.balance("debt", debt_class=name).evaluate(solution.x))


def _paid(solution: Solution, line: str, offers: Container[str]) -> Vector:
    """What is paid under offers within the horizon in one line of cash [USD bn]; shape (T,)."""
    T, cash = solution.portfolio.case.calendar.T, solution.ledger("cash")
    paid = cash.those(lambda post: post.line == line and post.labels.offer in offers) & (cash.period < T)
    mine = cash.where(paid)
    return np.asarray(0.0 - np.bincount(mine.period, weights=mine.value, minlength=T))


def _before(solution: Solution, mine: Entries) -> float:
    """Debt at the start under what was signed before it [USD bn]."""
    before = _signed_before(solution)
    return float(mine.value[mine.those(lambda post: post.labels.offer in before) & (mine.period == 0)].sum())


def _signed_before(solution: Solution) -> set[str]:
    """Offers that were signed before the start."""
    return {offer.offer for offer in solution.portfolio.case.tables.offers() if offer.status is OfferStatus.SIGNED}


def _clean(values: Vector) -> Vector:
    """Values with the noise of subtraction taken out."""
    return np.where(np.abs(values) > 1e-9, values, 0.0)
