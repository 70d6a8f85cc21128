"""Spare capacity: what an offer demands, restated from its rows.

quantity     use ≤ max_gw for the part of a period from the offer's from_date, or the chip's first day if that is
             later, to its to_date; an offer with a fee is used only in periods in which it is taken
start        is 1 in the periods in which the offer is taken and was not taken in the period before
minimum      after a start the offer is taken in every period that begins within min_months + notice_months of its
             first day there and in which it is offered; machines that are taken at the case's start, as its row says,
             are kept in the same way from the day on which they were taken
signed       where an offer has a signature, it is signed once, and taken only from then on; with a fee it is signed
             only in a period in which it is newly taken
reached      where it is required and paid by use, what counts as taken is within the use in the period in which it is
             signed
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.common.chips import Chip
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import VariableGroup
from planner.tables.offer import OfferStatus

NAME = "spare_capacity"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every offer demands of the decisions x; shape (variables,)."""
    available = {chip.chip: chip.available_from for chip in case.rows(Chip)}
    on, use = _by_offer(ledgers, x, "on"), _by_offer(ledgers, x, "use")
    sign = _by_offer(ledgers, x, "sign")
    variables = ledgers.find(NAME, "use")
    for row in case.rows(SpareCapacity):
        offer, taken = row.offer, on.get(row.offer, {})
        first = max(row.from_date or case.calendar.start, available[row.chip])
        for t, gw in use.get(offer, {}).items():
            variable = variables[(offer, t)]
            if gw > 0:
                most = row.max_gw * (taken[t] if row.fee_usd_bn_per_month is not None else 1.0)
                part = _offered(case.calendar, first, row.to_date, t)
                yield ContractCheck(variable, f"{offer}: use within max_gw while it is taken", gw, most)
                yield ContractCheck(variable, f"{offer}: used while it is offered", gw, row.max_gw * part)
                by_then = _by_then(row, sign.get(offer), t)
                yield ContractCheck(variable, f"{offer}: used only once signed", gw, row.max_gw * by_then)
        yield from _keeping(case.calendar, row, first, taken, ledgers.find(NAME, "on"))
        yield from _starts(case.calendar, row, first, taken, ledgers, x)
        yield from _signature(case.calendar, row, first, taken, sign.get(offer), ledgers)
    yield from _reached(case, ledgers, x, use)


def _by_then(row: SpareCapacity, sign: dict[int, float] | None, t: int) -> float:
    """1 if an offer is signed by period t, or needs no signature."""
    if sign is None or row.status is OfferStatus.SIGNED:
        return 1.0
    return sum(value for s, value in sign.items() if s <= t)


def _signature(
    calendar: Calendar,
    row: SpareCapacity,
    first: date,
    taken: dict[int, float],
    sign: dict[int, float] | None,
    ledgers: Ledgers,
) -> Iterator[ContractCheck]:
    """Signed once, when it is newly taken, and taken only from then on."""
    if sign is None or row.status is OfferStatus.SIGNED:
        return
    variables = ledgers.find(NAME, "sign")
    for t, value in sign.items():
        variable = variables[(row.offer, t)]
        yield ContractCheck(variable, f"{row.offer} is signed once", sum(sign.values()), 1.0)
        if row.fee_usd_bn_per_month is not None:
            new = taken[t] - _before(calendar, row, first, taken, t)
            by_then = _by_then(row, sign, t)
            yield ContractCheck(variable, f"{row.offer}: taken only once signed", taken[t], by_then)
            yield ContractCheck(variable, f"{row.offer}: signed when it is newly taken", value, max(0.0, new))


def _reached(case: CaseData, ledgers: Ledgers, x: Vector, use: dict[str, dict[int, float]]) -> Iterator[ContractCheck]:
    """What counts as taken is within the use in the period of the signature."""
    rows = {row.offer: row for row in case.rows(SpareCapacity)}
    available = {chip.chip: chip.available_from for chip in case.rows(Chip)}
    sign, variables = values(ledgers, x, NAME, "sign"), ledgers.find(NAME, "reached").numbers
    for key, share in values(ledgers, x, NAME, "reached").items():
        offer, t = str(key[0]), int(key[1])
        row, says = rows[offer], f"{offer}: the share that counts as taken"
        first = max(row.from_date or case.calendar.start, available[row.chip])
        most = row.max_gw * _offered(case.calendar, first, row.to_date, t)
        yield ContractCheck(variables[key], f"{says} only where it is signed", share, sign[key])
        yield ContractCheck(variables[key], f"{says} within its use", share * most, use[offer][t])


def _by_offer(ledgers: Ledgers, x: Vector, name: str) -> dict[str, dict[int, float]]:
    """Values of the variables of one name, by offer and period."""
    by_offer: dict[str, dict[int, float]] = defaultdict(dict)
    for key, value in values(ledgers, x, NAME, name).items():
        by_offer[str(key[0])][int(key[1])] = value
    return by_offer


def _offered(calendar: Calendar, first: date, last: date | None, t: int) -> float:
    """The part of period t in which an offer from `first` to `last` can be used."""
    begins = max(0.0, calendar.years(first) - calendar.start_years(t))
    ends = calendar.h if last is None else min(calendar.h, calendar.years(last) - calendar.start_years(t))
    return max(0.0, ends - begins) / calendar.h


def _taken_on(calendar: Calendar, row: SpareCapacity, first: date) -> date | None:
    """The day since which the machines are taken at the case's start, or the day on which they have to be taken."""
    if row.fee_usd_bn_per_month is None:
        return None
    if row.taken_on and row.taken_on < calendar.start:
        return row.taken_on
    returned = row.given_back_on is not None and row.given_back_on <= calendar.start
    return first if row.status is OfferStatus.SIGNED and not returned else None


def _before(calendar: Calendar, row: SpareCapacity, first: date, taken: dict[int, float], t: int) -> float:
    """1 if the offer is taken in the period before t, or before its first period at the case's start; else 0."""
    since = _taken_on(calendar, row, first)
    return taken.get(t - 1, float(since is not None and since < calendar.start))


def _starts(
    calendar: Calendar, row: SpareCapacity, first: date, taken: dict[int, float], ledgers: Ledgers, x: Vector
) -> Iterator[ContractCheck]:
    """The marks of starts."""
    starts = _by_offer(ledgers, x, "start").get(row.offer, {})
    for t, value in taken.items():
        new = max(0.0, value - _before(calendar, row, first, taken, t))
        variable = ledgers.find(NAME, "start")[(row.offer, t)]
        yield ContractCheck(variable, f"{row.offer}: start is 1 where it is newly taken", abs(starts[t] - new), 0.0)


def _keeping(
    calendar: Calendar, row: SpareCapacity, first: date, taken: dict[int, float], variables: VariableGroup
) -> Iterator[ContractCheck]:
    """The minimum after each start, a start before the case's start included."""
    months = row.min_months + row.notice_months
    begun = {
        max(calendar.start_of(t), first): value - _before(calendar, row, first, taken, t)
        for t, value in taken.items()
        if value > _before(calendar, row, first, taken, t)
    }
    since = _taken_on(calendar, row, first)
    if since is not None:
        begun[since] = 1.0
    for day, value in begun.items():
        for t, kept in taken.items():
            if day < calendar.start_of(t + 1) and calendar.start_of(t) < add_months(day, months):
                says = f"{row.offer}: kept for {months} months from {day}"
                yield ContractCheck(variables[(row.offer, t)], says, value, kept)
