"""How cost is distributed over the worlds, for each way of planning."""

from __future__ import annotations

from planner.basics.text import counted, fine
from planner.reports.page.parts import Figure, Part
from planner.reports.page.shares import STYLES, Shares
from planner.reports.page.simulation_view import SimulationView
from planner.reports.page.whiskers import Whisker, Whiskers

NAME, TITLE = "costs", "What each way of planning costs"
LEAD = "Present cost in all worlds. Worlds in which a policy has no plan are in none of its amounts."


def parts(view: SimulationView) -> list[Part]:
    """Means with their intervals and P10 to P90, and the share of worlds below each cost."""
    found: list[Part] = []
    ranges = Whiskers(tuple(whiskers(view)), "USD bn")
    if ranges.whiskers:
        says = (
            "Dot: mean. Thick: its interval at 95 %. Thin: from P10 to P90 of the worlds. The axis need not begin at 0."
        )
        found.append(Figure("means", "Means and ranges", says, ranges.span(), ranges.draw))
    paths = {
        policy: [float(cost) for cost in rows["cost_usd_bn"].dropna()]
        for policy, rows in list(view.by_policy.items())[: len(STYLES)]
    }
    shares = Shares({policy: costs for policy, costs in paths.items() if costs}, view.record.worlds, "USD bn", "worlds")
    if shares.amounts:
        says = "The share of all worlds that cost no more. A line that ends below 100 % has no plan in the others."
        found.append(Figure("shares", "How often how much", says, shares.span(), shares.draw))
    return found


def whiskers(view: SimulationView) -> list[Whisker]:
    """The cost of each policy that has a plan in some world."""
    found = []
    for row in view.summary.to_dict("records"):
        if not row["with_a_plan"]:
            continue
        without = int(row["without_a_plan"])
        text = fine(row["mean_usd_bn"]) + (f", no plan in {counted(without, 'world')}" if without else "")
        near, far = ((row[f"{low}_usd_bn"], row[f"{high}_usd_bn"]) for low, high in (
            ("mean_from", "mean_to"), ("p10", "p90"),
        ))  # fmt: skip
        found.append(Whisker(str(row["policy"]), float(row["mean_usd_bn"]), near, far, text))
    return found
