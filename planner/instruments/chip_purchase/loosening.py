"""What can be loosened of chip purchases: smallest sizes, lots, and the last day of ordering.

order_at_least    min_gw · sign_{os} − slack ≤ order_{os}
order_in_lots     −lot_gw · touch ≤ order_{os} − lot_gw · lots_{os} ≤ lot_gw · touch
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.instruments.chip_purchase.postings import NAME
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import put
from planner.interfaces.loosening import Item, Loosening, last_signing, of_offer, smaller
from planner.tables.offer import OfferStatus


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Smaller orders, and orders in any quantity."""
    for order in case.rows(ChipPurchase):
        if order.status is OfferStatus.SIGNED:
            continue
        yield from smaller(order, "min_gw", "GW", NAME, "order_at_least")
        if order.lot_gw:
            item = Item("lots", order.offer, put(order, "lot_gw", "blank", f"{order.offer} in any quantity"))
            yield Loosening(item, NAME, "order_in_lots", of_offer(order.offer), order.lot_gw, both=True)


LAST_DAYS = (last_signing("sign_by", dimension="ordered_on"),)
