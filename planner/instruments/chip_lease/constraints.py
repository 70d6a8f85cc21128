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
    ended_once             Σ_{q,y} ended_{vqy} ≤ sign_v
    ended_of_amount        ended_amount_{vqy} ≤ amount_v
    amount_if_ended        ended_amount_{vqy} ≤ max_usd_bn · ended_{vqy}
    all_of_it_ends         amount_v − max_usd_bn · (1 − ended_{vqy}) ≤ ended_amount_{vqy}
    ended_of_tranche       ended_tranche_{vqyn} ≤ tranche_{vn}
    tranche_if_ended       ended_tranche_{vqyn} ≤ max_share_n · max_usd_bn · ended_{vqy}
    all_tranches_end       tranche_{vn} − max_share_n · max_usd_bn · (1 − ended_{vqy}) ≤ ended_tranche_{vqyn}

Values for the advance are at the level of the day of signing: later levels of resale values change nothing of it. The
last seven are built in `ending_rows`; of a lease signed already, what was raised stands in them for max_usd_bn and its
shares. A vintage v is an offer o, signed in s and backed by k. The amount and the tranches of a lease signed already
are given; only its assignments are decided. What was assigned before the start is taken off the money and the GW. Where
such a lease says that it is not supported, the advance limits its assignments: they leave the debt within it. Where the
debt is above it, and nothing that the SPV may take over raises the value under stress, they do not lower that value.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.common.chips import ChipDelivery
from planner.instruments.chip_lease.assignments import Chips, chips_of
from planner.instruments.chip_lease.ending_rows import ending
from planner.instruments.chip_lease.vintages import ChipLeaseVintage, stressed_value, vintages
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.deliveries import arrival, signed_deliveries
from planner.instruments.shared.step_binaries import once
from planner.interfaces.case_data import CaseData

Key: TypeAlias = tuple[str, str, str]
"""(offer, date of signing, backer)."""
ROUNDING = 1e-9
"""a part of a debt that is only rounding error"""


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

    chips = {key: chips_of(case, by_key[key[:3]], *key[3:]) for key in b.assign}
    tested = {key: vintage for key, vintage in by_key.items() if not vintage.sunk or vintage.row.supported is False}
    _advance(b, case, tested, chips)
    _assign(b, case, by_key, chips)
    ending(b, by_key)


def _advance(
    b: pyo.Block, case: CaseData, by_key: dict[Key, ChipLeaseVintage], chips: dict[tuple[str, ...], Chips]
) -> None:
    """Hold debt within the advance on the chips, in every period of the term, after the horizon too."""
    outstanding: dict[tuple[str, ...], Any] = {}
    value: dict[tuple[str, ...], Any] = {}
    tested: list[tuple[str | int, ...]] = []
    for key, vintage in by_key.items():
        if vintage.supporter is None:
            value[key] = stressed_value(case, vintage, vintage.starts).tolist()
            for part in vintage.debt:
                outstanding[*key, part.tranche] = vintage.outstanding(part, case.calendar, as_signed=True).tolist()
            first = min((batch.starts.start for batch in vintage.batches), default=0)
            tested += [(*key, t) for t in range(first, vintage.stop) if vintage.debt]
    more: dict[tuple[str | int, ...], Any] = defaultdict(list)
    before: dict[tuple[str | int, ...], float] = defaultdict(float)
    helps: dict[tuple[str | int, ...], bool] = defaultdict(bool)
    for assigned, each in chips.items():
        for t, extra in each.stressed(case, each.vintage.starts).items():
            helps[*assigned[:3], t] |= extra > 0.0 and each.before is None
            if extra and each.before is not None:
                before[*assigned[:3], t] += extra * each.before.gw
            elif extra:
                more[*assigned[:3], t].append(extra * b.assign[assigned])

    @b.Constraint([key for key in tested if not by_key[_lease(key)].sunk or more[key]])
    def advance(b: pyo.Block, o: str, s: str, k: str, t: int) -> Any:
        vintage = by_key[o, s, k]
        debt = sum(
            outstanding[o, s, k, part.tranche][t] * b.tranche[o, s, k, part.tranche] for part in vintage.debt
        )  # fmt: skip
        worth = value[o, s, k][t] * b.amount[o, s, k] + pyo.quicksum(more[o, s, k, t])
        if not vintage.sunk:
            return debt <= vintage.row.advance_share * worth
        owed = sum(outstanding[o, s, k, part.tranche][t] * vintage.given_usd_bn(part) for part in vintage.debt)
        covered = vintage.row.advance_share * (value[o, s, k][t] * vintage.given_usd_bn() + before[o, s, k, t])
        short = owed - covered
        if 0.0 < short <= ROUNDING * owed or (short > 0.0 and not helps[o, s, k, t]):
            short = 0.0
        return short <= vintage.row.advance_share * pyo.quicksum(more[o, s, k, t])


