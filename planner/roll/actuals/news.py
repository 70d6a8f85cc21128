"""Actuals as news: one named difference from the plan after another, each as a change of the later case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.interfaces.advance import added, changed, left_out
from planner.interfaces.pricing import MovablePrice
from planner.plan.plan import Plan
from planner.roll.actuals.arrivals import arrivals
from planner.roll.actuals.news_item import News
from planner.roll.actuals.reading import Actuals
from planner.roll.actuals.tables import ActualCash, ActualDemand, ActualPrice
from planner.tables.cells import shown
from planner.tables.offer import Offer, OfferStatus
from planner.tables.references import suggestion


def news(actuals: Actuals, plan: Plan, case: Case, day: date) -> list[News]:
    """The news about the case of a day, in the order of the tables: cash, deliveries, demand, prices.

    Raises DataError with everything that cannot be.
    """
    problems: list[Problem] = []
    found: list[News] = []
    parts = (
        _cash(actuals.cash, case, day),
        arrivals(actuals, case, day),
        _demand(actuals.demand, case, day),
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


def _demand(rows: tuple[ActualDemand, ...], case: Case, day: date) -> Iterator[News | Problem]:
    """Each series replaces the rows of the case from its first date on; of its past only the last row counts."""
    known = {(row.region, row.workload) for row in case.rows(Demand)}
    series: dict[tuple[str, str], list[ActualDemand]] = {}
    for row in rows:
        if (row.region, row.workload) not in known:
            expected = "a region and a workload with demand in the case"
            yield row.problem("region, workload", expected, f"{shown(row.region)}, {shown(row.workload)}")
        series.setdefault((row.region, row.workload), []).append(row)
    for (region, workload), told in series.items():
        told.sort(key=lambda row: row.from_date)
        later = [*told[1:], None]
        new = [row for row, after in zip(told, later, strict=True) if after is None or after.from_date > day]
        first = new[0].from_date
        mine = [row for row in case.rows(Demand) if (row.region, row.workload) == (region, workload)]
        old = [row for row in mine if row.from_date >= first or first <= day]
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
