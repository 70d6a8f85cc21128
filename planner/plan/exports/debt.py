"""`debt.csv`: what each class of debt opens at, what is added, accrues and is paid, by period [USD bn].

    closing_t = opening_t + additions_t + interest_t − repayment_t        opening_t = closing_{t−1}

`opening` of the first period is what was there before the start. M_t is the debt measured at the start of period t,
after that period's signings, deliveries, draws and repayments. The instrument that posts a class says which of these it
is, in its field `debt`:

    LeaseLiability      the value at the lease rate r of fixed payments left, each paid y years after the start of t:
                        closing_t   = M_t · (1 + r)^h − Σ payment · (1 + r)^(h − y)
                        interest_t  = closing_t − M_t + payment_t        repayment_t = payment_t + fee_t
                        additions_t = M_t − closing_{t−1} + fee_t        what is signed, or commences or is delivered
                        A fee for an early end that is paid on the first day of t is paid before M_t is measured. An
                        addition is negative where notice takes more away than the fee adds. What commences inside a
                        period counts from the next one on; what is paid before that repays nothing
    LoanBalance         closing_t = M_t − principal paid after the first day of t; additions are draws; repayment is the
                        principal and the interest paid
    DebtOfOthers        closing_t = M_t. Somebody else pays the interest, out of what the lab pays it, so it is not
                        posted: interest is blank. Under each decision, a rise from one period to the next counts as
                        additions and a fall as repayment

Where several instruments post one class, its rows are their sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.frames import Part, Table, stacked
from planner.interfaces.debt import DebtMoves, DebtOfOthers, LeaseLiability, LoanBalance
from planner.ledgers.ledgers import SAME_TIME
from planner.ledgers.posts import Entries, Post
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.tables.offer import OfferStatus

NUMBERS = MOVES = ("opening_usd_bn", "additions_usd_bn", "interest_usd_bn", "repayment_usd_bn", "closing_usd_bn")
COLUMNS = ("class", "period", *MOVES)
NUMBERS = MOVES

Moves = tuple[Vector, ...]
"""opening, additions, interest, repayment, closing [USD bn]; each of shape (T,)"""


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; classes in the order in which instruments post them."""
    calendar = solution.portfolio.case.calendar
    starts = [calendar.start_of(t).isoformat() for t in calendar.periods]
    classes: dict[str, list[Moves]] = {}
    for (name, instrument), moves in explained(solution.portfolio).items():
        classes.setdefault(name, []).append(_moves(solution, name, instrument, moves))
    parts: list[Part] = []
    for name, found in classes.items():
        values = reduce(lambda one, other: tuple(map(np.add, one, other)), found)
        parts.append(dict(zip(COLUMNS, ([name] * calendar.T, starts, *values), strict=True)))
    return stacked(COLUMNS, NUMBERS, *parts)


def explained(portfolio: Portfolio) -> Mapping[tuple[str, str], DebtMoves]:
    """How each class of debt moves, by the class and the instrument that posts it.

    Raises ValueError where an instrument posts a class of debt and does not say in its field `debt` how it moves.
    """
    says = {each.name: each.debt for each in portfolio.case.catalogue.instruments}
    found: dict[tuple[str, str], DebtMoves] = {}
    for name, instrument in portfolio.ledgers.accounts("debt", "debt_class", "instrument"):
        moves = says.get(instrument, {}).get(name)
        if moves is None:
            raise ValueError(
                f"{instrument or 'somebody'} posts debt of the class {name!r}, and no instrument of that name says in "
                "its field `debt` how that class moves"
            )
        found[name, instrument] = moves
    return found


def _moves(solution: Solution, name: str, instrument: str, moves: DebtMoves) -> Moves:
    """What one instrument's debt of a class opens at, and how it moves."""
    measured = _clean(
        solution.portfolio.ledgers.balance("debt", debt_class=name, instrument=instrument).evaluate(solution.x)
    )
    debt = solution.ledger("debt")
    mine = debt.where(debt.those(lambda post: (post.labels.debt_class, post.labels.instrument) == (name, instrument)))
    match moves:
        case LeaseLiability():
            return _lease(solution, mine, measured, instrument, moves)
        case LoanBalance():
            return _loan(solution, measured, name, instrument, moves)
        case DebtOfOthers():
            return _outstanding(solution, mine, measured)


