"""Chip lease: what a lease demands, restated from its rows.

signed once     at most one date and backer of an offer is signed; a backer is the guarantor that the lease names, and
                guarantees residual values of the chip's family
amount          from min_usd_bn to max_usd_bn where the lease is signed, zero elsewhere
tranches        each is within its shares of the amount; together they are the amount
advance         without support, at the start of every period: debt outstanding ≤ advance_share · value of the chips
                under stress. The debt of each delivery is worked out from period to period: interest is added, the
                payment is taken off, which is due for the part of the last period that the term covers. Chips taken
                over have the value of their own age. Values are at the level of resale_levels on the day of signing,
                and a rate that floats is that of this day
assignments     at each delivery of the SPV, the price of what it takes over ≤ the money spent then. It is the order's
                price, or from assign_within_months on, or where assign_price is `value`, that price times the resale
                value at the level of the day; of each delivery of an order, GW handed over to all SPVs ≤ GW delivered,
                and not before it

signed already  amount and tranches are what the rows state, or else max_usd_bn and max_share; where it says that it has
                no support, its assignments leave its debt within the advance, or, where the debt is above it and none
                of them could raise the value of its chips, do not lower that value; what was taken over before the
                start is what assigned_chips says

The GW ordered are those of the variables to which the lots in the ledgers belong. Shares and days of deliveries come
from the rows: of what is signed from signed_deliveries, where it states them. Early ends are in `ending_checks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months, month_position
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip, ChipDelivery, SignedDelivery
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.chip_lease import ending_checks
from planner.instruments.chip_lease.restated import debts, level, rate_on, resale_curve
from planner.instruments.chip_lease.tables import (
    AssignedChips,
    AssignPrice,
    ChipLease,
    NoSupport,
    SpvTranche,
    TrancheKind,
)
from planner.instruments.shared.assignable_orders import ordering_dates
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key
from planner.tables.offer import Offer, OfferStatus

NAME = "chip_lease"


@dataclass(frozen=True)
class _TakenOver:
    """Chips of one delivery of an order that an SPV takes over on a day."""

    variable: int
    """number of the variable"""
    on: date
    ordered: str
    received: date
    gw: float
    cost: float
    """USD bn per GW, as the order has it"""
    paid: float
    """USD bn per GW, by the SPV"""
    before: bool
    """whether a row says that it was before the start"""


@dataclass(frozen=True)
class _Lease:
    """One date and backer of a lease, with the decisions about it."""

    name: str
    variable: int
    """number of the variable of its amount"""
    row: ChipLease
    starts: date
    backer: object
    """its name, or the word for nobody"""
    sign: float
    amount: float
    tranches: tuple[tuple[SpvTranche, float], ...]
    taken_over: tuple[_TakenOver, ...]
    possible: tuple[_TakenOver, ...]
    """the same, and where the lease is held to its advance, all that it might take over"""

    @property
    def held(self) -> bool:
        """Whether it is signed already, and its advance holds for chips that it takes over."""
        return self.row.status is OfferStatus.SIGNED and self.row.supported is False


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every lease demands of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(ChipLease)}
    variables = ledgers.find(NAME, "amount").numbers
    sign, raised = values(ledgers, x, NAME, "sign"), values(ledgers, x, NAME, "tranche")
    taken_over = _taken_over(case, ledgers, x, rows)
    signed: dict[str, float] = defaultdict(float)
    for key, value in sign.items():
        signed[str(key[0])] += value
    for key, amount in values(ledgers, x, NAME, "amount").items():
        offer, starts, backer = str(key[0]), str(key[1]), key[2]
        row = rows[offer]
        parts = [(part, raised[*key, part.tranche]) for part in case.rows(SpvTranche) if part.offer == offer]
        name = f"{offer} signed on {starts}, {backer}"
        lease = _Lease(
            name, variables[key], row, date.fromisoformat(starts), backer, sign[key], amount, tuple(parts),
            tuple(each for each in taken_over[key] if each.gw > 0), tuple(taken_over[key]),
        )  # fmt: skip
        if lease.sign > 0:
            yield ContractCheck(lease.variable, f"{offer} is signed at most once", signed[offer], 1.0)
            yield ContractCheck(
                lease.variable, f"{name}: its backer may support it", lease.sign, float(_may_support(case, lease))
            )
        if row.status is OfferStatus.SIGNED:
            yield from _given(lease)
        else:
            yield from _money(lease)
        if isinstance(backer, NoSupport) and amount > 0 and (row.status is not OfferStatus.SIGNED or lease.held):
            yield from _advance(case, lease)
        yield from _money_spent(case, lease)
    yield from _handed_over(case, ledgers, x, rows, taken_over)
    yield from ending_checks.contract_checks(case, ledgers, x)


def _may_support(case: CaseData, lease: _Lease) -> bool:
    """Whether the backer is one that the lease may have; a lease may always do without."""
    if isinstance(lease.backer, NoSupport):
        return True
    family = next(chip.family for chip in case.rows(Chip) if chip.chip == lease.row.chip)
    return lease.row.support_guarantor == lease.backer and any(
        guarantor.guarantor == lease.backer
        and guarantor.kind is GuaranteeKind.RESIDUAL
        and family in guarantor.families
        for guarantor in case.rows(Guarantor)
    )


def _money(lease: _Lease) -> Iterator[ContractCheck]:
    """Amount and tranches."""
    row, amount, name, variable = lease.row, lease.amount, lease.name, lease.variable
    yield ContractCheck(variable, f"{name}: at least min_usd_bn where signed", row.min_usd_bn * lease.sign, amount)
    yield ContractCheck(
        variable, f"{name}: at most max_usd_bn, 0 where not signed", amount, row.max_usd_bn * lease.sign
    )
    for part, money in lease.tranches:
        yield ContractCheck(
            variable, f"{name}: tranche {part.tranche} at least its min_share", part.min_share * amount, money
        )
        yield ContractCheck(
            variable, f"{name}: tranche {part.tranche} at most its max_share", money, part.max_share * amount
        )
    total = sum(money for _, money in lease.tranches)
    yield ContractCheck(variable, f"{name}: tranches add up to no more than the amount", total, amount)
    yield ContractCheck(variable, f"{name}: tranches add up to no less than the amount", amount, total)


def _given(lease: _Lease) -> Iterator[ContractCheck]:
    """Amount and tranches of a lease signed already."""
    row, name, variable = lease.row, lease.name, lease.variable
    amount = row.max_usd_bn if row.amount_usd_bn is None else row.amount_usd_bn
    stated = [("amount", amount, lease.amount)]
    for part, money in lease.tranches:
        raised = amount * part.max_share if part.raised_usd_bn is None else part.raised_usd_bn
        stated.append((f"tranche {part.tranche}", raised, money))
    for what, given, found in stated:
        yield ContractCheck(variable, f"{name}: {what} no more than was raised", found, given)
        yield ContractCheck(variable, f"{name}: {what} no less than was raised", given, found)


def _advance(case: CaseData, lease: _Lease) -> Iterator[ContractCheck]:
    """Debt against the value of the chips, at the start of every period to the last payment of the last delivery."""
    calendar, row = case.calendar, lease.row
    ages, shares = resale_curve(case, row.chip)
    kept = (1 - case.settings.resale_haircut_share) * level(case, row.chip, lease.starts)
    life = next(chip.life_years for chip in case.rows(Chip) if chip.chip == row.chip)
    debt: dict[int, float] = defaultdict(float)
    value: dict[int, float] = defaultdict(float)
    before: dict[int, float] = defaultdict(float)
    helps: dict[int, bool] = defaultdict(bool)
    for on, money in _deliveries(case, lease):
        over = calendar.position(add_months(on, round(row.term_years * MONTHS_PER_YEAR)))
        begins, part_of = calendar.position(on), money / lease.amount
        for part, raised in lease.tranches:
            if part.kind is TrancheKind.DEBT:
                rate = (1 + rate_on(case, part, lease.starts)) ** calendar.h - 1
                for t, owed in debts(raised * part_of, rate, begins, over, part.balloon_share):
                    debt[t] += owed
        for t in range(max(0, int(np.ceil(begins))), int(np.ceil(over))):
            new = float(np.interp((t - begins) * calendar.h, ages, shares))
            value[t] += money * new * kept
            before[t] += money * new * kept
            for each in (each for each in lease.possible if each.on == on):
                own = calendar.age_years(each.received, t)
                worth = float(np.interp(own, ages, shares)) * (own < life) * each.cost
                more = (worth - each.paid * new) * kept
                value[t] += each.gw * more
                before[t] += each.gw * more * each.before
                helps[t] |= more > 0 and not each.before
    for t, owed in sorted(each for each in debt.items() if each[0] >= 0):
        says = f"{lease.name}: debt on {calendar.start_of(t)} within the advance on the chips' stressed value"
        needed = min(owed, row.advance_share * before[t]) if lease.held and not helps[t] else owed
        yield ContractCheck(lease.variable, says, needed, row.advance_share * value[t])


def _deliveries(case: CaseData, lease: _Lease) -> Iterator[tuple[date, float]]:
    """(day, money spent) of each delivery of a lease; those after the horizon are dropped.

    Days are rounded to the start of a period unless it is signed already.
    """
    row, calendar = lease.row, case.calendar
    stated = _stated(case, row, lease.starts)
    if stated:
        found = [(each.delivered_on, each.cost_usd_bn or 0.0) for each in stated]
    else:
        steps = [step for step in case.rows(ChipDelivery) if step.offer == row.offer]
        due = [(add_months(lease.starts, step.months), lease.amount * step.delivered_share) for step in steps]
        rounded = row.status is not OfferStatus.SIGNED
        found = [(calendar.start_of(calendar.forward(on)) if rounded else on, money) for on, money in due]
    together: dict[date, float] = defaultdict(float)
    for on, money in found:
        if calendar.position(on) < calendar.T:
            together[on] += money
    yield from together.items()


def _stated(case: CaseData, offer: Offer, signed: date) -> list[SignedDelivery]:
    """What is stated of the deliveries of what was signed or ordered on a day."""
    return [row for row in case.rows(SignedDelivery) if (row.offer, row.signed_on) == (offer.offer, signed)]


def _taken_over(case: CaseData, ledgers: Ledgers, x: Vector, rows: dict[str, ChipLease]) -> dict[Key, list[_TakenOver]]:
    """What each SPV takes over, by lease, date and backer."""
    variables, dates = ledgers.find(NAME, "assign").numbers, ordering_dates(ledgers)
    costs = {
        (lot.offer, dates[lot.variable], lot.delivery.on): lot.delivery.price_usd_bn / lot.delivery.gw
        for lot in ledgers.assignable
        if lot.delivery.gw > 0
    }
    given = {row.key_values(): row for row in case.rows(AssignedChips)}
    found: dict[Key, list[_TakenOver]] = defaultdict(list)
    for key, gw in values(ledgers, x, NAME, "assign").items():
        offer, on, ordered, received = str(key[0]), date.fromisoformat(str(key[3])), str(key[4]), str(key[5])
        if gw > 0 or rows[offer].supported is False:
            row, since = rows[offer], date.fromisoformat(received)
            cost = costs[row.buys_from or "", ordered, since]
            months = month_position(on) - month_position(since)
            share = float(np.interp(months / MONTHS_PER_YEAR, *resale_curve(case, row.chip)))
            share *= level(case, row.chip, on)
            young = row.assign_price is AssignPrice.COST and months < row.assign_within_months
            price, before = cost if young else cost * share, given.get((offer, on, date.fromisoformat(ordered), since))
            if before is not None:
                price = before.paid_usd_bn / before.gw
            found[key[:3]].append(_TakenOver(variables[key], on, ordered, since, gw, cost, price, before is not None))
    return found


def _money_spent(case: CaseData, lease: _Lease) -> Iterator[ContractCheck]:
    """What the SPV takes over at each of its deliveries against the money that it spends then."""
    paid: dict[date, float] = defaultdict(float)
    for each in lease.taken_over:
        paid[each.on] += each.gw * each.paid
    for each in lease.taken_over:
        money = dict(_deliveries(case, lease)).get(each.on, 0.0)
        says = f"{lease.name}: the price of what it takes over on {each.on} within its money"
        yield ContractCheck(each.variable, says, paid[each.on], money)


def _handed_over(
    case: CaseData, ledgers: Ledgers, x: Vector, rows: dict[str, ChipLease], taken_over: dict[Key, list[_TakenOver]]
) -> Iterator[ContractCheck]:
    """GW taken over by all SPVs against what was ordered and delivered, and what was taken over before the start."""
    dates = ordering_dates(ledgers)
    orders = {(each.offer, dates[each.variable]): float(x[each.variable]) for each in ledgers.assignable}
    given: dict[tuple[str, str, date], float] = defaultdict(float)
    all_chips = [(rows[str(key[0])], each) for key, of in taken_over.items() for each in of if each.gw > 0]
    for lease, each in all_chips:
        given[lease.buys_from or "", each.ordered, each.received] += each.gw
    for lease, each in all_chips:
        order = lease.buys_from or ""
        delivered = _delivered(
            case, order, date.fromisoformat(each.ordered), each.received, orders[order, each.ordered]
        )
        yield ContractCheck(
            each.variable, f"{order} of {each.ordered}: GW handed over within its delivery on {each.received}",
            given[order, each.ordered, each.received], delivered,
        )  # fmt: skip
        late = float(each.received > each.on)
        yield ContractCheck(each.variable, f"{order}: handed over on {each.on} not before delivery", late, 0.0)
    yield from _as_before(case, ledgers, x)


def _as_before(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What was taken over before the start is what the rows say."""
    group = ledgers.find(NAME, "assign")
    stated = {tuple(map(str, row.key_values())): row.gw for row in case.rows(AssignedChips)}
    for key, variable in group.numbers.items():
        gw = stated.get((str(key[0]), *map(str, key[3:])))
        if gw is not None:
            says = f"{key[0]}: as was taken over on {key[3]}"
            yield ContractCheck(variable, f"{says}, no more", float(x[variable]), gw)
            yield ContractCheck(variable, f"{says}, no less", gw, float(x[variable]))


def _delivered(case: CaseData, order: str, ordered: date, on: date, gw: float) -> float:
    """The GW that arrive on a day of the `gw` that were ordered on another.

    Days are rounded to the start of a period unless the order is placed already.
    """
    (row,) = (each for each in case.offers() if each.offer == order)
    stated = _stated(case, row, ordered)
    if stated:
        return sum(each.gw or 0.0 for each in stated if each.delivered_on == on)
    total = 0.0
    for step in case.rows(ChipDelivery):
        due = add_months(ordered, step.months)
        if row.status is not OfferStatus.SIGNED:
            due = case.calendar.start_of(case.calendar.forward(due))
        if step.offer == order and due == on:
            total += step.delivered_share * gw
    return total
