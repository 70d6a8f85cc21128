"""Large programs: rows that come late, and a first solution with fewer columns."""

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import solver
from planner.api import Case
from planner.basics.arrays import Vector
from planner.case.shipped import path
from planner.model.model import model
from planner.portfolio.fewer_dates import ONE_IN, left_out
from planner.portfolio.portfolio import Portfolio
from planner.solve.solve import solve as plan_of
from planner.solver import Answer, Options, Program, Stop
from planner.solver.branch_and_bound import course, relaxation
from planner.solver.branch_and_bound.late import LateRows
from planner.solver.branch_and_bound.reduced import reduced
from planner.solver.branch_and_bound.relaxation import Relaxation, State
from planner.solver.highs import load
from planner.solver.running import Board
from tests.plans import confirmed
from tests.test_search import best_of_all, never, program, two_knapsacks

EVERY = Options()


def of_shops(seed: int, shops: int = 6, goods: int = 8) -> Program:
    """Shops to open at a price, and goods to fetch from them, each cheapest somewhere: share_gs ≤ open_s come late."""
    random = np.random.default_rng(seed)
    price, fare = random.integers(5, 30, shops), random.integers(1, 40, (goods, shops))
    columns = shops + goods * shops
    rows = []
    for g in range(goods):
        needed = np.zeros(columns)
        needed[shops + g * shops : shops + (g + 1) * shops] = -1.0
        rows.append(needed)
    for g in range(goods):
        for s in range(shops):
            only_where_open = np.zeros(columns)
            only_where_open[shops + g * shops + s], only_where_open[s] = 1.0, -1.0
            rows.append(only_where_open)
    most = [-1.0] * goods + [0.0] * goods * shops
    whole = [True] * shops + [False] * goods * shops
    return program([*price.tolist(), *fare.ravel().tolist()], [list(row) for row in rows], most, whole, [1.0] * columns)


# Of x + y ≥ 2, x ≤ 3 z and y ≤ z the last two come late. At x = 0, y = 2, z = 0 both may be broken.
def test_what_comes_late_and_what_is_broken() -> None:
    of = program([3.0, 1.0, 1.0], [[-1, -1, -1], [1, 0, -3], [0, 1, -1]], [-2, 0, 0], [False] * 3, [9.0] * 3)
    late = LateRows(of)
    core = late.core
    assert core.row_upper.tolist() == [-2.0]
    assert (core.index.tolist(), core.value.tolist(), core.start.tolist()) == ([0] * 3, [-1.0] * 3, [0, 1, 2, 3])
    assert late.broken(np.array([0.0, 2.0, 0.0])).tolist() == [2]
    assert late.broken(np.array([1.0, 2.0, 0.0])).tolist() == [1, 2]
    highs = load(core, EVERY)
    highs.run()
    late.add(highs, np.array([2]))
    assert highs.getNumRow() == 2
    assert late.broken(np.array([1.0, 2.0, 0.0])).tolist() == [1], "the other is in"
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(2.0)  # y = z = 1, or z = 2
    whole = late.whole(highs.getBasis())
    again = load(of, EVERY)
    again.setBasis(whole)
    again.setOptionValue("presolve", "off")
    again.run()
    assert again.getInfo().objective_function_value == pytest.approx(2.0)
    assert again.getInfo().simplex_iteration_count == 0


def test_rows_with_two_bounds_do_not_come_late() -> None:
    of = program([1.0, 1.0], [[-1, -1]], [-1], [False] * 2, [9.0] * 2)
    assert not len(LateRows(of).core.row_upper)
    both = Program(**{**vars(of), "row_lower": np.array([-2.0])})
    assert len(LateRows(both).core.row_upper) == 1


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_relaxation_is_the_same_and_bounds_on_the_way_are_true(seed: int) -> None:
    of = of_shops(seed)
    direct = Relaxation(of, EVERY, never).first()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaxation, "LARGE", 0)
        patch.setattr(relaxation, "LITTLE", 0.0)
        bounds: list[float] = []
        late = Relaxation(of, EVERY, never)
        found = late.first(told=bounds.append)
    assert found.state is State.SOLVED
    assert found.value == pytest.approx(direct.value)
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1] <= direct.value + 1e-9
    assert found.x is not None
    assert Program(**{**vars(of), "integer": np.zeros(len(of.cost), dtype=bool)}).fulfilled(found.x, 1e-6)
    assert found.basis is not None
    so_far = late.iterations
    again = late.solve(late.lower, late.upper, found.basis, np.inf)  # its basis is one of the whole relaxation
    assert again.value == pytest.approx(direct.value)
    assert late.iterations == so_far


