"""When decisions are taken: every group of variables says it, and what a stressed plan keeps follows from that."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner import generate
from planner.api import Case
from planner.case import shipped
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.portfolio.portfolio import Portfolio
from planner.studies.stress import Event, stress
from planner.studies.stress.kept_decisions import decided_before
from tests.plans import cost, decided, solved
from tests.rules.deals import ALPHA, CHIPS, deals
from tests.small import demand, small

MORE = (
    "+policies{policy=margin, kind=reserve_margin_min, from_date=2026-01-01, value=0.1, penalty=1}",
    "case.horizon = charge",
    "spare_capacity[*].signing_fee_usd_bn = 0.01",
)
"""groups and periods that no shipped case has"""
TIES = (
    "cloud_tiers[cirrus_tpu,volume].scale_min = 0.9",
    "spare_capacity[idle_gpus].fee_usd_bn_per_month = blank",
    "spare_capacity[idle_gpus].min_months = blank",
    "spare_capacity[idle_gpus].notice_months = blank",
    "spare_capacity[idle_gpus].price_usd_bn_per_gw_year = 2",
    "chip_purchases[gpu_order].requires_offer = idle_gpus",
    "guarantors[tpu_maker,residual].requires_offer = cirrus_tpu",
    "guarantors[tpu_maker,residual].requires_scale_min = 0.5",
)
"""conditions on the size of what is signed, which the starter lacks"""
GENERATED = (1, 2, 3)
"""seeds"""


def cases(folder: Path) -> Iterator[Case]:
    for name in shipped.names():
        case = Case.read(shipped.path(name))
        yield case
        yield case.change(*MORE)
    yield Case.read(shipped.path("starter")).change(*TIES)
    for seed in GENERATED:
        generate.write(folder / str(seed), 14, periods=8, seed=seed)
        yield Case.read(folder / str(seed))


@pytest.fixture(scope="module")
def all_ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Ledgers]:
    return [Portfolio.of(case).ledgers for case in cases(tmp_path_factory.mktemp("generated"))]


SIGNED = {
    "cloud_commitment": ("sign", {"sign", "scale", "granted"}),
    "site_lease": ("exercise", {"exercise", "share"}),
    "chip_lease": ("sign", {"sign", "amount", "tranche"}),
    "spare_capacity": ("sign", {"sign"}),
}
DATED = {("chip_purchase", "sign"): 1, ("chip_purchase", "order"): 1, ("chip_lease", "assign"): 3}
ON_THE_FIRST_DAY = {
    ("term_loan", "draw"),
    ("guarantor_tie", "opened"),
    ("own_fleet", "placed"),
    ("own_fleet", "moved_in"),
    ("own_fleet", "moved_out"),
}


def as_listed(ledgers: Ledgers, day: date) -> set[int]:
    """What is decided before a day of each of today's instruments, listed one by one."""
    calendar, found = ledgers.calendar, set()
    signed: dict[int, int] = {}
    for post in ledgers.select("signed"):
        for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
            signed[variable] = min(t, signed.get(variable, t))
    follows = {top.variable for top in ledgers.maxima}
    for group in ledgers.groups:
        where = (group.block, group.name)
        for i, key in enumerate(group.keys):
            if where in DATED:
                early = date.fromisoformat(str(key[DATED[where]])) < day
            elif where in ON_THE_FIRST_DAY:
                early = calendar.start_of(int(key[-1])) < day
            elif group.block in SIGNED and group.name in SIGNED[group.block][1]:
                head = ledgers.find(group.block, SIGNED[group.block][0])
                early = calendar.start_of(signed[head[key[: len(head.dims)]]]) < day
            else:
                early = group.dims[-1].endswith("period") and int(key[-1]) < calendar.back(day)
            if early and group.first + i not in follows:
                found.add(group.first + i)
    return found


