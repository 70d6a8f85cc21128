"""The price of an offer: which number of its tables it is, and how to move it.

Where an offer has several (tiers, tranches), all move in proportion, and the one that is named is the price of the
tier that is signed, else of the cheapest, or the rate of the largest tranche.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planner.case.case import Case
from planner.common.chips import Chip
from planner.instruments.chip_lease.tables import ChipLease, SpvTranche, TrancheKind
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTier
from planner.instruments.shared.chips_held import price_per_gw
from planner.instruments.site_lease.tables import CoverMeasure, SiteLease
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.plan.plan import Plan
from planner.tables.offer import Offer


@dataclass(frozen=True)
class Knob:
    """A price that can be moved."""

    what: str
    """price, rent, fee or rate"""
    unit: str
    now: float
    lines: frozenset[str]
    """lines of cash that are in proportion to it, all else equal; empty: none is"""
    scaled: tuple[str, ...] = ()
    """cells that move in proportion to it"""
    put: str = ""
    """the cell it is put into, where it is one"""

    def at(self, price: float) -> tuple[str, ...]:
        """The changes that move it from what it is now."""
        if self.put:
            return (f"{self.put} = {_plain(price)}",)
        return tuple(f"{cell} *= {_plain(price / self.now)}" for cell in self.scaled)


def _plain(value: float) -> str:
    """A number as a change takes it, in twelve significant digits.

    >>> _plain(1 / 3), _plain(1e-7)
    ('0.333333333333', '0.0000001')
    """
    return format(Decimal(f"{value:.12g}"), "f")


def knob(plan: Plan, offer: Offer) -> Knob | None:
    """The price of an offer, as the plan's case has it; None where it is nothing, so that there is nothing to move."""
    case = plan.case
    found: Knob | None = None
    match offer:
        case CloudCommitment():
            found = _cloud(plan, offer)
        case SiteLease():
            lines = frozenset({"rent", "deposit", "deposit_returned"})
            if offer.cover_measure in (CoverMeasure.REMAINING_RENT, CoverMeasure.PV_RENT):
                lines |= {"guarantee_fee"}
            cell = f"site_leases[{offer.offer}].rent_usd_per_kw_month"
            found = Knob("rent", "USD per kW and month", offer.rent_usd_per_kw_month, lines, put=cell)
        case ChipLease():
            found = _lease(case, offer)
        case ChipPurchase():
            found = _order(plan, offer)
        case SpareCapacity():
            found = _spare(offer)
    return found if found is not None and found.now > 0 else None


def _cloud(plan: Plan, offer: CloudCommitment) -> Knob | None:
    tiers = [tier for tier in plan.case.rows(CloudTier) if tier.offer == offer.offer]
    signed = plan.decisions[(plan.decisions["offer"] == offer.offer) & (plan.decisions["what"] == "sign")]
    chosen = set(signed["tier"])
    prices = [tier.price_usd_bn_per_gw_year for tier in tiers if tier.tier in chosen or not chosen]
    cells = (f"cloud_tiers[{offer.offer},*].price_usd_bn_per_gw_year",)
    return Knob("price", "USD bn per GW-year", min(prices), frozenset({"spend"}), cells) if prices else None


def _lease(case: Case, offer: ChipLease) -> Knob | None:
    tranches = [each for each in case.rows(SpvTranche) if each.offer == offer.offer and each.kind is TrancheKind.DEBT]
    if not tranches:
        return None
    largest = max(tranches, key=lambda each: each.max_share)
    every = f"spv_tranches[{offer.offer},*]"
    cells = [f"{every}.rate"]
    if any(each.rate_unsupported is not None for each in case.rows(SpvTranche) if each.offer == offer.offer):
        cells.append(f"{every}.rate_unsupported")
    return Knob(f"rate ({largest.tranche})", "per year", largest.rate, frozenset(), tuple(cells))


def _order(plan: Plan, offer: ChipPurchase) -> Knob:
    """What is paid per GW, on average where it depends on the date; else the price at the first date of its window."""
    case, price = plan.case, offer.price_usd_bn_per_gw
    if price is None:
        cash = plan.ledger[(plan.ledger["offer"] == offer.offer) & (plan.ledger["ledger"] == "cash")]
        paid = -float(cash.loc[cash["line"].isin(("deposit", "balance")), "value"].sum())
        mine = plan.decisions[(plan.decisions["offer"] == offer.offer) & (plan.decisions["what"] == "order")]
        ordered = float(mine["value"].sum())
        chips = {chip.chip: chip for chip in case.rows(Chip)}
        first = max(offer.sign_from or case.calendar.start, case.calendar.start)
        price = paid / ordered if paid > 0 and ordered > 0 else price_per_gw(case, chips[offer.chip], first)
    cell = f"chip_purchases[{offer.offer}].price_usd_bn_per_gw"
    return Knob("price", "USD bn per GW", price, frozenset({"deposit", "balance", "resale"}), put=cell)


def _spare(offer: SpareCapacity) -> Knob:
    cell = f"spare_capacity[{offer.offer}]."
    if offer.fee_usd_bn_per_month is not None:
        name = "fee_usd_bn_per_month"
        return Knob("fee", "USD bn per month", offer.fee_usd_bn_per_month, frozenset({"spare_fee"}), put=cell + name)
    name, price = "price_usd_bn_per_gw_year", offer.price_usd_bn_per_gw_year or 0.0
    return Knob("price", "USD bn per GW-year", price, frozenset({"spare_use"}), put=cell + name)
