"""Waivers: limits that may be broken at a price.

A waiver is about one subject of a rule or, where the subject is blank, about every limit of the rule that somebody set
and that no other waiver names. Only `planner.portfolio.waived` knows what a waiver does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class Waiver(Row):
    """A limit, or all limits of a rule, that may be broken at a price."""

    about: ClassVar[Table] = Table(
        "waivers", "one row per limit, or per rule, that may be broken at a price", ("rule", "subject"), opening=True
    )

    rule: Annotated[str, Field("rule whose limits may be broken, as the column `limit` of limits.csv names it")]
    subject: Annotated[
        str | None,
        Field(
            "which of its limits, as the column `subject` of limits.csv names it; blank: all that somebody set and"
            " that no other row names"
        ),
    ] = None
    price_usd_bn_per_unit_year: Annotated[
        float,
        Field("price of breaking it by one unit for a year", above=0, unit="USD bn per unit and year"),
    ]
    most: Annotated[
        float | None,
        Field("largest breach; blank: any", above=0, unit="the limit's"),
    ] = None
    probability_max: Annotated[
        float | None,
        Field(
            "largest sum of the probabilities of the futures in which the limit is broken; below 1, a plan for a"
            " single future keeps it; blank: any",
            above=0,
            most=1,
            unit="probability",
        ),
    ] = None  # fmt: skip

    @property
    def in_every_future(self) -> bool:
        """Whether the limit may be broken in all futures, whatever their probabilities."""
        return self.probability_max is None or self.probability_max >= 1.0


def waiver_of(rows: Iterable[Waiver], rule: str, subject: str) -> Waiver | None:
    """The waiver of a limit: the row that names its subject, else the one of the whole rule, else None."""
    mine = {row.subject: row for row in rows if row.rule == rule}
    return mine.get(subject) or mine.get(None)
