"""Audit of a hedge: everything in its folder is derived again from its case and the decisions of its plans.

    files          those of a hedge and no others; case/* have the SHA-256 in plan.json; a plan for each future
    futures        the audit of each plan; its case is, byte for byte, that which the outcomes make of the hedge's
    decisions      those that are taken before the futures part are the same in all of them (`common`); no limit is
                   broken more probably than its waiver allows
    plan.json      costs, probabilities, expected cost, CVaR, objective, quantiles, gap and status (`checks`); the
                   record of each plan says of which future it is, and status and bound as the hedge does
    tables         tree.csv, signatures.csv, futures.csv and risk.csv, cell by cell (`written`)
    certificate    where there is one: sums of multipliers and of bounds, bounds beside the plans (`certified`)

It needs neither the model nor a solver. So it takes bounds, the costs of plans for single futures and the values of
knowing more on the search's word, checks that they are consistent, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from planner.basics.display import AS_IT_IS, Display
from planner.basics.errors import DataError, Disagrees
from planner.basics.text import counted
from planner.catalogue import CATALOGUE
from planner.futures.tree import Tree
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit import SHOWN, Audit, files
from planner.plan.audit.finding import Finding
from planner.plan.contents import CASE, OF_FUTURES
from planner.plan.hedged import HEDGE
from planner.plan.hedges import certified, checks, written
from planner.plan.hedges.certificate import FILES, Certificate
from planner.plan.hedges.contents import NAMES, contents_of, strange, strange_futures
from planner.plan.hedges.examined import ExaminedFutures, examine
from planner.plan.hedges.hedge import Hedge
from planner.plan.hedges.record import HedgeRecord
from planner.plan.record import RECORD, begins_like_a_record

ON_THE_SEARCHS_WORD = (
    "bound_usd_bn", "stopped_by", "costs and bounds of the plans for single futures, and own_plans", "values", "news",
    "options", "reasons", "expected_signs_now", "seconds", "solver", "versions", "notes",
)  # fmt: skip
"""what the record of a hedge and its tables say that no file can confirm"""
BESIDE_A_CERTIFICATE = ("that no plan of a future does better than bounds.csv says", *ON_THE_SEARCHS_WORD[1:])
"""the same where the bound follows from a certificate"""


@dataclass(frozen=True)
class HedgeAudit:
    """What the audit of a hedge found, and how much was checked."""

    findings: tuple[Finding, ...]
    """empty where the hedge agrees with itself; those of the plans among them, under their folders"""
    objective_usd_bn: float | None = None
    """what is minimised, from the ledgers of all plans; None where the files could not be read that far"""
    expected_cost_usd_bn: float | None = None
    cvar_usd_bn: float | None = None
    in_common: int = 0
    """number of decisions that are not zero and are the same in several futures"""
    cells: int = 0
    """number of cells of the hedge's own tables that were compared"""
    futures: dict[str, Audit] = field(default_factory=dict)
    """the audit of each plan, by the name of its future"""
    not_derived: tuple[str, ...] = ()
    """what is said on the search's word; empty where plan.json could not be read"""
    is_plan: bool = True
    """False: the folder has no record, not even a damaged one"""
    proven: int = 0
    """number of futures whose bound was proven again, by solving them (`planner.hedge.by_future.proof`)"""

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.findings

    def json(self) -> dict[str, object]:
        """The audit for programs; of each plan without its findings, which stand among all."""
        told = asdict(replace(self, futures={}))
        futures = {
            name: {key: value for key, value in each.json().items() if key != "findings"}
            for name, each in self.futures.items()
        }
        return {"agrees": self.agrees, "kind": HEDGE, **told, "futures": futures}

    def text(self, display: Display = AS_IT_IS) -> str:
        """The audit for a terminal; findings are about files, which are in USD bn and GW."""
        lines = [str(finding) for finding in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"… and {len(self.findings) - SHOWN} more")
        if self.objective_usd_bn is None:
            return "\n".join([*lines, "The hedge does not agree with itself, and cannot be read further."])
        if not self.agrees:
            count = counted(len(self.findings), "finding")
            return "\n".join([*lines, *self._remarks(), f"The hedge does not agree with itself: {count}."])
        audits = self.futures.values()
        looked = (
            f"{counted(len(audits), 'future')} with {sum(each.cells for each in audits):,} cells, "
            f"{sum(each.limits - len(each.loosened) for each in audits):,} limits and "
            f"{sum(each.terms for each in audits):,} terms of contracts agree, {counted(self.in_common, 'decision')} "
            f"in common are the same, and {self.cells:,} cells of the hedge follow"
        )
        cvar = display.fixed(self.cvar_usd_bn or 0.0, "USD bn", 6)
        cost = f"Expected cost {display.usd(self.expected_cost_usd_bn or 0.0, 6)}, CVaR {cvar}."
        return "\n".join([f"The hedge agrees with itself: {looked}.", cost, *self._remarks()])

    def _remarks(self) -> Iterator[str]:
        if self.proven:
            yield f"Proven again, by solving {counted(self.proven, 'future')}: {BESIDE_A_CERTIFICATE[0]}."
        if self.not_derived:
            yield f"On the search's word, as no file can confirm it: {', '.join(self.not_derived)}."


