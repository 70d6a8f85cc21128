"""Clean power: in a region, a share of the power drawn is bought under contracts.

share_{at} · Σ draw_{at} ≤ Σ size_{at}       the strictest share of the period
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

import numpy as np

from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.tables.fields import Field
from planner.tables.table import Row, Table

NAME = "clean_power"


class CleanPower(Row):
    """How much of the power drawn in a region must be clean, until the next date."""

    about: ClassVar[Table] = Table("clean_power", "one row per region and date", ("region", "from_date"))

    region: Annotated[str, Field("region", refers="regions.region")]
    from_date: Annotated[date, Field("first day; holds until the next date")]
    min_share: Annotated[float, Field("part of the power drawn that must be clean", least=0, most=1)]


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One per region that asks for it."""
    series: dict[str, list[CleanPower]] = {}
    for row in sorted(case.rows(CleanPower), key=lambda row: row.from_date):
        series.setdefault(row.region, []).append(row)
    for region, rows in series.items():
        share = case.calendar.strictest([row.from_date for row in rows], [row.min_share for row in rows], max)
        drawn = ledgers.balance("power", region=region).times(np.asarray(share))
        yield Limit.of(NAME, region, "GW", drawn, ledgers.balance("clean_power", region=region))
