"""The limits that may be broken, and how probably, by year; and how near all of them come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.common.policies import SECOND_SERVICES
from planner.reports.hedged.risks import risks
from planner.reports.hedged.words import month, percent
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "limits", "Limits that may break"
LEAD = "How probably a limit of lenders, guarantors or the house is broken, and what is left of each in bad futures."
MOST = 40
"""most limits that are drawn"""
COLUMNS = (
    Column("limit", "Limit"), Column("subject", "Of"), Column("period", "Period"),
    Column("probability_of_breach", "Probability of a breach", 1, percent=True),
    Column("headroom_p10", "Headroom, P10", 3), Column("headroom_p50", "Headroom, P50", 3), Column("unit", "Unit"),
)  # fmt: skip


def parts(view: HedgeView) -> list[Part]:
    """Probabilities by limit and year, and the table of headrooms, the tightest first."""
    table = by_risk(view)
    sheet = Sheet("headroom", "Headroom of each limit, by period", table, COLUMNS, shown=12)
    found, shown_in = risks(view.hedge), view.hedge.case.settings.shown_in
    if not found:
        return [Sentences("none", ("No limit is broken in any future.",)), sheet]
    by = {each.name: f" by up to {room}" if (room := each.headroom(shown_in)) else "" for each in found[:MOST]}
    said = tuple(
        f"{each.name}{by[each.name]}, in {each.when}, with a probability of {percent(each.probability)}"
        for each in found[:MOST]
    )
    matrix = breaches(view)
    says = "The largest probability of a breach in any period of the year; the darker, the likelier."
    return [
        Figure("breaches", "Probability of a breach, by limit and year", says, matrix.span(), matrix.draw),
        Sentences("broken", said, "Broken under waivers", listed=True),
        sheet,
    ]


def breaches(view: HedgeView) -> Matrix:
    """Limits that may be broken × years."""
    table = view.hedge.tables["risk"]
    years = tuple(dict.fromkeys(day[:4] for day in view.ends))
    found: dict[tuple[str, str], float] = {}
    for limit, subject, period, p in zip(
        table["limit"], table["subject"], table["period"], table["probability_of_breach"], strict=True
    ):
        if p > 0.0:
            key = (f"{limit} {subject}", str(period)[:4])
            found[key] = max(found.get(key, 0.0), float(p))
    rows = tuple(dict.fromkeys(row for row, _ in found))[:MOST]
    cells = tuple(MatrixCell(row, year, 100.0 * p) for (row, year), p in found.items() if row in rows)
    return Matrix(rows, years, cells, "%")


def by_risk(view: HedgeView) -> pd.DataFrame:
    """`risk.csv`, the likeliest breach first, then by headroom in bad futures.

    Where work is assigned a second time, only as much is assigned as is asked for, so headroom says nothing.
    """
    risk = view.hedge.risk
    second = risk["subject"].astype(str).str.startswith(SECOND_SERVICES) & ~(risk["probability_of_breach"] > 0.0)
    return (
        risk[~second]
        .assign(period=risk["period"].astype(str).map(month))
        .sort_values(
            ["probability_of_breach", "headroom_p10"], ascending=[False, True], kind="stable", ignore_index=True
        )
    )
