"""By how much plans that are not proven to the last digit may differ, and measures whatever the length of a period."""

from dataclasses import replace
from pathlib import Path

import pytest

from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.measures import Measure
from planner.studies.prices import prices
from planner.studies.sweep import sweep
from tests.plans import solved
from tests.rules.deals import ALPHA, BETA, asking

POLICY = "provider_share_max,alpha,2026-01-01,1,"


# Alpha serves at 10, beta at 20. Were alpha's plan proven to 9 only, what alpha saves would be anything from 10 to 11.
def test_what_is_not_proven_makes_worth_an_interval(tmp_path: Path) -> None:
    plan = solved(asking(tmp_path, POLICY, ALPHA, BETA))
    unsure = replace(plan, record=replace(plan.record, bound_usd_bn=9.0, gap=0.1))
    (alpha,) = prices(unsure, offers=["alpha_deal"], with_limits=False, engine=InThisProcess).offers
    assert alpha.worth_usd_bn == pytest.approx((10, 11))


# The same of a study's base: without alpha it costs from 10 to 11 more.
def test_what_is_not_proven_makes_a_difference_an_interval(tmp_path: Path) -> None:
    study = design({"grid": ["alpha: cloud_commitments[alpha_deal].status = closed"]}, "study")
    found = sweep(asking(tmp_path, POLICY, ALPHA, BETA), study, engine=InThisProcess)
    base, without = found.outcomes
    unsure = replace(found, outcomes=(replace(base, bound_usd_bn=9.0), without)).table
    assert unsure["difference_from_usd_bn"].tolist() == pytest.approx([-1, 10])
    assert unsure["difference_to_usd_bn"].tolist() == pytest.approx([1, 11])


@pytest.mark.parametrize("months", [3, 6, 12])
def test_measures_are_in_gw_years(tmp_path: Path, months: int) -> None:
    case = asking(tmp_path, POLICY, ALPHA | {"capacity": 0.75}, end=2028)  # type: ignore[arg-type]
    plan = solved(case.change(f"case.period_months = {months}"))
    assert Measure("use:alpha").value(plan) == pytest.approx(1.5)
    assert Measure("unserved").value(plan) == pytest.approx(0.5)
