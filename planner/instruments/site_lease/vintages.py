"""Vintages of a site lease: a phase with one commencement, who may back it, and the exposure of its backer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeAlias

import numpy as np

from planner.basics import finance, units
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, Overlap, add_months, whole_months
from planner.basics.text import number
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.profiles import SiteRamp, profile, ramps, taken_back
from planner.instruments.site_lease.tables import (
    CoverMeasure,
    CoverRunoff,
    LeaseBacker,
    NoGuarantor,
    SiteLease,
)
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus

Told: TypeAlias = tuple[date, date]
"""(day, commencement as it is known from that day on)"""


@dataclass(frozen=True)
class PhaseVintage:
    """A phase with one commencement; sums are for the whole phase."""

    row: SiteLease
    signed: int
    """period of signing; 0 if it is signed already"""
    planned: date
    """commencement without any delay"""
    promised: date
    """commencement that it is signed for, as `delay_damages` says"""
    starts: date
    """commencement, with its delay"""
    ends: date
    term: Overlap
    """the periods of the term, after the horizon too, but not before the case's start, and the part of each"""
    rent: Vector
    """rent of each of those periods [USD bn]"""
    halls: Vector
    """part of the halls that stands in each of those periods, times the part of the period"""
    taken_back: float
    """what is taken back of waived rent at the end of the horizon, as `profiles` says [USD bn]"""
    before: tuple[tuple[date, PhaseVintage], ...] = ()
    """(day, what it was taken to be until that day), where news made it later; in the order of the days"""

    @property
    def key(self) -> tuple[str, str]:
        """(offer, commencement)."""
        return (self.row.offer, self.starts.isoformat())

    @property
    def periods(self) -> range:
        """Periods of the term, the first and the last perhaps in part, but not before the case's start."""
        return self.term.periods

    @property
    def sunk(self) -> bool:
        """Whether it is signed already, so that what was paid on signing is not posted."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def capacity_gw(self) -> float:
        """IT power of the phase [GW]."""
        return units.gw(self.row.capacity_mw)

    @property
    def deposit_usd_bn(self) -> float:
        """Deposit for the whole phase: by what the landlord holds already, else months of the first rent [USD bn]."""
        held = self.row.deposit_held_usd_bn
        if held is not None and self.row.signed_share > 0:
            return held / self.row.signed_share
        yearly = units.rent_usd_bn_per_gw_year(self.row.rent_usd_per_kw_month) * self.capacity_gw
        return units.per_month(yearly) * self.row.deposit_months

    def rent_left(self, t: int) -> float:
        """Rent from the start of period t on, undiscounted [USD bn]."""
        return float(self.rent[max(0, t - self.periods.start) :].sum())

    def known_on(self, day: date) -> PhaseVintage:
        """What it is taken to be on a day, by the news until then."""
        return next((earlier for until, earlier in self.before if day < until), self)

    def rent_values(self, calendar: Calendar, rate: float) -> Vector:
        """Rent from the start of each period of the horizon on, discounted to that start [USD bn]; shape (T,).

        It is worked out backwards: value_t = value_{t+1} · (1 + rate)^−h + rent_t · (1 + rate)^−h/2. Where news makes
        the phase later, the rent of a period is what it was taken to be then.
        """
        values = self._rent_values(calendar, rate)
        for until, earlier in reversed(self.before):
            first = max(0, calendar.forward(until))
            values[:first] = earlier._rent_values(calendar, rate)[:first]
        return values

    def _rent_values(self, calendar: Calendar, rate: float) -> Vector:
        """The same, as if it had always been known."""
        whole, half = (finance.discount_factor(rate, calendar.h * part) for part in (1.0, 0.5))
        values = np.zeros(max(self.periods.stop, calendar.T) + 1)
        for t in reversed(range(self.periods.stop)):
            due = self.rent[t - self.periods.start] if t >= self.periods.start else 0.0
            values[t] = values[t + 1] * whole + due * half
        return values[: calendar.T]


@dataclass(frozen=True)
class Backer:
    """Who stands behind the rent of a share of a phase."""

    name: str
    families: frozenset[str]
    """chip families that may run in the halls of that share"""
    fee_rate: float
    tied: bool = False
    """whether it takes on new guarantees only while an offer runs"""

    @property
    def guarantees(self) -> bool:
        """Whether it is a guarantor, and not the lab itself."""
        return not isinstance(self.name, NoGuarantor)


def vintages(case: CaseData) -> tuple[list[PhaseVintage], list[tuple[str, str]]]:
    """The vintages of every phase that is not closed, and remarks by offer."""
    all_vintages: list[PhaseVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(SiteLease):
        if row.status is OfferStatus.CLOSED:
            continue
        delays, ramp = case.derived(_delays).get(row.offer, []), case.derived(ramps).get(row.offer, ())
        for signed, planned, told in _commencements(case.calendar, row, delays, notes):
            promised = _promised(case.calendar, row, delays, signed, planned, told)
            *before, last = [_vintage(case, row, ramp, signed, planned, promised, starts) for _, starts in told]
            known = zip((until for until, _ in told[1:]), before, strict=True)
            all_vintages.append(replace(last, before=tuple(known)))
        if row.status is OfferStatus.SIGNED and row.deposit_months and row.deposit_held_usd_bn is None:
            held = all_vintages[-1]
            if case.calendar.start <= held.ends:
                sums = number(held.deposit_usd_bn * row.signed_share)
                remark = f"deposit_held_usd_bn is blank: {sums} USD bn come back on {held.ends}"
                notes.append((row.offer, f"{remark}, which is deposit_months of the first rent"))
        able = backers(case, row)
        if not able:
            notes.append((row.offer, "no guarantor of leases backs chips of its families: it cannot be exercised"))
        if row.status is OfferStatus.SIGNED and len(able) > 1 and not backed(case, row):
            notes.append((row.offer, f"no row in {LeaseBacker.about.file}: the plan decides who backs it"))
    return all_vintages, notes


def _delays(case: CaseData) -> Mapping[str, Sequence[SiteDelay]]:
    """The further delays of each phase, in the order of their days."""
    found: dict[str, list[SiteDelay]] = {}
    for delay in sorted(case.rows(SiteDelay), key=lambda each: each.late_from):
        found.setdefault(delay.offer, []).append(delay)
    return found


def _late(planned: date, months: int, delays: Sequence[SiteDelay], rounded: Callable[[date], date]) -> list[Told]:
    """A commencement with its assumed delay of so many months, and what it is with each of those that befall it later.

    `rounded` gives the day on which halls that are ready on a day commence.
    """
    found = [(date.min, rounded(add_months(planned, months)))]
    for delay in delays:
        if found[-1][1] >= delay.late_from:
            months += delay.months
            found.append((delay.late_from, rounded(add_months(planned, months))))
    return found


def _commencements(
    calendar: Calendar, row: SiteLease, delays: Sequence[SiteDelay], notes: list[tuple[str, str]]
) -> Iterator[tuple[int, date, list[Told]]]:
    """(period of signing, commencement without its delay and with it) of each way to exercise the phase."""
    if row.status is OfferStatus.SIGNED:
        yield 0, *_commences(calendar, row, delays)
        return
    last = row.ready_by or calendar.start_of(calendar.forward(row.ready_date))
    window = calendar.window(row.ready_date, last)
    if not len(window):
        remark = f"the window from {row.ready_date} to {last} holds no period start: not offered"
        following = calendar.forward(row.ready_date)
        if row.status is OfferStatus.REQUIRED and following >= 0:
            window = range(following, following + 1)
            remark = remark.replace("not offered", f"commences on {calendar.start_of(following)}")
        notes.append((row.offer, remark))
    missed = 0
    for ready in window:
        latest = add_months(calendar.start_of(ready), -row.lead_months)
        signed = calendar.back(latest if row.decide_by is None else min(latest, row.decide_by))
        if signed >= 0:
            planned = calendar.start_of(ready)
            yield signed, planned, _late(planned, row.delay_months, delays, partial(_rounded, calendar))
        else:
            missed += 1
    if missed:
        which = "its only commencement" if len(window) == 1 else f"{missed} of its {len(window)} commencements"
        notes.append((row.offer, f"{which} would have to be signed before the case's start: not offered"))


def _commences(calendar: Calendar, row: SiteLease, delays: Sequence[SiteDelay]) -> tuple[date, list[Told]]:
    """The commencement of a lease signed already, without its delay and with it.

    One that has commenced is not moved by a delay any more.
    """
    planned = row.commences_on or row.ready_date
    if row.commences_on is not None and row.commences_on <= calendar.start:
        return planned, [(date.min, planned)]
    return planned, _late(planned, row.delay_months, delays, lambda day: day)


def _promised(
    calendar: Calendar, row: SiteLease, delays: Sequence[SiteDelay], signed: int, planned: date, told: Sequence[Told]
) -> date:
    """The commencement that a phase is signed for: with every delay that is known or foreseen on signing."""
    if row.status is OfferStatus.SIGNED:
        return row.promised_on or planned
    day = calendar.start_of(signed)
    if not any(delay.news_months and delay.late_from > day for delay in delays):
        return told[-1][1]
    foreseen = [
        delay.model_copy(update={"months": delay.months - delay.news_months}) if delay.late_from > day else delay
        for delay in delays
    ]
    return _late(planned, row.delay_months, foreseen, partial(_rounded, calendar))[-1][1]


def _rounded(calendar: Calendar, day: date) -> date:
    """The day on which halls commence that are ready on a day and may still be signed for."""
    return calendar.start_of(calendar.forward(day))


def _vintage(
    case: CaseData, row: SiteLease, ramp: Sequence[SiteRamp], signed: int, planned: date, promised: date, starts: date
) -> PhaseVintage:
    """The vintage of a phase that is signed in a period and commences on a day."""
    ends = add_months(starts, whole_months(row.term_years))
    term, of = case.calendar.overlap(starts, ends), profile(case, row, ramp, starts)
    back = taken_back(case, row, ramp, starts)
    return PhaseVintage(row, signed, planned, promised, starts, ends, term, of.rent, of.halls, back)


def backers(case: CaseData, row: SiteLease) -> list[Backer]:
    """Who may back a phase: the lab itself where no guarantee is needed, else guarantors of leases.

    A guarantor may if it backs a chip family that the halls admit.
    """
    if not row.needs_guarantee:
        return [Backer(NoGuarantor.OWN_COVENANT, row.families, 0.0)]
    return [
        Backer(
            guarantor.guarantor,
            row.families & guarantor.families,
            guarantor.fee_rate,
            guarantor.requires_offer is not None,
        )
        for guarantor in case.rows(Guarantor)
        if guarantor.kind is GuaranteeKind.LEASE and row.families & guarantor.families
    ]


def backed(case: CaseData, row: SiteLease) -> dict[str, float]:
    """The parts of a phase signed already by who backs them, as far as they are given; empty where the plan decides."""
    if not row.needs_guarantee:
        return {NoGuarantor.OWN_COVENANT: row.signed_share}
    return dict(case.derived(_lease_backers).get(row.offer, {}))


def _lease_backers(case: CaseData) -> Mapping[str, Mapping[str, float]]:
    """The share of each backer of each lease of which the case says who backs it."""
    found: dict[str, dict[str, float]] = {}
    for each in case.rows(LeaseBacker):
        found.setdefault(each.offer, {})[each.guarantor] = each.share
    return found


def exposure(case: CaseData, vintage: PhaseVintage, values: Vector) -> Vector:
    """Exposure of a backer of the whole phase at the start of each period of the horizon [USD bn]; shape (T,).

    It is zero before signing and after the term. `values` are the present values of the rent to come; shape (T,).
    """
    calendar, row = case.calendar, vintage.row
    amounts = np.zeros(calendar.T)
    runoff = sorted((point.age_years, point.cover_share) for point in case.rows(CoverRunoff))
    over, runs_off = calendar.forward(vintage.ends), max(vintage.starts, row.runoff_from or vintage.starts)
    for t in range(vintage.signed, min(over, calendar.T)):
        match row.cover_measure:
            case CoverMeasure.TERMINATION:
                age = max(0.0, calendar.age_years(runs_off, t))
                ages, shares = [age for age, _ in runoff], [share for _, share in runoff]
                cover = (row.cover_usd_bn_per_gw or 0.0) * vintage.capacity_gw
                amounts[t] = cover * finance.interpolate(ages, shares, age)
            case CoverMeasure.REMAINING_RENT:
                amounts[t] = (row.cover_share or 0.0) * vintage.rent_left(t)
            case CoverMeasure.PV_RENT:
                amounts[t] = (row.cover_share or 0.0) * values[t]
    return amounts
