"""Chip lease: what a lease demands, restated from its rows.

signed once     at most one date and backer of an offer is signed; a backer is the guarantor that the lease names, and
                guarantees residual values of the chip's family
amount          from min_usd_bn to max_usd_bn where the lease is signed, zero elsewhere
tranches        each is within its shares of the amount; together they are the amount
advance         without support, at the start of every period: debt outstanding ≤ advance_share · value of the chips
                under stress. The debt of each delivery is worked out from period to period: interest is added, the
                payment is taken off, which is due for the part of the last period that the term covers
assignments     at each delivery of the SPV, GW taken over ≤ GW that its money buys then; of each delivery of an order,
                GW handed over to all SPVs ≤ GW delivered, and not before the delivery

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
from planner.basics.calendar import add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip, ChipDelivery, ResaleValue
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.chip_lease.tables import ChipLease, NoSupport, SpvTranche, TrancheKind
from planner.instruments.shared.assignable_orders import ordering_dates
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "chip_lease"


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


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every lease demands of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(ChipLease)}
    variables = ledgers.find(NAME, "amount").numbers
    sign, raised = values(ledgers, x, NAME, "sign"), values(ledgers, x, NAME, "tranche")
    signed: dict[str, float] = defaultdict(float)
    for key, value in sign.items():
        signed[str(key[0])] += value
    for key, amount in values(ledgers, x, NAME, "amount").items():
        offer, starts, backer = str(key[0]), str(key[1]), key[2]
        row = rows[offer]
        parts = [(part, raised[*key, part.tranche]) for part in case.rows(SpvTranche) if part.offer == offer]
        name = f"{offer} signed on {starts}, {backer}"
        lease = _Lease(
            name, variables[key], row, date.fromisoformat(starts), backer, sign[key], amount, tuple(parts)
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
    yield from _assignments(case, ledgers, x, rows)


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
    curve = sorted((point.age_years, point.value_share) for point in case.rows(ResaleValue) if point.chip == row.chip)
    ages, shares = [age for age, _ in curve], [share for _, share in curve]
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
    for t, owed in sorted(debt.items()):
        says = f"{lease.name}: debt on {calendar.start_of(t)} within the advance on the chips' stressed value"
        yield ContractCheck(lease.variable, says, owed, row.advance_share * value[t])


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


def _assignments(case: CaseData, ledgers: Ledgers, x: Vector, rows: dict[str, ChipLease]) -> Iterator[ContractCheck]:
    """GW taken over against the SPV's money, and against what was ordered and delivered."""
    variables = ledgers.find(NAME, "assign").numbers
    assigned = {key: gw for key, gw in values(ledgers, x, NAME, "assign").items() if gw > 0}
    if not assigned:
        return
    amounts = values(ledgers, x, NAME, "amount")
    dates = ordering_dates(ledgers)
    orders = {(each.offer, dates[each.variable]): float(x[each.variable]) for each in ledgers.assignable}
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    taken: dict[tuple[str, ...], float] = defaultdict(float)
    given: dict[tuple[str, ...], float] = defaultdict(float)
    for key, gw in assigned.items():
        offer, starts, backer, on, ordered, received = map(str, key)
        taken[offer, starts, backer, on] += gw
        given[rows[offer].buys_from or "", ordered, received] += gw
    for key in assigned:
        offer, starts, backer, on, ordered, received = map(str, key)
        row, variable, says = rows[offer], variables[key], f"{offer} signed on {starts}, {backer}"
        day, order = date.fromisoformat(on), row.buys_from or ""
        chip = chips[row.chip]
        years = max(0.0, case.calendar.years(day) - max(0.0, case.calendar.years(chip.available_from)))
        price = chip.capex_usd_bn_per_gw * (1 - chip.capex_decline_rate) ** years
        spent = amounts[offer, starts, backer] * _delivered(case, offer, date.fromisoformat(starts), day)
        yield ContractCheck(
            variable, f"{says}: GW taken over on {on} within what its money buys", taken[offer, starts, backer, on],
            spent / price,
        )  # fmt: skip
        delivered = _delivered(case, order, date.fromisoformat(ordered), date.fromisoformat(received))
        yield ContractCheck(
            variable, f"{order} of {ordered}: GW handed over within its delivery on {received}",
            given[order, ordered, received], delivered * orders[order, ordered],
        )  # fmt: skip
        late = float(date.fromisoformat(received) > day)
        yield ContractCheck(variable, f"{says}: GW taken over on {on} not before their delivery", late, 0.0)


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
