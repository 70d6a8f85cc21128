"""Audit: every post, balance and limit and the objective are derived again from the files of a plan alone.

    files              those of a plan and no others; case/* have the SHA-256 in plan.json
    x                  decisions.csv, capacity.csv and service.csv say what is decided
    tables             every post follows from case and x, and every other table from the posts; each cell is compared
    plan.json          the keys of a record and no others; objective = Σ present_value of the ledger; gap and status
                       follow from objective and bound; options, title and remarks follow from the case
    limits             used ≤ allowed, for every limit and period; a stress plan may break those that a stress may
                       loosen, if plan.json names them; under a waiver used ≤ allowed + waived, and waived is no more
                       than used − allowed
    contract checks    what each contract demands, restated by its instrument's `contract_checks`

It needs neither the model nor a solver. So it takes the bound on the search's word, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from planner.basics.display import AS_IT_IS, Display
from planner.basics.errors import DataError, Disagrees, Problem
from planner.basics.text import counted
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.common import settings
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit import attribution, cells, files, values
from planner.plan.audit.attribution import Evidence, Reading
from planner.plan.audit.finding import Finding
from planner.plan.contents import CASE, MISSING, Contents, is_of_a_hedge
from planner.plan.hedged import tells_of_a_hedge
from planner.plan.plan import Plan
from planner.plan.record import ON_THE_SEARCHS_WORD, RECORD, Record, begins_like_a_record
from planner.plan.tables import EXPORTS
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution

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
    """number of limits that are broken and that a stress plan may break, counted once per period"""
    loosened: tuple[str, ...] = ()
    """their names"""
    waived: tuple[str, ...] = ()
    """names of the limits that are broken under a waiver, at its price, one for each period"""
    stress: str = ""
    """of a stress plan: which plan was stressed, and under which events; empty for any other"""
    replan: str = ""
    """of a re-planned plan: which plan it comes from; empty for any other"""
    hedge: str = ""
    """of one future of a hedge: which future, of what; empty for any other"""
    not_derived: tuple[str, ...] = ()
    """what plan.json says on the search's word, as no file can confirm it; empty where plan.json could not be read"""
    is_plan: bool = True
    """False: the folder has no record of a plan, not even a damaged one"""

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.findings

    def json(self) -> dict[str, object]:
        """The audit for programs."""
        return {"agrees": self.agrees, **asdict(self)}

    def text(self, display: Display = AS_IT_IS) -> str:
        """The audit for a terminal; findings are about files, which are in USD bn and GW."""
        lines = [str(finding) for finding in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"… and {len(self.findings) - SHOWN} more")
        if self.objective_usd_bn is None:
            return "\n".join([*lines, "The plan does not agree with itself, and cannot be read further."])
        if not self.agrees:
            count = counted(len(self.findings), "finding")
            return "\n".join([*lines, *self._remarks(), f"The plan does not agree with itself: {count}."])
        looked = (
            f"{self.cells:,} cells follow from {self.decisions:,} decisions over {self.posts:,} posts, "
            f"{self.limits - len(self.loosened) - len(self.waived):,} limits and {self.terms:,} terms of contracts hold"
        )
        cost = f"Present cost {display.usd(self.objective_usd_bn, 6)}."
        return "\n".join([f"The plan agrees with itself: {looked}.", cost, *map(display.told, self._remarks())])

    def _remarks(self) -> Iterator[str]:
        """What this plan is allowed, and what is not derived again."""
        if self.stress:
            yield f"This is a stress plan, of {self.stress}."
            if self.loosened:
                verb = "is" if len(self.loosened) == 1 else "are"
                broken = f"{counted(len(self.loosened), 'limit')} {verb} broken as {RECORD} says"
                yield f"{broken}, loosened by the stress: {', '.join(self.loosened)}."
        if self.waived:
            verb = "is" if len(self.waived) == 1 else "are"
            broken = f"{counted(len(self.waived), 'limit')} {verb} broken under a waiver, at its price"
            yield f"{broken}: {', '.join(self.waived)}."
        if self.replan:
            yield f"This is a re-planned plan, from {self.replan}."
        if self.hedge:
            yield f"This is the plan of {self.hedge}."
        if self.not_derived:
            yield f"On the search's word, as no file can confirm it: {', '.join(self.not_derived)}."


@dataclass(frozen=True)
class Examined:
    """The audit of a plan's files, and what it was made of as far as the files could be read."""

    audit: Audit
    record: Record | None = None
    case: Case | None = None
    solution: Solution | None = None
    """of the decisions as they most likely are"""


def shown_in(folder: Path) -> Display:
    """The units in which the case of a plan, or of a plan for all futures, is printed."""
    return settings.shown_in(folder / CASE)


