"""What reports say of site leases."""

from __future__ import annotations

from typing import Any

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
