"""The futures one by one: what each costs, and how near it comes to a limit; and the remarks on offers."""

from __future__ import annotations

from planner.reports.hedged.words import month
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Column, Part, Sentences, Sheet

NAME, TITLE = "futures", "Futures"
LEAD = "What each future costs under this plan, and what a plan made for it alone would cost: the difference is regret."
COLUMNS = (
    Column("number", "No."), Column("future", "Future"), Column("probability", "Probability", 1, percent=True),
    Column("cost_usd_bn", "Cost, USD bn", 3), Column("own_cost_usd_bn", "Own plan, USD bn", 3),
    Column("regret_usd_bn", "Regret, USD bn", 3), Column("shortage_gw_years", "Not served, GW-years", 3),
    Column("lowest_cash_headroom_usd_bn", "Lowest cash over minimum, USD bn", 3), Column("lowest_cash_on", "In"),
    Column("worst", "Tightest limit"), Column("worst_on", "In"),
    Column("worst_headroom_share", "Left of it", 1, percent=True),
)  # fmt: skip


def parts(view: HedgeView) -> list[Part]:
    """The table of futures, and the notes."""
    futures = view.hedge.futures
    blank = {
        name: futures[name].fillna("").astype(str).map(month)
        for name in ("lowest_cash_on", "worst_on", "worst_limit", "worst_subject")
    }
    worst = (blank["worst_limit"] + " " + blank["worst_subject"]).str.strip()
    numbers = [str(view.numbers[name]) for name in futures["future"]]
    found: list[Part] = [
        Sheet("futures", "Futures", futures.assign(**blank, worst=worst, number=numbers), COLUMNS, shown=40)
    ]
    if view.hedge.record.notes:
        found.append(Sentences("notes", view.hedge.record.notes, "Remarks on windows and offers", listed=True))
    return found
