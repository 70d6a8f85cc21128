"""Parts of phases that are exercised in whole steps: min_share, and as many steps as fit up to the whole phase."""

from __future__ import annotations

import math

from planner.instruments.site_lease.tables import SiteLease

WHOLE = 1e-9
"""a number of steps that is as near to a whole one is it"""


def steps_of(row: SiteLease) -> int:
    """How many whole steps lie between the smallest part of a phase and all of it; 0 where any part will do."""
    return 0 if row.share_step is None else math.floor((1.0 - row.min_share) / row.share_step + WHOLE)


def largest_share(row: SiteLease) -> float:
    """The largest part of a phase that may be exercised."""
    return 1.0 if row.share_step is None else min(1.0, row.min_share + steps_of(row) * row.share_step)
