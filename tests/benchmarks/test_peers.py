import json
from importlib.util import find_spec
from math import ceil
from pathlib import Path

import pytest

from planner.api import Case
from planner.solve.solve import solve
from tests.benchmarks.measure import PYTHON, run
from tests.benchmarks.peers import GAP, MOST, PEERS, Problem
from tests.benchmarks.result import same_optimum
from tests.plans import cost, solved

TINY = Problem(2, 3, 4)


def test_one_region_and_one_year_cost_what_a_hand_says(tmp_path: Path) -> None:
    problem = Problem(1, 1, 1)
    (kind,), ((demand,),) = problem.kinds, problem.demand_gw
    modules = ceil(demand / kind.size_gw)
    assert 1 < modules <= MOST
    paid = modules * kind.upfront_usd_bn * problem.paid(0)
    ran = demand * kind.price_usd_bn_per_gw_year * problem.running(0)
    assert cost(solved(Case.read(problem.write(tmp_path / "case")))) == pytest.approx(paid + ran, rel=1e-6)


@pytest.mark.parametrize("peer", PEERS)
def test_peers_find_the_same_optimum(peer: str, tmp_path: Path) -> None:
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")
    said = json.loads(run((*PYTHON, "-m", f"tests.benchmarks.in_{peer}", "2", "3", "4")).out.splitlines()[-1])
    plan = solved(Case.read(TINY.write(tmp_path / "case")))
    bound = plan.record.bound_usd_bn
    assert bound is not None
    same_optimum({"objective": cost(plan), "bound": bound}, said, peer)


def test_problems_are_feasible_and_need_more_than_their_first_year(tmp_path: Path) -> None:
    for problem in (TINY, Problem(3, 6, 9), Problem(4, 5, 40)):
        folder = tmp_path / f"{problem.regions}"
        case = Case.read(problem.write(folder))
        assert len(problem.kinds) <= problem.offers
        assert case.settings.solver.gap == GAP
        assert len({kind.period for kind in problem.kinds}) > 1
    assert solve(case).proven
