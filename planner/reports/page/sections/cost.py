"""What the plan costs, by what it is for: a waterfall from nothing to the present cost, and every line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.text import number
from planner.interfaces.plain_lines import Meaning
from planner.ledgers.objective import in_objective
from planner.ledgers.posts import IN_LIQUIDITY
from planner.reports.cash_flow import cash_posts
from planner.reports.cost_lines import cost_by_meaning
from planner.reports.page.bars import WaterfallBar, WaterfallChart
from planner.reports.page.colours import LIMIT, SHADES
from planner.reports.page.parts import Column, Figure, Part, Sheet
from planner.reports.page.plan_view import SMALLEST, View

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "cost", "What it costs"
LEAD = (
    "Present cost by what it is for. What is worth something at the end counts against it. Penalties are the price of "
    "what is not served or kept; nobody is paid."
)
IN_MONEY, PRESENT_COST = "In money", "Present cost"
PAID, BACK, NOT_MONEY, SUM = "paid", "comes back or is left", "penalties", "sum"
SERIES = {PAID: SHADES[1], BACK: SHADES[3], NOT_MONEY: LIMIT, SUM: SHADES[0]}


def parts(view: View) -> list[Part]:
    """The waterfall, and a table of the lines with what each is."""
    chart = WaterfallChart(tuple(steps(cost_by_meaning(view.plan))), "USD bn", SERIES)
    says = "Each step is what the plan pays for something, discounted, largest first; the steps add up to the cost."
    columns = (
        Column("meaning", "For"), Column("line", "Line"), Column("present_cost_usd_bn", "Present cost, USD bn", 3),
        Column("within_usd_bn", "Paid within the plan, undiscounted, USD bn", 3), Column("says", "What it is"),
    )  # fmt: skip
    return [
        Figure("waterfall", "Present cost by what it is for", says, chart.span(), chart.draw),
        Sheet("lines", "Cost by line", lines(view), columns, shown=12, detail=True),
    ]


def steps(costs: dict[Meaning, float]) -> list[WaterfallBar]:
    """Money from 0 on, the largest first, what comes back last; then the sum in money, penalties and the cost."""
    money = {meaning: value for meaning, value in costs.items() if meaning is not Meaning.PENALTIES}
    shown = sorted((item for item in money.items() if abs(item[1]) > SMALLEST), key=lambda item: -item[1])
    found, before = list[WaterfallBar](), 0.0
    for meaning, value in shown:
        found.append(
            WaterfallBar(str(meaning), before, before + value, False, number(value), PAID if value >= 0 else BACK)
        )
        before += value
    penalties = costs.get(Meaning.PENALTIES, 0.0)
    if abs(penalties) > SMALLEST:
        found.append(WaterfallBar(IN_MONEY, 0.0, before, True, number(before), SUM))
        bar = WaterfallBar(str(Meaning.PENALTIES), before, before + penalties, False, number(penalties), NOT_MONEY)
        found.append(bar)
        before += penalties
    return [*found, WaterfallBar(PRESENT_COST, 0.0, before, True, number(before), SUM)]


def lines(view: View) -> pd.DataFrame:
    """Each line of the present cost: meaning, line, present_cost_usd_bn, within_usd_bn, says; in the order of meanings.

    within_usd_bn is what is paid within the horizon less what is received; blank where the line moves no cash then.
    """
    import pandas as pd

    counted, order = in_objective(view.plan.case.settings.horizon_treatment), list(Meaning)
    rows = [
        (str(post.meaning), post.line.name, post.worth, -post.value if post.kind in IN_LIQUIDITY else None,
         post.line.says)
        for post in sorted(cash_posts(view.plan), key=lambda each: order.index(each.meaning))
        if post.kind in counted
    ]  # fmt: skip
    columns = ["meaning", "line", "present_cost_usd_bn", "within_usd_bn", "says"]
    table = pd.DataFrame(rows, columns=columns).astype({"present_cost_usd_bn": float, "within_usd_bn": float})
    by = table.groupby(["meaning", "line", "says"], sort=False)
    sums = by[["present_cost_usd_bn", "within_usd_bn"]].sum(min_count=1).reset_index()
    return sums[columns]
