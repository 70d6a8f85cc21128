"""A sample of hostile cases: each is refused or named. `python -m tests.hostile` judges all of them."""

import random
from pathlib import Path

import pytest

from planner.api import Case
from planner.case import folder, plausibility, shipped
from tests.hostile import commands, contents, names, units
from tests.hostile.judge import Mutant, Outcome, judged, table


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.read(shipped.path("starter"))


def wrong(case: Case, mutants: list[Mutant], least: int) -> str:
    """What went wrong with the mutants, of which there are at least so many; empty where nothing did."""
    verdicts = [judged(case, mutant) for mutant in mutants]
    assert len(verdicts) > least
    told = [str(each) for each in verdicts if not each.right]
    return "\n".join([*told, table(verdicts)]) if told else ""


def test_names_almost_like_those_of_a_case(case: Case, tmp_path: Path) -> None:
    assert wrong(case, list(names.mutants(case, tmp_path / "case", 0.05, random.Random(2))), 80) == ""


@pytest.mark.parametrize("name", shipped.names())
def test_numbers_in_another_unit(name: str) -> None:
    case = Case.read(shipped.path(name))
    assert wrong(case, list(units.mutants(case, 0.05, random.Random(2))), 50) == ""


def test_contents_that_nothing_can_hold(case: Case, tmp_path: Path) -> None:
    files = ("case.toml", "regions.csv")
    found = list(contents.mutants(case, tmp_path / "case"))
    about_files = ("bytes", "bytes that say the same", "no file")
    sample = [each for each in found if each.kind not in about_files or each.about.endswith(files)]
    assert wrong(case, sample, 100) == ""


def test_commands_on_what_is_no_case(tmp_path: Path) -> None:
    ends = list(commands.runs(shipped.path("starter"), tmp_path))
    assert len(ends) > 150
    assert [str(each) for each in ends if not each.right] == []


def test_a_reader_that_passes_over_names_is_found_out(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutants = list(names.mutants(case, tmp_path / "case", 0.01, random.Random(1)))
    monkeypatch.setattr(folder, "misnamed", lambda *_: ([], []))
    outcomes = {judged(case, mutant).outcome for mutant in mutants}
    assert Outcome.SILENT in outcomes


def test_a_check_without_ranges_is_found_out(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = list(units.mutants(case, 0.05, random.Random(1)))
    monkeypatch.setattr(plausibility, "_unusual", lambda *_: iter(()))
    assert sum(judged(case, mutant).outcome is Outcome.SILENT for mutant in mutants) > 10


def test_a_crash_is_no_refusal(case: Case) -> None:
    def crash() -> Case:
        raise RecursionError("too deep")

    verdict = judged(case, Mutant("crash", "", crash, lambda _: True, frozenset({Outcome.REFUSED})))
    assert (verdict.outcome, verdict.right) == (Outcome.CRASH, False)
