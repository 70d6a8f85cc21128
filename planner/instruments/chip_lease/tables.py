"""Tables of chip leases: programmes of special-purpose vehicles (SPVs), and the tranches of the money they raise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.basics.words import OwnWord
from planner.common.chips import Chip, ChipDelivery, ResaleValue
from planner.instruments.shared.table_checks import dates_in_order, delivered_in_full
from planner.tables.fields import Field
from planner.tables.offer import DeliveredOffer, OfferStatus
from planner.tables.table import Row, Table, Tables

ADDS_UP = 1e-9
"""how far the smallest shares of tranches may exceed 1, and the largest fall short of it"""


class EndOption(StrEnum):
    """What happens to the chips when a lease ends."""

    RETURN = "return"
    """they go back to the SPV, which sells them"""
    BUY = "buy"
    """the lab buys them"""


class TrancheKind(StrEnum):
    """What a tranche is."""

    DEBT = "debt"
    EQUITY = "equity"


class NoSupport(OwnWord):
    """Stands for the backer of a lease that nobody supports."""

    UNSUPPORTED = "(unsupported)"


class ChipLease(DeliveredOffer):
    """An SPV that raises money, buys chips with it and leases them to the lab."""

    about: ClassVar[Table] = Table("chip_leases", "one row per SPV programme", ("offer",))

    spv: Annotated[str, Field("name of the SPV, which owns the chips", name=True)]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    sign_from: Annotated[date | None, Field("first day on which the lease may be signed; blank: the case's start")] = (
        None
    )
    sign_by: Annotated[date | None, Field("last day on which the lease may be signed; blank: the case's end")] = None
    min_usd_bn: Annotated[float, Field("least money that the SPV raises if the lease is signed", least=0)]
    max_usd_bn: Annotated[float, Field("most money that the SPV raises", above=0)]
    term_years: Annotated[float, Field("length of the lease, from each delivery", above=0, most=100, whole_months=True)]
    payment_cover: Annotated[
        float, Field("lease payments, as a multiple of the payments due on the tranches", above=0, unit="multiple")
    ]
    support_guarantor: Annotated[
        str | None,
        Field(
            "guarantor that may support the value of the chips, at the end or on default; blank: no guarantor may",
            refers="guarantors.guarantor",
        ),
    ] = None
    advance_share: Annotated[
        float, Field("largest debt outstanding without support, as a part of the chips' stressed value", least=0)
    ]
    end_option: Annotated[
        EndOption, Field("at the end of the term the chips go back (return) or the lab buys them (buy)")
    ]
    end_price_share: Annotated[
        float,
        Field(
            "price at which the lab buys the chips, as a part of their cost; the price is never below the balloons",
            least=0,
        ),
    ] = 0.0
    buys_from: Annotated[
        str | None, Field("order whose chips may be assigned to the SPV; blank: none", refers="chip_purchases.offer")
    ] = None


class SpvTranche(Row):
    """A part of the money that an SPV raises."""

    about: ClassVar[Table] = Table("spv_tranches", "one row per SPV programme and tranche", ("offer", "tranche"))

    offer: Annotated[str, Field("SPV programme", refers="chip_leases.offer")]
    tranche: Annotated[str, Field("name of the tranche", name=True)]
    kind: Annotated[TrancheKind, Field("debt or equity")]
    seniority: Annotated[int, Field("order in which tranches are paid on default; 1 is paid first", least=1)]
    min_share: Annotated[float, Field("smallest part of the money raised that this tranche may be", least=0, most=1)]
    max_share: Annotated[float, Field("largest part of the money raised that this tranche may be", least=0, most=1)]
    rate: Annotated[
        float, Field("yearly effective rate; with support only, where rate_unsupported is given", least=0, most=1)
    ]
    rate_unsupported: Annotated[
        float | None,
        Field("yearly effective rate without support; blank: as in rate", least=0, most=1, unit="per year"),
    ] = None
    balloon_share: Annotated[
        float,
        Field(
            "part of the tranche that is outstanding after the last payment and repaid out of the chips' value",
            least=0,
            most=1,
        ),
    ] = 0.0
    supported: Annotated[bool, Field("true: the guarantor pays the part that the chips' value does not cover")] = False

    def rate_with(self, supported: bool) -> float:
        """Yearly effective rate with or without support."""
        return self.rate if supported or self.rate_unsupported is None else self.rate_unsupported


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of leases, their tranches and deliveries, and the prices and resale values of their chips."""
    tranches, deliveries = defaultdict[str, list[SpvTranche]](list), defaultdict[str, list[ChipDelivery]](list)
    for tranche in tables.rows(SpvTranche):
        tranches[tranche.offer].append(tranche)
        if tranche.max_share < tranche.min_share:
            yield tranche.problem("max_share", f"a number not below min_share {tranche.min_share:g}")
        if tranche.supported and tranche.kind is TrancheKind.EQUITY:
            yield tranche.problem("supported", "false where kind is equity")
    for delivery in tables.rows(ChipDelivery):
        deliveries[delivery.offer].append(delivery)
    for lease in tables.rows(ChipLease):
        yield from _amount(lease)
        yield from _signing(lease)
        if tables.complete(SpvTranche):
            yield from _tranches(lease, tranches[lease.offer])
        if tables.complete(ChipDelivery):
            yield from delivered_in_full(lease, "a lease", deliveries[lease.offer])
    yield from _chips(tables)


