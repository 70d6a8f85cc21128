"""Plans exported as FOCUS files, and the rows of such files."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from planner.api import Case
from planner.catalogue import CATALOGUE
from planner.focus.export import focus_file
from planner.focus.imported import Imported, ImportOptions
from planner.focus.importing import import_into
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, vintages
from planner.ledgers.variables import decision_name
from planner.plan.plan import Plan

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Signed:
    """A case with decisions, which is all of a plan that is exported."""

    case: Case
    values: Mapping[str, float]


def signing_all(case: Case) -> Plan:
    """A plan that signs the first way to sign each cloud commitment, at its largest scale; it keeps no limit."""
    first: dict[str, CommitmentVintage] = {}
    for vintage in vintages(case)[0]:
        first.setdefault(vintage.row.offer, vintage)
    values: dict[str, float] = {}
    for vintage in first.values():
        values[decision_name("cloud_commitment", "sign", vintage.key)] = 1.0
        values[decision_name("cloud_commitment", "scale", vintage.key)] = vintage.most
    return cast("Plan", Signed(case, values))


def rows_of(plan: Plan) -> Rows:
    """The rows of the file that a plan is exported to."""
    return list(csv.DictReader(io.StringIO(focus_file(plan).decode())))


def column(rows: Rows, *names: str) -> list[Any]:
    """The cells of columns, without the beginning that most columns have; one column as texts."""
    wide = [tuple(row.get(f"ContractCommitment{name}", row.get(name, "")) for name in names) for row in rows]
    return [each[0] for each in wide] if len(names) == 1 else wide


def into(file: Path, case: Path, asked: ImportOptions | None = None) -> Imported:
    """Import a file into the folder of a case."""
    return import_into(case, file, asked or ImportOptions(), CATALOGUE)


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
