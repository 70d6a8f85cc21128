"""Two generators whose availability is not known, and three demands: 1280 scenarios, against the published optimum.

G. Infanger, Monte Carlo (importance) sampling within a Benders decomposition algorithm for stochastic linear programs,
Annals of Operations Research 39 (1992), with the costs of T. G. Bailey, P. A. Jensen and D. P. Morton, Response surface
analysis of two-stage stochastic linear programming with recourse, Naval Research Logistics 46 (1999). The data are
those of `mpisppy/tests/examples/apl1p.py` in mpi-sppy, which also gives the optimum, 24642.320580714.
"""

from collections.abc import Iterator
from itertools import product

import pyomo.environ as pyo
import pytest

from tests.hedge.outside.scenarios import Scenario, solved, tree

GENERATORS, LEVELS = range(2), range(3)
AVAILABLE = ({1.0: 0.2, 0.9: 0.3, 0.5: 0.4, 0.1: 0.1}, {1.0: 0.1, 0.9: 0.2, 0.7: 0.5, 0.1: 0.1, 0.0: 0.1})
"""probability by the share that is available, of each generator"""
DEMAND = {900.0: 0.15, 1000.0: 0.45, 1100.0: 0.25, 1200.0: 0.15}
"""probability by the demand of each level"""
LEAST = 1000.0
INVESTMENT = (4.0, 2.5)
OPERATION = ((4.3, 2.0, 0.5), (8.7, 4.0, 1.0))
UNSERVED = 10.0


def scenarios() -> Iterator[Scenario]:
    for outcome in product(*AVAILABLE, DEMAND, DEMAND, DEMAND):
        share, wanted = outcome[:2], outcome[2:]
        m = pyo.ConcreteModel()
        m.x = pyo.Var(GENERATORS, bounds=(LEAST, None))
        m.y = pyo.Var(GENERATORS, LEVELS, within=pyo.NonNegativeReals)
        m.unserved = pyo.Var(LEVELS, within=pyo.NonNegativeReals)
        m.capacity = pyo.Constraint(
            GENERATORS, rule=lambda m, g, share=share: sum(m.y[g, j] for j in LEVELS) <= share[g] * m.x[g]
        )
        m.demand = pyo.Constraint(
            LEVELS, rule=lambda m, j, wanted=wanted: sum(m.y[g, j] for g in GENERATORS) + m.unserved[j] >= wanted[j]
        )
        m.cost = pyo.Objective(
            expr=sum(INVESTMENT[g] * m.x[g] + sum(OPERATION[g][j] * m.y[g, j] for j in LEVELS) for g in GENERATORS)
            + sum(UNSERVED * m.unserved[j] for j in LEVELS)
        )
        chances = (AVAILABLE[0][share[0]], AVAILABLE[1][share[1]], *(DEMAND[each] for each in wanted))
        probability = 1.0
        for each in chances:
            probability *= each
        yield Scenario(probability, (outcome,), m, {0: [m.x], 1: [m.y, m.unserved]})


def test_the_published_optimum_of_1280_scenarios() -> None:
    found = tree(scenarios())
    assert len(found.places) == 1280
    answer = solved(found)
    assert answer.objective == pytest.approx(24642.320580714, rel=1e-9)
    assert answer.x is not None
    assert found.parts(answer.x)[0][:2] == pytest.approx([1800.0, 1571.4285714], rel=1e-6)
