import importlib
import math
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner import solver
from planner.basics.deadline import EXPIRY, Deadline
from planner.basics.errors import Stopped
from planner.cli import main
from planner.explain.feasibility import Watching, feasible
from planner.explain.search import explain
from planner.explain.trees.explanation import explain_futures
from planner.hedge import hedge as hedges
from planner.portfolio.portfolio import Portfolio
from planner.solve import least_values
from planner.solve import solve as solving
from planner.solve.solve import solve
from tests.small import small
from tests.studies.hedged_case import uncertain

NO_TIME = 1e-9
"""a limit that is over at once [s]"""
LONG = 10**8
"""steps that take much longer than any deadline of these tests"""
DATA = Path(__file__).parents[1] / "data"


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def taking(clock: Clock, seconds: float, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, by which the clock moves on."""

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = work(*args, **kwargs)
        clock.at += seconds
        return found

    return slow


def count(most: int) -> int:
    """Count up to a number, which takes a second for every ten million."""
    return sum(1 for _ in range(most))


def test_a_block_ends_at_the_deadline_in_the_midst_of_its_work() -> None:
    steps: list[str] = []
    with pytest.raises(Stopped, match="stopped by time limit before any plan was found"):
        work(steps)
    assert steps == ["begun"]


def work(steps: list[str]) -> None:
    with Deadline().within(0.05).enforced():
        steps.append("begun")
        count(LONG)
        steps.append("ended")


def test_it_also_ends_where_all_errors_are_caught_as_in_some_packages() -> None:
    def forgiving() -> int:
        try:
            return count(LONG)
        except Exception:
            return 0

    with pytest.raises(Stopped), Deadline().within(0.05).enforced():
        pytest.fail(f"it went on: {forgiving()}")


def test_nothing_rings_once_a_block_has_ended() -> None:
    before = signal.getsignal(EXPIRY)
    threads = threading.active_count()
    with Deadline().within(0.05).enforced():
        assert threading.active_count() == threads + 1
    assert threading.active_count() == threads
    assert signal.getsignal(EXPIRY) == before
    assert count(LONG // 20) == LONG // 20


def test_without_a_limit_there_is_no_timer() -> None:
    threads = threading.active_count()
    with Deadline().enforced():
        assert threading.active_count() == threads
    assert Deadline().left == math.inf
    assert Deadline().part(0.5) == Deadline()
    assert Deadline().within(1e300).left == pytest.approx(1e300)
    with Deadline().within(1e300).enforced():
        pass


def test_a_block_does_not_begin_after_the_deadline_nor_end_well_after_it() -> None:
    clock = Clock()
    deadline = Deadline(now=clock).within(10.0)
    clock.at = 4.0
    assert (deadline.left, deadline.part(0.5).left, deadline.within(1.0).left, deadline.within(9.0).left) == (
        6,
        3,
        1,
        6,
    )
    with pytest.raises(Stopped, match="before dawn"), deadline.enforced("before dawn"):
        clock.at = 10.0
    assert deadline.passed
    assert deadline.left == 0.0
    with pytest.raises(Stopped), deadline.enforced():
        pytest.fail("it began")


def test_another_thread_ends_at_the_end_of_its_block() -> None:
    ended: list[str] = []

    def work() -> None:
        try:
            with Deadline().within(NO_TIME * 1e6).enforced():
                ended.append(str(count(LONG // 100)))
        except Stopped as error:
            ended.append(error.why)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [str(LONG // 100), "stopped by time limit before any plan was found"]


def test_a_module_is_never_half_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late_module.py").write_text(f"import signal\nsignal.raise_signal({int(EXPIRY)})\nWHOLE = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with Deadline().within(3600.0).enforced():
        assert importlib.import_module("late_module").WHOLE
    with pytest.raises(Stopped), Deadline().within(3600.0).enforced():
        signal.raise_signal(EXPIRY)


@pytest.mark.parametrize(
    ("where", "name"),
    [(solving.Portfolio, "of"), (solving.debt, "explained"), (solving, "_program"), (solving, "warm_start")],
)
def test_all_that_is_done_before_the_search_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    case, clock = small(tmp_path), Clock()
    asked: list[solver.Options] = []

    def search(_program: solver.Program, options: solver.Options, **_: object) -> solver.Answer:
        asked.append(options)
        raise InterruptedError

    monkeypatch.setattr(solver, "solve", search)
    monkeypatch.setattr(where, name, taking(clock, 7.0, getattr(where, name)))
    with pytest.raises(InterruptedError):
        solve(case, deadline=Deadline(10.0, clock))
    assert [each.time_limit_s for each in asked] == [3.0]
    with pytest.raises(Stopped, match="stopped by time limit before any plan was found"):
        solve(case, deadline=Deadline(10.0, clock))
    assert len(asked) == 1


def test_a_search_has_no_limit_where_there_is_no_deadline(tmp_path: Path) -> None:
    case = small(tmp_path)
    assert solving.options(case, 0.5).time_limit_s == 600.0
    assert solving.options(case, 0.5, deadline=Deadline()).time_limit_s is None
    assert solve(case, deadline=Deadline()).proven


def test_what_a_case_that_is_out_of_time_returns(tmp_path: Path) -> None:
    case = small(tmp_path).change(f"case.solver.time_limit_s = {NO_TIME}")
    with pytest.raises(Stopped, match="before any plan was found"):
        case.solve()
    with pytest.raises(Stopped, match="before any plan was found"):
        case.solve(small(tmp_path / "other").solve())
    with pytest.raises(Stopped, match="before any plan for all futures was found"):
        hedges.hedge(case)
    with pytest.raises(Stopped, match="before a repair was found"):
        explain(case)
    with pytest.raises(Stopped, match="before a repair was found"):
        explain_futures(case)
    with pytest.raises(Stopped):
        least_values.least_broken(case, lambda _: False)
    assert feasible(case, Watching(deadline=Deadline().within(NO_TIME))) is None


@pytest.mark.parametrize("stage", ["problems_of_tree", "future_programs", "TreeProgram"])
def test_a_hedge_ends_at_its_deadline_in_each_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    class Endless:
        def __call__(self, *_: object) -> None:
            signal.raise_signal(EXPIRY)
            pytest.fail("it went on")

        of = __call__

    monkeypatch.setattr(hedges, stage, Endless())
    with pytest.raises(Stopped, match="before any plan for all futures was found"):
        hedges.hedge(uncertain(tmp_path), deadline=Deadline().within(3600.0))


def test_posting_is_ended_in_the_midst_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = small(tmp_path)
    began: list[int] = []

    def endless(*_: object) -> Portfolio:
        began.append(1)
        return Portfolio(case, count(LONG), ())  # type: ignore[arg-type]

    monkeypatch.setattr(solving.Portfolio, "of", endless)
    with pytest.raises(Stopped, match="before any plan was found"):
        solve(case, deadline=Deadline().within(0.05))
    assert began == [1]


@pytest.mark.parametrize("command", ["solve", "hedge", "explain"])
def test_a_command_without_time_ends_with_status_5_and_writes_nothing(tmp_path: Path, command: str) -> None:
    place = tmp_path / "plan"
    words = [command, str(DATA / "starter"), "--time-limit", str(NO_TIME)]
    found = CliRunner().invoke(main, words if command == "explain" else [*words, "-o", str(place)])
    assert found.exit_code == 5
    assert "No plan: stopped by time limit before any plan was found" in found.stderr
    assert "--time-limit" in found.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("limit", ["0", "-1", "nan"])
def test_a_limit_that_is_none_is_refused_as_before(tmp_path: Path, limit: str) -> None:
    found = CliRunner().invoke(main, ["solve", str(DATA / "starter"), "-o", str(tmp_path / "p"), "--time-limit", limit])
    assert found.exit_code == 3
    assert "a number above 0" in found.stderr