def test_it_is_not_solved_with_all_rows_where_some_say_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "LARGE", 0)
    monkeypatch.setattr(relaxation, "LITTLE", 0.0)
    bounds: list[float] = []
    whole = Relaxation(of_shops(3), EVERY, never)
    value = whole.first(told=bounds.append).value
    assert len(bounds) > 2
    part = Relaxation(of_shops(3), EVERY, never)
    heard: list[float] = []
    found = part.first(ceiling=bounds[1], told=heard.append)
    assert found.state is State.PRUNED
    assert bounds[1] <= found.value <= value
    assert heard == bounds[:1]
    assert part.iterations < whole.iterations


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_search_with_late_rows_finds_the_same(seed: int) -> None:
    shops, knapsacks = of_shops(seed), two_knapsacks(seed)
    best = solver.solve(shops, Options(gap=0.0)).objective
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaxation, "LARGE", 0)
        patch.setattr(course, "VAST", 0)
        found = solver.solve(shops, Options(gap=0.0))
        other = solver.solve(knapsacks, Options(gap=0.0))
    assert found.proven
    assert found.objective == pytest.approx(best)
    assert other.objective == pytest.approx(best_of_all(knapsacks), abs=1e-6)


def test_what_is_impossible_or_stopped_with_some_rows_is_so_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "LARGE", 0)
    impossible = program(
        [1.0, 1.0],
        [
            [
                -1,
                -1,
            ],
            [1, 0],
            [0, 1],
        ],
        [-9, 1, 1],
        [True] * 2,
        [9.0] * 2,
    )
    assert Relaxation(impossible, EVERY, never).first().state is State.PRUNED
    assert Relaxation(of_shops(1), EVERY, lambda: True).first().state in (State.HALTED, State.SOLVED)
    stop = threading.Event()
    stop.set()
    assert solver.solve(of_shops(1), EVERY, stop=stop).stop is Stop.INTERRUPTED


def test_a_shipped_case_with_late_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = Portfolio.of(Case.read(path("gpu-campus")))
    made = reduced(solver.compile(*model(portfolio)), EVERY)
    assert made is not None
    direct = Relaxation(made.program, EVERY, never).first().value
    monkeypatch.setattr(relaxation, "LARGE", 0)
    bounds: list[float] = []
    assert Relaxation(made.program, EVERY, never).first(told=bounds.append).value == pytest.approx(direct)
    assert len(bounds) > 2
    assert bounds[-1] == pytest.approx(direct, rel=2e-3)


@pytest.mark.parametrize(
    ("vast", "finds", "order"),
    [(0, True, ["smaller"]), (0, False, ["smaller", "dive"]), (10**9, True, ["dive", "smaller"])],
)
def test_a_vast_program_is_searched_around_its_relaxation_before_a_dive(
    monkeypatch: pytest.MonkeyPatch, vast: int, finds: bool, order: list[str]
) -> None:
    done: list[str] = []
    smaller, dive = course._Searching.smaller, course.dive

    def watched_smaller(self: course._Searching, *asked: Any) -> None:
        done.append("smaller")
        if finds:
            monkeypatch.setattr(course, "dive", dive)  # one within it is not meant
            smaller(self, *asked)
            monkeypatch.setattr(course, "dive", watched_dive)

    def watched_dive(*asked: Any) -> None:
        done.append("dive")
        dive(*asked)

    monkeypatch.setattr(course._Searching, "smaller", watched_smaller)
    monkeypatch.setattr(course, "dive", watched_dive)
    monkeypatch.setattr(course, "VAST", vast)
    assert solver.solve(of_shops(9, 12, 12), Options(gap=0.0)).proven
    assert done[: len(order)] == order
    assert vast or not finds or "dive" not in done


