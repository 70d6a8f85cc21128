"""Workloads, and the demand of each for compute in each region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.chips import ChipPerformance
from planner.tables.fields import Field
from planner.tables.implied import FromNames
from planner.tables.table import Row, Table, Tables


class Workload(Row):
    """A kind of work that needs compute."""

    about: ClassVar[Table] = Table(
        "workloads",
        "one row per workload",
        ("workload",),
        required=True,
        implied=FromNames(
            ("demand.workload",),
            "the workloads are those that demand.csv names; any latency to 60,000 ms will do, and nothing that can be"
            " interrupted may serve them",
            {"max_latency_ms": "60000", "interruptible_share": "0"},
        ),
    )

    workload: Annotated[str, Field("workload", identifier=True)]
    max_latency_ms: Annotated[
        float,
        Field(
            "largest latency of the path from the region that serves to the region served", least=0, usual=(2, 60_000)
        ),
    ]
    interruptible_share: Annotated[float, Field("largest part that interruptible supply may serve", least=0, most=1)]
    revenue_usd_bn_per_gw_year: Annotated[
        float | None,
        Field(
            "what a year without service takes from revenue, for each reference GW that is not served; it lowers cash"
            " and the revenue that debt and cover are measured by, not the cost; where all demand would bring more than"
            " the revenue of a period, less in proportion; blank: nothing",
            least=0,
        ),
    ] = None
    migration_usd_bn_per_gw: Annotated[
        float,
        Field(
            "what it costs to move a reference GW to another family of chips or to another provider",
            least=0,
            without="0",
        ),
    ] = 0.0


class Demand(Row):
    """Demand for compute, until the next date of the same region and workload."""

    about: ClassVar[Table] = Table(
        "demand", "one row per date, region and workload", ("from_date", "region", "workload"), required=True
    )

    from_date: Annotated[date, Field("first day; holds until the next date")]
    region: Annotated[str, Field("region to be served", refers="regions.region")]
    workload: Annotated[str, Field("workload", refers="workloads.workload")]
    demand_gw: Annotated[float, Field("demand, in GW of the reference chip of the case", least=0)]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of workloads with demand that no chip can run."""
    if tables.complete(ChipPerformance, Workload):
        yield from _runnable(tables)


def _runnable(tables: Tables) -> Iterator[Problem]:
    runs = {row.workload for row in tables.rows(ChipPerformance) if row.gw_equivalent is not None}
    known = {row.workload for row in tables.rows(Workload)}
    reported: set[str] = set()
    for row in tables.rows(Demand):
        if row.demand_gw > 0 and row.workload in known - runs - reported:
            reported.add(row.workload)
            yield row.problem("workload", f"a workload that some chip can run by {ChipPerformance.about.file}")
