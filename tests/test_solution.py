"""What a plan's decisions cost, and those that follow from others."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.answers import with_exact_maxima
from tests.small import sites, small


# A hall for two years at 0.6 a year, which is charged beyond the end of the first: 0.6 after half a year, 0.6 after one
# and a half. At the lease rate only what falls due within the horizon counts.
def test_what_is_charged_beyond_the_end_is_left_out_at_the_lease_rate(tmp_path: Path) -> None:
    case = small(
        tmp_path, end=2027, rate=0.1, shortage=None, toml='horizon = "charge"\n',
        demand="from_date,region,workload,demand_gw\n2026-01-01,here,training,0\n",
        site_leases=sites({"term_years": 2}),
    )  # fmt: skip
    solution = Solution(portfolio := Portfolio.of(case), np.ones(portfolio.ledgers.size))
    assert solution.objective == pytest.approx(0.6 / 1.1**0.5 + 0.6 / 1.1**1.5)
    assert solution.present_cost_at_lease_rate == pytest.approx(0.6 / 1.06**0.5)


def goal(folder: Path) -> Case:
    """0.4 GW of own halls are asked for, at a price, and there are none."""
    return small(
        folder, end=2027, policies="policy,kind,subject,from_date,value,penalty\np,own_capacity_min,,2026-01-01,0.4,5\n"
    )


@pytest.mark.parametrize("missed", [0.3, 0.5])
def test_what_is_the_largest_of_others_is_settled_at_that(tmp_path: Path, missed: float) -> None:
    portfolio = Portfolio.of(goal(tmp_path))
    (number,) = portfolio.ledgers.find("policies", "miss").numbers.values()
    x = np.zeros(portfolio.ledgers.size)
    x[number] = missed
    assert with_exact_maxima(portfolio, x)[number] == pytest.approx(0.4)
