"""Checks of waivers that need the catalogue: only a rule whose limits somebody can give way on may be waived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.basics.errors import Problem
from planner.common.waivers import Waiver
from planner.interfaces.catalogue import Catalogue
from planner.tables.cells import shown
from planner.tables.references import suggestion


def check(rows: Iterable[Waiver], catalogue: Catalogue) -> Iterator[Problem]:
    """Problems of waivers of rules that there are not, or that state what machines, halls and contracts can do."""
    rules = {rule.name: rule for rule in catalogue.rules if rule.limits is not None}
    names = [name for name, rule in rules.items() if rule.set_by_somebody]
    for row in rows:
        if row.rule not in rules:
            yield row.problem("rule", expected(names), shown(row.rule) + suggestion(row.rule, names))
        elif rules[row.rule].loosened_by is None:
            yield row.problem(
                "rule", expected(names), f"{row.rule}, which is what machines, halls and contracts can do"
            )


def expected(names: Iterable[str]) -> str:
    """What a waiver is about, in words."""
    return f"a rule whose limits somebody has set ({', '.join(names)})"