def audit(folder: str | Path, catalogue: Catalogue = CATALOGUE, like: Case | None = None) -> Audit:
    """Audit the plan in a folder.

    `like` is a case of this catalogue. Tables whose files are byte for byte the same are taken over from it and not
    parsed again. Raises DataError where there is no such folder or where it is known to hold something else, OSError
    where it cannot be listed; anything else that is wrong is a finding.
    """
    return examined(Contents.of(Path(folder), catalogue), catalogue, like).audit


def opened(
    folder: str | Path, catalogue: Catalogue = CATALOGUE, on_audit: Callable[[Audit], object] = lambda _: None
) -> Plan:
    """The plan in a folder, once its audit has agreed; `on_audit` is then called with the audit.

    Raises DataError where the folder is none of a plan, Disagrees where the audit does not agree, OSError where the
    folder cannot be listed.
    """
    if not Path(folder).is_dir():
        raise DataError([Problem(str(folder), None, "", f"a plan with {RECORD}", MISSING)])
    contents = Contents.of(Path(folder), catalogue)
    if tells_of_a_hedge(contents.files.get(RECORD, b"")):
        raise DataError([is_of_a_hedge(Path(folder), f"{folder}/{RECORD}")])
    found = examined(contents, catalogue)
    audited, case = found.audit, found.case
    if not audited.is_plan:
        raise DataError([Problem(f"{folder}/{RECORD}", None, "", "the record of a plan", _instead(contents))])
    if not audited.agrees or case is None:
        raise Disagrees(str(folder), audited.findings)
    on_audit(audited)
    return Plan.made_of(contents.files, catalogue, case)


def _instead(contents: Contents) -> str:
    """What stands where the record of a plan should stand."""
    if RECORD in contents.files:
        return "another file" if contents.files[RECORD] else "an empty file"
    return contents.unread.get(RECORD, MISSING)


def examined(contents: Contents, catalogue: Catalogue, like: Case | None = None) -> Examined:
    """The audit of a plan's files; `like` as in `audit`."""
    is_plan = begins_like_a_record(contents.files.get(RECORD, b""))
    found = files.read(contents)
    case, wrong = files.read_case(contents, catalogue, like)
    findings = [*found.findings, *files.unlike_solved(contents, found.inputs), *wrong]
    headers = [
        finding
        for stem, export in EXPORTS
        if stem in found.tables
        for finding in attribution.of_header(stem, cells.header(found.tables[stem], export.COLUMNS))
    ]
    findings += headers
    if case is None or headers or len(found.tables) < len(EXPORTS):
        return Examined(Audit(_sorted(findings), is_plan=is_plan), found.record, case)
    portfolio = Portfolio.of(case)
    names = {name: j for j, name in enumerate(portfolio.ledgers.names)}
    stated = values.stated(portfolio, names, found.tables)
    with np.errstate(all="ignore"):  # a file may hold numbers of any size
        reading = attribution.likeliest(Evidence(portfolio, found.record, found.tables, stated, names))
    told = {(finding.file, finding.line, finding.column) for finding in reading.findings}
    unread = [finding for finding in stated.findings if (finding.file, finding.line, finding.column) not in told]
    audited = _audit(reading, found.record, [*findings, *reading.findings, *unread], is_plan=is_plan)
    return Examined(audited, found.record, case, reading.solution)


def _audit(reading: Reading, record: Record | None, findings: list[Finding], *, is_plan: bool) -> Audit:
    posts = reading.solution.posts
    stress = None if record is None else record.stress
    replan = None if record is None else record.replan
    hedge = None if record is None else record.hedge
    more: tuple[str, ...] = ("stress", "how little the limits are broken") if stress is not None else ()
    if replan is not None:
        more = (*more, "replan: the plan before, what has changed since, and what it costs to wait")
    if hedge is not None:
        more = (*more, "status and hedge, which the audit of the hedge confirms")
    return Audit(
        findings=_sorted(findings),
        objective_usd_bn=float(posts.worth.sum()),
        decisions=int(np.count_nonzero(reading.solution.x)),
        posts=len(posts),
        cells=reading.cells,
        limits=reading.checked.limits,
        terms=reading.checked.contract_checks,
        bought_out=len(reading.checked.loosened),
        loosened=reading.checked.loosened,
        waived=reading.checked.waived,
        stress="" if stress is None else stress.text,
        replan="" if replan is None else replan.text,
        hedge="" if hedge is None else hedge.text,
        not_derived=() if record is None else (*ON_THE_SEARCHS_WORD, *more),
        is_plan=is_plan,
        worst_limit=reading.checked.worst,
        worst_headroom=reading.checked.worst_headroom if reading.checked.worst else None,
    )


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the files and their lines: the case, the record, the tables, what is no file."""
    order = {name: place for place, name in enumerate((RECORD, *(f"{stem}.csv" for stem, _ in EXPORTS)), start=1)}

    def place(finding: Finding) -> tuple[int, int]:
        of_case = finding.file.split("/")[0] == CASE
        return 0 if of_case else order.get(finding.file, len(order) + 1), finding.line or 0

    return tuple(sorted(findings, key=place))
