"""Regions where compute runs or is needed, and the links between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.implied import FromNames
from planner.tables.table import Row, Table, Tables


class Region(Row):
    """A place where compute runs or is needed."""

    about: ClassVar[Table] = Table(
        "regions",
        "one row per region",
        ("region",),
        required=True,
        implied=FromNames(
            ("demand.region", "links.region_a", "links.region_b"),
            "the regions are those that demand.csv and links.csv name",
        ),
    )

    region: Annotated[str, Field("region", identifier=True)]
    grid_limit_gw: Annotated[
        float | None, Field("IT power of own halls that the region's grid can carry; blank: no limit", least=0)
    ] = None
    reference_rent_usd_per_kw_month: Annotated[
        float | None,
        Field(
            "market rent of halls after the end of the case; blank: the mean rent of the case's leases there then, by"
            " capacity",
            least=0,
        ),
    ] = None


class Link(Row):
    """A connection between two regions, the same in both directions."""

    about: ClassVar[Table] = Table(
        "links", "one row per pair of linked regions, in either order", ("region_a", "region_b")
    )

    region_a: Annotated[str, Field("one end", refers="regions.region")]
    region_b: Annotated[str, Field("the other end", refers="regions.region")]
    latency_ms: Annotated[float, Field("round-trip time", least=0, usual=(0.2, 1_500))]
    egress_usd_bn_per_gw_year: Annotated[
        float, Field("price of serving a reference GW across the link for a year", least=0, usual=(0.0001, 10))
    ]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of links from a region to itself, and of two links between the same regions."""
    yield from _links(tables.rows(Link))


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
