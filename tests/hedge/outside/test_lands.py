"""Investment in power plants before demand is known, against the published optimum.

Four kinds of plant, three modes of demand, of which the first is not known: 3, 5 or 7. F. V. Louveaux and Y. Smeers,
Optimal investments for electricity generation: a stochastic model and a test problem, in: Ermoliev and Wets (eds.),
Numerical Techniques for Stochastic Optimization, Springer 1988, pages 445 to 452. The data are those of `landssp.gms`
in the EMP library of GAMS. The optimum is 28639 / 75 = 381.853333.
"""

from collections.abc import Iterator

import pyomo.environ as pyo
import pytest

from tests.hedge.outside.scenarios import Scenario, solved, tree

PLANTS, MODES = range(4), range(3)
INVESTMENT = (10.0, 7.0, 16.0, 6.0)
OPERATION = ((40.0, 24.0, 4.0), (45.0, 27.0, 4.5), (32.0, 19.2, 3.2), (55.0, 33.0, 5.5))
LEAST, BUDGET = 12.0, 120.0
DEMAND = {3.0: 0.3, 5.0: 0.4, 7.0: 0.3}
"""probability by the demand of the first mode"""
OTHERS = (3.0, 2.0)
"""demand of the other modes"""


def scenarios() -> Iterator[Scenario]:
    for first, probability in DEMAND.items():
        m, wanted = pyo.ConcreteModel(), (first, *OTHERS)
        m.x = pyo.Var(PLANTS, within=pyo.NonNegativeReals)
        m.y = pyo.Var(PLANTS, MODES, within=pyo.NonNegativeReals)
        m.least = pyo.Constraint(expr=sum(m.x[i] for i in PLANTS) >= LEAST)
        m.budget = pyo.Constraint(expr=sum(INVESTMENT[i] * m.x[i] for i in PLANTS) <= BUDGET)
        m.capacity = pyo.Constraint(PLANTS, rule=lambda m, i: sum(m.y[i, j] for j in MODES) <= m.x[i])
        m.demand = pyo.Constraint(MODES, rule=lambda m, j, wanted=wanted: sum(m.y[i, j] for i in PLANTS) >= wanted[j])
        m.cost = pyo.Objective(
            expr=sum(INVESTMENT[i] * m.x[i] + sum(OPERATION[i][j] * m.y[i, j] for j in MODES) for i in PLANTS)
        )
        yield Scenario(probability, (first,), m, {0: [m.x], 1: [m.y]})


def test_the_published_optimum_and_the_published_plants() -> None:
    found = tree(scenarios())
    answer = solved(found)
    assert answer.objective == pytest.approx(28639 / 75, rel=1e-9)
    assert answer.x is not None
    for part in found.parts(answer.x):
        assert part[:4] == pytest.approx([8 / 3, 4.0, 10 / 3, 2.0], abs=1e-6)


def test_rows_that_the_scenarios_share_are_there_once() -> None:
    """The least capacity and the budget; the four plants and three modes are rows of each scenario."""
    found = tree(scenarios()).program
    assert (len(found.cost), len(found.row_lower)) == (4 + 3 * 12, 2 + 3 * 7)
