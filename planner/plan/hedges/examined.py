"""The plans of a hedge, each audited, and what follows from all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.basics.errors import DataError
from planner.basics.frames import Table
from planner.case.case import Case
from planner.futures.cases import case_of
from planner.futures.tree import Future, Tree
from planner.interfaces.catalogue import Catalogue
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit import Audit, examined, files
from planner.plan.audit.finding import Finding, apart
from planner.plan.contents import CASE, Contents, of_case
from planner.plan.hedges.certified import TakenDecisions
from planner.plan.hedges.common import Apart, apart_in_common
from planner.plan.hedges.hedge import as_future, place_of
from planner.plan.hedges.record import Costs, FutureCost, HedgeRecord
from planner.plan.hedges.tables import FutureFacts, futures_table, risk_table, signatures_table, tree_table
from planner.plan.plan import Plan
from planner.plan.record import RECORD, Record
from planner.portfolio.waived import too_probable


@dataclass(frozen=True)
class ExaminedFutures:
    """The audits of the plans, and what is known of the futures whose files could be read."""

    case: Case
    """of the hedge"""
    tree: Tree
    audits: dict[str, Audit] = field(default_factory=dict)
    """by the name of the future"""
    records: dict[int, Record] = field(default_factory=dict)
    """by the position of the future, as the next two"""
    costs: dict[int, float] = field(default_factory=dict)
    """present cost, as the sum of the ledger [USD bn]"""
    facts: dict[int, FutureFacts] = field(default_factory=dict)
    taken: dict[int, TakenDecisions] = field(default_factory=dict)
    """empty where the hedge has no certificate"""
    findings: list[Finding] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every plan could be read."""
        return len(self.facts) == len(self.tree)

    def together(self, record: HedgeRecord) -> Costs:
        """What follows from the costs and probabilities of all futures."""
        return Costs.of(self.restated(record).futures, self.case.settings.risk)

    def restated(self, record: HedgeRecord) -> HedgeRecord:
        """The record with the probabilities of the tree, and with the costs of the plans where it says others."""
        told = [
            replace(
                each,
                probability=self.tree.futures[i].probability,
                cost_usd_bn=each.cost_usd_bn if _agree(each.cost_usd_bn, self.costs[i]) else self.costs[i],
            )
            for i, each in enumerate(_named(record, self.tree))
        ]
        return replace(record, futures=tuple(told))

    def tables(self, record: HedgeRecord) -> dict[str, Table]:
        """The tables of the hedge by stem, without what the plans for single futures sign."""
        facts = [self.facts[i] for i in range(len(self.tree))]
        return {
            "tree": tree_table(self.tree),
            "signatures": signatures_table(self.tree, facts, [None] * len(facts)),
            "futures": futures_table(self.restated(record), facts),
            "risk": risk_table(self.tree, facts),
        }

    def unlike_waivers(self) -> Iterator[Finding]:
        """Limits that are broken more probably than their waiver allows."""
        if len(self.tree) == 1:  # such a waiver waives nothing there, which the audit of the plan sees
            return
        futures = self.tree.futures
        broken = [(futures[i].probability, fact.waived) for i, fact in self.facts.items()]
        for name, probability, row in too_probable(self.case, broken):
            where = ", ".join(futures[i].name for i, fact in self.facts.items() if name in fact.waived)
            what = f"says {row.probability_max:g}, but {' '.join(name)} is broken with probability {probability:.6g}"
            yield Finding(f"{CASE}/{row.about.file}", row.line, "probability_max", f"{what}: in {where}")

    def unlike_hedge(self, record: HedgeRecord) -> Iterator[Finding]:
        """What the records of the plans say that does not follow from that of the hedge."""
        told = replace(record, futures=_named(record, self.tree))
        for i, mine in self.records.items():
            future = self.tree.futures[i]
            for key, says, follows in _differences(mine, as_future(mine, self.tree, future, told), told):
                one, other = ("nothing" if each is None else repr(each) for each in (says, follows))
                yield Finding(
                    f"{place_of(future).as_posix()}/{RECORD}", None, key, f"says {one}, the hedge gives {other}"
                )


