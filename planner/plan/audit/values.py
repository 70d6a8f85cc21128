"""The decisions' values, as stated in the files in which they stand and as implied by the ledger.

    coefficient_i · x_j = value_i        for each row i of the ledger that follows from decision j

So every row of the ledger that names a decision implies its value. Where all of them imply the same value, they are
trusted more than a single cell elsewhere that says another.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.ledgers.variables import Domain, PlanFile
from planner.plan.audit.cells import agree
from planner.plan.audit.files import Written
from planner.plan.audit.finding import Finding
from planner.plan.audit.rows import codes, match
from planner.plan.exports import decided, decisions, ledger
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution

STANDS = {
    PlanFile.DECISIONS: decisions.VALUE,
    PlanFile.CAPACITY: decided.VALUE,
    PlanFile.SERVICE: decided.VALUE,
}
"""the column with the decisions' values, by file"""
NAME = "decision"
"""the column with the decisions' names"""
LEDGER = "ledger"
"""stem of the ledger's file"""


@dataclass(frozen=True, eq=False)
class Stated:
    """What the files say that the decisions are."""

    x: Vector
    """0 where no file names a decision; shape (variables,)"""
    files: tuple[str, ...]
    """the file in which each decision stands"""
    lines: Index
    """its line there; 0 where the file does not name it"""
    findings: tuple[Finding, ...]

    def place(self, variable: int) -> tuple[str, int | None]:
        """File and line of a decision."""
        line = int(self.lines[variable])
        return self.files[variable], line or None


def stated(portfolio: Portfolio, names: dict[str, int], tables: dict[str, Written]) -> Stated:
    """The decisions' values in the files; `names` are the numbers of the variables by name."""
    ledgers = portfolio.ledgers
    files = tuple(f"{group.file}.csv" for group in ledgers.groups for _ in group.keys)
    x, lines = np.zeros(ledgers.size), np.zeros(ledgers.size, dtype=np.int64)
    findings: list[Finding] = []
    for stem, column in STANDS.items():
        written = tables[stem]
        numbers, _ = written.numbers(column)
        at = written.header.index(NAME)
        for line, row, value in zip(written.lines.tolist(), written.rows, numbers.tolist(), strict=True):
            name = row[at]
            if not name and stem is not PlanFile.DECISIONS:
                continue
            j = names.get(name)
            if j is None or files[j] != written.file:
                what = f"{name!r} is no decision of this case" if j is None else f"{name!r} stands in {files[j]}"
                findings.append(Finding(written.file, line, NAME, what))
            elif lines[j]:
                findings.append(Finding(written.file, line, NAME, f"{name!r} again; it stands in line {lines[j]}"))
            else:
                lines[j] = line
                x[j] = 0.0 if np.isnan(value) else value
    return Stated(x, files, lines, tuple(findings))


@dataclass(frozen=True, eq=False)
class Witness:
    """What the ledger's rows imply that the decisions are."""

    x: Vector
    """NaN where the rows contradict one another, or where no row could tell; shape (variables,)"""
    rows: Index
    """number of rows of the file that imply each decision"""
    testimonies: Index
    """number of numbers in those rows that imply it"""

    def against(self, x: Vector) -> list[int]:
        """The variables whose numbers in the ledger agree with one another, but not with x."""
        return [int(j) for j in np.flatnonzero(~np.isnan(self.x) & ~agree(x, self.x))]


def witness(portfolio: Portfolio, names: dict[str, int], written: Written) -> Witness:
    """What a written ledger implies that the decisions are."""
    width = portfolio.ledgers.size
    unit = Solution(portfolio, np.ones(width))
    posts = ledger.table(unit)
    variable = np.array([names.get(name, -1) for name in posts[NAME]], dtype=np.int64)
    have, want = match(*codes(written, posts))
    kept = variable[want] >= 0
    have, want = have[kept], want[kept]
    said, of, sharp = [], [], []
    for name in (ledger.VALUE, "present_value_usd_bn"):
        coefficients = np.asarray(posts[name], dtype=float)[want]
        tells = coefficients != 0.0
        said.append(written.numbers(name)[0][have][tells] / coefficients[tells])
        of.append(variable[want][tells])
        sharp.append(np.abs(coefficients[tells]) == 1.0)
    values, variables, exact = np.concatenate(said), np.concatenate(of), np.concatenate(sharp)
    found = np.full(width, np.nan)
    found[np.unique(variable[variable >= 0])] = 0.0  # a decision that is not 0 would have rows
    order = np.lexsort((~exact, variables))
    edges = np.flatnonzero(np.diff(variables[order], prepend=-1, append=-1))
    for first, last in pairwise(edges):
        mine = values[order[first:last]]
        found[variables[order[first]]] = mine[0] if agree(mine, np.full(len(mine), mine[0])).all() else np.nan
    rows = np.bincount(variable[want], minlength=width).astype(np.int64)
    return Witness(_whole(portfolio, found), rows, np.bincount(variables, minlength=width).astype(np.int64))


def _whole(portfolio: Portfolio, x: Vector) -> Vector:
    """x without the rounding error of the division, where only whole numbers are possible."""
    whole = x.copy()
    for group in portfolio.ledgers.groups:
        if group.domain is not Domain.NONNEGATIVE:
            mine = slice(group.first, group.first + len(group.keys))
            near = np.abs(x[mine] - np.round(x[mine])) < 1e-12
            whole[mine] = np.where(near, np.round(x[mine]), x[mine])
    return whole
