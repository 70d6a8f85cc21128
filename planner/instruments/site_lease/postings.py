"""Site lease: data-centre halls under a letter of intent, exercised whole or in part, with a backer for the rent.

A phase is expanded into vintages, one per commencement. It is signed on the latest date that allows the commencement.
For the whole phase everything is known: halls, rent, deposit, and the exposure of whoever backs the rent. The variables
are

    exercise[o, s]      1 if phase o is exercised to commence at s
    share[o, s, k]      share of the phase that k backs: a guarantor, or the lab itself by its own covenant

K is the capacity of the phase. The term [s, e) covers the part c_t of a period t, and its lease year y, which begins on
the y-th anniversary of s, the part c_ty. The rent rises in yearly steps, on the anniversaries; it is

    rent_t = rent · K · h · Σ_y (1 + escalator)^y · c_ty

Only the commencement of what may still be exercised keeps to the starts of periods; the term ends on its day. A lease
signed already commences on its own day. The exposure of a backer of the whole phase, from signing to the end of the
term, is

    termination       cover · K · runoff(age), age 0 until commencement
    remaining_rent    cover_share · Σ_{t' ≥ t} rent_t'
    pv_rent           cover_share · Σ_{t' ≥ t} rent_t' · (1 + lease_rate)^−(years from start of t to middle of t')

The posts, by ledger and line:

    signed                 signed              exercise_{os}, from signing on
    taken                  taken               Σ_k share_{osk}, of an offer that somebody requires
    met                    met                 exercise_{os}, or as taken where min_share is 0
    tied                   tied                as taken
    running_taken          running_taken       as taken, while the term runs
    running_met            running_met         as met, while the term runs
    running_tied           running_tied        as tied, while the term runs
    backed                 backed              the largest exposure_t · share_{osk}, on signing, of a guarantor that is
                                               tied to an offer
    halls                  halls               c_t · K · share_{osk}; for the chip families that o and k admit
    guarantees             termination         exposure_t · share_{osk}, of leases so measured
    guarantees             remaining_rent      exposure_t · share_{osk}, of leases so measured
    guarantees             pv_rent             exposure_t · share_{osk}, of leases so measured
    debt                   lease_liability     value at the lease rate of the rent left · share_{osk}, once recognised
    cash cost              rent                −rent_t · share_{osk}
    cash cost              deposit             −deposit · share_{osk}, on signing
    cash cost              deposit_returned    deposit · share_{osk}, at the end of the term; where the lease is signed
                                               already, what the landlord holds
    cash credit            deposit_returned    the same where the term ends after the horizon
    cash cost              guarantee_fee       −fee_rate_k · h · g_t · exposure_t · share_{osk}; g_t: the part of t from
                                               signing to the end of the term
    cash cost              diligence           −diligence · exercise_{os}, on signing
    cash cost              signing_fee         −signing_fee · exercise_{os}, on signing
    cash beyond_horizon    rent                −rent_t · share_{osk} after the end
    cash horizon_value     unused_part         unused part of (diligence + signing_fee) · exercise_{os}, at the end
    cash horizon_value     value_after_end     what the halls after the end are worth · share_{osk}, as `horizon` says
    obligations            rent                Σ_{t' ≥ t} rent_t' · share_{osk}, from signing on
    fixed_charges          rent                the same over the next twelve months
    dues                   rent                rent_t · share_{osk}, in the period it falls due
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import numpy as np

from planner.basics import finance, units
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, Overlap, add_months, whole_months
from planner.basics.text import number
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.settings import Recognition
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import post_unused
from planner.instruments.shared.signatures import Amount, Extent, post_extent, post_running
from planner.instruments.site_lease.horizon import post_halls
from planner.instruments.site_lease.tables import CoverMeasure, CoverRunoff, NoGuarantor, SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, VariableGroup
from planner.tables.offer import OfferStatus

NAME = "site_lease"
LEASE = "lease"
"""class of debt"""
POWER_DIGITS = 9
"""digits after the point: power costs that differ by less than a dollar per GW-year are one class"""


@dataclass(frozen=True)
class PhaseVintage:
    """A phase with one commencement; sums are for the whole phase."""

    row: SiteLease
    signed: int
    """period of signing; 0 if it is signed already"""
    starts: date
    """commencement, with its delay"""
    ends: date
    term: Overlap
    """the periods of the term, after the horizon too, but not before the case's start, and the part of each"""
    rent: Vector
    """rent of each of those periods [USD bn]"""

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
        """Deposit: what the landlord is said to hold already, else months of the first year's rent [USD bn]."""
        if self.row.deposit_held_usd_bn is not None:
            return self.row.deposit_held_usd_bn
        yearly = units.rent_usd_bn_per_gw_year(self.row.rent_usd_per_kw_month) * self.capacity_gw
        return units.per_month(yearly) * self.row.deposit_months

    def rent_left(self, t: int) -> float:
        """Rent from the start of period t on, undiscounted [USD bn]."""
        return float(self.rent[max(0, t - self.periods.start) :].sum())

    def rent_values(self, calendar: Calendar, rate: float) -> Vector:
        """Rent from the start of each period of the horizon on, discounted to that start [USD bn]; shape (T,).

        It is worked out backwards: value_t = value_{t+1} · (1 + rate)^−h + rent_t · (1 + rate)^−h/2.
        """
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
        for signed, starts in _commencements(case.calendar, row, notes):
            all_vintages.append(_vintage(case.calendar, row, signed, starts))
        if row.status is OfferStatus.SIGNED and row.deposit_months and row.deposit_held_usd_bn is None:
            held = all_vintages[-1]
            if case.calendar.start <= held.ends:
                remark = f"deposit_held_usd_bn is blank: {number(held.deposit_usd_bn)} USD bn come back on {held.ends}"
                notes.append((row.offer, f"{remark}, which is deposit_months of the first rent"))
        if not backers(case, row):
            notes.append((row.offer, "no guarantor of leases backs chips of its families: it cannot be exercised"))
    return all_vintages, notes


