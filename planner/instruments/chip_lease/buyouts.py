"""Chip lease: the price at which the lab buys the chips at the end of each delivery's term.

Where the lease may end early, the price from each notice day on is that of what has not been given notice by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planner.instruments.chip_lease.batches import Batch
from planner.instruments.chip_lease.endings import EndedLease
from planner.instruments.chip_lease.vintages import ChipLeaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key


def bought(case: CaseData, vintage: ChipLeaseVintage) -> list[Batch]:
    """Deliveries whose chips are bought, after the horizon too; a price due before the start is paid already."""
    if not vintage.buys:
        return []
    return [batch for batch in vintage.batches if case.calendar.start <= batch.ends]


def post_buyout(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    buyout: int | None,
    amount: int,
    tranches: list[int],
    ways: Sequence[EndedLease],
    left: Mapping[Key, int],
) -> None:
    """Post the price of the chips at the end of each delivery's term; None: nothing is bought.

    `ways` are the ways in which the lease may end, and `left` the variables of the price from each notice day on.
    """
    if buyout is None:
        return
    calendar, numbers = case.calendar, {vintage.signed: buyout}
    _state(case, ledgers, vintage, buyout, amount, tranches, ())
    for notice, day in sorted({(way.ending.notice, way.ending.notice_day(case)) for way in ways}):
        given = [way for way in ways if way.ending.notice <= notice]
        variable = left[*vintage.key, day]
        _state(case, ledgers, vintage, variable, amount, tranches, given)
        numbers[notice] = variable
    since = list(numbers)
    for batch in bought(case, vintage):
        inside, years, last = batch.ends <= calendar.end, calendar.years(batch.ends), numbers[since[-1]]
        kind = Kind.COST if inside else Kind.BEYOND_HORIZON
        ledgers.dated(kind, labels, "buyout", last, years, -batch.share)
        ledgers.due(labels, "buyout", last, [calendar.back(batch.ends)], [batch.share], [years])
        stop = min(batch.stop, calendar.T)
        for first, until in zip(since, [*since[1:], stop], strict=True):
            owed = range(first, min(until, stop))
            ledgers.post("obligations", labels, "buyout", numbers[first], owed, batch.share)


def _state(
    case: CaseData,
    ledgers: Ledgers,
    vintage: ChipLeaseVintage,
    buyout: int,
    amount: int,
    tranches: list[int],
    ended: Sequence[EndedLease],
) -> None:
    """State that a variable is the price of buying all chips but those of a lease that ends."""
    T, balloons = case.calendar.T, [part.balloon_share for part in vintage.tranches]
    amounts, parts, price = [amount], list(tranches), vintage.row.end_price_share
    for way in ended:
        amounts.append(way.amount)
        parts += way.tranches
    signs = [1.0] + [-1.0] * len(ended)
    of_amount = at(0, amounts, [sign * price for sign in signs], T)
    ledgers.maximum(buyout, of_amount, at(0, parts, [sign * each for sign in signs for each in balloons], T))


def at(t: int, variables: list[int], factors: list[float], T: int) -> tuple[Balance, int]:
    """Σ factor · variable as a balance in period t of T."""
    periods = np.full(len(variables), t, dtype=np.int64)
    return Balance(periods, np.array(variables, dtype=np.int64), np.array(factors), np.zeros(T)), t
