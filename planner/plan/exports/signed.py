"""Offers that were signed before the start of a case."""

from __future__ import annotations

from planner.common.chips import SignedDelivery
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus


def signed_already(case: CaseData) -> frozenset[str]:
    """The offers that are signed, and orders of which a part is ordered and the rest may still be."""
    signed = {offer.offer for offer in case.offers() if offer.status is OfferStatus.SIGNED}
    return frozenset(signed | {row.offer for row in case.rows(SignedDelivery)})
