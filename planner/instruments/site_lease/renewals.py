"""Renewals of a lease: rights to go on for renew_years after the end of the term, up to renew_times in a row.

A right is taken or left on its notice day: the start of the period in which renew_notice_months before the end of the
term run out that it follows. Whoever takes it keeps all that is leased, and each guarantor goes on standing behind its
share. A renewed term begins on the day on which the one before it ends. Of vintage s and renewal n with notice day d,

    renew[o, s, d, n]       1 if the n-th renewal is taken
    kept[o, s, d, n, k]     share of the phase that k backs in it: share_{osk} · renew_{osdn}

Of those that renewed_times says to be taken already, share_{osk} stands for kept_{osdnk}.
With the lease years y that count from the commencement s, and the years z that count from the day e on which the
renewed term begins, the rent of a year is

    fixed    rent · K · (1 + escalator)^y · level on the first day of the last lease year before the first renewal
    index    rent · K · (1 + escalator)^z · level on e

where the levels are those of rent_index, and 1 without one. All halls stand.
From the notice day on the rent is owed, and recognised as a liability. Exposure goes on by age, where it runs off by
age, from the day on which the term before has ended; where it is measured by the rent, that of the renewed term counts
from the notice day on. The deposit stays, and comes back at the end of the last renewed term. Halls that must be fitted
for a family stay as they are. After the end of the horizon renewed halls are worth what halls of their region are, but
no more than is still owed for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np

from planner.basics import finance, units
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.levels import levels
from planner.instruments.shared.returned import post_moved
from planner.instruments.shared.signatures import Amount, Extent, post_running
from planner.instruments.site_lease.horizon import post_halls
from planner.instruments.site_lease.lease_terms import RenewedRent
from planner.instruments.site_lease.tables import CoverMeasure, SiteLease
from planner.instruments.site_lease.vintages import Backer, PhaseVintage, backers, exposure
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, VariableGroup
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables

BLOCK = "site_lease"
Key = tuple[str, str, str, str]
"""(offer, commencement, notice day, number of the renewal)"""


@dataclass(frozen=True)
class Renewal:
    """A right to go on after the end of a term, or one that is taken already; sums are for the whole phase."""

    of: PhaseVintage
    number: int
    taken: bool
    """whether it is taken already"""
    phase: PhaseVintage
    """the renewed term, as if it were a lease of its own that is signed in the period of notice"""

    @property
    def notice(self) -> int:
        """The period at whose start it is taken or left; 0 where it is taken already."""
        return self.phase.signed

    def key(self, calendar: Calendar) -> Key:
        """The key of its decision."""
        return (*self.of.key, calendar.start_of(self.notice).isoformat(), str(self.number))


def renewals(case: CaseData, vintage: PhaseVintage) -> list[Renewal]:
    """The renewals of a vintage that are taken, and those that may be taken within the horizon, in their order.

    A right whose notice day has passed is lost, with those that come after it. A lease that ends before its term is
    over is not renewed.
    """
    calendar, row, found = case.calendar, vintage.row, list[Renewal]()
    months = whole_months(row.renew_years or 0.0)
    for number in range(1, 0 if row.ends_on else row.renew_times + 1):
        begins = add_months(vintage.ends, (number - 1) * months)
        notice = calendar.back(add_months(begins, -row.renew_notice_months))
        taken = number <= row.renewed_times
        if not taken and not 0 <= notice < calendar.T:
            break
        term = _term(case, vintage, 0 if taken else notice, begins, add_months(begins, months))
        found.append(Renewal(vintage, number, taken, term))
    return found


def _term(case: CaseData, vintage: PhaseVintage, signed: int, begins: date, ends: date) -> PhaseVintage:
    """The renewed term from its first day to the day after its last."""
    row, calendar, known = vintage.row, case.calendar, levels(case, vintage.row.rent_index)
    term = calendar.overlap(begins, ends)
    if row.renew_rent is RenewedRent.INDEX:
        since, at = begins, begins
    else:
        since, at = vintage.starts, add_months(vintage.starts, MONTHS_PER_YEAR * (math.ceil(row.term_years) - 1))
    first_rent = units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month) * vintage.capacity_gw * calendar.h
    first_rent *= known.on(calendar.position(at))
    rent = np.zeros(len(term.periods))
    for y in range(math.ceil(row.term_years + row.renew_times * (row.renew_years or 0.0))):
        first, over = (add_months(since, MONTHS_PER_YEAR * year) for year in (y, y + 1))
        part = calendar.overlap(max(first, begins), min(over, ends))
        if len(part.periods):
            here = part.periods.start - term.periods.start
            rent[here : here + len(part.shares)] += first_rent * finance.escalated(row.escalator_rate, y) * part.shares
    return replace(
        vintage, signed=signed, planned=begins, starts=begins, ends=ends, term=term, rent=rent, halls=term.shares,
        taken_back=0.0, before=(),
    )  # fmt: skip


@dataclass(frozen=True)
class Parties:
    """The labels of what a share of a lease posts."""

    backer: Backer
    labels: Labels
    halls: Labels
    liability: Labels
    guaranteed: Labels
    fee: Labels


Groups: TypeAlias = tuple[VariableGroup | None, VariableGroup | None]
"""what says that a term is renewed, and how much of it each party keeps; None where no lease may be renewed"""


def declare(case: CaseData, ledgers: Ledgers, vintages: Sequence[PhaseVintage]) -> Groups:
    """Declare what is decided on renewals."""
    mine = [each for vintage in vintages for each in renewals(case, vintage) if not each.taken]
    if not mine:
        return None, None
    on_notice, dims = OnDate("notice_on"), ("offer", "starts_on", "notice_on", "renewal")
    keys = [each.key(case.calendar) for each in mine]
    renew = ledgers.declare(BLOCK, "renew", dims, keys, unit="0 or 1", decided=on_notice, domain=Domain.BINARY)
    parts = [(*key, k.name) for each, key in zip(mine, keys, strict=True) for k in backers(case, each.of.row)]
    kept = ledgers.declare(
        BLOCK, "kept", (*dims, "backer"), parts, unit="share of the phase", decided=on_notice, upper=np.ones(len(parts))
    )
    return renew, kept


def post(
    case: CaseData, ledgers: Ledgers, vintage: PhaseVintage, signed: Groups, kept: Groups, parties: Sequence[Parties]
) -> None:
    """Post the renewals of a vintage: those that are taken as part of the lease, the others as rights."""
    for each in renewals(case, vintage):
        sign, shares = signed if each.taken else kept
        assert sign is not None
        assert shares is not None
        key = vintage.key if each.taken else each.key(case.calendar)
        post_renewal(case, ledgers, each, parties, sign[key], [shares[*key, party.backer.name] for party in parties])


def post_renewal(
    case: CaseData, ledgers: Ledgers, renewal: Renewal, parties: Sequence[Parties], sign: int, shares: Sequence[int]
) -> None:
    """Post a renewed term: `sign` says whether it is taken, `shares` how much of the phase each party keeps."""
    calendar, term, row = case.calendar, renewal.phase, renewal.of.row
    payments = FixedPayments.of(calendar, dict(zip(term.periods, term.rent.tolist(), strict=True)), term.signed)
    values = term.rent_values(calendar, case.settings.lease_rate)
    inside = range(term.periods.start, min(term.periods.stop, calendar.T))
    for party, share in zip(parties, shares, strict=True):
        ledgers.post("halls", party.halls, "halls", share, term.periods, term.capacity_gw * term.halls)
        ledgers.flow(Kind.COST, party.labels, "rent", share, inside, -term.rent[: len(inside)])
        _post_stock(calendar, ledgers, party.halls, renewal, share)
        deposit = renewal.of.deposit_usd_bn
        post_moved(calendar, ledgers, party.labels, "deposit_returned", deposit, term.starts, term.ends, share)
        recognised = range(term.signed, min(term.periods.stop, calendar.T))
        owed = values[recognised.start : recognised.stop]
        ledgers.post("debt", party.liability, "lease_liability", share, recognised, owed)
        payments.post(case, ledgers, party.labels, "rent", share)
        post_halls(case, ledgers, party.labels, row, share, payments, term.periods, term.halls)
        if party.backer.guarantees:
            _post_guarantee(case, ledgers, party, renewal, values, share)
    taken = Extent([Amount(share, 1.0) for share in shares], sign if row.min_share > 0 else None)
    runs = range(max(term.signed, calendar.back(term.starts)), min(calendar.T, max(0, calendar.back(term.ends))))
    post_running(case, ledgers, parties[0].labels, [row.offer], taken, runs)


def _post_stock(calendar: Calendar, ledgers: Ledgers, halls: Labels, renewal: Renewal, share: int) -> None:
    """Post the halls that stay fitted as they are, from the first period in which the term before does not count."""
    if renewal.of.row.refit_usd_bn_per_gw is not None:
        later = range(max(0, calendar.forward(renewal.phase.starts)), renewal.phase.periods.stop)
        ledgers.post("hall_stock", halls, "hall_stock", share, later, renewal.phase.capacity_gw)


def renewed_exposure(case: CaseData, renewal: Renewal, values: Vector) -> tuple[Vector, Vector]:
    """(exposure of a backer of the whole phase, the same for the part of each period that is charged); shape (T,)."""
    calendar, term, row = case.calendar, renewal.phase, renewal.of.row
    by_age = row.cover_measure is CoverMeasure.TERMINATION
    aged = replace(term, starts=renewal.of.starts) if by_age else term
    amounts = exposure(case, aged, values)
    until = np.clip(calendar.position(term.ends) - np.arange(calendar.T, dtype=float), 0.0, 1.0)
    if not by_age:
        return amounts, amounts * until
    since = np.clip(calendar.position(term.starts) - np.arange(calendar.T, dtype=float), 0.0, 1.0)
    counted = amounts.copy()
    counted[: max(0, calendar.forward(term.starts))] = 0.0
    return counted, amounts * (until - since)


def _post_guarantee(
    case: CaseData, ledgers: Ledgers, party: Parties, renewal: Renewal, values: Vector, share: int
) -> None:
    """Post what a guarantor stands behind in the renewed term, and its fee."""
    calendar, backer = case.calendar, party.backer
    counted, charged = renewed_exposure(case, renewal, values)
    measure = renewal.of.row.cover_measure or "none"
    ledgers.post("guarantees", party.guaranteed, measure, share, calendar.periods, counted)
    if backer.tied and not renewal.taken:
        ledgers.post("backed", party.guaranteed, "backed", share, [renewal.notice], max(counted.max(), charged.max()))
    cost = -backer.fee_rate * calendar.h * charged
    ledgers.flow(Kind.COST, party.fee, "guarantee_fee", share, calendar.periods, cost)


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of rights to renew."""
    for row in tables.rows(SiteLease):
        if not row.renew_times:
            for column in ("renew_years", "renew_rent", "renew_notice_months", "renewed_times"):
                if getattr(row, column):
                    yield row.problem(column, "a blank where renew_times is 0")
            continue
        for column, given in (("renew_years", "a number above 0"), ("renew_rent", f"one of {', '.join(RenewedRent)}")):
            if getattr(row, column) is None:
                yield row.problem(column, f"{given} where renew_times is above 0")
        most = min(whole_months(row.term_years), whole_months(row.renew_years or row.term_years))
        if row.renew_notice_months > most:
            yield row.problem("renew_notice_months", f"no more than the {most} months of a term")
        if row.renew_rent is RenewedRent.INDEX and row.rent_index is None:
            yield row.problem("rent_index", "the name of an index where renew_rent is index")
        if row.substitution_fee_usd_bn_per_gw is not None:
            expected = "a blank where renew_times is above 0, as each guarantor stays for what is renewed"
            yield row.problem("substitution_fee_usd_bn_per_gw", expected)
        if row.renewed_times and row.status in (OfferStatus.OPEN, OfferStatus.REQUIRED):
            yield row.problem("renewed_times", "a blank where status is not signed")
        elif row.renewed_times > row.renew_times:
            yield row.problem("renewed_times", f"at most the {row.renew_times} of renew_times")
