import numpy as np
import pytest

from planner.solver import Options, solve
from planner.solver.answer import TOLERANCE
from tests.benchmarks.family.building import ProgramBuilder
from tests.benchmarks.family.facility_location import uncapacitated
from tests.benchmarks.family.knapsacks import correlated
from tests.benchmarks.family.members import SHAPES, Member, Shape, member, members
from tests.benchmarks.family.searching import WAYS, searched
from tests.benchmarks.family.summary import Found, compared, rows, shifted_mean
from tests.benchmarks.result import Row


def said(cpu: float, *, proven: bool = True, objective: float = 1.0, bound: float = 1.0) -> dict[str, object]:
    return {"cpu": cpu, "proven": proven, "objective": objective, "bound": bound}


def found(seed: int, ours: float, default: float, *, proven: bool = True, shape: Shape = SHAPES[0]) -> Found:
    ways = {"ours": said(ours, proven=proven), "default": said(default), "highs": said(default)}
    return Found(Member(shape, seed), 0.001, ways)


def row(given: list[Row], what: str) -> Row:
    (the,) = [each for each in given if each.what == what]
    return the


# Two variables from 0 to 1: −3 x − 2 y with x + y ≤ 1.5 and x, y whole has −3; without integers −3 − 1.
def test_a_program_is_put_together() -> None:
    for whole, best in ((True, -3.0), (False, -4.0)):
        build = ProgramBuilder()
        both = build.variables(2, [-3.0, -2.0], 0.0, 1.0, whole=whole)
        build.row(-np.inf, 1.5, (both, 1.0))
        build.rows(0.0, np.inf, (both.reshape(1, 2), [[1.0, 0.0]]))
        program = build.program()
        assert program.value.tolist() == [1.0, 1.0, 1.0]
        assert solve(program, Options(0.0)).objective == pytest.approx(best)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_comes_to_the_same_optimum(way: str) -> None:
    program = uncapacitated(1, 5, 5)
    least = min(
        float(program.cost[:5] @ np.array(opened))
        + program.cost[5:].reshape(5, 5)[np.array(opened) > 0].min(axis=0).sum()
        for opened in np.ndindex(2, 2, 2, 2, 2)
        if any(opened)
    )
    answer = searched(program, way, 0.0, 600.0)
    assert answer["proven"]
    assert answer["objective"] == pytest.approx(least)
    assert answer["bound"] == pytest.approx(least, abs=10 * TOLERANCE)


def test_a_seed_always_makes_the_same_program() -> None:
    first, again, other = correlated(1, 9), correlated(1, 9), correlated(2, 9)
    assert first.cost.tolist() == again.cost.tolist() != other.cost.tolist()


def test_members_have_names_and_halves() -> None:
    all_of_them = list(members())
    assert len(all_of_them) >= 40
    assert len({each.name for each in all_of_them}) == len(all_of_them)
    assert all(member(each.name) == each for each in all_of_them)
    assert [each.held_out for each in members((1, 2))] == [False, True] * len(SHAPES)


def test_what_is_stopped_counts_ten_times_the_limit() -> None:
    made = rows([found(1, 1.0, 7.0), found(3, 5.0, 2.0, proven=False)], 10.0)
    mean = row(made, "0.10%, tuning: ours / HiGHS's default")
    assert mean.value == pytest.approx(shifted_mean([1.0, 100.0]) / shifted_mean([7.0, 2.0]))
    assert "stopped 1 and 0" in mean.beside
    assert row(made, "0.10%, tuning, worst: ours / HiGHS's default").value == pytest.approx(50.0)
    assert row(made, "0.10%, tuning, share slower than HiGHS's default").value == 0.5
    assert row(made, f"0.10%, {SHAPES[0].name}").value == pytest.approx((50.0 / 7.0) ** 0.5)


def test_halves_and_our_own_shapes_stand_apart() -> None:
    others = next(shape for shape in SHAPES if not shape.ours)
    made = rows([found(1, 1.0, 1.0), found(2, 1.0, 2.0), found(2, 9.0, 3.0, shape=others)], 10.0)
    held_out = "0.10%, held out"
    assert row(made, f"{held_out}, portfolios: ours / HiGHS's default").value == pytest.approx(0.5)
    assert row(made, f"{held_out}, worst: ours / HiGHS's default").beside == f"{others.name} 2"
    assert row(made, "0.10%, tuning: ours / HiGHS's default").value == pytest.approx(1.0)


def test_different_optima_are_an_error() -> None:
    ways = {"ours": said(1.0, objective=2.0, bound=1.9), "default": said(1.0, objective=1.5, bound=1.4)}
    with pytest.raises(RuntimeError, match="different optima"):
        compared(Found(Member(SHAPES[0], 1), 0.001, ways))