def _commencements(calendar: Calendar, row: SiteLease, notes: list[tuple[str, str]]) -> Iterator[tuple[int, date]]:
    """(period of signing, commencement with its delay) of each way to exercise the phase."""
    if row.status is OfferStatus.SIGNED:
        late = add_months(row.ready_date, row.delay_months)
        yield 0, late
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
            yield signed, calendar.start_of(calendar.forward(add_months(calendar.start_of(ready), row.delay_months)))
        else:
            missed += 1
    if missed:
        which = "its only commencement" if len(window) == 1 else f"{missed} of its {len(window)} commencements"
        notes.append((row.offer, f"{which} would have to be signed before the case's start: not offered"))


def _vintage(calendar: Calendar, row: SiteLease, signed: int, starts: date) -> PhaseVintage:
    """The vintage of a phase that is signed in a period and commences on a day."""
    ends = add_months(starts, whole_months(row.term_years))
    term = calendar.overlap(starts, ends)
    yearly = units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month) * units.gw(row.capacity_mw)
    rent = np.zeros(len(term.periods))
    for y in range(math.ceil(row.term_years)):
        begins, over = (add_months(starts, MONTHS_PER_YEAR * year) for year in (y, y + 1))
        part = calendar.overlap(begins, min(over, ends))
        if len(part.periods):
            at = part.periods.start - term.periods.start
            step = yearly * calendar.h * finance.escalated(row.escalator_rate, y)
            rent[at : at + len(part.shares)] += step * part.shares
    return PhaseVintage(row, signed, starts, ends, term, rent)


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