# Fewer columns


def test_a_first_solution_leaves_columns_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that is found has nothing of them; the answer is the best of all."""
    of = two_knapsacks(4, 14)
    aside = np.arange(15) % 2 == 0
    solutions: list[Vector] = []
    found = Board.found

    def watched(board: Board, value: float, x: Vector) -> None:
        found(board, value, x)
        solutions.append(x)

    monkeypatch.setattr(Board, "found", watched)
    answer = solver.solve(of, Options(gap=0.0), aside=aside)
    assert answer.objective == pytest.approx(best_of_all(of))
    assert not solutions[0][aside].any()
    assert solutions[0].any()
    assert solutions[-1][aside].any()
    solutions.clear()
    assert solver.solve(of, Options(gap=0.0), start=solution_of(answer), aside=aside).objective == answer.objective
    assert (solutions[0] == answer.x).all(), "where there is a start none is looked for"


def solution_of(answer: Answer) -> Vector:
    assert answer.x is not None
    return answer.x


def test_one_date_in_four_is_kept_and_what_is_decided() -> None:
    portfolio = Portfolio.of(Case.read(path("gpu-campus")))
    out = left_out(portfolio)
    names = portfolio.ledgers.names
    dates: dict[str, list[str]] = {}
    for family in portfolio.ledgers.groups:
        if family.dims[:1] == ("offer",) and family.dims[1:2] and family.dims[1].endswith("_on"):
            for offer, date, *_ in family.keys:
                dates.setdefault(str(offer), []).append(str(date))
    kept = {offer: sorted(set(found))[::ONE_IN] for offer, found in dates.items()}
    assert 0.2 < out.mean() < 0.9
    for name, left in zip(names, out.tolist(), strict=True):
        inside = name.partition("[")[2].rstrip("]").split(",")
        if left:
            assert inside[1] not in kept[inside[0]]
    for family in portfolio.ledgers.groups:
        of = out[family.first : family.first + len(family.keys)]
        assert not (of & (family.lower > 0.0)).any()
        if family.dims[:1] != ("offer",) or not family.dims[1:2] or not family.dims[1].endswith("_on"):
            assert not of.any()


def test_a_plan_made_like_that_of_a_very_large_case_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import planner.solve.solve as solving

    case = Case.read(path("gpu-campus"))
    plan = plan_of(case)
    monkeypatch.setattr(solving, "VERY_LARGE", 0)
    monkeypatch.setattr(relaxation, "LARGE", 0)
    monkeypatch.setattr(course, "VAST", 0)
    seen: list[tuple[float | None, float | None]] = []
    again = confirmed(plan_of(case, on_progress=lambda now: seen.append((now.incumbent, now.bound))))
    assert again.proven
    low = max(plan.record.bound_usd_bn or 0.0, again.record.bound_usd_bn or 0.0)
    assert low <= min(plan.record.objective_usd_bn, again.record.objective_usd_bn) + 1e-6


def test_what_has_no_least_value_without_some_rows_is_solved_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profit of x ≤ 3 z and x ≤ 2 w: with both left out nothing bounds x."""
    of = program([-1.0, 0.5, 0.5], [[1, -3, 0], [1, 0, -2], [0, 1, 1]], [0, 0, 4.0], [False] * 3, [np.inf] * 3)
    direct = Relaxation(of, EVERY, never).first()
    monkeypatch.setattr(relaxation, "LARGE", 0)
    found = Relaxation(of, EVERY, never).first()
    assert found.state is State.SOLVED
    assert found.value == pytest.approx(direct.value)
    assert found.value < -1.0
