"""Checks of the tables of cloud commitments, row by row and together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.terminations import Termination
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.instruments.shared.table_checks import dates_in_order, first_days, known_by
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables

NEARLY = 1e-6
"""how far a sum or a scale may lie above the whole, as solvers allow"""
OPENING = (
    "prepaid_left_usd_bn", "credits_left_usd_bn", "rollover_usd_bn", "equity_received_usd_bn", "paid_usd_bn",
)  # fmt: skip
"""columns that hold what happened under a contract before the start of the case"""


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of offers, their tiers, their contract years and their products."""
    for tier in tables.rows(CloudTier):
        yield from _scale(tier)
    terms, tiers = defaultdict[str, list[CloudTerm]](list), defaultdict[str, list[CloudTier]](list)
    for term in tables.rows(CloudTerm):
        terms[term.offer].append(term)
    for tier in tables.rows(CloudTier):
        tiers[tier.offer].append(tier)
    known = first_days(tables)
    provided = {product.offer for product in tables.rows(CloudProduct)}
    for offer in tables.rows(CloudCommitment):
        yield from _dates(offer)
        yield from _index(offer, known)
        yield from _ends(tables, offer)
        if (offer.rollover_share is None) == (offer.shortfall is Shortfall.ROLLOVER):
            expected = "a number from 0 to 1" if offer.shortfall is Shortfall.ROLLOVER else "a blank"
            yield offer.problem("rollover_share", f"{expected} where shortfall is {offer.shortfall}")
        if tables.complete(CloudTier):
            yield from _tiers(offer, tiers[offer.offer])
            yield from _signed(offer, tiers[offer.offer])
        if tables.complete(CloudTier, CloudTerm):
            yield from _opening(offer, tiers[offer.offer], terms[offer.offer])
        for tier in tiers[offer.offer]:
            full = offer.equity_usd_bn > 0 and not offer.scales
            if tier.scale_min == 0 and (full or offer.status is OfferStatus.REQUIRED):
                why = "pays its equity in full" if full else "is required"
                yield tier.problem("scale_min", f"a number above 0 where the offer {why}")
        if offer.renews and offer.requires_offer is None:
            yield offer.problem("requires_offer", "the contract that it renews, where renews is true")
        if tables.complete(CloudTerm):
            yield from _contract_years(offer, terms[offer.offer])
        if tables.complete(CloudProduct) and offer.offer not in provided:
            yield offer.problem(
                "offer", f"an offer with at least one row in {CloudProduct.about.file}, or its chip here"
            )


def _dates(offer: CloudCommitment) -> Iterator[Problem]:
    yield from dates_in_order(offer, "sign_from", "sign_by")
    if offer.start_date and offer.lead_months is not None:
        yield offer.problem("lead_months", "a blank where start_date is given")
    elif offer.start_date is None and offer.status is OfferStatus.SIGNED:
        yield offer.problem("start_date", "the date on which it started or will start, as its status is signed")
    elif offer.start_date is None and offer.lead_months is None:
        yield offer.problem("start_date", "a date here or a whole number in lead_months")
    yield from dates_in_order(offer, "sign_from", "start_date")


def _ends(tables: Tables, offer: CloudCommitment) -> Iterator[Problem]:
    """Problems of rights to end an offer before its term is over, and of a contract that ends so."""
    rights = [row for row in tables.rows(Termination) if row.offer == offer.offer]
    for right in rights:
        if right.from_year - 1 >= offer.term_years - 1e-6:
            yield right.problem(
                "from_year", f"a year that begins before the term of {offer.term_years:g} years is over"
            )
    day, starts = offer.ends_on, offer.start_date
    if day is None:
        return
    if offer.status not in (OfferStatus.SIGNED, OfferStatus.CLOSED):
        yield offer.problem("ends_on", "a blank where status is not signed")
    elif starts is not None and tables.complete(Termination):
        last = math.ceil(offer.term_years - 1e-6)
        years = [year for year in range(2, last + 1) if add_months(starts, MONTHS_PER_YEAR * (year - 1)) == day]
        if not any(right.from_year <= year for year in years for right in rights):
            yield offer.problem("ends_on", "the first day of a contract year in which terminations.csv lets it end")


def _index(offer: CloudCommitment, known: Mapping[str, date]) -> Iterator[Problem]:
    """Problems of the index that the prices of an offer follow; `known` is the first day of each index."""
    if offer.price_resets and offer.price_index is None:
        yield offer.problem("price_resets", "false where price_index is blank")
    elif offer.price_resets and offer.status is OfferStatus.SIGNED and offer.start_date is not None:
        yield from known_by(offer, "price_index", offer.start_date, known)


def _scale(tier: CloudTier) -> Iterator[Problem]:
    if tier.scale_max < tier.scale_min:
        yield tier.problem("scale_max", f"a number not below scale_min {tier.scale_min:g}")


