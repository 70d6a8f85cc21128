"""Site lease: data-centre halls under a letter of intent, exercised whole or in part, with a backer for the rent.

A phase is expanded into vintages, one per commencement. It is signed on the latest date that allows the commencement.
For the whole phase everything is known: halls, rent, deposit, and the exposure of whoever backs the rent. The variables
are

    exercise[o, s]      1 if phase o is exercised to commence at s
    share[o, s, k]      share of the phase that k backs: a guarantor, or the lab itself by its own covenant

K is the capacity of the phase. The term [s, e) covers the part c_t of a period t, and its lease year y, which begins on
the y-th anniversary of s, the part c_ty. The rent rises in yearly steps, on the anniversaries; it is

    rent_t = rent · K · h · Σ_y (1 + escalator)^y · c_ty

Only the commencement of what may still be exercised keeps to the starts of periods; the term ends on its day. Where a
phase is late by site_delays, every commencement that would lie on or after late_from is so many months later, in the
order of the days; the day of signing, and what is paid then, stay as they are. A lease
signed already commences on its own day. Of it the part signed_share is leased, and share is fixed where only one may
back it or lease_backers says who does. The exposure of a backer of the whole phase, from signing to the end of the
term, is

    termination       cover · K · runoff(age), age 0 until commencement, or until runoff_from if that is later
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
                                               already, deposit = deposit_held / signed_share if that is given
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

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import numpy as np

from planner.basics import units
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.common.guarantors import GuaranteeKind
from planner.common.settings import Recognition
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import post_unused
from planner.instruments.shared.signatures import Amount, Extent, post_extent, post_running
from planner.instruments.site_lease.horizon import post_halls
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backed, backers, exposure, vintages
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
    choices = [(vintage, backer.name) for vintage in all_vintages for backer in backers(case, vintage.row)]
    least, most = _bounds(case, choices)
    share = ledgers.declare(
        NAME, "share", ("offer", "starts_on", "backer"), [(*vintage.key, name) for vintage, name in choices],
        unit="share of the phase", decided=on_signing, lower=least, upper=most,
    )  # fmt: skip
    _state_sites(case, ledgers)
    for _, phase in groupby(all_vintages, key=lambda vintage: vintage.row.offer):
        _post_phase(case, ledgers, list(phase), exercise, share)


def _state_sites(case: CaseData, ledgers: Ledgers) -> None:
    """State which halls every phase that is not closed may bring to its region, in whatever period that may be."""
    for row in case.rows(SiteLease):
        if row.status is not OfferStatus.CLOSED:
            admitted = sorted({"|".join(sorted(backer.families)) for backer in backers(case, row)})
            ledgers.sites.extend((row.region, families) for families in admitted)


def _bounds(case: CaseData, choices: Sequence[tuple[PhaseVintage, str]]) -> tuple[Vector, Vector]:
    """The least and the largest share of each vintage and backer; both are the same where a case says who backs it."""
    able = Counter(vintage.key for vintage, _ in choices)
    least, most = np.zeros(len(choices)), np.ones(len(choices))
    for i, (vintage, name) in enumerate(choices):
        if vintage.sunk:
            row, given = vintage.row, backed(case, vintage.row)
            most[i] = given.get(name, 0.0) if given else row.signed_share
            least[i] = most[i] if given or able[vintage.key] == 1 else 0.0
    return least, most


def _post_phase(
    case: CaseData, ledgers: Ledgers, phase: Sequence[PhaseVintage], exercise: VariableGroup, share: VariableGroup
) -> None:
    """Post every vintage of one phase: what does not depend on the backer, then the share of each backer."""
    calendar, row = case.calendar, phase[0].row
    labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.developer, region=row.region)
    liability = replace(labels, debt_class=LEASE)
    power = units.power_usd_bn_per_gw_year(row.power_usd_per_mwh, row.pue, row.load_factor_share)
    power_class = repr(round(power, POWER_DIGITS))
    by_backer = [
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
        _post_extent(
            case, ledgers, labels, vintage, exercise, [share[*vintage.key, each.name] for each, *_ in by_backer]
        )
        values = vintage.rent_values(calendar, case.settings.lease_rate)
        exposed = exposure(case, vintage, values)
        guaranteed_part = _part_by(calendar, vintage.ends)
        rents = dict(zip(vintage.periods, vintage.rent.tolist(), strict=True))
        payments = FixedPayments.of(calendar, rents, vintage.signed)
        for backer, halls, guaranteed, fee in by_backer:
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
