"""Demand that goes unserved, how near cash comes to its minimum, and worlds without a plan."""

from __future__ import annotations

from planner.basics.text import number
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet
from planner.reports.page.simulation_view import SimulationView

NAME, TITLE = "supply", "Shortage and cash"
LEAD = "What is not served over all years, and the least room of cash over its minimum, in all worlds."
COLUMNS = (
    Column("policy", "Policy"), Column("without_a_plan", "Worlds without a plan", 0),
    Column("shortage_gw_years", "Not served, mean, GW-years", 3),
    Column("shortage_p90_gw_years", "Not served, P90, GW-years", 3),
    Column("cash_headroom_p10_usd_bn", "Cash over minimum, P10, USD bn", 3),
    Column("lowest_cash_headroom_usd_bn", "Cash over minimum, least, USD bn", 3),
    Column("worlds_with_breaches", "Worlds with broken limits", 0),
)  # fmt: skip


NONE = 1e-6
"""GW-years that count as none"""


def parts(view: SimulationView) -> list[Part]:
    """Bars of what is not served, and the table."""
    rows = view.summary.dropna(subset="shortage_gw_years").to_dict("records")
    bars = Bars(
        tuple(
            Bar(str(row["policy"]), {"amount": float(row["shortage_gw_years"])}, number(row["shortage_gw_years"]))
            for row in rows
        ),
        "GW-years",
    )
    sheet = Sheet("figures", "Shortage, cash and limits", view.summary, COLUMNS, shown=10)
    says = "Reference GW-years, on average of the worlds in which the policy has a plan to the end."
    if not rows:
        return [sheet]
    if all(row["shortage_gw_years"] <= NONE for row in rows):
        return [Sentences("served", ("All demand is served in every world in which there is a plan.",)), sheet]
    return [Figure("unserved", "Not served", says, bars.span(), bars.draw), sheet]
