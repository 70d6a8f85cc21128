"""Commands with paths and words that nothing can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner

from planner.cli import main
from tests.hostile.contents import paths
from tests.hostile.judge import within

FINE = frozenset({0, 2, 3, 7, 8})
"""among them 7: the folder of the commands itself is a plan of which every file is missing"""
WORDS = (
    "\ud800",
    "\x00",
    "'\"" * 30_000,
    '"' * 51,
    "a[" + '"' * 51,
    "=" * 5_000,
    "9" * 5_000,
    "1e400",
    "nan",
    "",
    " ",
    "\x1b[31m",
)
"""values for options"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    command: str
    about: str
    status: int
    words: str

    @property
    def right(self) -> bool:
        return self.status in FINE

    def __str__(self) -> str:
        return f"{self.command} with {self.about}: status {self.status}: {self.words}"


def ended(command: str, about: str, words: list[str], seconds: int | None) -> Ended:
    """How a command ends; status 1 where it raises or takes longer."""
    with within(seconds):
        result = CliRunner().invoke(main, [command, *words])
    raised = result.exception
    said = "" if raised is None or isinstance(raised, SystemExit) else f"{type(raised).__name__}: {str(raised)[:200]}"
    return Ended(command, about, result.exit_code, ascii(said or result.stderr[-200:]))


def runs(case: Path, folder: Path, seconds: int | None = None) -> Iterator[Ended]:
    """Every command with every hostile path as its first argument, and hostile words in every option of text."""
    (folder / "out").mkdir(parents=True, exist_ok=True)
    for name, command in main.commands.items():
        arguments = [each for each in command.params if isinstance(each, click.Argument)]
        needed = [each for each in command.params if isinstance(each, click.Option) and each.required]
        given = [word for each in needed for word in (each.opts[0], _some(each, folder))]
        if arguments:
            for about, path in paths(folder / f"first of {name}"):
                rest = [str(case) for each in arguments[1:] if each.required]
                yield ended(name, about, ["--", path, *rest] if not given else [*given, "--", path, *rest], seconds)
        if name in (of := {"check": "--set", "sweep": "--vary", "events": "--law"}):
            for word in WORDS:
                option = of[name]
                yield ended(name, f"{option} {word[:20]!a}", [str(case), *given, f"{option}={word}"], seconds)
        if name == "sweep":
            for about, path in paths(folder / f"study of {name}"):
                yield ended(name, f"{about} as the study", [*given, "--", str(case), path], seconds)


def _some(option: click.Option, folder: Path) -> str:
    if isinstance(option.type, click.IntRange):
        return "1"
    return str(folder / "out" / "x") if isinstance(option.type, click.Path) else "debt"
