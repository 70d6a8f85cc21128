"""Chip lease: constraints on the variables, by name.

    chosen_once            chosen_by_{on} = chosen_by_{o,n−1} + sign_v,  v the n-th of o,  chosen_by_{on} ∈ {0, 1}
    amount_at_least        min_usd_bn · sign_v ≤ amount_v
    amount_at_most         amount_v ≤ max_usd_bn · sign_v
    tranche_at_least       min_share_n · amount_v ≤ tranche_{vn}
    tranche_at_most        tranche_{vn} ≤ max_share_n · amount_v
    tranches_add_up        Σ_n tranche_{vn} = amount_v
    advance                Σ_{n debt} outstanding_{nt} · tranche_{vn} ≤ advance_share · stressed_t · amount_v
                           without support, at the start of every period to the end of the last term; what the SPV takes
                           over adds advance_share · more_{deft} · assign_{vdef} to what is allowed
    assign_within_money    Σ_{e,f} paid_{def} · assign_{vdef} ≤ δ_d · amount_v
    assign_within_order    Σ_{v,d} assign_{vdef} ≤ delivered_share_f · order_e

A vintage v is an offer o, signed in s and backed by k. The amount and the tranches of a lease signed already are given;
only its assignments are decided.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.common.chips import ChipDelivery
from planner.instruments.chip_lease.assignments import Chips, chips_of
from planner.instruments.chip_lease.vintages import ChipLeaseVintage, stressed_value, vintages
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.deliveries import arrival
from planner.instruments.shared.step_binaries import once
from planner.interfaces.case_data import CaseData

Key: TypeAlias = tuple[str, str, str]
"""(offer, date of signing, backer)."""


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables; orders stand in a block beside it."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    decided = [key for key, vintage in by_key.items() if not vintage.sunk]
    parts = {(*key, part.tranche): part for key in decided for part in by_key[key].tranches}

    once(b, b.sign, by_key)

    @b.Constraint(decided)
    def amount_at_least(b: pyo.Block, o: str, s: str, k: str) -> Any:
        return by_key[o, s, k].row.min_usd_bn * b.sign[o, s, k] <= b.amount[o, s, k]

    @b.Constraint(decided)
    def amount_at_most(b: pyo.Block, o: str, s: str, k: str) -> Any:
        return b.amount[o, s, k] <= by_key[o, s, k].row.max_usd_bn * b.sign[o, s, k]

    @b.Constraint(list(parts))
    def tranche_at_least(b: pyo.Block, o: str, s: str, k: str, n: str) -> Any:
        return parts[o, s, k, n].min_share * b.amount[o, s, k] <= b.tranche[o, s, k, n]

    @b.Constraint(list(parts))
    def tranche_at_most(b: pyo.Block, o: str, s: str, k: str, n: str) -> Any:
        return b.tranche[o, s, k, n] <= parts[o, s, k, n].max_share * b.amount[o, s, k]

    @b.Constraint(decided)
    def tranches_add_up(b: pyo.Block, o: str, s: str, k: str) -> Any:
        return sum(b.tranche[o, s, k, part.tranche] for part in by_key[o, s, k].tranches) == b.amount[o, s, k]

    chips = {key: chips_of(case, by_key[key[:3]], key[3], key[5]) for key in b.assign}
    _advance(b, case, {key: by_key[key] for key in decided}, chips)
    _assign(b, case, by_key, chips)


def _advance(
    b: pyo.Block, case: CaseData, by_key: dict[Key, ChipLeaseVintage], chips: dict[tuple[str, ...], Chips]
) -> None:
    """Hold debt within the advance on the chips, in every period of the term, after the horizon too."""
    outstanding: dict[tuple[str, ...], Any] = {}
    value: dict[tuple[str, ...], Any] = {}
    tested: list[tuple[str | int, ...]] = []
    for key, vintage in by_key.items():
        if vintage.supporter is None:
            value[key] = stressed_value(case, vintage).tolist()
            for part in vintage.debt:
                outstanding[*key, part.tranche] = vintage.outstanding(part, case.calendar).tolist()
            first = min((batch.starts.start for batch in vintage.batches), default=0)
            tested += [(*key, t) for t in range(first, vintage.stop) if vintage.debt]
    more: dict[tuple[str | int, ...], Any] = defaultdict(list)
    for assigned, each in chips.items():
        for t, extra in each.stressed(case).items():
            if extra:
                more[*assigned[:3], t].append(extra * b.assign[assigned])

    @b.Constraint(tested)
    def advance(b: pyo.Block, o: str, s: str, k: str, t: int) -> Any:
        vintage = by_key[o, s, k]
        debt = sum(
            outstanding[o, s, k, part.tranche][t] * b.tranche[o, s, k, part.tranche] for part in vintage.debt
        )  # fmt: skip
        worth = value[o, s, k][t] * b.amount[o, s, k] + pyo.quicksum(more[o, s, k, t])
        return debt <= vintage.row.advance_share * worth


def _assign(
    b: pyo.Block, case: CaseData, by_key: dict[Key, ChipLeaseVintage], chips: dict[tuple[str, ...], Chips]
) -> None:
    """Hold the chips that an SPV takes over within its money, and within what was ordered."""
    calendar, status = case.calendar, {offer.offer: offer.status for offer in case.offers()}
    taken: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
    given: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    prices = {key: each.price(case) for key, each in chips.items()}
    for key in b.assign:
        o, s, k, on, ordered, received = key
        taken[o, s, k, on].append(key)
        given[by_key[o, s, k].row.buys_from or "", ordered, received].append(key)

    @b.Constraint(list(taken))
    def assign_within_money(b: pyo.Block, o: str, s: str, k: str, on: str) -> Any:
        batches = [batch for batch in by_key[o, s, k].batches if batch.delivery.on.isoformat() == on]
        money = sum(batch.share for batch in batches) * b.amount[o, s, k]
        return sum(prices[key] * b.assign[key] for key in taken[o, s, k, on]) <= money

    @b.Constraint(list(given))
    def assign_within_order(b: pyo.Block, order: str, ordered: str, received: str) -> Any:
        delivered = sum(
            step.delivered_share
            for step in case.rows(ChipDelivery)
            if step.offer == order
            and arrival(calendar, date.fromisoformat(ordered), step.months, status[order]).isoformat() == received
        )
        gw = sum(b.assign[key] for key in given[order, ordered, received])
        return gw <= delivered * _order(b.parent_block(), order, ordered)


def _order(m: pyo.Block, offer: str, ordered: str) -> Any:
    """The variable of an order: it stands in the block of whoever lets its chips be handed over."""
    blocks = m.component_objects(pyo.Block, descend_into=False)
    orders = [block.component(ORDER) for block in blocks if block.component(ORDER) is not None]
    (variable,) = (variables[offer, ordered] for variables in orders if (offer, ordered) in variables)
    return variable
