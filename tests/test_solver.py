"""From models to answers: every model here is small enough that its optimum can be worked out by hand."""

import gc
import json
import math
import os
import signal
import subprocess
import sys
import threading
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from highspy import Highs, HighsModelStatus

from planner.solver import Answer, Feasibility, Options, Program, Snapshot, Stop, solve, supervision, write_mps
from planner.solver import compile as compile_model
from planner.solver.answer import why_stopped
from planner.solver.exact_integers import with_exact_integers
from planner.solver.highs import SearchResult, load
from planner.solver.mps import LONGEST, mps_names
from planner.solver.search_state import SearchState

EXACT = Options(gap=0.0)


def answer_of(m: pyo.ConcreteModel, *variables: Any, options: Options = EXACT, **more: Any) -> Answer:
    return solve(compile_model(m, variables), options, **more)


def diet() -> pyo.ConcreteModel:
    """min 3x + 2y + 10 with x + y ≥ 4, x + 3y ≥ 6, x, y ≥ 0.

    Corners: (6, 0) 28, (3, 1) 21, (0, 4) 18. Cheapest (0, 4): 18.
    """
    m = pyo.ConcreteModel()
    m.x, m.y = (pyo.Var(domain=pyo.NonNegativeReals) for _ in range(2))
    m.energy = pyo.Constraint(expr=m.x + m.y >= 4)
    m.protein = pyo.Constraint(expr=m.x + 3 * m.y >= 6)
    m.cost = pyo.Objective(expr=3 * m.x + 2 * m.y + 10)
    return m


def knapsack() -> pyo.ConcreteModel:
    """Worth 8, 11, 6, 4 at weights 5, 7, 4, 3 within 14: the last three weigh 14 and are worth 21, no other set more.

    (First and second: 12, worth 19; first, third and fourth: 12, worth 18. The relaxation reaches 22.)
    """
    m = pyo.ConcreteModel()
    m.take = pyo.Var(range(4), domain=pyo.Binary)
    m.fits = pyo.Constraint(expr=pyo.sum_product([5, 7, 4, 3], m.take, index=range(4)) <= 14)
    m.cost = pyo.Objective(expr=-pyo.sum_product([8, 11, 6, 4], m.take, index=range(4)))
    return m


def market_split(rows: int = 6, customers: int = 50) -> Program:
    """Split every product's sales in half, as nearly as possible: problems that branch and bound cannot close."""
    random = np.random.default_rng(1)
    sales = random.integers(0, 100, (rows, customers)).astype(float)
    n = customers + 2 * rows  # each row: sales · x + missing − excess = half, at the cost of missing + excess
    entries = np.hstack([sales, np.eye(rows), -np.eye(rows)])
    row, column = np.nonzero(entries.T)[::-1]
    half = np.floor(sales.sum(axis=1) / 2)
    return Program(
        cost=np.repeat([0.0, 1.0], [customers, 2 * rows]),
        constant=0.0,
        lower=np.zeros(n),
        upper=np.repeat([1.0, np.inf], [customers, 2 * rows]),
        integer=np.arange(n) < customers,
        row_lower=half,
        row_upper=half,
        start=np.concatenate([[0], np.cumsum(np.bincount(column, minlength=n))]).astype(np.int32),
        index=row.astype(np.int32),
        value=entries[row, column],
    )


# Solutions


def test_a_linear_program_with_a_constant_in_its_objective() -> None:
    m = diet()
    answer = answer_of(m, m.y, m.x)
    assert answer.stop is Stop.PROVEN
    assert answer.feasibility is Feasibility.FEASIBLE
    assert answer.x is not None
    assert answer.x.tolist() == [4.0, 0.0]
    assert (answer.objective, answer.bound, answer.gap) == (18.0, 18.0, 0.0)
    assert answer.primal_violation == 0.0
    assert answer.highs_version == Highs().version()


def test_a_mixed_integer_program_with_exact_integers() -> None:
    m = knapsack()
    answer = answer_of(m, *m.take.values())
    assert answer.proven
    assert answer.x is not None
    assert answer.x.tolist() == [0.0, 1.0, 1.0, 1.0]
    assert (answer.objective, answer.integrality) == (-21.0, 0.0)


