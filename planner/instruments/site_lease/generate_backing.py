"""Further terms of random letters of intent: steps, due diligence that takes time, and who backs them and when."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between
from planner.instruments.site_lease.cover_tables import CoverFrom
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.generation import Frame
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

PARTS = (2, 3, 4)
"""into how many steps what lies between the smallest part and the whole is divided"""


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Each term is given to about the same part of the phases that may still be exercised and can have it."""
    del frame
    return [_with_terms(rng, part, row) if _open(row) else row for row in rows]


def _open(row: Row) -> bool:
    return isinstance(row, SiteLease) and row.status is OfferStatus.OPEN


def _with_terms(rng: Random, part: float, row: Row) -> Row:
    assert isinstance(row, SiteLease)
    stepped, slow, late, replaced, few = (rng.random() < part for _ in range(5))
    steps, months, fee = rng.choice(PARTS), rng.choice((3, 6)), between(rng, 0.002, 0.02)
    terms: dict[str, object] = {}
    if stepped and row.min_share < 1:
        terms["share_step"] = (1.0 - row.min_share) / steps
    if slow and row.diligence_usd_bn > 0:
        terms["diligence_months"] = months
    if row.needs_guarantee:
        if late:
            terms["cover_from"] = CoverFrom.COMMENCEMENT
        if replaced:
            terms["substitution_fee_usd_bn_per_gw"] = fee
        if few:
            terms["backers_max"] = 2
    return row.model_copy(update=terms) if terms else row
