"""Chip purchase: constraints on the variables, by name.

    chosen_once        chosen_by_{on} = chosen_by_{o,n−1} + sign_{os},  s the n-th of o,  chosen_by_{on} ∈ {0, 1}
    order_at_most      Σ_s order_{os} ≤ max_gw
    order_signed       order_{os} ≤ max_gw · sign_{os}                     where min_gw > 0: one lot
                       order_{os} ≤ max_gw · Σ_{s' ≤ s} sign_{os'}         elsewhere
    order_at_least     min_gw · sign_{os} ≤ order_{os}                     where min_gw > 0
    order_in_lots      order_{os} = lot_gw · lots_{os},  lots_{os} whole

An order that is placed already keeps its size and need not be a multiple of lot_gw. What signed_deliveries says was
ordered on a day s stands in none of these but the first two.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.instruments.chip_purchase.postings import vintages
from planner.instruments.shared.step_binaries import once
from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    dates: dict[str, list[str]] = defaultdict(list)
    placed: dict[str, float] = defaultdict(float)
    for (o, s), vintage in by_key.items():
        if vintage.stated:
            placed[o] += vintage.placed_gw or 0.0
        else:
            dates[o].append(s)
    row = {vintage.row.offer: vintage.row for vintage in by_key.values()}
    signing = [key for key in b.sign if not by_key[key].stated]

    signed_by = once(b, b.sign, b.sign)

    @b.Constraint(list(dates))
    def order_at_most(b: pyo.Block, o: str) -> Any:
        return sum(b.order[o, s] for s in dates[o]) <= max(0.0, row[o].max_gw - placed[o])

    @b.Constraint(signing)
    def order_signed(b: pyo.Block, o: str, s: str) -> Any:
        return b.order[o, s] <= row[o].max_gw * (b.sign[o, s] if row[o].min_gw > 0 else signed_by[o, s])

    @b.Constraint([(o, s) for o, s in signing if row[o].min_gw > 0])
    def order_at_least(b: pyo.Block, o: str, s: str) -> Any:
        return row[o].min_gw * b.sign[o, s] <= b.order[o, s]

    in_lots = [key for key, vintage in by_key.items() if not vintage.sunk and vintage.row.lot_gw is not None]
    b.lots = pyo.Var(in_lots, domain=pyo.NonNegativeIntegers)

    @b.Constraint(in_lots)
    def order_in_lots(b: pyo.Block, o: str, s: str) -> Any:
        return b.order[o, s] == row[o].lot_gw * b.lots[o, s]
