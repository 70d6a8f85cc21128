"""Rows that are arrays stand beside Pyomo's in one program, which is the one that Pyomo alone would give."""

import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.model.model import Peak, model
from planner.model.pyomo import whole
from planner.model.rows import Numbering, limit_rows, row, state_of
from planner.portfolio.portfolio import Portfolio
from planner.solver import Options, Program, compile, solve  # noqa: A004 - the word of the trade
from planner.solver.array_rows import ArrayCost, ArrayRows, Arrays, joined
from planner.solver.labels import NO_LABELS, Label, LabelSequence
from planner.studies.measures import AtMost, measure
from planner.studies.stress.stress import loose_in

COST = 57.69135
ARRAYS = (
    "cost", "constant", "lower", "upper", "integer", "row_lower", "row_upper", "start", "index", "value", "implied",
)  # fmt: skip


@pytest.fixture(scope="module")
def starter() -> Portfolio:
    return Portfolio.of(Case.read(path("starter")))


def differences(one: Program, other: Program) -> list[str]:
    """The arrays in which two programs differ, to the last bit, and whether their names do."""
    pairs = [(name, np.asarray(getattr(one, name)), np.asarray(getattr(other, name))) for name in ARRAYS]
    found = [name for name, a, b in pairs if a.dtype != b.dtype or a.tobytes() != b.tobytes()]
    names = (one.variable_names(), one.row_names()), (other.variable_names(), other.row_names())
    return found + ["names"] * (names[0] != names[1])


def asked(portfolio: Portfolio, what: str) -> dict[str, Any]:
    """What a study may ask of the model besides."""
    debt, loose = measure("debt", portfolio), loose_in(portfolio.case)
    return {
        "plain": {},
        "extra limits": {"extra_limits": tuple(AtMost(debt, 9.0).limits(portfolio))},
        "peak": {"peak": Peak(debt.balance(portfolio), debt.periods(portfolio.case.calendar.T))},
        "running peak": {"peak": Peak(portfolio.ledgers.balance("cash").so_far(), (1, 2))},
        "leeway": {"leeway": Leeway(loose, 0.5)},
        "least breach": {"leeway": Leeway(loose)},
        "nothing is loose": {"leeway": Leeway(lambda _: False, 0.5)},
    }[what]


@pytest.mark.parametrize(
    "what", ["plain", "extra limits", "peak", "running peak", "leeway", "least breach", "nothing is loose"]
)
def test_a_program_is_the_one_of_the_whole_model_in_pyomo(starter: Portfolio, what: str) -> None:
    words = asked(starter, what)
    m, variables = whole(starter, **words)
    ours = model(starter, **words).program()
    assert differences(ours, compile(m, variables)) == []
    assert len(ours.row_lower) > 250


@pytest.mark.parametrize("name", ["gpu-campus", "frontier-lab"])
def test_so_is_that_of_a_large_case(name: str) -> None:
    portfolio = Portfolio.of(Case.read(path(name)).change("case.period_months = 12"))
    assert differences(model(portfolio).program(), compile(*whole(portfolio))) == []


def test_a_difference_is_noticed(starter: Portfolio) -> None:
    """The comparison above can fail."""
    one = model(starter).program()
    last = np.nextafter(one.row_upper, np.inf)
    assert differences(one, replace(one, row_upper=last)) == ["row_upper"]
    assert differences(one, replace(one, rows=NO_LABELS)) == ["names"]


def test_the_whole_model_is_written_by_pyomo_and_solved_to_the_same_cost(starter: Portfolio, tmp_path: Path) -> None:
    m, _ = whole(starter)
    m.write(str(tmp_path / "starter.lp"), io_options={"symbolic_solver_labels": True})
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(tmp_path / "starter.lp"))
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(COST, rel=1e-6)
    assert "limit_debt_cap" in (tmp_path / "starter.lp").read_text(encoding="utf-8")


def test_the_whole_model_reads_as_it_is_said_to(starter: Portfolio) -> None:
    m, variables = whole(starter)
    assert {each.local_name for each in m.limit.component_objects(pyo.Constraint)} >= {"debt_cap", "meet_demand"}
    state = m.state.liquidity__cash
    carries = m.state.liquidity__cash__carries[1]
    assert (carries.equality, state[1].bounds) == (True, (None, None))
    assert {id(state[0]), id(state[1])} < {id(each) for each in carries.body.args if each.is_variable_type()} | {
        id(each.args[1]) for each in carries.body.args if not each.is_variable_type()
    }
    assert len(variables) == starter.ledgers.size


