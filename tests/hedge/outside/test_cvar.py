"""The conditional value at risk of four equally likely costs, as the literature has it.

At level 0.6 the dearest 0.4 are all of 40 and 0.15 of 30: (0.25 · 40 + 0.15 · 30) / 0.4 = 36.25. The linear program of
R. T. Rockafellar and S. Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2 (2000), says so too.
"""

from pathlib import Path

import numpy as np
import pytest

from planner import solver
from planner.basics.risk import cvar
from planner.common.settings import RiskSettings
from planner.futures.tree import Tree
from planner.hedge.risk_program import with_risk
from planner.hedge.tree_program import TreeProgram, future_programs
from tests.small import demand, small

COSTS = (10.0, 20.0, 30.0, 40.0)
LEVEL = 0.6


def four_costs(folder: Path) -> TreeProgram:
    """1 GW that nobody serves, at 10, 20, 30 or 40 USD bn."""
    outcomes = [f"price,p{cost:.0f},0.25,case.shortage_cost_usd_bn_per_gw_year={cost}" for cost in COSTS]
    case = small(
        folder,
        end=2027,
        demand=demand(1),
        events="event,known_on\nprice,2026-01-01\n",
        outcomes="\n".join(["event,outcome,probability,changes", *outcomes, ""]),
    )
    tree = Tree.of(case)
    return TreeProgram.of(case, tree, future_programs(case, tree))


def test_the_formula_says_36_25() -> None:
    assert cvar(COSTS, [0.25] * 4, LEVEL) == pytest.approx(36.25, abs=1e-12)


@pytest.mark.parametrize(("weight", "objective"), [(0.0, 25.0), (0.5, 30.625), (1.0, 36.25)])
def test_the_program_says_so_too(weight: float, objective: float, tmp_path: Path) -> None:
    """η is 30 or so, and u = (0, 0, 0, 10): 30 + 0.25 · 10 / 0.4 = 36.25."""
    tree = four_costs(tmp_path / "case")
    risk = RiskSettings(level=LEVEL, weight=weight)
    answer = solver.solve(with_risk(tree, tree.program, risk), solver.Options(gap=1e-9))
    assert answer.objective == pytest.approx(objective, rel=2e-6)
    assert answer.x is not None
    assert np.asarray(tree.costs(answer.x)) == pytest.approx(COSTS)
