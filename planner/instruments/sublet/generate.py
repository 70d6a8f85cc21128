"""Random sublets: tenants for halls and for own machines, as further terms of a case; none without them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between
from planner.instruments.sublet.tables import LetWhat, Sublet
from planner.interfaces.generation import SOURCE, Frame, Made, RandomOffers
from planner.tables.table import Row

RENTS = {LetWhat.HALLS: (0.6, 1.4), LetWhat.CHIPS: (4.0, 9.0)}
"""rents [USD bn per GW-year], below what a GW-year costs in a generated case more often than not"""
SIZES_GW = (0.02, 0.3)


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """No offer: a lab finds tenants for what it holds, not the mix of offers."""
    del frame, rng, count, size
    return Made()


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """In some regions with halls, a tenant for halls or for own machines of a family that the case has."""
    families = sorted({chip.family for chip in frame.chips})
    made: list[Row] = []
    for region in frame.homes:
        chosen, what, family = rng.random() < part, rng.choice(list(LetWhat)), rng.choice(families)
        notice, most, rent = rng.choice((0, 6, 12)), between(rng, *SIZES_GW), between(rng, *RENTS[what])
        if chosen:
            made.append(
                Sublet(
                    offer=f"let_in_{region}", tenant=f"tenant_in_{region}", what=what, region=region, family=family,
                    max_gw=most, price_usd_bn_per_gw_year=rent, notice_months=notice, source=SOURCE,
                )
            )  # fmt: skip
    return [*rows, *made]


RANDOM_OFFERS = RandomOffers(make=make, supplies=None, guaranteed=None, share=0.0, further_terms=further_terms)
