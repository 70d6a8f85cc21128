"""Site leases in the case of a later day: what is exercised by then is signed, and leases that are over are left out.

    signed_share           Σ_k share_{osk}, of the commencement s that the plan has exercised before the day
    commences_on           s, with the delay that is known by the day; delay_months is 0 then, and its rows of
                           site_delays until the day are left out; those of later days are what they add to it. The same
                           where a lease signed already commences at the plan's start or later
    deposit_held_usd_bn    deposit · signed_share
    lease_backers          share_{osk}, of every guarantor k

A phase that is to be exercised on the day or later stays as it is; one whose last day is over is left out. A lease is
over once its term is, and its deposit has come back before the day. As long as the rent of a phase counts in the mean
rent of its region, it stays all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.basics.calendar import month_position
from planner.basics.text import number
from planner.common.regions import Region
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.tables import LeaseBacker, SiteDelay, SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backed, backers, vintages
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out
from planner.tables.offer import OfferStatus

NOISE = 1e-9
"""a share that is not larger is none"""


def advance(roll: Roll) -> Iterator[RowChange]:
    """What becomes of every phase that is not closed."""
    by_offer: dict[str, list[PhaseVintage]] = {}
    for vintage in vintages(roll.case)[0]:
        by_offer.setdefault(vintage.row.offer, []).append(vintage)
    for row in roll.case.rows(SiteLease):
        phase = by_offer.get(row.offer, [])
        signed = [vintage for vintage in phase if vintage.signed < roll.period and _exercised(roll, vintage)]
        if row.status is OfferStatus.CLOSED:
            continue
        if signed:
            yield from _signed(roll, signed[0])
        elif row.status is OfferStatus.OPEN and all(vintage.signed < roll.period for vintage in phase):
            yield from _unneeded(roll, row, f"the last day on which it could be exercised was before {roll.day}")


def _exercised(roll: Roll, vintage: PhaseVintage) -> bool:
    return roll.value(NAME, "exercise", *vintage.key) > 0.5


def _signed(roll: Roll, vintage: PhaseVintage) -> Iterator[RowChange]:
    """A phase that is leased by the day: its terms, what was chosen, and what the landlord holds."""
    case, row = roll.case, vintage.row
    shares = {backer.name: roll.value(NAME, "share", *vintage.key, backer.name) for backer in backers(case, row)}
    total, known = min(1.0, sum(max(0.0, share) for share in shares.values())), vintage.known_on(roll.day).starts
    if not vintage.sunk:
        held = vintage.deposit_usd_bn * total
        yield changed(
            row, f"exercised for {number(total)} of the phase, from {known} on",
            status=OfferStatus.SIGNED, signed_share=total, commences_on=known, delay_months=0,
            deposit_held_usd_bn=held if row.deposit_months else None,
        )  # fmt: skip
    elif vintage.starts >= case.calendar.start and (row.commences_on != known or row.delay_months):
        yield changed(row, f"commences on {known}", commences_on=known, delay_months=0)
    yield from _news(roll, vintage)
    if row.needs_guarantee and not (vintage.sunk and backed(case, row)):
        for name, share in shares.items():
            if share > NOISE:
                why = f"it backs {number(share)} of the phase"
                yield added(LeaseBacker, why, offer=row.offer, guarantor=name, share=min(1.0, share))
    if _over(vintage, roll.day):
        yield from _unneeded(roll, row, f"its term ended on {vintage.ends}")


def _news(roll: Roll, vintage: PhaseVintage) -> Iterator[RowChange]:
    """News of delays: what is known by the day stands in commences_on, the rest adds to it."""
    told = [*vintage.before, (date.max, vintage)]
    adds = {
        until: round(month_position(following.starts) - month_position(earlier.starts))
        for (until, earlier), (_, following) in pairwise(told)
    }
    for delay in roll.case.rows(SiteDelay):
        if delay.offer != vintage.row.offer:
            continue
        if delay.late_from <= roll.day:
            yield left_out(delay, f"{delay.offer} commences on {vintage.known_on(roll.day).starts}")
        elif adds.get(delay.late_from, delay.months) != delay.months:
            yield changed(delay, "by the start of a period", months=adds[delay.late_from])


def _over(vintage: PhaseVintage, day: date) -> bool:
    """Whether nothing of a lease is paid on the day or later."""
    return vintage.ends < day or (vintage.ends == day and vintage.deposit_usd_bn == 0)


def _unneeded(roll: Roll, row: SiteLease, why: str) -> Iterator[RowChange]:
    """The phase left out, unless its rent counts in the mean rent of its region."""
    own = [
        each.reference_rent_usd_per_kw_month is not None for each in roll.case.rows(Region) if each.region == row.region
    ]
    if all(own):
        yield left_out(row, why)
