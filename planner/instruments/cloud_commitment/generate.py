"""Random cloud commitments: of one or two tiers, with ramps and every kind of shortfall; some signed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from planner.basics.draws import between, deck, rounded
from planner.common.terminations import Termination
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.interfaces.generation import SOURCE, ChipFamily, Due, Frame, Made, OfferedCloud, RandomOffers, Supply
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

SIGNED_SHARE = 0.2
"""part of the offers that are signed already"""
SIZES_GW = (4.5, 3.0, 2.0, 1.0, 1.0, 0.6, 0.5, 0.3)
"""of open offers, at size 1"""
SIGNED_GW, FIRST_GW, LARGE = 1.0, 3.0, 2.0
"""capacity of an offer signed already, of the first open one, and from which an open one counts as large; at size 1"""
PRICES = {ChipFamily.TRAINIUM: (7.0, 8.5), ChipFamily.TPU: (9.0, 12.0), ChipFamily.GPU: (9.7, 12.5)}
"""range of prices by family [USD bn per GW-year]"""
TIERS = {
    "single": (("single", 1.0, 0.5, 1.0),),
    "split": (("small", 1.07, 0.25, 0.6), ("large", 1.0, 0.6, 1.0)),
    "full": (("reduced", 1.12, 0.4, 0.7), ("full", 1.0, 1.0, 1.0)),
}
"""tiers of an offer: (name, multiple of the price, scale_min, scale_max)"""
STEPPED = 0.15
"""part of the offers with a single tier whose scale goes in steps"""
YEARS = (5, 5, 6, 8, 10, 10)
RENEWALS, RENEWED = 5, 4
"""of every five open offers, the fifth (number 4) is signed late, when other contracts are about to end"""
FROM_YEAR = 3
"""contract year from which an offer with that right may be ended"""
PAYS_EQUITY, PREPAID = 0.25, 0.2
"""parts of the open offers: whose provider pays equity in, that are prepaid in part"""


@dataclass(frozen=True)
class _Offer:
    """What the rows of one offer have in common."""

    number: int
    """its number among the open offers, from 0; negative: signed already"""
    name: str
    family: ChipFamily
    region: str
    large: bool
    """True: the first provider of its family offers it, and it is ramped up over years"""
    capacity_gw: float
    price: float
    """price of its cheapest tier [USD bn per GW-year]"""
    years: int
    begun: int
    """how long before the case's start it began, where it is signed [months]"""

    @property
    def signed(self) -> bool:
        """True where it is signed already."""
        return self.number < 0

    @property
    def provider(self) -> str:
        """The first of the family's three providers makes the large offers; the others make the rest."""
        return f"{self.family}_cloud_{1 if self.large else int(self.name[-5:]) % 2 + 2}"


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Cloud offers. The first open one is large, gives TPUs and can be signed early, as others may depend on it."""
    made = Made()
    signed = round(count * SIGNED_SHARE)
    families, sizes = deck(rng, list(PRICES), count), deck(rng, SIZES_GW, count)
    regions = deck(rng, [row.region for row in frame.regions], count)
    shortfalls, shapes = deck(rng, list(Shortfall), count), deck(rng, list(TIERS), count)
    for i in range(count):
        family, years = (ChipFamily.TPU, max(YEARS)) if i == signed else (families[i], rng.choice(YEARS))
        large = i == signed or (i > signed and sizes[i] >= LARGE)
        offer = _Offer(
            number=i - signed,
            name=f"cloud_{i + 1:05d}",
            family=family,
            region=regions[i],
            large=large,
            capacity_gw=rounded(
                size * (SIGNED_GW if i < signed else FIRST_GW if i == signed else sizes[i]) * between(rng, 0.8, 1.2)
            ),
            price=between(rng, *PRICES[family]),
            years=years,
            begun=rng.choice((0, 0, 3, 6)),
        )
        floors, most = _terms(made, rng, offer)
        row = (
            _signed(frame, rng, offer, shortfalls[i], floors[0])
            if offer.signed
            else _open(frame, rng, offer, shortfalls[i], sum(floors), count - signed)
        )
        made.rows.append(row)
        made.clouds.append(OfferedCloud(row.offer, row.provider, most, row.equity_usd_bn, offer.signed))
        if offer.signed:
            last = 12 - frame.calendar.period_months - offer.begun
            made.dues += [Due(12 * year + last, floor) for year, floor in enumerate(floors)]
        _tiers(made, rng, offer, shapes[i])
        _products(made, frame, rng, offer)
    return made


def _terms(made: Made, rng: Random, offer: _Offer) -> tuple[list[float], float]:
    """Add a ramp to full capacity with floors below its full price.

    Returns the floor of each year [USD bn] and the capacity of the largest year [GW].
    """
    ramp, begins = rng.choice((2, 3, 4) if offer.large else (1, 1, 2, 3)), between(rng, 0.3, 0.5)
    taken = between(rng, 0.3, 0.95)
    floors, most = [], 0.0
    for year in range(1, offer.years + 1):
        part = 1.0 if year >= ramp else begins + (1.0 - begins) * (year - 1) / (ramp - 1)
        capacity = rounded(part * offer.capacity_gw)
        most = max(most, capacity)
        floors.append(rounded(capacity * offer.price * taken))
        spent = rounded(floors[0] * offer.begun / 12) if offer.signed and year == 1 else 0.0
        made.rows.append(
            CloudTerm(
                offer=offer.name, contract_year=year, capacity_gw=capacity, floor_usd_bn=floors[-1],
                spent_usd_bn=spent, source=SOURCE,
            )
        )  # fmt: skip
    return floors, most


def _signed(frame: Frame, rng: Random, offer: _Offer, shortfall: Shortfall, floor_usd_bn: float) -> CloudCommitment:
    """An offer that is signed already; what was spent in its first year by the start has been paid."""
    return CloudCommitment(
        offer=offer.name, provider=offer.provider, status=OfferStatus.SIGNED, start_date=frame.day(-offer.begun),
        term_years=float(offer.years), shortfall=shortfall, rollover_share=_rollover(rng, shortfall),
        paid_usd_bn=rounded(floor_usd_bn * offer.begun / 12), source=SOURCE,
    )  # fmt: skip


def _open(
    frame: Frame, rng: Random, offer: _Offer, shortfall: Shortfall, floors_usd_bn: float, count: int
) -> CloudCommitment:
    """One of `count` open offers.

    The second and third of every five exclude each other. The last renews the first, of which at least half has to be
    signed, if there are at least three.
    """
    place, depends = offer.number % 5, offer.number == count - 1 >= 2
    paired = place in (1, 2) and offer.number - place + 2 < count
    renews = depends or offer.number % RENEWALS == RENEWED
    early, late = (0.4, 0.5) if renews else (0.0, 0.0) if offer.number == 0 else (0.0, 0.1)
    lead = 0 if offer.number == 0 else frame.lead(rng.choice((0, 0, 3, 6, 6)))
    window = frame.window(rng, early, late, rng.choice((6, 6, 12)), lead)
    equity, prepaid = rng.random() < PAYS_EQUITY, rng.random() < PREPAID
    return CloudCommitment(
        offer=offer.name, provider=offer.provider, status=OfferStatus.OPEN,
        sign_from=window.first, sign_by=window.last, lead_months=lead,
        term_years=float(offer.years), shortfall=shortfall, rollover_share=_rollover(rng, shortfall),
        equity_usd_bn=rounded(0.05 * floors_usd_bn) if equity else 0.0,
        prepay_share=between(rng, 0.05, 0.2) if prepaid else 0.0,
        exclusive_group=f"cloud_group_{offer.number // 5 + 1}" if paired else None,
        requires_offer=f"cloud_{int(offer.name[-5:]) - offer.number:05d}" if depends else None,
        requires_scale_min=0.5 if depends else None, renews=depends, source=SOURCE,
    )  # fmt: skip


def _rollover(rng: Random, shortfall: Shortfall) -> float | None:
    return between(rng, 0.15, 0.3) if shortfall is Shortfall.ROLLOVER else None


def _tiers(made: Made, rng: Random, offer: _Offer, shape: str) -> None:
    tiers = (("single", 1.0, 1.0, 1.0),) if offer.signed else TIERS[shape]
    stepped = rng.random() < STEPPED and len(tiers) == 1 and not offer.signed
    for name, multiple, least, most in tiers:
        price = rounded(offer.price * multiple, 4)
        made.rows.append(
            CloudTier(
                offer=offer.name, tier=name, price_usd_bn_per_gw_year=price, scale_min=least, scale_max=most,
                scale_step=0.25 if stepped else None, source=SOURCE,
            )
        )  # fmt: skip


def _products(made: Made, frame: Frame, rng: Random, offer: _Offer) -> None:
    """Add the family's chips without a limit in the offer's own region, and with limits elsewhere."""
    present, *later = frame.of_family(offer.family)
    others = [row.region for row in frame.regions if row.region != offer.region]
    elsewhere = rng.sample(others, min(len(others), rng.choice((1, 2, 3))))
    places = [(offer.region, 1.0), *((region, 1.12) for region in elsewhere)]
    for region, factor in places:
        for chip in (present, *later):
            home = region == offer.region
            limit = rounded(offer.capacity_gw * between(rng, 0.2, 0.5))
            newer = 1.0 if chip is present else between(rng, 1.05, 1.15)
            made.rows.append(
                CloudProduct(
                    offer=offer.name, chip=chip.chip, region=region, price_factor=rounded(factor * newer),
                    from_date=chip.available_from, max_gw=None if home else limit, source=SOURCE,
                )
            )  # fmt: skip


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Rights to end commitments that may still be signed and run for longer than two years."""
    del frame
    added: list[Row] = []
    for row in rows:
        if isinstance(row, CloudCommitment) and row.status is OfferStatus.OPEN and row.term_years > FROM_YEAR:
            chosen, notice, fee = rng.random() < part, rng.choice((6, 12)), float(rng.choice((3, 6, 12)))
            if chosen:
                added.append(
                    Termination(
                        offer=row.offer, from_year=FROM_YEAR, notice_months=notice, fee_months=fee, source=SOURCE
                    )
                )
    return [*rows, *added]


RANDOM_OFFERS = RandomOffers(make=make, supplies=Supply.CLOUD, guaranteed=None, further_terms=further_terms)
