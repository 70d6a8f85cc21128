"""What was asked, and what each way of planning costs on average."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from planner.basics.text import counted, fine
from planner.reports.page.parts import Part, Sentences, Tile, Tiles
from planner.reports.page.simulation_view import SimulationView

NAME, TITLE = "headline", "What was tried"
LEAD = "Worlds are drawn, and in each of them every way of planning lives through the same news."
POLICIES = {
    "expected": "plans for the expected future, and plans again",
    "hedge": "plans for all futures, and plans again",
    "at_start": "settles every signature at the start, as the plan for the expected future has it",
    "wait": "waits with each signature as long as possible, and otherwise plans for the expected future",
    "foresight": "knows the world from the start: nobody can do better",
}
"""what each way of planning is"""


def parts(view: SimulationView) -> list[Part]:
    """Tiles, what was asked, and the ways of planning in words."""
    said = tuple(f"{policy}: {POLICIES[policy]}" for policy in view.policies if policy in POLICIES)
    return [
        Tiles("figures", tuple(_tiles(view))),
        Sentences("asked", tuple(_asked(view))),
        Sentences("policies", said, "Ways of planning", listed=True),
    ]


def _tiles(view: SimulationView) -> Iterator[Tile]:
    futures = view.worlds["future"].nunique()
    yield Tile(
        "worlds", "Worlds", f"{view.record.worlds:,}", json.dumps(view.record.worlds),
        f"{counted(futures, 'different future')}, seed {view.record.seed}",
    )  # fmt: skip
    for row in view.summary.to_dict("records"):
        mean = float(row["mean_usd_bn"])
        low, high, without = (row[name] for name in ("mean_from_usd_bn", "mean_to_usd_bn", "without_a_plan"))
        notes = [] if math.isnan(low) else [f"{fine(low)} to {fine(high)} at 95 %"]
        notes += [f"no plan in {counted(int(without), 'world')}"] if without else []
        known = not math.isnan(mean)
        yield Tile(
            f"mean_usd_bn.{row['policy']}", f"Mean cost, {row['policy']}, USD bn", f"{mean:,.3f}" if known else "none",
            json.dumps(mean if known else None), "; ".join(notes),
        )  # fmt: skip


def _asked(view: SimulationView) -> Iterator[str]:
    record = view.record
    yield (
        f"Policies plan again every {record.every_months} months. Costs are present costs on {record.start}, penalties "
        f"and the price of broken limits included. Each plan is proven to a gap of {record.gap:.2%}, so a policy is "
        "known no better than that."
    )
    if record.laws:
        yield f"Drawn from a law: {'; '.join(record.laws)}."
    if record.by_future:
        yield "Plans for all futures were sought one future at a time."
    stopped = view.results[view.results["proven"] != "yes"]
    if len(stopped):
        yield f"In {len(stopped):,} of {len(view.results):,} results a plan was stopped before its gap."