def test_variables_that_are_given_come_first() -> None:
    m = diet()
    program = compile_model(m, [m.y])
    assert program.variable_names() == ["y", "x"]
    answer = solve(program, EXACT)
    assert answer.x is not None
    assert answer.x.tolist() == [4.0, 0.0]


def test_ranges_and_equalities_are_one_row_each() -> None:
    # min y with 2 ≤ x + y ≤ 8 and x − y = −1: y = x + 1, so 2 ≤ 2x + 1, x = 0.5, y = 1.5.
    m = pyo.ConcreteModel()
    m.x, m.y = (pyo.Var() for _ in range(2))
    m.range = pyo.Constraint(expr=(2, m.x + m.y, 8))
    m.equality = pyo.Constraint(expr=m.x - m.y == -1)
    m.least = pyo.Constraint(expr=m.x >= -7)
    m.cost = pyo.Objective(expr=m.y)
    program = compile_model(m, [m.x, m.y])
    assert program.row_names() == ["range", "equality", "least"]
    assert program.row_lower.tolist() == [2.0, -1.0, -7.0]
    assert program.row_upper.tolist() == [8.0, -1.0, math.inf]
    assert program.activity(np.array([3.0, 1.0])).tolist() == [4.0, 2.0, 3.0]
    answer = solve(program, EXACT)
    assert answer.x == pytest.approx([0.5, 1.5])


def test_any_linear_expression_is_read() -> None:
    # Sums, differences, multiples of sums, parameters, named expressions, and a variable on both sides.
    m = pyo.ConcreteModel()
    m.x, m.y, m.z = (pyo.Var() for _ in range(3))
    m.p = pyo.Param(mutable=True, initialize=2.0)
    m.named = pyo.Expression(expr=m.x - 3 * m.y + 4)
    m.many = pyo.Constraint(expr=3 * (m.x + m.y) - (m.z - 2 * m.x) - 1 <= m.p * m.y + m.x)
    m.multiple = pyo.Constraint(expr=m.named * m.p >= m.p + m.z)
    m.product = pyo.Constraint(expr=m.z * m.y - m.x == 5)
    m.gone = pyo.Constraint(expr=m.x + m.y - m.x <= 2)
    m.number = pyo.Constraint(expr=np.float64(3.0) <= m.x)
    m.z.fix(7.0)
    m.cost = pyo.Objective(expr=m.named)
    program = compile_model(m, [m.x, m.y])
    dense = np.zeros((5, 2))
    dense[program.index, np.repeat([0, 1], np.diff(program.start))] = program.value
    assert dense.tolist() == [[4.0, 1.0], [-2.0, 6.0], [-1.0, 7.0], [0.0, 1.0], [1.0, 0.0]]
    assert program.row_lower.tolist() == [-math.inf, -math.inf, 5.0, -math.inf, 3.0]
    assert program.row_upper.tolist() == [8.0, -1.0, 5.0, 2.0, math.inf]
    assert (program.cost.tolist(), program.constant) == ([1.0, -3.0], 4.0)
    assert len(program.value) == 8


def test_fixed_variables_keep_their_value_and_count_in_rows_and_cost() -> None:
    # y fixed at 1 and x, of the same family, free: x ≥ 3 for both rows, cost 3·3 + 2·1 + 10 = 21.
    m = pyo.ConcreteModel()
    m.of = pyo.Var(["x", "y", "z"], domain=pyo.NonNegativeReals)
    m.energy = pyo.Constraint(expr=m.of["x"] + m.of["y"] >= 4)
    m.protein = pyo.Constraint(expr=m.of["x"] + 3 * m.of["y"] >= 6)
    m.cost = pyo.Objective(expr=3 * m.of["x"] + 2 * m.of["y"] + 10)
    m.of["y"].fix(1.0)
    m.of["z"].fix(2.5)
    answer = answer_of(m, m.of["z"], m.of["y"], m.of["x"])
    assert answer.x is not None
    assert answer.x.tolist() == [2.5, 1.0, 3.0]
    assert answer.objective == 21.0


def test_a_fixed_variable_without_a_value_is_an_error() -> None:
    m = diet()
    m.z = pyo.Var()
    m.z.fixed = True
    with pytest.raises(RuntimeError, match="the variable z is fixed, but has no value"):
        compile_model(m, [m.z])