def exposure(case: CaseData, vintage: PhaseVintage, values: Vector) -> Vector:
    """Exposure of a backer of the whole phase at the start of each period of the horizon [USD bn]; shape (T,).

    It is zero before signing and after the term. `values` are the present values of the rent to come; shape (T,).
    """
    calendar, row = case.calendar, vintage.row
    amounts = np.zeros(calendar.T)
    runoff = sorted((point.age_years, point.cover_share) for point in case.rows(CoverRunoff))
    over = calendar.forward(vintage.ends)
    for t in range(vintage.signed, min(over, calendar.T)):
        match row.cover_measure:
            case CoverMeasure.TERMINATION:
                age = max(0.0, calendar.age_years(vintage.starts, t))
                ages, shares = [age for age, _ in runoff], [share for _, share in runoff]
                cover = (row.cover_usd_bn_per_gw or 0.0) * vintage.capacity_gw
                amounts[t] = cover * finance.interpolate(ages, shares, age)
            case CoverMeasure.REMAINING_RENT:
                amounts[t] = (row.cover_share or 0.0) * vintage.rent_left(t)
            case CoverMeasure.PV_RENT:
                amounts[t] = (row.cover_share or 0.0) * values[t]
    return amounts


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do."""
    all_vintages, notes = vintages(case)
    ledgers.notes.extend(notes)
    keys = [vintage.key for vintage in all_vintages]
    sunk = np.array([float(vintage.sunk) for vintage in all_vintages])
    on_signing = WithSignature("exercise")
    exercise = ledgers.declare(
        NAME, "exercise", ("offer", "starts_on"), keys,
        unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=sunk,
    )  # fmt: skip
    backed = [(vintage, backer.name) for vintage in all_vintages for backer in backers(case, vintage.row)]
    choices = Counter(vintage.key for vintage, _ in backed)
    fixed = np.array([float(vintage.sunk and choices[vintage.key] == 1) for vintage, _ in backed])
    share = ledgers.declare(
        NAME, "share", ("offer", "starts_on", "backer"), [(*vintage.key, name) for vintage, name in backed],
        unit="share of the phase", decided=on_signing, lower=fixed, upper=np.ones(len(backed)),
    )  # fmt: skip
    for _, phase in groupby(all_vintages, key=lambda vintage: vintage.row.offer):
        _post_phase(case, ledgers, list(phase), exercise, share)


def _post_phase(
    case: CaseData, ledgers: Ledgers, phase: Sequence[PhaseVintage], exercise: VariableGroup, share: VariableGroup
) -> None:
    """Post every vintage of one phase: what does not depend on the backer, then the share of each backer."""
    calendar, row = case.calendar, phase[0].row
    labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.developer, region=row.region)
    liability = replace(labels, debt_class=LEASE)
    power = units.power_usd_bn_per_gw_year(row.power_usd_per_mwh, row.pue, row.load_factor_share)
    power_class = repr(round(power, POWER_DIGITS))
    backed = [
        (
            backer,
            replace(labels, families="|".join(sorted(backer.families)), power_class=power_class),
            guaranteed := replace(labels, guarantor=backer.name, cover=GuaranteeKind.LEASE),
            replace(guaranteed, counterparty=backer.name),
        )
        for backer in backers(case, row)
    ]
    for vintage in phase:
        _post_signing(case, ledgers, labels, vintage, exercise[vintage.key])
        _post_extent(case, ledgers, labels, vintage, exercise, [share[*vintage.key, each.name] for each, *_ in backed])
        values = vintage.rent_values(calendar, case.settings.lease_rate)
        exposed = exposure(case, vintage, values)
        guaranteed_part = _part_by(calendar, vintage.ends)
        rents = dict(zip(vintage.periods, vintage.rent.tolist(), strict=True))
        payments = FixedPayments.of(calendar, rents, vintage.signed)
        for backer, halls, guaranteed, fee in backed:
            variable = share[(*vintage.key, backer.name)]
            ledgers.post("halls", halls, "halls", variable, vintage.periods, vintage.capacity_gw * vintage.term.shares)
            _post_rent(case, ledgers, labels, vintage, variable)
            _post_liability(case, ledgers, liability, vintage, values, variable)
            payments.post(case, ledgers, labels, "rent", variable)
            post_halls(case, ledgers, labels, row, variable, payments, vintage.term)
            if backer.guarantees:
                measure = row.cover_measure or "none"
                ledgers.post("guarantees", guaranteed, measure, variable, calendar.periods, exposed)
                if backer.tied and not vintage.sunk:
                    ledgers.post("backed", guaranteed, "backed", variable, [vintage.signed], exposed.max())
                cost = -backer.fee_rate * calendar.h * exposed * guaranteed_part
                ledgers.flow(Kind.COST, fee, "guarantee_fee", variable, calendar.periods, cost)


def _part_by(calendar: Calendar, day: date) -> Vector:
    """The part of each period that has passed by a day; shape (T,)."""
    return np.clip(calendar.position(day) - np.arange(calendar.T, dtype=float), 0.0, 1.0)


def _post_signing(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, exercise: int) -> None:
    """Post the signature, and what is paid on signing whatever the share."""
    ledgers.post("signed", labels, "signed", exercise, range(vintage.signed, case.calendar.T), 1.0)
    if not vintage.sunk:
        signing = case.calendar.start_years(vintage.signed)
        ledgers.dated(Kind.COST, labels, "diligence", exercise, signing, -vintage.row.diligence_usd_bn)
        ledgers.dated(Kind.COST, labels, "signing_fee", exercise, signing, -vintage.row.signing_fee_usd_bn)
    paid = vintage.row.diligence_usd_bn + vintage.row.signing_fee_usd_bn
    post_unused(case, ledgers, labels, exercise, paid, vintage.starts, vintage.ends)


def _post_extent(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, exercise: VariableGroup, shares: list[int]
) -> None:
    """Post how much of the phase is exercised, from signing on and while its term runs."""
    T, signed, row = case.calendar.T, vintage.signed, vintage.row
    sign = exercise[vintage.key] if row.min_share > 0 else None
    extent = Extent([Amount(each, 1.0) for each in shares], sign)
    post_extent(case, ledgers, labels, row, extent, signed)
    runs = range(signed, min(T, max(signed, case.calendar.back(vintage.ends))))
    post_running(case, ledgers, labels, [row.offer], extent, runs)


def _post_rent(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, share: int) -> None:
    """Post rent and deposit of the share of one backer."""
    calendar = case.calendar
    inside = range(vintage.periods.start, min(vintage.periods.stop, calendar.T))
    ledgers.flow(Kind.COST, labels, "rent", share, inside, -vintage.rent[: len(inside)])
    if not vintage.sunk:
        ledgers.dated(
            Kind.COST, labels, "deposit", share, calendar.start_years(vintage.signed), -vintage.deposit_usd_bn
        )
    returned = calendar.years(vintage.ends)
    kind = Kind.COST if returned <= calendar.start_years(calendar.T) + 1e-9 else Kind.CREDIT
    if returned >= 0:
        ledgers.dated(kind, labels, "deposit_returned", share, returned, vintage.deposit_usd_bn)


def _post_liability(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, values: Vector, share: int
) -> None:
    """Post the lease liability: the value of the rent to come at the lease rate, once the lease is recognised."""
    at_signing = case.settings.recognise_leases is Recognition.SIGNING
    begins = vintage.signed if at_signing else max(0, case.calendar.forward(vintage.starts))
    recognised = range(begins, min(vintage.periods.stop, case.calendar.T))
    ledgers.post("debt", labels, "lease_liability", share, recognised, values[recognised.start : recognised.stop])
