"""Cash and liquidity: cash at the end of each period and after its first day, its minimum, and what moves it."""

from __future__ import annotations

import math

from planner.basics.frames import records
from planner.basics.text import fine
from planner.reports.cost_lines import said_of_other_cash, said_of_revenue
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
        Sentences("least", (least(view), *other_cash(view), *collateral(view))),
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


def other_cash(view: View) -> list[str]:
    """What comes in and goes out for anything but compute, where the case says so."""
    said = said_of_other_cash(view.plan)
    return [f"{said}."] if said else []


def collateral(view: View) -> list[str]:
    """How much cash is locked up at most, and for whom, where any is."""
    ledger = view.plan.tables["ledger"]
    mine = ledger[ledger["ledger"] == "locked"]
    if not len(mine):
        return []
    by_period = mine.groupby("period")["value"].sum()
    whom = ", ".join(dict.fromkeys(mine["guarantor"].astype(str)))
    return [
        f"The minimum holds collateral that guarantors ask for ({whom}): at most {fine(by_period.max(), 2)} USD bn, in "
        f"the period from {by_period.idxmax()}."
    ]


def least(view: View) -> str:
    """Where headroom over the minimum is least."""
    cash = view.plan.tables["cash"]
    known = cash[cash["headroom_usd_bn"].notna()]
    if not len(known):
        return "No minimum of cash is asked for."
    row = next(records(known.loc[[known["headroom_usd_bn"].astype(float).idxmin()]]))
    left = float(row.headroom_usd_bn)
    beside = f"{fine(left, 2)} USD bn over" if left >= 0 else f"which BREAKS it, {fine(-left, 2)} USD bn under"
    return (
        f"Cash is nearest to its minimum in the period from {row.period}: {fine(row.first_day_usd_bn, 2)} USD bn after "
        f"the payments of its first day and {fine(row.closing_usd_bn, 2)} USD bn at its end, "
        f"{beside} the minimum of {fine(row.minimum_usd_bn, 2)} USD bn. "
        f"{said_of_revenue(view.plan)}."
    )
