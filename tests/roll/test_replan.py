"""Planning anew: fences, least change and its index, by cases that are solved with a pencil."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.case.shipped import path
from planner.plan.plan import Plan
from planner.plan.replanned import Replanned
from planner.studies.given_plan import checked
from tests.plans import confirmed, cost, decided, signed, solved
from tests.rules.deals import ALPHA, asking
from tests.small import small

FEES = {"alpha": 1.0, "beta": 1.1, "gamma": 1.2}


def case(folder: Path, **fees: float) -> Case:
    """1 GW for a year at 10 from any of three, which ask 1, 1.1 or 1.2 for signing; demand must be met."""
    rows = [{**ALPHA, "offer": f"{name}_deal", "provider": name, "years": 1} for name in FEES]
    asked = [f"cloud_commitments[{name}_deal].signing_fee_usd_bn = {fee}" for name, fee in {**FEES, **fees}.items()]
    return asking(folder, "", *rows).change("case.shortage_cost_usd_bn_per_gw_year = blank", *asked)


def signature(name: str) -> str:
    return f"cloud_commitment[{name}_deal,2026-01-01,only]"


def again(case: Case, plan: Plan, **options: object) -> tuple[Plan, Replanned]:
    """The re-planned plan, once an audit has agreed with it, and what it says of the plan before."""
    found = confirmed(case.replan(plan, **options))  # type: ignore[arg-type]
    assert found.record.replan is not None
    assert sum(each.change_usd_bn for each in found.record.replan.bridge) == pytest.approx(cost(found), rel=1e-12)
    return found, found.record.replan


def test_nothing_new_changes_nothing(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, told = again(old.case, old)  # type: ignore[arg-type]
    assert signed(new) == {"alpha_deal"}
    assert (told.index, told.index_of_least_cost, told.changes) == (0.0, 0.0, ())
    assert (told.plan_sha256, told.plan_objective_usd_bn) == (old.digest, cost(old))
    assert [each.step for each in told.bridge] == ["start", "time", "decisions", "gap"]


# Alpha now asks 1.105, so that beta is cheapest with 11.1; alpha at 11.105 is within 0.1 % of that, up to 11.1111.
def test_of_near_ties_the_signature_of_before_is_kept(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, told = again(case(tmp_path, alpha=1.105), old)
    assert signed(new) == {"alpha_deal"}
    assert (told.index, told.changes, told.within) == (0.0, (), 0.001)
    assert told.index_of_least_cost == pytest.approx(1.0)
    assert told.least_cost_usd_bn == pytest.approx(11.1)
    assert cost(new) == pytest.approx(11.105)
    assert new.proven
    assert new.record.bound_usd_bn == pytest.approx(11.1)
    assert new.record.gap == pytest.approx(0.005 / 11.105)
    assert [(each.step, each.group, pytest.approx(each.change_usd_bn, abs=1e-9)) for each in told.bridge] == [
        ("start", "", 11.0), ("time", "", 0.0), ("data", "cloud_commitments", 0.105), ("decisions", "", -0.005),
        ("least change", "", 0.005), ("gap", "", 0.0),
    ]  # fmt: skip


def test_within_nothing_the_cheapest_is_signed(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, told = again(case(tmp_path, alpha=1.105), old, within=0.0)
    assert signed(new) == {"beta_deal"}
    assert told.index == pytest.approx(1.0)
    assert [(each.signature, each.was, each.now, each.change, each.weight) for each in told.changes] == [
        (signature("alpha"), "signed, 1", "not signed", 1.0, 1.0),
        (signature("beta"), "not signed", "signed, 1", 1.0, 1.0),
    ]


# Beta saves 0.105 − 0.1 = 0.005 and changes two signatures on the first day: worth it below 0.0025 each.
@pytest.mark.parametrize(("price", "expected"), [(0.0024, "beta_deal"), (0.0026, "alpha_deal")])
def test_a_change_has_a_price(tmp_path: Path, price: float, expected: str) -> None:
    old = solved(case(tmp_path))
    new, told = again(case(tmp_path, alpha=1.105), old, change_cost=price)
    assert signed(new) == {expected}
    assert (told.within, told.change_cost_usd_bn) == (None, price)
    assert told.least_cost_usd_bn == pytest.approx(11.1)


# Beta would now cost 2 less. Within a month alpha is kept, and nothing else is signed.
def test_a_freeze_is_kept(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, told = again(case(tmp_path, alpha=3.1), old, freeze=1)
    assert signed(new) == {"alpha_deal"}
    assert cost(new) == pytest.approx(13.1)
    assert set(told.frozen) == {signature(name) for name in FEES}
    assert told.released == ()
    free, _ = again(case(tmp_path, alpha=3.1), old)
    assert signed(free) == {"beta_deal"}


# Alpha is closed. Demand must be met, so one of the two others is released: beta, the cheaper.
def test_a_freeze_that_is_impossible_gives_as_little_as_it_must(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    closed = case(tmp_path).change("cloud_commitments[alpha_deal].status = closed")
    new, told = again(closed, old, freeze=1)
    assert signed(new) == {"beta_deal"}
    assert [(each.signature, each.why) for each in told.gone] == [(signature("alpha"), "it is closed")]
    assert told.frozen == (signature("gamma"),)
    (released,) = told.released
    assert released.signature == signature("beta")
    assert released.why == "kept, it would break meet_demand demand/here/training on 2026-01-01"
    assert told.index == pytest.approx(1.0)


# 2 GW of alpha are there only for the half of what was signed: its size cannot be kept, whatever else is decided.
def test_a_size_that_is_no_longer_offered_is_released(tmp_path: Path) -> None:
    sized = case(tmp_path).change("cloud_tiers[alpha_deal,only].scale_min = 0.1")
    old = solved(sized.change("cloud_tiers[alpha_deal,only].scale_min = 0.8"))
    smaller = sized.change("cloud_tiers[alpha_deal,only].scale_max = 0.5")
    new, told = again(smaller, old, freeze=1)
    (released,) = told.released
    assert released.signature == signature("alpha")
    assert "at most 0.5 of the" in released.why
    assert signed(new) == {"alpha_deal"}


def test_an_offer_that_the_old_plan_did_not_know_is_free(tmp_path: Path) -> None:
    full = case(tmp_path, gamma=0.2)
    known = full.change("cloud_commitments[gamma_deal].status = closed")
    new, told = again(full, solved(known), freeze=1, within=0.0)
    assert signature("gamma") not in told.frozen
    assert signed(new) == {"alpha_deal"}  # alpha is kept; gamma would only cost more besides
    assert cost(new) == pytest.approx(11.0)


def test_what_is_signed_by_now_is_data_and_no_change(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    by_hand = case(tmp_path).change(
        "cloud_commitments[alpha_deal].status = signed",
        "cloud_commitments[alpha_deal].start_date = 2026-01-01",
        "cloud_commitments[alpha_deal].lead_months = blank",
    )
    new, told = again(by_hand, old, freeze=1)
    assert signed(new) == {"alpha_deal"}
    assert cost(new) == pytest.approx(10.0)  # its fee is sunk
    assert [(each.signature, each.why) for each in told.gone] == [
        (signature("alpha"), "it is signed by now, as the case says")
    ]
    assert (told.index, told.due[0].signed) == (0.0, False)


# An order of any size has no signature until a fee is asked for it. What was ordered is kept all the same.
def test_an_order_that_has_a_signature_now_is_kept(tmp_path: Path) -> None:
    starter = Case.read(path("starter"))
    old = solved(starter)
    new, told = again(starter.change("chip_purchases[tpu_order].signing_fee_usd_bn = 0.5"), old, freeze=12)
    assert told.released == ()
    assert decided(new, "order", "tpu_order", "ordered_on")["2027-01-01"] == pytest.approx(
        decided(old, "order", "tpu_order", "ordered_on")["2027-01-01"]
    )


# Mesa 1 is late by a year, so that its decisions have other names. They are the same signature.
def test_a_signature_that_is_called_otherwise_now_is_the_same(tmp_path: Path) -> None:
    starter = Case.read(path("starter"))
    late = starter.change("site_leases[mesa_1].delay_months = 12")
    _, told = again(late, solved(starter), freeze=12)
    assert "site_lease[mesa_1,2029-01-01]" in told.frozen
    assert all(each.offer != "mesa_1" for each in told.changes)
    assert all("mesa_1" not in each.signature for each in told.gone)


LATER = """
    from_date,region,workload,demand_gw
    2026-01-01,here,training,1
    2027-01-01,here,training,{first}
    2028-01-01,here,training,{second}
    """


def one_year_deals(folder: Path, demand: str) -> Case:
    """Alpha for the year 2026, beta for a year from the start of 2027 or of 2028; 5 GW at 10 each, shortage at 100."""
    rows = [{**ALPHA, "offer": f"{name}_deal", "provider": name, "years": 1} for name in ("alpha", "beta")]
    made = asking(folder, "", *rows, demand=demand, end=2029)  # type: ignore[arg-type]
    return made.change(
        "cloud_commitments[beta_deal].sign_from = 2027-01-01", "cloud_commitments[beta_deal].sign_by = 2028-01-01"
    )


# Alpha stays, weight 1. Beta moves from 2027, weight ½, to 2028, weight ¼: (½ + ¼) / (1 + ½ + ¼) = 3/7.
def test_the_index_weighs_a_change_by_how_soon_it_is(tmp_path: Path) -> None:
    old = solved(one_year_deals(tmp_path, LATER.format(first=1, second=0)))
    new, told = again(one_year_deals(tmp_path, LATER.format(first=0, second=1)), old)
    assert told.index == pytest.approx(3 / 7)
    assert [(each.day, each.change, each.weight) for each in told.changes] == [
        ("2027-01-01", 1.0, 0.5), ("2028-01-01", 1.0, 0.25),
    ]  # fmt: skip
    assert cost(new) == pytest.approx(20.0)


def scalable(folder: Path, gw: float) -> Case:
    """Any share from 0.1 of 5 GW for a year, of which 50 times the share must be paid."""
    alpha = {**ALPHA, "years": 1, "floor": 50.0}
    demand = f"from_date,region,workload,demand_gw\n2026-01-01,here,training,{gw}\n"
    return asking(folder, "", alpha, demand=demand).change("cloud_tiers[alpha_deal,only].scale_min = 0.1")


# 1 GW needs the scale 0.2, 2 GW need 0.4; the largest is 1.
def test_a_size_that_moves_counts_as_a_share_of_the_largest(tmp_path: Path) -> None:
    old = solved(scalable(tmp_path, 1.0))
    new, told = again(scalable(tmp_path, 2.0), old, within=0.0)
    assert cost(new) == pytest.approx(20.0)
    (moved,) = told.changes
    assert (moved.was, moved.now) == ("signed, 0.2", "signed, 0.4")
    assert moved.change == pytest.approx(0.2)
    assert told.index == pytest.approx(0.2)


# 1 GW less of the scale saves 10 and leaves a shortage of 100. So 1 % of 20 buys 0.2 / 90 GW, 1 / 2250 of the scale.
def test_less_change_spends_no_more_than_is_allowed(tmp_path: Path) -> None:
    old = solved(scalable(tmp_path, 1.0))
    new, told = again(scalable(tmp_path, 2.0), old, within=0.01)
    assert cost(new) == pytest.approx(20.2)
    assert told.changes[0].change == pytest.approx(0.2 - 1 / 2250)
    assert new.proven
    assert new.record.gap == pytest.approx(0.2 / 20.2)


def test_a_case_that_cannot_follow_is_refused(tmp_path: Path) -> None:
    old = solved(small(tmp_path / "a", end=2029, cloud_commitments=None))
    for change, said in (
        ("case.period_months = 6", "period_months: expected 12"),
        ("case.start = 2026-07-01", "start: expected the first day of a period of the plan, from 2026-01-01"),
    ):
        other = old.case.change("case.end = 2029-07-01" if "start" in change else "case.end = 2029-01-01", change)
        with pytest.raises(DataError, match=said):
            other.replan(old)  # type: ignore[attr-defined]
    same: Case = old.case  # type: ignore[assignment]
    for options, said in (
        ({"freeze": -1}, "--freeze: expected whole months"),
        ({"within": -0.1}, "--within: expected a number"),
        ({"within": 0.1, "change_cost": 0.1}, "found both"),
        ({"next_plan": date(2026, 1, 1)}, "--next-plan: expected a day after 2026-01-01"),
    ):
        with pytest.raises(DataError, match=said):
            same.replan(old, **options)  # type: ignore[arg-type]


def test_a_case_without_a_plan_has_none(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    with pytest.raises(Infeasible):
        case(tmp_path).change("cloud_commitments[*].status = closed").replan(old)


def test_a_replanned_plan_is_no_least_cost_plan_for_a_study(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, _ = again(old.case, old)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="a re-planned plan"):
        checked(new.case, new)


def test_a_record_that_cannot_be_is_found(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new, told = again(case(tmp_path, alpha=1.105), old)
    first, *rest = told.bridge
    for spoilt, says in (
        (replace(told, least_cost_usd_bn=12.0), "more than the plan costs"),
        (replace(told, least_bound_usd_bn=11.0), "least_bound_usd_bn"),
        (replace(told, within=1e-5), "says 1e-05, the plan costs 0.005 more"),
        (replace(told, change_cost_usd_bn=1.0), "one of within and change_cost_usd_bn"),
        (replace(told, bridge=(replace(first, change_usd_bn=12.0), *rest)), "the steps add up to"),
        (replace(told, bridge=tuple(rest)), "not in the order"),
        (replace(told, bridge=(first,)), "has 11 at its end"),
        (replace(told, plan_objective_usd_bn=12.0), "has 11 at its start"),
        (replace(told, plan_start="2027-01-01"), "after the start of the case"),
        (replace(told, next_plan="2026-01-01"), "which is not after the start"),
        (replace(told, due=(replace(told.due[0], offer="delta"),)), "no offer of the case"),
    ):
        with pytest.raises(AssertionError, match=says):
            confirmed(replace(new, record=replace(new.record, replan=spoilt)))
