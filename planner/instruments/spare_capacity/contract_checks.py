"""Spare capacity: what an offer demands, restated from its rows.

quantity     use ≤ max_gw for the part of a period from the offer's from_date, or the chip's first day if that is
             later, to its to_date; an offer with a fee is used only in periods in which it is taken
start        is 1 in the periods in which the offer is taken and was not taken in the period before
minimum      after a start the offer is taken in every period that begins within min_months + notice_months of its
             first day there and in which it is offered
signed       where an offer has a signature, it is taken only if it is signed; with a fee it is signed only if it is
             taken in some period
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
    sign = {str(key[0]): value for key, value in values(ledgers, x, NAME, "sign").items()}
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
                yield ContractCheck(variable, f"{offer}: used only where signed", gw, row.max_gw * sign.get(offer, 1.0))
        yield from _keeping(case.calendar, row, first, taken, ledgers.find(NAME, "on"))
        yield from _starts(case.calendar, row, first, taken, ledgers, x)
        if taken and offer in sign:
            variable = ledgers.find(NAME, "sign")[(offer,)]
            yield ContractCheck(variable, f"{offer}: taken only where signed", max(taken.values()), sign[offer])
            if row.status is not OfferStatus.SIGNED:
                yield ContractCheck(variable, f"{offer}: signed only where taken", sign[offer], max(taken.values()))


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


def _before(calendar: Calendar, row: SpareCapacity, first: date, taken: dict[int, float], t: int) -> float:
    """1 if the offer is taken in the period before t, or for t = 0 was taken before the case's start; else 0."""
    under_way = row.status is OfferStatus.SIGNED and t == 0 and first < calendar.start
    return taken.get(t - 1, float(under_way))


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
    if row.status is OfferStatus.SIGNED and taken:
        begun[first] = 1.0
    for day, value in begun.items():
        for t, kept in taken.items():
            if day < calendar.start_of(t + 1) and calendar.start_of(t) < add_months(day, months):
                says = f"{row.offer}: kept for {months} months from {day}"
                yield ContractCheck(variables[(row.offer, t)], says, value, kept)
