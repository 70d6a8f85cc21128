"""Tables of chip leases: the programmes of special-purpose vehicles (SPVs) and the tranches of their money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.chips import Chip, ChipDelivery, ResaleValue
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table, Tables

ADDS_UP = 1e-9
"""how far shares of tranches may be from adding to 1"""


class EndOption(StrEnum):
    """What happens to the chips when a lease ends."""

    RETURN = "return"
    """they go back to the SPV, which sells them"""
    BUY = "buy"
    """the lab buys them"""


class TrancheKind(StrEnum):
    """What an SPV's money is."""

    DEBT = "debt"
    EQUITY = "equity"


class ChipLease(Offer):
    """An SPV that raises money, buys chips with it and leases them to the lab."""

    about: ClassVar[Table] = Table("chip_leases", "one row per SPV programme", ("offer",))

    spv: Annotated[str, Field("who owns the chips")]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    sign_from: Annotated[date | None, Field("first day on which it may be signed; blank: the case's start")] = None
    sign_by: Annotated[date | None, Field("last day on which it may be signed; blank: the case's end")] = None
    min_usd_bn: Annotated[float, Field("least money raised if any is", least=0)]
    max_usd_bn: Annotated[float, Field("most money raised", above=0)]
    term_years: Annotated[float, Field("term from each delivery", above=0, most=100, whole_months=True)]
    payment_cover: Annotated[
        float, Field("payments as a multiple of what the tranches are owed", above=0, unit="multiple")
    ]
    support_guarantor: Annotated[
        str | None,
        Field(
            "who may support the chips' value at the end or on default; blank: nobody", refers="guarantors.guarantor"
        ),
    ] = None
    advance_share: Annotated[
        float, Field("without support: most debt outstanding, as a part of the chips' stressed value", least=0)
    ]
    end_option: Annotated[EndOption, Field("at the end of the term the chips go back (return) or are bought (buy)")]
    end_price_share: Annotated[
        float, Field("price of buying, as a part of cost; not less than the balloons", least=0)
    ] = 0.0
    buys_from: Annotated[
        str | None, Field("order whose chips may be assigned to the SPV", refers="chip_purchases.offer")
    ] = None


class SpvTranche(Row):
    """A part of an SPV's money."""

    about: ClassVar[Table] = Table("spv_tranches", "one row per SPV programme and tranche", ("offer", "tranche"))

    offer: Annotated[str, Field("SPV programme", refers="chip_leases.offer")]
    tranche: Annotated[str, Field("name of the tranche")]
    kind: Annotated[TrancheKind, Field("debt or equity")]
    seniority: Annotated[int, Field("order in which it is paid on default, 1 first", least=1)]
    min_share: Annotated[float, Field("smallest part of the money raised", least=0, most=1)]
    max_share: Annotated[float, Field("largest part of the money raised", least=0, most=1)]
    rate: Annotated[float, Field("yearly effective rate", least=0, most=1)]
    rate_unsupported: Annotated[
        float | None, Field("yearly effective rate without support; blank: the same", least=0, most=1, unit="per year")
    ] = None
    balloon_share: Annotated[
        float, Field("part still outstanding after the last payment, repaid from the chips", least=0, most=1)
    ] = 0.0
    supported: Annotated[bool, Field("whether the support pays what the chips do not fetch")] = False

    def rate_with(self, supported: bool) -> float:
        """Yearly effective rate with or without support."""
        return self.rate if supported or self.rate_unsupported is None else self.rate_unsupported


def check(tables: Tables) -> Iterator[Problem]:
    """What the columns of a lease say together, its tranches, deliveries, chip and order."""
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
            yield from _deliveries(lease, deliveries[lease.offer])
    yield from _chips(tables)


def _amount(lease: ChipLease) -> Iterator[Problem]:
    if lease.max_usd_bn < lease.min_usd_bn:
        yield lease.problem("max_usd_bn", f"a number not below min_usd_bn {lease.min_usd_bn:g}")
    elif lease.status is OfferStatus.SIGNED and lease.min_usd_bn < lease.max_usd_bn:
        yield lease.problem("max_usd_bn", f"the same as min_usd_bn {lease.min_usd_bn:g} where status is signed")
    if lease.status is OfferStatus.REQUIRED and lease.min_usd_bn == 0:
        yield lease.problem("min_usd_bn", "a number above 0 where status is required")


def _signing(lease: ChipLease) -> Iterator[Problem]:
    if lease.sign_from and lease.sign_by and lease.sign_by < lease.sign_from:
        yield lease.problem("sign_by", f"a date not before sign_from {lease.sign_from}")
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


def _deliveries(lease: ChipLease, deliveries: list[ChipDelivery]) -> Iterator[Problem]:
    total = sum(delivery.delivered_share for delivery in deliveries)
    if not deliveries:
        yield lease.problem("offer", f"a lease with at least one row in {ChipDelivery.about.file}")
    elif abs(total - 1) > 1e-6:
        first = min(deliveries, key=lambda delivery: delivery.line)
        yield first.problem("delivered_share", f"parts that add to 1 over all rows of {lease.offer}", f"{total:.7g}")


def _chips(tables: Tables) -> Iterator[Problem]:
    """Leased chips have a price and resale values."""
    chips = {chip.chip: chip for chip in tables.rows(Chip)}
    resold = {row.chip for row in tables.rows(ResaleValue)}
    for lease in tables.rows(ChipLease):
        chip = chips.get(lease.chip)
        if chip is not None and (chip.capex_usd_bn_per_gw == 0 or chip.capex_decline_rate == 1):
            yield lease.problem("chip", "a chip with a price above 0 at every date")
        if tables.complete(ResaleValue) and lease.chip not in resold:
            yield lease.problem("chip", f"a chip with rows in {ResaleValue.about.file}")
