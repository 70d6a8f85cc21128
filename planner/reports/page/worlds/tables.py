"""The simulation's own tables, to sort and to download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.reports.page.parts import Column, Part, Sheet, column
from planner.reports.page.simulation_view import SimulationView

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "tables", "Tables"
LEAD = "As in the simulation's folder, where each plan is too, under runs."
WHOLE = (
    "world", "worlds", "with_a_plan", "without_a_plan", "worlds_with_breaches", "breaches", "plans",
)  # fmt: skip
"""columns of whole numbers"""


def parts(view: SimulationView) -> list[Part]:
    """Policies, results, worlds and broken limits."""
    tables = {
        "summary": ("Each policy", view.summary),
        "results": ("Each world and policy", view.results.drop(columns="future")),
        "worlds": ("Each world", view.worlds),
        "breaches": ("Broken limits", view.breaches),
    }
    return [
        Sheet(name, title, frame, tuple(_column(frame, str(key)) for key in frame.columns), shown=8)
        for name, (title, frame) in tables.items()
        if len(frame)
    ]


def _column(frame: pd.DataFrame, key: str) -> Column:
    found = column(frame, key)
    return Column(key, found.title, 0) if key in WHOLE else found
