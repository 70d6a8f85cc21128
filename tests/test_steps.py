"""Step binaries."""

import threading
from pathlib import Path

import highspy
import numpy as np
import pyomo.core as pyo
import pytest

from planner import solver
from planner.api import Case
from planner.case.shipped import path
from planner.instruments.shared.step_binaries import once
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solve.start import starting_values
from planner.solver import Options, Program, Stop
from planner.solver.warm_starts import completed, deduced
from tests.plans import solved

KEYS = [("one", "2028-01-01"), ("one", "2027-01-01"), ("one", "2029-01-01"), ("alone", "2027-01-01")]
WORTH = {KEYS[0]: 5.0, KEYS[1]: 3.0, KEYS[2]: 4.0, KEYS[3]: 1.0}


def chosen(**bounds: float) -> tuple[pyo.ConcreteModel, Program]:
    """A model that asks for the most valuable choices, with upper bounds of some of them, and its program."""
    m = pyo.ConcreteModel()
    m.choice = pyo.Var(KEYS, domain=pyo.Binary)
    m.by = pyo.Expression(KEYS)
    for key, expression in once(m, m.choice, KEYS).items():
        m.by[key].set_value(expression)
    for which, value in bounds.items():
        m.choice[KEYS[int(which[1:])]].setub(value)
    m.cost = pyo.Objective(expr=-sum(WORTH[key] * m.choice[key] for key in KEYS))
    return m, solver.compile(m, [m.choice[key] for key in KEYS])


def test_at_most_one_is_chosen_and_whole() -> None:
    _, program = chosen()
    answer = solver.solve(program, Options(gap=0.0))
    assert answer.objective == -6.0
    assert answer.x is not None
    assert answer.x[:4].tolist() == [1.0, 0.0, 0.0, 1.0]
    _, program = chosen(_0=0.0)
    answer = solver.solve(program, Options(gap=0.0))
    assert answer.x is not None
    assert answer.x[:4].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_steps_come_in_the_order_of_dates() -> None:
    """With 2028 chosen, nothing is by 2027, something by 2028 and by 2029."""
    m, program = chosen()
    answer = solver.solve(program, Options(gap=0.0))
    assert answer.x is not None
    for name, value in zip(program.variable_names(), answer.x, strict=True):
        m.find_component(name).set_value(value)
    assert [pyo.value(m.by[key]) for key in KEYS] == [1.0, 0.0, 1.0, 1.0]


def test_the_search_branches_on_steps_and_on_single_choices() -> None:
    _, program = chosen()
    names = np.array(program.variable_names())
    assert program.integer.all()
    assert set(names[program.searched]) == {
        "choice[alone,2027-01-01]", "chosen_by[one,0]", "chosen_by[one,1]", "chosen_by[one,2]",
    }  # fmt: skip


def test_choices_are_integers_in_a_file_of_the_model(tmp_path: Path) -> None:
    _, program = chosen()
    solver.write_mps(program, tmp_path / "model.mps")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(tmp_path / "model.mps"))
    assert [int(kind) for kind in highs.getLp().integrality_] == [1] * 7


@pytest.mark.parametrize(
    ("given", "steps"),
    [([0.0, 1.0, 0.0], [1.0, 1.0, 1.0]), ([1.0, 0.0, 0.0], [0.0, 1.0, 1.0]), ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])],
)
def test_steps_follow_from_choices(given: list[float], steps: list[float]) -> None:
    _, program = chosen()
    start = np.full(len(program.cost), np.nan)
    start[:4] = [*given, 0.0]
    x = deduced(program, start)
    place = {name: j for j, name in enumerate(program.variable_names())}
    assert [x[place[f"chosen_by[one,{n}]"]] for n in range(3)] == steps


def test_values_that_do_not_follow_stay_missing() -> None:
    _, program = chosen()
    start = np.full(len(program.cost), np.nan)
    start[0] = 1.0  # 2028 is chosen: that says nothing of 2027 and 2029, and the single choice is free
    x = deduced(program, start)
    assert np.flatnonzero(~np.isnan(x)).tolist() == [0, 3]
    assert x[3] == 1.0, "it is worth something"


def test_a_small_use_of_a_large_capacity_still_needs_it() -> None:
    """y ≤ 10⁶ x with y = 0.9: x is 1, although 0.0000009 would be enough if x were not an integer."""
    of = Program(
        cost=np.array([0.0, 1.0]), constant=0.0, lower=np.zeros(2), upper=np.array([9.0, 1.0]),
        integer=np.array([False, True]), row_lower=np.array([-np.inf]), row_upper=np.zeros(1),
        start=np.array([0, 1, 2], dtype=np.int32), index=np.zeros(2, dtype=np.int32), value=np.array([1.0, -1e6]),
    )  # fmt: skip
    assert deduced(of, np.array([0.9, np.nan])).tolist() == [0.9, 1.0]
    assert deduced(of, np.array([0.0, np.nan])).tolist() == [0.0, 0.0]


def test_all_values_follow_from_a_plan_to_start_from() -> None:
    """All that the model adds to the decisions follows from them, so that it need not be searched for."""
    case = Case.read(path("starter"))
    plan = solved(case)
    portfolio = Portfolio.of(case)
    program = model(portfolio).program()
    start = np.full(len(program.cost), np.nan)
    start[: portfolio.ledgers.size] = starting_values(portfolio, plan)
    assert np.isnan(start).any()
    x = deduced(program, start)
    assert not np.isnan(x).any()
    assert program.fulfilled(x, 1e-6)
    answer = solver.solve(program, Options(time_limit_s=0.0), start=start)
    assert answer.stop in (Stop.TIME_LIMIT, Stop.PROVEN)
    assert answer.objective == pytest.approx(plan.record.objective_usd_bn)


def test_integers_that_do_not_follow_are_the_best_that_fit_the_start() -> None:
    """2028 is not chosen and nothing else is given. 2029 is the most valuable other date; the single choice is free."""
    _, program = chosen()
    start = np.full(len(program.cost), np.nan)
    start[0] = 0.0
    x = completed(program, start, Options(gap=0.5), threading.Event())
    assert x[:4].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert program.fulfilled(x, 0.0)
