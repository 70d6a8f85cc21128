"""Site lease: data-centre halls under a letter of intent, exercised whole or in part, with a backer for the rent.

A phase is expanded into vintages, one per commencement. It is signed on the latest date that allows the commencement.
For the whole phase everything is known: halls, rent, deposit, and the exposure of whoever backs the rent. The variables
are

    exercise[o, s]      1 if phase o is exercised to commence at s
    share[o, s, k]      share of the phase that k backs: a guarantor, or the lab itself by its own covenant
    begin[o, diligence, d]    1 if due diligence that takes time begins on d, the first day of a period
    taken_over[o, s, k, t]    share that guarantor k takes over from others at the start of period t, where guarantors
                              may be replaced; from t on it counts as share_{osk} does for halls and guarantor
    given_up[o, s, k, t]      share that k gives up; it counts against that

and, by notice day d, of the n-th renewal of a lease that may be renewed,

    renew[o, s, d, n]       1 if it is taken
    kept[o, s, d, n, k]     share of the phase that k backs in it

and, by notice day d, of a lease that may end on the first day e of contract year y,

    ended[o, s, d, y]             1 if it does
    ended_part[o, s, d, y, k]     share of the phase that k backs then

K is the capacity of the phase. The term [s, e) covers the part c_t of a period t, and its lease year y, which begins on
the y-th anniversary of s, the part c_ty. The rent rises in yearly steps, on the anniversaries; it is

    rent_t = rent · K · h · Σ_y (1 + escalator)^y · level_y · c_ty

level_y is the level of the phase's rent_index on the first day of lease year y, and 1 without one. The levels of the
table are what is expected, and what is owed, charged or backed later counts with them.

Where site_ramps says that the part share_r of the halls stands from so many months after s on, for the part c_tr of
period t, halls_t = Σ_r share_r · c_tr; elsewhere halls_t = c_t. Rent is due for the halls that stand. In the first
rent_free_months none is due. Of the rent that is waived then, waived_rent = waived until the end of the horizon − part
of the term until the end · all that is waived is for the time after the end.

A renewed term [e, e') goes on where the term before ends, with the same rent_t; kept stands for share there. What is
owed for it and its liability count from d on, and so does an exposure that is measured by its rent. One that runs off
by age goes on by age. The deposit comes back at e' and not at e. Of renewals that the case says to be taken already,
share itself stands for kept.

Per unit of ended_part what share posts after e is taken back, in every line but those of signing: what is owed and its
liability from d on, all else from e on; for unused parts that are posted by exercise it is ended that takes them back.
The deposit comes back on e. Of a lease that the case says to end on e, share and exercise themselves stand for these.

    fee_y = fee_months · rent · K / 12 · (1 + escalator)^(y − 1) + fee_usd_bn_per_gw · K

Where the developer owes damages for late delivery and s lies after p, the commencement that was promised on signing,

    damages_t = damages · K · h · Σ_r (share_r − share_{r−1}) · b_tr

b_tr is the part of t that lies as long after p as row r of site_ramps says, but not so long after s; without rows r is
all halls from 0 months on. p has the delays known or foreseen on signing: all of site_delays but the news_months of
later days. Of a lease signed already it is promised_on, else its commencement without any delay.

Only the commencement of what may still be exercised keeps to the starts of periods; the term ends on its day. Where a
phase is late by site_delays, every commencement that would lie on or after late_from is so many months later, in the
order of the days; the day of signing, and what is paid then, stay as they are. A lease
signed already commences on its own day. Of it the part signed_share is leased, and share is fixed where only one may
back it or lease_backers says who does. The exposure of a backer of the whole phase, from signing to the end of the
term, counts where g_t > 0, as `covers` says, and is

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
    backed                 promised            the same where exposure does not count yet on signing
    halls                  halls               halls_t · K · share_{osk}; for the chip families that o and k admit
    hall_stock             hall_stock          halls that must be fitted for a family · share_{osk}: K · the
                                               largest part of them that has stood by the end of t
    hall_new               hall_new            its rise over the period before · share_{osk}
    refit_price            refit_price         refit, in every period
    guarantees             termination         exposure_t · share_{osk} where g_t > 0, of leases so measured
    guarantees             remaining_rent      exposure_t · share_{osk} where g_t > 0, of leases so measured
    guarantees             pv_rent             exposure_t · share_{osk} where g_t > 0, of leases so measured
    debt                   lease_liability     value at the lease rate of the rent left · share_{osk}, once recognised
    cash cost              rent                −rent_t · share_{osk}
    cash cost              fit_out             −fit_out · K · share_{osk}, on commencement; as `fittings` says
    cash cost              delay_damages       damages_t · share_{osk}; after e it is taken back
    cash cost              termination_fee     −fee_y · ended_part_{osdyk}, on e
    cash cost              deposit             −deposit · share_{osk}, on signing
    cash cost              deposit_returned    deposit · share_{osk}, at the end of the term; where the lease is signed
                                               already, deposit = deposit_held / signed_share if that is given
    cash credit            deposit_returned    the same where the term ends after the horizon
    cash cost              guarantee_fee       −fee_rate_k · h · g_t · exposure_t · share_{osk}; g_t: the part of t in
                                               which exposure counts
    cash cost              substitution        −substitution_fee · K · taken_over_{oskt}, at the start of t
    cash cost              diligence           −diligence · exercise_{os}, on signing; −diligence · begin_{od} where it
                                               takes time, on d
    cash cost              signing_fee         −signing_fee · exercise_{os}, on signing
    cash beyond_horizon    rent                −rent_t · share_{osk} after the end
    cash beyond_horizon    fit_out             the same where the phase commences after the end
    cash horizon_value     unused_part         unused part of (diligence + signing_fee) · exercise_{os}, at the end, and
                                               of fit_out · K · share_{osk}
    cash horizon_value     waived_rent         −waived_rent · share_{osk}, at the end
    cash horizon_value     value_after_end     what the halls after the end are worth · share_{osk}, as `horizon` says
    obligations            rent                Σ_{t' ≥ t} rent_t' · share_{osk}, from signing on
    fixed_charges          rent                the same over the next twelve months
    dues                   rent                rent_t · share_{osk}, in the period it falls due
    obligations            termination_fee     fee_y · ended_part_{osdyk}, from d to e; at its value in the liability
    fixed_charges          termination_fee     the same where e lies within twelve months
    dues                   termination_fee     the same, on e
    obligations            fit_out             fit_out · K · share_{osk}, from signing to commencement
    dues                   fit_out             the same, on commencement
    halls_financed         halls_financed         capacity · share_{osk}, on signing, under a programme
    halls_financed_before    halls_financed_before    the same of a lease that is signed already
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from planner.basics import units
from planner.basics.arrays import Vector
from planner.common.guarantors import GuaranteeKind
from planner.common.programmes import HALLS, post_under
from planner.common.settings import Recognition
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import post_unused
from planner.instruments.shared.power_classes import class_of
from planner.instruments.shared.signatures import Amount, Extent, post_extent, post_running
from planner.instruments.site_lease import delay_damages, diligence, endings, renewals, substitutions
from planner.instruments.site_lease.covers import guaranteed_part
from planner.instruments.site_lease.fittings import post_fit_out, post_price, post_stock
from planner.instruments.site_lease.horizon import post_halls, post_waived
from planner.instruments.site_lease.renewals import Parties
from planner.instruments.site_lease.substitutions import LabelledBacker
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backed, backers, exposure, vintages
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import PROMISED, Kind, Labels
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
    ledgers.notes.extend([*notes, *diligence.notes(case), *delay_damages.notes(case, all_vintages)])
    keys = [vintage.key for vintage in all_vintages]
    sunk = np.array([float(vintage.sunk) for vintage in all_vintages])
    on_signing = WithSignature("exercise")
    exercise = ledgers.declare(
        NAME, "exercise", ("offer", "starts_on"), keys,
        unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=sunk,
        upper=np.array([float(diligence.may_be_exercised(case, vintage)) for vintage in all_vintages]),
    )  # fmt: skip
    choices = [(vintage, backer.name) for vintage in all_vintages for backer in backers(case, vintage.row)]
    least, most = _bounds(case, choices)
    share = ledgers.declare(
        NAME, "share", ("offer", "starts_on", "backer"), [(*vintage.key, name) for vintage, name in choices],
        unit="share of the phase", decided=on_signing, lower=least, upper=most,
    )  # fmt: skip
    replaced = substitutions.declare(case, ledgers, all_vintages)
    phases = {o: list(phase) for o, phase in groupby(all_vintages, key=lambda vintage: vintage.row.offer)}
    diligence.declare(case, ledgers, phases, {o: _labels(phase[0].row) for o, phase in phases.items()})
    _state_sites(case, ledgers)
    kept = renewals.declare(case, ledgers, all_vintages)
    ended = endings.declare(case, ledgers, all_vintages)
    for phase in phases.values():
        _post_phase(case, ledgers, phase, exercise, share)
        for vintage in phase:
            parties = _parties(case, vintage.row)
            renewals.post(case, ledgers, vintage, (exercise, share), kept, parties)
            endings.post(case, ledgers, vintage, (exercise, share), ended, parties)
    if replaced is not None:
        for vintage in all_vintages:
            substitutions.post(case, ledgers, vintage, replaced, _by_backer(case, vintage.row))


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
    labels, parties = _labels(row), _parties(case, row)
    post_price(case, ledgers, labels, row)
    for vintage in phase:
        _post_signing(case, ledgers, labels, vintage, exercise[vintage.key])
        _post_extent(
            case, ledgers, labels, vintage, exercise, [share[*vintage.key, each.backer.name] for each in parties]
        )
        values = vintage.rent_values(calendar, case.settings.lease_rate)
        exposed = exposure(case, vintage, values)
        part = guaranteed_part(case, vintage)
        counted = exposed * (part > 0)
        line = "backed" if part[vintage.signed] > 0 else PROMISED
        rents = dict(zip(vintage.periods, vintage.rent.tolist(), strict=True))
        payments = FixedPayments.of(calendar, rents, vintage.signed)
        for party in parties:
            backer = party.backer
            variable = share[(*vintage.key, backer.name)]
            ledgers.post("halls", party.halls, "halls", variable, vintage.periods, vintage.capacity_gw * vintage.halls)
            post_stock(case, ledgers, party.halls, vintage, variable)
            signed = None if vintage.sunk else vintage.signed
            post_under(ledgers, labels, row.programme, HALLS, variable, signed, vintage.capacity_gw)
            _post_rent(case, ledgers, labels, vintage, variable)
            delay_damages.post_damages(case, ledgers, labels, vintage, variable)
            post_fit_out(case, ledgers, labels, vintage, variable)
            _post_liability(case, ledgers, party.liability, vintage, values, variable)
            payments.post(case, ledgers, labels, "rent", variable)
            post_halls(case, ledgers, labels, row, variable, payments, vintage.periods, vintage.halls)
            post_waived(case, ledgers, labels, variable, vintage.taken_back)
            if backer.guarantees:
                measure = row.cover_measure or "none"
                ledgers.post("guarantees", party.guaranteed, measure, variable, calendar.periods, counted)
                if backer.tied and not vintage.sunk:
                    ledgers.post("backed", party.guaranteed, line, variable, [vintage.signed], exposed.max())
                cost = -backer.fee_rate * calendar.h * exposed * part
                ledgers.flow(Kind.COST, party.fee, "guarantee_fee", variable, calendar.periods, cost)


def _labels(row: SiteLease) -> Labels:
    return Labels(instrument=NAME, offer=row.offer, counterparty=row.developer, region=row.region)


def _parties(case: CaseData, row: SiteLease) -> list[Parties]:
    """Those who may back a phase, with the labels of what their share posts."""
    labels = _labels(row)
    power = units.power_usd_bn_per_gw_year(row.power_usd_per_mwh, row.pue, row.load_factor_share)
    power_class = class_of(repr(round(power, POWER_DIGITS)), row.power_index)
    return [
        Parties(
            backer,
            labels,
            replace(labels, families="|".join(sorted(backer.families)), power_class=power_class),
            replace(labels, debt_class=LEASE),
            guaranteed := replace(labels, guarantor=backer.name, cover=GuaranteeKind.LEASE),
            replace(guaranteed, counterparty=backer.name),
        )
        for backer in backers(case, row)
    ]


def _by_backer(case: CaseData, row: SiteLease) -> list[LabelledBacker]:
    """Who may back a phase, and the labels of its halls, of its guarantee and of what it is paid."""
    return [(each.backer, each.halls, each.guaranteed, each.fee) for each in _parties(case, row)]


def _post_signing(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, exercise: int) -> None:
    """Post the signature, and what is paid on signing whatever the share."""
    ledgers.post("signed", labels, "signed", exercise, range(vintage.signed, case.calendar.T), 1.0)
    if not vintage.sunk:
        signing = case.calendar.start_years(vintage.signed)
        if not diligence.takes_time(vintage.row):
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
