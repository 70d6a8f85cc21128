"""Two plans side by side: variants of the starter, whose differences are worked out by hand in its README."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.case.shipped import path
from planner.cli import main
from planner.plan.plan import Plan
from planner.reports.compare import COLUMNS, Comparison
from planner.reports.compared_figures import SAME
from tests.inputs import TOML, write_case
from tests.plans import solved
from tests.small import cloud, demand, small

HALVED = "guarantor_caps[cirrus,lease,*].cap_usd_bn *= 0.5"
LATE = "site_leases[mesa_1].delay_months = 12"
NO_LAKE = "-site_leases[lake]"
NO_CAP = "finance[*].obligations_cap_usd_bn = blank"


@cache
def plan(*changes: str) -> Plan:
    case = Case.read(path("starter"))
    return solved(case.change(*changes) if changes else case)


@cache
def compared(*changes: str) -> Comparison:
    """The starter's plan with that of the changed starter."""
    return Comparison(plan(), plan(*changes))


def values(comparison: Comparison, section: str, measure: str) -> dict[str, tuple[object, object]]:
    """First and second of one measure by item, where they are not the same."""
    table = comparison.table
    mine = table[(table["section"] == section) & (table["measure"] == measure)]
    pairs = zip(mine["item"], zip(mine["first"], mine["second"], strict=True), strict=True)
    return {str(item): pair for item, pair in pairs if pair[0] != pytest.approx(pair[1], abs=SAME)}


def test_half_a_cap_moves_one_line_and_who_backs_mesa() -> None:
    """Cirrus has 4 − 1.6 = 2.4 left, three quarters of Mesa 1's 3.2 in its two first years; the bank costs 1 % more.

    0.01 · (0.25 · (3.2 + 3.2 + 2.88 + 2.56) + 3.2 + 3.2 + 2.88) = 0.1224, all of it guarantee fees.
    """
    comparison = compared(HALVED)
    assert comparison.difference == pytest.approx(0.1224, rel=1e-4)
    assert values(comparison, "cost", "present_cost") == {"guarantee_fee": pytest.approx((0.6518, 0.7742))}
    assert values(comparison, "terms", "share cirrus") == {
        "mesa_1": pytest.approx((1.0, 0.75)),
        "mesa_2": pytest.approx((1.0, 0.0)),
    }
    assert values(comparison, "terms", "share bank") == {
        "mesa_1": pytest.approx((0.0, 0.25)),
        "mesa_2": pytest.approx((0.0, 1.0)),
    }
    text = comparison.text()
    assert "Difference of present cost: +0.1224 USD bn" in text
    assert "By their bounds, the best plans of the two cases differ by +0.1224 USD bn" in text
    assert "The cases differ in guarantor_caps.csv" in text
    assert "What is signed differently: 2 of 11 offers" in text
    assert "second  signed 2027-01-01, 0.4 GW from 2028-01-01, share cirrus 75%, share bank 25%" in text


def test_limits_in_the_period_with_least_room() -> None:
    """Cirrus is full in 2028 with 6.4 of 6.4; of 2.4 in 2027 and 2028. The bank stands behind 1.8, then 1.8 + 4."""
    comparison = compared(HALVED)
    assert values(comparison, "limits", "binding")["guarantor_cap cirrus/lease"] == (1.0, 2.0)
    assert values(comparison, "limits", "allowed")["guarantor_cap cirrus/lease"] == pytest.approx((6.4, 2.4))
    assert values(comparison, "limits", "headroom")["guarantor_cap bank/lease"] == pytest.approx((7.2, 3.2))
    assert values(comparison, "limits", "tightest_on")["guarantor_cap bank/lease"] == ("2027-01-01", "2028-01-01")
    (line,) = (line for line in comparison.text().splitlines() if line.startswith("  guarantor_cap cirrus/lease"))
    words = "2028-01-01 0 2027-01-01 0 USD bn binds in both, 1 and 2 years"
    assert " ".join(line.split()[2:]) == words


def test_a_limit_that_begins_or_ceases_to_bind() -> None:
    """Of the 1 GW that the west's grid carries, halls take 0.8 in 2029 and 2030; a grid of 0.8 is full then."""
    text = Comparison(plan(), plan("regions[west].grid_limit_gw = 0.8")).text()
    assert "binds now, for 2 years" in text
    assert "The same is signed" in text
    assert "no longer binds" in Comparison(plan("regions[west].grid_limit_gw = 0.8"), plan()).text()


