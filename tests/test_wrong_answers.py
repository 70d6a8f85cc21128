"""Programs on which some version of HiGHS is wrong, through our solver, with the version that is installed."""

import numpy as np
import pytest

from planner.basics.search_method import SearchMethod
from planner.solver import Options, Stop, duals, solve
from planner.solver.branch_and_bound import presolved
from planner.solver.highs import load
from tests.wrong_answers import KNOWN, Known


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.says)
def test_our_search_is_right(known: Known) -> None:
    answer = solve(known.program(), Options(gap=0.0))
    if known.right is None:
        assert answer.stop is Stop.INFEASIBLE
        return
    assert answer.proven
    assert answer.objective == pytest.approx(known.right, abs=1e-6)
    assert answer.bound == pytest.approx(known.right, abs=1e-6)


@pytest.mark.parametrize("search", [SearchMethod.HIGHS, SearchMethod.RACE])
@pytest.mark.parametrize("known", [known for known in KNOWN if "implication" not in known.says], ids=lambda k: k.says)
def test_the_other_searches_are_right(known: Known, search: SearchMethod) -> None:
    answer = solve(known.program(), Options(gap=0.0, search=search))
    assert (answer.stop is Stop.INFEASIBLE) is (known.right is None)
    if known.right is not None:
        assert answer.objective == pytest.approx(known.right, abs=1e-6)


def test_bounds_of_integers_are_rounded_inwards_wherever_highs_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KNOWN[0]
    lp = load(known.program(), Options()).getLp()
    assert list(lp.col_lower_) == [-2.0, 1.0, -2.0, -2.0, 0.0]
    assert list(lp.col_upper_)[:4] == [-2.0, 5.0, -1.0, 1.0]
    monkeypatch.setattr(presolved, "SMALL", 0)
    assert solve(known.program(), Options(gap=0.0)).objective == pytest.approx(80.0)
    best = np.array([-2.0, 1.0, -1.0, 1.0, 0.0])
    assert duals(known.program(), best, Options()) is not None


def test_a_bound_that_is_whole_but_for_rounding_is_kept() -> None:
    known = Known("", (1.0,), ((2.0 + 1e-12, 3.0 - 1e-12, True),), ((0.0, (1.0,), 9.0),), 2.0)
    within = known.program().with_whole_bounds()
    assert (within.lower.tolist(), within.upper.tolist()) == ([2.0], [3.0])
    assert solve(known.program(), Options(gap=0.0)).objective == 2.0
