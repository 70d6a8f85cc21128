"""The written tables of a hedge are compared, cell by cell, with those that follow from its case and its plans.

`own_plans` in `signatures.csv` is on the search's word, as the plans for single futures are not kept. It must be a
number of futures of the node, the same for every decision of an offer in a node, and blank where a future's own cost is
not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planner.basics.errors import DataError
from planner.basics.frames import Table, height
from planner.futures.tree import Tree
from planner.plan.audit.attribution import of_header, shown
from planner.plan.audit.cells import Difference, compare, header
from planner.plan.audit.files import Written, told, written
from planner.plan.audit.finding import Finding, apart
from planner.plan.hedges.record import HedgeRecord
from planner.plan.hedges.tables import COLUMNS

OWN_PLANS = "own_plans"
SIGNATURES = "signatures"


def read_tables(files: Mapping[str, bytes]) -> tuple[dict[str, Written], list[Finding]]:
    """The tables with the right columns, by stem, and what is wrong with the others."""
    found: dict[str, Written] = {}
    findings: list[Finding] = []
    for stem, columns in COLUMNS.items():
        file = f"{stem}.csv"
        if file not in files:
            continue
        try:
            table, wrong = written(file, files[file])
        except DataError as error:
            findings += map(told, error.problems)
            continue
        findings += wrong
        odd = [*of_header(stem, header(table, columns))]
        findings += odd
        if not odd:
            found[stem] = table
    return found, findings


def unlike(table: Written, follows: Table) -> tuple[list[Finding], int]:
    """How a written table differs from the one that follows, and the number of cells compared."""
    if OWN_PLANS in table.header:
        table, follows = _without(table), {name: cells for name, cells in follows.items() if name != OWN_PLANS}
    return [_told(table.file, each) for each in compare(table, follows)], height(follows) * len(follows)


def _without(table: Written) -> Written:
    """The table without the column that is on the search's word."""
    at = table.header.index(OWN_PLANS)
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    return replace(table, header=(*table.header[:at], *table.header[at + 1 :]), rows=rows)


def _told(file: str, difference: Difference) -> Finding:
    gives = "case and plans give"
    if difference.line is None:
        return Finding(file, None, "", f"has no row with {difference.row}, which {gives}")
    if not difference.column:
        return Finding(file, difference.line, "", "is a row to which nothing gives rise")
    says, follows = difference.says, difference.follows
    one, other = (
        apart(says, follows)
        if isinstance(says, float) and isinstance(follows, float)
        else (shown(says), shown(follows))
    )
    return Finding(file, difference.line, difference.column, f"says {one}, {gives} {other}")


def unlike_own_plans(table: Written, tree: Tree, record: HedgeRecord) -> Iterator[Finding]:
    """Counts of plans for single futures that cannot be."""
    said = {each.name for each in record.futures if each.own_cost_usd_bn is not None}
    known = [future.name in said for future in tree.futures]
    first: dict[tuple[str, str], str] = {}
    cells = zip(*(table.words(name) for name in ("node", "offer", OWN_PLANS)), table.lines.tolist(), strict=True)
    for number, offer, says, line in cells:
        node = next((node for node in tree.nodes if str(node.number) == number), None)
        if node is None:
            continue
        usual = first.setdefault((number, offer), says)
        if says != usual:
            what = f"says {shown(says)}, but {shown(usual)} for another decision of {offer} in node {number}"
            yield Finding(table.file, line, OWN_PLANS, what)
        elif says and (not says.isdecimal() or str(int(says)) != says or int(says) > len(node.futures)):
            what = f"says {shown(says)}, but the node has {len(node.futures)} futures"
            yield Finding(table.file, line, OWN_PLANS, what)
        elif says and not all(known[i] for i in node.futures):
            what = f"says {shown(says)}, but the plan for a future of the node is not known"
            yield Finding(table.file, line, OWN_PLANS, what)
