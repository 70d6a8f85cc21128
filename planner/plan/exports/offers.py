"""`offers.csv`: each offer, signed or not: what it gives, how much of it is used, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.basics.arrays import Index
from planner.basics.frames import Table, transposed
from planner.ledgers.posts import Entries, Kind
from planner.plan.exports.capacity import HELD
from planner.plan.exports.signed import signed_already
from planner.plan.exports.sums import labelled, sums, totals
from planner.plan.exports.supply import all_in
from planner.portfolio.solution import Solution

POOLS = (("halls", "power", ("region", "families", "power_class")), ("chips", "in_use", ("chip",)))
"""ledger of what a pool holds, ledger of what of it runs, and the labels that tell its pools apart"""

WORDS = ("table", "offer", "status", "signed", "signed_on", "first_held_on")
NUMBERS = (
    "peak_gw", "held_gw_years", "used_gw_years", "utilisation_share", "cost_usd_bn", "present_cost_usd_bn",
    "cost_usd_bn_per_gw_year", "all_in_usd_bn_per_gw_year",
)  # fmt: skip
COLUMNS = (*WORDS, *NUMBERS)


def table(solution: Solution) -> Table:
    """One row per offer, signed or not; columns as in COLUMNS.

    `cost_usd_bn` is undiscounted and within the horizon, `present_cost_usd_bn` counts credits too, and
    `cost_usd_bn_per_gw_year` is per GW-year of use. `all_in_usd_bn_per_gw_year` is present cost per present reference
    GW-year served, as in `supply.csv`; an offer of halls or chips has that of own capacity as a whole.
    Halls and chips of several offers are used as one pool, so the use of a pool is spread evenly over what it holds.
    """
    case = solution.portfolio.case
    h, dates = case.calendar.h, case.calendar.start_of
    used = used_by_offer(solution)
    nothing = np.empty(0, dtype=np.int64)
    posts, held, cash = solution.posts, solution.ledger(*HELD), solution.ledger("cash")
    signs, costs = posts.of("signed"), cash.those(lambda post: post.kind == Kind.COST)
    all_of, held_of, cash_of = _by_offer(posts), _by_offer(held), _by_offer(cash)
    sunk, levelised = signed_already(case), all_in(solution)
    rows = []
    for row in case.tables.offers():
        offer = row.offer
        mine, holding, paying = (of.get(offer, nothing) for of in (all_of, held_of, cash_of))
        signed = posts.period[mine[signs[mine]]]
        gw = totals(held.period[holding].tolist(), held.value[holding])
        cost = 0.0 - float(cash.value[paying[costs[paying]]].sum())
        gw_years = float(np.array([gw[t] for t in sorted(gw)]).sum() * h)
        running = used.get(offer, 0.0) * h
        rows.append(
            (
                row.about.name,
                offer,
                str(row.status),
                "yes" if len(mine) else "no",
                dates(int(signed.min())).isoformat() if len(signed) and offer not in sunk else "",
                dates(min(gw)).isoformat() if gw else "",
                max(gw.values(), default=0.0),
                gw_years,
                running,
                running / gw_years if gw_years > 0 else np.nan,
                cost,
                float(cash.worth[paying].sum()),
                cost / running if running > 0 else np.nan,
                levelised.get(offer, np.nan) if len(mine) else np.nan,
            )
        )
    return transposed(COLUMNS, NUMBERS, rows)


def _by_offer(entries: Entries) -> Mapping[str, Index]:
    """The positions of the entries of each offer."""
    found: dict[str, list[int]] = {}
    for i, offer in enumerate(entries.labels("offer")):
        found.setdefault(offer, []).append(i)
    return {offer: np.array(mine, dtype=np.int64) for offer, mine in found.items()}


def used_by_offer(solution: Solution) -> dict[str, float]:
    """GW in use by offer, summed over periods. The use of a pool is spread in proportion to what each offer holds.

    What runs in halls, and so uses pools, names the chip families that the halls admit, as in `rules.hosting`.
    """
    in_use = solution.ledger("in_use")
    contracts = in_use.where(in_use.those(lambda post: bool(post.labels.offer) and not post.labels.families))
    used = totals(contracts.labels("offer"), contracts.value)
    for held, busy, by in POOLS:
        pool_of = labelled(*by)
        have, runs = solution.ledger(held), solution.ledger(busy)
        pools = sums(have, pool_of)
        running = sums(runs.where(runs.those(lambda post: bool(post.labels.families))), pool_of)
        share = {pool: value / pools[pool] for pool, value in running.items() if pools.get(pool)}
        keys = zip(have.each(pool_of), have.period.tolist(), strict=True)
        shares = np.array([share.get(key, np.nan) for key in keys])
        shared = have.where(~np.isnan(shares))
        spread = totals(shared.labels("offer"), shared.value * shares[~np.isnan(shares)])
        for offer, value in spread.items():
            used[offer] = used.get(offer, 0.0) + value
    return used
