"""Chip lease: what a lease demands, restated from its rows.

signed once     at most one date and backer of an offer is signed; a backer is the guarantor that the lease names, and
                guarantees residual values of the chip's family
amount          from min_usd_bn to max_usd_bn where the lease is signed, zero elsewhere
tranches        each is within its shares of the amount; together they are the amount
advance         without support, at the start of every period: debt outstanding ≤ advance_share · value of the chips
                under stress. The debt of each delivery is worked out from period to period: interest is added, the
                payment is taken off, which is due for the part of the last period that the term covers. Chips taken
                over have the value of their own age
assignments     at each delivery of the SPV, the price of what it takes over ≤ the money spent then. It is the order's
                price, or from assign_within_months on, or where assign_price is `value`, that price times the resale
                value; of each delivery of an order, GW handed over to all SPVs ≤ GW delivered, and not before it

The size and the tranches of a lease signed already are given, so that only its assignments are checked. The GW ordered
are those of the variables to which the lots in the ledgers belong. Shares and days of deliveries come from the rows.
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
from planner.common.chips import Chip, ChipDelivery, ResaleValue
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.chip_lease.tables import AssignPrice, ChipLease, NoSupport, SpvTranche, TrancheKind
from planner.instruments.shared.assignable_orders import ordering_dates
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key
from planner.tables.offer import OfferStatus

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
            tuple(taken_over[key]),
        )  # fmt: skip
        if lease.sign > 0:
            yield ContractCheck(lease.variable, f"{offer} is signed at most once", signed[offer], 1.0)
            yield ContractCheck(
                lease.variable, f"{name}: its backer may support it", lease.sign, float(_may_support(case, lease))
            )
        if row.status is not OfferStatus.SIGNED:
            yield from _money(lease)
            if isinstance(backer, NoSupport) and amount > 0:
                yield from _advance(case, lease)
        yield from _money_spent(case, lease)
    yield from _handed_over(case, ledgers, x, rows, taken_over)


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


def _advance(case: CaseData, lease: _Lease) -> Iterator[ContractCheck]:
    """Debt against the value of the chips, at the start of every period to the last payment of the last delivery."""
    calendar, row = case.calendar, lease.row
    ages, shares = _resale_curve(case, row.chip)
    debt: dict[int, float] = defaultdict(float)
    value: dict[int, float] = defaultdict(float)
    for first, delivered in _deliveries(case, row.offer, lease.starts):
        length = round(row.term_years * MONTHS_PER_YEAR) / calendar.period_months
        last = first + int(np.ceil(length))
        for part, money in lease.tranches:
            if part.kind is TrancheKind.DEBT:
                rate = part.rate if part.rate_unsupported is None else part.rate_unsupported
                debts = _debts(money * delivered, (1 + rate) ** calendar.h - 1, length, part.balloon_share)
                for k, owed in enumerate(debts):
                    debt[first + k] += owed
        for t in range(first, last):
            share = float(np.interp((t - first) * calendar.h, ages, shares))
            value[t] += lease.amount * delivered * share * (1 - case.settings.resale_haircut_share)
            for each in (each for each in lease.taken_over if calendar.forward(each.on) == first):
                own = calendar.age_years(each.received, t)
                life = next(chip.life_years for chip in case.rows(Chip) if chip.chip == row.chip)
                worth = float(np.interp(own, ages, shares)) * (own < life) * each.cost
                value[t] += each.gw * (worth - each.paid * share) * (1 - case.settings.resale_haircut_share)
    for t, owed in sorted(debt.items()):
        says = f"{lease.name}: debt on {calendar.start_of(t)} within the advance on the chips' stressed value"
        yield ContractCheck(lease.variable, says, owed, row.advance_share * value[t])


def _resale_curve(case: CaseData, chip: str) -> tuple[list[float], list[float]]:
    """Ages, and the share of the cost that chips are worth then."""
    curve = sorted((point.age_years, point.value_share) for point in case.rows(ResaleValue) if point.chip == chip)
    return [age for age, _ in curve], [share for _, share in curve]


def _debts(money: float, rate: float, length: float, balloon_share: float) -> Iterator[float]:
    """The debt before each of the level payments of a term that leave the balloon; `length` is in periods.

    Interest is added period by period. In the last period less is due where the term covers a part of it.
    """
    whole, part = int(length), length % 1
    annuity = sum((1 + rate) ** -k for k in range(1, whole + 1)) + part * (1 + rate) ** -length
    payment = (money - money * balloon_share * (1 + rate) ** -length) / annuity
    for _ in range(whole + (part > 0)):
        yield money
        money = money * (1 + rate) - payment


def _deliveries(case: CaseData, offer: str, signed: date) -> Iterator[tuple[int, float]]:
    """(period, share) of each delivery of a lease signed from the start on; those after the horizon are dropped."""
    for step in case.rows(ChipDelivery):
        first = case.calendar.forward(add_months(signed, step.months))
        if step.offer == offer and first < case.calendar.T:
            yield first, step.delivered_share


def _taken_over(case: CaseData, ledgers: Ledgers, x: Vector, rows: dict[str, ChipLease]) -> dict[Key, list[_TakenOver]]:
    """What each SPV takes over, by lease, date and backer."""
    variables, dates = ledgers.find(NAME, "assign").numbers, ordering_dates(ledgers)
    costs = {
        (lot.offer, dates[lot.variable], lot.delivery.on): lot.delivery.price_usd_bn / lot.delivery.gw
        for lot in ledgers.assignable
        if lot.delivery.gw > 0
    }
    found: dict[Key, list[_TakenOver]] = defaultdict(list)
    for key, gw in values(ledgers, x, NAME, "assign").items():
        offer, on, ordered, received = str(key[0]), date.fromisoformat(str(key[3])), str(key[4]), str(key[5])
        if gw > 0:
            row, since = rows[offer], date.fromisoformat(received)
            cost = costs[row.buys_from or "", ordered, since]
            months = month_position(on) - month_position(since)
            share = float(np.interp(months / MONTHS_PER_YEAR, *_resale_curve(case, row.chip)))
            young = row.assign_price is AssignPrice.COST and months < row.assign_within_months
            found[key[:3]].append(
                _TakenOver(variables[key], on, ordered, since, gw, cost, cost if young else cost * share)
            )
    return found


def _money_spent(case: CaseData, lease: _Lease) -> Iterator[ContractCheck]:
    """What the SPV takes over at each of its deliveries against the money that it spends then."""
    paid: dict[date, float] = defaultdict(float)
    for each in lease.taken_over:
        paid[each.on] += each.gw * each.paid
    for each in lease.taken_over:
        money = lease.amount * _delivered(case, lease.row.offer, lease.starts, each.on)
        says = f"{lease.name}: the price of what it takes over on {each.on} within its money"
        yield ContractCheck(each.variable, says, paid[each.on], money)


def _handed_over(
    case: CaseData, ledgers: Ledgers, x: Vector, rows: dict[str, ChipLease], taken_over: dict[Key, list[_TakenOver]]
) -> Iterator[ContractCheck]:
    """GW taken over by all SPVs against what was ordered and delivered."""
    dates = ordering_dates(ledgers)
    orders = {(each.offer, dates[each.variable]): float(x[each.variable]) for each in ledgers.assignable}
    given: dict[tuple[str, str, date], float] = defaultdict(float)
    all_chips = [(rows[str(key[0])].buys_from or "", each) for key, of in taken_over.items() for each in of]
    for order, each in all_chips:
        given[order, each.ordered, each.received] += each.gw
    for order, each in all_chips:
        delivered = _delivered(case, order, date.fromisoformat(each.ordered), each.received)
        yield ContractCheck(
            each.variable, f"{order} of {each.ordered}: GW handed over within its delivery on {each.received}",
            given[order, each.ordered, each.received], delivered * orders[order, each.ordered],
        )  # fmt: skip
        late = float(each.received > each.on)
        yield ContractCheck(each.variable, f"{order}: handed over on {each.on} not before delivery", late, 0.0)


def _delivered(case: CaseData, offer: str, signed: date, on: date) -> float:
    """The share of an order or a lease that is delivered on a day.

    Days are rounded to a period unless it is signed already.
    """
    rounded = all(row.status is not OfferStatus.SIGNED for row in case.offers() if row.offer == offer)
    total = 0.0
    for step in case.rows(ChipDelivery):
        due = add_months(signed, step.months)
        if rounded:
            due = case.calendar.start_of(case.calendar.forward(due))
        if step.offer == offer and due == on:
            total += step.delivered_share
    return total
