"""Cloud commitment: what outlives the horizon, at scale 1.

Of signing fee and upfront payment the part of the term after the end is unused, as far as the provider serves it. A
floor after the end buys capacity at the contract's price, at most the capacity of the contract year, which is worth its
reference price:

    q_ct     min(floor_t / price_c, capacity_t · h, max_gw_c · h)     GW-years of chip c
    worth_t  max_c q_ct · reference_c

What is left of a prepayment is drawn against the floors after the end, as `postings` says.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.common.chips import Chip
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.instruments.cloud_commitment.vintages import CommitmentVintage
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import Flows, post_unused, post_value
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels
from planner.tables.offer import OfferStatus


def post_horizon(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: CommitmentVintage,
    sign: int,
    scale: int,
    floors: FixedPayments,
) -> None:
    """Credit the unused parts of what is paid on signing, and what the floors after the end buy."""
    row, starts, ends = vintage.row, vintage.starts, vintage.served_until
    post_unused(case, ledgers, labels, sign, row.signing_fee_usd_bn, starts, ends)
    post_unused(case, ledgers, labels, scale, vintage.tier.upfront_usd_bn, starts, ends)
    paid = floors.after_the_end(case.calendar)
    later = [t for t in floors.due_in.tolist() if t >= case.calendar.T]
    worth = Flows(paid.years, np.array([_worth(case, vintage, t) for t in later], dtype=float))
    post_value(case, ledgers, labels, scale, row.horizon_value_share, paid.worth(case.settings.discount_rate), worth)


def _worth(case: CaseData, vintage: CommitmentVintage, t: int) -> float:
    """Worth of what the floor of period t buys [USD bn]."""
    capacity, h, reference = vintage.capacity[t], case.calendar.h, case.derived(reference_prices)
    best = 0.0
    for product in vintage.products:
        if t in product.usable:
            price, limit = vintage.price(product), vintage.most_of(product, t)
            most = capacity if limit is None else min(capacity, limit)
            bought = min(vintage.owed[t] / price, most * h) if price > 0 else most * h
            best = max(best, bought * reference[product.chip.chip])
    return best


def reference_prices(case: CaseData) -> dict[str, float]:
    """Reference price of each chip that a contract gives access to [USD bn per GW-year].

    It is the chip's own, or the mean price at which offers that are not closed supply the chip, weighted by their
    capacity: tier by tier, the mean capacity of the contract years times the largest scale.
    """
    capacities: dict[str, list[float]] = defaultdict(list)
    for term in case.rows(CloudTerm):
        capacities[term.offer].append(term.capacity_gw)
    offered = {row.offer for row in case.rows(CloudCommitment) if row.status is not OfferStatus.CLOSED}
    spent, size = defaultdict[str, float](float), defaultdict[str, float](float)
    for product in case.rows(CloudProduct):
        if product.offer not in offered:
            continue
        capacity = sum(capacities[product.offer]) / len(capacities[product.offer])
        for tier in case.rows(CloudTier):
            if tier.offer == product.offer:
                weight = tier.scale_max * (capacity if product.max_gw is None else min(capacity, product.max_gw))
                spent[product.chip] += weight * tier.price_usd_bn_per_gw_year * product.price_factor
                size[product.chip] += weight
    found = {chip: spent[chip] / total if total > 0 else 0.0 for chip, total in size.items()}
    stated = {row.chip: row.reference_price_usd_bn_per_gw_year for row in case.rows(Chip)}
    return {chip: mean if stated[chip] is None else float(stated[chip] or 0.0) for chip, mean in found.items()}
