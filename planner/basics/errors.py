"""Errors that are not faults of the program: invalid data, cases without a plan, and machines that lack something.

Faults of the program raise `RuntimeError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.basics.text import escaped


@dataclass(frozen=True)
class Problem:
    """One problem of a case: its place, what was expected there and what was found.

    >>> print(Problem("site_leases.csv", 7, "pue", "a number of at least 1", "'abc'"))
    site_leases.csv:7 pue: expected a number of at least 1, found 'abc'
    >>> print(Problem("links.csv", None, "", "UTF-8 text", "an empty file"))
    links.csv: expected UTF-8 text, found an empty file
    """

    file: str
    line: int | None
    """line in the file, counted from 1; None for the file as a whole"""
    column: str
    """column or key, several joined by commas; empty for the line as a whole"""
    expected: str
    found: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return escaped(f"{where}{' ' * bool(self.column)}{self.column}: expected {self.expected}, found {self.found}")


class DataError(Exception):
    """The case, or a change to it, is not valid. `problems` holds all problems at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class Disagrees(Exception):
    """The audit of a plan does not agree. `folder` is that of the plan, `findings` what does not agree, in words."""

    def __init__(self, folder: str, findings: Iterable[object]) -> None:
        self.folder = folder
        self.findings = tuple(map(str, findings))
        super().__init__("\n".join(f"{folder}/{each}" for each in self.findings))

    def __reduce__(self) -> tuple[type[Disagrees], tuple[str, tuple[str, ...]]]:
        return type(self), (self.folder, self.findings)


class NoPlan(Exception):
    """The case is valid, but there is no plan to return.

    `why` is the reason, `hint` what to do next; it is empty where there is no advice.
    """

    def __init__(self, why: str, hint: str = "") -> None:
        self.why = why
        self.hint = hint
        super().__init__(f"{why}\n{hint}" if hint else why)

    def __reduce__(self) -> tuple[type[NoPlan], tuple[str, str]]:
        return type(self), (self.why, self.hint)


LONGER = "Allow more time (case.solver.time_limit_s or --time-limit)."
EXPLAINS = "`planner explain CASE`, with the same options, says what would make one possible."


class Infeasible(NoPlan):
    """No plan satisfies all constraints and limits."""

    def __init__(self, why: str, hint: str = EXPLAINS) -> None:
        super().__init__(why, hint)


class Stopped(NoPlan):
    """The search was stopped, by its time limit or by the user, before it found a plan."""


class Unbounded(RuntimeError):
    """The model has no least cost: a fault of the planner, as no decision may earn money without end."""


MEMORY = "there is not enough memory"
LESS_MEMORY = "Free some, or make the case smaller, as with --period-months 12; a study needs less with --workers 1."


class MissingResource(Exception):
    """The machine lacks what the work needs: memory, threads, processes or a package. The case is not at fault.

    `why` says what is missing, `hint` what to do about it.
    """

    def __init__(self, why: str, hint: str = "") -> None:
        self.why = why
        self.hint = hint
        super().__init__(f"{why}\n{hint}" if hint else why)

    def __reduce__(self) -> tuple[type[MissingResource], tuple[str, str]]:
        return type(self), (self.why, self.hint)
