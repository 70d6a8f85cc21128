"""Further terms of random site leases: of those that may still be signed, each chosen one gets one of them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between
from planner.common.terminations import Termination
from planner.instruments.site_lease.lease_terms import RenewedRent
from planner.instruments.site_lease.profiles import SiteRamp
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.generation import SOURCE, Frame
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

RAMPS = (((0, 0.4), (6, 0.7), (12, 1.0)), ((0, 0.5), (9, 1.0)))
"""(months, part of the halls that stands from then on)"""
ENDS = ((3, 12, 18.0), (6, 12, 9.0))
"""(from_year, notice_months, fee_months)"""


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Free months, fitting out, a ramp, rights to renew a shorter lease or to end it."""
    del frame
    made, added = list(rows), list[Row]()
    for i, row in enumerate(rows):
        if isinstance(row, SiteLease) and row.status is OfferStatus.OPEN:
            chosen, which = rng.random() < part, rng.randrange(5)
            free, fit, refit = rng.choice((3, 6, 12)), between(rng, 0.5, 1.5), between(rng, 0.2, 0.8)
            ramp, notice = rng.choice(RAMPS), rng.choice((6, 12))
            if not chosen or (which in (1, 3, 4) and row.substitution_fee_usd_bn_per_gw is not None):
                continue
            cells: dict[str, object] = {}
            match which:
                case 0:
                    cells = {"rent_free_months": free}
                case 1:
                    cells = {"fit_out_usd_bn_per_gw": fit, "refit_usd_bn_per_gw": refit}
                case 2:
                    added += [SiteRamp(offer=row.offer, months=at, share=share, source=SOURCE) for at, share in ramp]
                case 3:
                    cells = {
                        "term_years": 3.0, "renew_years": 3.0, "renew_times": 2, "renew_rent": RenewedRent.FIXED,
                        "renew_notice_months": notice,
                    }  # fmt: skip
                case _:
                    added += [
                        Termination(
                            offer=row.offer, from_year=year, notice_months=months, fee_months=fee, source=SOURCE
                        )
                        for year, months, fee in ENDS
                    ]
            made[i] = row.model_copy(update=cells)
    return [*made, *added]
