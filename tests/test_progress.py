import io
import os

import pytest

from planner.solve.progress import Progress
from planner.solver import Snapshot


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_said_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress.phase("building")
        progress.solving(Snapshot(2.0, 1.0, 0, 3.0))
    assert stream.getvalue() == ""


def test_one_line_is_written_over_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda **_: os.terminal_size((80, 24)))
    stream = Terminal()
    with Progress(stream) as progress:
        progress.phase("building the whole of the model of the case")
        progress.solving(Snapshot(None, None, 0, 3.0))
    first, second, clear = stream.getvalue().removesuffix("\r").split("\r")[1:]
    assert first == "building the whole of the model of the case … 0 s"
    assert second.rstrip() == "solving  best –  bound –  gap –  3 s"
    assert len(second) == len(first)
    assert clear.strip() == ""


def test_a_narrow_terminal_cuts_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda **_: os.terminal_size((11, 24)))
    stream = Terminal()
    with Progress(stream) as progress:
        progress.phase("building the model")
    assert stream.getvalue() == "\rbuilding t\r          \r"
