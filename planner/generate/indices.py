"""Indices that a part of the prices, rents and rates of a generated case follow."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.calendar import add_months
from planner.basics.draws import between, rounded
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.indices import RATE, REFERS, IndexLevel
from planner.interfaces.generation import SOURCE, Frame
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row

BASE_RATE = 0.04
"""level of the index of rates at the start; margins are so much less than the rates that they stand for"""
CAP = 0.03
"""by how much a rate may rise above what it is at the start, where it has a cap"""
YEARS = 10
"""after the start, in which levels move"""


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some prices, rents and rates of what is not signed yet follow an index of their own kind."""
    given = {row.offer for row in rows if isinstance(row, Offer) and row.status is OfferStatus.SIGNED}
    given |= {
        str(row.key_values()[0]) for row in rows if getattr(row, "llcr_min", None) is not None
    }  # needs fixed rates
    made, named = list(rows), dict[str, bool]()
    for i, row in enumerate(rows):
        for column, field in type(row).fields().items():
            if field.about.refers != REFERS or getattr(row, "offer", None) in given:
                continue
            chosen, capped = rng.random() < part, rng.random() < 0.5
            if not chosen:
                continue
            index = "base_rate" if column == RATE else f"{column.removesuffix('_index')}_market"
            named[index] = column == RATE
            made[i] = made[i].model_copy(update={column: index} | (_margins(row, capped) if column == RATE else {}))
    for index, is_rate in sorted(named.items()):
        made += _levels(frame, rng, index, is_rate)
    return made


def _margins(row: Row, capped: bool) -> dict[str, float | None]:
    """The columns of a rate that floats: what it was, less the base rate, and perhaps a cap."""
    names = [name for name in ("rate", "rate_unsupported") if getattr(row, name, None) is not None]
    found: dict[str, float | None] = {name: rounded(max(0.0, float(getattr(row, name)) - BASE_RATE)) for name in names}
    return found | ({"rate_cap": rounded(max(getattr(row, name) for name in names) + CAP)} if capped else {})


def _levels(frame: Frame, rng: Random, index: str, is_rate: bool) -> list[IndexLevel]:
    """A level each year: rates of some per cent, other levels from 1 on, up or down by some per cent a year."""
    level, found = BASE_RATE if is_rate else 1.0, []
    for year in range(YEARS):
        day = add_months(frame.calendar.start, MONTHS_PER_YEAR * year)
        found.append(IndexLevel(index=index, from_date=day, level=level, source=SOURCE))
        moves = between(rng, -0.01, 0.01) if is_rate else level * between(rng, -0.08, 0.08)
        level = rounded(max(0.0 if is_rate else 0.2, level + moves))
    return found
