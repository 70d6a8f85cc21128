"""The items that the records of rules and instruments offer, in the order in which the elastic model lists them.

Items with amounts on limits come first, in the order of the groups. Items on limits that are changed or not follow, in
the order of the rules. Items on constraints come last, in the order in which instruments post: first those that concern
a whole offer, then those that concern a part of an offer or no offer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from planner.case.case import Case
from planner.interfaces.groups import GROUPS
from planner.interfaces.loosening import Item, Limits, Loosening
from planner.ledgers.limits import Limit
from planner.portfolio.portfolio import Portfolio


def on_limits(portfolio: Portfolio, groups: Collection[str]) -> list[Item]:
    """Items on the limits that the rules state."""
    by_rule = _by_rule(portfolio)
    found = [
        _followed(portfolio.case, item, by_rule)
        for rule in portfolio.case.catalogue.rules
        if rule.loosened_by is not None
        for item in rule.loosened_by(portfolio.case, portfolio.ledgers, by_rule[rule.name])
        if item.group in groups
    ]
    order = list(GROUPS)
    return sorted(found, key=lambda item: order.index(item.group) if item.price.rate else len(order))


def on_constraints(case: Case, groups: Collection[str]) -> list[Loosening]:
    """Items on the constraints of instruments."""
    found = [
        loosening
        for instrument in case.catalogue.posting
        if instrument.loosened_by is not None
        for loosening in instrument.loosened_by(case)
        if loosening.item.group in groups
    ]
    offers = {offer.offer for offer in case.offers()}
    return sorted(found, key=lambda loosening: loosening.item.name not in offers)


def _by_rule(portfolio: Portfolio) -> dict[str, Limits]:
    """The limits of each rule, by subject."""
    found: dict[str, dict[str, Limit]] = {rule.name: {} for rule in portfolio.case.catalogue.rules}
    for limit in portfolio.limits:
        found[limit.rule][limit.subject] = limit
    return dict(found)


def _followed(case: Case, item: Item, by_rule: dict[str, Limits]) -> Item:
    """The item; where it lowers demand, each slot also changes the other limits that follow this demand."""
    if item.less_demand is None:
        return item
    region, workload = item.less_demand
    slots = []
    for slot in item.slots:
        more = [
            effect
            for rule in case.catalogue.rules
            if rule.follows_demand is not None
            for effect in rule.follows_demand(case, by_rule[rule.name], region, workload, slot.t)
        ]
        slots.append(replace(slot, effects=(*slot.effects, *more)))
    return replace(item, slots=tuple(slots))
