"""Leases that end before their term is over, on the terms of `terminations`.

A lease may be ended on the first day e of a contract year y, not after the end of the horizon. That is decided on the
notice day d: the start of the period in which notice_months before e run out, and not before the signature. All of it
ends. Of vintage s,

    ended[o, s, d, y]             1 if it ends on the first day of contract year y
    ended_part[o, s, d, y, k]     share of the phase that k backs then: share_{osk} · ended_{osdy}

What the lease would post after e is taken back per unit of ended_part: halls, rent, what is worth something after the
end of the horizon, the deposit, which comes back on e, and exposure with its fee. From the notice day on the rent after
e is not owed, no fixed charge and no liability any more. The fee, paid on e,

    fee = fee_months · rent · K / 12 · (1 + escalator)^(y − 1) · level_y + fee_usd_bn_per_gw · K

is owed from the notice day on, and counts in the liability at its value. Of an exposure that is measured by the rent,
the rent after e counts no more from the notice day on. Where the case says on which day a lease ends, in ends_on, that
is decided: share_{osk} then stands for ended_part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np

from planner.basics import finance, units
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.settings import Recognition
from planner.common.terminations import Termination
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import post_unused
from planner.instruments.shared.returned import post_moved
from planner.instruments.shared.signatures import Amount, Extent, post_running
from planner.instruments.shared.termination_fees import post_fee
from planner.instruments.shared.termination_rights import rights
from planner.instruments.site_lease.covers import guaranteed_part
from planner.instruments.site_lease.delay_damages import post_ended
from planner.instruments.site_lease.fittings import post_stock
from planner.instruments.site_lease.horizon import post_halls, post_waived
from planner.instruments.site_lease.profiles import levels_of_years, profile, ramps
from planner.instruments.site_lease.renewals import Parties
from planner.instruments.site_lease.tables import CoverMeasure, SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backers, exposure
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, VariableGroup
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables

BLOCK = "site_lease"
Key = tuple[str, str, str, str]
"""(offer, commencement, notice day, contract year)"""


@dataclass(frozen=True)
class Ending:
    """A day on which a lease may end, or will; sums are for the whole phase."""

    of: PhaseVintage
    year: int
    day: date
    notice: int
    """the period at whose start it is decided; 0 where it is decided already"""
    given: bool
    """whether it is decided already"""
    fee_usd_bn: float
    left: PhaseVintage
    """the lease until that day"""

    def key(self, calendar: Calendar) -> Key:
        """The key of its decision."""
        return (*self.of.key, calendar.start_of(self.notice).isoformat(), str(self.year))


def endings(case: CaseData, vintage: PhaseVintage) -> list[Ending]:
    """The days on which a vintage may end, or the one on which it will."""
    calendar, row, found = case.calendar, vintage.row, list[Ending]()
    for year in range(2, len(levels_of_years(case, row, vintage.starts)) + 1):
        holds = [each for each in case.derived(rights).get(row.offer, ()) if each.from_year <= year]
        day = add_months(vintage.starts, MONTHS_PER_YEAR * (year - 1))
        given = row.ends_on == day
        if not holds or day >= vintage.ends or (row.ends_on is not None and not given):
            continue
        notice = 0 if given else calendar.back(add_months(day, -holds[-1].notice_months))
        if given or (vintage.signed <= notice < calendar.T and 0 <= notice and day <= calendar.end):
            until = _until(case, vintage, day)
            found.append(Ending(vintage, year, day, notice, given, _fee(case, vintage, year, holds[-1]), until))
    return found


def _fee(case: CaseData, vintage: PhaseVintage, year: int, right: Termination) -> float:
    """The fee for ending a whole phase at the start of a contract year [USD bn]."""
    row = vintage.row
    rent = units.per_month(units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month)) * vintage.capacity_gw
    rent *= finance.escalated(row.escalator_rate, year - 1) * levels_of_years(case, row, vintage.starts)[year - 1]
    return rent * right.fee_months + right.fee_usd_bn_per_gw * vintage.capacity_gw


def _until(case: CaseData, vintage: PhaseVintage, day: date) -> PhaseVintage:
    """The vintage as it is if it ends on a day, in the periods of its whole term."""
    ramp = case.derived(ramps).get(vintage.row.offer, ())
    of = profile(case, vintage.row, ramp, vintage.starts, day)
    return replace(vintage, ends=day, rent=of.rent, halls=of.halls, before=())


Groups: TypeAlias = tuple[VariableGroup | None, VariableGroup | None]
"""what says that a lease ends, and how much of it each party backs; None where no lease may end early"""


def declare(case: CaseData, ledgers: Ledgers, vintages: Sequence[PhaseVintage]) -> Groups:
    """Declare what is decided on the ends of leases."""
    mine = [each for vintage in vintages for each in endings(case, vintage) if not each.given]
    if not mine:
        return None, None
    on_notice, dims = OnDate("notice_on"), ("offer", "starts_on", "notice_on", "contract_year")
    keys = [each.key(case.calendar) for each in mine]
    ended = ledgers.declare(BLOCK, "ended", dims, keys, unit="0 or 1", decided=on_notice, domain=Domain.BINARY)
    parts = [(*key, k.name) for each, key in zip(mine, keys, strict=True) for k in backers(case, each.of.row)]
    part = ledgers.declare(
        BLOCK, "ended_part", (*dims, "backer"), parts, unit="share of the phase", decided=on_notice,
        upper=np.ones(len(parts)),
    )  # fmt: skip
    return ended, part


def post(
    case: CaseData, ledgers: Ledgers, vintage: PhaseVintage, signed: Groups, ended: Groups, parties: Sequence[Parties]
) -> None:
    """Post the ends of a vintage: by what is signed where its end is decided already, else by what is decided."""
    for each in endings(case, vintage):
        sign, shares = signed if each.given else ended
        assert sign is not None
        assert shares is not None
        key = vintage.key if each.given else each.key(case.calendar)
        post_ending(case, ledgers, each, parties, sign[key], [shares[*key, party.backer.name] for party in parties])


def post_ending(
    case: CaseData, ledgers: Ledgers, ending: Ending, parties: Sequence[Parties], sign: int, shares: Sequence[int]
) -> None:
    """Post what it does that a lease ends: `sign` says that it does, `shares` how much each party backs."""
    calendar, lease, labels = case.calendar, ending.of, parties[0].labels
    rents = dict(zip(lease.periods, (ending.left.rent - lease.rent).tolist(), strict=True))
    payments = FixedPayments.of(calendar, rents, ending.notice)
    whole = FixedPayments.of(calendar, dict(zip(lease.periods, lease.rent.tolist(), strict=True)), lease.signed)
    inside = range(lease.periods.start, min(lease.periods.stop, calendar.T))
    notice = None if ending.given else ending.notice
    for party, share in zip(parties, shares, strict=True):
        gw = lease.capacity_gw * (ending.left.halls - lease.halls)
        ledgers.post("halls", party.halls, "halls", share, lease.periods, gw)
        saved = (lease.rent - ending.left.rent)[: len(inside)]
        ledgers.flow(Kind.COST, labels, "rent", share, inside, saved)
        payments.post(case, ledgers, labels, "rent", share)
        post_halls(case, ledgers, labels, lease.row, share, whole, lease.periods, lease.halls, sign=-1.0)
        post_waived(case, ledgers, labels, share, -lease.taken_back)
        post_ended(case, ledgers, labels, lease, ending.day, share)
        fit_out = (lease.row.fit_out_usd_bn_per_gw or 0.0) * lease.capacity_gw
        post_unused(case, ledgers, labels, share, -fit_out, lease.starts, lease.ends)
        post_stock(case, ledgers, party.halls, lease, share, ends=ending.day)
        post_moved(calendar, ledgers, labels, "deposit_returned", lease.deposit_usd_bn, lease.ends, ending.day, share)
        post_fee(case, ledgers, labels, share, ending.fee_usd_bn, ending.day, notice)
        _post_liability(case, ledgers, party.liability, ending, share)
        if party.backer.guarantees:
            _post_guarantee(case, ledgers, party, ending, share)
    paid = lease.row.diligence_usd_bn + lease.row.signing_fee_usd_bn
    post_unused(case, ledgers, labels, sign, -paid, lease.starts, lease.ends)
    over = Extent(
        [Amount(share, -1.0) for share in shares], sign if lease.row.min_share > 0 else None, sign_per_unit=-1.0
    )
    first, last = (max(lease.signed, calendar.back(day)) for day in (ending.day, lease.ends))
    post_running(case, ledgers, labels, [lease.row.offer], over, range(max(0, first), min(calendar.T, last)))


def _post_liability(case: CaseData, ledgers: Ledgers, labels: Labels, ending: Ending, share: int) -> None:
    """Post the rent that is not owed any more out of the liability, and the fee into it."""
    calendar, rate, lease = case.calendar, case.settings.lease_rate, ending.of
    values = ending.left.rent_values(calendar, rate) - lease.rent_values(calendar, rate)
    until = np.array([max(0.0, calendar.years(ending.day) - calendar.start_years(t)) for t in calendar.periods])
    owed = np.arange(calendar.T) < calendar.position(ending.day) - 1e-9
    values += ending.fee_usd_bn * finance.discount_factor(rate, until) * owed
    at_signing = case.settings.recognise_leases is Recognition.SIGNING
    begins = 0 if at_signing else calendar.forward(lease.starts)
    recognised = range(max(0, ending.notice, begins), min(lease.periods.stop, calendar.T))
    ledgers.post("debt", labels, "lease_liability", share, recognised, values[recognised.start : recognised.stop])


def _post_guarantee(case: CaseData, ledgers: Ledgers, party: Parties, ending: Ending, share: int) -> None:
    """Post that a guarantor stands behind the lease no longer, and is paid no longer for it."""
    calendar, rate, backer = case.calendar, case.settings.lease_rate, party.backer
    before, after = (
        (exposure(case, each, each.rent_values(calendar, rate)), guaranteed_part(case, each))
        for each in (ending.of, ending.left)
    )
    decided = np.arange(calendar.T) >= ending.notice
    counted = (after[0] * (after[1] > 0) - before[0] * (before[1] > 0)) * decided
    measure = ending.of.row.cover_measure or CoverMeasure.TERMINATION
    ledgers.post("guarantees", party.guaranteed, measure, share, calendar.periods, counted)
    saved = backer.fee_rate * calendar.h * (before[0] * before[1] - after[0] * after[1]) * decided
    ledgers.flow(Kind.COST, party.fee, "guarantee_fee", share, calendar.periods, saved)


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of rights to end leases, and of leases that end early."""
    sites = {row.offer: row for row in tables.rows(SiteLease)}
    by_offer: dict[str, list[Termination]] = {}
    for right in tables.rows(Termination):
        site = sites.get(right.offer)
        if site is None:
            continue
        by_offer.setdefault(right.offer, []).append(right)
        years = whole_months(site.term_years) / MONTHS_PER_YEAR
        if right.from_year - 1 >= years:
            yield right.problem("from_year", f"a year that begins before the term of {years:g} years is over")
        if MONTHS_PER_YEAR * (right.from_year - 1) <= site.rent_free_months:
            expected = f"a year that begins after the {site.rent_free_months} months without rent"
            yield right.problem("from_year", expected)
        if site.substitution_fee_usd_bn_per_gw is not None:
            yield right.problem("offer", "a phase whose substitution_fee_usd_bn_per_gw is blank", right.offer)
    for site in sites.values():
        if site.ends_on is not None:
            yield from _ends(site, by_offer.get(site.offer, []), tables.complete(Termination))


def _ends(site: SiteLease, rows: Sequence[Termination], complete: bool) -> Iterator[Problem]:
    if site.status in (OfferStatus.OPEN, OfferStatus.REQUIRED):
        yield site.problem("ends_on", "a blank where status is not signed")
        return
    starts = add_months(site.commences_on or site.ready_date, 0 if site.commences_on else site.delay_months)
    years = [y for y in range(2, 101) if add_months(starts, MONTHS_PER_YEAR * (y - 1)) == site.ends_on]
    if complete and not any(row.from_year <= y and y - 1 < site.term_years for y in years for row in rows):
        yield site.problem("ends_on", "the first day of a contract year in which terminations.csv lets it end")
    elif site.renewed_times:
        yield site.problem("ends_on", "a blank where renewed_times is above 0")
