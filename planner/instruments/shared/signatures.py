"""Signatures: which offers need a variable that says whether they are signed, and what a signature posts.

An offer whose quantity may be anything from 0 up needs no such variable, unless somebody must know if it is signed.
"""

from __future__ import annotations

from planner.common.guarantors import Guarantor
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.tables.offer import Offer, OfferStatus


def is_required(case: CaseData, offer: Offer) -> bool:
    """Whether another offer or a guarantor requires this one."""
    return offer.offer in case.derived(_required_offers)


def _required_offers(case: CaseData) -> frozenset[str]:
    names = [offer.requires_offer for offer in case.offers()]
    names += [guarantor.requires_offer for guarantor in case.rows(Guarantor)]
    return frozenset(name for name in names if name)


def needs_signature(case: CaseData, offer: Offer) -> bool:
    """Whether a fee, a group, a requirement or the status makes it matter that the offer is signed."""
    return bool(
        offer.signing_fee_usd_bn > 0
        or offer.exclusive_group
        or offer.requires_offer
        or is_required(case, offer)
        or offer.status in (OfferStatus.REQUIRED, OfferStatus.SIGNED)
    )


def post_signature(case: CaseData, ledgers: Ledgers, labels: Labels, offer: Offer, sign: int, signed: int) -> None:
    """Post that an offer is signed from a period on, and its fee; the fee of one signed already is sunk."""
    ledgers.post("signed", labels, "signed", sign, range(signed, case.calendar.T), 1.0)
    if offer.status is not OfferStatus.SIGNED:
        day = case.calendar.start_years(signed)
        ledgers.dated(Kind.COST, labels, "signing_fee", sign, day, -offer.signing_fee_usd_bn)