# By hand


def two() -> tuple[pyo.ConcreteModel, list[Any]]:
    """x_0 + x_1 ≤ 5, written in Pyomo with a third variable z ≤ x_0."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(2), bounds=(0, 4))
    m.z = pyo.Var(bounds=(0, None))
    m.sum = pyo.Constraint(expr=m.x[0] + m.x[1] <= 5)
    m.below = pyo.Constraint(expr=m.z <= m.x[0])
    return m, list(m.x.values())


def arrays(cost: bool = True) -> Arrays:
    """Variables 2 and 3 come first, 4 comes last; a row comes before Pyomo's and one after."""
    numbering = Numbering(2)
    early = numbering.add(("early",), [("a", 1), ("b", 2)], 0.0, first=True)
    late = numbering.add(("block", "late"), [None], -np.inf)
    before = row(("before",), np.array([0, early[1]]), np.array([1.0, -1.0]), 2.0, first=True)
    after = row(("block", "after"), np.array([1, late[0]]), np.array([3.0, 1.0]), 7.0)
    objective = ArrayCost("gain", 1.0, np.array([0, 1, 2], dtype=np.int32), np.array([-1.0, -2.0, 4.0]))
    return Arrays(tuple(numbering.variables), (after, before), objective if cost else None)


def test_variables_and_rows_come_in_their_places() -> None:
    m, variables = two()
    program = compile(m, variables, arrays())
    assert program.variable_names() == ["x[0]", "x[1]", "early[a,1]", "early[b,2]", "z", "block.late"]
    assert program.row_names() == ["before", "sum", "below", "block.after"]
    assert (program.cost.tolist(), program.constant) == ([-1.0, -2.0, 4.0, 0.0, 0.0, 0.0], 1.0)
    assert program.lower.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, -np.inf]
    assert program.row_upper.tolist() == [2.0, 5.0, 0.0, 7.0]
    found = program.activity(np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]))
    assert found.tolist() == [1.0 - 8.0, 3.0, 16.0 - 1.0, 6.0 + 32.0]


def test_an_array_variable_that_enters_nothing_is_left_out() -> None:
    m, variables = two()
    m.cost = pyo.Objective(expr=m.x[0])
    program = compile(m, variables, arrays(cost=False))
    assert "early[a,1]" not in program.variable_names()
    assert len(program.cost) == 5


def test_fixed_variables_of_pyomo_are_constants_in_rows_of_arrays_too() -> None:
    m, variables = two()
    m.x[1].fix(1.5)
    program = compile(m, variables, arrays())
    assert program.constant == 1.0 - 3.0
    assert program.row_upper.tolist() == [2.0, 3.5, 0.0, 7.0 - 4.5]
    assert (program.lower[1], program.upper[1]) == (1.5, 1.5)


def test_there_is_one_objective() -> None:
    m, variables = two()
    with pytest.raises(RuntimeError, match="exactly one active objective, found none"):
        compile(m, variables, arrays(cost=False))
    m.cost = pyo.Objective(expr=m.x[0])
    with pytest.raises(RuntimeError, match="exactly one active objective, found cost, gain"):
        compile(m, variables, arrays())


def test_a_row_of_arrays_that_says_nothing_is_left_out_where_it_holds() -> None:
    m, variables = two()
    empty = [
        row((name,), np.empty(0, dtype=np.int64), np.empty(0), most) for name, most in (("no", -1.0), ("yes", 1.0))
    ]
    program = compile(m, variables, replace(arrays(), rows=tuple(empty)))
    assert program.row_names() == ["sum", "below", "no"]
    assert solve(program, Options()).x is None


def test_a_number_that_is_none_is_named() -> None:
    m, variables = two()
    rows = row(("limit", "debt.cap"), np.array([1]), np.array([np.nan]), 1.0)
    with pytest.raises(RuntimeError, match=r"the coefficient of x\[1\] in limit.'debt.cap' is nan"):
        compile(m, variables, replace(arrays(), rows=(rows,)))


