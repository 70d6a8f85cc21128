"""Vintages of a cloud commitment: capacities, floors and prices at scale 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import TypeAlias

from planner.basics.calendar import Calendar, add_months
from planner.common.chips import Chip
from planner.instruments.cloud_commitment.contract_years import (
    ContractYear,
    contract_years,
    served,
    served_until,
    term_ends,
    year_days,
)
from planner.instruments.cloud_commitment.opening import (
    NOTHING,
    OpeningSums,
    can_pay_for,
    limited_providers,
    opening,
    remarks,
    signed_contract,
)
from planner.instruments.cloud_commitment.price_levels import STATED, PriceLevels, price_levels
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.instruments.shared.signing_dates import signing_periods
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus

CommitmentKey: TypeAlias = tuple[str, str, str]
"""v = (offer, start, tier)"""


@dataclass(frozen=True)
class Product:
    """A chip in a region that the contract gives access to."""

    row: CloudProduct
    chip: Chip
    usable: Mapping[int, float]
    """by period, after the horizon too, the part in which it can be used under the contract; above 0"""
    within_a_period: bool = False
    """whether it becomes available within a period while the contract runs, before the case's start too"""
    begins: float = 0.0
    """when it can be used first under the contract [periods]"""
    ends: float = 0.0
    """when the contract ends [periods]"""


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
    least: float
    """smallest scale with this tier; of a contract signed already, its scale"""
    most: float
    """largest scale with this tier; of a contract signed already, its scale"""
    smallest: float
    """smallest scale of any tier of the offer"""
    largest: float
    """largest scale of any tier of the offer"""
    opening: OpeningSums = NOTHING
    """what it brings into the case, in money, where it is signed already"""
    levels: PriceLevels = STATED
    """what its prices are multiplied by over time"""

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
        """The day after its term, or the one on which it ends before that."""
        return term_ends(self.row, self.starts)

    @property
    def served_until(self) -> date:
        """The day after the last contract year that is served."""
        return served_until(self.row, self.starts, self.ends)

    @property
    def straddles(self) -> bool:
        """Whether its tier has scales below and above 1, so that min(scale, 1) needs a variable of its own."""
        return self.tier.scale_min < 1.0 < self.tier.scale_max

    @cached_property
    def floor_years(self) -> tuple[ContractYear, ...]:
        """Contract years with a period in the horizon."""
        return tuple(year for year in self.years if len(year.within))

    @cached_property
    def after_lapse(self) -> list[int]:
        """Contract years with a period in the horizon that last longer than the credits that lapse."""
        return [
            year.number
            for year in self.floor_years
            if not can_pay_for(self.opening, year_days(self.starts, self.ends, year.number)[1])
        ]

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
        """The part of the floors that belongs to each period of the term, after the horizon too [USD bn].

        What was spent before the case's start changes nothing: it counts in what is short of a floor.
        """
        found: dict[int, float] = defaultdict(float)
        for year in self.years:
            for t, due in zip(year.periods, year.accrued.tolist(), strict=True):
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

    def price(self, product: Product, t: int) -> float:
        """Price of a product in one of its periods, the mean of the part in which it can be used [USD bn per GW-year].

        It is the tier's price, times the product's factor, times what `levels` says.
        """
        stated = self.tier.price_usd_bn_per_gw_year * product.row.price_factor
        if self.levels is STATED:
            return stated
        return stated * self.levels.multiple(max(float(t), product.begins), min(t + 1.0, product.ends))

    def most_spend(self, calendar: Calendar, year: ContractYear) -> float:
        """The most that can be spent in the part of a contract year within the horizon [USD bn].

        Capacity goes to the dearest products first, to each up to its own limit.
        """
        total = 0.0
        for t, counts in self.spend_of[year.number].items():
            left = self.capacity[t]
            usable = [product for product in self.products if t in product.usable]
            for product in sorted(usable, key=partial(self.price, t=t), reverse=True):
                most = self.most_of(product, t)
                taken = left if most is None else min(left, most)
                total += taken * self.price(product, t) * calendar.h * counts
                left -= taken
        return total


