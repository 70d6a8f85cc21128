"""What a machine lacks is told, and a search that finds no more memory keeps its plan."""

import errno
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from planner.basics.errors import MissingResource
from planner.basics.resources import missing_resource
from planner.case.shipped import path
from planner.cli import main
from planner.solver import solving
from planner.solver.highs import SearchResult
from planner.solver.search_state import SearchState
from planner.solver.supervision import supervise


def caused(error: Exception, by: Exception) -> Exception:
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (ImportError("libhighs.so.1: failed to map segment from shared object"), "not enough memory"),
        (caused(ImportError("numpy cannot be imported"), MemoryError()), "not enough memory"),
        (RuntimeError("std::bad_alloc"), "not enough memory"),
        (RuntimeError("can't start new thread"), "no further thread"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "no further thread"),
        (ImportError("undefined symbol", name="highspy._core"), "highspy cannot be imported: undefined symbol"),
        (ModuleNotFoundError("", name="pyomo.core"), "pyomo is not installed\npip install 'pyomo"),
        (ModuleNotFoundError("", name="altair"), r"planner\[report\]"),
        (ModuleNotFoundError("", name="elsewhere"), "pip install elsewhere"),
    ],
)
def test_what_is_lacking(error: Exception, why: str) -> None:
    with pytest.raises(MissingResource, match=why):
        raise missing_resource(error) or error


@pytest.mark.parametrize(
    "error", [RuntimeError("HiGHS refuses"), OSError(errno.ENOSPC, "full"), ModuleNotFoundError("", name="planner.x")]
)
def test_other_errors_are_what_they_are(error: Exception) -> None:
    assert missing_resource(error) is None


def fails(error: BaseException) -> Callable[[], SearchResult]:
    def work() -> SearchResult:
        raise error

    return work


def test_a_search_whose_thread_cannot_import_highs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "highspy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(ImportError):
        supervise(fails(ImportError("no highspy")), SearchState(threading.Event()))


def test_what_is_known_when_memory_ends() -> None:
    state = SearchState(threading.Event())
    state.found(3.0, np.ones(2))
    state.proved(2.0, 7)
    found = supervise(fails(MemoryError()), state)
    assert (found.message, found.bound, found.nodes) == ("Out of memory", 2.0, 7)
    assert found.x is not None
    assert found.x.tolist() == [1.0, 1.0]


def out_of_memory(after: Callable[..., SearchResult | None] | None) -> Callable[..., SearchResult]:
    def search(*arguments: object) -> SearchResult:
        if after is not None:
            after(*arguments)
        raise MemoryError

    return search


def solved(folder: Path, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["solve", str(path("starter")), "-o", str(folder / "plan"), *words])
    return result.exit_code, result.output, result.stderr


def test_memory_that_ends_before_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "own_search", out_of_memory(None))
    status, _, said = solved(tmp_path)
    assert (status, said.splitlines()[0]) == (1, "Nothing was written: there is not enough memory")
    assert not (tmp_path / "plan").exists()


def test_memory_that_ends_after_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "own_search", out_of_memory(solving.own_search))
    status, shown, _ = solved(tmp_path)
    assert status == 6
    assert "Present cost 57.691" in shown
    assert "stopped by lack of memory" in shown
    assert CliRunner().invoke(main, ["audit", str(tmp_path / "plan")]).exit_code == 0


def test_explain_says_that_memory_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "own_search", out_of_memory(None))
    monkeypatch.setattr(solving, "highs_search", out_of_memory(None))
    words = ["explain", str(path("starter")), "--set", "finance[*].min_cash_usd_bn = 100"]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, "Cannot go on: there is not enough memory")


def test_a_study_whose_base_finds_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "own_search", out_of_memory(None))
    words = ["sweep", str(path("starter")), "-o", str(tmp_path / "out"), "--workers", "1", "--vary"]
    result = CliRunner().invoke(main, [*words, "rate: case.discount_rate = 0.1"])
    said = "Nothing was written: the study's base: there is not enough memory"
    assert (result.exit_code, result.stderr.startswith(said)) == (1, True)
