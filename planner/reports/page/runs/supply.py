"""What goes unserved and how much stands in own halls, run by run."""

from __future__ import annotations

from planner.basics.text import number
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.study_view import Study

NAME, TITLE = "supply", "Own halls and unserved demand"
LEAD = "Halls that are leased or one's own, at their highest, and demand that no machine serves."
MOST = 40
"""largest number of runs that are drawn; the table has all of them"""
NONE = 1e-6
"""GW-years that count as none"""


def parts(study: Study) -> list[Part]:
    """Bars of own halls and of what is unserved, by run."""
    found: list[Part] = []
    short = study.solved[study.solved["unserved_gw_years"] > NONE]
    halls = (
        "halls",
        "own_halls_peak_gw",
        "Own halls",
        "GW at their highest, in the order of the design." + study.key,
        "GW",
    )
    unserved = (
        "unserved", "unserved_gw_years", "Unserved demand",
        "Reference GW-years over the horizon, in runs that leave any unserved.", "GW-years",
    )  # fmt: skip
    for (name, column, title, says, unit), table in ((halls, study.solved), (unserved, short)):
        rows = table.head(MOST).to_dict("records")
        bars = Bars(
            tuple(Bar(study.labels[row["run"]], {"amount": row[column]}, number(row[column])) for row in rows), unit
        )
        if rows:
            found.append(Figure(name, title, says, bars.span(), bars.draw, small=True))
        if len(table) > MOST:
            found.append(Sentences(f"{name}-more", (f"The first {MOST} of {len(table)} runs; all are in the table.",)))
    if len(study.solved) and not len(short):
        found.append(Sentences("served", ("All demand is served in every run that has a plan.",)))
    return found
