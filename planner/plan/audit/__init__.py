"""Audit: every post, balance and limit and the objective are derived again from the files of a plan alone.

    case/*             their SHA-256 are those in plan.json
    x                  decisions.csv, capacity.csv and service.csv say what is decided
    tables             every post follows from case and x, and every other table from the posts; each cell is compared
    plan.json          objective = Σ present_value of the ledger; bound, gap and status follow from one another
    limits             used ≤ allowed, for every limit and period but those that plan.json names as bought out
    contract checks    what each contract demands, restated by its instrument's `contract_checks`

It needs neither the model nor a solver.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit import attribution, cells, files, values
from planner.plan.audit.attribution import Evidence, Reading
from planner.plan.audit.finding import Finding
from planner.plan.plan import CASE, EXPORTS, RECORD
from planner.portfolio.portfolio import Portfolio

SHOWN = 40
"""how many findings are printed; `--json` has them all"""


@dataclass(frozen=True)
class Audit:
    """What an audit found, and how much was checked."""

    findings: tuple[Finding, ...]
    """empty where the plan agrees with itself"""
    objective_usd_bn: float | None = None
    """present cost, as the sum of the ledger; None where the files could not be read that far"""
    decisions: int = 0
    """number of decisions that are not zero"""
    posts: int = 0
    """number of posts that are not zero"""
    cells: int = 0
    """number of cells compared"""
    limits: int = 0
    """number of limits checked, counted once per period"""
    terms: int = 0
    """number of contract checks"""
    worst_limit: str = ""
    """the limit with the least headroom"""
    worst_headroom: float | None = None
    """its headroom as a share of what it allows; below −1e-6 it is broken"""
    bought_out: int = 0
    """number of limits that are broken and named in plan.json, counted once per period"""

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.findings

    def json(self) -> dict[str, object]:
        """The audit for programs."""
        return {"agrees": self.agrees, **asdict(self)}

    def text(self) -> str:
        """The audit for a terminal."""
        lines = [str(finding) for finding in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"… and {len(self.findings) - SHOWN} more")
        if self.objective_usd_bn is None:
            return "\n".join([*lines, "The plan does not agree with itself, and cannot be read further."])
        looked = (
            f"{self.cells:,} cells follow from {self.decisions:,} decisions over {self.posts:,} posts, "
            f"{self.limits - self.bought_out:,} limits and {self.terms:,} terms of contracts hold"
        )
        if self.bought_out:
            looked += f", {self.bought_out:,} limits are broken as plan.json says"
        if self.agrees:
            return f"The plan agrees with itself: {looked}.\nPresent cost {self.objective_usd_bn:,.6f} USD bn."
        count = f"{len(self.findings):,} finding{'s' * (len(self.findings) > 1)}"
        return "\n".join([*lines, f"The plan does not agree with itself: {count}."])


def audit(folder: str | Path, catalogue: Catalogue = CATALOGUE, like: Case | None = None) -> Audit:
    """Audit the plan in a folder.

    `like` is a case of this catalogue that was read from files. Tables whose files are byte for byte the same are taken
    over from it and not parsed again. Raises DataError where there is no such folder; anything else that is wrong is a
    finding.
    """
    folder = Path(folder)
    found = files.read(folder)
    findings = [*found.findings]
    if found.record is not None:
        findings += files.unlike_solved(folder, found.record)
    case, wrong = files.read_case(folder, catalogue, like)
    findings += wrong
    if case is None or len(found.tables) < len(EXPORTS):
        return Audit(_sorted(findings))
    headers = [
        finding
        for stem, export in EXPORTS
        for finding in attribution.of_header(stem, cells.header(found.tables[stem], export.COLUMNS))
    ]
    if headers:
        return Audit(_sorted([*findings, *headers]))
    portfolio = Portfolio.of(case)
    names = {name: j for j, name in enumerate(portfolio.ledgers.names)}
    stated = values.stated(portfolio, names, found.tables)
    with np.errstate(all="ignore"):  # a file may hold numbers of any size
        reading = attribution.likeliest(Evidence(portfolio, found.record, found.tables, stated, names))
    told = {(finding.file, finding.line, finding.column) for finding in reading.findings}
    unread = [finding for finding in stated.findings if (finding.file, finding.line, finding.column) not in told]
    return _audit(reading, [*findings, *reading.findings, *unread])


def _audit(reading: Reading, findings: list[Finding]) -> Audit:
    posts = reading.solution.posts
    return Audit(
        findings=_sorted(findings),
        objective_usd_bn=float(posts.worth.sum()),
        decisions=int(np.count_nonzero(reading.solution.x)),
        posts=len(posts),
        cells=reading.cells,
        limits=reading.checked.limits,
        terms=reading.checked.contract_checks,
        bought_out=reading.checked.bought_out,
        worst_limit=reading.checked.worst,
        worst_headroom=reading.checked.worst_headroom if reading.checked.worst else None,
    )


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the files and their lines."""
    order = [f"{stem}.csv" for stem, _ in EXPORTS]

    def place(finding: Finding) -> tuple[int, int]:
        if finding.file.startswith(CASE):
            return -2, finding.line or 0
        return -1 if finding.file == RECORD else order.index(finding.file), finding.line or 0

    return tuple(sorted(findings, key=place))