def audit(folder: str | Path, catalogue: Catalogue = CATALOGUE) -> HedgeAudit:
    """Audit the hedge in a folder.

    Raises DataError where there is no such folder, OSError where it cannot be listed; anything else that is wrong is a
    finding.
    """
    folder = Path(folder)
    contents = contents_of(folder, catalogue)
    is_plan = begins_like_a_record(contents.files.get(RECORD, b""))
    findings = [*strange(contents)]
    record: HedgeRecord | None = None
    if RECORD in contents.files:
        try:
            record = HedgeRecord.parse(contents.files[RECORD])
        except DataError as error:
            findings += map(files.told, error.problems)
    case, wrong = files.read_case(contents, catalogue, None)
    findings += [*files.unlike_solved(contents, None if record is None else record.inputs), *wrong]
    tables, wrong = written.read_tables(contents.files)
    findings += wrong
    certificate: Certificate | None = None
    try:
        certificate = Certificate.parse(contents.files)
    except DataError as error:
        findings += map(files.told, error.problems)
    if case is None:
        return HedgeAudit(_sorted(findings), is_plan=is_plan)
    tree = Tree.of(case)
    findings += strange_futures(folder, tree)
    found, in_common = examine(folder, catalogue, case, tree, certified=certificate is not None)
    findings += [*found.findings, *found.unlike_waivers()]
    audited = HedgeAudit((), in_common=in_common, futures=found.audits, is_plan=is_plan)
    if record is None:
        return replace(audited, findings=_sorted(findings))
    findings += _unlike_record(record, found)
    findings += certified.unlike_method(record, certificate, contents.files)
    if certificate is not None:
        findings += _unlike_certificate(certificate, record, found)
    audited = replace(audited, not_derived=ON_THE_SEARCHS_WORD if certificate is None else BESIDE_A_CERTIFICATE)
    if not found.complete:
        return replace(audited, findings=_sorted(findings))
    cells = 0
    for stem, follows in found.tables(record).items():
        if stem in tables:
            differs, count = written.unlike(tables[stem], follows)
            findings += differs
            cells += count
    if written.SIGNATURES in tables:
        findings += written.unlike_own_plans(tables[written.SIGNATURES], tree, record)
    costs = found.together(record)
    return replace(
        audited,
        findings=_sorted(findings),
        objective_usd_bn=costs.objective,
        expected_cost_usd_bn=costs.expected,
        cvar_usd_bn=costs.cvar,
        cells=cells,
    )


def opened_hedge(folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Hedge:
    """The hedge in a folder, once its audit has agreed.

    Raises DataError where there is no such folder, Disagrees where the audit does not agree, OSError where the folder
    cannot be listed.
    """
    audited = audit(folder, catalogue)
    if not audited.agrees:
        raise Disagrees(str(folder), audited.findings)
    return Hedge.read(folder, catalogue)


def _unlike_record(record: HedgeRecord, found: ExaminedFutures) -> Iterator[Finding]:
    """What the record says that does not follow from the case, from the plans or from its own numbers."""
    yield from checks.unlike_case(record, found.case, found.tree)
    if [each.name for each in record.futures] == [future.name for future in found.tree.futures]:
        yield from checks.unlike_plans(record, found.costs)
        yield from found.unlike_hedge(record)
        yield from checks.unlike_sums(record, found.case)
        yield from checks.unlike_bounds(record, found.case)
        yield from checks.unlike_values(record, found.case)
    yield from checks.unlike_proof(record)


def _unlike_certificate(certificate: Certificate, record: HedgeRecord, found: ExaminedFutures) -> Iterator[Finding]:
    """What the certificate says that does not follow, or from which the bound does not."""
    tree, taken = found.tree, found.taken
    yield from certified.unlike_futures(certificate, found.case, tree)
    yield from certified.unlike_decisions(certificate, tree, taken)
    yield from certified.unlike_bound(certificate, record)
    yield from certified.unlike_plans(certificate, tree, found.costs, taken)


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the files: the case, the record, the tables, the plans, what is no file."""
    order = {name: place for place, name in enumerate((*NAMES, *FILES), start=1)}

    def place(finding: Finding) -> tuple[int, int]:
        first = finding.file.split("/")[0]
        if first == CASE:
            return 0, finding.line or 0
        return order.get(finding.file, len(order) + (1 if first == OF_FUTURES else 2)), finding.line or 0

    return tuple(sorted(findings, key=place))
