"""Table of news that phases of sites are later than they were to be."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class SiteDelay(Row):
    """News that a phase is later still."""

    about: ClassVar[Table] = Table(
        "site_delays", "one row per phase and day from which it is later still", ("offer", "late_from"), opening=True
    )

    offer: Annotated[str, Field("phase", refers="site_leases.offer")]
    late_from: Annotated[
        date,
        Field("commencements that would lie on or after this day are later; halls that stand by then stay as they are"),
    ]
    months: Annotated[
        int,
        Field(
            "by how much later, on top of delay_months and of the rows of earlier days; what is signed keeps its terms",
            least=0,
            most=600,
        ),
    ]
    news_months: Annotated[
        int,
        Field(
            "how many of these months nobody foresees before that day, so that delay damages are due for them to who"
            " has signed by then; events write it",
            least=0,
            most=600,
        ),
    ] = 0
