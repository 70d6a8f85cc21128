"""Damages for late delivery: what the developer pays while halls that were promised do not stand.

A lease is signed for a commencement p, and commences at s. p has every delay that is known on the day of signing: what
stands in the case, and the rows of site_delays, but of those of later days not news_months, which nobody foresees.
Where a plan knows one future only, what stands in the case is foreseen, so that nothing is signed for the sake of the
damages: news comes by an event. Of a lease signed already p is promised_on; if that is blank, it is commences_on or
ready_date without any delay. Where s is later than p,

    damages_t = damages · K · h · Σ_r (share_r − share_{r−1}) · b_tr

are received per unit of share. Row r of site_ramps says from how many months after the commencement on the part share_r
of the halls stands; without rows all stand from then on. b_tr is the part of period t that lies so long after p, but
not so long after s, and not after the day on which the lease ends early. What falls due after the horizon is left out.
Damages are for the time of the delay itself, so that nothing of them is taken back at the end. They are no revenue, no
debt can be drawn on them, and the rent of the term is owed in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from planner.basics import units
from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.text import number
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.profiles import SiteRamp, ramps
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.tables.table import Tables

LINE = "delay_damages"
MOST_RENTS = 2.0
"""the most that a day of delay may bring, in days of the first rent"""


def post_damages(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: PhaseVintage,
    share: int,
    *,
    until: date = date.max,
    sign: float = 1.0,
) -> None:
    """Post the damages for a whole phase until a day, per unit of `share`. With `sign` −1 they are taken back."""
    sums = damages(case, vintage, until)
    due = np.flatnonzero(sums)
    if len(due):
        ledgers.flow(Kind.COST, labels, LINE, share, due, sign * sums[due])


def post_ended(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, day: date, share: int) -> None:
    """Take back the damages after the day on which a lease ends early."""
    if damages(case, vintage).any():
        post_damages(case, ledgers, labels, vintage, share, sign=-1.0)
        post_damages(case, ledgers, labels, vintage, share, until=day)


def damages(case: CaseData, vintage: PhaseVintage, until: date = date.max) -> Vector:
    """The damages for a whole phase in each period of the horizon, until a day [USD bn]; shape (T,)."""
    calendar, row = case.calendar, vintage.row
    late = np.zeros(calendar.T)
    if row.delay_damages_usd_bn_per_gw_year is None or vintage.starts <= vintage.promised:
        return late
    for months, part in _steps(case.derived(ramps).get(row.offer, ())):
        first, last = (add_months(day, months) for day in (vintage.promised, vintage.starts))
        span = calendar.overlap(first, min(last, until, calendar.end))
        late[span.periods.start : span.periods.stop] += part * span.shares
    return row.delay_damages_usd_bn_per_gw_year * vintage.capacity_gw * calendar.h * late


def _steps(ramp: Sequence[SiteRamp]) -> Iterator[tuple[int, float]]:
    """(months after the commencement, part of the halls that stands from then on and not before)."""
    before = 0.0
    for row in ramp:
        yield row.months, row.share - before
        before = row.share
    if not ramp:
        yield 0, 1.0


def notes(case: CaseData, vintages: Sequence[PhaseVintage]) -> Iterator[tuple[str, str]]:
    """Remarks by offer: of damages that a plan for this future alone could know of when it signs."""
    found: dict[str, float] = {}
    for vintage in vintages:
        if not vintage.sunk:
            found[vintage.row.offer] = max(found.get(vintage.row.offer, 0.0), float(damages(case, vintage).sum()))
    for offer, most in found.items():
        if most > 0:
            remark = f"news_months in {SiteDelay.about.file}: up to {number(most)} USD bn of delay damages are due"
            yield offer, f"{remark} if it is signed before the news, which a plan for this future alone foresees"


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of damages, and of news of delays."""
    for site in tables.rows(SiteLease):
        yearly = units.rent_usd_bn_per_gw_year(site.rent_usd_per_kw_month)
        if (site.delay_damages_usd_bn_per_gw_year or 0.0) > MOST_RENTS * yearly * (1 + 1e-9):
            expected = f"at most {number(MOST_RENTS * yearly)}, {MOST_RENTS:g} times the rent of a year"
            yield site.problem("delay_damages_usd_bn_per_gw_year", expected)
    for delay in tables.rows(SiteDelay):
        if delay.news_months > delay.months:
            yield delay.problem("news_months", f"at most the {delay.months} in months")
