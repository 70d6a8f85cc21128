"""Vintages of a cloud commitment: capacities, floors and prices at scale 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.basics.text import number
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.instruments.shared.signing_dates import signing_periods
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus

CommitmentKey: TypeAlias = tuple[str, str, str]
"""v = (offer, start, tier)"""


@dataclass(frozen=True, eq=False)
class ContractYear:
    """One year of a contract, from the case's start on, at scale 1."""

    number: int
    capacity_gw: float
    owed_usd_bn: float
    """the floor, less what was spent before the case's start"""
    periods: range
    """periods that the year touches, after the horizon too, but not before the case's start"""
    shares: Vector
    """part of each of them that the year covers; shape (periods,)"""
    within: range
    """those of them that lie in the horizon"""
    excess_usd_bn: float = 0.0
    """spend above the floor before the case's start"""

    @property
    def owed_per_period(self) -> Vector:
        """`owed_usd_bn` spread evenly over time [USD bn]; shape (periods,)."""
        return self.owed_usd_bn * self.shares / float(self.shares.sum())

    @property
    def floor_usd_bn(self) -> float:
        """The part of `owed_usd_bn` that falls within the horizon [USD bn]."""
        inside = float(self.shares[: len(self.within)].sum())
        return self.owed_usd_bn * inside / float(self.shares.sum())


@dataclass(frozen=True)
class Product:
    """A chip in a region that the contract gives access to."""

    row: CloudProduct
    chip: Chip
    usable: Mapping[int, float]
    """by period, after the horizon too, the part in which it can be used under the contract; above 0"""


@dataclass(frozen=True, eq=False)
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
    prepaid_usd_bn: float
    """prepayment on the start; 0 where the contract is under way, as it is paid then"""
    drawable_usd_bn: float
    """the part of the prepayment that has not been drawn before the case's start"""

    @property
    def key(self) -> CommitmentKey:
        """v = (offer, start, tier)."""
        return (self.row.offer, self.starts.isoformat(), self.tier.tier)

    @property
    def sunk(self) -> bool:
        """Whether it is signed already, so that what was paid on signing is not posted."""
        return self.row.status is OfferStatus.SIGNED

    @cached_property
    def floor_years(self) -> tuple[ContractYear, ...]:
        """Contract years with a period in the horizon."""
        return tuple(year for year in self.years if len(year.within))

    @cached_property
    def capacity(self) -> dict[int, float]:
        """Capacity by period, after the horizon too: the mean over time of what the contract years give [GW]."""
        found: dict[int, float] = defaultdict(float)
        for year in self.years:
            for t, share in zip(year.periods, year.shares.tolist(), strict=True):
                found[t] += year.capacity_gw * share
        return dict(found)

    @cached_property
    def owed(self) -> dict[int, float]:
        """The part of the floors that belongs to each period of the term, after the horizon too [USD bn]."""
        found: dict[int, float] = defaultdict(float)
        for year in self.years:
            for t, due in zip(year.periods, year.owed_per_period.tolist(), strict=True):
                found[t] += due
        return dict(found)

    @property
    def within(self) -> range:
        """Periods of the horizon that the contract touches."""
        years = self.floor_years
        return range(years[0].within.start, years[-1].within.stop) if years else range(0)

    @cached_property
    def spend_of(self) -> dict[int, dict[int, float]]:
        """By contract year, the part of the spend of each period in the horizon that counts as spend of that year.

        The spend of a period that touches two years is divided by the time that it spends in each.
        """
        return {
            year.number: {
                t: part / self._covered[t] for t, part in zip(year.within, year.shares.tolist(), strict=False)
            }
            for year in self.floor_years
        }

    @cached_property
    def _covered(self) -> dict[int, float]:
        """The part of each period that the contract covers."""
        found: dict[int, float] = defaultdict(float)
        for year in self.years:
            for t, share in zip(year.periods, year.shares.tolist(), strict=True):
                found[t] += share
        return dict(found)

    def most_of(self, product: Product, t: int) -> float | None:
        """The most of a product that may be used in one of its periods [GW]; None where only the capacity limits it."""
        usable = product.usable[t]
        if product.row.max_gw is not None:
            return product.row.max_gw * usable
        return None if usable >= self._covered[t] else self.capacity[t] * usable / self._covered[t]

    def price(self, product: Product) -> float:
        """Price of a product [USD bn per GW-year]."""
        return self.tier.price_usd_bn_per_gw_year * product.row.price_factor

    def most_spend(self, calendar: Calendar, year: ContractYear) -> float:
        """The most that can be spent in the part of a contract year within the horizon [USD bn].

        Capacity goes to the dearest products first, to each up to its own limit.
        """
        total = 0.0
        for t, counts in self.spend_of[year.number].items():
            left = self.capacity[t]
            for product in sorted(self.products, key=self.price, reverse=True):
                if t in product.usable:
                    most = self.most_of(product, t)
                    taken = left if most is None else min(left, most)
                    total += taken * self.price(product) * calendar.h * counts
                    left -= taken
        return total


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
        for signed, starts in _starts(case.calendar, row, notes):
            ends = add_months(starts, whole_months(row.term_years))
            products = tuple(
                _product(case.calendar, product, chips[product.chip], starts, ends, row.status)
                for product in case.rows(CloudProduct)
                if product.offer == row.offer
            )
            for tier in tiers:
                years = tuple(_contract_years(case.calendar, starts, ends, terms, tier.scale_max))
                paid, left, remark = _prepaid(case.calendar, row, starts, terms, tier.scale_max)
                notes.extend((row.offer, each) for each in remark)
                all_vintages.append(CommitmentVintage(row, tier, signed, starts, years, products, paid, left))
            notes.extend((row.offer, remark) for remark in _left_out(case.calendar, starts, ends, terms))
    return all_vintages, notes


