"""Deliveries, commencements and starts that came, or are now expected, on another day or in another size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner.basics.errors import Problem
from planner.case.case import Case
from planner.interfaces.advance import Arrival, RowChange, changed, left_out
from planner.roll.actuals.news_item import News
from planner.roll.actuals.reading import Actuals
from planner.roll.actuals.tables import ActualDelivery
from planner.tables.cells import shown
from planner.tables.references import suggestion
from planner.tables.table import Row


def arrivals(actuals: Actuals, case: Case, day: date) -> Iterator[News | Problem]:
    """Each difference, in an order in which no delivery moves to a day that another one has still to leave."""
    offers = {offer.offer for offer in case.offers()}
    known = [arrival for instrument in case.catalogue.instruments for arrival in instrument.arrivals]
    rows = [(arrival, row) for arrival in known for row in case.rows(arrival.table)]
    for actual in _in_order(actuals.deliveries):
        if isinstance(actual, Problem):
            yield actual
            continue
        due = [(arrival, row) for arrival, row in rows if _planned(arrival, row, actual)]
        if actual.offer not in offers:
            found = shown(actual.offer) + suggestion(actual.offer, offers)
            yield actual.problem("offer", "an offer of the case", found)
        elif not due:
            days = _days(rows, actual)
            yield actual.problem("planned_on", f"a day on which the plan has {actual.offer} arrive: {days}")
        elif actual.gw is not None and not any(arrival.gw and getattr(row, arrival.gw) for arrival, row in due):
            yield actual.problem("gw", f"a blank, as the plan has no quantity of {actual.offer} arrive that day")
        elif not actuals.cash and (actual.planned_on < day) != (actual.delivered_on < day):
            expected = f"a date on the same side of {day}, or cash.csv, as a payment moves to the other side"
            yield actual.problem("delivered_on", expected)
        else:
            yield _arrived(actual, due, rows)


def _in_order(rows: Sequence[ActualDelivery]) -> Iterator[ActualDelivery | Problem]:
    """Before a delivery moves to a day, those that were planned for that day are dealt with."""
    left = list(rows)
    while left:
        free = [row for row in left if not any(_waits(row, other) for other in left)]
        if not free:
            yield left[0].problem("delivered_on", f"days that are not exchanged among deliveries of {left[0].offer}")
        for row in free or left:
            left = [each for each in left if each is not row]
            if free:
                yield row


def _waits(row: ActualDelivery, other: ActualDelivery) -> bool:
    """Whether a delivery moves to the day for which another one was planned."""
    return other is not row and (row.offer, row.delivered_on) == (other.offer, other.planned_on)


def _planned(arrival: Arrival, row: Row, actual: ActualDelivery) -> bool:
    """Whether a row is of the offer and was planned to arrive on the day."""
    return getattr(row, "offer", None) == actual.offer and getattr(row, arrival.column) == actual.planned_on


def _days(rows: Sequence[tuple[Arrival, Row]], actual: ActualDelivery) -> str:
    days = {
        str(getattr(row, arrival.column))
        for arrival, row in rows
        if getattr(row, "offer", None) == actual.offer and getattr(row, arrival.column) is not None
    }
    return ", ".join(sorted(days)) or "none, as it is not signed"


def _arrived(
    actual: ActualDelivery, due: Sequence[tuple[Arrival, Row]], rows: list[tuple[Arrival, Row]]
) -> News | Problem:
    """Deliveries of one offer and day. `rows` are all rows as they are by now, and become what the news make them."""
    planned = sum(float(getattr(row, arrival.gw) or 0.0) for arrival, row in due if arrival.gw)
    part = actual.gw / planned if actual.gw is not None and planned else 1.0
    changes: list[RowChange] = []
    for arrival, row in due:
        moved = row.model_copy(update={arrival.column: actual.delivered_on, **_sized(arrival, row, part)})
        others = [
            each for way, each in rows if way is arrival and each is not row and each.key_values() == moved.key_values()
        ]
        rows.remove((arrival, row))
        for other in others:
            together = _together(arrival, other, moved)
            if together is None:
                expected = f"a day on which nothing else of {actual.offer} arrives at another price"
                return actual.problem("delivered_on", expected)
            changes.append(left_out(other, f"together with what was planned for {actual.planned_on}"))
            rows.remove((arrival, other))
            moved = together
        cells = {
            name: getattr(moved, name) for name in type(row).fields() if getattr(moved, name) != getattr(row, name)
        }
        changes.append(changed(row, f"planned for {actual.planned_on}", **cells))
        rows.append((arrival, moved))
    size = f", {actual.gw:g} GW" if actual.gw is not None else ""
    what = f"{actual.offer} arrives on {actual.delivered_on}, not on {actual.planned_on}{size}"
    return News(what, tuple(changes))


def _sized(arrival: Arrival, row: Row, part: float) -> dict[str, float]:
    """The quantity and its cost where another quantity comes; no more than the cost is paid already."""
    if arrival.gw is None or part == 1.0:
        return {}
    cells = {arrival.gw: float(getattr(row, arrival.gw) or 0.0) * part}
    cost = None if arrival.cost is None else getattr(row, arrival.cost)
    if arrival.cost is not None and cost is not None:
        cells[arrival.cost] = cost * part
        if arrival.paid is not None and getattr(row, arrival.paid) is not None:
            cells[arrival.paid] = min(getattr(row, arrival.paid), cost * part)
    return cells


def _together(arrival: Arrival, one: Row, other: Row) -> Row | None:
    """Two deliveries of one day as one; None where they cannot be, as only one of them states its cost."""
    sums = {}
    for name in (arrival.gw, arrival.cost, arrival.paid):
        if name is None:
            continue
        first, second = getattr(one, name), getattr(other, name)
        if (first is None) != (second is None):
            return None
        if first is not None:
            sums[name] = first + second
    apart = {arrival.gw, arrival.cost, arrival.paid, "source"}
    same = all(getattr(one, name) == getattr(other, name) for name in type(one).fields() if name not in apart)
    return other.model_copy(update=sums) if same else None
