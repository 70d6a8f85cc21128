"""What one search has learnt guides another, and proves nothing."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.solve.learnt import Learnt
from planner.solver import Options, solve
from planner.solver.branch_and_bound import SearchEnd, branch_and_bound
from planner.solver.branch_and_bound.branchings import Advice
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.nodes import StrongBranching
from planner.solver.branch_and_bound.relaxation import Relaxation
from planner.solver.branch_and_bound.tree import SearchTree
from planner.solver.experience import NOWHERE, UNKNOWN, Experience
from planner.solver.program import Program
from planner.studies.engine import LEARNT, InThisProcess, carry_out
from planner.studies.runs import Base, Run
from tests.studies.test_engine import base, priced
from tests.test_search import EXACT, best_of_all, never, two_knapsacks

GPU_CAMPUS = Path(__file__).parents[1] / "data" / "gpu-campus"


def learnt_from(of: Program, gap: float = 0.0) -> Experience:
    found = branch_and_bound(of, Options(gap=gap), Incumbent(gap), never, lambda _bound, _nodes: None)
    assert found.end is SearchEnd.GAP_CLOSED
    assert found.experience is not None
    return found.experience


def guided(of: Program, experience: Experience) -> tuple[float, float, int]:
    """The least cost, its bound and the number of nodes."""
    incumbent = Incumbent(gap=0.0)
    found = branch_and_bound(of, EXACT, incumbent, never, lambda _bound, _nodes: None, experience=experience)
    assert found.end is SearchEnd.GAP_CLOSED
    assert incumbent.x is not None
    assert of.fulfilled(incumbent.x, 1e-6)
    return incumbent.value, found.bound, found.nodes


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_experience_of_another_program_leads_to_the_true_optimum(seed: int, other: int) -> None:
    of = two_knapsacks(seed)
    best = best_of_all(of)
    value, bound, _ = guided(of, learnt_from(two_knapsacks(other)))
    assert value == pytest.approx(best, abs=1e-6)
    assert bound == pytest.approx(best, abs=2e-6)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_so_does_experience_that_is_made_up(seed: int, chance: int) -> None:
    of, random = two_knapsacks(seed), np.random.default_rng(chance)
    n, m, many = len(of.cost), len(of.row_lower), 6
    below = np.full((many, 2), NOWHERE)
    for number in range(1, many):  # each below an earlier one
        below[random.integers(number), random.integers(2)] = number
    made_up = Experience(
        variable=random.integers(-1, n, many),
        floor=random.integers(-1, 2, many).astype(float),
        below=below,
        integers=np.arange(5),
        gain=random.random((2, 5)) * 100.0,
        times=random.integers(0, 9, (2, 5)),
        variables=random.integers(UNKNOWN, 4, n).astype(np.int8),
        rows=random.integers(UNKNOWN, 4, m).astype(np.int8),
        cuts=bool(random.integers(2)),
        chosen=np.arange(n - 1),
        solutions=random.integers(-3, 4, (3, n - 1)).astype(float),
    )
    best = best_of_all(of)
    value, bound, _ = guided(of, made_up)
    assert value == pytest.approx(best, abs=1e-6)
    assert bound == pytest.approx(best, abs=2e-6)


def test_branchings_of_the_same_program_are_followed_without_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    trials: list[int] = []
    brief = Relaxation.solve_briefly

    def counted(relaxation: Relaxation, *args: object) -> object:
        trials.append(1)
        return brief(relaxation, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Relaxation, "solve_briefly", counted)
    followed = without = 0
    for seed in range(6):
        of = two_knapsacks(seed)
        best = best_of_all(of)
        first = whole_tree(of, best)
        made = first.branchings
        without += len(trials)
        trials.clear()
        advice = Advice(np.array(made.variable), np.array(made.floor), np.array(made.below).reshape(-1, 2))
        second = whole_tree(of, best, advice)
        followed += len(trials)
        trials.clear()
        assert second.bound == pytest.approx(best, abs=2e-6)
        assert second.branchings.variable[:1] == made.variable[:1]
    assert without > 100
    assert followed < 0.1 * without


def whole_tree(of: Program, best: float, advice: Advice | None = None) -> SearchTree:
    """The tree that proves the optimum, which is known; it follows the advice."""
    relaxation = Relaxation(of, EXACT, never)
    tree = SearchTree([relaxation], Incumbent(0.0, value=best), of.objective, StrongBranching())
    tree.advice = advice or tree.advice
    root = tree.root(relaxation.solve_root())
    assert root is not None
    tree.push(root)
    while tree.plunge(never):
        pass
    return tree


def test_solutions_are_the_best_first_and_each_once() -> None:
    of = two_knapsacks(3)
    experience = learnt_from(of)
    costs = [solve(of.with_integers_fixed(np.append(x, np.nan)), EXACT).objective for x in experience.solutions]
    assert costs[0] == pytest.approx(best_of_all(of))
    assert len({x.tobytes() for x in experience.solutions}) == len(costs)


def test_numbers_of_another_program() -> None:
    """Variables 0, 1, 2 are 5, none and 0 there; rows 0, 1 are none and 2."""
    experience = Experience(
        variable=np.array([2, 1, 0]),
        floor=np.array([0.0, 1.0, 2.0]),
        below=np.array([[1, 2], [-1, -1], [-1, -1]]),
        integers=np.array([1, 2]),
        gain=np.array([[1.0, 2.0], [3.0, 4.0]]),
        times=np.array([[5, 6], [7, 8]]),
        variables=np.array([1, 2, 3], dtype=np.int8),
        rows=np.array([0, 1], dtype=np.int8),
        cuts=True,
        chosen=np.array([0, 1]),
        solutions=np.array([[8.0, 9.0]]),
    )
    found = experience.renumbered([5, NOWHERE, 0], [NOWHERE, 2], 6, 3)
    assert found.variable.tolist() == [0, NOWHERE, 5]
    assert (found.integers.tolist(), found.gain.tolist(), found.times.tolist()) == ([0], [[2.0], [4.0]], [[6], [8]])
    assert found.variables.tolist() == [3, -1, -1, -1, -1, 1]
    assert found.rows.tolist() == [-1, -1, 1]
    assert (found.chosen.tolist(), found.solutions.tolist()) == ([5], [[8.0]])


def test_what_was_learnt_travels_as_bytes() -> None:
    learnt = Learnt(("x[a,1]", "y"), ("row",), learnt_from(two_knapsacks(1)))
    data = learnt.packed()
    again = Learnt.unpacked(data)
    assert again.packed() == data
    assert (again.variables, again.rows) == (learnt.variables, learnt.rows)
    for each in fields(Experience):
        assert np.array_equal(getattr(again.experience, each.name), getattr(learnt.experience, each.name))
    with pytest.raises((ValueError, KeyError, OSError)):
        Learnt.unpacked(b"something else")


class TestStudies:
    def test_the_base_teaches_and_the_others_do_not_depend_on_one_another(self) -> None:
        """Runs in another order, each alone, are the same to the last digit; each proves its own gap."""
        case = Case.read(GPU_CAMPUS).change("case.period_months = 12")
        (first,) = carry_out(Base.of(case), [Run("base", teaches=True)], InThisProcess)
        assert first.learnt is not None
        of = Base.of(case, first.plan, learnt=first.learnt)
        runs = [Run(f"{cap}", (f"guarantor_caps[nvidia,lease,*].cap_usd_bn *= {cap}",)) for cap in (0.9, 1.1)]
        there = carry_out(of, runs, InThisProcess)
        back = carry_out(of, runs[::-1], InThisProcess)[::-1]
        for one, other in zip(there, back, strict=True):
            assert one.status == "proven"
            assert (one.objective_usd_bn, one.bound_usd_bn) == (other.objective_usd_bn, other.bound_usd_bn)
            alone = case.change(*one.run.changes).solve().record
            assert one.bound_usd_bn is not None
            assert one.objective_usd_bn is not None
            assert alone.bound_usd_bn is not None
            assert one.bound_usd_bn <= alone.objective_usd_bn + 1e-6
            assert alone.bound_usd_bn <= one.objective_usd_bn + 1e-6
            assert one.objective_usd_bn - one.bound_usd_bn <= 0.001 * one.objective_usd_bn + 1e-6

    def test_what_was_learnt_is_kept_and_an_edit_of_it_is_not_believed(self, tmp_path: Path) -> None:
        chosen, folder = base(tmp_path / "case"), tmp_path / "kept"
        (run,) = [replace(each, teaches=True) for each in priced(12)]
        (first,) = carry_out(chosen, [run], InThisProcess, folder=folder)
        place = folder / chosen.key(run) / LEARNT
        assert (first.learnt is not None) == place.exists()
        (again,) = carry_out(chosen, [run], InThisProcess, folder=folder)
        assert (again.learnt, again.replaced) == (first.learnt, None)
        place.write_bytes((first.learnt or b"") + b"more")
        (third,) = carry_out(chosen, [run], InThisProcess, folder=folder)
        assert (third.learnt, third.replaced) == (first.learnt, place.parent)

    def test_what_was_learnt_is_part_of_what_a_run_is(self, tmp_path: Path) -> None:
        chosen = base(tmp_path)
        (run,) = priced(12)
        assert chosen.key(run) != replace(chosen, learnt=b"x").key(run)
        assert chosen.key(run) != chosen.key(replace(run, teaches=True))