def _amount(lease: ChipLease) -> Iterator[Problem]:
    if lease.max_usd_bn < lease.min_usd_bn:
        yield lease.problem("max_usd_bn", f"a number not below min_usd_bn {lease.min_usd_bn:g}")
    elif lease.status is OfferStatus.SIGNED and lease.min_usd_bn < lease.max_usd_bn:
        yield lease.problem("max_usd_bn", f"the same as min_usd_bn {lease.min_usd_bn:g} where status is signed")
    if lease.status is OfferStatus.REQUIRED and lease.min_usd_bn == 0:
        yield lease.problem("min_usd_bn", "a number above 0 where status is required")


def _signing(lease: ChipLease) -> Iterator[Problem]:
    yield from dates_in_order(lease, "sign_from", "sign_by")
    if lease.status is OfferStatus.SIGNED and lease.sign_from is None:
        yield lease.problem("sign_from", "the date on which it was signed, as its status is signed")


def _tranches(lease: ChipLease, tranches: list[SpvTranche]) -> Iterator[Problem]:
    if not tranches:
        yield lease.problem("offer", f"a lease with at least one row in {SpvTranche.about.file}")
        return
    first = min(tranches, key=lambda tranche: tranche.line)
    least, most = sum(tranche.min_share for tranche in tranches), sum(tranche.max_share for tranche in tranches)
    if least > 1 + ADDS_UP:
        yield first.problem("min_share", f"parts that add to 1 at most over all rows of {lease.offer}", f"{least:.10g}")
    if most < 1 - ADDS_UP:
        yield first.problem("max_share", f"parts that add to 1 at least over all rows of {lease.offer}", f"{most:.10g}")
    if lease.status is OfferStatus.SIGNED:
        for tranche in tranches:
            if tranche.min_share < tranche.max_share:
                expected = f"the same as min_share {tranche.min_share:g}, as the status of {lease.offer} is signed"
                yield tranche.problem("max_share", expected)


def _chips(tables: Tables) -> Iterator[Problem]:
    """Problems where leased chips have no price or no resale values."""
    chips = {chip.chip: chip for chip in tables.rows(Chip)}
    resold = {row.chip for row in tables.rows(ResaleValue)}
    for lease in tables.rows(ChipLease):
        chip = chips.get(lease.chip)
        if chip is not None and (chip.capex_usd_bn_per_gw == 0 or chip.capex_decline_rate == 1):
            yield lease.problem("chip", "a chip with a price above 0 at every date")
        if tables.complete(ResaleValue) and lease.chip not in resold:
            yield lease.problem("chip", f"a chip with rows in {ResaleValue.about.file}")
