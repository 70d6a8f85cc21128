"""Runs of a study: in order, kept, resumed, and none of them at the mercy of another."""

import os
import pickle
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.plan.audit import audit
from planner.solve.solve import solve
from planner.studies import engine, runs
from planner.studies.cluster import cluster
from planner.studies.engine import InThisProcess, carry_out, kept, processes
from planner.studies.runs import Base, CaseCache, Run, RunResult, RunStatus
from tests.dask_workers import two_workers
from tests.small import cloud, demand, small

NO_SHORTAGE = "case.shortage_cost_usd_bn_per_gw_year = blank"
"""no shortage allowed"""
PRICE = "cloud_tiers[deal,only].price_usd_bn_per_gw_year = {}"


def base(folder: Path) -> Base:
    """1 GW for one year at 10, or at what a run says."""
    return Base.of(small(folder, end=2027, demand=demand(1), **cloud()))


def priced(*prices: float) -> list[Run]:
    return [Run(f"at {price}", (PRICE.format(price),)) for price in prices]


def costs(outcomes: list[RunResult]) -> list[float | None]:
    return [None if each.objective_usd_bn is None else round(each.objective_usd_bn, 6) for each in outcomes]


def test_outcomes_come_in_the_order_of_the_runs(tmp_path: Path) -> None:
    found = carry_out(base(tmp_path), priced(12, 10, 11, 10), InThisProcess)
    assert costs(found) == [12, 10, 11, 10]
    assert [each.run.name for each in found] == ["at 12", "at 10", "at 11", "at 10"]
    assert {each.status for each in found} == {RunStatus.PROVEN}


def test_processes_find_the_same(tmp_path: Path) -> None:
    chosen = base(tmp_path)
    here = carry_out(chosen, priced(12, 10, 11), InThisProcess)
    there = carry_out(chosen, priced(12, 10, 11), lambda: processes(2))
    assert costs(there) == costs(here) == [12, 10, 11]


