"""Which number was changed, when a table and the ledger disagree.

A decision stands in one cell, and everything else follows from it, so one changed cell makes a hundred others look
wrong. The ledger implies the decisions too, so there are two readings:

    the decisions are as their cells say          what differs is wrong in the other files
    some decisions are as the ledger implies      their cells are wrong

The audit reports the findings of the reading that has fewer; where both have as many, it reports those of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from planner.basics.frames import height
from planner.plan.audit import checks
from planner.plan.audit.cells import Difference, compare
from planner.plan.audit.checks import Checked
from planner.plan.audit.files import Written
from planner.plan.audit.finding import Finding, apart
from planner.plan.audit.record import unlike_ledger
from planner.plan.audit.values import LEDGER, STANDS, Stated, Witness, witness
from planner.plan.record import Record
from planner.plan.tables import EXPORTS
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution

TRIES = 8
"""largest number of decisions that are read one by one as the ledger implies"""


@dataclass(frozen=True, eq=False)
class Reading:
    """What follows from one reading of the decisions, compared with the files."""

    solution: Solution
    findings: tuple[Finding, ...]
    checked: Checked
    cells: int
    """number of cells compared"""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The files of a plan, and the portfolio of its case."""

    portfolio: Portfolio
    record: Record | None
    tables: dict[str, Written]
    stated: Stated
    names: dict[str, int]

    @cached_property
    def witness(self) -> Witness:
        """What the ledger implies that the decisions are."""
        return witness(self.portfolio, self.names, self.tables[LEDGER])

    def read(self, taken: frozenset[int] = frozenset()) -> Reading:
        """What follows if the decisions in `taken` are as the ledger implies, and all others as their cells say."""
        x = self.stated.x
        rows: dict[str, int] = {}
        if taken:
            x = x.copy()
            columns = sorted(taken)
            x[columns] = self.witness.x[columns]
            of = {j: name for name, j in self.names.items() if j in taken}
            rows = {of[j]: int(self.witness.rows[j]) for j in columns}
        solution = Solution(self.portfolio, x)
        findings: list[Finding] = []
        cells = 0
        for stem, export in EXPORTS:
            follows = export.table(solution)
            cells += height(follows) * len(follows)
            findings += (_told(stem, each, rows) for each in compare(self.tables[stem], follows))
        if self.record is not None:
            findings += unlike_ledger(self.record, solution)
        relaxed = () if self.record is None else self.record.relaxed
        stressed = self.record is not None and self.record.stress is not None
        checked = checks.check(solution, self.stated, self.tables["limits"], relaxed, stressed=stressed)
        return Reading(solution, (*findings, *checked.findings), checked, cells)


def likeliest(evidence: Evidence) -> Reading:
    """The reading with the fewest findings. Where another has as many, its findings are added."""
    best, chosen = evidence.read(), frozenset[int]()
    if not best.findings:
        return best
    doubted = evidence.witness.against(evidence.stated.x)
    alone = frozenset(j for j in doubted if evidence.witness.testimonies[j] == 1)
    tried = {chosen: best}
    for move in (frozenset(doubted) - alone, alone, *(frozenset([j]) for j in doubted[:TRIES])):
        other = chosen ^ move
        if other not in tried:
            tried[other] = evidence.read(other)
            if len(tried[other].findings) < len(best.findings):
                best, chosen = tried[other], other
    rivals = [reading for reading in tried.values() if len(reading.findings) == len(best.findings)]
    findings = dict.fromkeys([*best.findings, *(each for reading in rivals for each in reading.findings)])
    return replace(best, findings=tuple(findings))


def of_header(stem: str, differences: list[Difference]) -> Iterator[Finding]:
    """How the header of a file differs from what it should be, in words."""
    for each in differences:
        if not each.column:
            yield Finding(f"{stem}.csv", 1, "", f"the columns are not in the order {each.follows}")
        else:
            what = "is missing" if each.follows else "is no column of this file, or stands there twice"
            yield Finding(f"{stem}.csv", 1, each.column, what)


def _told(stem: str, difference: Difference, rows: dict[str, int]) -> Finding:
    """A difference in words. `rows` is the number of rows of the ledger that imply a decision, by its name."""
    file = f"{stem}.csv"
    gives = f"the {'decisions give' if stem in (LEDGER, *STANDS) else 'ledger gives'}"
    if stem in STANDS and difference.decision in rows:
        gives = f"the ledger ({rows[difference.decision]} rows) implies"
    if difference.line is None:
        return Finding(file, None, "", f"has no row with {difference.row}, which {gives}")
    if not difference.column:
        return Finding(file, difference.line, "", "is a row to which nothing gives rise")
    says, follows = difference.says, difference.follows
    if isinstance(says, float) and isinstance(follows, float):
        says, follows = apart(says, follows)
        return Finding(file, difference.line, difference.column, f"says {says}, {gives} {follows}")
    return Finding(file, difference.line, difference.column, f"says {shown(says)}, {gives} {shown(follows)}")


def shown(value: str | float) -> str:
    """What a cell says, as a finding quotes it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value) if value else "nothing"
