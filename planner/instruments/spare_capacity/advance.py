"""Spare capacity in the case of a later day: what was signed, since when machines are taken, what was paid.

An offer that has a signature is signed from the day on. Machines that are taken on the eve of the day are taken since
the last start before it, and their minimum runs from there. What was paid for compute adds to `paid_usd_bn`. An offer
whose to_date has come is left out, unless its price counts in the reference price of other offers of its chip, or what
was paid under it counts in a policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics import units
from planner.basics.calendar import Calendar
from planner.common.chips import Chip
from planner.common.policies import Policy, PolicyKind
from planner.instruments.shared.signatures import is_required
from planner.instruments.spare_capacity.postings import NAME, SpareOffer, offered
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.advance import Roll, RowChange, changed, left_out
from planner.tables.offer import OfferStatus

DECIDED = 0.5
"""a binary above this is 1"""


def advance(roll: Roll) -> Iterator[RowChange]:
    """The rows that are changed or left out."""
    spares = {spare.row.offer: spare for spare in offered(roll.case)[0]}
    for row in roll.case.rows(SpareCapacity):
        if row.status is OfferStatus.CLOSED:
            continue
        spare, over = spares.get(row.offer), _is_over(row, roll.day)
        cells, why = _signed(roll, row, spare)
        if over:
            cells |= {"taken_on": None, "given_back_on": None}
        elif spare is not None and spare.by_fee:
            cells |= _taken(roll, spare)
        paid = 0.0 if spare is None else _paid(roll, spare)
        if paid:
            cells["paid_usd_bn"] = row.paid_usd_bn + paid
        news = {name: value for name, value in cells.items() if value != getattr(row, name)}
        if news:
            yield changed(row, why or _words(news, roll.day), **news)
        if over and not _counts(roll, row, row.paid_usd_bn + paid):
            yield left_out(row, f"it was offered until {row.to_date}")


def _is_over(row: SpareCapacity, day: date) -> bool:
    """Whether nothing of it can be taken any more."""
    return row.to_date is not None and row.to_date <= day


def _past(roll: Roll, spare: SpareOffer) -> range:
    """The periods before the day in which it could be taken."""
    return range(spare.periods.start, min(spare.periods.stop, roll.period))


def _signed(roll: Roll, row: SpareCapacity, spare: SpareOffer | None) -> tuple[dict[str, object], str]:
    """What a signature before the day leaves, with the reason; nothing where there was none."""
    if spare is None or spare.sunk:
        return {}, ""
    for t in _past(roll, spare):
        if roll.value(NAME, "sign", row.offer, t) > DECIDED:
            day = roll.case.calendar.start_of(t)
            cells: dict[str, object] = {"status": OfferStatus.SIGNED, "from_date": row.from_date or day}
            if not spare.by_fee and is_required(roll.case, row):
                cells["reached_share"] = min(1.0, roll.value(NAME, "reached", row.offer, t))
            return cells, f"signed on {day}"
    return {}, ""


def _taken(roll: Roll, spare: SpareOffer) -> dict[str, object]:
    """Since when machines with a fee are taken on the eve of the day, or when they were given back."""
    row, calendar, past = spare.row, roll.case.calendar, _past(roll, spare)
    if not past:
        return {}
    on = [roll.value(NAME, "on", row.offer, t) > DECIDED for t in past]
    if not on[-1]:
        signed = _has_signature(roll, spare)
        return {"taken_on": None, "given_back_on": _given_back(calendar, spare, on) if signed else None}
    begun = max((i for i, taken in enumerate(on) if not taken), default=-1) + 1
    if begun == 0 and spare.since is not None:
        return {}
    return {"taken_on": max(calendar.start_of(past[begun]), spare.first), "given_back_on": None}


def _given_back(calendar: Calendar, spare: SpareOffer, on: list[bool]) -> date | None:
    """The day on which machines were given back that are not taken on the eve of the day."""
    begin, last = spare.periods.start, max((i for i, taken in enumerate(on) if taken), default=-1)
    if last < 0 and spare.since is None:
        return spare.row.given_back_on
    return calendar.start_of(begin + last + 1)


def _has_signature(roll: Roll, spare: SpareOffer) -> bool:
    """Whether the offer is signed by the day; one without a signature is open again once it is given back."""
    return spare.sunk or any(roll.value(NAME, "sign", spare.row.offer, t) > DECIDED for t in _past(roll, spare))


def _paid(roll: Roll, spare: SpareOffer) -> float:
    """What was paid for compute from the plan's start to the day [USD bn]."""
    row, h = spare.row, roll.case.calendar.h
    if not spare.by_fee:
        price = (row.price_usd_bn_per_gw_year or 0.0) * h
        return sum(price * spare.mean_level(t) * roll.value(NAME, "use", row.offer, t) for t in _past(roll, spare))
    fee = units.per_year(row.fee_usd_bn_per_month or 0.0) * h
    return sum(
        fee * spare.part(t) * spare.mean_level(t) * roll.value(NAME, "on", row.offer, t) for t in _past(roll, spare)
    )


def _words(news: dict[str, object], day: date) -> str:
    """Why a row is changed that was not signed."""
    if news.get("taken_on"):
        return f"taken since {news['taken_on']}"
    if news.get("given_back_on"):
        return f"given back on {news['given_back_on']}"
    return "over" if "taken_on" in news else f"paid before {day}"


def _counts(roll: Roll, row: SpareCapacity, paid: float) -> bool:
    """Whether an offer that is over still counts: in a policy about what was paid, or in a reference price."""
    policies = roll.case.rows(Policy)
    if paid and any(p.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX and p.subject == row.provider for p in policies):
        return True
    (chip,) = (chip for chip in roll.case.rows(Chip) if chip.chip == row.chip)
    return chip.reference_price_usd_bn_per_gw_year is None and any(
        other.chip == row.chip and other.status is not OfferStatus.CLOSED and not _is_over(other, roll.day)
        for other in roll.case.rows(SpareCapacity)
    )
