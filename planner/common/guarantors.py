"""Guarantors, and the largest exposure that each of them accepts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.treasury import Finance
from planner.tables.fields import Field
from planner.tables.offer import REQUIRED_SHARE
from planner.tables.references import pair_known
from planner.tables.table import Row, Table, Tables


class GuaranteeKind(StrEnum):
    """The kind of a guarantee."""

    LEASE = "lease"
    RESIDUAL = "residual"


CAP_RULE = "guarantor_cap"
"""the rule that keeps exposure within the caps, as a plan's limits name it"""


def cap_subject(guarantor: str, kind: GuaranteeKind) -> str:
    """The subject of a guarantor's limit under that rule."""
    return f"{guarantor}/{kind}"


class Guarantor(Row):
    """A party that guarantees leases or residual values."""

    about: ClassVar[Table] = Table("guarantors", "one row per guarantor and kind", ("guarantor", "kind"))

    guarantor: Annotated[str, Field("guarantor", identifier=True)]
    kind: Annotated[GuaranteeKind, Field("what is guaranteed: rent of halls (lease) or value of chips (residual)")]
    families: Annotated[
        frozenset[str], Field("chip families in halls that it backs", refers="chips.family", foreseen=True)
    ]
    fee_rate: Annotated[
        float, Field("yearly fee, as a part of the exposure", least=0, most=1, usual=(0.0001, 0.15), without="0")
    ]
    requires_offer: Annotated[
        str | None,
        Field(
            "offer to which its guarantees are tied: it takes on new ones from the day that offer is signed to the end"
            " of its term, and stands by those that it has",
            refers="offers",
            without="",
        ),
    ] = None
    requires_scale_min: Annotated[float | None, Field(REQUIRED_SHARE, above=0, most=1, unit="share")] = None
    scales: Annotated[
        bool,
        Field(
            "true: its room is in proportion to the part of the offer in requires_offer that is signed; false: it is"
            " whole once that offer is signed"
        ),
    ] = True
    collateral_share: Annotated[
        float,
        Field(
            "part of the exposure for which the lab has to lock up cash, as for a letter of credit: it stays the lab's,"
            " and counts on top of the minimum of cash",
            least=0,
            most=1,
            without="0",
        ),
    ] = 0.0
    spread_rate: Annotated[
        float | None,
        Field(
            "yearly fee as a part of what is still owed on the tranches that it supports, on top of fee_rate; blank:"
            " none; blank where kind is lease",
            least=0,
            most=1,
            usual=(0.0001, 0.15),
            without="",
        ),
    ] = None


class GuarantorCap(Row):
    """The cap of a guarantor, until the next date of the same guarantor and kind."""

    about: ClassVar[Table] = Table(
        "guarantor_caps", "one row per guarantor, kind and date", ("guarantor", "kind", "from_date")
    )

    guarantor: Annotated[str, Field("guarantor", refers="guarantors.guarantor")]
    kind: Annotated[GuaranteeKind, Field("what is guaranteed")]
    from_date: Annotated[date, Field("first day; holds until the next date")]
    cap_usd_bn: Annotated[float, Field("largest exposure it accepts", least=0)]
    used_usd_bn: Annotated[float, Field("exposure that contracts outside the case use already", least=0)] = 0.0


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of guarantors without a cap of their kind, of caps without a guarantor, and of collateral."""
    if tables.complete(Guarantor):
        known = {(row.guarantor, row.kind) for row in tables.rows(Guarantor)}
        names = {name for name, _ in known}
        for cap in tables.rows(GuarantorCap):
            if cap.guarantor in names:
                yield from pair_known(cap, ("guarantor", "kind"), known, Guarantor.about)
    for row in tables.rows(Guarantor):
        if row.requires_scale_min is not None and row.requires_offer is None:
            yield row.problem("requires_scale_min", "a blank where requires_offer is blank")
        if row.spread_rate is not None and row.kind is GuaranteeKind.LEASE:
            yield row.problem("spread_rate", "a blank where kind is lease: it is a part of the debt of tranches")
    if tables.complete(GuarantorCap):
        capped = {(row.guarantor, row.kind) for row in tables.rows(GuarantorCap)}
        for guarantor in tables.rows(Guarantor):
            yield from pair_known(guarantor, ("guarantor", "kind"), capped, GuarantorCap.about)
    if tables.complete(Finance):
        yield from _collateral(tables)


def _collateral(tables: Tables) -> Iterator[Problem]:
    """Cash can only be locked up where cash is limited."""
    locked = next((row for row in tables.rows(Guarantor) if row.collateral_share > 0), None)
    if locked is None:
        return
    if not tables.rows(Finance):
        yield locked.problem("collateral_share", f"0 where {Finance.about.file} says no least cash")
    for row in tables.rows(Finance):
        if row.min_cash_usd_bn is None:
            expected = f"a number, be it 0, where a collateral_share in {Guarantor.about.file} is above 0"
            yield row.problem("min_cash_usd_bn", expected)
