"""What was asked and how it ended: the base's cost, how many runs have a plan, what is varied."""

from __future__ import annotations

import json

from planner.basics.text import fine
from planner.reports.page.parts import Part, Sentences, Tile, Tiles
from planner.reports.page.study_view import GRID, NAMED, ONE_AT_A_TIME, SAMPLE, Study

NAME, TITLE = "headline", "What was asked"
LEAD = "The base, the runs that were made of it, and what they vary."
HOW = {GRID: "in all combinations", ONE_AT_A_TIME: "one at a time", SAMPLE: "drawn at random"}
"""how things are varied"""

OF_HEDGES = (
    "Every run is a plan for all futures. Costs are what it minimises; cost in money, penalties and demand that is not "
    "served are expected values; signed is what is signed before any news."
)


def parts(study: Study) -> list[Part]:
    """Tiles, what is varied, and runs without a proven plan."""
    found: list[Part] = [Tiles("figures", tuple(_tiles(study))), Sentences("remarks", tuple(_remarks(study)))]
    varied = (
        f"{each.name}, {HOW.get(each.by, each.by)}: "
        f"{'; '.join(each.changes).replace(' {}', '')} {' | '.join(each.values)}"
        for each in study.record.varied
    )
    named = (
        f"{ran.run}: {changes or 'no change'}"
        for ran, changes in zip(study.record.runs, study.results["changes"], strict=True)
        if ran.by == NAMED
    )
    found.append(Sentences("varied", (*varied, *named), "What is varied", listed=True))
    missing = study.results[~study.results["run"].isin(study.solved["run"])]
    if len(missing):
        rows = missing.to_dict("records")
        said = tuple(
            f"{row['run']}: {', '.join(filter(None, (row['status'], row['message'].strip())))}" for row in rows
        )
        found.append(Sentences("without", said, "Runs without a plan", listed=True))
    return found


def _tiles(study: Study) -> list[Tile]:
    solved = study.solved
    cost, bound, gap = (study.number(name) for name in ("objective_usd_bn", "bound_usd_bn", "gap"))
    others = len(study.results) - 1
    counts = study.results["status"].iloc[1:].value_counts()
    money, penalties = (study.number(name) for name in ("cost_in_money_usd_bn", "penalties_usd_bn"))
    tiles = [
        Tile(
            "runs",
            "Runs besides the base",
            str(others),
            json.dumps(others),
            ", ".join(f"{count} {status}" for status, count in counts.items()),
        ),
        Tile("cost_in_money_usd_bn", "The base's cost in money, USD bn", _text(money), json.dumps(money)),
        Tile("penalties_usd_bn", "The base's penalties, USD bn", _text(penalties), json.dumps(penalties)),
        Tile("objective_usd_bn", "The base's cost, USD bn", _text(cost), json.dumps(cost), str(study.base["status"])),
        Tile(
            "bound_usd_bn",
            "The base's bound, USD bn",
            _text(bound),
            json.dumps(bound),
            "no plan of the base costs less" if gap is None else f"no plan of the base costs less; gap {gap:.3%}",
        ),
    ]
    if len(solved):
        low, high = float(solved["objective_usd_bn"].min()), float(solved["objective_usd_bn"].max())
        ends = [str(solved.loc[solved["objective_usd_bn"] == each, "run"].iloc[0]) for each in (low, high)]
        tiles.append(
            Tile(
                "range",
                "Range of costs, USD bn",
                f"{fine(low, 1)} to {fine(high, 1)}",
                json.dumps([low, high]),
                " to ".join(ends),
            )
        )
    return tiles


def _text(value: float | None) -> str:
    return "none" if value is None else f"{value:,.3f}"


def _remarks(study: Study) -> list[str]:
    found = [f"A study of the case “{study.record.case}”."] if study.record.case and study.record.title else []
    if study.hedged:
        found.append(OF_HEDGES)
    if study.record.changes:
        found.append(f"Changed for all runs, the base too: {'; '.join(study.record.changes)}.")
    within = ((study.compared["difference_from_usd_bn"] <= 0) & (study.compared["difference_to_usd_bn"] >= 0)).sum()
    total = len(study.compared)
    if within:
        found.append(
            f"Of {total} runs that can be compared with the base, the cost of {within} differs by no more than the "
            "gaps leave open: of these nothing can be said."
        )
    elif total:
        found.append("Every run that can be compared differs from the base by more than the gaps leave open.")
    return found
