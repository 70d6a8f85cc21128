"""Indices: levels over time that prices, rents and rates follow.

The level of an index holds from its date until the next, and the last one holds for ever. A price that names an index
is multiplied by its level, so that level 1 is the price as it is stated, on whatever day a case begins. A column called
`rate_index` reads a rate instead: the level is itself a yearly rate, to which a margin is added. No index is both.

The levels of the table are what is expected. What is owed, charged or backed later is worked out with them, also on
days before they hold. News through an event changes them from its day on.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table

REFERS = "indices.index"
"""what columns refer to that name an index"""
RATE = "rate_index"
"""the name of a column that reads a rate; every other one that names an index reads a factor on a price"""


class IndexLevel(Row):
    """The level of an index, until the next date of the same index."""

    about: ClassVar[Table] = Table(
        "indices", "one row per index and date", ("index", "from_date"), opening=True, remembers=True
    )

    index: Annotated[str, Field("index", identifier=True)]
    from_date: Annotated[
        date,
        Field(
            "first day; holds until the next date; the first is not after the case's start, nor after the day whose"
            " level a contract signed already has kept"
        ),
    ]
    level: Annotated[
        float,
        Field(
            "what prices that name it are multiplied by, above 0; where a rate_index names it, the yearly rate itself,"
            " to which the margin is added",
            unit="level",
        ),
    ]
