"""Tables that belong to no instrument: what is asked for, what chips can do, who guarantees, what treasury allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.columns import Column
from planner.errors import Problem
from planner.references import pair_known
from planner.tables import Row, Table, Tables


class ChipFamily(StrEnum):
    """What halls are fitted for and guarantors stand behind."""

    TPU = "tpu"
    TRAINIUM = "trainium"
    INFERENTIA = "inferentia"
    GPU = "gpu"


class GuaranteeKind(StrEnum):
    """What a guarantor stands behind."""

    LEASE = "lease"
    RESIDUAL = "residual"


class SourceKind(StrEnum):
    """How much a figure can be relied on."""

    SEED = "seed"
    """announced: one of the deals that the case is built around"""
    PUBLIC = "public"
    """reported elsewhere in public"""
    ASSUMPTION = "assumption"
    """our own"""


class Region(Row):
    """A place where compute runs or is asked for."""

    about: ClassVar[Table] = Table("regions", "one row per region", ("region",), required=True)

    region: Annotated[str, Column("region", identifier=True)]
    grid_limit_gw: Annotated[
        float | None, Column("IT power of own halls that the region's grid can carry; blank: no limit", least=0)
    ] = None


class Link(Row):
    """A connection between two regions, the same both ways."""

    about: ClassVar[Table] = Table(
        "links", "one row per pair of linked regions, in either order", ("region_a", "region_b")
    )

    region_a: Annotated[str, Column("one end", refers="regions.region")]
    region_b: Annotated[str, Column("the other end", refers="regions.region")]
    latency_ms: Annotated[float, Column("round-trip time", least=0)]
    egress_usd_bn_per_gw_year: Annotated[
        float, Column("price of serving a reference GW across the link for a year", least=0)
    ]


class Workload(Row):
    """A kind of work that compute is asked for."""

    about: ClassVar[Table] = Table("workloads", "one row per workload", ("workload",), required=True)

    workload: Annotated[str, Column("workload", identifier=True)]
    max_latency_ms: Annotated[float, Column("longest path from the region that serves to the region served", least=0)]
    interruptible_share: Annotated[
        float, Column("part of it that supply may serve which can be recalled", least=0, most=1)
    ]


class Demand(Row):
    """Compute asked for, until the next date of the same region and workload."""

    about: ClassVar[Table] = Table(
        "demand", "one row per date, region and workload", ("from_date", "region", "workload"), required=True
    )

    from_date: Annotated[date, Column("first day; holds until the next date")]
    region: Annotated[str, Column("region to be served", refers="regions.region")]
    workload: Annotated[str, Column("workload", refers="workloads.workload")]
    demand_gw: Annotated[float, Column("compute asked for, in GW of the case's reference chip", least=0)]


class Chip(Row):
    """A kind of chip."""

    about: ClassVar[Table] = Table("chips", "one row per chip", ("chip",), required=True)

    chip: Annotated[str, Column("chip", identifier=True)]
    family: Annotated[ChipFamily, Column("family, for halls, guarantors and policies")]
    vendor: Annotated[str, Column("who sells it", identifier=True)]
    available_from: Annotated[date, Column("first day on which it can run")]
    capex_usd_bn_per_gw: Annotated[float, Column("price at the later of the case's start and available_from", least=0)]
    capex_decline_rate: Annotated[float, Column("yearly fall of the price: capex × (1 − rate)^years", least=0, most=1)]
    life_years: Annotated[float, Column("how long a machine runs", above=0, most=100)]
    opex_usd_bn_per_gw_year: Annotated[float, Column("cost of every machine held, running or not", least=0)]
    availability_share: Annotated[float, Column("part of nameplate that is delivered", above=0, most=1)] = 1.0


class ChipPerformance(Row):
    """How much work a chip does."""

    about: ClassVar[Table] = Table(
        "chip_performance", "one row per chip and workload", ("chip", "workload"), required=True
    )

    chip: Annotated[str, Column("chip", refers="chips.chip")]
    workload: Annotated[str, Column("workload", refers="workloads.workload")]
    gw_equivalent: Annotated[
        float | None,
        Column(
            "GW of the reference chip that a GW of this chip replaces; blank or no row: cannot run it",
            above=0,
            unit="reference GW per GW",
        ),
    ] = None


class ResaleValue(Row):
    """What a used chip fetches."""

    about: ClassVar[Table] = Table("resale_values", "one row per chip and age, from age 0 on", ("chip", "age_years"))

    chip: Annotated[str, Column("chip", refers="chips.chip")]
    age_years: Annotated[float, Column("age; linear between ages, the last holds beyond", least=0, most=100)]
    value_share: Annotated[float, Column("value as a part of what the chip cost", least=0, most=1)]


class ChipDelivery(Row):
    """A delivery of an order or a lease."""

    about: ClassVar[Table] = Table("chip_deliveries", "one row per order or lease and delivery", ("offer", "months"))

    offer: Annotated[str, Column("order or lease", refers="chip_purchases.offer|chip_leases.offer")]
    months: Annotated[int, Column("time after signing", least=0, most=600)]
    delivered_share: Annotated[float, Column("part delivered then; the parts of an offer add to 1", least=0, most=1)]


class Guarantor(Row):
    """Someone who stands behind leases or residual values."""

    about: ClassVar[Table] = Table("guarantors", "one row per guarantor and kind", ("guarantor", "kind"))

    guarantor: Annotated[str, Column("guarantor", identifier=True)]
    kind: Annotated[GuaranteeKind, Column("what is guaranteed: rent of halls (lease) or value of chips (residual)")]
    families: Annotated[frozenset[ChipFamily], Column("chip families in halls that it backs")]
    fee_rate: Annotated[float, Column("yearly fee, as a part of the exposure", least=0, most=1)]
    requires_offer: Annotated[
        str | None, Column("offer that must be signed before it guarantees anything", refers="offers")
    ] = None


class GuarantorCap(Row):
    """How much a guarantor will carry, until the next date of the same guarantor and kind."""

    about: ClassVar[Table] = Table(
        "guarantor_caps", "one row per guarantor, kind and date", ("guarantor", "kind", "from_date")
    )

    guarantor: Annotated[str, Column("guarantor", refers="guarantors.guarantor")]
    kind: Annotated[GuaranteeKind, Column("what is guaranteed")]
    from_date: Annotated[date, Column("first day; holds until the next date")]
    cap_usd_bn: Annotated[float, Column("largest exposure it accepts", least=0)]
    used_usd_bn: Annotated[float, Column("exposure taken up already by what is not in the case", least=0)] = 0.0


class Finance(Row):
    """What treasury expects and allows, until the next date."""

    about: ClassVar[Table] = Table("finance", "one row per date", ("from_date",))

    from_date: Annotated[date, Column("first day; holds until the next date")]
    revenue_usd_bn_per_year: Annotated[float, Column("revenue", least=0)]
    other_cost_share: Annotated[float, Column("costs other than compute, as a part of revenue", least=0, most=1)]
    min_cash_usd_bn: Annotated[
        float | None, Column("cash to be held at the end of every period; blank: no limit", least=0)
    ] = None
    revenue_stress_share: Annotated[
        float | None,
        Column(
            "part of revenue less other costs that must be enough for debt and cover too; blank: no such test",
            least=0,
            most=1,
        ),
    ] = None
    debt_multiple_max: Annotated[
        float | None,
        Column(
            "largest debt, as a multiple of a year's revenue less other costs; blank: no limit", least=0, unit="years"
        ),
    ] = None
    debt_cap_usd_bn: Annotated[float | None, Column("largest debt; blank: no limit", least=0)] = None
    cover_min: Annotated[
        float | None,
        Column(
            "smallest multiple of the next twelve months' fixed payments that a year's revenue less other costs is;"
            " blank: no limit",
            least=0,
            unit="multiple",
        ),
    ] = None
    obligations_cap_usd_bn: Annotated[
        float | None, Column("largest sum owed under everything signed; blank: no limit", least=0)
    ] = None


class Source(Row):
    """Where figures come from."""

    about: ClassVar[Table] = Table("sources", "one row per source", ("key",))

    key: Annotated[str, Column("name of the source, as in the column `source` of the other tables", identifier=True)]
    title: Annotated[str, Column("what it says, in a line")]
    address: Annotated[str | None, Column("where it can be read")] = None
    kind: Annotated[SourceKind, Column("seed (announced), public (reported) or assumption (our own)")]
    note: Annotated[str | None, Column("what is derived or assumed, and what disagrees")] = None


def check(tables: Tables) -> Iterator[Problem]:
    """Links, chips for every demand, and guarantors with their caps."""
    yield from _links(tables.rows(Link))
    if tables.complete(ChipPerformance, Workload):
        yield from _runnable(tables)
    if tables.complete(Guarantor):
        known = {(row.guarantor, row.kind) for row in tables.rows(Guarantor)}
        names = {name for name, _ in known}
        for cap in tables.rows(GuarantorCap):
            if cap.guarantor in names:
                yield from pair_known(cap, ("guarantor", "kind"), known, Guarantor.about)
    if tables.complete(GuarantorCap):
        capped = {(row.guarantor, row.kind) for row in tables.rows(GuarantorCap)}
        for guarantor in tables.rows(Guarantor):
            yield from pair_known(guarantor, ("guarantor", "kind"), capped, GuarantorCap.about)


def _links(links: tuple[Link, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Link] = {}
    for link in links:
        if link.region_a == link.region_b:
            yield link.problem("region_b", f"a region other than region_a '{link.region_a}'")
        earlier = first.setdefault((link.region_b, link.region_a), link)
        if earlier is not link:
            continue
        opposite = first.get((link.region_a, link.region_b))
        if opposite is not None and opposite is not link:
            yield link.problem(
                "region_a, region_b",
                f"each pair of regions once, in either order (line {opposite.line} has this one)",
                f"'{link.region_a}', '{link.region_b}'",
            )


def _runnable(tables: Tables) -> Iterator[Problem]:
    """Every workload asked for can be run by some chip."""
    runs = {row.workload for row in tables.rows(ChipPerformance) if row.gw_equivalent is not None}
    known = {row.workload for row in tables.rows(Workload)}
    told: set[str] = set()
    for row in tables.rows(Demand):
        if row.demand_gw > 0 and row.workload in known - runs - told:
            told.add(row.workload)
            yield row.problem("workload", f"a workload that some chip can run by {ChipPerformance.about.file}")
