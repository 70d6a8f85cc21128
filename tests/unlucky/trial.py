"""One command under one misfortune, and whether it ended as it should."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.unlucky.commands import Command
from tests.unlucky.hooks import HOOKS
from tests.unlucky.misfortunes import Misfortune

NOTHING = Misfortune("nothing")
START = "import sys; from planner.cli import main; main(prog_name='planner')"


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    status: int | None
    """None where it was killed because it did not end"""
    out: str
    err: str
    files: frozenset[str]
    """what stands in the place of the output"""
    left: frozenset[str] = field(default_factory=frozenset)
    """hidden files beside it"""


def run(command: Command, misfortune: Misfortune, inputs: Path, folder: Path, longest_s: float | None = None) -> Ended:
    """Run a command in a new folder; it is killed after `longest_s` seconds, where those are given."""
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(HOOKS, encoding="utf-8")
    if command.before:
        shutil.copytree(inputs / command.before, folder / command.output)
    names = {name: str(inputs / name) for name in ("case", "plan", "other")}
    names |= {
        "events": str(inputs / "events.csv"),
        "book": str(inputs / "case.xlsx"),
        "focus": str(inputs / "focus.csv"),
        "out": str(folder / command.output),
    }
    words = [word.format(**names) for word in command.words]
    if misfortune.cwd_gone:
        (folder / "gone").mkdir()
    paths = [str(folder), str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, **misfortune.environment, "PYTHONPATH": os.pathsep.join(paths)}
    environment["UNLUCKY_FOLDER"] = f"{folder}{os.sep}"

    def prepare() -> None:
        if misfortune.cwd_gone:
            os.chdir(folder / "gone")
            (folder / "gone").rmdir()
        if misfortune.prepare is not None:
            misfortune.prepare()

    process = subprocess.Popen(
        [sys.executable, "-c", START, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment, preexec_fn=prepare,  # noqa: PLW1509 - it takes no lock
        cwd=folder, start_new_session=True,
    )  # fmt: skip
    if misfortune.reader_gone and process.stdout is not None:
        process.stdout.close()
        process.stdout = None
    try:
        out, err = process.communicate(timeout=longest_s)
        status: int | None = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, err = process.communicate()
        status = None
    place = folder / command.output
    files = frozenset(str(path.relative_to(folder)) for path in (place, *place.rglob("*")) if path.exists())
    left = frozenset(path.name for path in folder.iterdir() if path.name.startswith("."))
    return Ended(status, *(text.decode(errors="replace") if text else "" for text in (out, err)), files, left)


def judged(command: Command, misfortune: Misfortune, ended: Ended, usual: Ended) -> str:
    """What is wrong with the way in which a command ended; empty where nothing is.

    `usual` is how it ends when nothing goes wrong.
    """
    if ended.status is None:
        return "hang"
    if "Traceback" in ended.err or "Exception ignored" in ended.err:
        return "traceback"
    if ended.status not in {usual.status, *misfortune.statuses}:
        return f"status {ended.status}"
    early = ended.status != usual.status
    if early and misfortune.says and not any(text in ended.err + ended.out for text in misfortune.says):
        return "no message"
    if misfortune.kills:
        return "" if ended.files in (frozenset(), usual.files) or command.grows else "half written"
    if ended.left:
        return "leftovers"
    written = bool(ended.files) and not command.before
    if written and not command.grows and ended.files != usual.files:
        return "half written"
    if not early and ended.files != usual.files:
        return "not written"
    return "" if command.before else _false_claim(ended, written)


def _false_claim(ended: Ended, written: bool) -> str:
    says_nothing = "othing was written" in ended.err
    says_something = "Written before that" in ended.err or "Written to" in ended.err
    if says_nothing and written:
        return "says falsely that nothing was written"
    return "says falsely that something was written" if says_something and not written else ""
