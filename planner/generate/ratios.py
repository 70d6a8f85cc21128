"""What makes a case like another, whatever its size: its mix of offers, and what is on offer against what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.arrays import Vector
from planner.reports.check import Check
from planner.rows import GuaranteeKind


@dataclass(frozen=True)
class Ratios:
    """Ratios of a case; means are over its periods."""

    mix: Mapping[str, float]
    """part of each table among its offers"""
    gw_to_demand: Mapping[str, float]
    """mean GW on offer over mean demand: of clouds, halls and chips"""
    cap_to_exposure: float | None
    """mean room of all guarantors of leases over mean exposure, were every lease that asks for one exercised in full;
    None where none asks"""

    @staticmethod
    def of(looked: Check) -> Ratios:
        """The ratios of a case that has been looked at."""
        counts = {name: count.total() for name, count in looked.offers().items()}
        wanted = float(looked.demand().mean())
        on_offer = {name: float(gw.mean()) / wanted for name, gw in looked.on_offer().items()}
        exposed = float(exposure(looked).mean())
        room = sum(
            float(gw.mean())
            for subject, gw in looked.guarantor_room().items()
            if subject.endswith(f"/{GuaranteeKind.LEASE}")
        )
        mix = {name: count / sum(counts.values()) for name, count in counts.items()}
        return Ratios(mix, on_offer, room / exposed if exposed else None)


def exposure(looked: Check) -> Vector:
    """The most that each lease can expose a guarantor to, summed over leases [USD bn]; shape (T,)."""
    by_offer: dict[str, Vector] = {}
    for post in looked.portfolio.ledgers.select("guarantees", cover=GuaranteeKind.LEASE):
        most = by_offer.setdefault(post.labels.offer, np.zeros(looked.case.calendar.T))
        np.maximum.at(most, post.periods, post.values)
    total = np.zeros(looked.case.calendar.T)
    for most in by_offer.values():
        total += most
    return total
