"""A simulation on one screen: how the policies do, what they break, and the plain sentences."""

from __future__ import annotations

from functools import partial

import numpy as np

from planner.basics.text import columns
from planner.simulation.simulation import Simulation

BROKEN_SHOWN = 10
"""how many broken limits are printed"""


def text(found: Simulation) -> str:
    """The results of a simulation."""
    parts = [[_about(found)], _policies(found), _broken(found), _sentences(found)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _about(found: Simulation) -> str:
    asked = found.asked
    futures = len({world.told for world in found.worlds})
    several = f"{futures:,} different ones" if futures != 1 else "all the same"
    many = f"{asked.worlds:,} world{'s' * (asked.worlds != 1)} ({several}, seed {asked.seed})"
    return f"{many}; policies plan again every {asked.every_months} months"


def _policies(found: Simulation) -> list[str]:
    display = found.case.settings.shown_in
    usd = partial(display.plain, unit="USD bn")
    header = [
        "policy", "no plan in", f"mean cost [{display.money}]", "from", "to", "P10", "P50", "P90", "mean regret",
        "largest", "unserved", "least cash headroom", "breaches in",
    ]  # fmt: skip
    rows = []
    for row in found.summary.to_dict("records"):
        costs = [row[f"{name}_usd_bn"] for name in (
            "mean", "mean_from", "mean_to", "p10", "p50", "p90", "regret", "largest_regret"
        )]  # fmt: skip
        unserved, cash = row["shortage_gw_years"], row["lowest_cash_headroom_usd_bn"]
        told = ["" if np.isnan(each) else usd(each) for each in costs]
        least = "" if np.isnan(cash) else usd(cash)
        missed = "" if np.isnan(unserved) else display.number(unserved, "GW-years")
        rows.append(
            [str(row["policy"]), f"{row['without_a_plan']:,}", *told, missed, least, f"{row['worlds_with_breaches']:,}"]
        )
    return [line.rstrip() for line in columns(header, rows, words=(0,))]


def _broken(found: Simulation) -> list[str]:
    """The limits that are broken in most worlds."""
    table = found.breaches.sort_values("worlds", ascending=False, kind="stable")
    lines = [
        f"{row['policy']} breaks {row['limit']} {row['subject']} in {row['year']} in {row['worlds']:,} worlds,"
        f" by {row['largest_breach']:.4g} {row['unit']} at most"
        for row in table.head(BROKEN_SHOWN).to_dict("records")
    ]
    more = len(table) - len(lines)
    return [*lines, f"… and {more:,} more in breaches.csv"] if more > 0 else lines


def _sentences(found: Simulation) -> list[str]:
    display = found.case.settings.shown_in
    return [each.text_in(display) for each in found.comparisons]
