"""Plans that begin on different days side by side: what is only time is told from what has changed."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case, Plan
from planner.case.shipped import path
from planner.reports.compare import Comparison
from planner.roll.advance import advance
from tests.plans import confirmed, cost, solved
from tests.rules.deals import ALPHA, asking

RATE = 0.1
HALF = 1.1**0.5


def passing(folder: Path) -> Case:
    """Nothing is on offer in 2026: 100 are lost in its middle. On the first day of 2027 alpha is signed: 10 + 1."""
    made = asking(folder, "", {**ALPHA, "years": 1}, end=2028)  # type: ignore[arg-type]
    return made.change(
        "cloud_commitments[alpha_deal].sign_from = 2027-01-01", "cloud_commitments[alpha_deal].sign_by = 2027-01-01",
        "cloud_commitments[alpha_deal].signing_fee_usd_bn = 1", f"case.discount_rate = {RATE}",
    )  # fmt: skip


@pytest.fixture
def plans(tmp_path: Path) -> tuple[Plan, Plan]:
    """The plan of 2026, and that of 2027 with another fee, 3."""
    old = passing(tmp_path).solve()
    later = old.advance(date(2027, 1, 1)).case.change("cloud_commitments[*].signing_fee_usd_bn = 3")
    return confirmed(old), confirmed(later.replan(old))  # type: ignore[return-value]


def test_only_change_stands_in_the_lines_of_cost(plans: tuple[Plan, Plan]) -> None:
    compared = Comparison(*plans)
    table = compared.table
    lines = table[table["section"] == "cost"].set_index("item")
    assert {name: (row["first"], row["second"]) for name, row in lines.iterrows()} == {
        "spend": pytest.approx((10 / HALF, 10 / HALF)), "signing_fee": pytest.approx((1.0, 3.0)),
    }  # fmt: skip
    assert lines["difference"].astype(float).sum() == pytest.approx(compared.change)
    assert compared.change == pytest.approx(2.0)
    assert compared.proven_difference == pytest.approx((2.0, 2.0), abs=1e-6)
    assert "What is signed differently" not in compared.text()


def test_time_is_told_from_change(plans: tuple[Plan, Plan]) -> None:
    first, second = plans
    rest = 10 / HALF + 1.0
    compared = Comparison(first, second)
    assert compared.difference == pytest.approx(cost(second) - cost(first))
    assert -100 / HALF + (rest - rest / 1.1) + 2.0 == pytest.approx(compared.difference)
    said = f"Of the difference of present cost -95.35 was posted before 2027-01-01, +{rest - rest / 1.1:.4f}"
    assert said in " ".join(compared.remarks())
    assert "+2 is change" in " ".join(compared.remarks())
    assert not any("horizons differ" in remark for remark in compared.remarks())


def test_the_other_way_round_the_signs_turn(plans: tuple[Plan, Plan]) -> None:
    first, second = plans
    compared = Comparison(second, first)
    assert compared.change == pytest.approx(-2.0)
    assert "-2 is change" in " ".join(compared.remarks())


def test_service_and_limits_are_those_of_the_days_in_common(plans: tuple[Plan, Plan]) -> None:
    table = Comparison(*plans).table
    service = table[(table["section"] == "service") & (table["item"] == "(all)")].set_index("measure")
    assert list(service.loc["unserved", ["first", "second"]]) == pytest.approx([0.0, 0.0])
    assert list(service.loc["demand", ["first", "second"]]) == pytest.approx([1.0, 1.0])
    limits = table[(table["section"] == "limits") & (table["measure"] == "tightest_on")]
    assert set(limits["first"]) == {"2027-01-01"}


def test_periods_of_other_lengths_are_compared_as_they_are(tmp_path: Path) -> None:
    one = solved(passing(tmp_path))
    other = solved(
        passing(tmp_path).change("case.period_months = 6", "case.start = 2026-07-01", "case.end = 2028-07-01")
    )
    compared = Comparison(one, other)
    assert compared.day is None
    assert any("horizons differ" in remark for remark in compared.remarks())


def test_a_limit_that_is_about_the_whole_horizon_stays() -> None:
    """Of the starter, equity from a provider is a share of what it is paid over the whole horizon."""
    old = solved(Case.read(path("starter")))
    made = Comparison(old, solved(advance(old, date(2028, 1, 1)).case))
    assert "Least headroom of limits that parties set: the same" in made.text()
