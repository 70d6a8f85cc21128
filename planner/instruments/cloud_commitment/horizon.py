"""Cloud commitment: what outlives the horizon, at scale 1.

Of signing fee and upfront payment the part of the term after the end is unused, as far as the provider serves it. A
floor after the end buys capacity at the contract's price, at most the capacity of the contract year, which is worth its
reference price:

    q_ct     min(floor_t / price_c, capacity_t · h, max_gw_c · h)     GW-years of chip c
    worth_t  max_c q_ct · reference_c

Of a contract that ends early nothing outlives the horizon, as it ends by then. What is left of a prepayment is drawn
against the floors after the end, as `postings` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.common.chips import Chip
from planner.instruments.cloud_commitment.endings import Ended
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.instruments.cloud_commitment.vintages import CommitmentVintage
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import Flows, post_unused, post_value
from planner.instruments.shared.levels import levels
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
    ways: Sequence[Ended] = (),
) -> None:
    """Credit the unused parts of what is paid on signing, and what the floors after the end buy."""
    row, starts, ends = vintage.row, vintage.starts, vintage.served_until
    post_unused(case, ledgers, labels, sign, row.signing_fee_usd_bn, starts, ends)
    post_unused(case, ledgers, labels, scale, vintage.tier.upfront_usd_bn, starts, ends)
    paid = floors.after_the_end(case.calendar)
    later = [t for t in floors.due_in.tolist() if t >= case.calendar.T]
    worth = Flows(paid.years, np.array([_worth(case, vintage, t) for t in later], dtype=float))
    owed, share = paid.worth(case.settings.discount_rate), row.horizon_value_share
    post_value(case, ledgers, labels, scale, share, owed, worth)
    for way in ways:
        part = way.part
        post_value(case, ledgers, labels, part.variable, share, owed, worth, sign=-part.per_unit)


def _worth(case: CaseData, vintage: CommitmentVintage, t: int) -> float:
    """Worth of what the floor of period t buys [USD bn]."""
    capacity, h = vintage.capacity[t], case.calendar.h
    best = 0.0
    for product in vintage.products:
        if t in product.usable:
            price, limit = vintage.price(product, t), vintage.most_of(product, t)
            most = capacity if limit is None else min(capacity, limit)
            bought = min(vintage.owed[t] / price, most * h) if price > 0 else most * h
            best = max(best, bought * reference_price(case, product.chip, t))
    return best


def reference_price(case: CaseData, chip: Chip, t: int) -> float:
    """Reference price of a chip that a contract gives access to, in a period after the end [USD bn per GW-year].

    It is the chip's own, or the mean price at which offers that are not closed supply the chip, weighted by their
    capacity: tier by tier, the mean capacity of the contract years times the largest scale. A price that follows an
    index is at the level of the period; the factor of the contract years is their mean, by capacity.
    """
    if chip.reference_price_usd_bn_per_gw_year is not None:
        return chip.reference_price_usd_bn_per_gw_year
    spent, size = 0.0, 0.0
    for each in case.derived(_supplies).get(chip.chip, ()):
        spent += each.spent * levels(case, each.follows).mean(t, t + 1.0)
        size += each.gw
    return spent / size if size > 0 else 0.0


class _Supply(NamedTuple):
    """What a tier of an offer supplies of a chip."""

    gw: float
    spent: float
    """what all of it costs at level 1 [USD bn per year]"""
    follows: str | None
    """index of its price"""


def _supplies(case: CaseData) -> Mapping[str, Sequence[_Supply]]:
    """What the tiers of all offers that are not closed supply of each chip."""
    terms: dict[str, list[CloudTerm]] = defaultdict(list)
    for term in case.rows(CloudTerm):
        terms[term.offer].append(term)
    offered = {row.offer: row for row in case.rows(CloudCommitment) if row.status is not OfferStatus.CLOSED}
    found: dict[str, list[_Supply]] = defaultdict(list)
    for product in case.rows(CloudProduct):
        if product.offer not in offered:
            continue
        years = terms[product.offer]
        total = sum(term.capacity_gw for term in years)
        capacity = total / len(years)
        factor = sum(term.capacity_gw * term.price_factor for term in years) / total if total > 0 else 1.0
        for tier in case.rows(CloudTier):
            if tier.offer == product.offer:
                gw = tier.scale_max * (capacity if product.max_gw is None else min(capacity, product.max_gw))
                spent = gw * tier.price_usd_bn_per_gw_year * product.price_factor * factor
                found[product.chip].append(_Supply(gw, spent, offered[product.offer].price_index))
    return found
