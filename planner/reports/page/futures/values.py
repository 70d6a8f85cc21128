"""What knowing, planning for all futures and deciding anew are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.display import AS_IT_IS
from planner.reports.hedged.values import WorthLine, option_worths, worths
from planner.reports.page.bars import Interval, Intervals
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Column, Figure, Part, Sheet

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "values", "What it is worth"
LEAD = (
    "Differences between two plans, in present cost. Neither is known beyond its bound, so each value lies between two "
    "figures; where they agree to the digits shown, there is one."
)
COLUMNS = (
    Column("name", "Value"), Column("figure", "USD bn"), Column("low", "At least", 3), Column("high", "At most", 3),
    Column("says", "What it means"),
)  # fmt: skip


def parts(view: HedgeView) -> list[Part]:
    """The values as bars and as a table."""
    lines = told(view)
    known = tuple(Interval(each.short, *each.value) for each in lines if each.value is not None)
    found: list[Part] = []
    if known:
        bars = Intervals(known, "USD bn", "worth")
        says = "Dark: worth that much at the least. Light: left open by the gaps."
        found.append(Figure("worth", "Values", says, bars.span(), bars.draw))
    return [*found, Sheet("values", "Values, and what they mean", table(lines), COLUMNS, shown=30)]


def told(view: HedgeView) -> list[WorthLine]:
    """Every value."""
    offers = [each for _, *both in option_worths(view.hedge) for each in both]
    return [*worths(view.hedge), *offers]


def table(lines: list[WorthLine]) -> pd.DataFrame:
    """The values as a table."""
    import pandas as pd

    rows = []
    for each in lines:
        low, high = (None, None) if each.value is None else each.value
        rows.append((each.short, each.figure_in(AS_IT_IS), low, high, each.says))
    made = pd.DataFrame(rows, columns=["name", "figure", "low", "high", "says"])
    return made.astype({"low": float, "high": float})
