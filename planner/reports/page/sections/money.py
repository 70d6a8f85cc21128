"""Where the money comes from and goes, by year: sources and uses, and the cash flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.interfaces.plain_lines import Activity
from planner.reports.cash_flow import CLOSING, Statement, cash_flow, sources_and_uses
from planner.reports.page.charts import LineChart, Steps
from planner.reports.page.parts import Column, Figure, Part, Sheet
from planner.reports.page.plan_view import View

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "money", "Sources and uses, and cash flow"
LEAD = (
    "By year, undiscounted. Operations are revenue less the costs that are not for compute; compute is what is paid "
    "for the use of clouds, halls and machines; capital is what is bought or comes back."
)


def parts(view: View) -> list[Part]:
    """The cash flow as a chart and as a table, then sources and uses."""
    flow = cash_flow(view.plan)
    ends = {year.start.isoformat(): year.end.isoformat() for year in flow.years}
    closing = dict(zip(ends, flow.row("", CLOSING).amounts.tolist(), strict=True))
    moves = {}
    for activity in Activity:
        group = str(activity).capitalize()
        amounts = flow.row(group, f"{group} together").amounts.tolist()
        moves[str(activity)] = dict(zip(ends, amounts, strict=True))
    steps = Steps(moves, ends, "USD bn", (LineChart(CLOSING.lower(), closing),), 280)
    says = "What comes in above zero, what goes out below it, by year; the line is the cash at the end of each year."
    return [
        Figure("flow", "Cash flow by year", says, steps.span(), steps.draw),
        _sheet("statement", "Cash flow by year, USD bn", flow),
        _sheet("sources", "Sources and uses by year, USD bn", sources_and_uses(view.plan)),
    ]


def _sheet(name: str, title: str, statement: Statement) -> Sheet:
    columns = [Column("part", "Part"), Column("item", "Item")]
    columns += [Column(_key(i), year.name, 2) for i, year in enumerate(statement.years)]
    totals = frozenset(i for i, row in enumerate(statement.rows) if row.total)
    return Sheet(name, title, _frame(statement), tuple(columns), len(statement.rows), totals=totals)


def _frame(statement: Statement) -> pd.DataFrame:
    """The statement as it is read from top to bottom: part, item, and a column for each year."""
    import pandas as pd

    rows = [[row.group, row.item, *row.amounts.tolist()] for row in statement.rows]
    return pd.DataFrame(rows, columns=["part", "item", *(_key(i) for i in range(len(statement.years)))])


def _key(i: int) -> str:
    """The name of a year's column, which ends with the unit of its amounts."""
    return f"year_{i + 1}_usd_bn"
