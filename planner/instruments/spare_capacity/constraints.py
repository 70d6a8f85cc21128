"""Spare capacity: constraints on the variables, by name.

    start_if_new       on_{ot} − on_{o,t−1} ≤ start_{ot}
    start_once         start_{ot} ≤ 1 − on_{o,t−1}
    stays_on           Σ_{s ≤ t < e_s} start_{os} ≤ on_{ot}
    use_while_on       use_{ot} ≤ c_t · max_gw · on_{ot}   paid by a fee
    chosen_once        chosen_by_{on} = chosen_by_{o,n−1} + sign_{ot},  t the n-th of o,  chosen_by_{on} ∈ {0, 1}
                                                           where there is a signature
    on_if_signed       on_{ot} ≤ Σ_{s ≤ t} sign_{os}       the same
    use_if_signed      use_{ot} ≤ max_gw · Σ_{s ≤ t} sign_{os}    the same, paid by use
    signed_is_on       sign_{ot} ≤ start_{ot}              paid by a fee, not signed before the start
    reached_if_signed  reached_{ot} ≤ sign_{ot}            paid by use, required by somebody
    reached_by_use     c_t · max_gw · reached_{ot} ≤ use_{ot}     the same

c_t is the part of the period in which the offer can be taken. e_s is the first period that begins min_months +
notice_months or more after the first day of the machines in s. Before the first period of an offer, on_{o,t−1} is 1 if
the machines are taken at the case's start, and 0 otherwise. There are no constraints after the last period, so that the
horizon and to_date may cut a minimum short.
"""

from __future__ import annotations

from typing import Any

import pyomo.core as pyo

from planner.instruments.shared.step_binaries import once
from planner.instruments.spare_capacity.postings import SpareOffer, offered
from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    spares = {spare.row.offer: spare for spare in offered(case)[0]}
    signed_by = once(b, b.sign, list(b.sign))
    _keeping(b, case, spares)

    @b.Constraint(list(b.on))
    def use_while_on(b: pyo.Block, o: str, t: int) -> Any:
        return b.use[o, t] <= spares[o].row.max_gw * spares[o].part(t) * b.on[o, t]

    @b.Constraint([(o, t) for o, t in b.on if (o, t) in signed_by and not spares[o].sunk])
    def on_if_signed(b: pyo.Block, o: str, t: int) -> Any:
        return b.on[o, t] <= signed_by[o, t]

    @b.Constraint([(o, t) for o, t in b.use if (o, t) in signed_by and not spares[o].by_fee and not spares[o].sunk])
    def use_if_signed(b: pyo.Block, o: str, t: int) -> Any:
        return b.use[o, t] <= spares[o].row.max_gw * signed_by[o, t]

    @b.Constraint([(o, t) for o, t in b.sign if spares[o].by_fee and not spares[o].sunk])
    def signed_is_on(b: pyo.Block, o: str, t: int) -> Any:
        return b.sign[o, t] <= b.start[o, t]

    @b.Constraint(list(b.reached))
    def reached_if_signed(b: pyo.Block, o: str, t: int) -> Any:
        return b.reached[o, t] <= b.sign[o, t]

    @b.Constraint(list(b.reached))
    def reached_by_use(b: pyo.Block, o: str, t: int) -> Any:
        return spares[o].row.max_gw * spares[o].part(t) * b.reached[o, t] <= b.use[o, t]


def _keeping(b: pyo.Block, case: CaseData, spares: dict[str, SpareOffer]) -> None:
    """Mark the starts, and keep machines for their minimum from there."""

    def before(o: str, t: int) -> Any:
        return b.on[o, t - 1] if t - 1 in spares[o].periods else float(spares[o].under_way)

    until = {o: {t: each.until(case.calendar, t) for t in each.periods} for o, each in spares.items()}

    @b.Constraint(list(b.on))
    def start_if_new(b: pyo.Block, o: str, t: int) -> Any:
        return b.on[o, t] - before(o, t) <= b.start[o, t]

    @b.Constraint(list(b.on))
    def start_once(b: pyo.Block, o: str, t: int) -> Any:
        return b.start[o, t] <= 1 - before(o, t)

    @b.Constraint(list(b.on))
    def stays_on(b: pyo.Block, o: str, t: int) -> Any:
        return sum(b.start[o, s] for s in range(spares[o].periods.start, t + 1) if t < until[o][s]) <= b.on[o, t]
