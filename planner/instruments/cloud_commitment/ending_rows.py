"""Cloud commitment: the constraints on early ends, and how much of a contract goes on.

ended_once           Σ_{d,y} ended_{vdy} ≤ sign_v
ended_of_scale       ended_part_{vdy} ≤ scale_v
ended_if_so          ended_part_{vdy} ≤ scale_max · ended_{vdy}
all_of_it_ends       scale_v − scale_max · (1 − ended_{vdy}) ≤ ended_part_{vdy}
ended_of_granted     ended_granted_{vdy} ≤ granted_v
granted_if_ended     ended_granted_{vdy} ≤ ended_{vdy}
all_granted_ends     granted_v + ended_{vdy} − 1 ≤ ended_granted_{vdy}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyomo.core as pyo

from planner.instruments.cloud_commitment.endings import CommitmentEnding, endings
from planner.instruments.cloud_commitment.vintages import CommitmentKey, CommitmentVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.variables import Key


class RunningScale:
    """How much of each contract goes on: its scale less what has ended by then."""

    def __init__(self, b: pyo.Block, case: CaseData, by_key: Mapping[CommitmentKey, CommitmentVintage]) -> None:
        self._b = b
        self._ends: dict[CommitmentKey, list[tuple[CommitmentEnding, Key]]] = {
            v: [(each, each.key(case)) for each in endings(case, vintage)] for v, vintage in by_key.items()
        }

    def in_year(self, v: CommitmentKey, number: int) -> Any:
        """The scale that goes on in a contract year."""
        return self._left(v, [(each, key) for each, key in self._ends[v] if each.year <= number])

    def in_period(self, v: CommitmentKey, t: int) -> Any:
        """The scale that goes on in a period, after the horizon too."""
        return self._left(v, [(each, key) for each, key in self._ends[v] if each.at <= t])

    def goes_on(self, v: CommitmentKey, number: int) -> Any:
        """1 where a contract that is signed goes on in a contract year, else 0."""
        ended = [self._b.ended[key] for each, key in self._ends[v] if each.year <= number]
        return 1.0 - sum(ended) if ended else 1.0

    def _left(self, v: CommitmentKey, ended: list[tuple[CommitmentEnding, Key]]) -> Any:
        b, scale = self._b, self._b.scale[v]
        if not ended:
            return scale
        return scale - sum(b.ended_part[key] if each.has_part else each.of.most * b.ended[key] for each, key in ended)


def ending(b: pyo.Block, by_key: Mapping[CommitmentKey, CommitmentVintage]) -> None:
    """A contract ends once at most, with all of its scale."""
    if b.component("ended") is None:
        return
    keys = list(b.ended)
    of: dict[CommitmentKey, list[Any]] = {}
    for key in keys:
        of.setdefault(key[:3], []).append(key)

    @b.Constraint(list(of))
    def ended_once(b: pyo.Block, *v: Any) -> Any:
        return sum(b.ended[key] for key in of[v]) <= b.sign[v]

    if b.component("ended_part") is not None:
        _parts(b, by_key)
    if b.component("ended_granted") is not None:
        _granted(b)


def _parts(b: pyo.Block, by_key: Mapping[CommitmentKey, CommitmentVintage]) -> None:
    """ended_part = scale · ended, exactly."""
    keys = list(b.ended_part)

    @b.Constraint(keys)
    def ended_of_scale(b: pyo.Block, *key: Any) -> Any:
        return b.ended_part[key] <= b.scale[key[:3]]

    @b.Constraint(keys)
    def ended_if_so(b: pyo.Block, *key: Any) -> Any:
        return b.ended_part[key] <= by_key[key[:3]].most * b.ended[key]

    @b.Constraint(keys)
    def all_of_it_ends(b: pyo.Block, *key: Any) -> Any:
        return b.scale[key[:3]] - by_key[key[:3]].most * (1.0 - b.ended[key]) <= b.ended_part[key]


def _granted(b: pyo.Block) -> None:
    """ended_granted = granted · ended, exactly, as granted is 1 at most."""
    keys = list(b.ended_granted)

    @b.Constraint(keys)
    def ended_of_granted(b: pyo.Block, *key: Any) -> Any:
        return b.ended_granted[key] <= b.granted[key[:3]]

    @b.Constraint(keys)
    def granted_if_ended(b: pyo.Block, *key: Any) -> Any:
        return b.ended_granted[key] <= b.ended[key]

    @b.Constraint(keys)
    def all_granted_ends(b: pyo.Block, *key: Any) -> Any:
        return b.granted[key[:3]] + b.ended[key] - 1.0 <= b.ended_granted[key]
