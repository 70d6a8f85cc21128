"""Actuals as news: one named difference from the plan after another, each as a change of the later case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.interfaces.advance import Arrival, RowChange, added, changed, left_out
from planner.interfaces.pricing import MovablePrice
from planner.plan.plan import Plan
from planner.roll.actuals.reading import Actuals
from planner.roll.actuals.tables import ActualCash, ActualDelivery, ActualDemand, ActualPrice
from planner.roll.rows import changed_case
from planner.tables.cells import shown
from planner.tables.offer import Offer, OfferStatus
from planner.tables.references import suggestion
from planner.tables.table import Row


@dataclass(frozen=True)
class News:
    """A difference from the plan, and the changes of the case that make it."""

    what: str
    """in words: what was planned and what came"""
    rows: tuple[RowChange, ...] = ()
    asked: tuple[str, ...] = ()
    """changes in the words of `--set`"""

    def of(self, case: Case) -> Case:
        """The case with the news."""
        made = changed_case(case, self.rows)
        return made.change(*self.asked) if self.asked else made


def news(actuals: Actuals, plan: Plan, case: Case, day: date) -> list[News]:
    """The news about the case of a day, in the order of the tables: cash, deliveries, demand, prices.

    Raises DataError with everything that cannot be.
    """
    problems: list[Problem] = []
    found: list[News] = []
    parts = (
        _cash(actuals.cash, case, day),
        _deliveries(actuals, case, day),
        _demand(actuals.demand, case),
        _prices(actuals.prices, plan, case),
    )
    for part in parts:
        for each in part:
            if isinstance(each, Problem):
                problems.append(each)
            else:
                found.append(each)
    if problems:
        raise DataError(problems)
    return found


def _cash(rows: tuple[ActualCash, ...], case: Case, day: date) -> Iterator[News | Problem]:
    planned = case.settings.opening_cash_usd_bn
    for row in rows:
        if row.day != day:
            yield row.problem("day", f"the day of the later case, {day}")
        elif row.cash_usd_bn != planned:
            text = f"case.opening_cash_usd_bn = {row.cash_usd_bn:.17g}"
            yield News(f"cash is {row.cash_usd_bn:,.3f} USD bn, not {planned:,.3f}", asked=(text,))


def _deliveries(actuals: Actuals, case: Case, day: date) -> Iterator[News | Problem]:
    offers = {offer.offer for offer in case.offers()}
    arrivals = [arrival for instrument in case.catalogue.instruments for arrival in instrument.arrivals]
    for row in actuals.deliveries:
        due = [(arrival, each) for arrival in arrivals for each in _due(arrival, case, row)]
        if row.offer not in offers:
            found = shown(row.offer) + suggestion(row.offer, offers)
            yield row.problem("offer", "an offer of the case", found)
        elif not due:
            yield row.problem(
                "planned_on", f"a day on which the plan has {row.offer} arrive: {_days(arrivals, case, row)}"
            )
        elif row.gw is not None and all(arrival.gw is None for arrival, _ in due):
            yield row.problem("gw", f"a blank, as {row.offer} does not arrive in GW")
        elif not actuals.cash and (row.planned_on < day) != (row.delivered_on < day):
            expected = f"a date on the same side of {day}, or cash.csv, as a payment moves to the other side"
            yield row.problem("delivered_on", expected)
        else:
            yield _arrived(row, due)


def _due(arrival: Arrival, case: Case, row: ActualDelivery) -> Iterator[Row]:
    """The rows of an offer with the day on which it was planned to arrive."""
    for each in case.rows(arrival.table):
        if getattr(each, "offer", None) == row.offer and getattr(each, arrival.column) == row.planned_on:
            yield each


def _days(arrivals: list[Arrival], case: Case, row: ActualDelivery) -> str:
    days = sorted(
        {
            str(getattr(each, arrival.column))
            for arrival in arrivals
            for each in case.rows(arrival.table)
            if getattr(each, "offer", None) == row.offer and getattr(each, arrival.column) is not None
        }
    )
    return ", ".join(days) or "none, as it is not signed"


def _arrived(row: ActualDelivery, due: list[tuple[Arrival, Row]]) -> News:
    """Deliveries of one offer and day, in proportion to what was planned where the quantity is another."""
    planned = sum(float(getattr(each, arrival.gw) or 0.0) for arrival, each in due if arrival.gw)
    changes = []
    for arrival, each in due:
        cells: dict[str, object] = {arrival.column: row.delivered_on}
        if arrival.gw and row.gw is not None and planned:
            cells[arrival.gw] = float(getattr(each, arrival.gw) or 0.0) * row.gw / planned
        changes.append(changed(each, f"planned for {row.planned_on}", **cells))
    size = f", {row.gw:g} GW" if row.gw is not None else ""
    return News(f"{row.offer} arrives on {row.delivered_on}, not on {row.planned_on}{size}", tuple(changes))


def _demand(rows: tuple[ActualDemand, ...], case: Case) -> Iterator[News | Problem]:
    """Each series replaces the rows of the case from its first date on."""
    known = {(row.region, row.workload) for row in case.rows(Demand)}
    series: dict[tuple[str, str], list[ActualDemand]] = {}
    for row in rows:
        if (row.region, row.workload) not in known:
            expected = "a region and a workload with demand in the case"
            yield row.problem("region, workload", expected, f"{shown(row.region)}, {shown(row.workload)}")
        series.setdefault((row.region, row.workload), []).append(row)
    for (region, workload), new in series.items():
        first = min(row.from_date for row in new)
        mine = [row for row in case.rows(Demand) if (row.region, row.workload) == (region, workload)]
        old = [row for row in mine if row.from_date >= first]
        if [(row.from_date, row.demand_gw) for row in old] == [(row.from_date, row.demand_gw) for row in new]:
            continue
        gone = tuple(left_out(row, "it is expected anew") for row in old)
        came = tuple(
            added(
                Demand, "as it is now expected",
                from_date=row.from_date, region=region, workload=workload, demand_gw=row.demand_gw,
            )
            for row in new
        )  # fmt: skip
        yield News(f"demand of {workload} in {region} from {first} on is expected anew", gone + came)


def _prices(rows: tuple[ActualPrice, ...], plan: Plan, case: Case) -> Iterator[News | Problem]:
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    offers = {offer.offer: offer for offer in case.offers()}
    for row in rows:
        if row.name in chips:
            chip = chips[row.name]
            if chip.capex_usd_bn_per_gw != row.price:
                what = f"{row.name} costs {row.price:g} USD bn per GW, not {chip.capex_usd_bn_per_gw:g}"
                yield News(what, (changed(chip, "the price on the day", capex_usd_bn_per_gw=row.price),))
            continue
        offer = offers.get(row.name)
        if offer is None:
            found = shown(row.name) + suggestion(row.name, [*chips, *offers])
            yield row.problem("name", "a chip or an offer of the case", found)
        elif offer.status is OfferStatus.SIGNED:
            yield row.problem("name", "a chip, or an offer that is not signed: what is signed has its own price")
        elif (now := _price(plan, case, offer)) is None:
            yield row.problem("name", "an offer with a price that can be moved")
        elif now.now != row.price:
            what = f"the {now.name} of {row.name} is {row.price:g} {now.unit}, not {now.now:g}"
            yield News(what, asked=now.at(row.price))


def _price(plan: Plan, case: Case, offer: Offer) -> MovablePrice | None:
    """The price of an offer in the later case, in which the plan has not signed it."""
    instrument = case.catalogue.instrument_of(offer)
    return None if instrument.priced_by is None else instrument.priced_by(plan, offer)
