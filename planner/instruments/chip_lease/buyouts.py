"""Chip lease: the price at which the lab buys the chips at the end of each delivery's term."""

from __future__ import annotations

import numpy as np

from planner.instruments.chip_lease.tables import EndOption
from planner.instruments.chip_lease.vintages import Batch, ChipLeaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def bought(case: CaseData, vintage: ChipLeaseVintage) -> list[Batch]:
    """Deliveries whose chips are bought, after the horizon too; a price due before the start is paid already."""
    if vintage.row.end_option is not EndOption.BUY:
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
) -> None:
    """Post the price of the chips at the end of each delivery's term; None: nothing is bought."""
    if buyout is None:
        return
    calendar, balloons = case.calendar, [part.balloon_share for part in vintage.tranches]
    price = at(0, [amount], [vintage.row.end_price_share], calendar.T)
    ledgers.maximum(buyout, price, at(0, tranches, balloons, calendar.T))
    for batch in bought(case, vintage):
        inside, years = batch.ends <= calendar.end, calendar.years(batch.ends)
        kind = Kind.COST if inside else Kind.BEYOND_HORIZON
        ledgers.dated(kind, labels, "buyout", buyout, years, -batch.share)
        ledgers.due(labels, "buyout", buyout, [calendar.back(batch.ends)], [batch.share], [years])
        owed = range(vintage.signed, min(batch.stop, calendar.T))
        ledgers.post("obligations", labels, "buyout", buyout, owed, batch.share)


def at(t: int, variables: list[int], factors: list[float], T: int) -> tuple[Balance, int]:
    """Σ factor · variable as a balance in period t of T."""
    periods = np.full(len(variables), t, dtype=np.int64)
    return Balance(periods, np.array(variables, dtype=np.int64), np.array(factors), np.zeros(T)), t
