"""What can be loosened of cloud commitments: the smallest scale of a tier, its steps, and the last day of signing.

scale_at_least    scale_min · sign_v − slack ≤ scale_v
scale_in_steps    −scale_step · touch ≤ scale_v − (scale_min · sign_v + scale_step · steps_v) ≤ scale_step · touch
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.instruments.cloud_commitment.postings import NAME
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTier
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Line, always, moved
from planner.interfaces.loosening import NEARLY, Item, Loosening, Slot, last_signing
from planner.tables.offer import OfferStatus


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Tiers at any scale where the scale goes in steps, and at a smaller scale elsewhere."""
    offers = {offer.offer: offer for offer in case.rows(CloudCommitment)}
    for tier in case.rows(CloudTier):
        offer = offers[tier.offer]
        if offer.status is OfferStatus.SIGNED:
            continue
        name, key = f"{tier.offer}/{tier.tier}", f"cloud_tiers[{tier.offer},{tier.tier}]"
        if tier.scale_step:
            line = Line(f"{key}.scale_step", "=", "blank", f"{tier.offer} ({tier.tier}) at any scale")
            item = Item("lots", name, always(line))
            yield Loosening(item, NAME, "scale_in_steps", _of_tier(tier), tier.scale_step, both=True)
        elif tier.scale_min > 0.0:
            stays = offer.status is OfferStatus.REQUIRED or (offer.equity_usd_bn > 0.0 and not offer.scales)
            most = tier.scale_min * (NEARLY if stays else 1.0)
            says = f"{{by}} less smallest scale of {tier.offer} ({tier.tier})"
            item = Item(
                "sizes", name, moved("-=", f"{key}.scale_min", says, "", most), (Slot(0, tier.scale_min, most),)
            )
            yield Loosening(item, NAME, "scale_at_least", _of_tier(tier), 0.0)


def _of_tier(tier: CloudTier) -> Callable[[tuple[str, ...]], bool]:
    """Accepts the keys of a tier's vintages: (offer, start, tier)."""
    return lambda key: (key[0], key[2]) == (tier.offer, tier.tier)


LAST_DAYS = (last_signing("sign_by"),)
