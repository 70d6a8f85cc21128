"""Large programs: lazy rows, and a first solution with fewer decisions."""

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
from planner.solver.branch_and_bound import relaxation, search
from planner.solver.branch_and_bound.lazy_rows import LazyRows
from planner.solver.branch_and_bound.presolved import presolve
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationStatus
from planner.solver.highs import load
from planner.solver.search_state import SearchState
from tests.plans import confirmed
from tests.test_search import best_of_all, never, program, two_knapsacks

DEFAULT = Options()


def of_shops(seed: int, shops: int = 6, goods: int = 8) -> Program:
    """Shops to open at a price, and goods to fetch from one of them each. The rows share_gs ≤ open_s are lazy."""
    random = np.random.default_rng(seed)
    price, fare = random.integers(5, 30, shops), random.integers(1, 40, (goods, shops))
    variables = shops + goods * shops
    rows = []
    for g in range(goods):
        needed = np.zeros(variables)
        needed[shops + g * shops : shops + (g + 1) * shops] = -1.0
        rows.append(needed)
    for g in range(goods):
        for s in range(shops):
            only_where_open = np.zeros(variables)
            only_where_open[shops + g * shops + s], only_where_open[s] = 1.0, -1.0
            rows.append(only_where_open)
    most = [-1.0] * goods + [0.0] * goods * shops
    whole = [True] * shops + [False] * goods * shops
    return program(
        [*price.tolist(), *fare.ravel().tolist()], [list(row) for row in rows], most, whole, [1.0] * variables
    )


# Of x + y + z ≥ 2, x ≤ 3 z and y ≤ z the last two are lazy. x = 0, y = 2, z = 0 violates the last one.
def test_which_rows_are_lazy_and_which_are_violated() -> None:
    of = program([3.0, 1.0, 1.0], [[-1, -1, -1], [1, 0, -3], [0, 1, -1]], [-2, 0, 0], [False] * 3, [9.0] * 3)
    lazy = LazyRows(of)
    core = lazy.core
    assert core.row_upper.tolist() == [-2.0]
    assert (core.index.tolist(), core.value.tolist(), core.start.tolist()) == ([0] * 3, [-1.0] * 3, [0, 1, 2, 3])
    assert lazy.violated(np.array([0.0, 2.0, 0.0])).tolist() == [2]
    assert lazy.violated(np.array([1.0, 2.0, 0.0])).tolist() == [1, 2]
    highs = load(core, DEFAULT)
    highs.run()
    lazy.add(highs, np.array([2]))
    assert highs.getNumRow() == 2
    assert lazy.violated(np.array([1.0, 2.0, 0.0])).tolist() == [1], "the other is in the relaxation"
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(2.0)  # y = z = 1, or z = 2
    whole = lazy.full_basis(highs.getBasis())
    again = load(of, DEFAULT)
    again.setBasis(whole)
    again.setOptionValue("presolve", "off")
    again.run()
    assert again.getInfo().objective_function_value == pytest.approx(2.0)
    assert again.getInfo().simplex_iteration_count == 0


def test_rows_with_two_bounds_are_not_lazy() -> None:
    of = program([1.0, 1.0], [[-1, -1]], [-1], [False] * 2, [9.0] * 2)
    assert not len(LazyRows(of).core.row_upper)
    both = Program(**{**vars(of), "row_lower": np.array([-2.0])})
    assert len(LazyRows(both).core.row_upper) == 1


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_relaxation_is_the_same_and_the_bounds_before_it_are_true(seed: int) -> None:
    of = of_shops(seed)
    direct = Relaxation(of, DEFAULT, never).solve_root()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaxation, "LARGE", 0)
        patch.setattr(relaxation, "LITTLE", 0.0)
        bounds: list[float] = []
        lazy = Relaxation(of, DEFAULT, never)
        found = lazy.solve_root(on_bound=bounds.append)
    assert found.status is RelaxationStatus.OPTIMAL
    assert found.value == pytest.approx(direct.value)
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1] <= direct.value + 1e-9
    assert found.x is not None
    assert Program(**{**vars(of), "integer": np.zeros(len(of.cost), dtype=bool)}).fulfilled(found.x, 1e-6)
    assert found.basis is not None
    so_far = lazy.iterations
    again = lazy.solve(lazy.lower, lazy.upper, found.basis, np.inf)  # its basis fits the whole relaxation
    assert again.value == pytest.approx(direct.value)
    assert lazy.iterations == so_far


def test_it_is_not_solved_with_all_rows_where_some_reach_the_cutoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "LARGE", 0)
    monkeypatch.setattr(relaxation, "LITTLE", 0.0)
    bounds: list[float] = []
    whole = Relaxation(of_shops(3), DEFAULT, never)
    value = whole.solve_root(on_bound=bounds.append).value
    assert len(bounds) > 2
    partly = Relaxation(of_shops(3), DEFAULT, never)
    heard: list[float] = []
    found = partly.solve_root(cutoff=bounds[1], on_bound=heard.append)
    assert found.status is RelaxationStatus.CUT_OFF
    assert bounds[1] <= found.value <= value
    assert heard == bounds[:1]
    assert partly.iterations < whole.iterations


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_search_with_lazy_rows_finds_the_same_optimum(seed: int) -> None:
    shops, knapsacks = of_shops(seed), two_knapsacks(seed)
    best = solver.solve(shops, Options(gap=0.0)).objective
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relaxation, "LARGE", 0)
        patch.setattr(search, "VAST", 0)
        found = solver.solve(shops, Options(gap=0.0))
        other = solver.solve(knapsacks, Options(gap=0.0))
    assert found.proven
    assert found.objective == pytest.approx(best)
    assert other.objective == pytest.approx(best_of_all(knapsacks), abs=1e-6)


