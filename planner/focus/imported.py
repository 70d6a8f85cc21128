"""What a FOCUS file brings into a case, and what the user asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.basics.errors import Problem
from planner.basics.text import counted, escaped
from planner.focus.terms import Terms


@dataclass(frozen=True)
class ImportOptions:
    """What the user asks for."""

    terms: Terms = field(default_factory=Terms)
    fill: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """what stands in cells that would be blank, by table and column"""
    force: bool = False
    """whether rows that are there already may be replaced"""


@dataclass(frozen=True)
class LeftBlank:
    """A problem of a row that came in."""

    problem: Problem
    file: str
    line: int
    """place in the FOCUS file that the row comes from"""

    def __str__(self) -> str:
        return f"{self.problem} (from {self.file}:{self.line})"


@dataclass(frozen=True)
class Imported:
    """What a file brings into a case."""

    files: Mapping[str, bytes]
    """new content of files of the folder, by path"""
    rows: Mapping[str, int]
    """how many rows came into each of them"""
    offers: tuple[str, ...]
    """offers whose contracts or use came in"""
    notes: tuple[Problem, ...] = ()
    """what of the file was not taken over"""
    left: tuple[LeftBlank, ...] = ()
    """what is left to fill in the rows, or is wrong with them, as `planner check` says it"""
    elsewhere: int = 0
    """how many problems the case has elsewhere"""

    def json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "rows": dict(self.rows),
            "offers": list(self.offers),
            "not_taken": [str(each) for each in self.notes],
            "left_to_fill": [str(each) for each in self.left],
            "problems_elsewhere": self.elsewhere,
        }

    def lines(self, case: str) -> list[str]:
        """The same in words. Problems that differ only in their lines are told together."""
        rows = ", ".join(f"{counted(count, 'row')} of {name}" for name, count in self.rows.items())
        lines = [f"{counted(len(self.offers), 'offer')} came into {case}: {rows or 'nothing'}"]
        if self.notes:
            lines += ["", "Not told, or not taken over:", *_together(self.notes, [None] * len(self.notes))]
        if self.left:
            lines += ["", f"Left to fill, {counted(len(self.left), 'cell')}, as planner check {case} says:"]
            lines += _together([each.problem for each in self.left], [(each.file, each.line) for each in self.left])
        if self.elsewhere:
            lines += ["", f"{counted(self.elsewhere, 'problem')} elsewhere in the case"]
        return lines


def _together(problems: Sequence[Problem], sources: Sequence[tuple[str, int] | None]) -> list[str]:
    """Each kind of problem in a line, with the lines of its rows and those that they come from."""
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for i, each in enumerate(problems):
        groups.setdefault((each.file, each.column, each.expected, each.found), []).append(i)
    found = []
    for (file, column, expected, said), which in groups.items():
        at = _ranges(problems[i].line for i in which)
        where = f"{file}:{at}" if at else file
        came = [source for source in map(sources.__getitem__, which) if source is not None]
        origin = f" (from {came[0][0]}:{_ranges(line for _, line in came)})" if came else ""
        found.append(f"  {escaped(f'{where} {column}: expected {expected}, found {said}{origin}')}")
    return found


def _ranges(lines: Iterable[int | None]) -> str:
    """Numbers of lines, those in turn as a range.

    >>> _ranges([2, 3, 4, 9, None])
    '2-4,9'
    """
    runs: list[list[int]] = []
    for line in sorted({line for line in lines if line is not None}):
        if runs and runs[-1][1] == line - 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