def test_unused_variables_are_as_near_to_zero_as_their_bounds_allow() -> None:
    m = diet()
    m.free, m.zero = pyo.Var(), pyo.Var(bounds=(-1, 1))
    m.above, m.below = pyo.Var(bounds=(3, 9)), pyo.Var(bounds=(-9, -2))
    m.whole = pyo.Var(domain=pyo.Integers, bounds=(0.5, 9))
    m.nothing = pyo.Constraint(expr=0 * m.above + m.x >= 0)
    answer = answer_of(m, m.x, m.free, m.zero, m.above, m.below, m.whole)
    assert answer.x is not None
    assert answer.x.tolist() == [0.0, 0.0, 0.0, 3.0, -2.0, 1.0, 4.0]
    assert answer.proven


def test_a_program_without_names_does_not_keep_the_model() -> None:
    m = diet()
    gone = weakref.ref(m.energy)
    program = compile_model(m, [m.y]).without_names()
    assert (program.variable_names(), program.row_names()) == (["x0", "x1"], ["row0", "row1"])
    del m
    gc.collect()
    assert gone() is None
    assert solve(program, EXACT).objective == 18.0


def test_a_model_without_variables_costs_its_constant() -> None:
    m = pyo.ConcreteModel()
    m.cost = pyo.Objective(expr=7.0)
    answer = answer_of(m)
    assert (answer.stop, answer.objective) == (Stop.PROVEN, 7.0)
    assert answer.x is not None
    assert answer.x.shape == (0,)


# No solution


def test_infeasible() -> None:
    m = diet()
    m.limit = pyo.Constraint(expr=m.x + m.y <= 3)
    answer = answer_of(m)
    assert (answer.stop, answer.feasibility, answer.x) == (Stop.INFEASIBLE, Feasibility.NONE, None)
    assert (answer.objective, answer.bound, answer.gap) == (None, None, None)


def test_infeasible_for_integers_only() -> None:
    # 2x = 3 has a solution, but no whole one.
    m = pyo.ConcreteModel()
    m.x = pyo.Var(domain=pyo.Integers, bounds=(0, 9))
    m.odd = pyo.Constraint(expr=2 * m.x == 3)
    m.cost = pyo.Objective(expr=m.x)
    assert answer_of(m).stop is Stop.INFEASIBLE


@pytest.mark.parametrize("variables", [True, False])
def test_a_row_without_variables_that_does_not_hold_is_infeasible(variables: bool) -> None:
    m = diet() if variables else pyo.ConcreteModel()
    if not variables:
        m.cost = pyo.Objective(expr=0.0)
    m.none = pyo.Var(["a"], domain=pyo.Binary)
    m.impossible = pyo.Constraint(expr=(1, 0 * m.none["a"], 2))
    m.rounding = pyo.Constraint(expr=0 * m.none["a"] >= 1e-12)
    m.holds = pyo.Constraint(expr=0 * m.none["a"] <= 1)
    program = compile_model(m, [])
    assert program.row_names()[-1] == "impossible"
    assert (program.row_lower[-1], program.row_upper[-1]) == (1.0, 2.0)
    assert solve(program, EXACT).stop is Stop.INFEASIBLE
    assert m.impossible.active
    assert m.rounding.active


def test_bounds_that_cross_are_infeasible() -> None:
    m = diet()
    m.x.setlb(5)
    m.x.setub(4)
    assert answer_of(m).stop is Stop.INFEASIBLE


def test_unbounded_linear() -> None:
    m = diet()
    m.cost.expr = m.x - m.y
    answer = answer_of(m)
    assert (answer.stop, answer.feasibility, answer.bound) == (Stop.UNBOUNDED, Feasibility.NONE, None)


def unbounded_or_infeasible(right: float) -> pyo.ConcreteModel:
    """min −x − z with 2x − 2y = right, all whole: unbounded for an even right side, infeasible for an odd one."""
    m = pyo.ConcreteModel()
    m.x, m.y, m.z = (pyo.Var(domain=pyo.NonNegativeIntegers) for _ in range(3))
    m.parity = pyo.Constraint(expr=2 * m.x - 2 * m.y == right)
    m.other = pyo.Constraint(expr=m.x + m.y + m.z >= 1)
    m.cost = pyo.Objective(expr=-m.x - m.z)
    return m


