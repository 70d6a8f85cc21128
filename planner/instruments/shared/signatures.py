"""Signatures: which offers need a variable that says whether they are signed, and what a signature posts.

An offer whose quantity may be anything from 0 up needs no such variable, unless somebody must know if it is signed.

Of an offer that somebody requires, it is also posted how much of it is signed:

    taken    share of its largest size
    met      1 once it is signed, where it has a smallest size above 0; else the same share
    tied     share in proportion to which a guarantor that is tied to it gives room

each from signing on, and under the names `running_…` while its term runs. Nothing is required of an offer of size 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
    return signature_matters(case, offer) or offer.status in (OfferStatus.REQUIRED, OfferStatus.SIGNED)


def signature_matters(case: CaseData, offer: Offer) -> bool:
    """Whether a fee, a group or a requirement makes it matter that the offer is signed."""
    return bool(
        offer.signing_fee_usd_bn > 0 or offer.exclusive_group or offer.requires_offer or is_required(case, offer)
    )


@dataclass(frozen=True)
class Amount:
    """Part of an offer: so much per unit of a variable."""

    variable: int
    per_unit: float


@dataclass(frozen=True)
class Extent:
    """How much of an offer is signed with one signature, or ordered on one date."""

    taken: Sequence[Amount]
    """parts that add up to the share of its largest size"""
    sign: int | None
    """variable that says whether it is signed; None where its smallest size is 0, so that a signature says nothing"""
    tied: Sequence[Amount] | None = None
    """parts that add up to the share for ties; None: as `taken`"""
    sign_per_unit: float = 1.0
    """what one unit of `sign` counts: −1 where a contract ends before its term is over"""

    def amounts(self) -> dict[str, Sequence[Amount]]:
        """The amounts by ledger."""
        met = self.taken if self.sign is None else [Amount(self.sign, self.sign_per_unit)]
        return {"taken": self.taken, "met": met, "tied": self.taken if self.tied is None else self.tied}


def post_extent(case: CaseData, ledgers: Ledgers, labels: Labels, offer: Offer, extent: Extent, signed: int) -> None:
    """Post how much of an offer that somebody requires is signed from a period on."""
    if is_required(case, offer):
        for ledger, amounts in extent.amounts().items():
            for each in amounts:
                ledgers.post(ledger, labels, ledger, each.variable, range(signed, case.calendar.T), each.per_unit)


def post_running(
    case: CaseData, ledgers: Ledgers, labels: Labels, about: Iterable[str], extent: Extent, periods: range
) -> None:
    """Post how much of an offer runs in some periods, for the offers `about`: itself, or those that it renews.

    A period in which the term ends does not count.
    """
    for offer in about:
        if offer in case.derived(_required_offers):
            for ledger, amounts in extent.amounts().items():
                for each in amounts:
                    name, of = f"running_{ledger}", replace(labels, about=offer)
                    ledgers.post(name, of, name, each.variable, periods, each.per_unit)


def post_signature(
    case: CaseData, ledgers: Ledgers, labels: Labels, offer: Offer, sign: int, signed: int, *, sunk: bool | None = None
) -> None:
    """Post that an offer is signed from a period on, and its fee, unless that is `sunk`; None: as its status says."""
    ledgers.post("signed", labels, "signed", sign, range(signed, case.calendar.T), 1.0)
    if not (offer.status is OfferStatus.SIGNED if sunk is None else sunk):
        day = case.calendar.start_years(signed)
        ledgers.dated(Kind.COST, labels, "signing_fee", sign, day, -offer.signing_fee_usd_bn)
