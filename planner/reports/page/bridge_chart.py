"""The bridge between two plans as a chart of its own."""

from __future__ import annotations

from planner.plan.replanned import Replanned
from planner.reports.page.frontier_charts import Chart
from planner.reports.page.sections import replanned


def bridge(replan: Replanned, case: str) -> Chart:
    """The bridge of a re-planned plan, with the title of its case."""
    return Chart(
        "bridge",
        "From the last plan to this one",
        "How the least cost came from that of the plan before: time, data, decisions.",
        case,
        replanned.waterfall(replan),
        replanned.steps(replan),
    )
