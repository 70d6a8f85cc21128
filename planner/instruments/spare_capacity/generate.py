"""Random spare capacity: GPUs for a fee, and TPUs and GPUs paid by use. None of it is firm."""

from __future__ import annotations

from random import Random

from planner.basics.draws import between, deck, rounded
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.generation import SOURCE, ChipFamily, Frame, Made, RandomOffers, Supply
from planner.tables.offer import OfferStatus

KINDS = (
    (ChipFamily.GPU, 0.44, True, (30.0, 36.0), (0.2, 0.4)),
    (ChipFamily.TPU, 0.15, False, (12.0, 14.0), (1.0, 1.0)),
    (ChipFamily.GPU, 0.15, False, (15.5, 18.5), (1.0, 1.0)),
)
"""kinds of offers, taken in turn: family, GW at size 1, True if paid by a fee, range of prices [USD bn per GW-year],
range of the end of the offer as a share of the horizon"""


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Machines of the family's first chip, offered from the start for at least one period."""
    made = Made()
    regions = deck(rng, [row.region for row in frame.regions], count)
    calendar = frame.calendar
    for i in range(count):
        family, gw, fee, prices, ends = KINDS[i % len(KINDS)]
        last = max(calendar.period_months, round(frame.horizon_months * between(rng, *ends)))
        most, price = rounded(size * gw * between(rng, 0.8, 1.2)), between(rng, *prices)
        made.rows.append(
            SpareCapacity(
                offer=f"spare_{i + 1:05d}", status=OfferStatus.OPEN, provider=f"idle_{family}s_{i // len(KINDS) + 1}",
                chip=frame.of_family(family)[0].chip, region=regions[i], from_date=calendar.start,
                to_date=frame.day(last), max_gw=most,
                fee_usd_bn_per_month=rounded(most * price / 12) if fee else None,
                price_usd_bn_per_gw_year=None if fee else price,
                min_months=3 if fee else 0, notice_months=3 if fee else 0, firm=False, source=SOURCE,
            )
        )  # fmt: skip
    return made


RANDOM_OFFERS = RandomOffers(make=make, supplies=Supply.CLOUD, guaranteed=None)
