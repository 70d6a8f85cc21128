"""Items on terms of contracts: what must be signed, excludes or requires what, phases, smallest sizes, lots, loans.

What `offer_choice` states are limits; the others are loosened where an instrument's `build` states them:

    phase_after        Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ} exercise_{o's} + touch
    smallest sizes     least · sign_v − slack ≤ size_v
    in lots, steps     −lot · touch ≤ size_v − lot · lots_v ≤ lot · touch
    loans              Σ_t draw_{ft} ≤ free + slack
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.case.case import Case
from planner.common.guarantors import Guarantor, GuarantorCap
from planner.explain.items import Item, Lines, Share, Slot
from planner.explain.lines import Line
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTier
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.term_loan.tables import TermLoan
from planner.portfolio.portfolio import Portfolio
from planner.tables.offer import Offer, OfferStatus

NEARLY = 0.999
"""part of a smallest size that can be taken away where some of it must stay"""
DECIDED = (OfferStatus.OPEN, OfferStatus.REQUIRED)


@dataclass(frozen=True)
class Loosening:
    """How an item loosens a constraint of an instrument's block, for every key that `about` accepts."""

    item: Item
    block: str
    constraint: str
    about: Callable[[tuple[str, ...]], bool]
    by: float
    """what touching it adds to the larger side; 0 where its slack is added instead"""
    both: bool = False
    """both sides: it is an equality"""
    endless: str = ""
    """variable of the block whose upper bounds say the same, and are taken away"""


def items(portfolio: Portfolio) -> Iterator[Item]:
    """Items on what `offer_choice` states, and on what guarantors require."""
    case = portfolio.case
    last = case.calendar.T - 1
    stated = {limit.subject for limit in portfolio.limits if limit.rule == "offer_choice"}
    for offer in case.tables.offers():
        o, group, other = offer.offer, offer.exclusive_group, offer.requires_offer
        if offer.status is OfferStatus.REQUIRED:
            effect = (("offer_choice", f"must_sign/{o}"), last, 1.0)
            lines = _put(offer, "status", "open", f"{o} need not be signed")
            yield Item("required", o, lines, effects=(effect,))
        if f"exclusive_group/{group}" in stated and offer.status is not OfferStatus.CLOSED:
            effect = (("offer_choice", f"exclusive_group/{group}"), last, 1.0)
            lines = _put(offer, "exclusive_group", "blank", f"{o} beside others of the group {group}")
            yield Item("exclusive", o, lines, effects=(effect,), only_if_signed=o)
        if f"requires_offer/{o}/{other}" in stated:
            name = ("offer_choice", f"requires_offer/{o}/{other}")
            effects = tuple((name, t, 1.0) for t in case.calendar.periods)
            lines = _put(offer, "requires_offer", "blank", f"{o} without {other}")
            yield Item("requirements", o, lines, effects=effects, only_if_signed=o)
    yield from _guarantors(case)


def _guarantors(case: Case) -> Iterator[Item]:
    """A guarantor's room without the offer that it requires, as long as that is not signed."""
    for guarantor in case.rows(Guarantor):
        if not guarantor.requires_offer:
            continue
        who, kind = guarantor.guarantor, guarantor.kind
        caps = [row for row in case.rows(GuarantorCap) if (row.guarantor, row.kind) == (who, kind)]
        caps.sort(key=lambda row: row.from_date)
        left = [max(0.0, row.cap_usd_bn - row.used_usd_bn) for row in caps]
        room = case.calendar.strictest([row.from_date for row in caps], left, min)
        name = ("guarantor_cap", f"{who}/{kind}")
        slots = tuple(Slot(t, 1.0, 1.0, ((name, t, float(room[t])),)) for t in case.calendar.periods)
        says = f"{who} guarantees without {guarantor.requires_offer}"
        line = Line(f"guarantors[{who},{kind}].requires_offer", "=", "blank", says)
        yield Item(
            "requirements", f"{who}/{kind}", _always(line), slots, only_until_signed=guarantor.requires_offer
        )  # fmt: skip


