"""Chip lease: the constraints on early ends.

They stand in `constraints`. Of a lease signed already, what was raised stands for max_usd_bn and its shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.instruments.chip_lease.endings import most
from planner.instruments.chip_lease.vintages import ChipLeaseVintage

Key: TypeAlias = tuple[str, str, str]
"""(offer, date of signing, backer)"""


def ending(b: pyo.Block, by_key: Mapping[Key, ChipLeaseVintage]) -> None:
    """A lease ends once at most, with all of its money."""
    if b.component("ended") is None:
        return
    keys = list(b.ended)
    of: dict[Key, list[Any]] = {}
    for key in keys:
        of.setdefault(key[:3], []).append(key)

    @b.Constraint(list(of))
    def ended_once(b: pyo.Block, *v: Any) -> Any:
        return sum(b.ended[key] for key in of[v]) <= b.sign[v]

    @b.Constraint(keys)
    def ended_of_amount(b: pyo.Block, *key: Any) -> Any:
        return b.ended_amount[key] <= b.amount[key[:3]]

    @b.Constraint(keys)
    def amount_if_ended(b: pyo.Block, *key: Any) -> Any:
        return b.ended_amount[key] <= most(by_key[key[:3]]) * b.ended[key]

    @b.Constraint(keys)
    def all_of_it_ends(b: pyo.Block, *key: Any) -> Any:
        return b.amount[key[:3]] - most(by_key[key[:3]]) * (1.0 - b.ended[key]) <= b.ended_amount[key]

    _tranches(b, by_key)


def _tranches(b: pyo.Block, by_key: Mapping[Key, ChipLeaseVintage]) -> None:
    """ended_tranche = tranche · ended, exactly."""
    parts = list(b.ended_tranche)

    @b.Constraint(parts)
    def ended_of_tranche(b: pyo.Block, *key: Any) -> Any:
        return b.ended_tranche[key] <= b.tranche[*key[:3], key[5]]

    @b.Constraint(parts)
    def tranche_if_ended(b: pyo.Block, *key: Any) -> Any:
        return b.ended_tranche[key] <= most(by_key[key[:3]], key[5]) * b.ended[key[:5]]

    @b.Constraint(parts)
    def all_tranches_end(b: pyo.Block, *key: Any) -> Any:
        whole = most(by_key[key[:3]], key[5])
        return b.tranche[*key[:3], key[5]] - whole * (1.0 - b.ended[key[:5]]) <= b.ended_tranche[key]
