"""`offers.csv`: each offer, signed or not: what it gives, how much of it is used, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.ledgers import Kind
from planner.solution import Solution
from planner.tables import Status

if TYPE_CHECKING:
    import pandas as pd

HELD = {"rights": "in_use", "halls": "power", "chips": "in_use"}
"""ledger that says what an offer gives, and the one that says what of it is used"""


COLUMNS = (
    "table", "offer", "status", "signed", "signed_on", "first_held_on", "peak_gw", "held_gw_years", "used_gw_years",
    "utilisation_share", "cost_usd_bn", "present_cost_usd_bn", "cost_usd_bn_per_gw_year",
)  # fmt: skip


def table(solution: Solution) -> pd.DataFrame:
    """One row per offer, signed or not; columns as in COLUMNS.

    `cost_usd_bn` is undiscounted and within the horizon, `present_cost_usd_bn` counts credits too, and
    `cost_usd_bn_per_gw_year` is per GW-year of use.
    Halls and chips of several offers are used as one pool, so the use of a pool is spread evenly over what it holds.
    """
    import pandas as pd

    case, posts = solution.portfolio.case, solution.posts
    h, dates = case.calendar.h, case.calendar.start_of
    used = used_by_offer(solution)
    rows = []
    for offer in case.tables.offers():
        mine = posts[posts["offer"] == offer.offer]
        held = mine[mine["ledger"].isin(HELD)].groupby("period")["value"].sum()
        signed = mine[(mine["ledger"] == "signed") & (offer.status is not Status.SIGNED)]["period"]
        cash = mine[mine["ledger"] == "cash"]
        cost = 0.0 - float(cash.loc[cash["kind"] == Kind.COST, "value"].sum())
        gw_years = float(held.sum() * h)
        running = used.get(offer.offer, 0.0) * h
        rows.append(
            {
                "table": offer.about.name,
                "offer": offer.offer,
                "status": str(offer.status),
                "signed": "yes" if len(mine) else "no",
                "signed_on": dates(int(signed.min())).isoformat() if len(signed) else "",
                "first_held_on": dates(int(held.index.min())).isoformat() if len(held) else "",
                "peak_gw": float(held.max()) if len(held) else 0.0,
                "held_gw_years": gw_years,
                "used_gw_years": running,
                "utilisation_share": running / gw_years if gw_years > 0 else np.nan,
                "cost_usd_bn": cost,
                "present_cost_usd_bn": float(cash["present_value"].sum()),
                "cost_usd_bn_per_gw_year": cost / running if running > 0 else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def used_by_offer(solution: Solution) -> dict[str, float]:
    """GW in use, summed over periods; of pools, in proportion to what each offer holds."""
    posts = solution.posts
    cloud = posts[(posts["ledger"] == "in_use") & (posts["offer"] != "")]
    used = {str(offer): float(value) for offer, value in cloud.groupby("offer")["value"].sum().items()}
    own = posts[posts["offer"] == ""]
    for held, busy, by in (("halls", "power", ["region", "families", "power_class"]), ("chips", "in_use", ["chip"])):
        have = posts[posts["ledger"] == held]
        pool = have.groupby([*by, "period"])["value"].sum()
        runs = own[own["ledger"] == busy].groupby([*by, "period"])["value"].sum()
        share = (runs / pool.reindex(runs.index)).rename("share")
        spread = have.merge(share.reset_index(), on=[*by, "period"], how="inner")
        for offer, value in (spread["value"] * spread["share"]).groupby(spread["offer"]).sum().items():
            used[str(offer)] = used.get(str(offer), 0.0) + float(value)
    return used
