"""Site lease: what outlives the horizon, for the whole phase.

Of diligence and signing fee the part of the term after the end is unused. Halls for which rent is due after the end are
worth the reference rent of their region. Of rent that was waived at first, what is for the time after the end is taken
back. The deposit comes back at the end of the term, as `postings` says.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.basics import finance, units
from planner.basics.arrays import Vector
from planner.basics.calendar import add_months, month_position
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.regions import Region
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import Flows, post_value
from planner.instruments.shared.levels import levels
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.tables.offer import OfferStatus


def post_halls(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    row: SiteLease,
    share: int,
    rents: FixedPayments,
    periods: range,
    halls: Vector,
    *,
    sign: float = 1.0,
) -> None:
    """Credit what the halls of a whole phase are worth for which rent is due after the end.

    `halls` is the part of them that stands in each of `periods`. With `sign` −1 it is taken back.
    """
    calendar = case.calendar
    paid = rents.after_the_end(calendar)
    later = rents.due_in[rents.due_in >= calendar.T]
    yearly = case.derived(reference_rents)[row.region][later - calendar.T] * units.gw(row.capacity_mw)
    worth = Flows(paid.years, yearly * calendar.h * halls[later - periods.start])
    post_value(
        case, ledgers, labels, share, row.horizon_value_share, paid.worth(case.settings.discount_rate), worth, sign=sign
    )


def post_waived(case: CaseData, ledgers: Ledgers, labels: Labels, share: int, taken_back: float) -> None:
    """Take back, at the end, rent that was waived for the time after it."""
    end = case.calendar.start_years(case.calendar.T)
    ledgers.dated(Kind.HORIZON_VALUE, labels, "waived_rent", share, end, -taken_back)


def reference_rents(case: CaseData) -> Mapping[str, Vector]:
    """By region, the market rent of halls in each period after the end, until the last lease is over.

    The unit is USD bn per GW-year. It is the region's own, or the mean rent of its leases that are not closed, weighted
    by capacity; each rises in its own steps from its ready_date on, and follows its index on the days of these steps.
    """
    calendar = case.calendar
    rows = [row for row in case.rows(SiteLease) if row.status is not OfferStatus.CLOSED]
    late = {row.offer: row.delay_months for row in rows}
    for delay in case.rows(SiteDelay):
        late[delay.offer] = late.get(delay.offer, 0) + delay.months
    years = {row.offer: row.term_years + row.renew_times * (row.renew_years or 0.0) for row in rows}
    months = max((years[row.offer] * MONTHS_PER_YEAR + late[row.offer] for row in rows), default=0.0)
    last = max((row.commences_on or row.ready_date for row in rows), default=calendar.end)
    months += max(0.0, month_position(last) - month_position(calendar.end))
    periods = range(calendar.T, calendar.T + int(months // calendar.period_months) + 2)
    found: dict[str, Vector] = {}
    for region in case.rows(Region):
        if region.reference_rent_usd_per_kw_month is not None:
            stated = units.rent_usd_bn_per_gw_year(region.reference_rent_usd_per_kw_month)
            found[region.region] = np.full(len(periods), stated)
            continue
        total, size = np.zeros(len(periods)), 0.0
        for row in rows:
            if row.region == region.region:
                steps = np.array([max(0, calendar.whole_years(row.ready_date, t)) for t in periods], dtype=float)
                first = units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month) * row.capacity_mw
                total += first * finance.escalated(row.escalator_rate, steps) * _levels(case, row, steps)
                size += row.capacity_mw
        found[region.region] = total / size if size > 0 else total
    return found


def _levels(case: CaseData, row: SiteLease, steps: Vector) -> Vector:
    """The level of a lease's index on the days of its steps, after so many years from its ready_date."""
    known = levels(case, row.rent_index)
    days = [add_months(row.ready_date, MONTHS_PER_YEAR * int(step)) for step in steps.tolist()]
    return np.array([known.on(case.calendar.position(day)) for day in days])