def test_what_is_decided_before_a_day_is_as_listed(all_ledgers: list[Ledgers]) -> None:
    for ledgers in all_ledgers:
        calendar = ledgers.calendar
        sizes = []
        for t in {0, 1, calendar.T // 3, calendar.T // 2, calendar.T - 1}:
            for days in (0, 1, 40):
                day = calendar.start_of(t) + timedelta(days=days)
                found = decided_before(ledgers, day)
                assert found == as_listed(ledgers, day), day
                sizes.append(len(found))
        assert len(set(sizes)) > 5


def test_the_cases_have_every_group(all_ledgers: list[Ledgers]) -> None:
    """Or what a group says would not be looked at."""
    found = defaultdict(set)
    for ledgers in all_ledgers:
        for group in ledgers.groups:
            if group.keys:
                found[group.block].add(group.name)
    assert dict(found) == {
        "cloud_commitment": {
            "sign",
            "scale",
            "granted",
            "use",
            "short",
            "drawn",
            "credit_used",
            "rolled_in",
            "floor_owed",
            "floor_next",
            "floor_due",
        },
        "site_lease": {"exercise", "share"},
        "chip_lease": {"sign", "amount", "tranche", "support", "buyout", "backing", "assign"},
        "chip_purchase": {"sign", "order"},
        "spare_capacity": {"sign", "on", "start", "use", "reached"},
        "term_loan": {"draw"},
        "own_fleet": {"run", "draw", "placed", "given_up", "moved_in", "moved_out"},
        "serving": {"work", "flow"},
        "meet_demand": {"shortage"},
        "guarantor_tie": {"opened"},
        "served_by": {"serves"},
        "reassignment": {"reassigned"},
        "reserve": {"held", "reserve_work", "reserve_flow"},
        "policies": {"miss"},
    }


def test_no_decision_takes_effect_before_it_is_taken(all_ledgers: list[Ledgers]) -> None:
    """A variable is decided by the end of the first period in which it is posted, and what follows is a maximum.

    A maximum follows or is settled.
    """
    for ledgers in all_ledgers:
        calendar, posted = ledgers.calendar, defaultdict[int, set[int]](set)
        for post in ledgers.posts:
            for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
                if variable != CONSTANT and post.ledger != "dues":
                    posted[variable].add(t)
        by_then = [decided_before(ledgers, calendar.start_of(t + 1)) for t in calendar.periods]
        follows, settled = set[int](), set[int]()
        for group in ledgers.groups:
            assert group.decided is not Moment.OUTSET, (group.block, group.name)
            for variable in group.numbers.values():
                if group.decided is Moment.FOLLOWS:
                    follows.add(variable)
                elif group.decided is Moment.SETTLEMENT:
                    assert len(posted[variable]) == 1, (group.block, group.name)
                    settled.add(variable)
                elif posted[variable] and min(posted[variable]) < calendar.T:
                    assert variable in by_then[min(posted[variable])], ledgers.names[variable]
        assert follows == {top.variable for top in ledgers.maxima} - settled


SPARE = (
    "offer,provider,chip,region,from_date,max_gw,price_usd_bn_per_gw_year,firm,signing_fee_usd_bn\n"
    "idle,lender,tpu_a,here,{},1,12,true,1\n"
)


# Alpha is gone from 2027 on. Idle machines with a fee on signing are signed when they are first taken, from then on.
@pytest.mark.parametrize("first", ["2026-01-01", "2027-01-01"])
def test_spare_capacity_is_not_signed_in_the_past(tmp_path: Path, first: str) -> None:
    alone = deals({**ALPHA, "floor": 4.0})
    case = small(
        tmp_path, end=2029, chips=CHIPS, demand=demand(1, 1, 1), spare_capacity=SPARE.format(first), **alone
    )  # fmt: skip
    plan = solved(case)
    assert cost(plan) == pytest.approx(30)
    gone = Event(event="gone", kind="provider_gone", subject="alpha", from_date=date(2027, 1, 1))
    after = stress(plan, [gone]).outcomes[0].after
    assert after is not None
    assert cost(after) == pytest.approx(10 + 1 + 24)
    assert decided(after, "sign", "idle", "period") == {"2027-01-01": 1.0}
