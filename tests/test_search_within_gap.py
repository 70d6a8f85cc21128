"""Once the gap is closed, the search goes on for a while, for solutions that are better within it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.generate import case_files
from planner.plan.audit import audit
from planner.solver import Options, Stop, solve
from planner.solver.branch_and_bound import branch_and_bound, search
from planner.solver.branch_and_bound.incumbent import Incumbent
from tests.plans import solved
from tests.test_search import best_of_all, never, two_knapsacks

WIDE = Options(gap=0.5)


def found(seed: int) -> tuple[Incumbent, float, float]:
    """The incumbent of a search to a wide gap, its bound, and what was saved after the gap was closed."""
    incumbent = Incumbent(WIDE.gap)
    result = branch_and_bound(two_knapsacks(seed), WIDE, incumbent, never, lambda _bound, _nodes: None)
    return incumbent, result.bound, result.saved


def test_better_solutions_are_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a worse one, and what is told is the difference; the bound is one of all solutions."""
    after = [found(seed) for seed in range(12)]
    monkeypatch.setattr(search, "AFTER_PROOF", 0.0)
    before = [found(seed) for seed in range(12)]
    for seed, ((best, bound, saved), (closed, _, none)) in enumerate(zip(after, before, strict=True)):
        assert best.value == pytest.approx(closed.value - saved + none)
        assert bound <= best_of_all(two_knapsacks(seed)) + 1e-9 <= best.value + 2e-9
        assert best.gap == WIDE.gap
    assert sum(saved > 0 for _, _, saved in after) > sum(saved > 0 for _, _, saved in before)


def test_the_same_program_has_the_same_solution() -> None:
    (one, *rest), (other, *others) = found(3), found(3)
    assert (one.value, rest) == (other.value, others)
    assert one.x is not None
    assert other.x is not None
    assert np.array_equal(one.x, other.x)


@pytest.mark.parametrize("seed", range(6))
def test_a_start_within_the_gap_leaves_the_bound_of_the_first_relaxation(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That relaxation is cut off, so nothing can follow it. The start is no optimum, and no bound of one."""
    monkeypatch.setattr(search, "AFTER_PROOF", 1.0)
    program = two_knapsacks(seed)
    start = solve(program, Options(gap=0.0)).x
    assert start is not None
    start[np.flatnonzero(start * program.integer > 0.5)[0]] = 0.0
    best = best_of_all(program)
    assert program.objective(start) > best + 1.0
    found = solve(program, WIDE, start=start)
    assert found.stop is Stop.PROVEN
    assert found.bound is not None
    assert found.bound <= best + 1e-9
    assert found.bound == pytest.approx(solve(replace(program, integer=np.zeros_like(program.integer)), WIDE).bound)


def test_the_record_says_what_was_saved(tmp_path: Path) -> None:
    """A case whose gap is 1 %: the plan is cheaper than the first that closed the gap."""
    plan = solved(Case.made_of(case_files(12, periods=6, period_months=12, seed=1)))
    saved = plan.record.solver["saved_after_proof_usd_bn"]
    assert saved >= 0
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees


def test_an_answer_tells_it_in_the_units_of_the_program() -> None:
    answers = [solve(two_knapsacks(seed), WIDE) for seed in range(12)]
    assert max(each.saved for each in answers) > 0.9  # worth is whole, so that the least difference is 1 but for dust
