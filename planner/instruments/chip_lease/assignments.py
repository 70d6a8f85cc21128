"""Assignments: chips of an order that an SPV takes over, each way to hand them over, and the posts per GW.

Chips keep their day in service: their life, their resale value and their value under stress run on. The SPV pays the
price of the order while they are young, and that price times their resale value later, at the level of the day on which
it takes them over, as `assign_price` says. So much
less of its money buys new chips.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics.calendar import month_position
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.chip_lease.batches import Batch
from planner.instruments.chip_lease.horizon import post_taken_over
from planner.instruments.chip_lease.tables import AssignedChips, AssignPrice, EndOption
from planner.instruments.chip_lease.vintages import INSTRUMENT, ChipLeaseVintage
from planner.instruments.shared.assignable_orders import order_price, ordering_dates
from planner.instruments.shared.chips_held import life_ends, post_chips, post_resale, resale_level, resale_share
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.deliveries import AssignableDelivery, Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, VariableGroup


@dataclass(frozen=True)
class Chips:
    """A GW of chips that an SPV takes over at one of its deliveries."""

    vintage: ChipLeaseVintage
    batch: Batch
    received: Delivery
    """when the chips were received first, and what a GW of them cost"""
    before: AssignedChips | None
    """the row that says so, where the SPV has taken them over before the start"""

    def price(self, case: CaseData) -> float:
        """What the SPV pays [USD bn per GW]: the cost of young chips, the cost · value_share(age) of others."""
        if self.before is not None:
            return self.before.paid_usd_bn / self.before.gw
        row, months = self.vintage.row, month_position(self.batch.delivery.on) - month_position(self.received.on)
        if row.assign_price is AssignPrice.COST and months < row.assign_within_months:
            return self.received.price_usd_bn
        level = resale_level(case, row.chip, self.batch.delivery.on)
        return self.received.price_usd_bn * resale_share(case, row.chip, months / MONTHS_PER_YEAR) * level

    def stressed(self, case: CaseData, on: date | None = None) -> dict[int, float]:
        """By how much their value under stress exceeds that of new chips for the same money, by period [USD bn].

        It runs from the delivery to the SPV to the end of its term. Chips whose life is over are worth nothing. Values
        are at the level of each period's first day, or at that of the day `on` throughout.
        """
        calendar, chip, bought = case.calendar, self.vintage.chip, self.price(case)
        kept = 1.0 - case.settings.resale_haircut_share
        more: dict[int, float] = {}
        for t in self.batch.starts:
            age, new = calendar.age_years(self.received.on, t), calendar.age_years(self.batch.delivery.on, t)
            value = self.received.price_usd_bn * resale_share(case, chip.chip, age) if age < chip.life_years else 0.0
            level = resale_level(case, chip.chip, on or calendar.start_of(t))
            more[t] = kept * level * (value - bought * resale_share(case, chip.chip, new))
        return more


@dataclass(frozen=True)
class Assignment:
    """GW of one delivery of an order that an SPV may take over at one of its own deliveries."""

    vintage: ChipLeaseVintage
    batch: Batch
    ordered: str
    """date of the order"""
    delivery: Delivery
    """delivery of the order, per GW ordered"""
    balances: tuple[AssignableDelivery, ...]
    """deliveries of that day, with the balances due on them"""
    before: AssignedChips | None
    """the row that says so, where the chips were taken over before the start"""

    @property
    def key(self) -> Key:
        """(offer, date of signing, backer, SPV's delivery, date of the order, its delivery)."""
        return (*self.vintage.key, self.batch.delivery.on.isoformat(), self.ordered, self.delivery.on.isoformat())

    @property
    def chips(self) -> Chips:
        """A GW of the chips."""
        cost = self.delivery.price_usd_bn / self.delivery.gw
        received = Delivery(self.delivery.on, 1.0, cost, self.delivery.runs_from)
        return Chips(self.vintage, self.batch, received, self.before)


def assignments(case: CaseData, ledgers: Ledgers, all_vintages: Sequence[ChipLeaseVintage]) -> list[Assignment]:
    """Every way to hand over chips at a delivery of an SPV from the case's start on, and what was handed over before.

    The chips have been delivered by then, and their life is not over.
    """
    lots: dict[tuple[str, int, str], Delivery] = {}
    balances: dict[tuple[str, int, str], list[AssignableDelivery]] = {}
    for lot in ledgers.assignable:
        key = (lot.offer, lot.variable, lot.delivery.on.isoformat())
        before = lots.get(key, Delivery(lot.delivery.on, 0.0, 0.0))
        balances.setdefault(key, []).append(lot)
        price = before.price_usd_bn + lot.delivery.price_usd_bn
        lots[key] = Delivery(lot.delivery.on, before.gw + lot.delivery.gw, price, lot.delivery.runs_from)
    ordered = ordering_dates(ledgers)
    found = [
        (vintage, batch, ordered[variable], delivery, tuple(balances[offer, variable, on]))
        for vintage in all_vintages
        for batch in _distinct(vintage.batches)
        for (offer, variable, on), delivery in lots.items()
        if offer == vintage.row.buys_from
        and delivery.gw > 0
        and delivery.on <= batch.delivery.on
        and batch.delivery.on < life_ends(vintage.chip, delivery)
    ]
    ways = [Assignment(*each, assigned(case, each[0], each[1].delivery.on, each[2], each[3].on)) for each in found]
    return [each for each in ways if each.before or case.calendar.start <= each.batch.delivery.on]


def assigned(case: CaseData, vintage: ChipLeaseVintage, on: date, ordered: str, received: date) -> AssignedChips | None:
    """What an SPV took over of one delivery of an order, at its own delivery `on` before the start; None if nothing."""
    key = (vintage.row.offer, on, date.fromisoformat(ordered), received)
    return case.derived(_assigned).get(key) if vintage.sunk else None


def _assigned(case: CaseData) -> Mapping[tuple[str, date, date, date], AssignedChips]:
    return {(row.offer, row.delivered_on, row.ordered_on, row.received_on): row for row in case.rows(AssignedChips)}


def _distinct(batches: tuple[Batch, ...]) -> list[Batch]:
    """The first delivery of each date."""
    return list({batch.delivery.on: batch for batch in reversed(batches)}.values())[::-1]


def chips_of(case: CaseData, vintage: ChipLeaseVintage, on: str, ordered: str, received: str) -> Chips:
    """A GW of the chips that an SPV takes over at its delivery `on`, that were ordered on a day and received later."""
    day = date.fromisoformat(received)
    cost = order_price(case, vintage.row.buys_from or "", vintage.chip, date.fromisoformat(ordered), day)
    batch = next(batch for batch in vintage.batches if batch.delivery.on.isoformat() == on)
    before = assigned(case, vintage, batch.delivery.on, ordered, day)
    return Chips(vintage, batch, Delivery(day, 1.0, cost), before)


def declare(ledgers: Ledgers, possible: Sequence[Assignment]) -> VariableGroup:
    """Declare the variables of all assignments; what was handed over before the start is fixed."""
    given = [0.0 if each.before is None else each.before.gw for each in possible]
    most = [np.inf if each.before is None else each.before.gw for each in possible]
    return ledgers.declare(
        INSTRUMENT, "assign", ("offer", "starts_on", "backer", "delivered_on", "ordered_on", "received_on"),
        [each.key for each in possible], unit="GW", decided=OnDate("delivered_on"), lower=np.array(given),
        upper=np.array(most),
    )  # fmt: skip


def stressed(
    case: CaseData, possible: Iterable[Assignment], assign: VariableGroup
) -> dict[Key, dict[int, list[tuple[int, float]]]]:
    """What chips taken over add to the value under stress, by vintage and period: (variable, USD bn per GW)."""
    found: dict[Key, dict[int, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    for each in possible:
        for t, more in each.chips.stressed(case).items():
            found[each.vintage.key][t].append((assign[each.key], more))
    return found


def post(case: CaseData, ledgers: Ledgers, possible: Iterable[Assignment], assign: VariableGroup) -> None:
    """Post what a GW takes away from its order, what it is with the SPV, and what the SPV pays for it."""
    for each in possible:
        row, chip, variable = each.vintage.row, each.vintage.chip, assign[each.key]
        with_spv = Labels(
            instrument=INSTRUMENT, offer=row.offer, counterparty=row.spv, chip=chip.chip, family=chip.family
        )
        of_order = replace(with_spv, offer=row.buys_from or "")
        chips, day = each.chips, each.batch.delivery.on
        price = chips.price(case)
        leaves = Delivery(chips.received.on, -1.0, -chips.received.price_usd_bn, chips.received.runs_from)
        post_chips(case, ledgers, of_order, chip, variable, leaves, since=day)
        post_resale(case, ledgers, of_order, chip, variable, leaves)
        # The SPV holds these chips, and so many new ones less as their price would have bought.
        fewer = Delivery(day, -price / each.batch.price_usd_bn_per_gw, -price, each.batch.delivery.runs_from)
        buys = row.end_option is EndOption.BUY
        until = None if buys else each.batch.ends
        for delivery in (chips.received, fewer):
            post_chips(case, ledgers, with_spv, chip, variable, delivery, since=day, until=until)
            if buys and each.batch.ends <= case.calendar.end:
                post_resale(case, ledgers, with_spv, chip, variable, delivery)
        post_taken_over(case, ledgers, with_spv, each.vintage, each.batch, variable, price, chips.received)
        ledgers.dated(Kind.COST, of_order, "assignment", variable, case.calendar.years(day), price)
        _post_balances(case, ledgers, each, variable)


def _post_balances(case: CaseData, ledgers: Ledgers, each: Assignment, variable: int) -> None:
    """Take off the balances that the SPV pays: those due on the day on which it takes the chips over.

    Until that day the lab owes them, as nobody has to hand over anything before.
    """
    on = each.batch.delivery.on
    for lot in each.balances:
        if lot.balance_usd_bn and lot.delivery.on == on:
            balance, labels = lot.balance_usd_bn / each.delivery.gw, replace(lot.labels, instrument=INSTRUMENT)
            ledgers.due(labels, "balance", variable, [case.calendar.back(on)], [-balance], [case.calendar.years(on)])
