"""Limits that are broken, by policy and year."""

from __future__ import annotations

from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.simulation_view import SimulationView

NAME, TITLE = "breaches", "Broken limits"
LEAD = "Limits of lenders, guarantors or the house that are broken at the price of a waiver, and in how many worlds."
MOST = 40
"""most rows that are drawn"""


def parts(view: SimulationView) -> list[Part]:
    """Share of the worlds in which each limit is broken, by year."""
    if not len(view.breaches):
        return [Sentences("none", ("No policy breaks a limit in any world.",))]
    matrix = by_year(view)
    says = "The share of worlds in which the policy breaks the limit in the year; the darker, the more."
    found: list[Part] = [Figure("years", "Worlds with a breach, by limit and year", says, matrix.span(), matrix.draw)]
    if (count := len(_names(view))) > MOST:
        found.append(Sentences("more", (f"The first {MOST} of {count} limits; all are in the table of breaches.",)))
    return found


def by_year(view: SimulationView) -> Matrix:
    """Policies and limits × years, the limits that are broken most often first."""
    table = view.breaches.assign(name=_names_of_rows(view))
    rows = _names(view)[:MOST]
    years = tuple(sorted(set(table["year"])))
    cells = tuple(
        MatrixCell(row["name"], str(row["year"]), 100.0 * float(row["share_of_worlds"]))
        for row in table.to_dict("records")
        if row["name"] in rows
    )
    return Matrix(tuple(rows), years, cells, "%")


def _names_of_rows(view: SimulationView) -> list[str]:
    rows = view.breaches.to_dict("records")
    return [" ".join(filter(None, (f"{row['policy']}:", row["limit"], row["subject"]))) for row in rows]


def _names(view: SimulationView) -> list[str]:
    """Policies and limits, those that are broken in most worlds of some year first."""
    most: dict[str, float] = {}
    for name, count in zip(_names_of_rows(view), view.breaches["worlds"], strict=True):
        most[name] = max(float(count), most.get(name, 0.0))
    return sorted(most, key=lambda name: -most[name])
