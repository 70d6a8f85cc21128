"""What a commitment signed already brings into the case: what was spent, drawn, paid and received before its start.

A blank says what the contract's own terms imply:

    drawn_usd_bn              spent_usd_bn, as far as the prepayment less the floors of earlier contract years goes
    prepaid_left_usd_bn       the prepayment less the floors of earlier contract years and less what was drawn
    credits_left_usd_bn       0: no shortfall was paid
    rollover_usd_bn           0: no contract year had spend above its floor
    equity_received_usd_bn    equity_usd_bn · min(scale, 1); equity_usd_bn where it does not scale
    paid_usd_bn               floors of earlier contract years · scale + spent_usd_bn + upfront_usd_bn · scale

All sums are in money, not × scale. What a row says of a contract that has not begun, or of a contract year that is not
under way, does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.basics.calendar import Calendar
from planner.basics.text import number
from planner.common.policies import Policy, PolicyKind
from planner.instruments.cloud_commitment.contract_years import term_ends, year_days
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm, CloudTier, Shortfall
from planner.interfaces.case_data import CaseData


@dataclass(frozen=True)
class OpeningSums:
    """Sums of a contract at the case's start [USD bn]."""

    spent: float = 0.0
    """spent in the contract year under way"""
    drawn: float = 0.0
    """part of it that was paid out of the prepayment"""
    prepaid_left: float = 0.0
    """left to draw of a prepayment that was paid before the start"""
    credits: float = 0.0
    """shortfalls paid that may still pay for spend above a floor"""
    lapsing: float = 0.0
    """part of them that lapses after `lapse`"""
    lapse: date | None = None
    """contract years that last longer are not paid for by the part that lapses; None: nothing lapses"""
    rollover: float = 0.0
    """spend above the floor of the contract year that ended last"""
    equity: float = 0.0
    """equity received"""
    paid: float = 0.0
    """paid for compute: spend, shortfalls less credits, and the upfront sum"""


NOTHING = OpeningSums()
"""of a contract that is not signed yet"""


@dataclass(frozen=True, eq=False)
class SignedContract:
    """A contract signed already, and the calendar of the case."""

    calendar: Calendar
    row: CloudCommitment
    tier: CloudTier
    terms: Sequence[CloudTerm]
    """its contract years, in order"""

    @property
    def starts(self) -> date:
        """First day of the contract."""
        assert self.row.start_date is not None, "checked with the tables"
        return self.row.start_date

    @property
    def ends(self) -> date:
        """The day after its term, or the one on which it ends before that."""
        return term_ends(self.row, self.starts)

    @property
    def scale(self) -> float:
        """The scale that was signed."""
        return self.tier.scale_max if self.row.signed_scale is None else self.row.signed_scale

    @property
    def under_way(self) -> bool:
        """Whether it began before the start of the case."""
        return self.starts < self.calendar.start

    def days(self, year: int) -> tuple[date, date]:
        """First day of a contract year, and the day after its last."""
        return year_days(self.starts, self.ends, year)

    @property
    def ended(self) -> list[CloudTerm]:
        """The contract years that ended before the start of the case."""
        days = [(term, *self.days(term.contract_year)) for term in self.terms]
        return [term for term, first, after in days if first < after <= self.calendar.start]

    @property
    def current(self) -> CloudTerm | None:
        """The contract year under way at the start of the case."""
        for term in self.terms:
            first, after = self.days(term.contract_year)
            if first < self.calendar.start < after:
                return term
        return None

    @property
    def prepaid(self) -> float:
        """The whole prepayment [USD bn]."""
        return self.row.prepay_share * sum(term.floor_usd_bn for term in self.terms) * self.scale


def signed_contract(
    calendar: Calendar, row: CloudCommitment, tiers: Sequence[CloudTier], terms: Sequence[CloudTerm]
) -> SignedContract:
    """A contract signed already; its tier is the one that was signed, or the only one."""
    (tier,) = (tier for tier in tiers if row.signed_tier in (None, tier.tier))
    return SignedContract(calendar, row, tier, terms)


