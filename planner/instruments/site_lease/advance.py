"""Site leases in the case of a later day: what is exercised by then is signed, and leases that are over are left out.

    signed_share           Σ_k share_{osk}, of the commencement s that the plan has exercised before the day
    commences_on           s, with the delay that is known by the day; delay_months is 0 then, and its rows of
                           site_delays until the day are left out; those of later days are what they add to it. The same
                           where a lease signed already commences at the plan's start or later
    deposit_held_usd_bn    deposit · signed_share
    promised_on            the commencement that it was signed for, where delay damages may be due
    lease_backers          share_{osk} of every guarantor k, and what it has taken over less what it has given up in
                           the periods before the day
    renewed_times          the renewals that are taken before the day
    ends_on                the day on which it ends early, where that is decided before the day

A phase that is to be exercised on the day or later stays as it is, but for the day in diligence_from on which its due
diligence has begun; one whose last day is over is left out. A lease is
over once its term is, and its deposit has come back before the day. As long as the rent of a phase counts in the mean
rent of its region, it stays all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from planner.basics.calendar import month_position
from planner.basics.text import number
from planner.common.regions import Region
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.diligence import BEGIN, beginnings, key_of
from planner.instruments.site_lease.endings import Ending, endings
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.renewals import Renewal, renewals
from planner.instruments.site_lease.substitutions import GIVEN_UP, TAKEN_OVER, moves
from planner.instruments.site_lease.tables import LeaseBacker, SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backers, vintages
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
        elif begun := [t for t in beginnings(roll.case, phase) if t < roll.period and _begun(roll, row, t)]:
            day = roll.case.calendar.start_of(begun[0])
            yield changed(row, f"due diligence began on {day}", diligence_from=day)


def _exercised(roll: Roll, vintage: PhaseVintage) -> bool:
    return roll.value(NAME, "exercise", *vintage.key) > 0.5


def _begun(roll: Roll, row: SiteLease, t: int) -> bool:
    return roll.value(NAME, BEGIN, *key_of(roll.case.calendar, row.offer, t)) > 0.5


def _signed(roll: Roll, vintage: PhaseVintage) -> Iterator[RowChange]:
    """A phase that is leased by the day: its terms, what was chosen, and what the landlord holds."""
    case, row = roll.case, vintage.row
    shares = {backer.name: _held(roll, vintage, backer.name) for backer in backers(case, row)}
    total, known = min(1.0, sum(max(0.0, share) for share in shares.values())), vintage.known_on(roll.day).starts
    taken = [each for each in renewals(case, vintage) if _taken(roll, each)]
    early = next((each.day for each in endings(case, vintage) if _ended(roll, each)), None)
    if not vintage.sunk:
        held = vintage.deposit_usd_bn * total
        renewed: dict[str, object] = {"renewed_times": len(taken)} if taken else {}
        if early is not None:
            renewed["ends_on"] = early
        if row.delay_damages_usd_bn_per_gw_year is not None:
            renewed["promised_on"] = vintage.promised
        yield changed(
            row, f"exercised for {number(total)} of the phase, from {known} on",
            status=OfferStatus.SIGNED, signed_share=total, commences_on=known, delay_months=0,
            deposit_held_usd_bn=held if row.deposit_months else None,
            **renewed, **({} if row.diligence_from is None else {"diligence_from": None}),
        )  # fmt: skip
    else:
        news: dict[str, object] = {}
        if vintage.starts >= case.calendar.start and (row.commences_on != known or row.delay_months):
            news = {"commences_on": known, "delay_months": 0}
        if vintage.starts >= case.calendar.start and row.delay_damages_usd_bn_per_gw_year is not None:
            news |= {} if row.promised_on == vintage.promised else {"promised_on": vintage.promised}
        if len(taken) != row.renewed_times:
            news["renewed_times"] = len(taken)
        if early != row.ends_on:
            news["ends_on"] = early
        if news:
            why = _news_of(news, taken, known)
            yield changed(row, why, **news)
    yield from _news(roll, vintage)
    if row.needs_guarantee:
        yield from _backers(roll, row, shares)
    ends = early or max([vintage.ends, *(each.phase.ends for each in taken)])
    pays_then = vintage.deposit_usd_bn > 0 or early is not None
    if row.programme is None and (ends < roll.day or (ends == roll.day and not pays_then)):
        yield from _unneeded(roll, row, f"its term ended on {ends}")


def _taken(roll: Roll, renewal: Renewal) -> bool:
    """Whether a renewal is taken before the day."""
    if renewal.taken or renewal.notice >= roll.period:
        return renewal.taken
    return roll.value(NAME, "renew", *renewal.key(roll.case.calendar)) > 0.5


def _news_of(news: Mapping[str, object], taken: Sequence[Renewal], known: date) -> str:
    """What has changed about a lease signed already, in words."""
    if "ends_on" in news:
        return f"ends on {news['ends_on']}"
    return f"renewed to {taken[-1].phase.ends}" if "renewed_times" in news else f"commences on {known}"


def _ended(roll: Roll, ending: Ending) -> bool:
    """Whether it is decided before the day that a lease ends so."""
    if ending.given or ending.notice >= roll.period:
        return ending.given
    return roll.value(NAME, "ended", *ending.key(roll.case.calendar)) > 0.5


def _held(roll: Roll, vintage: PhaseVintage, backer: str) -> float:
    """The part of a phase that a guarantor backs just before the day."""
    before = [t for t in moves(roll.case, vintage) if t < roll.period]
    moved = (
        roll.value(NAME, TAKEN_OVER, *vintage.key, backer, t) - roll.value(NAME, GIVEN_UP, *vintage.key, backer, t)
        for t in before
    )
    return roll.value(NAME, "share", *vintage.key, backer) + sum(moved)


def _backers(roll: Roll, row: SiteLease, shares: Mapping[str, float]) -> Iterator[RowChange]:
    """The guarantors of a lease and the parts that they back on the day."""
    given = {each.guarantor: each for each in roll.case.rows(LeaseBacker) if each.offer == row.offer}
    for name, share in shares.items():
        why, before = f"it backs {number(share)} of the phase", given.get(name)
        if share > NOISE and before is None:
            yield added(LeaseBacker, why, offer=row.offer, guarantor=name, share=min(1.0, share))
        elif before is not None and share <= NOISE:
            yield left_out(before, f"{name} is replaced")
        elif before is not None and abs(share - before.share) > NOISE:
            yield changed(before, why, share=min(1.0, share))


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
            unforeseen = {"news_months": 0} if delay.news_months else {}
            yield changed(delay, "by the start of a period", months=adds[delay.late_from], **unforeseen)


def _unneeded(roll: Roll, row: SiteLease, why: str) -> Iterator[RowChange]:
    """The phase left out, unless its rent counts in the mean rent of its region."""
    own = [
        each.reference_rent_usd_per_kw_month is not None for each in roll.case.rows(Region) if each.region == row.region
    ]
    if all(own):
        yield left_out(row, why)