def test_a_relaxation_with_lazy_rows_can_be_infeasible_or_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "LARGE", 0)
    impossible = program([1.0, 1.0], [[-1, -1], [1, 0], [0, 1]], [-9, 1, 1], [True] * 2, [9.0] * 2)
    assert Relaxation(impossible, DEFAULT, never).solve_root().status is RelaxationStatus.CUT_OFF
    assert Relaxation(of_shops(1), DEFAULT, lambda: True).solve_root().status in (
        RelaxationStatus.INTERRUPTED,
        RelaxationStatus.OPTIMAL,
    )
    stop = threading.Event()
    stop.set()
    assert solver.solve(of_shops(1), DEFAULT, stop=stop).stop is Stop.INTERRUPTED


def test_a_shipped_case_with_lazy_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = Portfolio.of(Case.read(path("gpu-campus")))
    made = presolve(model(portfolio).program(), DEFAULT)
    assert made is not None
    direct = Relaxation(made.program, DEFAULT, never).solve_root().value
    monkeypatch.setattr(relaxation, "LARGE", 0)
    bounds: list[float] = []
    assert Relaxation(made.program, DEFAULT, never).solve_root(on_bound=bounds.append).value == pytest.approx(direct)
    assert len(bounds) > 2
    assert bounds[-1] == pytest.approx(direct, rel=2e-3)


@pytest.mark.parametrize(
    ("vast", "finds", "order"),
    [(0, True, ["sub-MIP"]), (0, False, ["sub-MIP", "dive"]), (10**9, True, ["dive", "sub-MIP"])],
)
def test_a_vast_program_has_its_sub_mip_before_the_dive(
    monkeypatch: pytest.MonkeyPatch, vast: int, finds: bool, order: list[str]
) -> None:
    done: list[str] = []
    sub_mip, dive = search._Search.sub_mip, search.dive

    def watched_sub_mip(self: search._Search, *asked: Any) -> None:
        done.append("sub-MIP")
        if finds:
            monkeypatch.setattr(search, "dive", dive)  # a dive within the sub-MIP does not count
            sub_mip(self, *asked)
            monkeypatch.setattr(search, "dive", watched_dive)

    def watched_dive(*asked: Any) -> None:
        done.append("dive")
        dive(*asked)

    monkeypatch.setattr(search._Search, "sub_mip", watched_sub_mip)
    monkeypatch.setattr(search, "dive", watched_dive)
    monkeypatch.setattr(search, "VAST", vast)
    assert solver.solve(of_shops(9, 12, 12), Options(gap=0.0)).proven
    assert done[: len(order)] == order
    assert vast or not finds or "dive" not in done


# Fewer decisions


def test_a_first_solution_is_looked_for_in_a_restricted_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first solution has the restricted variables at 0; the answer is the best of all."""
    of = two_knapsacks(4, 14)
    restriction = np.arange(15) % 2 == 0
    solutions: list[Vector] = []
    found = SearchState.found

    def watched(state: SearchState, value: float, x: Vector) -> None:
        found(state, value, x)
        solutions.append(x)

    monkeypatch.setattr(SearchState, "found", watched)
    answer = solver.solve(of, Options(gap=0.0), restriction=restriction)
    assert answer.objective == pytest.approx(best_of_all(of))
    assert not solutions[0][restriction].any()
    assert solutions[0].any()
    assert solutions[-1][restriction].any()
    solutions.clear()
    assert (
        solver.solve(of, Options(gap=0.0), start=solution_of(answer), restriction=restriction).objective
        == answer.objective
    )
    assert (solutions[0] == answer.x).all(), "where there is a start, no first solution is looked for"


def solution_of(answer: Answer) -> Vector:
    assert answer.x is not None
    return answer.x


def test_one_date_in_four_is_kept_and_all_that_is_decided() -> None:
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


def test_a_case_solved_like_a_very_large_one_has_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    import planner.solve.solve as solving

    case = Case.read(path("gpu-campus"))
    plan = plan_of(case)
    monkeypatch.setattr(solving, "VERY_LARGE", 0)
    monkeypatch.setattr(relaxation, "LARGE", 0)
    monkeypatch.setattr(search, "VAST", 0)
    seen: list[tuple[float | None, float | None]] = []
    again = confirmed(plan_of(case, on_progress=lambda now: seen.append((now.incumbent, now.bound))))
    assert again.proven
    low = max(plan.record.bound_usd_bn or 0.0, again.record.bound_usd_bn or 0.0)
    assert low <= min(plan.record.objective_usd_bn, again.record.objective_usd_bn) + 1e-6


def test_a_program_that_is_unbounded_without_lazy_rows_is_solved_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """x is worth something and x ≤ 3 z and x ≤ 2 w. Without these two rows nothing bounds x."""
    of = program([-1.0, 0.5, 0.5], [[1, -3, 0], [1, 0, -2], [0, 1, 1]], [0, 0, 4.0], [False] * 3, [np.inf] * 3)
    direct = Relaxation(of, DEFAULT, never).solve_root()
    monkeypatch.setattr(relaxation, "LARGE", 0)
    found = Relaxation(of, DEFAULT, never).solve_root()
    assert found.status is RelaxationStatus.OPTIMAL
    assert found.value == pytest.approx(direct.value)
    assert found.value < -1.0
