"""Tables of own chips at the start of a case: where they stand, and what is being moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.table import Row, Table, Tables


class ChipPlacement(Row):
    """Chips of one kind that stand in a region at the start of the case."""

    about: ClassVar[Table] = Table(
        "chip_placements",
        "one row per chip and region in which it stands at the start",
        ("chip", "region"),
        opening=True,
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[
        str,
        Field("region in which chips of this kind may stand, with halls or without", refers="regions.region"),
    ]
    gw: Annotated[
        float,
        Field(
            "chips that stand there at the case's start, whoever owns them, what is being moved there and what is idle"
            " among them; those whose life ends within the first period count for the part of it. No rows of a chip:"
            " owned_chips.region says where chips owned already stand, and it is open where all others stand first",
            least=0,
        ),
    ]
    moved_out_gw: Annotated[
        float,
        Field(
            "chips that were moved away from it before the case's start; so many fewer of those that owned_chips.csv"
            " names there have to stand there",
            least=0,
        ),
    ] = 0.0


class ChipMove(Row):
    """Chips of one kind that were moved to a region shortly before the start of the case."""

    about: ClassVar[Table] = Table(
        "chip_moves",
        "one row per chip, region and day on which some were moved there",
        ("chip", "region", "moved_on"),
        opening=True,
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region to which they were moved", refers="regions.region")]
    moved_on: Annotated[
        date,
        Field("day before the case's start on which they were moved; they stand idle for chips.move_months"),
    ]
    gw: Annotated[float, Field("chips that were moved, which stand in the region by chip_placements.csv", above=0)]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of chips that were moved to where none stand."""
    if not tables.complete(ChipPlacement):
        return
    stands = {(row.chip, row.region): row.gw for row in tables.rows(ChipPlacement)}
    for move in tables.rows(ChipMove):
        if (move.chip, move.region) not in stands:
            expected = f"a region in which {move.chip} stands by {ChipPlacement.about.file}"
            yield move.problem("region", expected)
