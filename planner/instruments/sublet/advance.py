"""Sublets in the case of a later day: what is let on its eve, until when it must be, and what was received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.common.policies import Policy, PolicyKind
from planner.instruments.sublet.postings import NAME, Letting, lettings
from planner.instruments.sublet.tables import LetAlready, Sublet
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out

SMALL = 1e-9
"""fewer GW are rounding"""


def advance(roll: Roll) -> Iterator[RowChange]:
    """The rows of what is let, of what was received, and of sublets that are over."""
    found = {each.row.offer: each for each in lettings(roll.case)[0]}
    for row in roll.case.rows(Sublet):
        letting = found.get(row.offer)
        over = row.to_date is not None and row.to_date <= roll.day
        received = 0.0 if letting is None else _received(roll, letting)
        if received:
            yield changed(row, f"received before {roll.day}", received_usd_bn=row.received_usd_bn + received)
        lots = {} if letting is None or over else _lots(roll, letting)
        yield from _written(roll, row, lots)
        if over and not (row.received_usd_bn + received and _counts(roll, row)):
            yield left_out(row, f"it had to be free again by {row.to_date}")


def _received(roll: Roll, letting: Letting) -> float:
    """The rent from the plan's start to the day [USD bn]."""
    price = letting.row.price_usd_bn_per_gw_year * roll.case.calendar.h
    past = [t for t in letting.periods if t < roll.period]
    return sum(price * letting.part(t) * roll.value(NAME, "let", letting.row.offer, t) for t in past)


def _lots(roll: Roll, letting: Letting) -> Mapping[date, float]:
    """GW let on the eve of the day, by the day until which they must be."""
    calendar, offer, last = roll.case.calendar, letting.row.offer, roll.period - 1
    found: dict[date, float] = defaultdict(float)
    if last not in letting.periods:
        for lot in letting.lots if last < letting.periods.start else ():
            found[lot.kept_until] += lot.gw
        return found
    for lot in letting.lots:
        if lot.kept_until > roll.day:
            found[lot.kept_until] += lot.gw
    before = letting.before
    for t in range(letting.periods.start, roll.period):
        now, until = roll.value(NAME, "let", offer, t), letting.until(calendar, t)
        if until > roll.day and now - before > SMALL:
            found[until] += now - before
        before = now
    free = roll.value(NAME, "let", offer, last) - sum(found.values())
    if free > SMALL:
        found[roll.day] += free
    return found


def _written(roll: Roll, row: Sublet, lots: Mapping[date, float]) -> Iterator[RowChange]:
    """The rows of what is let, and those that are so no more."""
    before = {lot.kept_until: lot for lot in roll.case.rows(LetAlready) if lot.offer == row.offer}
    for day, gw in lots.items():
        why = f"let on {roll.day}"
        if day not in before:
            yield added(LetAlready, why, offer=row.offer, kept_until=day, gw=gw)
        elif before[day].gw != gw:
            yield changed(before[day], why, gw=gw)
    for day, lot in before.items():
        if day not in lots:
            yield left_out(lot, f"it may be taken back, or is, by {roll.day}")


def _counts(roll: Roll, row: Sublet) -> bool:
    """Whether what was received still counts in a policy."""
    policies = roll.case.rows(Policy)
    return any(p.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX and p.subject == row.tenant for p in policies)
