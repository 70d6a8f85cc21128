"""Offer choice: offers that must be signed, groups of which one may be, and offers that require another.

    must_sign          1 ≤ signed_{o,T−1}                     o required, or signed already with a signature
    exclusive_group    Σ_{o in group} signed_{o,T−1} ≤ 1
    requires_offer     requires_scale_min_o · signed_{ot} ≤ taken_{o't}      o' is the offer that o requires
                       signed_{ot} ≤ met_{o't}                               where requires_scale_min is blank

T − 1 is the last period: an offer that is ever signed is signed by then. Closed offers are left out. taken is the share
of the largest size that is signed. met is 1 once an offer with a smallest size above 0 is signed. Of one that may be
signed for any size, all has to be taken: so met is its share.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import moved, put
from planner.interfaces.loosening import NEARLY, Effect, Item, Limits, Slot
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.conditions import signed_of
from planner.tables.offer import Offer, OfferStatus

NAME = "offer_choice"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Offers that must be signed, then groups, then requirements."""
    T = case.calendar.T
    at_the_end = np.full(T, np.inf)
    at_the_end[-1] = 1.0
    offers = [offer for offer in case.offers() if offer.status is not OfferStatus.CLOSED]
    groups: dict[str, list[Balance]] = {}
    for offer in offers:
        signed = ledgers.balance("signed", offer=offer.offer)
        if offer.status is OfferStatus.REQUIRED or (offer.status is OfferStatus.SIGNED and signed.possible()):
            yield Limit.of(NAME, f"must_sign/{offer.offer}", "offers", at_the_end, signed, physical=True)
        if offer.exclusive_group:
            groups.setdefault(offer.exclusive_group, []).append(signed)
    for group, members in sorted(groups.items()):
        total = Balance.total(members, T)
        yield Limit.of(NAME, f"exclusive_group/{group}", "offers", total, at_the_end, physical=True)
    for offer in offers:
        if offer.requires_offer:
            signed, share = ledgers.balance("signed", offer=offer.offer), offer.requires_scale_min
            other = signed_of(ledgers, "met" if share is None else "taken", offer.requires_offer)
            if share is not None:
                signed = signed.times(np.full(T, share))
            subject = f"requires_offer/{offer.offer}/{offer.requires_offer}"
            yield Limit.of(NAME, subject, "offers", signed, other, physical=True)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Offers that need not be signed, that may be signed beside others, or without the offer that they require."""
    last = case.calendar.T - 1
    for offer in case.offers():
        o, group, other = offer.offer, offer.exclusive_group, offer.requires_offer
        if offer.status is OfferStatus.REQUIRED:
            lines = put(offer, "status", "open", f"{o} need not be signed")
            yield Item("required", o, lines, effects=(((NAME, f"must_sign/{o}"), last, 1.0),))
        if f"exclusive_group/{group}" in limits and offer.status is not OfferStatus.CLOSED:
            lines = put(offer, "exclusive_group", "blank", f"{o} beside others of the group {group}")
            effect = ((NAME, f"exclusive_group/{group}"), last, 1.0)
            yield Item("exclusive", o, lines, effects=(effect,), only_if_signed=o)
        if f"requires_offer/{o}/{other}" in limits:
            name = (NAME, f"requires_offer/{o}/{other}")
            lines = put(offer, "requires_offer", "blank", f"{o} without {other}")
            effects = tuple((name, t, 1.0) for t in case.calendar.periods)
            yield Item("requirements", o, lines, effects=effects, only_if_signed=o)
            yield from _smaller_share(case, offer, effects)


def _smaller_share(case: CaseData, offer: Offer, effects: tuple[Effect, ...]) -> Iterator[Item]:
    """A smaller part of the offer that is required; part of it stays."""
    share = offer.requires_scale_min
    if share is not None:
        where, most = f"{offer.about.name}[{offer.offer}].requires_scale_min", NEARLY * share
        lines = moved("-=", where, f"{offer.offer} with {{by}} less of {offer.requires_offer}", "", most)
        yield Item("sizes", f"{offer.offer}/requires_scale_min", lines, (Slot(0, share, most, effects),))


RULE = Rule(
    name=NAME,
    reads=(Offer,),
    steps=None,
    events=(),
    limits=limits,
    set_by_somebody=False,
    loosened_by=loosened_by,
    follows_demand=None,
)
