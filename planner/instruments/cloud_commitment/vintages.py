"""Vintages of a cloud commitment: capacities, floors and prices at scale 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from planner.basics.calendar import Calendar, add_months, whole_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip
from planner.common.policies import Policy, PolicyKind
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.instruments.shared.signing_dates import signing_periods
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus

CommitmentKey: TypeAlias = tuple[str, str, str]
"""v = (offer, start, tier)"""


@dataclass(frozen=True)
class ContractYear:
    """One year of a contract, at scale 1."""

    number: int
    capacity_gw: float
    owed_usd_bn: float
    """the floor, less what was spent before the case's start"""
    periods: range
    """periods that start in the year, after the horizon too, but not before the case's start"""
    within: range
    """those of them that lie in the horizon"""
    excess_usd_bn: float = 0.0
    """spend above the floor before the case's start"""

    @property
    def floor_usd_bn(self) -> float:
        """The part of `owed_usd_bn` that falls within the horizon [USD bn]."""
        return self.owed_usd_bn * len(self.within) / len(self.periods)

    @property
    def owed_per_period(self) -> float:
        """`owed_usd_bn` spread evenly over the periods of the year [USD bn]."""
        return self.owed_usd_bn / len(self.periods)


@dataclass(frozen=True)
class Product:
    """A chip in a region that the contract gives access to."""

    row: CloudProduct
    chip: Chip
    usable_from: date

    def usable(self, calendar: Calendar, t: int) -> bool:
        """Whether it can be used in period t."""
        return calendar.position(self.usable_from) <= t


@dataclass(frozen=True)
class CommitmentVintage:
    """An offer with one start and one tier; capacities and sums are at scale 1."""

    row: CloudCommitment
    tier: CloudTier
    signed: int
    """period of signing; 0 if it is signed already"""
    starts: date
    """first day of the contract"""
    years: tuple[ContractYear, ...]
    products: tuple[Product, ...]
    floors_usd_bn: float
    """sum of the floors of all contract years"""
    under_way: bool
    """True: it began before the case's start"""
    smallest: float
    """smallest scale of any tier of the offer"""
    largest: float
    """largest scale of any tier of the offer"""

    @property
    def key(self) -> CommitmentKey:
        """v = (offer, start, tier)."""
        return (self.row.offer, self.starts.isoformat(), self.tier.tier)

    @property
    def sunk(self) -> bool:
        """Whether it is signed already, so that what was paid on signing is not posted."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def ends(self) -> date:
        """The day after its term."""
        return add_months(self.starts, whole_months(self.row.term_years))

    @property
    def straddles(self) -> bool:
        """Whether its scale may lie below and above 1, so that min(scale, 1) needs a variable of its own."""
        return self.tier.scale_min < 1.0 < self.tier.scale_max

    @property
    def prepaid_usd_bn(self) -> float:
        """Prepayment on the start [USD bn]; that of a contract under way counts as drawn down already."""
        return 0.0 if self.under_way else self.row.prepay_share * self.floors_usd_bn

    @cached_property
    def floor_years(self) -> tuple[ContractYear, ...]:
        """Contract years with a period in the horizon."""
        return tuple(year for year in self.years if len(year.within))

    def owed(self, t: int) -> float:
        """The part of the floor that belongs to period t [USD bn]; 0 outside the term."""
        year = self.year_of(t)
        return 0.0 if year is None else year.owed_per_period

    def price(self, product: Product) -> float:
        """Price of a product [USD bn per GW-year]."""
        return self.tier.price_usd_bn_per_gw_year * product.row.price_factor

    def most_spend(self, calendar: Calendar, year: ContractYear) -> float:
        """The most that can be spent in the part of a contract year within the horizon [USD bn].

        Capacity goes to the dearest products first, to each up to its own limit.
        """
        total = 0.0
        for t in year.within:
            left = year.capacity_gw
            for product in sorted(self.products, key=self.price, reverse=True):
                if product.usable(calendar, t):
                    taken = left if product.row.max_gw is None else min(left, product.row.max_gw)
                    total += taken * self.price(product) * calendar.h
                    left -= taken
        return total

    def year_of(self, t: int) -> ContractYear | None:
        """The contract year of period t; None outside the term."""
        return next((year for year in self.years if t in year.periods), None)


def vintages(case: CaseData) -> tuple[list[CommitmentVintage], list[tuple[str, str]]]:
    """The vintages of every offer that is not closed, and remarks by offer."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    all_vintages: list[CommitmentVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(CloudCommitment):
        if row.status is OfferStatus.CLOSED:
            continue
        terms = [term for term in case.rows(CloudTerm) if term.offer == row.offer]
        terms.sort(key=lambda term: term.contract_year)
        tiers = [tier for tier in case.rows(CloudTier) if tier.offer == row.offer]
        floors = sum(term.floor_usd_bn for term in terms)
        products = tuple(
            Product(product, chips[product.chip], max(product.from_date, chips[product.chip].available_from))
            for product in case.rows(CloudProduct)
            if product.offer == row.offer
        )
        scales = min(tier.scale_min for tier in tiers), max(tier.scale_max for tier in tiers)
        for signed, starts in _starts(case.calendar, row, notes):
            ends = add_months(starts, whole_months(row.term_years))
            for tier in tiers:
                years = tuple(_contract_years(case.calendar, starts, ends, terms, tier.scale_max))
                under_way = starts < case.calendar.start
                all_vintages.append(
                    CommitmentVintage(row, tier, signed, starts, years, products, floors, under_way, *scales)
                )
            notes.extend((row.offer, remark) for remark in _left_out(case.calendar, starts, ends, terms))
    return all_vintages, notes


