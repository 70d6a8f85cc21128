"""Reserves of an SPV: money that the lab puts up on each delivery, and gets back at the end of its term.

A tranche of debt asks for reserve_months of what is due on it, without the cover:

    reserve_nd    reserve_months_n / months of a period · level_nd

The lab puts it up, not the SPV: all that the SPV raises buys chips. It brings no interest, and is not in the lab's cash
while it is held.
"""

from __future__ import annotations

from planner.instruments.chip_lease.tables import SpvTranche
from planner.instruments.chip_lease.vintages import ChipLeaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_reserve(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, part: SpvTranche, variable: int
) -> None:
    """Post the reserve of each delivery, per USD bn of a tranche."""
    calendar = case.calendar
    if not part.reserve_months:
        return
    for batch in vintage.batches:
        usd_bn = vintage.reserve(part, calendar, batch)
        ledgers.dated(Kind.COST, labels, "reserve", variable, calendar.years(batch.delivery.on), -usd_bn)
        if batch.ends >= calendar.start:
            kind = Kind.COST if batch.ends <= calendar.end else Kind.CREDIT
            ledgers.dated(kind, labels, "reserve_returned", variable, calendar.years(batch.ends), usd_bn)