def test_unbounded_or_infeasible_is_resolved() -> None:
    undecided = load(compile_model(unbounded_or_infeasible(2), []))
    undecided.run()
    assert undecided.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible
    assert answer_of(unbounded_or_infeasible(2)).stop is Stop.UNBOUNDED
    bounded = unbounded_or_infeasible(3)
    bounded.end = pyo.Constraint(expr=bounded.x + bounded.y <= 1000)  # z alone is unbounded
    assert answer_of(bounded).stop is Stop.INFEASIBLE


def test_every_status_of_highs_has_a_meaning_and_only_optimal_means_proven() -> None:
    meaning = {name: why_stopped(status) for name, status in HighsModelStatus.__members__.items()}
    assert [name for name, stop in meaning.items() if stop is Stop.PROVEN] == ["kOptimal"]
    assert meaning["kUnknown"] is Stop.UNKNOWN
    assert meaning["kIterationLimit"] is Stop.UNKNOWN
    assert meaning["kSolveError"] is Stop.ERROR


# Models that are refused


def test_maximising_is_refused() -> None:
    m = diet()
    m.cost.sense = pyo.maximize
    with pytest.raises(RuntimeError, match="the objective cost is maximised; only minimising is supported"):
        compile_model(m, [])


def test_there_is_one_objective() -> None:
    m = diet()
    m.second = pyo.Objective(expr=m.x)
    with pytest.raises(RuntimeError, match="exactly one active objective, found cost, second"):
        compile_model(m, [])
    m.cost.deactivate()
    m.second.deactivate()
    with pytest.raises(RuntimeError, match="exactly one active objective, found none"):
        compile_model(m, [])


def test_a_model_that_is_not_linear_is_refused() -> None:
    m = diet()
    m.product = pyo.Constraint(expr=m.x * m.y <= 4)
    with pytest.raises(RuntimeError, match="product is not linear"):
        compile_model(m, [])
    m.product.deactivate()
    m.cost.expr = m.x**2
    with pytest.raises(RuntimeError, match="cost is not linear"):
        compile_model(m, [])


def test_components_of_other_kinds_are_refused() -> None:
    m = diet()
    m.of = pyo.Var(range(2))
    m.either = pyo.SOSConstraint(var=m.of, sos=1)
    with pytest.raises(ValueError, match="not part of a linear program: either"):
        compile_model(m, [])
    m.either.deactivate()
    assert answer_of(m).objective == 18.0


def test_numbers_that_are_not_finite_are_named() -> None:
    program = compile_model(diet(), [])
    faulty = replace(program, value=np.where(program.value == 3.0, np.inf, program.value))
    assert list(faulty.faults()) == ["the coefficient of y in protein is inf"]
    m = diet()
    m.cost.expr = 1e400 * m.x
    with pytest.raises(RuntimeError, match="the cost of x is inf"):
        compile_model(m, [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gap": -0.1}, "the gap -0.1 is not"),
        ({"gap": math.nan}, "the gap nan is not"),
        ({"time_limit_s": -1.0}, "the time limit -1.0 s is not"),
        ({"threads": 0}, "0 threads are less than 1"),
        ({"seed": 2**31}, "the seed 2147483648 is not"),
    ],
)
def test_options_check_themselves(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**options)


# Stopping early


def set_already() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def test_a_time_limit_without_a_solution() -> None:
    answer = solve(market_split(), Options(time_limit_s=0.0))
    assert (answer.stop, answer.feasibility, answer.x, answer.gap) == (Stop.TIME_LIMIT, Feasibility.NONE, None, None)


def everything_missing(program: Program) -> np.ndarray[Any, Any]:
    """x = 0 and each row's half missing: fulfils every row of a market split."""
    x = np.zeros(len(program.cost))
    x[50:56] = program.row_lower
    return x


def test_a_time_limit_keeps_the_start() -> None:
    program = market_split()
    start = everything_missing(program)
    answer = solve(program, Options(time_limit_s=0.0), start=start)
    assert (answer.stop, answer.feasibility, answer.proven) == (Stop.TIME_LIMIT, Feasibility.FEASIBLE, False)
    assert answer.x is not None
    assert answer.x.tolist() == start.tolist()
    assert answer.objective == program.row_lower.sum()