def test_every_plan_is_whole_and_audited(tmp_path: Path) -> None:
    (found,) = carry_out(base(tmp_path / "case"), priced(12), InThisProcess, folder=tmp_path / "kept")
    found.unpack(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees
    assert found.plan.record.objective_usd_bn == pytest.approx(12)
    (place,) = (tmp_path / "kept").iterdir()
    assert audit(place / "plan").agrees


# 0.5 GW are to be had and no shortage allowed; a name that is not there; a row that breaks the table.
def test_what_goes_wrong_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = carry_out(
        base(tmp_path),
        [
            Run("impossible", (NO_SHORTAGE, "cloud_terms[deal,*].capacity_gw = 0.5")),
            Run("mistyped", ("cloud_tears[deal,only].price = 3",)),
            *priced(11),
        ],
        InThisProcess,
    )  # fmt: skip
    assert [each.status for each in found] == [RunStatus.INFEASIBLE, RunStatus.INVALID, RunStatus.PROVEN]
    assert "did you mean 'cloud_tiers'" in found[1].message
    with pytest.raises(LookupError, match="impossible has no plan: infeasible"):
        _ = found[0].plan
    assert costs(found)[-1] == 11


class Counted:
    """Counts what is solved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, then: Callable[[str], None] = lambda _: None) -> None:
        self.names: list[str] = []
        solving = engine.perform

        def perform(base: Base, run: Run) -> RunResult:
            self.names.append(run.name)
            then(run.name)
            return solving(base, run)

        monkeypatch.setattr(engine, "perform", perform)


def test_resumed_studies_solve_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, folder = base(tmp_path / "case"), tmp_path / "kept"

    def stop_at(name: str) -> None:
        if name == "at 11":
            raise KeyboardInterrupt

    first = Counted(monkeypatch, stop_at)
    with pytest.raises(KeyboardInterrupt):
        carry_out(chosen, priced(12, 10, 11, 13), InThisProcess, folder=folder)
    assert first.names == ["at 12", "at 10", "at 11"]
    monkeypatch.undo()
    second = Counted(monkeypatch)
    found = carry_out(chosen, priced(12, 10, 11, 13), InThisProcess, folder=folder)
    assert second.names == ["at 11", "at 13"]
    assert costs(found) == [12, 10, 11, 13]
    assert found[0].plan.record.objective_usd_bn == pytest.approx(12)


def test_runs_are_recognised_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, folder = base(tmp_path / "case"), tmp_path / "kept"
    counted = Counted(monkeypatch)
    carry_out(chosen, [*priced(12), Run("the same", (PRICE.format(12),))], InThisProcess, folder=folder)
    assert counted.names == ["at 12"]
    (again,) = carry_out(chosen, [Run("under another name", (PRICE.format(12),))], InThisProcess, folder=folder)
    assert (again.run.name, counted.names) == ("under another name", ["at 12"])
    other = base(tmp_path / "other")
    other = Base({**other.files, "demand.csv": other.files["demand.csv"].replace(b",1", b",2")}, CATALOGUE)
    (more,) = carry_out(other, priced(12), InThisProcess, folder=folder)
    assert (more.objective_usd_bn, len(counted.names)) == (pytest.approx(24), 2)
    started = Base(chosen.files, CATALOGUE, {"cloud_commitment.sign[deal,2026-01-01,only]": 1.0})
    assert started.key(priced(12)[0]) != chosen.key(priced(12)[0])


def test_damaged_records_are_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, folder = base(tmp_path / "case"), tmp_path / "kept"
    carry_out(chosen, priced(12), InThisProcess, folder=folder)
    key = chosen.key(priced(12)[0])
    (folder / key / "outcome.json").write_text("{")
    assert kept(folder, key) is None
    counted = Counted(monkeypatch)
    (again,) = carry_out(chosen, priced(12), InThisProcess, folder=folder)
    assert (again.objective_usd_bn, again.replaced) == (pytest.approx(12), folder / key)
    assert counted.names == ["at 12"]
    (third,) = carry_out(chosen, priced(12), InThisProcess, folder=folder)
    assert (third.objective_usd_bn, third.replaced, counted.names) == (pytest.approx(12), None, ["at 12"])


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("outcome.json", '"status": "proven"', '"status": "infeasible"'),
        ("outcome.json", '"objective_usd_bn": 12', '"objective_usd_bn": 11'),
        ("outcome.json", '"seal": "', '"seal": "0'),
        ("plan/plan.json", '"seed": 1', '"seed": 2'),
        ("plan/offers.csv", "deal", "bargain"),
        ("plan/case/demand.csv", "here", "there"),
        ("plan/more.csv", "", "more"),
    ],
)
def test_an_edited_result_is_not_believed(tmp_path: Path, file: str, old: str, new: str) -> None:
    """Whatever was edited, the run is solved again, its folder is named, and what is kept is right again."""
    chosen, folder = base(tmp_path / "case"), tmp_path / "kept"
    carry_out(chosen, priced(12), InThisProcess, folder=folder)
    place = folder / chosen.key(priced(12)[0])
    before = (place / file).read_text() if old else ""
    assert old in before
    (place / file).write_text(before.replace(old, new) if old else new)
    (again,) = carry_out(chosen, priced(12), InThisProcess, folder=folder)
    assert (again.objective_usd_bn, again.replaced) == (pytest.approx(12), place)
    (third,) = carry_out(chosen, priced(12), InThisProcess, folder=folder)
    assert (third.replaced, third.plan.record.objective_usd_bn) == (None, pytest.approx(12))


def test_a_result_in_the_place_of_another_is_not_believed(tmp_path: Path) -> None:
    chosen, folder = base(tmp_path / "case"), tmp_path / "kept"
    carry_out(chosen, priced(12), InThisProcess, folder=folder)
    one, other = (folder / chosen.key(priced(cost)[0]) for cost in (12, 13))
    shutil.copytree(one, other)
    (found,) = carry_out(chosen, priced(13), InThisProcess, folder=folder)
    assert (found.objective_usd_bn, found.replaced) == (pytest.approx(13), other)


class Breaking(Executor):
    """Ends with the process that carries out one of its runs."""

    tries = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        from concurrent.futures.process import BrokenProcessPool

        future: Future[Any] = Future()
        if args[1].name == "at 11":
            Breaking.tries += 1
            future.set_exception(BrokenProcessPool("gone"))
        else:
            future.set_result(fn(*args))
        return future


def test_a_process_that_ends_takes_no_other_run_with_it(tmp_path: Path) -> None:
    found = carry_out(base(tmp_path), priced(12, 11), Breaking)
    assert Breaking.tries == engine.TOGETHER
    assert costs(found) == [12, 11]  # at last in a process of its own


def deadly(base: Base, run: Run) -> RunResult:
    """Ends the process that carries out one run."""
    if run.name == "at 11":
        os._exit(9)
    return runs.perform(base, run)


def test_the_run_at_fault_is_lost_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "perform", deadly)
    found = carry_out(base(tmp_path), priced(12, 11, 13), lambda: processes(2))
    assert [each.status for each in found] == [RunStatus.PROVEN, RunStatus.FAILED, RunStatus.PROVEN]
    assert "its process ended" in found[1].message


def test_what_a_run_starts_from_is_the_bases(tmp_path: Path) -> None:
    case = small(tmp_path, end=2027, demand=demand(1), **cloud())
    plan = solve(case)
    chosen = Base.of(case, plan)
    assert chosen.start["cloud_commitment.sign[deal,2026-01-01,only]"] == 1.0
    assert costs(carry_out(chosen, priced(12), InThisProcess)) == [12]


def test_a_cluster_finds_the_same(tmp_path: Path) -> None:
    with two_workers() as address:
        found = carry_out(base(tmp_path), priced(12, 10, 11), lambda: cluster(address))
    assert costs(found) == [12, 10, 11]


def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    from distributed import Client

    with two_workers() as address:
        with Client(address) as client:
            workers = list(client.run(os.getpid).values())
        ended: list[str] = []

        def kill_one(outcome: RunResult, done: int, total: int) -> None:
            ended.append(outcome.run.name)
            if len(ended) == 2:
                os.kill(workers[0], signal.SIGKILL)

        asked = priced(12, 10, 11, 13, 14, 15, 16, 17)
        found = carry_out(base(tmp_path), asked, lambda: cluster(address), on_done=kill_one)
    assert costs(found) == [12, 10, 11, 13, 14, 15, 16, 17]
    assert sorted(ended) == sorted(run.name for run in asked)


def test_cases_are_read_from_their_bytes(tmp_path: Path) -> None:
    chosen = base(tmp_path)
    cache = CaseCache()
    case, portfolio = cache.of(chosen)
    assert isinstance(case, Case)
    assert portfolio is not None
    assert portfolio.case is case
    assert cache.of(chosen)[1] is portfolio
    assert cache.of(pickle.loads(pickle.dumps(chosen)))[1] is portfolio  # as it comes with each run to a worker
    other = cache.of(Base.of(case.change("case.discount_rate += 0.01")))
    assert other[0].settings.discount_rate == pytest.approx(case.settings.discount_rate + 0.01)
    assert cache.of(chosen)[1] is not portfolio


def test_a_large_portfolio_is_posted_anew_for_each_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = base(tmp_path)
    monkeypatch.setattr(runs, "MOST_POSTS", 0)
    cache = CaseCache()
    assert cache.of(chosen)[1] is None
    assert runs.perform(chosen, Run("base"), cache).status is RunStatus.PROVEN
