"""Numbers in another unit than their column's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import partial

from planner.api import Case
from planner.basics.errors import Problem
from planner.catalogue import CATALOGUE
from planner.tables.fields import value_type
from planner.tables.table import Row, TableField
from tests.hostile.judge import SAID, Mutant
from tests.mutations import Sheet

SLIPS: Mapping[str, tuple[tuple[float, str], ...]] = {
    "GW": ((1e3, "MW in GW"),),
    "kW": ((1e3, "W in kW"),),
    "MW": ((1e-3, "GW in MW"), (1e3, "kW in MW")),
    "USD bn": ((1e3, "USD m in USD bn"), (1e9, "USD in USD bn")),
    "USD bn per year": ((1e3, "USD m in USD bn"),),
    "USD bn per month": ((1e3, "USD m in USD bn"),),
    "USD bn per GW": ((1e3, "USD m in USD bn"), (1e-3, "USD bn per MW")),
    "USD bn per GW and year": ((1e3, "USD m in USD bn"),),
    "USD per kW and month": ((1e3, "rent per MW"), (1e-3, "rent per W")),
    "USD per MWh": ((1e3, "power per GWh"), (1e-3, "power per kWh")),
    "ms": ((1e-3, "s in ms"), (1e3, "µs in ms")),
    "share": ((100, "% for a share"),),
    "per year": ((100, "% for a rate"),),
    "years": ((1e3, "years × 1000"),),
    "months": ((1e3, "months × 1000"),),
    "times": ((1e3, "multiple × 1000"),),
    "multiple": ((1e3, "multiple × 1000"),),
    "reference GW per GW": ((1e3, "multiple × 1000"), (1e-3, "multiple ÷ 1000")),
    "USD bn per unit and year": ((1e3, "USD m in USD bn"),),
    "months, share or USD bn": (),  # by the kind of the event
    "level": ((1e3, "multiple × 1000"),),
    "share, or GW": ((1e3, "MW in GW"),),
    "": ((1e3, "multiple × 1000"),),
}
"""by unit of a column, what its numbers are multiplied by, and what that is"""


def mutants(case: Case, share: float, draw: random.Random) -> Iterator[Mutant]:
    """A share of the case's numbers in another unit, each by itself, and all columns as a whole."""
    for row in CATALOGUE.tables:
        if row.about.file not in case.files:
            continue
        sheet = Sheet.of(case.files[row.about.file])
        for j, name in enumerate(sheet.header):
            field = row.fields()[name]
            if value_type(field.annotation) is not float:
                continue
            filled = [i for i in range(len(sheet.rows)) if sheet.rows[i][j] and float(sheet.rows[i][j])]
            for factor, kind in SLIPS[field.unit]:
                if filled and draw.random() < max(share, 0.5):
                    yield _made(case, row, sheet, field, j, filled, factor, f"{kind}, all")
                for i in filled:
                    if draw.random() < share and factor * float(sheet.rows[i][j]) != 1:  # 1 % is a share of 0.01
                        yield _made(case, row, sheet, field, j, [i], factor, kind)


def _made(
    case: Case, row: type[Row], sheet: Sheet, field: TableField, j: int, at: list[int], factor: float, kind: str
) -> Mutant:
    changed = sheet
    for i in at:
        changed = changed.having(i, j, repr(float(f"{float(sheet.rows[i][j]) * factor:.12g}")))
    lines = {sheet.line(i) for i in at}

    def about_it(problem: Problem) -> bool:
        return problem.file == row.about.file and field.name in problem.column + problem.expected

    about = f"{row.about.name}.{field.name} {sheet.rows[at[0]][j]} × {factor:g} in line {min(lines)}"
    read = partial(Case.made_of, {**case.files, row.about.file: changed.bytes()})
    return Mutant(kind, about, read, about_it, SAID)
