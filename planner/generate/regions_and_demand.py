"""What surrounds the offers: regions, workloads, chips, demand and guarantors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.basics.draws import between, rounded
from planner.basics.finance import interpolate
from planner.common.chips import Chip, ChipPerformance, ResaleValue
from planner.common.demand import Demand, Workload
from planner.common.guarantors import GuaranteeKind, Guarantor, GuarantorCap
from planner.common.regions import Link, Region
from planner.common.sources import Source, SourceKind
from planner.interfaces.generation import SOURCE, SUPPORTER, ChipFamily, Frame, OfferedCloud, OfferedHalls, Supply
from planner.tables.table import Row

PEAK_GW_PER_OFFER = 18 / 64
"""demand at the end of the horizon, per offer [reference GW]"""
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
"""value at an age of 0, 1, … years, as a part of cost"""
WORKLOADS = (("training", 1000, 0.35), ("interactive", 100, 0.0), ("batch", 1000, 1.0), ("agents", 250, 0.1))
"""workload, longest path [ms], interruptible share"""
GUARANTORS = (
    ("cloud_parent", (ChipFamily.TPU,), 0.0, 0.45, 0.27),
    ("banks", (ChipFamily.TPU, ChipFamily.GPU), 0.05, 0.12, 0.0),
    ("chip_maker", (ChipFamily.GPU,), 0.15, 0.15, 0.0),
    ("own_rating", (ChipFamily.TPU, ChipFamily.GPU), 0.35, 0.28, 0.0),
)
"""guarantor of rents, families, share of the horizon at which its cap opens, part of all caps, part of it in use"""
ASKED_ANYWAY = 0.05
"""least demand, as a part of what it would grow to"""
RESIDUAL_CAP = ((0.0, 0.5), (0.2, 0.71), (0.35, 1.0))
"""(share of the horizon, part of its largest cap) of the guarantor of residual values"""


MOVES = {ChipFamily.GPU: 0.6, ChipFamily.TRAINIUM: 0.4}
"""cost of moving chips to another region, by family; chips of others stay where they stand first"""


def frame(rng: Random, offers: int, calendar: Calendar) -> Frame:
    """Regions, workloads and chips. Every tenfold number of offers brings one region more, up to six."""
    regions = min(6, 1 + len(str(offers)))
    workloads = min(4, 1 + len(str(offers)))
    months = calendar.T * calendar.period_months
    stage = Frame(calendar, (), (), ())
    chips = tuple(
        Chip(
            chip=name, family=family, vendor=f"{family}_maker", available_from=stage.day(int(comes * months)),
            capex_usd_bn_per_gw=rounded(price * between(rng, 0.92, 1.08)), capex_decline_rate=between(rng, 0.04, 0.07),
            life_years=float(rng.choice((5, 5, 6))), opex_usd_bn_per_gw_year=between(rng, 0.55, 0.7),
            move_usd_bn_per_gw=MOVES.get(family), source=SOURCE,
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
    """Links that join all regions as a tree, and one slow link that closes a circle."""
    names = [row.region for row in stage.regions]
    ends = [(names[rng.randrange(i)], names[i]) for i in range(1, len(names))]
    closing = (names[-1], names[0])
    if closing[::-1] not in ends:
        ends.append(closing)
    return [
        Link(
            region_a=pair[0], region_b=pair[1],
            latency_ms=140.0 if pair == closing else rng.choice((35.0, 35.0, 60.0, 80.0)),
            egress_usd_bn_per_gw_year=between(rng, 0.02, 0.12), source=SOURCE,
        )
        for pair in ends
    ]  # fmt: skip


def chip_tables(rng: Random, stage: Frame) -> list[Row]:
    """What chips can do, and what used chips fetch."""
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


def steps(rng: Random, stage: Frame) -> list[int]:
    """When demand changes: about every half-year, sometimes inside a period [months after the start]."""
    return [0, *(month + rng.choice((0, 0, 2)) for month in range(6, stage.horizon_months - 2, 6))]


def within_reach(
    stage: Frame, when: Sequence[int], peak_gw: float, on_offer: Mapping[Supply, Vector], share: float
) -> Vector:
    """Demand of each step [reference GW]; shape (steps,).

    It grows to its peak, but is at most a share of the least that is on offer until the next step, and at least
    `ASKED_ANYWAY` of what it would grow to. `on_offer` is what `planner check` shows for each period [GW]; own chips
    count only with halls.
    """
    length = stage.calendar.period_months
    served = on_offer[Supply.CLOUD] + np.minimum(on_offer[Supply.HALLS], on_offer[Supply.CHIPS])
    least = [
        served[month // length : -(-until // length)].min()
        for month, until in zip(when, [*when[1:], stage.horizon_months], strict=True)
    ]
    curve = peak_gw * np.array([growth(stage, month) for month in when])
    return np.clip(share * np.array(least), ASKED_ANYWAY * curve, curve)


def demand(rng: Random, stage: Frame, when: Sequence[int], gw: Vector) -> list[Row]:
    """Demand by region and workload; `gw` is the total of each step [reference GW]; shape (steps,)."""
    weights = _shares(rng, len(stage.regions))
    parts = _shares(rng, len(stage.workloads))
    return [
        Demand(
            from_date=stage.day(month), region=region.region, workload=work.workload, source=SOURCE,
            demand_gw=rounded(total * weight * part),
        )
        for month, total in zip(when, gw.tolist(), strict=True)
        for region, weight in zip(stage.regions, weights, strict=True)
        for work, part in zip(stage.workloads, parts, strict=True)
    ]  # fmt: skip


def _shares(rng: Random, count: int) -> list[float]:
    """Parts that add to 1; earlier parts tend to be larger."""
    weights = [between(rng, 0.8, 1.2) / (1.0 + 0.5 * i) for i in range(count)]
    return [weight / sum(weights) for weight in weights]


def guarantors(
    rng: Random,
    stage: Frame,
    offers: Sequence[Row],
    clouds: Sequence[OfferedCloud],
    caps: Mapping[GuaranteeKind, float],
) -> list[Row]:
    """Guarantors, with the caps of each kind of guarantee together [USD bn].

    The first guarantor of rents requires the first cloud that is not signed. The guarantor of residual values exists
    only where an offer names it.
    """
    required = next((each.offer for each in clouds if not each.signed), None)
    made: list[Row] = []
    for name, families, opens, part, in_use in GUARANTORS:
        kind = GuaranteeKind.LEASE
        made.append(
            Guarantor(
                guarantor=name, kind=kind, families=frozenset(families), fee_rate=between(rng, 0.005, 0.0175),
                requires_offer=required if in_use else None, source=SOURCE,
            )
        )  # fmt: skip
        cap = caps[kind] * part * between(rng, 0.9, 1.1)
        begins = int(opens * stage.horizon_months)
        for i, month in enumerate(sorted({0, begins, *(range(12, stage.horizon_months, 12) if in_use else ())})):
            made.append(
                GuarantorCap(
                    guarantor=name, kind=kind, from_date=stage.day(month), source=SOURCE,
                    cap_usd_bn=rounded(cap, 4) if month >= begins else 0.0,
                    used_usd_bn=rounded(cap * in_use * max(0.4, 1.0 - 0.07 * i)) if in_use else 0.0,
                )
            )  # fmt: skip
    if SUPPORTER in _named(offers):
        made += _of_values(rng, stage, caps[GuaranteeKind.RESIDUAL])
    return made


def _named(offers: Sequence[Row]) -> set[str]:
    """The guarantors that rows of offers name."""
    tables = {type(row) for row in offers}
    columns = {
        table: [name for name, cell in table.fields().items() if cell.about.refers == "guarantors.guarantor"]
        for table in tables
    }
    return {getattr(row, name) for row in offers for name in columns[type(row)]}


def _of_values(rng: Random, stage: Frame, cap_usd_bn: float) -> list[Row]:
    """The guarantor of residual values, whose cap grows to so much."""
    kind = GuaranteeKind.RESIDUAL
    by_month = {int(share * stage.horizon_months): part for share, part in RESIDUAL_CAP}
    return [
        Guarantor(
            guarantor=SUPPORTER, kind=kind, families=frozenset({ChipFamily.TPU}),
            fee_rate=between(rng, 0.004, 0.006), source=SOURCE,
        ),
        *(
            GuarantorCap(
                guarantor=SUPPORTER, kind=kind, from_date=stage.day(month), cap_usd_bn=rounded(cap_usd_bn * part, 4),
                source=SOURCE,
            )
            for month, part in by_month.items()
        ),
    ]  # fmt: skip


def grids(stage: Frame, halls: Sequence[OfferedHalls]) -> list[Row]:
    """The regions. A grid carries nine tenths of a region's halls, or a little more than is leased already."""
    made: list[Row] = []
    for region in stage.regions:
        here = [each for each in halls if each.region == region.region]
        every = sum(each.gw for each in here)
        leased = sum(each.gw for each in here if each.signed)
        limit = rounded(max(0.9 * every, 1.01 * leased), 4) if here else None
        made.append(region.model_copy(update={"grid_limit_gw": limit}))
    return made


def sources() -> list[Row]:
    """The only source."""
    note = "No figure stands for a contract, a company or a place."
    return [Source(key=SOURCE, title="Drawn at random within plausible ranges", kind=SourceKind.ASSUMPTION, note=note)]