def vintages(case: CaseData) -> tuple[list[CommitmentVintage], list[tuple[str, str]]]:
    """The vintages of every offer that is not closed, and remarks by offer.

    Of an offer signed already it is the one that was signed.
    """
    all_vintages: list[CommitmentVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(CloudCommitment):
        if row.status is OfferStatus.CLOSED:
            continue
        terms = [term for term in case.rows(CloudTerm) if term.offer == row.offer]
        terms.sort(key=lambda term: term.contract_year)
        tiers = [tier for tier in case.rows(CloudTier) if tier.offer == row.offer]
        if row.status is OfferStatus.SIGNED:
            vintage, remarked = _signed(case, row, tiers, terms)
            all_vintages.append(vintage)
            notes.extend((row.offer, remark) for remark in remarked)
            continue
        scales = min(tier.scale_min for tier in tiers), max(tier.scale_max for tier in tiers)
        for signed, starts in _starts(case.calendar, row, notes):
            products, ends = _products(case, row, starts), term_ends(row, starts)
            years = tuple(contract_years(case.calendar, starts, ends, served(row, starts, terms)))
            prepaid, over_time = _prepaid(row, starts, terms), price_levels(case, row, starts, ends, terms)
            for tier in tiers:
                sizes = (tier.scale_min, tier.scale_max, *scales)
                all_vintages.append(
                    CommitmentVintage(
                        row, tier, signed, starts, years, products, prepaid, prepaid, *sizes, levels=over_time
                    )
                )
            notes.extend((row.offer, remark) for remark in _left_out(case.calendar, starts, ends, terms))
    return all_vintages, notes


def _signed(
    case: CaseData, row: CloudCommitment, tiers: list[CloudTier], terms: list[CloudTerm]
) -> tuple[CommitmentVintage, list[str]]:
    """The vintage of a contract signed already, and remarks."""
    contract = signed_contract(case.calendar, row, tiers, terms)
    sums, scale, starts = opening(contract), contract.scale, contract.starts
    whole = _prepaid(row, starts, terms)
    paid, left = (0.0, _at_scale_1(sums.prepaid_left, scale)) if contract.under_way else (whole, whole)
    at_1 = _at_scale_1(sums.spent, scale), _at_scale_1(sums.drawn, scale)
    years = tuple(contract_years(case.calendar, starts, contract.ends, served(row, starts, terms), *at_1))
    sizes = scale, scale, min(tier.scale_min for tier in tiers), max(tier.scale_max for tier in tiers)
    vintage = CommitmentVintage(
        row, contract.tier, 0, starts, years, _products(case, row, starts), paid, left, *sizes, opening=sums,
        levels=price_levels(case, row, starts, contract.ends, terms),
    )  # fmt: skip
    remarked = list(remarks(contract, sums, row.provider in limited_providers(case)))
    return vintage, remarked + list(_left_out(case.calendar, starts, contract.ends, terms))


def _prepaid(row: CloudCommitment, starts: date, terms: Sequence[CloudTerm]) -> float:
    """The whole prepayment; none where the provider is gone by the start, on which it would be paid [USD bn]."""
    if row.gone_from is not None and row.gone_from <= starts:
        return 0.0
    return row.prepay_share * sum(term.floor_usd_bn for term in terms)


def _at_scale_1(money: float, scale: float) -> float:
    """A sum of money of a contract that is signed at a scale, per unit of scale."""
    return money / scale if scale else 0.0


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
    return row.shortfall is Shortfall.CREDIT or row.provider in limited_providers(case)


def _starts(calendar: Calendar, row: CloudCommitment, notes: list[tuple[str, str]]) -> Iterator[tuple[int, date]]:
    """(period of signing, first day) of each way to sign an offer that is not signed yet."""
    window, remark = signing_periods(calendar, row.status, row.sign_from, row.sign_by)
    if remark:
        notes.append((row.offer, remark))
    for signed in window[:1] if row.start_date else window:
        wanted = row.start_date or add_months(calendar.start_of(signed), row.lead_months or 0)
        begins = calendar.forward(wanted)
        if row.gone_from is not None and calendar.start_of(signed) >= row.gone_from:
            notes.append((row.offer, f"{row.provider} is gone by {calendar.start_of(signed)}: not offered"))
        elif signed <= begins < calendar.T:
            yield signed, calendar.start_of(begins)
        else:
            when = "before it can be signed" if begins < signed else "after the horizon"
            notes.append((row.offer, f"signed on {calendar.start_of(signed)} it would start {when}: not offered"))


def _products(case: CaseData, row: CloudCommitment, starts: date) -> tuple[Product, ...]:
    """The products of a contract with a start."""
    chips, ends = {chip.chip: chip for chip in case.rows(Chip)}, term_ends(row, starts)
    return tuple(
        _product(case.calendar, product, chips[product.chip], starts, ends, row.status)
        for product in case.rows(CloudProduct)
        if product.offer == row.offer
    )


def _product(
    calendar: Calendar, row: CloudProduct, chip: Chip, starts: date, ends: date, status: OfferStatus
) -> Product:
    """A product of a contract. Under one signed already it can be used from its own day, else from a period start."""
    usable_from = max(row.provided_from, chip.available_from)
    if status is not OfferStatus.SIGNED:
        usable_from = calendar.start_of(calendar.forward(usable_from))
    usable = calendar.overlap(max(starts, usable_from), ends)
    within = usable_from > starts and calendar.position(usable_from) % 1.0 != 0.0
    shares = dict(zip(usable.periods, usable.shares.tolist(), strict=True))
    begins = calendar.position(max(starts, usable_from))
    return Product(row, chip, shares, within, begins, calendar.position(ends))


def _left_out(calendar: Calendar, starts: date, ends: date, terms: list[CloudTerm]) -> Iterator[str]:
    """Remarks on figures of contract years that do not count."""
    for term in terms:
        first, after = year_days(starts, ends, term.contract_year)
        if term.spent_usd_bn > 0 and not first < calendar.start < after:
            yield f"contract year {term.contract_year} is not under way at the start: its spent_usd_bn does not count"
