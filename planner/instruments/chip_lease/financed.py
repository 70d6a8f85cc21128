"""Chip lease: what counts under the programme of a lease."""

from __future__ import annotations

from planner.common.programmes import CHIPS, RAISED, post_under
from planner.instruments.chip_lease.vintages import ChipLeaseVintage, deliveries
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels


def post_financed(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, amount: int) -> None:
    """Post what counts under its programme: the money, and all chips that it buys."""
    signed, row = None if vintage.sunk else vintage.signed, vintage.row
    bought = sum(each.gw for each in deliveries(case, row, vintage.chip, vintage.starts))
    post_under(ledgers, labels, row.programme, RAISED, amount, signed, 1.0)
    post_under(ledgers, labels, row.programme, CHIPS, amount, signed, bought)
