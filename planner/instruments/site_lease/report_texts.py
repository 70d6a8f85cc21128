"""What reports say of site leases."""

from __future__ import annotations

from typing import Any

from planner.interfaces.reporting import share_of


def terms(decision: Any) -> str | None:
    """Who backs the rent, and of which share of the phase."""
    return share_of(decision.value, f"by {decision.backer}") if decision.what == "share" else None
