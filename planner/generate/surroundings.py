"""What surrounds the offers: places, work, chips, demand, guarantors and treasury."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner import units
from planner.calendar import Calendar
from planner.finance import interpolate
from planner.generate.draws import between, rounded
from planner.generate.frame import SOURCE, Due, Frame
from planner.instruments.cloud_commitment.rows import CloudCommitment
from planner.instruments.site_lease.rows import SiteLease
from planner.rows import (
    Chip,
    ChipFamily,
    ChipPerformance,
    Demand,
    Finance,
    GuaranteeKind,
    Guarantor,
    GuarantorCap,
    Link,
    Region,
    ResaleValue,
    Source,
    SourceKind,
    Workload,
)
from planner.tables import Row, Status

PEAK_GW_PER_OFFER = 18 / 57
"""demand at the end of the horizon, for each offer [reference GW]"""
GROWTH = ((0.0, 0.18), (0.05, 0.37), (0.15, 0.61), (0.25, 0.79), (0.35, 0.88), (0.5, 0.92), (1.0, 1.0))
"""(share of the horizon, demand as a part of its peak)"""
CHIPS = (
    ("tpu_present", ChipFamily.TPU, 0.0, 21, 0.95),
    ("tpu_next", ChipFamily.TPU, 0.15, 20, 1.1),
    ("gpu_present", ChipFamily.GPU, 0.0, 29, 1.0),
    ("gpu_next", ChipFamily.GPU, 0.15, 30, 1.15),
    ("trainium_present", ChipFamily.TRAINIUM, 0.0, 10.5, 0.9),
    ("trainium_next", ChipFamily.TRAINIUM, 0.1, 12, 1.05),
)
"""chip, family, when it comes as a share of the horizon, USD bn per GW, reference GW per GW"""
RESALE = (1.0, 0.625, 0.425, 0.3, 0.175, 0.125, 0.05)
"""value at ages of 0, 1, … years"""
WORKLOADS = (("training", 1000, 0.35), ("interactive", 100, 0.0), ("batch", 1000, 1.0), ("agents", 250, 0.1))
"""workload, longest path [ms], interruptible share"""
GUARANTORS = (
    ("cloud_parent", (ChipFamily.TPU,), 0.0, 0.45, 0.27),
    ("banks", (ChipFamily.TPU, ChipFamily.GPU), 0.05, 0.12, 0.0),
    ("chip_maker", (ChipFamily.GPU,), 0.15, 0.15, 0.0),
    ("own_rating", (ChipFamily.TPU, ChipFamily.GPU), 0.35, 0.28, 0.0),
)
"""guarantor, families, when its cap opens as a share of the horizon, part of all caps, part of its cap in use"""
CASH_PER_GW, LEAST_CASH_PER_GW, OBLIGATIONS_PER_GW = 40 / 18, 0.9, 515 / 18
"""USD bn for each reference GW of peak demand"""


def frame(rng: Random, offers: int, calendar: Calendar) -> Frame:
    """Places, work and chips. There is one region more for every tenfold number of offers, to six."""
    regions = min(6, 2 + len(str(offers)))
    workloads = min(4, 1 + len(str(offers)))
    months = calendar.T * calendar.period_months
    stage = Frame(calendar, (), (), ())
    chips = tuple(
        Chip(
            chip=name, family=family, vendor=f"{family}_maker", available_from=stage.day(int(comes * months)),
            capex_usd_bn_per_gw=rounded(price * between(rng, 0.92, 1.08)), capex_decline_rate=between(rng, 0.04, 0.07),
            life_years=float(rng.choice((5, 5, 6))), opex_usd_bn_per_gw_year=between(rng, 0.55, 0.7), source=SOURCE,
        )
        for name, family, comes, price, _ in CHIPS
    )  # fmt: skip
    return Frame(
        calendar,
        tuple(Region(region=f"region_{i + 1}", source=SOURCE) for i in range(regions)),
        tuple(
            Workload(workload=name, max_latency_ms=float(latency), interruptible_share=share, source=SOURCE)
            for name, latency, share in WORKLOADS[:workloads]
        ),
        chips,
    )


def links(rng: Random, stage: Frame) -> list[Row]:
    """A tree of quick and slow links, and one more that closes a circle."""
    names = [row.region for row in stage.regions]
    ends = [(names[rng.randrange(i)], names[i]) for i in range(1, len(names))]
    ends += [pair for pair in [(names[-1], names[0])] if pair[::-1] not in ends]
    return [
        Link(
            region_a=one, region_b=other, latency_ms=float(rng.choice((35, 60, 80, 140))),
            egress_usd_bn_per_gw_year=between(rng, 0.02, 0.12), source=SOURCE,
        )
        for one, other in ends
    ]  # fmt: skip


def chip_tables(rng: Random, stage: Frame) -> list[Row]:
    """What chips can do and what used ones fetch."""
    work = {name: equivalent for name, *_, equivalent in CHIPS}
    performance = [
        ChipPerformance(
            chip=chip.chip, workload=row.workload, source=SOURCE,
            gw_equivalent=rounded(work[chip.chip] * between(rng, 0.93, 1.07)),
        )
        for chip in stage.chips
        for row in stage.workloads
    ]  # fmt: skip
    resale = [
        ResaleValue(chip=chip.chip, age_years=float(age), value_share=value, source=SOURCE)
        for chip in stage.chips
        for age, value in enumerate(RESALE)
    ]
    return [*performance, *resale]


def growth(stage: Frame, months: int) -> float:
    """Demand as a part of its peak, so many months after the start."""
    return float(interpolate([at for at, _ in GROWTH], [part for _, part in GROWTH], months / stage.horizon_months))


def demand(rng: Random, stage: Frame, peak_gw: float) -> list[Row]:
    """Demand by region and workload, stepping every half-year or so, some steps inside a period."""
    weights = _shares(rng, len(stage.regions))
    steps = [0, *(month + rng.choice((0, 0, 2)) for month in range(6, stage.horizon_months - 2, 6))]
    parts = _shares(rng, len(stage.workloads))
    return [
        Demand(
            from_date=stage.day(month), region=region.region, workload=work.workload, source=SOURCE,
            demand_gw=rounded(peak_gw * growth(stage, month) * weight * part),
        )
        for month in steps
        for region, weight in zip(stage.regions, weights, strict=True)
        for work, part in zip(stage.workloads, parts, strict=True)
    ]  # fmt: skip


def _shares(rng: Random, count: int) -> list[float]:
    """Parts of 1, the first ones larger."""
    weights = [between(rng, 0.8, 1.2) / (1.0 + 0.5 * i) for i in range(count)]
    return [weight / sum(weights) for weight in weights]


def guarantors(rng: Random, stage: Frame, offers: Sequence[Row], caps_usd_bn: float) -> list[Row]:
    """Guarantors of leases whose caps add to so much; the first asks for the first cloud offer that is open."""
    clouds = [row.offer for row in offers if isinstance(row, CloudCommitment) and row.status is Status.OPEN]
    made: list[Row] = []
    for name, families, opens, part, in_use in GUARANTORS:
        kind = GuaranteeKind.LEASE
        made.append(
            Guarantor(
                guarantor=name, kind=kind, families=frozenset(families), fee_rate=between(rng, 0.005, 0.0175),
                requires_offer=clouds[0] if clouds and in_use else None, source=SOURCE,
            )
        )  # fmt: skip
        cap = caps_usd_bn * part * between(rng, 0.9, 1.1)
        begins = int(opens * stage.horizon_months)
        for i, month in enumerate(sorted({0, begins, *(range(12, stage.horizon_months, 12) if in_use else ())})):
            made.append(
                GuarantorCap(
                    guarantor=name, kind=kind, from_date=stage.day(month), source=SOURCE,
                    cap_usd_bn=rounded(cap, 4) if month >= begins else 0.0,
                    used_usd_bn=rounded(cap * in_use * max(0.4, 1.0 - 0.07 * i)) if in_use else 0.0,
                )
            )  # fmt: skip
    return made


def grids(stage: Frame, offers: Sequence[Row]) -> list[Row]:
    """The regions. Their grids carry nine tenths of the halls that could be leased, and all that are leased already."""
    made: list[Row] = []
    for region in stage.regions:
        sites = [row for row in offers if isinstance(row, SiteLease) and row.region == region.region]
        every = sum(units.gw(row.capacity_mw) for row in sites)
        leased = sum(units.gw(row.capacity_mw) for row in sites if row.status is Status.SIGNED)
        limit = rounded(max(0.9 * every, 1.01 * leased), 4) if sites else None
        made.append(region.model_copy(update={"grid_limit_gw": limit}))
    return made


def treasury(rng: Random, stage: Frame, peak_gw: float, dues: Sequence[Due]) -> tuple[list[Row], float]:
    """Revenue that grows with demand and more, limits, and the opening cash that what is signed needs [USD bn]."""
    other, least = between(rng, 0.35, 0.45), rounded(LEAST_CASH_PER_GW * peak_gw)
    cap = rounded(max(OBLIGATIONS_PER_GW * peak_gw, 1.2 * sum(due.usd_bn for due in dues)), 4)
    made: list[Row] = []
    earned, needed, revenue, taken = 0.0, 0.0, 0.0, 0.0
    waiting = sorted(dues, key=lambda due: due.months, reverse=True)
    for month in range(stage.horizon_months):
        if month % 12 == 0:
            done = month / stage.horizon_months
            revenue = rounded(peak_gw * growth(stage, month) * (14.5 + 3.5 * done) * between(rng, 0.97, 1.03))
            made.append(
                Finance(
                    from_date=stage.day(month), revenue_usd_bn_per_year=revenue, other_cost_share=other,
                    min_cash_usd_bn=least, obligations_cap_usd_bn=cap if done < 0.6 else None, source=SOURCE,
                )
            )  # fmt: skip
        while waiting and waiting[-1].months <= month:
            taken += waiting.pop().usd_bn
        needed = max(needed, taken - earned)
        earned += revenue * (1.0 - other) / 12
    return made, rounded(max(CASH_PER_GW * peak_gw, least) + needed, 4)


def sources() -> list[Row]:
    """The one source."""
    note = "No figure stands for a contract, a company or a place."
    return [Source(key=SOURCE, title="Drawn at random within plausible ranges", kind=SourceKind.ASSUMPTION, note=note)]
