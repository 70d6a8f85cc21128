"""Where the rows and columns of a case stand in the workbook from which it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from planner.basics.errors import Problem


@dataclass(frozen=True)
class SheetPlaces:
    """Sheet, rows and columns of one file of a case."""

    sheet: str
    rows: Mapping[int, int]
    """row of the sheet, counted from 1, by line of the file"""
    columns: Mapping[str, str]
    """letters of the sheet's column by name of the table's; empty for settings"""
    keys: Mapping[str, int]
    """row by key, of settings"""

    def told(self, problem: Problem) -> Problem:
        """The problem at the sheet and cell instead of at the file and line.

        >>> places = SheetPlaces("links", {3: 4}, {"region_a": "A", "latency_ms": "C"}, {})
        >>> str(places.told(Problem("links.csv", 3, "latency_ms", "a number", "'x'")))
        "links!C4 latency_ms: expected a number, found 'x'"
        >>> str(places.told(Problem("links.csv", 3, "", "3 cells", "4")))
        'links!4:4: expected 3 cells, found 4'
        """
        first = problem.column.split(",")[0].strip()
        if first in self.keys:
            return replace(problem, file=f"{self.sheet}!B{self.keys[first]}", line=None)
        row = None if problem.line is None else self.rows.get(problem.line)
        if row is None:
            return replace(problem, file=self.sheet, line=None)
        place = f"{self.columns[first]}{row}" if first in self.columns else f"{row}:{row}"
        return replace(problem, file=f"{self.sheet}!{place}", line=None)


@dataclass(frozen=True)
class Sheets:
    """Where each file of a case stands in a workbook."""

    places: Mapping[str, SheetPlaces]
    """by name of the file"""

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems at their cells; a table that is missing is a sheet that is."""
        return [self._told(each) for each in problems]

    def _told(self, problem: Problem) -> Problem:
        if problem.file in self.places:
            return self.places[problem.file].told(problem)
        found = problem.found.replace("no such file", "no such sheet")
        return replace(problem, file=problem.file.removesuffix(".csv"), found=found)
