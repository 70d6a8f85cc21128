"""Figures of one plan: GW-years, whatever the length of a period."""

from pathlib import Path

import pytest

from planner.reports.compared_figures import of_service
from tests.plans import solved
from tests.small import cloud, demand, small


# Of 1 GW asked for in two years a cloud has 0.75, and a GW-year of every four goes unserved.
@pytest.mark.parametrize("months", [3, 6, 12])
def test_service_is_in_gw_years(tmp_path: Path, months: int) -> None:
    plan = solved(small(tmp_path, months=months, demand=demand(1, 1), **cloud(floors=(0.0, 0.0), capacity=0.75)))
    figures = {(item, measure): (unit, value) for _, item, measure, unit, value in of_service(plan)}
    assert figures["(all)", "demand"] == ("reference GW-years", pytest.approx(2.0))
    assert figures["(all)", "unserved"] == ("reference GW-years", pytest.approx(0.5))
    assert figures["deal", "in_use"] == ("GW-years", pytest.approx(1.5))
