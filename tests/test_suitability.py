"""Which programs our search takes, and which it leaves to HiGHS at once."""

from dataclasses import replace

import numpy as np
import pytest

from planner.basics.search_method import SearchMethod
from planner.solver import Options, Program, Stop, solve
from planner.solver.branch_and_bound import SearchEnd, branch_and_bound
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.presolved import presolve
from planner.solver.branch_and_bound.suitability import suits
from tests.benchmarks.family.covering import set_cover
from tests.benchmarks.family.facility_location import uncapacitated
from tests.benchmarks.family.knapsacks import correlated, multidimensional


def presolved(program: Program) -> Program:
    found = presolve(program, Options())
    assert found is not None
    return found.program


def twice_each(items: int) -> Program:
    """A knapsack that may take each item twice."""
    program = correlated(1, items)
    return replace(program, upper=np.full(items, 2.0))


def end(program: Program, *, if_suited: bool, gap: float = 0.01) -> SearchEnd:
    incumbent = Incumbent(gap=gap)
    return branch_and_bound(program, Options(gap), incumbent, lambda: False, lambda *_: None, if_suited=if_suited).end


def test_few_integers_among_many_variables_suit() -> None:
    assert suits(presolved(uncapacitated(1, 8, 30)))
    assert end(uncapacitated(1, 8, 30), if_suited=True) is SearchEnd.GAP_CLOSED


def test_nothing_but_integers_does_not() -> None:
    program = multidimensional(1, 50, 5)
    assert not suits(presolved(program))
    assert end(program, if_suited=True) is SearchEnd.UNSUITED


def test_whoever_asks_for_the_search_has_it() -> None:
    assert end(set_cover(1, 20, 60, 0.3), if_suited=False) is SearchEnd.GAP_CLOSED


def test_a_small_program_is_tried() -> None:
    """HiGHS does without presolve there; a long search is given up soon."""
    assert end(twice_each(6), if_suited=True) is SearchEnd.GAP_CLOSED
    assert end(twice_each(60), gap=1e-6, if_suited=True) is SearchEnd.GIVEN_UP


def test_binaries_alone_are_not_tried() -> None:
    assert end(correlated(1, 12), if_suited=True) is SearchEnd.UNSUITED


# At most a fifth: of 1,000 variables in 1,000 rows 200 may be whole.
@pytest.mark.parametrize(("whole", "expected"), [(200, True), (201, False)])
def test_the_limit_counts_what_is_searched(whole: int, expected: bool) -> None:
    n = 1000
    integer = np.arange(n) < whole + 50
    start, index = np.arange(n + 1, dtype=np.int32), np.arange(n, dtype=np.int32)
    zeros, ones = np.zeros(n), np.ones(n)
    implied = integer & (np.arange(n) < 50)  # they are not searched, and do not count
    program = Program(ones, 0.0, zeros, ones, integer, zeros, ones, start, index, ones, implied)
    assert suits(program) is expected


def test_the_solution_is_proven_by_highs() -> None:
    program = multidimensional(2, 30, 3)
    answer, alone = solve(program, Options(0.0)), solve(program, Options(0.0, search=SearchMethod.HIGHS))
    assert answer.stop is Stop.PROVEN
    assert answer.objective == pytest.approx(alone.objective)


def test_a_start_is_kept() -> None:
    """The best solution is given; no worse one comes back, even with a gap that would allow it."""
    program = multidimensional(3, 30, 3)
    best = solve(program, Options(0.0))
    assert best.x is not None
    again = solve(program, Options(0.2), start=best.x)
    assert again.objective == pytest.approx(best.objective)