def renewed(case: CaseData, row: CloudCommitment) -> list[str]:
    """The offer itself, and the contracts that it renews, the latest first."""
    rows = {each.offer: each for each in case.rows(CloudCommitment)}
    names, current = [row.offer], row
    while current.renews and current.requires_offer is not None:
        names.append(current.requires_offer)
        if current.requires_offer not in rows:
            break
        current = rows[current.requires_offer]
    return names


def is_exact(case: CaseData, row: CloudCommitment) -> bool:
    """Whether paying more of a shortfall than there is could help.

    It could where equity is limited by what the provider is paid, and where a shortfall is a credit later. In all other
    cases a shortfall only costs.
    """
    limited = {policy.subject for policy in case.rows(Policy) if policy.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX}
    return row.shortfall is Shortfall.CREDIT or row.provider in limited


def _starts(calendar: Calendar, row: CloudCommitment, notes: list[tuple[str, str]]) -> Iterator[tuple[int, date]]:
    """(period of signing, first day) of each way to sign the offer."""
    if row.status is OfferStatus.SIGNED:
        assert row.start_date is not None, "checked with the tables"
        rounded = calendar.start_of(calendar.forward(row.start_date))
        yield 0, row.start_date if row.start_date < calendar.start else rounded
        return
    window, remark = signing_periods(calendar, row.status, row.sign_from, row.sign_by)
    if remark:
        notes.append((row.offer, remark))
    for signed in window[:1] if row.start_date else window:
        wanted = row.start_date or add_months(calendar.start_of(signed), row.lead_months or 0)
        begins = calendar.forward(wanted)
        if signed <= begins < calendar.T:
            yield signed, calendar.start_of(begins)
        else:
            when = "before it can be signed" if begins < signed else "after the horizon"
            notes.append((row.offer, f"signed on {calendar.start_of(signed)} it would start {when}: not offered"))


def _contract_years(
    calendar: Calendar, starts: date, ends: date, terms: list[CloudTerm], scale: float
) -> Iterator[ContractYear]:
    """The contract years that have not ended before the case's start, at scale 1.

    Spend before the start is a sum of money; it is divided by `scale`, the scale of the contract under way.
    """
    for term in terms:
        first = add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1))
        last = min(add_months(starts, MONTHS_PER_YEAR * term.contract_year), ends)
        periods = calendar.cover(first, last)
        if not len(periods):
            continue
        within = range(min(periods.start, calendar.T), min(periods.stop, calendar.T))
        under_way = first < calendar.start
        left = term.floor_usd_bn - (term.spent_usd_bn / scale if under_way else 0.0)
        yield ContractYear(term.contract_year, term.capacity_gw, max(0.0, left), periods, within, max(0.0, -left))


def _left_out(calendar: Calendar, starts: date, ends: date, terms: list[CloudTerm]) -> Iterator[str]:
    """Remarks on figures of contract years that do not count."""
    for term in terms:
        first = add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1))
        last = min(add_months(starts, MONTHS_PER_YEAR * term.contract_year), ends)
        if term.spent_usd_bn > 0 and not first < calendar.start < last:
            yield f"contract year {term.contract_year} is not under way at the start: its spent_usd_bn does not count"
        if calendar.start < last and first < calendar.end and not len(calendar.cover(first, last)):
            yield (
                f"contract year {term.contract_year} holds no period start: its capacity and its floor of "
                f"{term.floor_usd_bn:g} USD bn are left out"
            )