def _lease(key: tuple[str | int, ...]) -> Key:
    """The vintage in a key that goes on with a period."""
    o, s, k = map(str, key[:3])
    return o, s, k


def _assign(
    b: pyo.Block, case: CaseData, by_key: dict[Key, ChipLeaseVintage], chips: dict[tuple[str, ...], Chips]
) -> None:
    """Hold the chips that an SPV takes over within its money, and within what was ordered."""
    taken: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
    given: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    paid: dict[tuple[str, str, str, str], float] = defaultdict(float)
    gone: dict[tuple[str, str, str], float] = defaultdict(float)
    prices = {key: each.price(case) for key, each in chips.items()}
    for key, each in chips.items():
        o, s, k, on, ordered, received = key
        order = by_key[o, s, k].row.buys_from or "", ordered, received
        if each.before is None:
            taken[o, s, k, on].append(key)
            given[order].append(key)
        else:
            paid[o, s, k, on] += each.before.paid_usd_bn
            gone[order] += each.before.gw

    @b.Constraint(list(taken))
    def assign_within_money(b: pyo.Block, o: str, s: str, k: str, on: str) -> Any:
        vintage, key = by_key[o, s, k], (o, s, k, on)
        share = sum(batch.share for batch in vintage.batches if batch.delivery.on.isoformat() == on)
        spent = sum(prices[each] * b.assign[each] for each in taken[key])
        if key in paid:
            return spent <= max(0.0, share * vintage.given_usd_bn() - paid[key])
        return spent <= share * b.amount[o, s, k]

    @b.Constraint(list(given))
    def assign_within_order(b: pyo.Block, order: str, ordered: str, received: str) -> Any:
        key = order, ordered, received
        gw = sum(b.assign[each] for each in given[key])
        placed = signed_deliveries(case, order).get(date.fromisoformat(ordered))
        if placed is not None:
            came = sum(row.gw or 0.0 for row in placed if row.delivered_on.isoformat() == received)
            return gw <= max(0.0, came - gone[key])
        return gw <= _delivered(case, order, ordered, received) * _order(b.parent_block(), order, ordered)


def _delivered(case: CaseData, order: str, ordered: str, received: str) -> float:
    """The part of an order placed on a day that it receives on another, by its terms."""
    (status,) = (offer.status for offer in case.offers() if offer.offer == order)
    return sum(
        step.delivered_share
        for step in case.rows(ChipDelivery)
        if step.offer == order
        and arrival(case.calendar, date.fromisoformat(ordered), step.months, status).isoformat() == received
    )


def _order(m: pyo.Block, offer: str, ordered: str) -> Any:
    """The variable of an order: it stands in the block of whoever lets its chips be handed over."""
    blocks = m.component_objects(pyo.Block, descend_into=False)
    orders = [block.component(ORDER) for block in blocks if block.component(ORDER) is not None]
    (variable,) = (variables[offer, ordered] for variables in orders if (offer, ordered) in variables)
    return variable