def test_cash_that_runs_down_to_a_minimum_of_nothing_binds() -> None:
    """After the first day of 2028 the starter holds 13.1444; with so much less at the start it holds nothing then."""
    case = Case.read(path("starter"))
    less = f"case.opening_cash_usd_bn = {case.settings.opening_cash_usd_bn - 13.1444!r}"
    comparison = Comparison(plan("finance[*].min_cash_usd_bn = 0"), plan("finance[*].min_cash_usd_bn = 0", less))
    assert values(comparison, "limits", "headroom")["liquidity cash_first_day"] == pytest.approx(
        (13.1444, 0.0), abs=1e-6
    )
    assert values(comparison, "limits", "binding")["liquidity cash_first_day"] == (0.0, 1.0)


def test_offers_signed_on_other_dates_and_at_other_scales() -> None:
    """Mesa 1 a year late is bridged by 1.2 of cirrus_tpu instead of 1, which makes on_demand superfluous.

    Its TPUs are bought, as the lease can only be had from 2028. The terms of that take three lines.
    """
    comparison = compared(LATE)
    assert comparison.difference == pytest.approx(2.0088, rel=1e-4)
    assert values(comparison, "terms", "scale volume") == {"cirrus_tpu": pytest.approx((1.0, 1.2))}
    assert values(comparison, "offers", "signed") == {
        "on_demand": ("signed", "not signed"),
        "tpu_lease": ("signed", "not signed"),
    }
    assert values(comparison, "offers", "first_held_on")["mesa_1"] == ("2028-01-01", "2029-01-01")
    raised = [line.strip() for line in comparison.text().splitlines() if "tranche" in line]
    assert raised == ["tranche senior tpu_maker 4.8 USD bn, tranche equity tpu_maker 1.6 USD bn,"]
    orders = comparison.table.query("item == 'tpu_order' and section == 'terms'").set_index("measure")["difference"]
    assert orders.to_dict() == pytest.approx({"order 2027-01-01": -0.4, "order 2028-01-01": 0.4})


def test_service_by_source() -> None:
    """Own halls lose 0.4 GW for a year; 0.2 GW-years of on_demand and these are served by cirrus_tpu instead."""
    service = values(compared(LATE), "service", "in_use")
    assert service == {
        "cirrus_tpu": pytest.approx((3.4, 4.0)),
        "on_demand": pytest.approx((0.2, 0.0)),
        "(own_fleet)": pytest.approx((3.4, 3.0)),
    }


def test_what_is_not_served() -> None:
    """At 3 a GW-year nothing new is worth signing: of 7 GW-years mill serves 0.8, as before."""
    comparison = compared("case.shortage_cost_usd_bn_per_gw_year = 3")
    assert values(comparison, "service", "unserved")["(all)"] == pytest.approx((0.0, 6.2))
    assert "unserved [reference]" in comparison.text()
    penalties = values(comparison, "cost", "penalty")
    assert penalties["shortage"] == pytest.approx((0.0, 18.6))
    assert set(penalties) == {"shortage", "own_capacity_min", "survive_loss_of_provider"}
    total = 18.6 + 1.2 + 0.4
    assert values(comparison, "plan", "penalties")["plan"] == pytest.approx((0.0, total))
    money, moved = values(comparison, "plan", "cost_in_money")["plan"], comparison.difference - total
    assert money[1] - money[0] == pytest.approx(moved)  # type: ignore[operator]
    assert "+20.2 in penalties)" in comparison.text()
    assert comparison.json()["difference_of_penalties_usd_bn"] == pytest.approx(total)


def test_an_offer_of_one_case_only() -> None:
    """Lake's 0.6 GW-years cost 5.4626; of cirrus_tpu and over the link they cost 0.6 · (9 + 0.5) = 5.7."""
    comparison = compared(NO_LAKE)
    assert comparison.difference == pytest.approx(5.7 - 5.4626, rel=1e-4)
    lake = comparison.table.query("item == 'lake' and measure == 'signed'")
    assert lake["first"].tolist() == ["signed"]
    assert lake["second"].isna().all()
    assert "second  not offered" in comparison.text()
    assert "first   not offered" in Comparison(plan(NO_LAKE), plan()).text()


OTHERS = (HALVED, LATE, NO_LAKE, "case.period_months = 6", "case.end = 2030-01-01", "case.discount_rate = 0.1")


@pytest.mark.parametrize("change", OTHERS)
def test_lines_add_up_to_the_difference_of_the_objectives(change: str) -> None:
    comparison = compared(change)
    cost = comparison.table[comparison.table["section"] == "cost"]
    assert cost["difference"].sum() == pytest.approx(comparison.difference, abs=1e-9)
    assert (cost["second"] - cost["first"]).sum() == pytest.approx(comparison.difference, abs=1e-9)


def test_what_makes_two_cases_hard_to_compare() -> None:
    changes = ("case.period_months = 6", "case.end = 2030-01-01", "case.discount_rate = 0.1")
    remarks = " ".join(compared(*changes).remarks())
    assert "discounted at different rates, 0.0% and 10.0%" in remarks
    assert "The horizons differ: 2027-01-01 to 2031-01-01, and 2027-01-01 to 2030-01-01" in remarks
    assert "Periods of 12 and of 6 months" in remarks


