"""Tables of chip leases: programmes of special-purpose vehicles (SPVs), and the tranches of the money they raise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.basics.words import OwnWord
from planner.common.chips import ChipDelivery
from planner.common.programmes import PROGRAMME
from planner.instruments.shared.table_checks import dates_in_order, delivered_in_full
from planner.tables.fields import Field
from planner.tables.offer import DeliveredOffer, EndedEarlyOffer, OfferStatus
from planner.tables.table import Row, Table, Tables

ADDS_UP = 1e-9
"""how far the smallest shares of tranches may exceed 1, and the largest fall short of it"""
RAISED = 1e-6
"""how far sums that are stated may be from what they must be, as a part of the largest amount"""


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


class AssignPrice(StrEnum):
    """What the SPV pays for chips of an order that it takes over."""

    COST = "cost"
    """the price of the order while they are younger than assign_within_months, then as `value`"""
    VALUE = "value"
    """the price of the order times their resale value at their age"""


class NoSupport(OwnWord):
    """Stands for the backer of a lease that nobody supports."""

    UNSUPPORTED = "(unsupported)"


class ChipLease(DeliveredOffer, EndedEarlyOffer):
    """An SPV that raises money, buys chips with it and leases them to the lab."""

    about: ClassVar[Table] = Table("chip_leases", "one row per SPV programme", ("offer",), needs=("resale_values",))

    spv: Annotated[str, Field("name of the SPV, which owns the chips", name=True)]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    sign_from: Annotated[date | None, Field("first day on which the lease may be signed; blank: the case's start")] = (
        None
    )
    sign_by: Annotated[date | None, Field("last day on which the lease may be signed; blank: the case's end")] = None
    min_usd_bn: Annotated[float, Field("least money that the SPV raises if the lease is signed", least=0, without="0")]
    max_usd_bn: Annotated[float, Field("most money that the SPV raises", above=0)]
    term_years: Annotated[
        float, Field("length of the lease, from each delivery", above=0, most=100, whole_months=True, usual=(0.5, 15))
    ]
    payment_cover: Annotated[
        float, Field("lease payments, as a multiple of the payments due on the tranches", above=0, unit="multiple")
    ]
    support_guarantor: Annotated[
        str | None,
        Field(
            "guarantor that may support the value of the chips, at the end or on default; blank: no guarantor may",
            refers="guarantors.guarantor",
            without="",
        ),
    ] = None
    advance_share: Annotated[
        float,
        Field(
            "largest debt outstanding without support, as a part of the chips' stressed value",
            least=0,
            usual=(0.01, 1.5),
        ),
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
        str | None,
        Field("order whose chips may be assigned to the SPV; blank: none", refers="chip_purchases.offer", without=""),
    ] = None
    assign_price: Annotated[
        AssignPrice,
        Field(
            "what the SPV pays for chips that are assigned: the price of the order while they are younger than"
            " assign_within_months, then that price times their resale value at their age (cost), or always the latter"
            " (value)"
        ),
    ] = AssignPrice.COST
    assign_within_months: Annotated[
        int,
        Field("age from which the SPV pays the resale value of chips that are assigned, not their cost", least=0),
    ] = 6
    amount_usd_bn: Annotated[
        float | None, Field("money that a lease signed already has raised; blank: max_usd_bn", least=0)
    ] = None
    supported: Annotated[
        bool | None,
        Field(
            "whether the guarantor supports a lease signed already; blank: it does if it can; false: no guarantor does,"
            " and chips that are assigned from the start on must leave the debt within advance_share"
        ),
    ] = None
    trapped_usd_bn: Annotated[
        float | None,
        Field(
            "of a lease signed already, what waits for its equity at the case's start until the tests of its debt are"
            " kept; blank: nothing",
            least=0,
        ),
    ] = None
    programme: Annotated[str | None, Field(PROGRAMME, refers="programmes.programme", without="")] = None
    ends_on: Annotated[
        date | None,
        Field(
            "first day of a contract year, from the first delivery, on which a lease signed already ends before its"
            " term is over, as notice is given; its fee is that of terminations; blank: it runs to the end of its term;"
            " blank unless status is signed"
        ),
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
        float,
        Field(
            "yearly effective rate; with support only, where rate_unsupported is given",
            least=0,
            most=1,
            usual=(0.002, 0.5),
        ),
    ]
    rate_unsupported: Annotated[
        float | None,
        Field(
            "yearly effective rate without support; blank: as in rate",
            least=0,
            most=1,
            unit="per year",
            usual=(0.002, 0.5),
        ),
    ] = None
    balloon_share: Annotated[
        float,
        Field(
            "part of the tranche that is outstanding after the last payment and repaid out of the chips' value",
            least=0,
            most=1,
            without="0",
        ),
    ] = 0.0
    supported: Annotated[bool, Field("true: the guarantor pays the part that the chips' value does not cover")] = False
    raised_usd_bn: Annotated[
        float | None,
        Field("money that this tranche of a lease signed already has raised; blank: max_share of its amount", least=0),
    ] = None
    reserve_months: Annotated[
        float,
        Field(
            "months of payments on this debt that the lab puts up on delivery until the term ends", least=0, without="0"
        ),
    ] = 0.0
    dscr_min: Annotated[
        float | None,
        Field(
            "smallest ratio of a period's income of the SPV to what is due on this debt and all that is no junior to"
            " it; below it equity waits; blank: no such test",
            above=0,
            unit="multiple",
            usual=(0.5, 5),
            without="",
        ),
    ] = None
    llcr_min: Annotated[
        float | None,
        Field(
            "smallest ratio of the value of all income to come, at this debt's rate, to what is outstanding of it and"
            " all that is no junior to it; below it equity waits; blank: no such test",
            above=0,
            unit="multiple",
            usual=(0.5, 5),
            without="",
        ),
    ] = None
    lab_share: Annotated[float, Field("part of this equity that is the lab's own money", least=0, most=1)] = 0.0
    rate_index: Annotated[
        str | None,
        Field(
            "index of a floating rate, to which rate and rate_unsupported are the margins; blank: the rate is fixed",
            refers="indices.index",
        ),
    ] = None
    rate_floor: Annotated[
        float | None,
        Field("smallest rate in force; blank: none", least=0, unit="per year", usual=(0.0001, 0.5), without=""),
    ] = None
    rate_cap: Annotated[
        float | None,
        Field("largest rate in force; blank: none", above=0, unit="per year", usual=(0.002, 0.5), without=""),
    ] = None

    def rate_with(self, supported: bool) -> float:
        """Yearly effective rate with or without support; of a rate that floats, the margin."""
        return self.rate if supported or self.rate_unsupported is None else self.rate_unsupported


class AssignedChips(Row):
    """Chips of an order that an SPV has taken over before the start of the case."""

    about: ClassVar[Table] = Table(
        "assigned_chips",
        "one row per SPV programme, delivery to the SPV, and date and delivery of the order",
        ("offer", "delivered_on", "ordered_on", "received_on"),
        opening=True,
    )

    offer: Annotated[str, Field("SPV programme", refers="chip_leases.offer")]
    delivered_on: Annotated[date, Field("day of the SPV's delivery on which it took the chips over")]
    ordered_on: Annotated[date, Field("day on which they were ordered")]
    received_on: Annotated[date, Field("day on which the order received them")]
    gw: Annotated[float, Field("quantity", above=0)]
    paid_usd_bn: Annotated[float, Field("what the SPV paid for them", least=0)]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of leases, their tranches and deliveries."""
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
            yield from _raised(lease, tranches[lease.offer])
        if tables.complete(ChipDelivery):
            yield from delivered_in_full(lease, "a lease", deliveries[lease.offer])


