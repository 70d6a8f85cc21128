"""Checks of the offers of all tables together: their names, their groups and the offers that they require."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.basics.errors import Problem
from planner.basics.networks import circles
from planner.tables.offer import Offer, OfferStatus

_SIGNED = (OfferStatus.REQUIRED, OfferStatus.SIGNED)


def check(offers: tuple[Offer, ...]) -> Iterator[Problem]:
    """Problems of the offers of all tables together."""
    first: dict[str, Offer] = {}
    for offer in offers:
        earlier = first.setdefault(offer.offer, offer)
        if type(earlier) is not type(offer):
            where = f"{earlier.about.file}:{earlier.line}"
            yield offer.problem("offer", f"one name for one offer across tables ({where} has this one)")
        if offer.requires_scale_min is not None and offer.requires_offer is None:
            yield offer.problem("requires_scale_min", "a blank where requires_offer is blank")
    yield from _groups(offers)
    yield from _handed_over(first, offers)
    for circle in circles({offer.offer: offer.requires_offer for offer in offers if offer.requires_offer}):
        found = f"a circle: {' requires '.join((*circle, circle[0]))}"
        yield first[circle[0]].problem("requires_offer", "an offer that does not itself require this one", found)


def _groups(offers: tuple[Offer, ...]) -> Iterator[Problem]:
    taken: dict[str, Offer] = {}
    for offer in offers:
        if offer.exclusive_group is not None and offer.status in _SIGNED:
            earlier = taken.setdefault(offer.exclusive_group, offer)
            if earlier is not offer:
                yield offer.problem(
                    "status",
                    f"open or closed, as {earlier.offer} of the same exclusive_group"
                    f" '{offer.exclusive_group}' is {earlier.status}",
                )


def _handed_over(named: Mapping[str, Offer], offers: tuple[Offer, ...]) -> Iterator[Problem]:
    """Problems of leases that take over the chips of an order of another kind of chip."""
    for offer in offers:
        order = named.get(getattr(offer, "buys_from", None) or "")
        if order is not None and (of := getattr(order, "chip", "")) != (chip := getattr(offer, "chip", "")):
            yield offer.problem("buys_from", f"an order of {chip}", f"{order.offer}, an order of {of}")
