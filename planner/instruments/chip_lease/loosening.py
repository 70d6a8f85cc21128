"""What can be loosened of chip leases: smallest sizes, and the last day of signing.

amount_at_least    min_usd_bn · sign_v − slack ≤ amount_v
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.instruments.chip_lease.postings import NAME
from planner.instruments.chip_lease.tables import ChipLease
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Loosening, last_signing, smaller
from planner.tables.offer import OfferStatus


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Smaller programmes."""
    for lease in case.rows(ChipLease):
        if lease.status is not OfferStatus.SIGNED:
            yield from smaller(lease, "min_usd_bn", "USD bn", NAME, "amount_at_least")


LAST_DAYS = (last_signing("sign_by"),)
