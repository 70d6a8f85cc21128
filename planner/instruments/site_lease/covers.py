"""When the exposure of a lease's guarantor counts: from the signature on, or from the commencement on.

    cover_from    of the lease, until the first row of `cover_starts` holds; then what that row says, of every lease
    g_t           the part of period t from the signature, or from the commencement where that holds then, to the end
                  of the term
    counts        in the periods with g_t > 0

A period in which both hold counts as a whole, as the strictest of a period does. Whatever holds, the guarantor takes
the lease on when it is signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.instruments.site_lease.cover_tables import CoverFrom, CoverStart
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage
from planner.interfaces.case_data import CaseData


def guaranteed_part(case: CaseData, vintage: PhaseVintage) -> Vector:
    """The part of each period in which the exposure counts, from the start of the case on; shape (T,)."""
    calendar = case.calendar
    ended = part_by(calendar, vintage.ends)
    if begins_on_signing(case, vintage.row):
        return ended
    part = np.zeros(calendar.T)
    for first, last, reading in _readings(case, vintage.row):
        begins = max(first, vintage.starts) if reading is CoverFrom.COMMENCEMENT else first
        ends = min(last, vintage.ends)
        if begins < ends:
            part += part_by(calendar, ends) - part_by(calendar, begins)
    return part


def begins_on_signing(case: CaseData, row: SiteLease) -> bool:
    """Whether the cover of a lease counts from the signature on, at all times."""
    return all(reading is CoverFrom.SIGNING for _, _, reading in _readings(case, row))


def part_by(calendar: Calendar, day: date) -> Vector:
    """The part of each period that has passed by a day; shape (T,)."""
    if day == date.max:
        return np.ones(calendar.T)
    return np.clip(calendar.position(day) - np.arange(calendar.T, dtype=float), 0.0, 1.0)


def _readings(case: CaseData, row: SiteLease) -> Iterator[tuple[date, date, CoverFrom]]:
    """(first day, the day after the last, what holds) for a lease, in the order of the days."""
    told = sorted((each.from_date, each.cover_from) for each in case.rows(CoverStart))
    steps = [(case.calendar.start, row.cover_from), *told, (date.max, row.cover_from)]
    for (first, reading), (last, _) in pairwise(steps):
        if last > case.calendar.start:
            yield max(first, case.calendar.start), last, reading
