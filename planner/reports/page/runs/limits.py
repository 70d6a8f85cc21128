"""Where each run has least room: its tightest limit that a party set, and the number of limits without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.basics.frames import records
from planner.catalogue import CATALOGUE
from planner.reports.page.parts import Column, Part, Sheet
from planner.reports.page.study_view import Study
from planner.reports.summary import room

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "limits", "Tightest limits"
LEAD = (
    "In each run the limit with least room for what it allows, among those that lenders, guarantors or the house set."
)
COLUMNS = (
    Column("run", "Run"), Column("limit", "Limit"), Column("subject", "Of"), Column("period", "Period"),
    Column("used", "Used", 3), Column("allowed", "Allowed", 3), Column("headroom", "Headroom", 3),
    Column("unit", "Unit"), Column("full", "Limits without room", 0),
)  # fmt: skip
ROOM = 1e-6
"""share of what is allowed below which there is no room left"""


def parts(study: Study) -> list[Part]:
    """The table."""
    table = by_run(study)
    return [Sheet("tightest", "The tightest limit of each run", table, COLUMNS, shown=20)] if len(table) else []


def by_run(study: Study) -> pd.DataFrame:
    """The tightest limit of each run, in their order, and as `full` how many limits have no room left."""
    if not len(study.limits):
        return study.limits
    order = {run: i for i, run in enumerate(study.results["run"])}
    left = [room(limit, CATALOGUE.set_by_somebody) for limit in records(study.limits)]
    limits = study.limits.assign(left=np.array(left, dtype=float)).dropna(subset="left").sort_values(["left", "period"])
    full = limits[limits["left"] <= ROOM].groupby("run").size()
    first = limits.drop_duplicates("run")
    first = first.assign(full=first["run"].map(full).fillna(0).astype(float))
    return first.sort_values("run", key=lambda runs: runs.map(order))