def _lease(solution: Solution, mine: Entries, measured: Vector, instrument: str, moves: LeaseLiability) -> Moves:
    """A lease liability; what is paid for it are the payments under the offers whose liability is posted."""
    case, offers = solution.portfolio.case, set(mine.labels("offer"))
    h, growth = case.calendar.h, 1.0 + case.settings.lease_rate

    def pays(post: Post, line: str = moves.payments) -> bool:
        return post.line == line and post.labels.instrument == instrument and post.labels.offer in offers

    early = _early(solution, mine, moves, pays)
    fee = partial(pays, line=moves.fees)
    first_day = _paid(solution, fee, lambda left: (left > h - SAME_TIME).astype(float))
    paid = _paid(solution, pays) - early[0] + _paid(solution, fee) - first_day
    compounded = _paid(solution, pays, lambda left: growth**left) - early[1]
    compounded += _paid(solution, fee, lambda left: growth**left * (left < h - SAME_TIME))
    closing = _clean(measured * growth**h - compounded)
    opening = np.concatenate([[_before(solution, mine)], closing[:-1]])
    additions = _clean(measured - opening + first_day)
    return opening, additions, _clean(closing - measured + paid), paid + first_day, closing


def _early(
    solution: Solution, mine: Entries, moves: LeaseLiability, pays: Callable[[Post], bool]
) -> tuple[Vector, Vector]:
    """What is paid for a lease before it counts, and the same at the end of its period; each of shape (T,)."""
    case = solution.portfolio.case
    calendar, growth = case.calendar, 1.0 + case.settings.lease_rate
    owed = mine.where(np.abs(mine.value) > 1e-9)
    first: dict[int, int] = {}
    for variable, t in zip(owed.variable.tolist(), owed.period.tolist(), strict=True):
        first[variable] = min(t, first.get(variable, t))
    named = dict(zip(solution.decision_names(np.array(list(first), dtype=int)), first, strict=True))
    sums = np.zeros((2, calendar.T))

    def add(t: int, years: float, value: float) -> None:
        sums[:, t] += value * np.array([1.0, growth ** ((t + 1) * calendar.h - years)])

    if moves.parts is not None:
        for part in moves.parts(case):
            for years, value in part.payments if part.decision in named else ():
                if years <= calendar.start_years(part.recognised) + SAME_TIME and part.recognised <= calendar.T:
                    add(part.recognised - 1, years, value * float(solution.x[named[part.decision]]))
        return sums[0], sums[1]
    cash = solution.ledger("cash")
    paid = cash.where(cash.those(pays) & (cash.period < calendar.T))
    entries = (paid.variable, paid.period, paid.years, -paid.value)
    for variable, t, years, value in zip(*(each.tolist() for each in entries), strict=True):
        if t < first.get(variable, calendar.T):
            add(t, years, value)
    return sums[0], sums[1]


def _loan(solution: Solution, measured: Vector, name: str, instrument: str, moves: LoanBalance) -> Moves:
    """Loans; their cash names the same class of debt, or none."""

    def moved(line: str, counts: Callable[[Vector], Vector] | None = None) -> Vector:
        def is_of_it(post: Post) -> bool:
            labels = post.labels
            return post.line == line and labels.instrument == instrument and labels.debt_class in (name, "")

        return _paid(solution, is_of_it, counts)

    h = solution.portfolio.case.calendar.h
    later = moved(moves.repayment, lambda left: (left < h * (1 - SAME_TIME)).astype(float))
    drawn, interest, repaid = moved(moves.drawdown) * -1.0, moved(moves.interest), moved(moves.repayment)
    if moves.early_repayment:
        repaid = repaid + moved(moves.early_repayment)
    opening, closing = _clean(measured - drawn + repaid - later), _clean(measured - later)
    return opening, _clean(drawn), interest, repaid + interest, closing


def _outstanding(solution: Solution, mine: Entries, closing: Vector) -> Moves:
    """Debt that somebody else serves."""
    T = solution.portfolio.case.calendar.T
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
    opening = np.concatenate([[_before(solution, mine)], closing[:-1]])
    return opening, _clean(added), np.full(T, np.nan), _clean(repaid), closing


def _paid(solution: Solution, pays: Callable[[Post], bool], counts: Callable[[Vector], Vector] | None = None) -> Vector:
    """What is paid within the horizon by the posts of cash that are chosen [USD bn]; shape (T,).

    `counts` turns the time from a payment to the end of its period [years] into a factor on the payment.
    """
    calendar, cash = solution.portfolio.case.calendar, solution.ledger("cash")
    mine = cash.where(cash.those(pays) & (cash.period < calendar.T))
    values = mine.value if counts is None else mine.value * counts((mine.period + 1) * calendar.h - mine.years)
    return np.asarray(0.0 - np.bincount(mine.period, weights=values, minlength=calendar.T))


def _before(solution: Solution, mine: Entries) -> float:
    """Debt at the start under what was signed before it [USD bn]."""
    before = _signed_before(solution)
    return float(mine.value[mine.those(lambda post: post.labels.offer in before) & (mine.period == 0)].sum())


def _signed_before(solution: Solution) -> set[str]:
    """Offers that were signed before the start."""
    return {offer.offer for offer in solution.portfolio.case.tables.offers() if offer.status is OfferStatus.SIGNED}


def _clean(values: Vector) -> Vector:
    """The values, with 0 in place of what is only rounding error."""
    return np.where(np.abs(values) > 1e-9, values, 0.0)
