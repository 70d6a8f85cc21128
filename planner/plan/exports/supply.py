"""`supply.csv`: what each supply of compute costs, all in, for each reference GW-year that it serves.

Halls and chips are used as one pool, so all that the lab runs itself is one supply, `(own capacity)`; every other offer
is one of its own. Own capacity has the cash of all instruments that bring halls or chips to the pool or run machines in
it: rent and what else is paid for halls, power, chips less their resale value, upkeep, leases of chips, fees. Cash that
belongs to no supply, such as interest and penalties, has a blank supply. So the present costs of all rows with a line
add up to the objective.

    served_s         Σ_t h · served_{st}                                               reference GW-years
    present_s        Σ_t h · served_{st} · (1 + rate)^−(years to the middle of t)
    levelised_s      Σ_line present cost_{s,line} / present_s

served_{st} is what the machines of s serve of demand. What is served of a workload from a region, at most what is asked
for, is spread over the chips there as they are set to it, and what a kind of chip serves in a region over those who
supply it, each time in proportion. It adds up to demand less shortage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from planner.basics import finance
from planner.basics.arrays import Vector
from planner.basics.frames import Table, transposed
from planner.basics.words import OwnWord
from planner.ledgers.posts import Entries, Post
from planner.plan.exports.sums import totals
from planner.portfolio.solution import Solution
from planner.rules.serving import demands

WORDS = ("supply", "line")
NUMBERS = ("served_gw_years", "present_served_gw_years", "present_cost_usd_bn", "present_cost_usd_bn_per_gw_year")
COLUMNS = (*WORDS, *NUMBERS)
POOL = frozenset({"halls", "chips"})
"""ledgers of what is used as one pool"""


class OwnSupply(OwnWord):
    """Stands for a supply that is no single offer."""

    OWN = "(own capacity)"


def table(solution: Solution) -> Table:
    """Per supply a row with a blank line for all of it, and one per line of the ledger; columns as in COLUMNS."""
    found = levelised(solution)
    lines: dict[str, dict[str, float]] = {supply: {} for supply in found}
    for supply, line, worth in _costs(solution):
        mine = lines.setdefault(supply, {})
        mine[line] = mine.get(line, 0.0) + worth
    rows = []
    for supply in [*found, *(supply for supply in lines if supply not in found)]:
        served, present, cost = found.get(supply, (np.nan, 0.0, sum(lines[supply].values())))
        if supply:
            rows.append((supply, "", served, present, cost, _per(cost, present)))
        rows += [
            (supply, line, np.nan, np.nan, worth, _per(worth, present)) for line, worth in sorted(lines[supply].items())
        ]
    return transposed(COLUMNS, NUMBERS, rows)


def levelised(solution: Solution) -> dict[str, tuple[float, float, float]]:
    """By supply: reference GW-years served, the same discounted, and present cost [USD bn]; own capacity comes first.

    The order of the others is that of the offers. An offer that neither serves nor costs anything is left out.
    """
    calendar, rate = solution.portfolio.case.calendar, solution.portfolio.case.settings.discount_rate
    middles: Vector = (np.arange(calendar.T, dtype=float) + 0.5) * calendar.h
    factors = calendar.h * finance.discount_factor(rate, middles)
    by_supply, costs = served(solution), defaultdict[str, float](float)
    for supply, _, worth in _costs(solution):
        costs[supply] += worth
    order = [str(OwnSupply.OWN), *(offer.offer for offer in solution.portfolio.case.tables.offers())]
    nothing = np.zeros(calendar.T)
    found = {}
    for supply in order:
        if supply in by_supply or supply in costs:
            gw = by_supply.get(supply, nothing)
            found[supply] = (float(gw.sum() * calendar.h), float(gw @ factors), costs[supply])
    return found


def all_in(solution: Solution) -> Mapping[str, float]:
    """By offer, the levelised cost of the supply to which it belongs [USD bn per reference GW-year]; NaN for none."""
    costs = {supply: _per(cost, present) for supply, (_, present, cost) in levelised(solution).items()}
    of_pool = own_instruments(solution)
    catalogue = solution.portfolio.case.catalogue
    return {
        offer.offer: costs.get(
            str(OwnSupply.OWN) if catalogue.instrument_of(offer).name in of_pool else offer.offer, np.nan
        )
        for offer in solution.portfolio.case.tables.offers()
    }


def own_instruments(solution: Solution) -> frozenset[str]:
    """Names of the instruments that bring halls or chips to the pool, or run machines in it."""
    return frozenset(
        each.name for each in solution.portfolio.case.catalogue.instruments if POOL & (each.gives | each.needs)
    )


def served(solution: Solution) -> Mapping[str, Vector]:
    """By supply, what its machines serve of demand in each period [reference GW]; shape (T,)."""
    T = solution.portfolio.case.calendar.T
    pools = _served_by_pools(solution)
    compute = solution.ledger("compute")
    keys = list(zip(compute.each(_pool), compute.period.tolist(), strict=True))
    whole = totals(keys, compute.value)
    found: dict[str, Vector] = {}
    for key, supply, gw in zip(keys, compute.each(_supplier), compute.value.tolist(), strict=True):
        if gw > 0 and key in pools:
            found.setdefault(supply, np.zeros(T))[key[1]] += pools[key] * gw / whole[key]
    return found


def _served_by_pools(solution: Solution) -> Mapping[tuple[tuple[str, ...], int], float]:
    """What the chips of a kind in a region, firm or not, serve of demand, by pool and period [reference GW]."""
    flows = solution.ledger("service")
    asked = {(d.region, d.workload.workload): d.gw for d in demands(solution.portfolio.case)}
    to = list(
        zip(flows.each(lambda post: (post.labels.to_region, post.labels.workload)), flows.period.tolist(), strict=True)
    )
    arrives = totals(to, flows.value)
    parts = [min(1.0, float(asked[key][t]) / arrives[key, t]) if arrives[key, t] > 0 else 0.0 for key, t in to]
    sources = zip(flows.each(_source), flows.period.tolist(), strict=True)
    leaves = totals(sources, flows.value * np.array(parts))
    able = solution.ledger("capability")
    keys = list(zip(able.each(_source), able.period.tolist(), strict=True))
    whole = totals(keys, able.value)
    shares = [leaves.get(key, 0.0) / whole[key] if whole[key] > 0 else 0.0 for key in keys]
    return totals(zip(able.each(_pool), able.period.tolist(), strict=True), able.value * np.array(shares))


def _source(post: Post) -> tuple[str, ...]:
    return (post.labels.region, post.labels.firm, post.labels.workload)


def _pool(post: Post) -> tuple[str, ...]:
    return (post.labels.chip, post.labels.region, post.labels.firm)


def _supplier(post: Post) -> str:
    """Own machines name the chip families that their halls admit, as in `rules.hosting`."""
    return str(OwnSupply.OWN) if post.labels.families else post.labels.offer


def _costs(solution: Solution) -> Iterator[tuple[str, str, float]]:
    """(supply, line, present cost [USD bn]) of all cash in the objective; of none, the supply is blank."""
    own, catalogue = own_instruments(solution), solution.portfolio.case.catalogue
    supplies = {
        offer.offer: str(OwnSupply.OWN) if catalogue.instrument_of(offer).name in own else offer.offer
        for offer in solution.portfolio.case.tables.offers()
    }
    cash: Entries = solution.ledger("cash")

    def belongs(post: Post) -> str:
        if post.labels.instrument in own or post.labels.families:
            return str(OwnSupply.OWN)
        return supplies.get(post.labels.offer, "")

    for supply, line, worth in zip(
        cash.each(belongs), cash.each(lambda post: post.line), cash.worth.tolist(), strict=True
    ):
        if worth:
            yield supply, line, worth


def _per(cost: float, gw_years: float) -> float:
    return cost / gw_years if gw_years > 0 else np.nan
