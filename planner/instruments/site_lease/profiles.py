"""Profile of a lease: which of its halls are there in each period, what rent is due, and what rent is waived.

    halls_t = Σ_r share_r · c_tr
    rent_t  = rent · K · h · Σ_y Σ_r (1 + escalator)^y · level_y · share_r · b_tyr

The share of the halls that stands is share_r from so many months after the commencement on, which site_ramps says, and
c_tr is the part of period t in which that is so; without rows all halls stand from the commencement on. level_y is the
level of the phase's rent_index on the first day of lease year y, and 1 without one. b_tyr is the part of it in lease
year y, without the first rent_free_months. The rent that is waived in these is the same sum over
them. The part of the term inside the horizon deserves only its part of it:

    waived_rent = waived until the end − part of the term until the end · all that is waived

is taken back at the end. It is 0 where all of the term lies inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np

from planner.basics import finance, units
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, month_position, whole_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.shared.horizon import unused_share
from planner.instruments.shared.levels import levels
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.tables.fields import Field
from planner.tables.table import Row, Strikes, Table, Tables


class SiteRamp(Row):
    """The part of a phase's halls that stands from a time after its commencement on."""

    about: ClassVar[Table] = Table(
        "site_ramps",
        "one row per phase whose halls come one after another and time, from 0 months on",
        ("offer", "months"),
        opening=True,
        strikes=Strikes.TOGETHER,
    )

    offer: Annotated[str, Field("phase", refers="site_leases.offer")]
    months: Annotated[int, Field("time after the commencement", least=0, most=600)]
    share: Annotated[
        float,
        Field(
            "part of the halls that stands from then on and for which rent is due; ascends to 1",
            above=0,
            most=1,
            unit="share",
        ),
    ]


@dataclass(frozen=True, eq=False)
class Profile:
    """What a whole phase brings and costs in the periods of its term, from 0 on; both have the shape (periods,)."""

    halls: Vector
    """part of the halls that stands, times the part of the period"""
    rent: Vector
    """rent [USD bn]"""


def ramps(case: CaseData) -> Mapping[str, Sequence[SiteRamp]]:
    """The rows of each phase, the earliest first."""
    found: dict[str, list[SiteRamp]] = {}
    for row in sorted(case.rows(SiteRamp), key=lambda row: row.months):
        found.setdefault(row.offer, []).append(row)
    return found


def profile(case: CaseData, row: SiteLease, ramp: Sequence[SiteRamp], starts: date, until: date = date.max) -> Profile:
    """The profile of a phase that commences on a day; from the day `until` on all is 0."""
    calendar, index = case.calendar, levels_of_years(case, row, starts)
    ends = add_months(starts, whole_months(row.term_years))
    term = calendar.overlap(starts, ends)
    free = add_months(starts, row.rent_free_months)
    halls, rent = np.zeros(len(term.periods)), np.zeros(len(term.periods))
    yearly = units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month) * units.gw(row.capacity_mw)
    for first, last, share in _steps(ramp, starts, min(ends, until)):
        _add(calendar, halls, term.periods, first, last, share)
    for first, last, rented in _rented(row, ramp, starts, min(ends, until), yearly * calendar.h, index):
        _add(calendar, rent, term.periods, max(first, free), last, rented)
    return Profile(halls, rent)


def taken_back(case: CaseData, row: SiteLease, ramp: Sequence[SiteRamp], starts: date) -> float:
    """What of the waived rent of a phase that commences on a day is taken back at the end [USD bn]."""
    calendar, index = case.calendar, levels_of_years(case, row, starts)
    ends = add_months(starts, whole_months(row.term_years))
    free = min(ends, add_months(starts, row.rent_free_months))
    yearly = units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month) * units.gw(row.capacity_mw)
    waived, inside = 0.0, 0.0
    for first, last, rented in _rented(row, ramp, starts, free, units.per_month(yearly), index):
        waived += rented * (month_position(last) - month_position(first))
        inside += rented * max(0.0, month_position(min(last, calendar.end)) - month_position(first))
    return inside - (1.0 - unused_share(calendar, starts, ends)) * waived


def levels_of_years(case: CaseData, row: SiteLease, starts: date) -> Sequence[float]:
    """The level of a phase's rent_index on the first day of each lease year; 1 without one."""
    known = levels(case, row.rent_index)
    days = [add_months(starts, MONTHS_PER_YEAR * y) for y in range(math.ceil(row.term_years))]
    return [known.on(case.calendar.position(day)) for day in days]


def largest_part(ramp: Sequence[SiteRamp], starts: date, day: date) -> float:
    """The part of the halls that has come before a day."""
    parts = [(add_months(starts, row.months), row.share) for row in ramp] or [(starts, 1.0)]
    return max((share for first, share in parts if first < day), default=0.0)


def _steps(ramp: Sequence[SiteRamp], starts: date, ends: date) -> Iterator[tuple[date, date, float]]:
    """(first day, day after the last, share of the halls) of each step of the ramp."""
    days = [*((add_months(starts, row.months), row.share) for row in ramp), (ends, 1.0)] if ramp else []
    for (first, share), (last, _) in pairwise(days or [(starts, 1.0), (ends, 1.0)]):
        if first < ends:
            yield first, min(last, ends), share


def _rented(
    row: SiteLease, ramp: Sequence[SiteRamp], starts: date, until: date, first_rent: float, index: Sequence[float]
) -> Iterator[tuple[date, date, float]]:
    """(first day, day after the last, rent) of each span in which the rent stays as it is.

    `first_rent` is that of all halls in the first lease year; `index` is the level of each lease year.
    """
    for y in range(math.ceil(row.term_years)):
        begins, over = (add_months(starts, MONTHS_PER_YEAR * year) for year in (y, y + 1))
        for first, last, share in _steps(ramp, starts, until):
            if max(begins, first) < min(over, last):
                rented = first_rent * finance.escalated(row.escalator_rate, y) * index[y] * share
                yield max(begins, first), min(over, last), rented


def _add(calendar: Calendar, to: Vector, periods: range, first: date, last: date, value: float) -> None:
    """Add a value to the periods of a span of days, in part where it covers a period in part."""
    part = calendar.overlap(first, last)
    if len(part.periods):
        at = part.periods.start - periods.start
        to[at : at + len(part.shares)] += value * part.shares


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of rent-free months and of ramps."""
    by_offer: dict[str, list[SiteRamp]] = {}
    sites = {row.offer: row for row in tables.rows(SiteLease)}
    for site in sites.values():
        months = whole_months(site.term_years)
        if site.rent_free_months >= months:
            yield site.problem("rent_free_months", f"fewer months than the term has, which are {months}")
    for row in tables.rows(SiteRamp):
        by_offer.setdefault(row.offer, []).append(row)
    for offer, rows in by_offer.items():
        if offer in sites and tables.complete(SiteRamp):
            yield from _ascends(sorted(rows, key=lambda row: row.months), sites[offer])


def _ascends(rows: Sequence[SiteRamp], site: SiteLease) -> Iterator[Problem]:
    if rows[0].months > 0:
        yield rows[0].problem("months", f"0 in the first row of {site.offer}")
    for one, other in pairwise(rows):
        if other.share <= one.share:
            yield other.problem("share", f"more than the {one.share:g} of {one.months} months")
    if rows[-1].share != 1:
        yield rows[-1].problem("share", f"1 in the last row of {site.offer}")
    if rows[-1].months >= whole_months(site.term_years):
        yield rows[-1].problem("months", f"less than the term of {site.offer}, {whole_months(site.term_years)} months")
