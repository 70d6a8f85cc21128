"""A program as an MPS file, which other solvers read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from planner.basics.outputs import locked, partial_file, resolved
from planner.solver.highs import load
from planner.solver.program import Program

LONGEST = 100
"""characters of a name"""


def write_mps(program: Program, path: str | Path) -> None:
    """Write a program in free MPS format, with the names of the model and the objective's constant.

    Variables that enter no row and cost nothing are left out: HiGHS would write them among the integers next to them.
    Variables whose integrality is implied are written as integers, because SCIP 10.0 finds wrong solutions otherwise.
    The file is written beside its place and moved there once it is complete. Raises OSError where that fails.
    """
    from highspy import HighsStatus

    path = resolved(path)
    program = program.without_unused()
    program = replace(program, implied=None)
    highs = load(program)
    for j, name in enumerate(mps_names(program.variable_names())):
        highs.passColName(j, name)
    for i, name in enumerate(mps_names(program.row_names())):
        highs.passRowName(i, name)
    with locked(path):
        partial = partial_file(path, "model.mps")  # the ending tells HiGHS the format
        try:
            if highs.writeModel(str(partial)) == HighsStatus.kError or not _is_whole(partial):
                raise OSError(f"cannot write {path}")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def mps_names(names: Iterable[str]) -> list[str]:
    """Names without blanks, of limited length, each made unique.

    >>> mps_names(["site.exercise[north hall,0]", "x", "x"])
    ['site.exercise[north_hall,0]', 'x', 'x~2']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        plain = re.sub(r"[^\x21-\x7e]", "_", name) or "_"
        short, serial = plain[:LONGEST], 1
        while short in taken:
            serial += 1
            end = f"~{serial}"
            short = plain[: LONGEST - len(end)] + end
        taken.add(short)
        found.append(short)
    return found


def _is_whole(path: Path) -> bool:
    """Whether the file has its last line. HiGHS does not notice a full disk."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16))
        return file.read().split()[-1:] == [b"ENDATA"]