def test_a_partial_start_is_completed_even_if_there_is_no_time() -> None:
    # With nothing sold all halves are missing, and nothing else can be.
    program = market_split()
    start = np.where(program.integer, 0.0, np.nan)
    answer = solve(program, Options(time_limit_s=0.0), start=start)
    assert (answer.stop, answer.feasibility) == (Stop.TIME_LIMIT, Feasibility.FEASIBLE)
    assert answer.objective == pytest.approx(program.row_lower.sum())
    answer = solve(program, Options(), start=start, stop=set_already())
    assert (answer.stop, answer.feasibility) == (Stop.INTERRUPTED, Feasibility.FEASIBLE)
    assert answer.objective is not None
    assert answer.objective <= program.row_lower.sum() + 1e-6


def test_a_start_that_is_infeasible_is_no_solution() -> None:
    program = market_split()
    impossible = replace(program, upper=np.where(program.integer, 1.0, 3.0))  # no plan misses so little
    answer = solve(impossible, Options(time_limit_s=0.0), start=np.ones(len(program.cost)))
    assert answer.feasibility is Feasibility.NONE
    unknown = np.full(len(program.cost), np.nan)
    assert solve(program, Options(time_limit_s=0.0), start=unknown).feasibility is Feasibility.NONE


def test_a_start_has_a_value_for_every_variable() -> None:
    with pytest.raises(ValueError, match="the start has shape"):
        solve(market_split(), Options(), start=np.zeros(3))


def test_another_thread_can_stop_it_at_the_first_solution() -> None:
    stop, seen = threading.Event(), []

    def enough(snapshot: Snapshot) -> None:
        seen.append(snapshot)
        if snapshot.incumbent is not None:
            stop.set()

    answers: list[Answer] = []
    work = threading.Thread(
        target=lambda: answers.append(solve(market_split(), Options(), on_progress=enough, stop=stop))
    )
    work.start()
    work.join()
    (answer,) = answers
    assert (answer.stop, answer.feasibility) == (Stop.INTERRUPTED, Feasibility.FEASIBLE)
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound < answer.objective
    assert seen[-1].incumbent == pytest.approx(answer.objective)


# The best worth is 21, the relaxation's 22.
@pytest.mark.parametrize(
    ("target", "stop"),
    [(-18.0, Stop.TARGET_MET), (-21.0, Stop.TARGET_MET), (-21.5, Stop.TARGET_MISSED), (-25.0, Stop.TARGET_MISSED)],
)
def test_a_target_is_met_or_missed(target: float, stop: Stop) -> None:
    m = knapsack()
    answer = answer_of(m, *m.take.values(), options=Options(gap=0.0, target=target))
    assert answer.stop is stop
    assert answer.bound is not None
    if stop is Stop.TARGET_MET:
        assert answer.objective is not None
        assert answer.bound <= answer.objective <= target
    else:
        assert answer.bound > target


def test_a_target_ends_the_search() -> None:
    answer = solve(market_split(), Options(target=1e6, time_limit_s=600.0))
    assert (answer.stop, answer.feasibility) == (Stop.TARGET_MET, Feasibility.FEASIBLE)
    assert answer.bound is not None
    assert answer.objective is not None
    assert answer.bound < answer.objective  # nothing was proven


def test_a_search_that_does_not_stop_in_time_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    # The search never hears the request to stop: it asks another event.
    deaf = threading.Event()
    monkeypatch.setattr("planner.solver.supervision.GRACE_S", 0.0)
    monkeypatch.setattr(SearchState, "must_stop", property(lambda _: deaf.is_set()))
    stop = threading.Event()

    def enough(snapshot: Snapshot) -> None:
        if snapshot.incumbent is not None and snapshot.bound is not None:
            stop.set()

    program = market_split()
    try:
        answer = solve(program, Options(), on_progress=enough, stop=stop)
    finally:
        deaf.set()
        for thread in threading.enumerate():
            if thread.name == "HiGHS":
                thread.join()
    assert (answer.stop, answer.feasibility) == (Stop.INTERRUPTED, Feasibility.FEASIBLE)
    assert answer.x is not None
    assert answer.objective == pytest.approx(program.objective(answer.x))
    assert answer.bound is not None