def balance(entries: Sequence[tuple[int, int, float]], constant: Sequence[float]) -> Balance:
    periods, variables, values = (np.array(each) for each in zip(*entries, strict=True))
    return Balance(periods, variables, values.astype(float), np.array(constant, dtype=float))


def test_limits_by_hand() -> None:
    """3 x_0 + 1 ≤ 2 x_0 + x_1 + 5 in period 0; 1 ≤ x_1 in period 2; nothing is decided in period 1."""
    used = balance([(0, 0, 1.0), (0, 0, 2.0)], [1.0, 1.0, 1.0])
    allowed = balance([(0, 0, 2.0), (0, 1, 1.0), (2, 1, 1.0)], [5.0, 5.0, 0.0])
    rows = limit_rows(("limit", "debt_cap"), [("cap", 0), ("cap", 2)], used, allowed, (0, 2))
    assert rows.start.tolist() == [0, 2, 3]
    assert (rows.variable.tolist(), rows.value.tolist()) == ([0, 1, 1], [1.0, -1.0, 1.0])
    assert (rows.row_lower.tolist(), rows.row_upper.tolist()) == ([-np.inf, 1.0], [4.0, np.inf])
    assert rows.label(1) == Label("limit.debt_cap", ("cap", 2))


def test_a_running_balance_by_hand() -> None:
    """state_0 = 1 + x_0, state_1 = state_0 + 2 + 3 x_1; numbers 5 and 6 are the states."""
    numbering = Numbering(5)
    state, carries = state_of(balance([(0, 0, 1.0), (1, 1, 3.0)], [1.0, 2.0]).so_far(), "cash", numbering)
    assert (state.variables.tolist(), state.running) == ([5, 6], False)
    (rows,) = carries
    assert rows.start.tolist() == [0, 2, 5]
    assert rows.variable.tolist() == [0, 5, 1, 5, 6]
    assert rows.value.tolist() == [-1.0, 1.0, -3.0, -1.0, 1.0]
    assert rows.row_lower.tolist() == rows.row_upper.tolist() == [1.0, 2.0]
    assert [rows.label(k).name for k in range(2)] == ["state.cash__carries[0]", "state.cash__carries[1]"]


def test_rows_of_one_component_are_joined_in_order() -> None:
    parts = [row(("a",), np.array([n]), np.array([float(n)]), float(n)) for n in (3, 1, 2)]
    both: ArrayRows = joined(parts)
    assert (both.start.tolist(), both.variable.tolist()) == ([0, 1, 2, 3], [3, 1, 2])
    assert (both.value.tolist(), both.row_upper.tolist(), len(both)) == ([3.0, 1.0, 2.0], [3.0, 1.0, 2.0], 3)


def test_a_limit_that_may_be_broken_is_broken_by_a_variable(starter: Portfolio) -> None:
    def loose(limit: Limit) -> bool:
        return limit.rule == "debt_cap"

    program = model(starter, leeway=Leeway(loose, 0.5)).program()
    broken = [label for label in program.variables if label.component == "breach"]
    assert broken[0] == Label("breach", ("debt_cap", "cap", 0))
    assert program.row_upper[program.row_names().index("within_breach")] == 0.5
    assert "within_breach" not in model(starter, leeway=Leeway(loose)).program().row_names()


# LabelSequence


def test_names_outlive_the_model() -> None:
    program = model(Portfolio.of(Case.read(path("starter")))).program()
    gc.collect()
    assert program.variable_name(0) == "cloud_commitment.sign[cirrus_tpu,2027-01-01,standard]"
    assert not any("Unattached" in name for name in (*program.variable_names(), *program.row_names()))
    assert program.without_names().row_name(3) == "row3"


def test_labels_are_a_sequence() -> None:
    labels = LabelSequence([(2, lambda k: Label("x", k)), (0, lambda k: Label("none", k)), (1, lambda _: Label("y"))])
    assert [label.name for label in labels] == ["x[0]", "x[1]", "y"]
    assert (labels[-1], labels[1:], len(labels)) == (Label("y"), [Label("x", 1), Label("y")], 3)
    some = labels.only(np.array([2, 0])).only(np.array([1]))
    assert (list(some), bool(labels.only(np.empty(0, dtype=int)))) == ([Label("x", 0)], False)
    with pytest.raises(IndexError, match="there are 3 labels, none in position 3"):
        labels[3]
