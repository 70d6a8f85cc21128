"""Random site leases: leases signed already, letters of intent, and campuses of several phases."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np

from planner.basics import units
from planner.basics.arrays import Vector
from planner.basics.calendar import whole_months
from planner.basics.draws import apportioned, between, deck, rounded
from planner.basics.finance import escalated
from planner.common.guarantors import GuaranteeKind
from planner.instruments.site_lease.generate_backing import further_terms as further_backing
from planner.instruments.site_lease.generate_damages import further_terms as damages
from planner.instruments.site_lease.generate_terms import further_terms as more_terms
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.tables import CoverMeasure, CoverRunoff, SiteLease, Stage
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import (
    SOURCE,
    ChipFamily,
    Due,
    Frame,
    Guaranteed,
    Made,
    OfferedHalls,
    RandomOffers,
    Supply,
)
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

STAGES = {Stage.EXISTING: 4, Stage.LOI: 13, Stage.PIPELINE: 17}
"""weights of the stages among all phases"""
SIZES_MW = {Stage.EXISTING: (160, 360), Stage.LOI: (60, 130), Stage.PIPELINE: (450, 600)}
READY = {Stage.EXISTING: (0.0, 0.1), Stage.LOI: (0.1, 0.3), Stage.PIPELINE: (0.25, 0.45)}
"""when the first phase of a site can be ready, as shares of the horizon"""
LEADS_MONTHS = {Stage.EXISTING: (0,), Stage.LOI: (6, 12), Stage.PIPELINE: (12, 18)}
MEASURES = (CoverMeasure.TERMINATION, CoverMeasure.TERMINATION, CoverMeasure.REMAINING_RENT, CoverMeasure.PV_RENT)
UNGUARDED = 0.12
"""part of the open phases whose landlord asks for no guarantor"""
OWN_WORD = (
    "site_leases[pennsylvania_ny_campus_1].needs_guarantee = false",
    "site_leases[pennsylvania_ny_campus_2].needs_guarantee = false",
    "-guarantor_caps[own_rating,lease,2028-07-01]",
)
"""changes to the reference case: the lab's own word is no guarantee that generated cases ask others for"""
RUNOFF = ((0, 1.0), (5, 0.57), (15, 0.0))
"""(age in years, part of a termination cover that is left)"""


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Phases of sites. Of every seven letters of intent two are alternatives: one at most can be exercised."""
    made = Made()
    counts = dict(zip(STAGES, apportioned(list(STAGES.values()), count), strict=True))
    measures, regions = deck(rng, MEASURES, count), deck(rng, frame.homes, count)
    stages = [stage for stage in STAGES for _ in range(counts[stage])]
    last: SiteLease | None = None
    length = 0
    for i, stage in enumerate(stages):
        if last is None or last.stage is not Stage.PIPELINE or last.phase == length:
            last, length = None, rng.choice((2, 3, 4, 5))
        if last is None:
            last = _first(frame, rng, i, stage, regions[i], measures[i], size, counts)
        else:
            last = _next(frame, rng, i, last)
        made.rows.append(last)
        signed = last.status is OfferStatus.SIGNED
        made.halls.append(OfferedHalls(last.region, units.gw(last.capacity_mw), signed))
        if signed:
            made.dues += _rents(frame, last)
    made.rows += [CoverRunoff(age_years=float(age), cover_share=share, source=SOURCE) for age, share in RUNOFF]
    return made


def _next(frame: Frame, rng: Random, i: int, before: SiteLease) -> SiteLease:
    """The `i`-th phase: the next one of a campus, half a year or a year later, on the same terms."""
    calendar = frame.calendar
    later = max(1, rng.choice((6, 12)) // calendar.period_months)
    begin = min(calendar.forward(before.ready_date) + later, calendar.T - 1)
    end = min(begin + max(1, 12 // calendar.period_months), calendar.T - 1)
    return before.model_copy(
        update={
            "offer": _name(i), "phase": before.phase + 1, "after": before.offer, "decide_by": None,
            "after_share_min": 0.5 if before.phase % 2 else 1.0,
            "ready_date": calendar.start_of(begin), "ready_by": calendar.start_of(end),
        }
    )  # fmt: skip


def _name(i: int) -> str:
    return f"site_{i + 1:05d}"


def _first(
    frame: Frame,
    rng: Random,
    i: int,
    stage: Stage,
    region: str,
    measure: CoverMeasure,
    size: float,
    counts: dict[Stage, int],
) -> SiteLease:
    """The `i`-th phase: the only one of a site, or the first one of a campus."""
    signed, site = stage is Stage.EXISTING, f"Site {i + 1}"
    window = frame.window(rng, *READY[stage], 12)
    lead = min(rng.choice(LEADS_MONTHS[stage]), window.begin * frame.calendar.period_months)
    capacity = rounded(between(rng, *SIZES_MW[stage]) * size, 4)
    decide = window.begin * frame.calendar.period_months - lead
    covered = not signed and rng.random() >= UNGUARDED
    return SiteLease(
        offer=_name(i), site=site, phase=1, region=region, developer=f"Developer of {site}", stage=stage,
        status=OfferStatus.SIGNED if signed else OfferStatus.OPEN,
        decide_by=frame.day(decide + 3) if stage is Stage.LOI else None,
        lead_months=lead, ready_date=window.first, ready_by=None if signed else window.last,
        capacity_mw=capacity, min_share=1.0 if signed else rng.choice((0.2, 0.25, 0.25, 0.4)),
        diligence_usd_bn=0.0 if signed else rounded(between(rng, 0.0004, 0.0006) * capacity),
        rent_usd_per_kw_month=between(rng, 122, 170), escalator_rate=rng.choice((0.02, 0.025, 0.03, 0.03)),
        term_years=rng.choice((10.0, 15.0, 15.0, 20.0)), deposit_months=0.0 if signed else rng.choice((3.0, 6.0, 6.0)),
        pue=between(rng, 1.15, 1.25), power_usd_per_mwh=float(round(between(rng, 57, 85))), load_factor_share=0.9,
        families=frozenset({ChipFamily.TPU, ChipFamily.GPU}), needs_guarantee=covered,
        cover_measure=measure if covered else None,
        cover_usd_bn_per_gw=between(rng, 7.7, 9.0) if covered and measure is CoverMeasure.TERMINATION else None,
        cover_share=_cover_share(rng, measure) if covered and measure is not CoverMeasure.TERMINATION else None,
        exclusive_group=_alternatives(stage, i - counts[Stage.EXISTING], counts[Stage.LOI]), source=SOURCE,
    )  # fmt: skip


def _cover_share(rng: Random, measure: CoverMeasure) -> float:
    return between(rng, 0.2, 0.35) if measure is CoverMeasure.REMAINING_RENT else between(rng, 0.5, 0.7)


def _alternatives(stage: Stage, letter: int, letters: int) -> str | None:
    """The exclusive group of the second and third of every seven letters of intent; None for other phases."""
    pair = letter - letter % 7 + 2 < letters and letter % 7 in (1, 2)
    return f"site_group_{letter // 7 + 1}" if stage is Stage.LOI and pair else None


def _rents(frame: Frame, site: SiteLease) -> list[Due]:
    """The rent of the whole term, month by month."""
    yearly = units.rent_usd_bn_per_gw_year(site.rent_usd_per_kw_month) * units.gw(site.capacity_mw)
    begins = frame.calendar.forward(site.ready_date) * frame.calendar.period_months
    months = range(whole_months(site.term_years))
    return [Due(begins + month, yearly / 12 * float(escalated(site.escalator_rate, month // 12))) for month in months]


def most_exposed(case: CaseData, ledgers: Ledgers) -> dict[str, Vector]:
    """The most that each lease can expose a guarantor to [USD bn]; shape (T,). Leases without one are absent."""
    found: dict[str, Vector] = {}
    for post in ledgers.select("guarantees", instrument=NAME):
        most = found.setdefault(post.labels.offer, np.zeros(case.calendar.T))
        np.maximum.at(most, post.periods, post.values)
    return found


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Terms of guarantors, then those of halls and of time, then damages for late delivery."""
    return damages(frame, rng, part, more_terms(frame, rng, part, further_backing(frame, rng, part, rows)))


RANDOM_OFFERS = RandomOffers(
    make=make,
    supplies=Supply.HALLS,
    guaranteed=Guaranteed(GuaranteeKind.LEASE, most_exposed),
    further_terms=further_terms,
    likeness=OWN_WORD,
)
