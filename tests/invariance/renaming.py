"""Other names for everything in a case: which cells hold names, and the case with others in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from planner.basics.words import reserved
from planner.catalogue import CATALOGUE
from planner.common.policies import OF_PROVIDER, PolicyKind
from planner.tables import csvtext
from planner.tables.fields import DELIVERED, ENDED_EARLY, OFFERS
from planner.tables.table import TableField

PARTIES = ("provider", "vendor", "guarantor", "developer", "spv", "lender")
"""columns with parties: a party that is called the same in two of them is the same party"""
FREE = ("developer", "spv", "lender", "tranche")
"""columns with names in the user's own words"""
SPACES = {
    **dict.fromkeys(PARTIES, "party"),
    **dict.fromkeys(("facility", OFFERS, DELIVERED, ENDED_EARLY), "offer"),
    "key": "source",
}
"""kind of name by column, where the column is called otherwise"""
Names: TypeAlias = Mapping[str, Mapping[str, str]]
"""the new name of each old one, by kind"""


def space(field: TableField) -> str:
    """The kind of the names in a column; empty where it holds none."""
    about = field.about
    if not (about.identifier or about.refers or field.name in FREE):
        return ""
    column = about.refers.rpartition(".")[2] or field.name
    return SPACES.get(column, column)


def names(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """All names in the files of a case by their kind, each in its order."""
    found: dict[str, set[str]] = {}

    def seen(kind: str, name: str) -> str:
        found.setdefault(kind, set()).add(name)
        return name

    _each(files, seen)
    return {kind: sorted(of_kind) for kind, of_kind in found.items()}


def renamed(files: Mapping[str, bytes], new: Names) -> dict[str, bytes]:
    """The files of the same case with other names."""
    return _each(files, lambda kind, name: new[kind][name])


def _each(files: Mapping[str, bytes], of: Callable[[str, str], str]) -> dict[str, bytes]:
    """The files with `of(kind, name)` in place of every name."""
    made = dict(files)
    for row in CATALOGUE.tables:
        if row.about.file not in files:
            continue
        raw = csvtext.parse(row.about.file, files[row.about.file])
        fields = row.fields()
        spaces = [space(fields[name]) for name in raw.header]
        records = []
        for record in raw.records:
            cells = [
                "|".join(of(kind, name) for name in cell.split("|")) if kind and cell else cell
                for kind, cell in zip(spaces, record.cells, strict=True)
            ]
            if row.about.name == "policies":
                said = dict(zip(raw.header, record.cells, strict=True))
                cells[raw.header.index("subject")] = _subject(said["kind"], said["subject"], of)
            records.append(record._replace(cells=tuple(cells)))
        made[row.about.file] = csvtext.render(replace(raw, records=tuple(records)))
    return made


def _subject(kind: str, subject: str, of: Callable[[str, str], str]) -> str:
    if not subject:
        return subject
    if kind == PolicyKind.FAMILY_SHARE_MAX:
        return of("family", subject)
    if kind in OF_PROVIDER:
        return of("party", subject)
    region, slash, workload = subject.partition("/")
    return of("region", region) + (slash + of("workload", workload) if slash else "")


def tokens(files: Mapping[str, bytes]) -> Names:
    """Names that are found nowhere else, in the order of the old ones, and different in each kind."""
    return {
        kind: {name: f"zq{kind.replace('_', '')}{i:04d}qz" for i, name in enumerate(of_kind)}
        for kind, of_kind in names(files).items()
    }


def worded(files: Mapping[str, bytes], words: list[str], turn: int) -> Names:
    """Words as names, in the order of the old ones; each turn takes other words, the same ones in every kind.

    Whatever the number of names of a kind, each of them has had every word after as many turns as there are words.
    """
    usable = [word for word in words if not reserved(word)]
    made = {}
    for kind, of_kind in names(files).items():
        assert len(usable) >= len(of_kind), f"{len(of_kind)} names of the kind {kind}, but {len(usable)} words"
        mine = sorted(usable[(turn + i) % len(usable)] for i in range(len(of_kind)))
        made[kind] = dict(zip(of_kind, mine, strict=True))
    return made
