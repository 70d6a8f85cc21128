"""What can be loosened of a power purchase: its smallest size.

size_at_least    min_gw · sign_v − slack ≤ size_v
"""

from collections.abc import Iterator

from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Loosening, smaller

from .postings import NAME
from .tables import PowerPurchase


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Smaller contracts."""
    for row in case.rows(PowerPurchase):
        yield from smaller(row, "min_gw", "GW", NAME, "size_at_least")
