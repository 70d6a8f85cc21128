"""The saved models, and how those that are made now differ from them."""

from __future__ import annotations

import tempfile
from difflib import unified_diff
from functools import cache
from pathlib import Path

from tests.golden.cases import Golden
from tests.golden.writer import Files, written

MODELS = Path(__file__).parent / "models"


def made(golden: Golden) -> Files:
    """The files of a golden case as its instrument or rule makes them now."""
    with tempfile.TemporaryDirectory() as folder:
        return written(golden.case(Path(folder)), golden.owner)


@cache
def saved(name: str) -> Files:
    """The files of a golden case as they were approved."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted((MODELS / name).glob("*.lp"))}


def difference(name: str, now: Files) -> str:
    """How the files of a golden case differ from those that were approved; blank where they do not."""
    before = saved(name)
    parts = []
    for file in sorted({*before, *now}):
        old, new = (files.get(file, "").splitlines(keepends=True) for files in (before, now))
        parts += unified_diff(old, new, f"saved {name}/{file}", f"made now {name}/{file}", n=1)
    return "".join(parts)
