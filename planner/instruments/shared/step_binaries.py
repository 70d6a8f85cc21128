"""Step binaries: at most one of several choices of an offer, which are in the order of their dates.

    chosen_once    chosen_by_{on} = chosen_by_{o,n−1} + choice_{on}       chosen_by_{on} ∈ {0, 1},  chosen_by_{o,−1} = 0

A search that branches on a step divides the dates into early and late ones, so that both children differ much from
their parent. A search that branches on a choice rules out a single date in one child, which changes hardly anything.
So the search branches on the steps. The choices are whole once the steps are, as the suffix `implied` says. (Special
ordered sets of type 1: E. M. L. Beale and J. A. Tomlin, 1970.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import pyomo.core as pyo

Key: TypeAlias = tuple[Any, ...]


def once(b: pyo.Block, choice: pyo.Var, keys: Iterable[Key]) -> dict[Key, Any]:
    """Let at most one of an offer's binaries be 1; returns, by key, what is 1 if that binary or an earlier one is.

    A key is (offer, date or period, …), with dates as year-month-day. An offer with a single choice needs no step.
    """
    offers: dict[Any, list[Key]] = {}
    for key in sorted(keys):
        offers.setdefault(key[0], []).append(key)
    several = {(o, n): key for o, of in offers.items() if len(of) > 1 for n, key in enumerate(of)}
    b.chosen_by = pyo.Var(list(several), domain=pyo.Binary)
    b.implied = pyo.Suffix(direction=pyo.Suffix.LOCAL)
    b.implied.update((choice[key], True) for key in several.values())

    @b.Constraint(list(several))
    def chosen_once(b: pyo.Block, o: str, n: int) -> Any:
        return b.chosen_by[o, n] == (b.chosen_by[o, n - 1] if n else 0.0) + choice[several[o, n]]

    return {
        key: b.chosen_by[o, n] if (o, n) in several else choice[key]
        for o, of in offers.items()
        for n, key in enumerate(of)
    }