def bounded(solved_plan: Plan, bound: float | None) -> Plan:
    return replace(solved_plan, record=replace(solved_plan.record, bound_usd_bn=bound))


def test_a_difference_within_the_gaps_is_not_a_finding() -> None:
    """57.5632 with a bound of 57.5 against 57.6856 with one of 57.55: from 57.55 − 57.5632 to 57.6856 − 57.5."""
    comparison = Comparison(bounded(plan(), 57.5), bounded(plan(HALVED), 57.55))
    assert comparison.proven_difference == pytest.approx((-0.0132, 0.1856))
    (remark,) = comparison.remarks()
    assert remark == (
        "The difference lies within the gaps, which of the two is cheaper is not proven: "
        "the best plans of the two cases differ by -0.0132 to +0.1856 USD bn"
    )


def test_a_difference_beyond_the_gaps_and_one_without_bounds() -> None:
    beyond = Comparison(bounded(plan(), 57.55), bounded(plan(HALVED), 57.66))
    assert beyond.remarks() == ["By their bounds, the best plans of the two cases differ by +0.0968 to +0.1356 USD bn"]
    unknown = Comparison(bounded(plan(), None), plan(HALVED))
    assert unknown.proven_difference is None
    assert unknown.remarks() == ["How far the two cases' best plans lie apart is not known: a bound is missing"]
    assert unknown.json()["proven_difference_usd_bn"] is None


def test_a_plan_and_itself() -> None:
    same = Comparison(plan(), plan())
    assert same.remarks() == ["The best plans of both cost the same"]
    text = same.text()
    assert "The same is signed" in text
    assert "0 of 17 lines differ" in text
    assert "limits that parties set: the same" in text
    assert "case" not in set(same.table["section"])
    assert same.table["difference"].dropna().eq(0).all()


def test_funding_moves_cash_and_not_the_cost() -> None:
    """Cirrus pays equity of 2; without it the cost is the same."""
    comparison = compared("cloud_commitments[cirrus_tpu].equity_usd_bn = 1")
    assert comparison.difference == pytest.approx(0.0, abs=1e-6)
    assert values(comparison, "funding", "received") == {"cirrus_tpu equity": (2.0, 1.0)}
    assert "Received besides, not in the cost: cirrus_tpu equity -1" in comparison.text()


def test_one_screen() -> None:
    for changes in ((HALVED,), (LATE,), ("case.discount_rate = 0.1",)):
        lines = compared(*changes).text().splitlines()
        assert len(lines) <= 60
        assert max(map(len, lines)) <= 120


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, words)])


def test_the_command_in_text_csv_and_json(tmp_path: Path) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "moved.csv"
    plan().write(first)
    plan(HALVED).write(second)
    assert run(first, second).output == compared(HALVED).text() + "\n"
    said = json.loads(run(first, second, "--csv", file, "--json").output)
    assert said["difference_usd_bn"] == pytest.approx(0.1224, rel=1e-4)
    table = pd.read_csv(file)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == len(said["rows"]) == len(compared(HALVED).table)
    fees = table.query("section == 'cost' and item == 'guarantee_fee'")
    assert fees["difference"].tolist() == pytest.approx([0.1224])
    missing = run(first, tmp_path / "nowhere")
    assert missing.exit_code == 3
    assert "no such file" in missing.output


def test_plans_of_cases_that_share_nothing(tmp_path: Path) -> None:
    """One has eleven offers, the other none and leaves 1 GW unserved for two years."""
    priced = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")
    comparison = Comparison(plan(), solved(Case.read(write_case(tmp_path / "case", priced))))
    assert values(comparison, "service", "unserved")["(all)"] == pytest.approx((0.0, 2.0))
    text = comparison.text()
    assert text.count("second  not offered") == 8
    assert "signed differently: 9 of 11 offers" in text
    assert {"title", "start", "demand.csv"} <= set(comparison.table.query("section == 'case'")["item"])
    cost = comparison.table.query("section == 'cost'")
    assert cost["difference"].sum() == pytest.approx(comparison.difference, abs=1e-9)


def test_plans_that_receive_no_funding_are_compared(tmp_path: Path) -> None:
    """Neither equity nor loans: twice the demand at 10 a GW-year costs 10 more in the second of two years."""
    deal = cloud(floors=(0.0, 0.0))
    first, second = (solved(small(tmp_path / str(gw), demand=demand(1, gw), **deal)) for gw in (1, 2))
    text = Comparison(first, second).text()
    assert "spend" in text
    assert second.record.objective_usd_bn - first.record.objective_usd_bn == pytest.approx(10.0)
