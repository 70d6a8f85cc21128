"""Cost, cash and capacity over time, in all futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.reports.hedged.words import month
from planner.reports.page.fan import HIGH, LOW, MIDDLE, MOST, Fan
from planner.reports.page.hedge_view import HedgeView, Paths
from planner.reports.page.parts import Column, Figure, Part, Sheet

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "fans", "Over time"
LEAD = (
    "A thin line for each future, the middle one (P50) thick, and a band between what a tenth of the probability does "
    "not reach (P10) and what a tenth exceeds (P90), day by day. Dashed upright: days of news."
)
UNITS = {"cost": "USD bn", "cash": "USD bn", "held": "GW", "used": "GW"}


def parts(view: HedgeView) -> list[Part]:
    """Four fans, and the quantiles as a table."""
    figures = [
        _fan(view, "cost", "Present cost so far", "All that has fallen due until then, discounted; what is owed after "
             "the end counts at the end.", view.cost),
        _fan(view, "cash", "Cash", "At the end of each period.", view.cash,
             opening=view.hedge.case.settings.opening_cash_usd_bn),
        _fan(view, "held", "Machines signed", "What contracts and own machines give, in use or not.", view.held,
             stepped=True),
        _fan(view, "used", "Machines in use", "What of it is used.", view.used, stepped=True),
    ]  # fmt: skip
    return [*figures, Sheet("quantiles", "Quantiles over time", table(view), COLUMNS, shown=12)]


def _fan(
    view: HedgeView, name: str, title: str, says: str, paths: Paths, *, stepped: bool = False, opening: float = 0.0
) -> Figure:
    calendar = view.hedge.case.calendar
    fan = Fan(
        {each: paths[each] for each in view.likeliest}, view.quantiles(paths), UNITS[name],
        calendar.start.isoformat(), calendar.end.isoformat(), view.news, view.ends if stepped else None, opening,
    )  # fmt: skip
    if len(paths) > MOST:
        says = f"{says} Lines of the {MOST} likeliest futures only."
    return Figure(name, title, says, fan.span(), fan.draw, small=True)


COLUMNS = (
    Column("what", "What"), Column("unit", "Unit"), Column("day", "At"), Column(LOW, "P10", 3),
    Column(MIDDLE, "P50", 3), Column(HIGH, "P90", 3),
)  # fmt: skip


def table(view: HedgeView) -> pd.DataFrame:
    """The quantiles of each fan by day."""
    import pandas as pd

    rows = []
    named = {"cost": view.cost, "cash": view.cash, "held": view.held, "used": view.used}
    words = {"cost": "present cost so far", "cash": "cash", "held": "machines signed", "used": "machines in use"}
    for name, paths in named.items():
        found = view.quantiles(paths)
        rows += [
            (words[name], UNITS[name], month(day), *(found[each][day] for each in (LOW, MIDDLE, HIGH)))
            for day in found[LOW]
        ]
    return pd.DataFrame(rows, columns=[each.key for each in COLUMNS])
