"""Cloud commitment: constraints on the variables, by name.

    chosen_once          chosen_by_{on} = chosen_by_{o,n−1} + sign_v,  v the n-th vintage of o,  chosen_by_{on} ∈ {0, 1}
    scale_at_least       scale_min · sign_v ≤ scale_v
    scale_at_most        scale_v ≤ scale_max · sign_v
    scale_in_steps       scale_v = scale_min · sign_v + scale_step · steps_v,  steps_v whole
    within_capacity      Σ_{c,a} use_{vcat} ≤ capacity_{vt} · scale_v
    within_product       use_{vcat} ≤ most_{cat} · scale_v
    floor_met            floor_{vy} · scale_v ≤ spend_{vy} + short_{vy} + rolled_in_{vy}
    short_at_most        short_{vy} ≤ floor_{vy} · scale_v
    drawn_from_spend     drawn_{vt} ≤ spend_{vt}                     in the horizon
                         drawn_{vt} ≤ floor_{vt} · scale_v           after it
    drawn_from_prepaid   Σ_t drawn_{vt} ≤ drawable_v · scale_v
    credit_above_floor   credit_used_{vy} ≤ spend_{vy} + short_{vy} − floor_{vy} · scale_v
    credit_from_short    Σ_{y'≤y} credit_used_{vy'} ≤ Σ_{y'<y} short_{vy'}
    spend_paid_once      credit_used_{vy} + Σ_t n_{ty} · drawn_{vt} ≤ spend_{vy}
    rolled_share         rolled_in_{vy} ≤ rollover_share · floor_{vy} · scale_v
    rolled_if_above      rolled_in_{vy} ≤ rollover_share · floor_{vy} · scale_max · above_{o,y−1}
    rolled_from_excess   rolled_in_{vy} ≤ spend_{v,y−1} − least_{v,y−1} · scale_v
                                          + max(0, least_{v,y−1}) · scale_max · (1 − above_{o,y−1})

where spend_{vy} = Σ_t n_{ty} · spend_{vt} and spend_{vt} = Σ_{c,a} price_v · factor_{ca} · h · use_{vcat}. n_{ty} is
the part of the time of the contract in period t that belongs to year y. most_{cat} is max_gw of the product, for the
part of the period in which it can be used; without a max_gw, the capacity for that part.
above_{oy} ∈ {0, 1} says whether the spend of year y exceeds the floor of that year. It is needed because spend is
carried one year forward and no further: spend that was rolled in meets a floor, but does not count as spend above it.
least_{vy} is the floor less the spend above it before the case's start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.instruments.cloud_commitment.vintages import CommitmentKey, CommitmentVintage, Product, vintages
from planner.instruments.shared.step_binaries import once
from planner.interfaces.case_data import CaseData

ByKey: TypeAlias = dict[CommitmentKey, CommitmentVintage]
"""the vintages"""
Usable: TypeAlias = dict[CommitmentKey, dict[int, list[Product]]]
"""by vintage and period, the products that have a variable there"""
Spend: TypeAlias = dict[tuple[CommitmentKey, int], Any]
"""spend_{vt} as expressions [USD bn]"""


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    b.V = pyo.Set(initialize=list(by_key), dimen=3, ordered=True)
    _signing(b, by_key)
    products = _usable(b, by_key)
    _capacity(b, by_key, products)
    spend = _spend(b, case, by_key, products)
    _floors(b, by_key, spend)
    _prepayment(b, by_key, spend)
    _credit(b, by_key, spend)
    _rollover(b, by_key, spend)


def _signing(b: pyo.Block, by_key: ByKey) -> None:
    """At most one vintage of an offer, and its scale."""
    once(b, b.sign, by_key)

    @b.Constraint(b.V)
    def scale_at_least(b: pyo.Block, *v: Any) -> Any:
        return by_key[v].tier.scale_min * b.sign[v] <= b.scale[v]

    @b.Constraint(b.V)
    def scale_at_most(b: pyo.Block, *v: Any) -> Any:
        return b.scale[v] <= by_key[v].tier.scale_max * b.sign[v]

    stepped = [v for v, vintage in by_key.items() if vintage.tier.scale_step]
    b.steps = pyo.Var(stepped, domain=pyo.NonNegativeIntegers)

    @b.Constraint(stepped)
    def scale_in_steps(b: pyo.Block, *v: Any) -> Any:
        tier = by_key[v].tier
        return b.scale[v] == tier.scale_min * b.sign[v] + tier.scale_step * b.steps[v]


def _usable(b: pyo.Block, by_key: ByKey) -> Usable:
    """The products that have a variable."""
    variables = set(b.use)
    return {
        v: {t: [p for p in vintage.products if (*v, p.row.chip, p.row.region, t) in variables] for t in vintage.within}
        for v, vintage in by_key.items()
    }


def _capacity(b: pyo.Block, by_key: ByKey, products: Usable) -> None:
    """Use within the capacity of the period and within the limit of each product."""
    running = [(*v, t) for v, periods in products.items() for t, usable in periods.items() if usable]
    most = {
        (*v, p.row.chip, p.row.region, t): gw
        for v, periods in products.items()
        for t, usable in periods.items()
        for p in usable
        if (gw := by_key[v].most_of(p, t)) is not None
    }

    @b.Constraint(running)
    def within_capacity(b: pyo.Block, *vt: Any) -> Any:
        *key, t = vt
        v = tuple(key)
        return sum(b.use[*v, p.row.chip, p.row.region, t] for p in products[v][t]) <= by_key[v].capacity[t] * b.scale[v]

    @b.Constraint(list(most))
    def within_product(b: pyo.Block, *vcat: Any) -> Any:
        return b.use[vcat] <= most[vcat] * b.scale[vcat[:3]]


def _spend(b: pyo.Block, case: CaseData, by_key: ByKey, products: Usable) -> Spend:
    """Spend by vintage and period."""
    h = case.calendar.h
    return {
        (v, t): pyo.quicksum(
            by_key[v].price(p) * h * b.use[*v, p.row.chip, p.row.region, t] for p in usable
        )
        for v, periods in products.items()
        for t, usable in periods.items()
    }  # fmt: skip


def _of_year(spend: Spend, vintage: CommitmentVintage, number: int) -> Any:
    """spend_{vy}."""
    counts = vintage.spend_of[number]
    return pyo.quicksum(counts[t] * spend[vintage.key, t] for t in counts)


def _floors(b: pyo.Block, by_key: ByKey, spend: Spend) -> None:
    """Floors met by spend, by a shortfall that is paid, or by last year's spend."""

    @b.Constraint(list(b.short))
    def floor_met(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        rolled = b.rolled_in[vy] if vy in b.rolled_in else 0
        floor = _floor(vintage, vy[3])
        return floor * b.scale[vintage.key] <= _of_year(spend, vintage, vy[3]) + b.short[vy] + rolled

    @b.Constraint(list(b.short))
    def short_at_most(b: pyo.Block, *vy: Any) -> Any:
        return b.short[vy] <= _floor(by_key[vy[:3]], vy[3]) * b.scale[vy[:3]]


def _floor(vintage: CommitmentVintage, number: int) -> float:
    """floor_{vy} within the horizon [USD bn per unit of scale]."""
    return next(year.floor_usd_bn for year in vintage.floor_years if year.number == number)


def _by_vintage(keys: Iterable[tuple[Any, ...]]) -> dict[CommitmentKey, list[int]]:
    """The years or periods with which keys end, by vintage."""
    numbers: dict[CommitmentKey, list[int]] = defaultdict(list)
    for o, s, k, number in keys:
        numbers[o, s, k].append(number)
    return numbers


def _prepayment(b: pyo.Block, by_key: ByKey, spend: Spend) -> None:
    """Prepayment drawn within the spend and within the sum prepaid."""
    periods = _by_vintage(b.drawn)

    @b.Constraint(list(b.drawn))
    def drawn_from_spend(b: pyo.Block, *vt: Any) -> Any:
        v, t = vt[:3], vt[3]
        return b.drawn[vt] <= (spend[v, t] if (v, t) in spend else by_key[v].owed[t] * b.scale[v])

    @b.Constraint(list(periods))
    def drawn_from_prepaid(b: pyo.Block, *v: Any) -> Any:
        return sum(b.drawn[*v, t] for t in periods[v]) <= by_key[v].drawable_usd_bn * b.scale[v]


def _credit(b: pyo.Block, by_key: ByKey, spend: Spend) -> None:
    """Credits used within the spend above the floor and within earlier shortfalls."""
    keys = list(b.credit_used)
    used, shorts = _by_vintage(keys), _by_vintage(b.short)

    def paid(vy: Any) -> Any:
        return b.short[vy] if vy in b.short else 0

    @b.Constraint(keys)
    def credit_above_floor(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        floor = _floor(vintage, vy[3])
        return b.credit_used[vy] <= _of_year(spend, vintage, vy[3]) + paid(vy) - floor * b.scale[vintage.key]

    @b.Constraint(keys)
    def credit_from_short(b: pyo.Block, *vy: Any) -> Any:
        v, y = vy[:3], vy[3]
        so_far = sum(b.credit_used[*v, at] for at in used[v] if at <= y)
        return so_far <= sum(b.short[*v, at] for at in shorts[v] if at < y)

    @b.Constraint(keys)
    def spend_paid_once(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        counts = vintage.spend_of[vy[3]]
        drawn = sum(counts[t] * b.drawn[*vy[:3], t] for t in counts if (*vy[:3], t) in b.drawn)
        return b.credit_used[vy] + drawn <= _of_year(spend, vintage, vy[3])


def _rollover(b: pyo.Block, by_key: ByKey, spend: Spend) -> None:
    """Spend rolled in within its share of the floor and within last year's spend above its own floor."""
    keys = list(b.rolled_in)
    b.above = pyo.Var(sorted({(vy[0], vy[3] - 1) for vy in keys}), domain=pyo.Binary)

    @b.Constraint(keys)
    def rolled_share(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        return b.rolled_in[vy] <= (vintage.row.rollover_share or 0.0) * _floor(vintage, vy[3]) * b.scale[vintage.key]

    @b.Constraint(keys)
    def rolled_if_above(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        most = (vintage.row.rollover_share or 0.0) * _floor(vintage, vy[3]) * vintage.tier.scale_max
        return b.rolled_in[vy] <= most * b.above[vy[0], vy[3] - 1]

    @b.Constraint(keys)
    def rolled_from_excess(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        (year,) = (year for year in vintage.floor_years if year.number == vy[3] - 1)
        before = year.floor_usd_bn - year.excess_usd_bn
        slack = max(0.0, before) * vintage.tier.scale_max * (1 - b.above[vy[0], vy[3] - 1])
        return b.rolled_in[vy] <= _of_year(spend, vintage, vy[3] - 1) - before * b.scale[vintage.key] + slack