def loosenings(case: Case) -> Iterator[Loosening]:
    """Items on constraints of the instruments' blocks."""
    for site in case.rows(SiteLease):
        if site.after:
            item = Item("phases", site.offer, _put(site, "after", "blank", f"{site.offer} without {site.after} before"))
            yield Loosening(item, "site_lease", "phase_after", _of(site.offer), 1.0)
        if site.status is not OfferStatus.SIGNED:
            yield from _smaller(site, "min_share", site.min_share, "", "share_at_least")
    for order in case.rows(ChipPurchase):
        if order.status is not OfferStatus.SIGNED:
            yield from _smaller(order, "min_gw", order.min_gw, "GW", "order_at_least")
            if order.lot_gw:
                item = Item("lots", order.offer, _put(order, "lot_gw", "blank", f"{order.offer} in any quantity"))
                yield Loosening(item, "chip_purchase", "order_in_lots", _of(order.offer), order.lot_gw, both=True)
    for lease in case.rows(ChipLease):
        if lease.status is not OfferStatus.SIGNED:
            yield from _smaller(lease, "min_usd_bn", lease.min_usd_bn, "USD bn", "amount_at_least")
    yield from _tiers(case)
    for loan in case.rows(TermLoan):
        where = f"term_loans[{loan.facility}].limit_usd_bn"
        lines = _by("+=", where, f"{{by}} more limit of {loan.facility}", "USD bn")
        item = Item("loans", loan.facility, lines, (Slot(0, loan.limit_usd_bn or 1.0, float("inf")),))
        yield Loosening(item, "term_loan", "within_limit", _of(loan.facility), 0.0, endless="draw")


def _tiers(case: Case) -> Iterator[Loosening]:
    """Smallest scales, and steps of scales."""
    offers = {offer.offer: offer for offer in case.rows(CloudCommitment)}
    for tier in case.rows(CloudTier):
        offer = offers[tier.offer]
        if offer.status is OfferStatus.SIGNED:
            continue
        name, key = f"{tier.offer}/{tier.tier}", f"cloud_tiers[{tier.offer},{tier.tier}]"

        def about(index: tuple[str, ...], tier: CloudTier = tier) -> bool:
            return index[0] == tier.offer and index[2] == tier.tier

        if tier.scale_step:
            line = Line(f"{key}.scale_step", "=", "blank", f"{tier.offer} ({tier.tier}) at any scale")
            item = Item("lots", name, _always(line))
            yield Loosening(item, "cloud_commitment", "scale_in_steps", about, tier.scale_step, both=True)
        elif tier.scale_min > 0.0:
            stays = offer.status is OfferStatus.REQUIRED or offer.equity_usd_bn > 0.0
            most = tier.scale_min * (NEARLY if stays else 1.0)
            lines = _by("-=", f"{key}.scale_min", f"{{by}} less smallest scale of {tier.offer} ({tier.tier})", "", most)
            item = Item("sizes", name, lines, (Slot(0, tier.scale_min, most),))
            yield Loosening(item, "cloud_commitment", "scale_at_least", about, 0.0)


def _smaller(offer: Offer, column: str, least: float, unit: str, constraint: str) -> Iterator[Loosening]:
    """A smallest size that is lowered; something of it must stay where the offer is required."""
    if least > 0.0:
        most = least * (NEARLY if offer.status is OfferStatus.REQUIRED else 1.0)
        where = f"{offer.about.name}[{offer.offer}].{column}"
        lines = _by("-=", where, f"{{by}} less smallest size of {offer.offer} ({column})", unit, most)
        item = Item("sizes", offer.offer, lines, (Slot(0, least, most),))
        block = {"site_leases": "site_lease", "chip_purchases": "chip_purchase"}.get(offer.about.name, "chip_lease")
        yield Loosening(item, block, constraint, _of(offer.offer), 0.0)


def _of(offer: str) -> Callable[[tuple[str, ...]], bool]:
    """Whether a constraint's key begins with the name of an offer."""
    return lambda index: index[0] == offer


def _always(line: Line) -> Lines:
    def lines(share: Share) -> list[Line]:
        return [line]

    return lines


def _put(offer: Offer, column: str, value: str, says: str) -> Lines:
    """The line that puts a word into a cell of an offer's row."""
    return _always(Line(f"{offer.about.name}[{offer.offer}].{column}", "=", value, says))


def _by(op: str, where: str, says: str, unit: str, most: float = float("inf")) -> Lines:
    """The line that moves a number by the item's one slack."""

    def lines(share: Share) -> list[Line]:
        return [Line(where, op, share.slack[0], says, unit, most)]

    return lines
