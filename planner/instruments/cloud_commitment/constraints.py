"""Cloud commitment: constraints on the variables, by name.

    chosen_once          chosen_by_{on} = chosen_by_{o,n−1} + sign_v,  v the n-th vintage of o,  chosen_by_{on} ∈ {0, 1}
    scale_at_least       scale_min · sign_v ≤ scale_v
    scale_at_most        scale_v ≤ scale_max · sign_v
    scale_in_steps       scale_v = scale_min · sign_v + scale_step · steps_v,  steps_v whole
    granted_of_scale     granted_v ≤ scale_v
    granted_of_sign      granted_v ≤ sign_v
    granted_below_1      scale_v − (scale_max − 1) · whole_v ≤ granted_v
    granted_above_1      whole_v ≤ granted_v,  whole_v ∈ {0, 1}: granted_v = min(scale_v, 1)
    within_capacity      Σ_{c,a} use_{vcat} ≤ capacity_{vt} · scale_v
    within_product       use_{vcat} ≤ most_{cat} · scale_v
    short_at_most        short_{vy} ≤ max(0, left_{vy}) · scale_v                 where more could not help
    short_if_short       short_{vy} ≤ max(0, left_{vy}) · scale_max · is_short_{oy}       where more could help
    short_exactly        short_{vy} + spend_{vy} + rolled_in_{vy}
                             ≤ left_{vy} · scale_v + beyond_{vy} · (1 − is_short_{oy})    there too
    drawn_from_spend     drawn_{vt} ≤ spend_{vt}                     in the horizon
                         drawn_{vt} ≤ floor_{vt} · scale_v           after it
    drawn_from_prepaid   Σ_t drawn_{vt} ≤ drawable_v · scale_v
    credit_above_floor   credit_used_{vy} ≤ spend_{vy} + short_{vy} − left_{vy} · scale_v
    credit_from_short    Σ_{y'≤y} credit_used_{vy'} ≤ credits_v + Σ_{y'<y} short_{vy'}
    credit_that_lasts    Σ_{lapse<y'≤y} credit_used_{vy'} ≤ credits_v − lapsing_v + Σ_{y'<y} short_{vy'}
    spend_paid_once      credit_used_{vy} + Σ_t n_{ty} · drawn_{vt} ≤ spend_{vy} + not_drawn_{vy} · scale_v
    rolled_share         rolled_in_{vy} ≤ rollover_share · floor_{vy} · scale_v
    rolled_if_above      rolled_in_{vy} ≤ rollover_share · floor_{vy} · scale_max · above_{o,y−1}
    rolled_from_excess   rolled_in_{vy} ≤ spend_{v,y−1} − left_{v,y−1} · scale_v
                                          + max(0, left_{v,y−1}) · scale_max · (1 − above_{o,y−1})
    rolled_to_share      rollover_share · floor_{vy} · scale_v
                             ≤ rolled_in_{vy} + rollover_share · floor_{vy} · scale_max · (1 − filled_{oy})
    rolled_all           spend_{v,y−1} − left_{v,y−1} · scale_v ≤ rolled_in_{vy} + most_{v,y−1} · filled_{oy}
    rolled_from_before   rolled_in_{vy} ≤ rollover_v
    rolled_before_all    min(rollover_v, rollover_share · floor_{vy} · scale_v) ≤ rolled_in_{vy}

where spend_{vy} = Σ_t n_{ty} · spend_{vt} and spend_{vt} = Σ_{c,a} price_{vcat} · h · use_{vcat}. n_{ty} is
the part of the time of the contract in period t that belongs to year y. most_{cat} is max_gw of the product, for the
part of the period in which it can be used; without a max_gw, the capacity for that part. floor_{vy} is the part of the
floor before the end of the horizon, and left_{vy} the same less what was spent before the case's start; not_drawn_{vy}
is the part of that which was not paid out of the prepayment.
`postings` states that short_{vy} is at least left_{vy} · scale_v − spend_{vy} − rolled_in_{vy}. is_short_{oy} ∈ {0, 1}
keeps it from being more, where paying more could help: where equity is limited by what is paid to the provider, and
where a shortfall is a credit. beyond_{vy} is the most by which the floor can be exceeded; where it is 0, there is no
binary.

above_{oy} ∈ {0, 1} says whether the spend of year y exceeds the floor of that year. It is needed because spend is
carried one year forward and no further: spend that was rolled in meets a floor, but does not count as spend above it.
filled_{oy} ∈ {0, 1} says whether the share of the floor that may be rolled in is filled: where paying more of a
shortfall could help, as much is rolled in as can be.

The tier and the scale of a contract signed already are fixed: scale_min and scale_max are that scale, without steps.
credits_v, lapsing_v and rollover_v are what it brings into the case. The years after `lapse` are those for which the
part that lapses may not pay; rollover_v counts towards the first year only.

Of a contract that may end early, scale_v stands for scale_v − Σ_{y'≤y} ended_part_{vy'}, the scale that goes on, where
a year or a period has a limit of its own; `ending_rows` has the rows of the ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.instruments.cloud_commitment.contract_years import ContractYear
from planner.instruments.cloud_commitment.ending_rows import RunningScale, ending
from planner.instruments.cloud_commitment.signing_rows import ByKey, granted, signing
from planner.instruments.cloud_commitment.vintages import (
    CommitmentKey,
    CommitmentVintage,
    Product,
    is_exact,
    vintages,
)
from planner.interfaces.case_data import CaseData

Usable: TypeAlias = dict[CommitmentKey, dict[int, list[Product]]]
"""by vintage and period, the products that have a variable there"""
Spend: TypeAlias = dict[tuple[CommitmentKey, int], Any]
"""spend_{vt} as expressions [USD bn]"""


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    b.V = pyo.Set(initialize=list(by_key), dimen=3, ordered=True)
    signing(b, by_key)
    granted(b, by_key)
    products, runs = _usable(b, by_key), RunningScale(b, case, by_key)
    _capacity(b, by_key, products, runs)
    spend = _spend(b, case, by_key, products)
    _shortfalls(b, case, by_key, spend, runs)
    _prepayment(b, by_key, spend, runs)
    _credit(b, by_key, spend, runs)
    _rollover(b, by_key, spend, runs)
    _rolled_in_full(b, case, by_key, spend, runs)
    ending(b, by_key)


def _usable(b: pyo.Block, by_key: ByKey) -> Usable:
    """The products that have a variable."""
    variables = set(b.use)
    return {
        v: {t: [p for p in vintage.products if (*v, p.row.chip, p.row.region, t) in variables] for t in vintage.within}
        for v, vintage in by_key.items()
    }


def _capacity(b: pyo.Block, by_key: ByKey, products: Usable, runs: RunningScale) -> None:
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
        gw = sum(b.use[*v, p.row.chip, p.row.region, t] for p in products[v][t])
        return gw <= by_key[v].capacity[t] * runs.in_period(v, t)

    @b.Constraint(list(most))
    def within_product(b: pyo.Block, *vcat: Any) -> Any:
        return b.use[vcat] <= most[vcat] * runs.in_period(vcat[:3], vcat[-1])


def _spend(b: pyo.Block, case: CaseData, by_key: ByKey, products: Usable) -> Spend:
    """Spend by vintage and period."""
    h = case.calendar.h
    return {
        (v, t): pyo.quicksum(
            by_key[v].price(p, t) * h * b.use[*v, p.row.chip, p.row.region, t] for p in usable
        )
        for v, periods in products.items()
        for t, usable in periods.items()
    }  # fmt: skip


def _of_year(spend: Spend, vintage: CommitmentVintage, number: int) -> Any:
    """spend_{vy}."""
    counts = vintage.spend_of[number]
    return pyo.quicksum(counts[t] * spend[vintage.key, t] for t in counts)


def _shortfalls(b: pyo.Block, case: CaseData, by_key: ByKey, spend: Spend, runs: RunningScale) -> None:
    """Shortfalls within the floor, and no more than what is short where more could help."""
    exact = [vy for vy in b.short if is_exact(case, by_key[vy[:3]].row)]
    beyond = {vy: _beyond(case, by_key[vy[:3]], vy[3]) for vy in exact}
    b.is_short = pyo.Var(sorted({(vy[0], vy[3]) for vy in exact if beyond[vy] > 0}), domain=pyo.Binary)

    @b.Constraint([vy for vy in b.short if vy not in beyond])
    def short_at_most(b: pyo.Block, *vy: Any) -> Any:
        return b.short[vy] <= max(0.0, _left(by_key[vy[:3]], vy[3])) * runs.in_year(vy[:3], vy[3])

    @b.Constraint([vy for vy in exact if beyond[vy] > 0])
    def short_if_short(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        return b.short[vy] <= max(0.0, _left(vintage, vy[3])) * vintage.most * b.is_short[vy[0], vy[3]]

    @b.Constraint(exact)
    def short_exactly(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        counted = _of_year(spend, vintage, vy[3]) + b.short[vy] + (b.rolled_in[vy] if vy in b.rolled_in else 0)
        slack = beyond[vy] * (1 - b.is_short[vy[0], vy[3]]) if beyond[vy] > 0 else 0
        return counted <= _left(vintage, vy[3]) * runs.in_year(vintage.key, vy[3]) + slack


def _beyond(case: CaseData, vintage: CommitmentVintage, number: int) -> float:
    """The most by which spend and what is rolled in can exceed the floor of a contract year [USD bn]."""
    year = _year(vintage, number)
    rolled = (vintage.row.rollover_share or 0.0) * year.due_usd_bn
    return max(0.0, vintage.most_spend(case.calendar, year) + rolled - year.left_usd_bn) * vintage.most


def _year(vintage: CommitmentVintage, number: int) -> ContractYear:
    """A contract year that has a period in the horizon."""
    return next(year for year in vintage.floor_years if year.number == number)


def _left(vintage: CommitmentVintage, number: int) -> float:
    """left_{vy} [USD bn per unit of scale]."""
    return _year(vintage, number).left_usd_bn


def _by_vintage(keys: Iterable[tuple[Any, ...]]) -> dict[CommitmentKey, list[int]]:
    """The years or periods with which keys end, by vintage."""
    numbers: dict[CommitmentKey, list[int]] = defaultdict(list)
    for o, s, k, number in keys:
        numbers[o, s, k].append(number)
    return numbers


def _prepayment(b: pyo.Block, by_key: ByKey, spend: Spend, runs: RunningScale) -> None:
    """Prepayment drawn within the spend and within the sum prepaid."""
    periods = _by_vintage(b.drawn)

    @b.Constraint(list(b.drawn))
    def drawn_from_spend(b: pyo.Block, *vt: Any) -> Any:
        v, t = vt[:3], vt[3]
        return b.drawn[vt] <= (spend[v, t] if (v, t) in spend else by_key[v].owed[t] * runs.in_period(v, t))

    @b.Constraint(list(periods))
    def drawn_from_prepaid(b: pyo.Block, *v: Any) -> Any:
        return sum(b.drawn[*v, t] for t in periods[v]) <= by_key[v].drawable_usd_bn * b.scale[v]


def _credit(b: pyo.Block, by_key: ByKey, spend: Spend, runs: RunningScale) -> None:
    """Credits used within the spend above the floor and within earlier shortfalls."""
    keys = list(b.credit_used)
    used, shorts = _by_vintage(keys), _by_vintage(b.short)

    def paid(vy: Any) -> Any:
        return b.short[vy] if vy in b.short else 0

    def earned(vy: Any) -> Any:
        return sum(b.short[*vy[:3], at] for at in shorts[vy[:3]] if at < vy[3])

    @b.Constraint(keys)
    def credit_above_floor(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        left = _left(vintage, vy[3]) * runs.in_year(vintage.key, vy[3])
        return b.credit_used[vy] <= _of_year(spend, vintage, vy[3]) + paid(vy) - left

    @b.Constraint(keys)
    def credit_from_short(b: pyo.Block, *vy: Any) -> Any:
        so_far = sum(b.credit_used[*vy[:3], at] for at in used[vy[:3]] if at <= vy[3])
        return so_far <= by_key[vy[:3]].opening.credits + earned(vy)

    @b.Constraint([vy for vy in keys if vy[3] in by_key[vy[:3]].after_lapse])
    def credit_that_lasts(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        years = set(used[vy[:3]]) & set(vintage.after_lapse)
        late = sum(b.credit_used[*vy[:3], at] for at in sorted(years) if at <= vy[3])
        return late <= vintage.opening.credits - vintage.opening.lapsing + earned(vy)

    @b.Constraint(keys)
    def spend_paid_once(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        year, counts = _year(vintage, vy[3]), vintage.spend_of[vy[3]]
        drawn = sum(counts[t] * b.drawn[*vy[:3], t] for t in counts if (*vy[:3], t) in b.drawn)
        before = max(0.0, year.spent_usd_bn - year.drawn_usd_bn) * b.scale[vintage.key]
        return b.credit_used[vy] + drawn <= _of_year(spend, vintage, vy[3]) + before


def _rollover(b: pyo.Block, by_key: ByKey, spend: Spend, runs: RunningScale) -> None:
    """Spend rolled in within its share of the floor and within last year's spend above its own floor."""
    keys, before = list(b.rolled_in), _rolled_before(b, by_key)
    within = [vy for vy in keys if vy not in before]
    b.above = pyo.Var(sorted({(vy[0], vy[3] - 1) for vy in within}), domain=pyo.Binary)

    @b.Constraint(keys)
    def rolled_share(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        return b.rolled_in[vy] <= _may_roll(vintage, vy[3]) * runs.in_year(vintage.key, vy[3])

    @b.Constraint(within)
    def rolled_if_above(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        return b.rolled_in[vy] <= _may_roll(vintage, vy[3]) * vintage.most * b.above[vy[0], vy[3] - 1]

    @b.Constraint(within)
    def rolled_from_excess(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        left = _left(vintage, vy[3] - 1)
        slack = max(0.0, left) * vintage.most * (1 - b.above[vy[0], vy[3] - 1])
        excess = _of_year(spend, vintage, vy[3] - 1) - left * runs.in_year(vintage.key, vy[3] - 1)
        return b.rolled_in[vy] <= excess + slack

    @b.Constraint(before)
    def rolled_from_before(b: pyo.Block, *vy: Any) -> Any:
        return b.rolled_in[vy] <= by_key[vy[:3]].opening.rollover


def _rolled_in_full(b: pyo.Block, case: CaseData, by_key: ByKey, spend: Spend, runs: RunningScale) -> None:
    """As much rolled in as can be, where paying more of a shortfall could help."""
    exact = [vy for vy in b.rolled_in if is_exact(case, by_key[vy[:3]].row)]
    before = [vy for vy in _rolled_before(b, by_key) if vy in set(exact)]
    keys = [vy for vy in exact if vy not in before]
    b.filled = pyo.Var(sorted({(vy[0], vy[3]) for vy in keys}), domain=pyo.Binary)

    @b.Constraint(keys)
    def rolled_to_share(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        most = _may_roll(vintage, vy[3])
        slack = most * vintage.most * (1 - b.filled[vy[0], vy[3]])
        return most * runs.in_year(vintage.key, vy[3]) <= b.rolled_in[vy] + slack

    @b.Constraint(keys)
    def rolled_all(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        left = _left(vintage, vy[3] - 1)
        most = max(0.0, vintage.most_spend(case.calendar, _year(vintage, vy[3] - 1)) - left) * vintage.most
        excess = _of_year(spend, vintage, vy[3] - 1) - left * runs.in_year(vintage.key, vy[3] - 1)
        return excess <= b.rolled_in[vy] + most * b.filled[vy[0], vy[3]]

    @b.Constraint(before)
    def rolled_before_all(b: pyo.Block, *vy: Any) -> Any:
        vintage = by_key[vy[:3]]
        least = min(vintage.opening.rollover, _may_roll(vintage, vy[3]) * vintage.most)
        return least * runs.goes_on(vintage.key, vy[3]) <= b.rolled_in[vy]


def _may_roll(vintage: CommitmentVintage, number: int) -> float:
    """The part of the floor of a contract year that may be met by spend rolled in [USD bn per unit of scale]."""
    return (vintage.row.rollover_share or 0.0) * _year(vintage, number).due_usd_bn


def _rolled_before(b: pyo.Block, by_key: ByKey) -> list[Any]:
    """The keys of spend rolled in from a contract year that ended before the start of the case."""
    return [vy for vy in b.rolled_in if vy[3] == by_key[vy[:3]].floor_years[0].number]