def test_an_error_in_on_progress_stops_the_solve_and_is_raised() -> None:
    def fail(_: Snapshot) -> None:
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        solve(market_split(), Options(), on_progress=fail)
    assert "HiGHS" not in {thread.name for thread in threading.enumerate()}


def test_several_solves_at_the_same_time_with_different_numbers_of_threads() -> None:
    program = compile_model(knapsack(), [])
    answers: list[Answer] = []
    work = [
        threading.Thread(target=lambda n=n: answers.append(solve(program, Options(threads=1 + n % 2))))
        for n in range(6)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert [answer.objective for answer in answers] == [-21.0] * 6


CHILD = """
import json, sys
from tests_market_split import market_split
from planner.solver import Options, solve

def tell(snapshot):
    if snapshot.incumbent is not None:
        print("incumbent", flush=True)

answer = solve(market_split(), Options(gap=0.0), on_progress=tell)
print(json.dumps([answer.stop, answer.feasibility, answer.objective, answer.primal_violation]), flush=True)
"""


@pytest.fixture
def child(tmp_path: Path) -> Any:
    """A process that solves a market split and prints when it has a solution."""
    source = Path(__file__).read_text(encoding="utf-8")
    begin = source.index("def market_split")
    body = source[begin : source.index("\n\n\n", begin)]
    header = "import numpy as np\nfrom planner.solver import Program\n\n"
    (tmp_path / "tests_market_split.py").write_text(header + body, encoding="utf-8")
    here = str(Path(__file__).parents[1])
    path = os.pathsep.join([str(tmp_path), here, os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to processes in another way there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_the_best_solution(child: "subprocess.Popen[str]", number: signal.Signals) -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == "incumbent\n"
    child.send_signal(number)
    lines, errors = child.communicate()
    assert (child.returncode, errors) == (0, "")
    stop, solution, objective, violation = json.loads(lines.splitlines()[-1])
    assert (stop, solution) == ("interrupted", "feasible")
    assert 0 < objective < 10_000
    assert violation <= 1e-6


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to processes in another way there")
def test_a_second_signal_gives_up() -> None:
    code = """
import signal, threading
from planner.solver.interrupts import heeding_signals
stop = threading.Event()
try:
    with heeding_signals(stop):
        signal.raise_signal(signal.SIGINT)
        print("asked", stop.is_set())
        signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("given up")
signal.signal(signal.SIGINT, signal.SIG_IGN)
stop = threading.Event()
with heeding_signals(stop):
    signal.raise_signal(signal.SIGINT)
    print("asked", stop.is_set())
"""
    here = Path(__file__).parents[1]
    run_ = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert run_.stdout.splitlines() == ["asked True", "given up", "asked False"]


def test_signal_handlers_are_restored() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    answer_of(knapsack())
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


# Exact integers


def big_m(rest: float) -> Program:
    """min 100·on − x with x ≤ 1e6·on and x ≤ 2, and x ≥ rest: a millionth of `on` allows x = 1."""
    return Program(
        cost=np.array([100.0, -1.0]),
        constant=0.0,
        lower=np.array([0.0, rest]),
        upper=np.array([1.0, 2.0]),
        integer=np.array([True, False]),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([0.0]),
        start=np.array([0, 1, 2], dtype=np.int32),
        index=np.array([0, 0], dtype=np.int32),
        value=np.array([-1e6, 1.0]),
    )


def test_rounding_changes_the_other_variables_where_it_must() -> None:
    # on = 1e-6 is rounded to 0, so that x, which was 1, has to fall to 0.
    assert with_exact_integers(big_m(0.0), np.array([1e-6, 1.0]), Options()).tolist() == [0.0, 0.0]


def test_a_solution_that_cannot_be_rounded_is_left_as_it_is() -> None:
    # x ≥ 0.5 needs some `on`; with `on` at 0 the row is violated.
    x = np.array([1e-6, 1.0])
    assert with_exact_integers(big_m(0.5), x, Options()).tolist() == x.tolist()
    assert big_m(0.5).fractionality(x) == 1e-6


def test_a_proof_is_withdrawn_where_exact_integers_cost_more_than_the_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    # HiGHS with a loose tolerance would pay 1e-6 · 100 for x = 1: cost −0.9999; with `on` at 0 and x at 0 it is 0.
    def loose(*arguments: Any) -> SearchResult:
        return replace(supervision.supervise(*arguments), x=np.array([1e-6, 1.0]), bound=-0.9999)

    monkeypatch.setattr("planner.solver.solving.supervise", loose)
    answer = solve(big_m(0.0), EXACT)
    assert (answer.stop, answer.feasibility) == (Stop.INEXACT, Feasibility.FEASIBLE)
    assert (answer.objective, answer.integrality, answer.gap) == (0.0, 0.0, math.inf)
    assert not answer.proven


def test_rounding_errors_are_removed_only_where_the_rows_allow_it() -> None:
    noisy = np.array([1.0 - 1e-12, -1e-12])
    assert with_exact_integers(big_m(0.0), noisy, Options()).tolist() == [1.0, 0.0]
    tight = replace(big_m(0.0), integer=np.array([False, False]), lower=np.array([0.0, 5e-4]))
    kept = np.array([5e-10, 5e-4])
    assert with_exact_integers(tight, kept, Options()).tolist() == kept.tolist()


# Progress and files


def test_progress_is_reported_at_least_once_and_ends_at_the_answer() -> None:
    seen: list[Snapshot] = []
    m = knapsack()
    answer = answer_of(m, on_progress=seen.append)
    assert (seen[-1].incumbent, seen[-1].bound, seen[-1].gap) == (answer.objective, answer.bound, 0.0)


def test_an_mps_file_has_the_same_optimum_and_readable_names(tmp_path: Path) -> None:
    # The knapsack beside a second block that costs 2.5 at least, a fixed 1.25 and a constant of 10: −21 + 13.75.
    m = knapsack()
    m.site = pyo.Block()
    m.site.share = pyo.Var(["north hall", "south"], bounds=(0.5, 2.5))
    m.site.share["south"].fix(1.25)
    m.site.ready = pyo.Constraint(["north hall"], rule=lambda b, name: (2, b.share[name] * 0.8, 9))
    m.site.idle = pyo.Var(bounds=(0.25, 0.75))
    m.cost.expr += m.site.share["north hall"] + m.site.share["south"] + 10
    program = compile_model(m, [*m.take.values(), m.site.idle, m.site.share["south"], m.site.share["north hall"]])
    answer = solve(program, EXACT)
    assert answer.objective == pytest.approx(-7.25)
    path = tmp_path / "model.of a case"
    write_mps(program, path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.of a case"]
    path = path.rename(tmp_path / "model.mps")
    highs = Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(path))
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(-7.25)
    names = [highs.getColName(j)[1] for j in range(highs.getNumCol())]
    assert names == [*(f"take[{i}]" for i in range(4)), "site.share[north_hall]"]
    assert [highs.getRowName(i)[1] for i in range(highs.getNumRow())] == ["fits", "site.ready[north_hall]"]


def test_names_in_files_are_short_and_unique() -> None:
    long = "x" * 200
    names = mps_names([long, long, "a b", "a_b", "", "Zürich"])
    assert names == ["x" * LONGEST, "x" * (LONGEST - 2) + "~2", "a_b", "a_b~2", "_", "Z_rich"]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = compile_model(knapsack(), [])
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_mps(program, tmp_path / "folder")
    monkeypatch.setattr("planner.solver.mps._is_whole", lambda file: False)  # as on a full disk
    with pytest.raises(OSError, match="cannot write"):
        write_mps(program, tmp_path / "model.mps")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def test_importing_the_solver_loads_neither_pyomo_nor_highs() -> None:
    loaded = "{'pyomo', 'highspy', 'scipy', 'pandas'} & set(sys.modules)"
    code = f"import sys, planner.solver, planner.solve.progress; print({loaded})"
    here = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_solving_loads_no_scipy() -> None:
    code = (
        "import sys; import pyomo.core as pyo; from planner.solver import Options, compile, solve;"
        " m = pyo.ConcreteModel(); m.x = pyo.Var(bounds=(1, 2)); m.y = pyo.Objective(expr=m.x);"
        " print(solve(compile(m, [m.x]), Options()).objective, 'scipy' in sys.modules)"
    )
    here = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert run.stdout == "1.0 False\n"
