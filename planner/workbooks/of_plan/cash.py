"""Sheet `cash`: opening cash, what moves it, closing cash and its headroom, each as a formula over the ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.ledgers.posts import Kind
from planner.plan.exports.cash import KINDS
from planner.rules.liquidity import locked, minimum_cash
from planner.workbooks.layout import BookColumn, BookSheet, Style
from planner.workbooks.of_plan.figures import Figures

NAME = "cash"
TITLES = {
    Kind.OPERATING: "Operations: revenue less other costs [USD bn]",
    Kind.COST: "Suppliers, rents, interest, fees [USD bn]",
    Kind.FUNDING: "Equity and loans [USD bn]",
}


def cash(figures: Figures) -> BookSheet:
    """Cash by period."""
    table, number = figures.plan.tables["cash"], Style.NUMBER
    asked = minimum_cash(figures.case)
    held = locked(figures.solution.portfolio.ledgers).evaluate(figures.solution.x)
    moves = [
        BookColumn(f"{kind}_usd_bn", table[f"{kind}_usd_bn"].tolist(), number,
               f'=SUMIFS(ledger_value,ledger_kind,"{kind}",ledger_period,[period])', title=TITLES[kind], total=True)
        for kind in KINDS
    ]  # fmt: skip
    first = '=[opening_usd_bn]+SUMIFS(ledger_value,ledger_first_day,"yes",ledger_period,[period])'
    opening = ["=opening_cash", *["=[closing_usd_bn above]"] * (len(table) - 1)]
    added = "+".join(f"[{column.name}]" for column in moves)
    columns = [
        BookColumn("period", figures.periods, Style.DAY, title="Period from", width=12.0),
        BookColumn("opening_usd_bn", table["opening_usd_bn"].tolist(), number, opening),
        BookColumn("first_day_usd_bn", table["first_day_usd_bn"].tolist(), number, first,
               title="After the payments of the first day [USD bn]"),
        *moves,
        BookColumn("closing_usd_bn", table["closing_usd_bn"].tolist(), number, f"=[opening_usd_bn]+{added}"),
        BookColumn("asked_usd_bn", [float(each) if np.isfinite(each) else None for each in asked], number,
               title="Minimum that is asked for [USD bn]"),
        BookColumn("locked_usd_bn", held.tolist(), number,
               '=SUMIFS(amounts_value,amounts_ledger,"locked",amounts_period,[period])',
               title="Locked up as collateral [USD bn]"),
        BookColumn("minimum_usd_bn", _blank(table["minimum_usd_bn"]), number,
               '=IF([asked_usd_bn]="","",[asked_usd_bn]+[locked_usd_bn])'),
        BookColumn("headroom_usd_bn", _blank(table["headroom_usd_bn"]), number,
               '=IF([minimum_usd_bn]="","",MIN([first_day_usd_bn],[closing_usd_bn])-[minimum_usd_bn])',
               title="Headroom, at the lower of first day and end [USD bn]"),
    ]  # fmt: skip
    return BookSheet(NAME, "Cash by period: what moves it, and how far it stays above the minimum.", columns)


def _blank(values: pd.Series[float]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
