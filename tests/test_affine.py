"""Affine functions held as arrays: to Pyomo they are the sums that it would have made itself."""

import math
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.repn import generate_standard_repn

from planner.model.affine import affine
from planner.solver import Options, Solution, compile, solve  # noqa: A004 - the word of the trade
from tests.benchmarks.loading import APPSI, CONTRIB, differences, held, loaders

COLUMNS, VALUES = (2, 0, 1), (3.0, -1.5, 2.0)


def arrays() -> tuple[Any, Any]:
    return np.array(COLUMNS, dtype=np.int32), np.array(VALUES)


def variables() -> pyo.ConcreteModel:
    """x_0, x_1, x_2 with values 1, 10 and 100."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(3), bounds=(0, 200), initialize=lambda _, i: 10.0**i)
    return m


def both(m: pyo.ConcreteModel, constant: float = 0.0) -> tuple[Any, Any]:
    """The same function as arrays, and as Pyomo makes it."""
    x = list(m.x.values())
    plain = LinearExpression(constant=constant, linear_coefs=list(VALUES), linear_vars=[x[j] for j in COLUMNS])
    return affine(*arrays(), x, constant), plain


@pytest.mark.parametrize("constant", [0.0, 7.25])
def test_pyomo_prints_evaluates_and_takes_it_apart_as_its_own(constant: float) -> None:
    m = variables()
    ours, plain = both(m, constant)
    assert ours.__class__ is plain.__class__
    assert str(ours) == str(plain)
    assert ours.to_string(verbose=True) == plain.to_string(verbose=True)
    assert pyo.value(ours) == pyo.value(plain) == 300.0 - 1.5 + 20.0 + constant
    assert ours.nargs() == len(ours.args) == plain.nargs()
    assert [str(ours.arg(i)) for i in range(ours.nargs())] == [str(each) for each in plain.args]
    assert (ours.polynomial_degree(), ours.is_fixed()) == (1, False)
    taken, expected = generate_standard_repn(ours), generate_standard_repn(plain)
    assert (taken.constant, taken.linear_coefs) == (constant, VALUES)
    assert [id(each) for each in taken.linear_vars] == [id(each) for each in expected.linear_vars]


def test_one_without_variables_is_a_number_to_pyomo() -> None:
    nothing = affine(np.empty(0, dtype=np.int32), np.empty(0), [], 2.5)
    assert pyo.value(nothing) == 2.5
    assert generate_standard_repn(nothing).is_constant()


def test_it_can_be_added_to_and_stays_what_it_was() -> None:
    m = variables()
    ours, plain = both(m, 1.0)
    sums = [[each + m.x[1], each - 4.0, each + each, 2 * each, -each, m.x[0] + each] for each in (ours, plain)]
    assert [str(each) for each in sums[0]] == [str(each) for each in sums[1]]
    assert str(ours) == str(plain)
    m.all = pyo.Constraint(range(6), rule=lambda _, i: sums[0][i] <= 0)
    m.cost = pyo.Objective(expr=ours)
    program = compile(m, [])
    found = program.activity(np.array([1.0, 10.0, 100.0])) - program.row_upper
    assert found.tolist() == [pyo.value(each) for each in sums[1]]
    assert program.cost.tolist() == [-1.5, 2.0, 3.0]


def model(constant: float, form: int) -> pyo.ConcreteModel:
    """max 3x_2 − 1.5x_0 + 2x_1 within it plus a constant ≤ 50, at least 10, and x_2 ≤ x_0."""
    m = variables()
    m.between = pyo.Constraint(expr=(10, both(m, constant)[form], 50))
    m.below = pyo.Constraint(expr=m.x[2] <= m.x[0])
    m.cost = pyo.Objective(expr=-both(m, constant)[form])
    return m


@pytest.mark.parametrize("constant", [0.0, 7.25])
def test_every_way_to_highs_takes_it_as_its_own(constant: float) -> None:
    ways = loaders()
    for name in (APPSI, CONTRIB):
        ours, plain = (held(ways[name](model(constant, form), [])) for form in (0, 1))
        assert differences(ours, plain) == []


def test_the_model_can_be_written_in_other_formats(tmp_path: Any) -> None:
    for ending in ("lp", "nl"):
        written = []
        for form in (0, 1):
            path = tmp_path / f"{form}.{ending}"
            model(7.25, form).write(str(path))
            written.append(path.read_text(encoding="utf-8"))
        assert written[0] == written[1]


@pytest.mark.parametrize("fixed", [(), (1,), (0, 1), (0, 1, 2)])
def test_a_program_is_the_same_either_way(fixed: tuple[int, ...]) -> None:
    ours, plain = (model(7.25, form) for form in (0, 1))
    for m in (ours, plain):
        for j in fixed:
            m.x[j].fix(5.0)
    programs = [compile(m, [m.x[0]]) for m in (ours, plain)]
    for name in ("cost", "constant", "lower", "upper", "row_lower", "row_upper", "start", "index", "value"):
        mine, other = (np.asarray(getattr(program, name)) for program in programs)
        assert mine.tolist() == other.tolist(), name
    assert programs[0].column_names() == programs[1].column_names()
    assert programs[0].row_names() == (["between", "below"] if len(fixed) < 3 else [])


def test_fixed_variables_count_as_constants() -> None:
    # x_1 = 5: 10 ≤ 3·x_2 − 1.5·x_0 + 10 + 7.25 ≤ 50 and x_2 ≤ x_0, so that 1.5·x is at most 32.75.
    m = model(7.25, 0)
    m.x[1].fix(5.0)
    program = compile(m, [*m.x.values()])
    assert program.row_lower.tolist() == [-7.25, -math.inf]
    assert program.row_upper.tolist() == [32.75, 0.0]
    answer = solve(program, Options(gap=0.0))
    assert answer.solution is Solution.FEASIBLE
    assert answer.objective == pytest.approx(-50.0)


def test_a_model_with_it_can_be_copied() -> None:
    m = model(7.25, 0)
    copy = m.clone()
    copy.x[0].fix(0.0)
    assert str(copy.cost.expr) == str(m.cost.expr)
    assert copy.between.body.args[1].arg(1) is copy.x[2]
