"""A few commands under a few misfortunes; `python -m tests.unlucky` tries all of them."""

from pathlib import Path

import pytest

from tests.unlucky.commands import COMMANDS, write_inputs
from tests.unlucky.misfortunes import MISFORTUNES
from tests.unlucky.trial import NOTHING, Ended, judged, run

PAIRS = (
    ("solve", "stdout closed"),
    ("solve", "reader gone"),
    ("json", "ascii"),
    ("solve", "stdout full"),
    ("check", "all closed"),
    ("solve", "no highspy"),
    ("replace", "files of 300"),
    ("solve", "SIGINT at summary"),
    ("replace", "SIGTERM at model"),
    ("frontier", "worker kill"),
    ("prices", "no process"),
    ("solve", "no thread"),
    ("advance", "files of 300"),
    ("advance", "SIGKILL at write"),
)
"""each with a part of its own of what the tool tries"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


@pytest.mark.parametrize(("command", "misfortune"), PAIRS)
def test_a_command_ends_as_it_should(inputs: Path, tmp_path: Path, command: str, misfortune: str) -> None:
    chosen = next(each for each in COMMANDS if each.name == command)
    happens = next(each for each in MISFORTUNES if each.name == misfortune)
    usual = run(chosen, NOTHING, inputs, tmp_path / "usual")
    ended = run(chosen, happens, inputs, tmp_path / "unlucky")
    assert judged(chosen, happens, ended, usual) == "", ended


def test_there_are_many_pairs() -> None:
    assert len(COMMANDS) * len(MISFORTUNES) >= 150


USUAL = Ended(0, "", "", frozenset({"out", "out/plan.json"}))


@pytest.mark.parametrize(
    ("ended", "wrong"),
    [
        (Ended(None, "", "", frozenset()), "hang"),
        (Ended(1, "", "Traceback (most recent call last):", frozenset()), "traceback"),
        (Ended(3, "", "", frozenset()), "status 3"),
        (Ended(5, "", "", frozenset()), "no message"),
        (Ended(5, "", "Stopped by interruption", frozenset({"out"})), "half written"),
        (Ended(0, "", "", frozenset()), "not written"),
        (Ended(0, "", "", USUAL.files, frozenset({".out.lock"})), "leftovers"),
        (Ended(5, "", "Stopped by interruption: nothing was written", USUAL.files), "says falsely that nothing"),
        (Ended(5, "", "Stopped by interruption. Written before that: out", frozenset()), "says falsely that something"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_noticed(ended: Ended, wrong: str) -> None:
    solve = next(each for each in COMMANDS if each.name == "solve")
    stopped = next(each for each in MISFORTUNES if each.name == "SIGINT at summary")
    assert judged(solve, stopped, ended, USUAL).startswith(wrong)