def opening(contract: SignedContract) -> OpeningSums:
    """What a contract signed already brings into the case."""
    row, scale = contract.row, contract.scale
    by_terms = row.equity_usd_bn * (min(scale, 1.0) if row.scales else 1.0)
    equity = by_terms if row.equity_received_usd_bn is None else row.equity_received_usd_bn
    upfront = contract.tier.upfront_usd_bn * scale
    if not contract.under_way:
        return OpeningSums(equity=equity, paid=upfront if row.paid_usd_bn is None else row.paid_usd_bn)
    floors = sum(term.floor_usd_bn for term in contract.ended) * scale
    current = contract.current
    spent = 0.0 if current is None else current.spent_usd_bn
    drawable = max(0.0, contract.prepaid - floors)
    drawn = min(spent, drawable)
    if current is not None and current.drawn_usd_bn is not None:
        drawn = current.drawn_usd_bn
    left, lapsing = row.credits_left_usd_bn or 0.0, 0.0
    if row.credits_until is not None:
        lapsing = left if row.credits_lapsing_usd_bn is None else row.credits_lapsing_usd_bn
    return OpeningSums(
        spent=spent,
        drawn=drawn,
        prepaid_left=max(0.0, drawable - drawn) if row.prepaid_left_usd_bn is None else row.prepaid_left_usd_bn,
        credits=left,
        lapsing=lapsing,
        lapse=row.credits_until,
        rollover=(row.rollover_usd_bn or 0.0) if contract.ended else 0.0,
        equity=equity,
        paid=floors + spent + upfront if row.paid_usd_bn is None else row.paid_usd_bn,
    )


def can_pay_for(sums: OpeningSums, after: date) -> bool:
    """Whether credits that lapse may pay for spend of the contract year that ends on the day before `after`."""
    return sums.lapse is None or after - timedelta(days=1) <= sums.lapse


def limited_providers(case: CaseData) -> frozenset[str]:
    """The providers whose equity is limited by what they are paid."""
    kind = PolicyKind.FUNDING_FROM_PROVIDER_MAX
    return frozenset(str(policy.subject) for policy in case.rows(Policy) if policy.kind is kind)


def remarks(contract: SignedContract, sums: OpeningSums, limited: bool) -> Iterator[str]:
    """What is assumed where a row is blank, and what it says that does not count.

    `limited` says whether the provider's equity is limited by what it is paid.
    """
    row = contract.row
    if limited and row.equity_usd_bn > 0 and row.equity_received_usd_bn is None:
        yield f"equity_received_usd_bn is blank: {number(sums.equity)} USD bn were received, as its terms say"
    if not contract.under_way:
        for column in ("prepaid_left_usd_bn", "credits_left_usd_bn", "rollover_usd_bn"):
            if getattr(row, column) is not None:
                yield f"it is not under way at the start: its {column} does not count"
        return
    if row.prepaid_left_usd_bn is None and contract.prepaid > 0:
        remark = f"prepaid_left_usd_bn is blank: {number(sums.prepaid_left)} USD bn of the prepayment are left to draw"
        yield f"{remark}, which is what its floors and its spend before the start leave"
    if contract.ended:
        if row.shortfall is Shortfall.CREDIT and row.credits_left_usd_bn is None:
            yield "credits_left_usd_bn is blank: no shortfall was paid before the start that pays for later spend"
        if row.rollover_share and row.rollover_usd_bn is None:
            yield "rollover_usd_bn is blank: no spend of an earlier contract year counts towards a later floor"
    elif row.rollover_usd_bn is not None:
        yield "no contract year has ended before the start: its rollover_usd_bn does not count"
    if limited and row.paid_usd_bn is None:
        yield f"paid_usd_bn is blank: {number(sums.paid)} USD bn were paid, its floors and its spend before the start"