def _starts(calendar: Calendar, row: CloudCommitment, notes: list[tuple[str, str]]) -> Iterator[tuple[int, date]]:
    """(period of signing, first day) of each way to sign the offer."""
    if row.status is OfferStatus.SIGNED:
        assert row.start_date is not None, "checked with the tables"
        yield 0, row.start_date
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


def _product(
    calendar: Calendar, row: CloudProduct, chip: Chip, starts: date, ends: date, status: OfferStatus
) -> Product:
    """A product of a contract. Under one signed already it can be used from its own day, else from a period start."""
    usable_from = max(row.from_date, chip.available_from)
    if status is not OfferStatus.SIGNED:
        usable_from = calendar.start_of(calendar.forward(usable_from))
    usable = calendar.overlap(max(starts, usable_from), ends)
    return Product(row, chip, dict(zip(usable.periods, usable.shares.tolist(), strict=True)))


def _contract_years(
    calendar: Calendar, starts: date, ends: date, terms: list[CloudTerm], scale: float
) -> Iterator[ContractYear]:
    """The contract years that have not ended before the case's start, at scale 1.

    Spend before the start is a sum of money; it is divided by `scale`, the scale of the contract under way.
    """
    for term in terms:
        first = add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1))
        last = min(add_months(starts, MONTHS_PER_YEAR * term.contract_year), ends)
        periods, shares = calendar.overlap(first, last)
        if not len(periods):
            continue
        within = range(min(periods.start, calendar.T), min(periods.stop, calendar.T))
        under_way = first < calendar.start
        left = term.floor_usd_bn - (term.spent_usd_bn / scale if under_way and scale else 0.0)
        yield ContractYear(
            term.contract_year, term.capacity_gw, max(0.0, left), periods, shares, within, max(0.0, -left)
        )


def _prepaid(
    calendar: Calendar, row: CloudCommitment, starts: date, terms: list[CloudTerm], scale: float
) -> tuple[float, float, list[str]]:
    """Prepayment on the start and what of it is left to draw, both at scale 1 [USD bn]; a remark on what is assumed.

    Of a contract under way it is what the row says, or else what the contract implies: the floors of its earlier years
    and what was spent in the year under way have been drawn.
    """
    whole = row.prepay_share * sum(term.floor_usd_bn for term in terms)
    if starts >= calendar.start:
        given = row.prepaid_left_usd_bn is not None
        return whole, whole, ["it is not under way at the start: its prepaid_left_usd_bn does not count"] * given
    if row.prepaid_left_usd_bn is not None:
        return 0.0, row.prepaid_left_usd_bn / scale if scale else 0.0, []
    drawn = 0.0
    for term in terms:
        first, after = (add_months(starts, MONTHS_PER_YEAR * (term.contract_year - k)) for k in (1, 0))
        if after <= calendar.start:
            drawn += term.floor_usd_bn
        elif first < calendar.start and scale:
            drawn += term.spent_usd_bn / scale
    left = max(0.0, whole - drawn)
    remark = f"prepaid_left_usd_bn is blank: {number(left * scale)} USD bn of the prepayment are left to draw"
    return 0.0, left, [f"{remark}, which is what its floors and its spend before the start leave"] if whole else []


def _left_out(calendar: Calendar, starts: date, ends: date, terms: list[CloudTerm]) -> Iterator[str]:
    """Remarks on figures of contract years that do not count."""
    for term in terms:
        first = add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1))
        last = min(add_months(starts, MONTHS_PER_YEAR * term.contract_year), ends)
        if term.spent_usd_bn > 0 and not first < calendar.start < last:
            yield f"contract year {term.contract_year} is not under way at the start: its spent_usd_bn does not count"