def _tiers(offer: CloudCommitment, tiers: list[CloudTier]) -> Iterator[Problem]:
    if not tiers:
        yield offer.problem("offer", f"an offer with at least one row in {CloudTier.about.file}, or its price here")


def _signed(offer: CloudCommitment, tiers: list[CloudTier]) -> Iterator[Problem]:
    """Problems of what is said to be signed: the tier and the scale."""
    if offer.status is not OfferStatus.SIGNED:
        for column in ("signed_tier", "signed_scale", *OPENING):
            if getattr(offer, column) is not None:
                yield offer.problem(column, "a blank where status is not signed")
        return
    names = sorted(tier.tier for tier in tiers)
    if offer.signed_tier is None and len(tiers) > 1:
        yield offer.problem("signed_tier", f"the tier that was signed, as status is signed: one of {', '.join(names)}")
    elif offer.signed_tier is not None and offer.signed_tier not in names and tiers:
        yield offer.problem("signed_tier", f"a tier of {offer.offer}: one of {', '.join(names)}")
    tier = signed_tier(offer, tiers)
    if tier is None:
        return
    least, most, scale = tier.scale_min, tier.scale_max, offer.signed_scale
    if scale is None and least < most:
        expected = f"the same as scale_min {least:g}, or the scale that was signed in signed_scale of {offer.offer}"
        yield tier.problem("scale_max", f"{expected}, as its status is signed")
    elif scale is not None and not least - NEARLY <= scale <= most + NEARLY * max(1.0, most):
        yield offer.problem("signed_scale", f"a scale of tier {tier.tier}, from {least:g} to {most:g}")


def signed_tier(offer: CloudCommitment, tiers: list[CloudTier]) -> CloudTier | None:
    """The tier under which an offer is signed; None where that is not clear."""
    chosen = [tier for tier in tiers if offer.signed_tier in (None, tier.tier)]
    return chosen[0] if len(chosen) == 1 else None


def _opening(offer: CloudCommitment, tiers: list[CloudTier], terms: list[CloudTerm]) -> Iterator[Problem]:
    """Problems of what is said to have happened before the start: more than there can be, or without a meaning."""
    if offer.credits_left_usd_bn is not None and offer.shortfall is not Shortfall.CREDIT:
        yield offer.problem("credits_left_usd_bn", f"a blank where shortfall is {offer.shortfall}")
    if offer.rollover_usd_bn is not None and offer.shortfall is not Shortfall.ROLLOVER:
        yield offer.problem("rollover_usd_bn", f"a blank where shortfall is {offer.shortfall}")
    if offer.credits_until is not None and offer.credits_left_usd_bn is None:
        yield offer.problem("credits_until", "a blank where credits_left_usd_bn is blank")
    if offer.credits_lapsing_usd_bn is not None and offer.credits_until is None:
        yield offer.problem("credits_lapsing_usd_bn", "a blank where credits_until is blank")
    for term in terms:
        if term.drawn_usd_bn is not None and term.drawn_usd_bn > term.spent_usd_bn * (1 + NEARLY) + 1e-9:
            yield term.problem("drawn_usd_bn", f"a part of spent_usd_bn {term.spent_usd_bn:g}")
    tier = signed_tier(offer, tiers)
    if offer.status is not OfferStatus.SIGNED or tier is None:
        return
    floors = sum(term.floor_usd_bn for term in terms)
    floors *= tier.scale_max if offer.signed_scale is None else offer.signed_scale
    for column, most, what in (
        ("prepaid_left_usd_bn", offer.prepay_share * floors, "the whole prepayment of"),
        ("credits_left_usd_bn", floors, "all floors of"),
        ("credits_lapsing_usd_bn", offer.credits_left_usd_bn or 0.0, "credits_left_usd_bn"),
        ("equity_received_usd_bn", offer.equity_usd_bn, "equity_usd_bn"),
    ):
        value = getattr(offer, column)
        if value is not None and value > most * (1 + NEARLY) + 1e-9:
            yield offer.problem(column, f"a number not above {what} {most:g}")


def _contract_years(offer: CloudCommitment, terms: list[CloudTerm]) -> Iterator[Problem]:
    last = math.ceil(offer.term_years - 1e-6)
    given = {term.contract_year for term in terms}
    missing = [str(year) for year in range(1, last + 1) if year not in given]
    if missing:
        yield offer.problem(
            "term_years",
            f"a row in {CloudTerm.about.file} for each contract year from 1 to {last}, or capacity_gw here",
            f"none for {', '.join(missing)}",
        )
    for term in terms:
        if term.contract_year > last:
            yield term.problem("contract_year", f"at most {last}, the last contract year of {offer.offer}")
