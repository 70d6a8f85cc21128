"""Random power purchases."""

from random import Random

from planner.basics.draws import between, rounded
from planner.interfaces.generation import SOURCE, Frame, Made
from planner.tables.offer import OfferStatus

from .tables import PowerPurchase


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Contracts in the regions with halls, in turn."""
    made = Made()
    for i in range(count):
        most = rounded(size * between(rng, 0.5, 1.5))
        made.rows.append(
            PowerPurchase(
                offer=f"power_{i + 1:05d}", status=OfferStatus.OPEN, region=frame.homes[i % len(frame.homes)],
                seller=f"wind_{i + 1}", term_years=5.0, min_gw=rounded(0.1 * most), max_gw=most,
                price_usd_bn_per_gw_year=between(rng, 0.3, 0.5), source=SOURCE,
            )
        )  # fmt: skip
    return made