def _amount(lease: ChipLease) -> Iterator[Problem]:
    if lease.max_usd_bn < lease.min_usd_bn:
        yield lease.problem("max_usd_bn", f"a number not below min_usd_bn {lease.min_usd_bn:g}")
    elif lease.status is OfferStatus.SIGNED and lease.amount_usd_bn is None and lease.min_usd_bn < lease.max_usd_bn:
        expected = f"the same as min_usd_bn {lease.min_usd_bn:g} where status is signed and amount_usd_bn is blank"
        yield lease.problem("max_usd_bn", expected)
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
            if tranche.min_share < tranche.max_share and tranche.raised_usd_bn is None:
                expected = (
                    f"the same as min_share {tranche.min_share:g}, as the status of {lease.offer} is signed and"
                    " raised_usd_bn is blank"
                )
                yield tranche.problem("max_share", expected)


def _raised(lease: ChipLease, tranches: list[SpvTranche]) -> Iterator[Problem]:
    """Problems of what a lease and its tranches have raised, and of who supports it."""
    if lease.status is not OfferStatus.SIGNED:
        for column in ("amount_usd_bn", "supported"):
            if getattr(lease, column) is not None and lease.status is not OfferStatus.CLOSED:
                yield lease.problem(column, "a blank where status is not signed")
        for tranche in tranches:
            if tranche.raised_usd_bn is not None and lease.status is not OfferStatus.CLOSED:
                yield tranche.problem("raised_usd_bn", f"a blank, as the status of {lease.offer} is not signed")
        return
    amount = lease.max_usd_bn if lease.amount_usd_bn is None else lease.amount_usd_bn
    slip = RAISED * max(1.0, lease.max_usd_bn)
    if not lease.min_usd_bn - slip <= amount <= lease.max_usd_bn + slip:
        expected = f"a number from min_usd_bn {lease.min_usd_bn:g} to max_usd_bn {lease.max_usd_bn:g}"
        yield lease.problem("amount_usd_bn", expected)
    if lease.supported and lease.support_guarantor is None:
        yield lease.problem("supported", "false or a blank where support_guarantor is blank")
    if tranches and any(tranche.raised_usd_bn is not None for tranche in tranches):
        first = min(tranches, key=lambda tranche: tranche.line)
        total = sum(
            amount * tranche.max_share if tranche.raised_usd_bn is None else tranche.raised_usd_bn
            for tranche in tranches
        )
        if abs(total - amount) > slip:
            expected = f"sums that add to {amount:.10g} over all rows of {lease.offer}, the money that it raised"
            yield first.problem("raised_usd_bn", expected, f"{total:.10g}")