def _differences(mine: Record, follows: Record, hedge: HedgeRecord) -> Iterator[tuple[str, object, object]]:
    """Key by key, what the record of a plan says and what it should say, where they differ."""
    if follows.hedge is None:  # the only future: its plan has the result of the hedge itself
        follows = replace(follows, status=hedge.status, stopped_by=hedge.stopped_by, bound_usd_bn=hedge.bound_usd_bn)
    if mine.hedge is None or follows.hedge is None:
        if mine.hedge is not follows.hedge:
            names = [None if each is None else each.future for each in (mine.hedge, follows.hedge)]
            yield "hedge", names[0], names[1]
    else:
        for name, value in vars(follows.hedge).items():
            says = getattr(mine.hedge, name)
            if not (_agree(says, value) if isinstance(value, float) else says == value):
                yield f"hedge.{name}", says, value
    for name in ("status", "stopped_by", "bound_usd_bn", "changes"):
        says, value = getattr(mine, name), getattr(follows, name)
        if not (_agree(says, value) if isinstance(value, float) else says == value):
            yield name, says, value


def examine(
    folder: Path, catalogue: Catalogue, case: Case, tree: Tree, certified: bool = False
) -> tuple[ExaminedFutures, int]:
    """The plans of the hedge in a folder, and the number of decisions compared that several futures have in common.

    Where it is `certified`, all decisions are kept for the check of the certificate.
    """
    found = ExaminedFutures(case, tree)
    for i, future in enumerate(tree.futures):
        if (folder / place_of(future)).is_dir():
            _add(found, folder, catalogue, i, future, certified)
    apart_, compared = apart_in_common(tree, {i: fact.decisions for i, fact in found.facts.items()})
    found.findings.extend(_told(tree, each) for each in apart_)
    return found, compared


def _add(found: ExaminedFutures, folder: Path, catalogue: Catalogue, i: int, future: Future, certified: bool) -> None:
    """Audit the plan of a future, given by its position."""
    place = place_of(future).as_posix()
    follows: Case | None = None
    try:
        follows = case_of(found.case, found.tree, future)
    except DataError as error:
        told = (files.told(replace(each, file=f"{CASE}/{each.file}")) for each in error.problems)
        found.findings.extend(replace(each, what=f"{each.what}, in the future {future.name}") for each in told)
    try:
        contents = Contents.of(folder / place, catalogue)
    except OSError as error:
        found.findings.append(Finding(place, None, "", f"cannot be read: {(error.strerror or str(error)).lower()}"))
        return
    looked = examined(contents, catalogue, follows)
    found.audits[future.name] = looked.audit
    mine = [replace(each, file=f"{place}/{each.file}") for each in looked.audit.findings]
    if follows is not None:
        known = {each.file for each in mine}
        mine += [each for each in _unlike(of_case(contents.files), follows, place) if each.file not in known]
    found.findings.extend(mine)
    if looked.solution is None or looked.record is None or looked.audit.objective_usd_bn is None:
        return
    plan = Plan.of(looked.solution, looked.record)
    found.facts[i] = FutureFacts.of(found.case, plan, looked.solution.portfolio)
    if certified:
        found.taken[i] = TakenDecisions.of(found.case, found.tree, i, looked.solution.portfolio, plan.values)
    found.records[i], found.costs[i] = looked.record, looked.audit.objective_usd_bn


def _unlike(there: dict[str, bytes], follows: Case, place: str) -> Iterator[Finding]:
    """Files of the case of a future that are not, byte for byte, those which its outcomes make."""
    for name in sorted({*there, *follows.files}):
        if there.get(name) != follows.files.get(name):
            what = (
                "is missing, but the hedge's case has it" if name not in there
                else "is not in the hedge's case" if name not in follows.files
                else "is not what the outcomes of this future make of the hedge's case"
            )  # fmt: skip
            yield Finding(f"{place}/{CASE}/{name}", None, "", what)


def _told(tree: Tree, each: Apart) -> Finding:
    """A decision that is not the same in all futures of its node."""
    future, other = tree.futures[each.future], tree.futures[each.like]
    says, follows = apart(each.value, each.others)
    known = each.node.known or "nothing"
    what = f"{each.name} is {says}, but {follows} in {other.name}, and when it is decided nothing tells the two apart"
    what = f"{what} (known is {known})"
    return Finding(f"{place_of(future).as_posix()}/{each.file}", None, "decision", what)


def _named(record: HedgeRecord, tree: Tree) -> tuple[FutureCost, ...]:
    """What the record says of each future of the tree; a cost that is no number where it does not name it."""
    said = {each.name: each for each in record.futures}
    return tuple(
        said.get(future.name, FutureCost(future.name, future.probability, float("nan"))) for future in tree.futures
    )


def _agree(says: object, follows: float) -> bool:
    return isinstance(says, int | float) and abs(says - follows) <= TOLERANCE * abs(follows) + 1e-9
