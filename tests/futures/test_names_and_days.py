"""Names and days of decisions, which no future bends: what is decided before the news is one decision in all."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner import generate
from planner.api import Case
from planner.case import shipped
from planner.futures import event_checks
from planner.interfaces.events import Event, EventKind, EventValue
from planner.ledgers.ledgers import Ledgers
from planner.portfolio.decision_days import NEVER, decision_days
from planner.portfolio.portfolio import Portfolio
from tests.futures.decided_before import bent, days_of
from tests.studies.test_held import MORE, TIES

NEWS = date(2029, 1, 1)
"""the middle of the starter, of which all changes below are news"""
LATE_TPUS = (
    "+chips{chip=tpu_b, family=tpu, vendor=tpu_maker, available_from=2029-01-01, capex_usd_bn_per_gw=12, "
    "capex_decline_rate=0.1, life_years=5, opex_usd_bn_per_gw_year=0.5, priced_from=2029-01-01}",
    "+chip_performance{chip=tpu_b, workload=training, gw_equivalent=1.2}",
    "+resale_values{chip=tpu_b, age_years=0, value_share=1}",
    "+chip_purchases{offer=tpu_b_order, chip=tpu_b, vendor=tpu_maker, status=open, sign_from=2027-01-01, "
    "sign_by=2029-01-01, min_gw=0, max_gw=1, deposit_share=0.3}",
    "+chip_deliveries{offer=tpu_b_order, months=12, delivered_share=1}",
    "+cloud_products{offer=cirrus_tpu, chip=tpu_b, region=west, price_factor=1.1, from_date=2029-01-01}",
)
"""chips that are not there before the news, ordered, and provided under a commitment"""
LATER = (
    "site_leases[mesa_2].lead_months = 0",
    "site_leases[mesa_2].ready_date = 2030-01-01",
    "site_leases[mesa_2].decide_by = blank",
    "spare_capacity[idle_gpus].from_date = 2029-01-01",
)
"""a phase and spare machines that nobody can sign before the news"""


@pytest.fixture(scope="module")
def starter() -> Case:
    return Case.read(shipped.path("starter")).change(*TIES, *LATE_TPUS, *LATER)


@pytest.fixture(scope="module")
def days(starter: Case) -> dict[str, date]:
    return days_of(starter)


CHANGES = (
    # what comes after the news is another
    "demand[2029-01-01..,*,*].demand_gw *= 2",
    "demand[2029-01-01..,*,*].demand_gw = 0",
    "guarantor_caps[*,*,2029-01-01..].cap_usd_bn = 0",
    "finance[2029-01-01..].revenue_usd_bn_per_year *= 0.5",
    "+policies{policy=margin, kind=reserve_margin_min, from_date=2029-01-01, value=0.1, penalty=1}",
    "+policies{policy=rely, kind=provider_share_max, subject=cirrus, from_date=2029-01-01, value=0.4, penalty=1}",
    "+resale_levels{chip=tpu_a, from_date=2029-01-01, level_share=0}",
    # what was signed turns out otherwise
    "chips[tpu_b].available_from += 12 months",
    "chips[tpu_b].available_from += 60 months",
    "chip_performance[tpu_b,*].gw_equivalent *= 0.5",
    "-chip_performance[tpu_b,*]",
    "cloud_commitments[cirrus_tpu].gone_from = 2029-01-01",
    "cloud_terms[cirrus_tpu,3].capacity_gw = 0",
    "cloud_products[cirrus_tpu,tpu_b,*].from_date += 12 months",
    "-cloud_products[cirrus_tpu,tpu_b,*]",
    "spare_capacity[idle_gpus].to_date = 2030-01-01",
    # what nobody can sign before the news has other terms, or is not offered
    "site_leases[mesa_2].status = closed",
    "site_leases[mesa_2].ready_date += 12 months",
    "site_leases[mesa_2].rent_usd_per_kw_month *= 2",
    "spare_capacity[idle_gpus].status = closed",
    "spare_capacity[idle_gpus].from_date += 12 months",
    "chip_purchases[tpu_b_order].sign_by = 2028-12-31",
    # prices, sizes and values at any time
    "chips[*].capex_usd_bn_per_gw *= 2",
    "chips[*].capex_decline_rate = 0.5",
    "chip_performance[*,*].gw_equivalent *= 0.7",
    "resale_values[*,*].value_share *= 0.5",
    "cloud_tiers[*,*].price_usd_bn_per_gw_year *= 2",
    "cloud_terms[*,*].capacity_gw *= 0.5",
    "cloud_terms[*,*].floor_usd_bn *= 0.5",
    "site_leases[*].capacity_mw *= 0.5",
    "site_leases[*].rent_usd_per_kw_month *= 2",
    "chip_leases[*].max_usd_bn *= 0.5",
    "chip_leases[*].advance_share *= 0.5",
    "spv_tranches[*,*].rate *= 0.5",
    "spare_capacity[*].max_gw *= 0.5",
    "term_loans[*].limit_usd_bn *= 0.5",
    "guarantors[*,*].fee_rate *= 2",
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_bends_what_was_decided(starter: Case, days: dict[str, date], change: str) -> None:
    changed = starter.change(change)
    assert changed.hashes != starter.hashes
    assert bent(starter, days, changed, NEWS) == {}


# mesa_1 would commence in 2028, in time for two leases, or after the end of the case.
@pytest.mark.parametrize(
    "change",
    [
        "+site_delays{offer=mesa_1, late_from=2027-06-01, months=12}",
        "+site_delays{offer=mesa_1, late_from=2027-06-01, months=240}",
        "site_leases[mesa_1].delay_months = 240",
    ],
)
def test_a_late_site_bends_nothing(starter: Case, days: dict[str, date], change: str) -> None:
    assert bent(starter, days, starter.change(change), date(2028, 1, 1)) == {}


def test_there_is_something_to_bend(starter: Case, days: dict[str, date]) -> None:
    """Half of the decisions are taken before the news; and terms of what is signed before it do bend them."""
    assert sum(day < NEWS for day in days.values()) > len(days) / 3
    assert bent(starter, days, starter.change("site_leases[*].lead_months += 3"), NEWS)


# A contract that starts later is the same: it is signed on the same day.
@pytest.mark.parametrize("later", [12, 24])
def test_a_start_that_moves_leaves_the_name(starter: Case, days: dict[str, date], later: int) -> None:
    changed = starter.change(f"cloud_commitments[cirrus_tpu].start_date += {later} months")
    signing = ("cloud_commitment.sign", "cloud_commitment.scale", "cloud_commitment.granted")
    assert not [name for name in bent(starter, days, changed, date.max) if name.startswith(signing)]


# GPUs may stand in the east, where there are halls, or wait in the west for those that mesa_1 brings. That these come
# too late for the case is known later.
def test_where_chips_stand_is_decided_before_a_site_is_late() -> None:
    case = Case.read(shipped.path("starter")).change(
        "site_leases[lake].status = closed", "site_leases[mesa_2].status = closed"
    )
    days = days_of(case)
    placed = {name: day for name, day in days.items() if name.startswith("own_fleet.placed[gpu_a,west,")}
    assert set(placed.values()) == {date(year, 1, 1) for year in range(2027, 2031)}
    late = case.change("+site_delays{offer=mesa_1, late_from=2028-01-01, months=60}")
    assert bent(case, days, late, date(2028, 1, 1)) == {}
    assert placed.items() <= days_of(late).items()


FOLLOWED = (
    "+indices{index=market, from_date=2020-01-01, level=1}",
    "+indices{index=money, from_date=2020-01-01, level=0.04}",
    "cloud_commitments[*].price_index = market",
    "spare_capacity[*].price_index = market",
    "site_leases[*].rent_index = market",
    "site_leases[*].power_index = market",
    "spv_tranches[*,*].rate_index = money",
    "term_loans[*].rate_index = money",
)
"""prices and rates that follow an index"""


def values_of(kind: EventKind) -> list[float | None]:
    match kind.value:
        case EventValue.SHARE:
            return [0.5, 1.0]
        case EventValue.MONTHS:
            return [5, 60]
        case EventValue.FACTOR:
            return [0.5, 1.5]
        case EventValue.POINTS:
            return [0.01]
        case _:
            return [None]


def events(case: Case, day: date) -> Iterator[Event]:
    """Every event that may happen on a day."""
    for kind in case.catalogue.event_kinds.values():
        for subject in [None] if kind.subjects is None else sorted(set(kind.subjects(case))):
            for value in values_of(kind):
                event = Event(event="news", kind=kind.name, subject=subject, from_date=day, value=value)
                if kind.changes is not None and not list(event_checks.problems(event, case)):
                    yield event


def everything(folder: Path) -> Iterator[Case]:
    yield Case.read(shipped.path("starter")).change(*TIES, *FOLLOWED)
    generate.write(folder / "generated", 8, periods=4, seed=2)
    yield Case.read(folder / "generated")


# On the first day of a period and within it; a phase that is late, a provider that is gone, …
def test_no_event_bends_what_was_decided(tmp_path: Path) -> None:
    counts: dict[str, int] = defaultdict(int)
    for case in everything(tmp_path):
        days, calendar = days_of(case), case.calendar
        for t, more in ((calendar.T // 2, 0), (calendar.T - 1, 40)):
            day = calendar.start_of(t) + timedelta(days=more)
            for event in events(case, day):
                of_kind = case.catalogue.event_kinds[event.kind].changes
                assert of_kind is not None
                changes = list(of_kind(event, case))
                if changes:
                    assert bent(case, days, case.change(*changes), day) == {}, (event, changes)
                    counts[event.kind] += 1
    changing = {name for name, kind in case.catalogue.event_kinds.items() if kind.changes is not None}
    assert set(counts) == changing


@pytest.fixture(scope="module")
def all_ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Ledgers]:
    found = []
    for name in shipped.names():
        case = Case.read(shipped.path(name))
        found += [case] if name == "frontier-lab" else [case, case.change(*MORE)]
    found.append(Case.read(shipped.path("starter")).change(*TIES))
    folder = tmp_path_factory.mktemp("generated")
    for seed in (1, 2, 3):
        generate.write(folder / str(seed), 14, periods=8, seed=seed)
        found.append(Case.read(folder / str(seed)))
    return [Portfolio.of(case).ledgers for case in found]


ON_SIGNING = {
    "cloud_commitment": ("sign", "scale", "granted"),
    "site_lease": ("exercise", "share"),
    "chip_lease": ("sign", "amount", "tranche"),
    "spare_capacity": ("sign",),
}
ON_A_DATE = {("chip_purchase", "sign"): 1, ("chip_purchase", "order"): 1, ("chip_lease", "assign"): 3}
IN_ITS_PERIOD = {
    ("cloud_commitment", "use"), ("cloud_commitment", "drawn"), ("spare_capacity", "on"), ("spare_capacity", "start"),
    ("spare_capacity", "use"), ("spare_capacity", "reached"), ("term_loan", "draw"), ("own_fleet", "run"),
    ("own_fleet", "draw"), ("own_fleet", "placed"), ("own_fleet", "moved_in"), ("own_fleet", "moved_out"),
    ("serving", "work"), ("serving", "flow"), ("meet_demand", "shortage"), ("served_by", "serves"),
    ("reassignment", "reassigned"), ("reserve", "held"), ("reserve", "reserve_work"), ("reserve", "reserve_flow"),
    ("guarantor_tie", "opened"),
}  # fmt: skip
WITH_THE_NEXT = {("own_fleet", "given_up")}
"""chips leave a region with what is decided on the first day of the next period, such as their assignment"""
FOLLOWS = {
    ("cloud_commitment", "floor_owed"), ("cloud_commitment", "floor_next"), ("cloud_commitment", "floor_due"),
    ("cloud_commitment", "floor_late"), ("chip_lease", "support"), ("chip_lease", "buyout"), ("chip_lease", "backing"),
    ("policies", "miss"),
}  # fmt: skip
SETTLED = {"short", "credit_used", "rolled_in"}
"""of the contract years of commitments"""


def test_the_day_of_every_family(all_ledgers: list[Ledgers]) -> None:
    """Each family of today's instruments and rules, against the table of when decisions are taken."""
    seen = set()
    for ledgers in all_ledgers:
        start_of, found = ledgers.calendar.start_of, decision_days(ledgers)
        since: dict[int, int] = {}
        for post in ledgers.select("signed"):
            for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
                since[variable] = min(t, since.get(variable, t))
        for group in ledgers.groups:
            where = (group.block, group.name)
            if group.keys:
                seen.add(where)
            for key, number in group.numbers.items():
                if group.name in ON_SIGNING.get(group.block, ()):
                    head = ledgers.find(group.block, ON_SIGNING[group.block][0])
                    expected = start_of(since[head[key[: len(head.dims)]]])
                elif where in ON_A_DATE:
                    expected = date.fromisoformat(str(key[ON_A_DATE[where]]))
                elif where in IN_ITS_PERIOD:
                    expected = start_of(int(key[-1]))
                elif where in WITH_THE_NEXT:
                    expected = start_of(int(key[-1]) + 1)
                elif where in FOLLOWS:
                    expected = NEVER
                else:
                    assert where == ("cloud_commitment", group.name)
                    assert group.name in SETTLED
                    starts, year = date.fromisoformat(str(key[1])), int(key[3])
                    last = ledgers.calendar.position(starts) + 12 * year / ledgers.calendar.period_months
                    last = min(last, float(ledgers.calendar.T))
                    assert start_of(0) <= found[number] < ledgers.calendar.end
                    assert ledgers.calendar.position(found[number]) < last
                    continue
                assert found[number] == expected, ledgers.names[number]
    expected_families = {(block, name) for block, names in ON_SIGNING.items() for name in names} | IN_ITS_PERIOD
    expected_families |= {*ON_A_DATE, *WITH_THE_NEXT, *FOLLOWS} - {("cloud_commitment", "floor_late")}
    assert expected_families | {("cloud_commitment", name) for name in SETTLED} == seen


# Two contracts of the starter, by hand. cirrus_tpu starts in 2027 and lasts four years: year 2 is settled in 2028.
# on_demand is a contract of one year that may start in any of the four: year 1 is settled in the year that it starts.
def test_shortfalls_are_settled_in_the_last_period_of_their_year(starter: Case, days: dict[str, date]) -> None:
    for tier in ("standard", "volume"):
        for year in (1, 2, 3, 4):
            name = f"cloud_commitment.short[cirrus_tpu,2027-01-01,{tier},{year}]"
            if name in days:
                assert days[name] == date(2026 + year, 1, 1)
    assert any(name.startswith("cloud_commitment.short[cirrus_tpu") for name in days)
    halves = days_of(starter.change("case.period_months = 6"))
    assert halves["cloud_commitment.short[cirrus_tpu,2027-01-01,volume,2]"] == date(2028, 7, 1)
