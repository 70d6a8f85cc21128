"""Sheets `signatures` and `offers`: what is signed, when and for how much, and every offer with its cost."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from planner.ledgers.posts import Kind
from planner.reports.signatures import signatures as signed_in
from planner.workbooks.layout import BookColumn, BookSheet, Style
from planner.workbooks.of_plan.figures import Figures, days

SIGNATURES, OFFERS = "signatures", "offers"
WITH = ("signed", "rights", "halls", "chips")
"""ledgers whose counterparty is the one with whom an offer is signed"""
ON_THE_DAY = 1e-6
"""how far apart two times may lie to be the same day [years]"""


def signatures(figures: Figures) -> BookSheet:
    """What to sign, by day; what is paid on that day is a formula over the ledger."""
    plan, case = figures.plan, figures.case
    found = signed_in(plan)
    tables = dict(zip(plan.tables["offers"]["offer"], plan.tables["offers"]["table"], strict=True))
    words = {table.about.name: case.catalogue.instrument_of(table).word for table in case.catalogue.offer_tables}
    parties = _parties(figures)
    on = [date.fromisoformat(each.day) for each in found]
    years = [case.calendar.years(day) for day in on]
    paid = [_paid(figures, each.offer, when) for each, when in zip(found, years, strict=True)]
    cost = [figures.sum_of("present_value_usd_bn", figures.cash["offer"] == each.offer) for each in found]
    near = f"(ABS(ledger_years-[years])<{ON_THE_DAY:f})"
    columns = [
        BookColumn("day", on, Style.DAY, title="Sign on", width=12.0),
        BookColumn("offer", [each.offer for each in found], width=22.0),
        BookColumn("what", [words[tables[each.offer]] for each in found], title="What"),
        BookColumn("with", [parties.get(each.offer, "") for each in found], title="With"),
        BookColumn("gw", [each.gw for each in found], Style.NUMBER, title="At its highest [GW]"),
        BookColumn("since", [each.since for each in found], title="Gives from"),
        BookColumn("terms", [each.terms for each in found], title="Terms", width=44.0),
        BookColumn("years", years, Style.YEARS, title="Years after the start"),
        BookColumn("paid", paid, Style.NUMBER,
               f'=-SUMPRODUCT((ledger_offer=[offer])*(ledger_kind="cost")*{near}*ledger_value)',
               title="Paid on that day [USD bn]"),
        BookColumn("present_cost", cost, Style.NUMBER, "=SUMPRODUCT((ledger_offer=[offer])*ledger_present_value)",
               title="Present cost of the offer, all signatures [USD bn]"),
    ]  # fmt: skip
    says = "What the plan signs, by day. What is signed already stands on the sheet of offers."
    return BookSheet(SIGNATURES, says, columns, kept=2)


def offers(figures: Figures) -> BookSheet:
    """Every offer, signed or not; its cost is a sum over the ledger, and its ratios are formulas."""
    table, number = figures.plan.tables["offers"], Style.NUMBER
    parties = _parties(figures)
    mine = "(ledger_offer=[offer])"
    columns = [
        BookColumn("offer", table["offer"].tolist(), width=22.0),
        BookColumn("table", [each.replace("_", " ") for each in table["table"]]),
        BookColumn("with", [parties.get(each, "") for each in table["offer"]], title="With"),
        BookColumn("status", table["status"].tolist()),
        BookColumn("signed", table["signed"].tolist()),
        BookColumn("signed_on", days(table["signed_on"]), Style.DAY, width=12.0),
        BookColumn("first_held_on", days(table["first_held_on"]), Style.DAY, width=12.0),
        BookColumn("peak_gw", table["peak_gw"].tolist(), number),
        BookColumn("held_gw_years", table["held_gw_years"].tolist(), number),
        BookColumn("used_gw_years", table["used_gw_years"].tolist(), number),
        BookColumn("utilisation_share", _blank(table["utilisation_share"]), Style.SHARE,
               '=IF([held_gw_years]>0,[used_gw_years]/[held_gw_years],"")'),
        BookColumn("cost_usd_bn", table["cost_usd_bn"].tolist(), number,
               f'=-SUMPRODUCT({mine}*(ledger_kind="cost")*ledger_value)', title="Paid, undiscounted [USD bn]",
               total=True),
        BookColumn("present_cost_usd_bn", table["present_cost_usd_bn"].tolist(), number,
               f"=SUMPRODUCT({mine}*ledger_present_value)", total=True),
        BookColumn("cost_usd_bn_per_gw_year", _blank(table["cost_usd_bn_per_gw_year"]), number,
               '=IF([used_gw_years]>0,[cost_usd_bn]/[used_gw_years],"")', title="Paid per GW-year of use [USD bn]"),
        BookColumn("all_in_usd_bn_per_gw_year", _blank(table["all_in_usd_bn_per_gw_year"]), number,
               title="All-in cost per reference GW-year served, at the plan's rate [USD bn]"),
    ]  # fmt: skip
    return BookSheet(
        OFFERS, "Every offer, signed or not: what it gives, how much of it is used, what it costs.", columns
    )


def _paid(figures: Figures, offer: str, when: float) -> float:
    """What is paid for an offer at a time [USD bn]."""
    cash = figures.cash
    on_day = (cash["years"].fillna(0.0) - when).abs() < ON_THE_DAY
    return 0.0 - figures.sum_of("value", (cash["offer"] == offer) & (cash["kind"] == Kind.COST) & on_day)


def _parties(figures: Figures) -> dict[str, str]:
    """With whom each offer is signed."""
    rows = figures.amounts
    rows = rows[rows["ledger"].isin(WITH) & (rows["counterparty"] != "")]
    return {str(offer): str(party) for offer, party in rows.groupby("offer")["counterparty"].first().items()}


def _blank(values: pd.Series[float]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
