"""Cash and liquidity: cash at the end of each period and after its first day, its minimum, and what moves it."""

from __future__ import annotations

import math

from planner.basics.frames import records
from planner.reports.cost_lines import said_of_revenue
from planner.reports.page.charts import LineChart, Steps
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.plan_view import View

NAME, TITLE = "liquidity", "Cash and liquidity"
LEAD = "Opening cash, what is earned before compute, payments and funding, to the cash at the end of each period."
MOVES = {
    "operating_usd_bn": "net revenue",
    "cost_usd_bn": "payments",
    "funding_usd_bn": "funding",
}


def parts(view: View) -> list[Part]:
    """Closing cash over its minimum; what moves it; where it is least."""
    closing = Steps(
        {"cash": column(view, "closing_usd_bn")}, view.ends, "USD bn",
        (LineChart("after the first day", column(view, "first_day_usd_bn")),
         LineChart("minimum", column(view, "minimum_usd_bn"))),
    )  # fmt: skip
    moves = Steps({name: column(view, key) for key, name in MOVES.items()}, view.ends, "USD bn")
    return [
        Sentences("least", (least(view),)),
        Figure("closing", "Cash at the end of each period",
               "Cash, and what is left after the payments of the first day, over the minimum that treasury asks for.",
               closing.span(), closing.draw, small=True),
        Figure("moves", "What moves it", "What comes in above zero, what goes out below it: net revenue is revenue "
               "less other costs, payments are for compute, funding is equity and loans received, less what is repaid.",
               moves.span(), moves.draw, small=True),
    ]  # fmt: skip


def column(view: View, name: str) -> dict[str, float]:
    """A column of `cash.csv` by period; periods without a value are left out."""
    cash = view.plan.tables["cash"]
    found = zip(cash["period"].astype(str), cash[name].astype(float), strict=True)
    return {period: value for period, value in found if math.isfinite(value)}


def least(view: View) -> str:
    """Where headroom over the minimum is least."""
    cash = view.plan.tables["cash"]
    known = cash[cash["headroom_usd_bn"].notna()]
    if not len(known):
        return "No minimum of cash is asked for."
    row = next(records(known.loc[[known["headroom_usd_bn"].astype(float).idxmin()]]))
    left = float(row.headroom_usd_bn)
    beside = f"{left:,.2f} over" if left >= 0 else f"which BREAKS it, {-left:,.2f} under"
    return (
        f"Cash is nearest to its minimum in the period from {row.period}: {row.first_day_usd_bn:,.2f} USD bn after the "
        f"payments of its first day and {row.closing_usd_bn:,.2f} at its end, "
        f"{beside} the minimum of {row.minimum_usd_bn:,.2f}. "
        f"{said_of_revenue(view.plan)}."
    )
