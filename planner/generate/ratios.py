"""Ratios that do not depend on a case's size: its mix of offers, and what is on offer against what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.common.guarantors import GuaranteeKind
from planner.reports.check import Check


@dataclass(frozen=True)
class Ratios:
    """Ratios of a case; means are over its periods."""

    mix: Mapping[str, float]
    """by table: the part of all offers that stands in it; facilities count as offers"""
    gw_to_demand: Mapping[str, float]
    """by what is on offer: mean GW on offer over mean demand"""
    cap_to_exposure: Mapping[str, float]
    """by kind of guarantee: mean room of all guarantors over their mean exposure, were every offer signed in full;
    kinds that no offer asks for are absent"""

    @staticmethod
    def of(looked: Check) -> Ratios:
        """The ratios of a case that has been looked at."""
        counts = {}
        for instrument in looked.case.catalogue.instruments:
            if instrument.generate is not None:
                table = instrument.tables[0]
                counts[table.about.name] = len(looked.case.rows(table))
        total = sum(counts.values())
        wanted = float(looked.demand().mean())
        on_offer = {name: float(gw.mean()) / wanted for name, gw in looked.on_offer().items()}
        caps = {
            str(kind): _room(looked, kind) / float(most.mean())
            for kind, most in _exposures(looked).items()
            if most.mean() > 0
        }
        return Ratios({name: count / total for name, count in counts.items() if count}, on_offer, caps)


def _room(looked: Check, kind: GuaranteeKind) -> float:
    """Mean room of all guarantors of a kind [USD bn]."""
    rooms = looked.guarantor_room().items()
    return sum(float(room.mean()) for subject, room in rooms if subject.endswith(f"/{kind}"))


def _exposures(looked: Check) -> dict[GuaranteeKind, Vector]:
    """The most that all offers together expose guarantors to, by kind of guarantee [USD bn]; shape (T,)."""
    found = {kind: np.zeros(looked.case.calendar.T) for kind in GuaranteeKind}
    for instrument in looked.case.catalogue.instruments:
        asked = None if instrument.generate is None else instrument.generate.guaranteed
        if asked is not None:
            for most in asked.most(looked.case, looked.portfolio.ledgers).values():
                found[asked.kind] = found[asked.kind] + most
    return found
