"""Checks of the table of spare capacity: payment, dates, and what is said of machines taken before the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.common.guarantors import Guarantor
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.instrument import AllTables
from planner.tables.offer import OfferStatus

OPENING = ("taken_on", "given_back_on", "reached_share")
"""columns that say what was before the start"""


def check(tables: AllTables) -> Iterator[Problem]:
    """Problems of offers: their payment, their dates and what is said of the time before the start."""
    required = _required(tables)
    for offer in tables.rows(SpareCapacity):
        yield from _payment(offer)
        if offer.from_date and offer.to_date and offer.to_date <= offer.from_date:
            yield offer.problem("to_date", f"a date after from_date {offer.from_date}")
        if offer.status is OfferStatus.REQUIRED and offer.price_usd_bn_per_gw_year is not None:
            yield offer.problem("status", "open, signed or closed where use is paid for, as any use would do")
        if offer.status is OfferStatus.SIGNED and offer.from_date is None:
            yield offer.problem("from_date", "the date from which it is taken, as its status is signed")
        if offer.status is not OfferStatus.CLOSED:
            yield from _opening(offer)
            yield from _taken(offer, required)
            yield from _given_back(offer)


def _payment(offer: SpareCapacity) -> Iterator[Problem]:
    """Problems where there is not one of fee and price, or a minimum without a fee."""
    if offer.fee_usd_bn_per_month is None and offer.price_usd_bn_per_gw_year is None:
        yield offer.problem("fee_usd_bn_per_month", "a number here or in price_usd_bn_per_gw_year")
    elif offer.fee_usd_bn_per_month is None:
        for name in ("min_months", "notice_months"):
            if getattr(offer, name):
                yield offer.problem(name, "a blank where fee_usd_bn_per_month is blank")
    elif offer.price_usd_bn_per_gw_year is not None:
        yield offer.problem("price_usd_bn_per_gw_year", "a blank where fee_usd_bn_per_month is given")


def _opening(offer: SpareCapacity) -> Iterator[Problem]:
    """Problems where something is said of the time before the start that cannot be."""
    by_fee, signed = offer.fee_usd_bn_per_month is not None, offer.status is OfferStatus.SIGNED
    if offer.taken_on and not by_fee:
        yield offer.problem("taken_on", "a blank where fee_usd_bn_per_month is blank")
    if offer.given_back_on and not (by_fee and signed):
        yield offer.problem("given_back_on", "a blank where there is no fee, or status is not signed")
    if offer.reached_share is not None and (by_fee or not signed):
        yield offer.problem("reached_share", "a blank where there is a fee, or status is not signed")


def _taken(offer: SpareCapacity, required: dict[str, str]) -> Iterator[Problem]:
    """Problems of the day since which the machines are taken."""
    if offer.taken_on is None:
        return
    if offer.from_date and offer.taken_on < offer.from_date:
        yield offer.problem("taken_on", f"a date not before from_date {offer.from_date}")
    if offer.to_date and offer.taken_on >= offer.to_date:
        yield offer.problem("taken_on", f"a date before to_date {offer.to_date}")
    if offer.status is not OfferStatus.SIGNED and (why := _signature(offer, required)):
        yield offer.problem("status", f"signed where taken_on is given and {why}")


def _signature(offer: SpareCapacity, required: dict[str, str]) -> str:
    """Why machines can only be taken once the offer is signed; empty where they can without."""
    if offer.status is OfferStatus.REQUIRED:
        return "the offer was required"
    if offer.signing_fee_usd_bn > 0:
        return "there is a signing fee"
    for name in ("exclusive_group", "requires_offer"):
        if getattr(offer, name):
            return f"{name} is"
    return f"{required[offer.offer]} requires it" if offer.offer in required else ""


def _required(tables: AllTables) -> dict[str, str]:
    """Who requires an offer, by offer."""
    found = {row.requires_offer: row.offer for row in tables.offers() if row.requires_offer}
    return found | {row.requires_offer: row.guarantor for row in tables.rows(Guarantor) if row.requires_offer}


def _given_back(offer: SpareCapacity) -> Iterator[Problem]:
    """Problems of the day on which the machines were given back."""
    day = offer.given_back_on
    if day is None:
        return
    if offer.taken_on is not None:
        yield offer.problem("given_back_on", "a blank where taken_on says since when they are taken")
    elif offer.from_date and day < _free(offer, offer.from_date):
        months = offer.min_months + offer.notice_months
        free = _free(offer, offer.from_date)
        yield offer.problem("given_back_on", f"a date not before {free}, {months} months after from_date")


def _free(offer: SpareCapacity, taken: date) -> date:
    """The first day on which machines taken on a day may be given back."""
    free = add_months(taken, offer.min_months + offer.notice_months)
    return free if offer.to_date is None else min(free, offer.to_date)
