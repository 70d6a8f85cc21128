"""What can be loosened of site leases: the order of phases, smallest parts, and the last days of the offer.

phase_after       after_share_min · Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ, k} share_{o'sk} + touch
share_at_least    min_share · exercise_{os} − slack ≤ Σ_k share_{osk}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.calendar import Calendar, add_months
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import put
from planner.interfaces.loosening import Item, LastDay, Loosening, last_signing, of_offer, smaller
from planner.tables.offer import OfferStatus


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Phases without the phase that they come after, and smaller parts of phases."""
    for site in case.rows(SiteLease):
        if site.after:
            lines = put(site, "after", "blank", f"{site.offer} without {site.after} before")
            item = Item("phases", site.offer, lines)
            yield Loosening(item, NAME, "phase_after", of_offer(site.offer), 1.0)
        if site.status is not OfferStatus.SIGNED:
            yield from smaller(site, "min_share", "", NAME, "share_at_least")


def _ready_by(calendar: Calendar, site: SiteLease) -> date:
    """The latest commencement that may be chosen."""
    return site.ready_by or calendar.start_of(calendar.forward(site.ready_date))


def _soonest(calendar: Calendar, site: SiteLease) -> date:
    """The first day on which halls exercised at the start can be ready."""
    return add_months(calendar.start, site.lead_months)


def _asks(calendar: Calendar, site: SiteLease, latest: date, key: Mapping[str, str | int]) -> date | None:
    """The day on which halls must be ready to commence, with their delay, when a decision says."""
    for ready in calendar.window(site.ready_date, latest):
        day = calendar.start_of(ready)
        if calendar.start_of(calendar.forward(add_months(day, site.delay_months))).isoformat() == key["starts_on"]:
            return day
    return None


LAST_DAYS = (
    last_signing("decide_by", "decided on"),
    LastDay("ready_by", "commencing", True, _ready_by, _soonest, _asks),
)
