"""Damages for late delivery of random site leases, and delays of some that are signed already."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics import units
from planner.basics.draws import between, rounded
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.generation import SOURCE, Frame
from planner.tables.offer import OfferStatus
from planner.tables.table import Row


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Of some leases the developer owes up to a day's rent for each day of delay.

    Those that are signed already and have not commenced are late by a few months, so that it is paid.
    """
    made, late = list(rows), list[Row]()
    for i, row in enumerate(rows):
        if not isinstance(row, SiteLease):
            continue
        chosen, rents, months = rng.random() < part / 2, between(rng, 0.3, 1.0), rng.choice((3, 6))
        if not chosen or row.rent_usd_per_kw_month <= 0:
            continue
        damages = rounded(rents * units.rent_usd_bn_per_gw_year(row.rent_usd_per_kw_month), 4)
        made[i] = row.model_copy(update={"delay_damages_usd_bn_per_gw_year": damages})
        if row.status is OfferStatus.SIGNED and row.ready_date >= frame.calendar.start:
            late.append(SiteDelay(offer=row.offer, late_from=row.ready_date, months=months, source=SOURCE))
    return [*made, *late]
