"""Cloud commitment: the constraints on what is signed; `constraints` has the formulas."""

from __future__ import annotations

from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.instruments.cloud_commitment.vintages import CommitmentKey, CommitmentVintage
from planner.instruments.shared.step_binaries import once

ByKey: TypeAlias = dict[CommitmentKey, CommitmentVintage]
"""the vintages"""


def signing(b: pyo.Block, by_key: ByKey) -> None:
    """At most one vintage of an offer, and its scale."""
    once(b, b.sign, by_key)

    @b.Constraint(b.V)
    def scale_at_least(b: pyo.Block, *v: Any) -> Any:
        return by_key[v].least * b.sign[v] <= b.scale[v]

    @b.Constraint(b.V)
    def scale_at_most(b: pyo.Block, *v: Any) -> Any:
        return b.scale[v] <= by_key[v].most * b.sign[v]

    stepped = [v for v, vintage in by_key.items() if vintage.tier.scale_step and not vintage.sunk]
    b.steps = pyo.Var(stepped, domain=pyo.NonNegativeIntegers)

    @b.Constraint(stepped)
    def scale_in_steps(b: pyo.Block, *v: Any) -> Any:
        tier = by_key[v].tier
        return b.scale[v] == tier.scale_min * b.sign[v] + tier.scale_step * b.steps[v]


def granted(b: pyo.Block, by_key: ByKey) -> None:
    """granted = min(scale, 1), neither more nor less."""
    keys = [v for v in b.granted if not by_key[v].sunk]
    b.whole = pyo.Var(keys, domain=pyo.Binary)

    @b.Constraint(keys)
    def granted_of_scale(b: pyo.Block, *v: Any) -> Any:
        return b.granted[v] <= b.scale[v]

    @b.Constraint(keys)
    def granted_of_sign(b: pyo.Block, *v: Any) -> Any:
        return b.granted[v] <= b.sign[v]

    @b.Constraint(keys)
    def granted_below_1(b: pyo.Block, *v: Any) -> Any:
        return b.scale[v] - (by_key[v].most - 1.0) * b.whole[v] <= b.granted[v]

    @b.Constraint(keys)
    def granted_above_1(b: pyo.Block, *v: Any) -> Any:
        return b.whole[v] <= b.granted[v]
