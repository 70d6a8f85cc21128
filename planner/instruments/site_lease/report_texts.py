"""What reports say of site leases."""

from __future__ import annotations

from datetime import date
from typing import Any

from planner.basics.calendar import add_months
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.interfaces.reporting import share_of


def terms(decision: Any) -> str | None:
    """Who backs the rent, and of which share of the phase; who takes it over; and when due diligence begins."""
    match decision.what:
        case "share":
            return share_of(decision.value, f"by {decision.backer}")
        case "taken_over":
            return share_of(decision.value, f"taken over by {decision.backer} on {decision.period}")
        case "begin":
            return f"due diligence from {str(decision.key).removeprefix('begins_on ')}"
    return None


def latest_signing(case: CaseData, row: SiteLease, signed: date, starts: date | None) -> date:
    """Halls are exercised so long before they commence as it takes to build them, late or not."""
    if starts is None:
        return signed
    return max(signed, add_months(starts, -(row.lead_months + row.delay_months)))


def title(case: CaseData, row: SiteLease) -> str:
    """The site, and its phase where it has several."""
    several = sum(each.site == row.site for each in case.rows(SiteLease)) > 1
    return f"{row.site}, phase {row.phase}" if several else row.site
