"""Obligations by counterparty and by year, and their tail beyond the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.text import fine
from planner.reports.counterparties.flows import posts
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.charts import Steps, largest
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet
from planner.reports.page.plan_view import Series, View, series

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "obligations", "Obligations and their tail"
LEAD = "What signed contracts owe, undiscounted, to the end of the longest term: floors, rents, lease payments, orders."
WITHIN, BEYOND = "within the horizon", "beyond the horizon"


def parts(view: View) -> list[Part]:
    """By year and kind, by counterparty, and what is left beyond the horizon."""
    years, kinds = by_year(view)
    if not years:
        return [Sentences("none", ("Nothing is owed.",))]
    ends = {f"{year}-01-01": f"{int(year) + 1}-01-01" for year in years}
    steps = Steps(kinds, ends, "USD bn")
    table = by_party(view)
    tail, total = float(table["beyond_usd_bn"].sum()), float(table["owed_usd_bn"].sum())
    bars = Bars(
        tuple(
            Bar(str(row["counterparty"]), {WITHIN: row["within_usd_bn"], BEYOND: row["beyond_usd_bn"]},
                f"{fine(row['owed_usd_bn'], 1)}")
            for row in table.to_dict(orient="records")
        ),
        "USD bn",
    )  # fmt: skip
    columns = (
        Column("counterparty", "Counterparty"), Column("within_usd_bn", "Within, USD bn", 3),
        Column("beyond_usd_bn", "Beyond, USD bn", 3), Column("owed_usd_bn", "Together, USD bn", 3),
        Column("last_on", "Last falls due"),
    )  # fmt: skip
    end = view.horizon[1]
    return [
        Sentences("tail", (
            f"{fine(total)} USD bn are owed in all; {fine(tail)} USD bn of them ({tail / total:.0%}) fall due after "
            f"the horizon ends on {end}, the last in {years[-1]}.",
        )),
        Figure("years", "By calendar year and kind", f"What falls due by calendar year. The horizon ends on {end}.",
               steps.span(), steps.draw),
        Figure("parties", "By counterparty", "What is owed to each, within the horizon and beyond it.",
               bars.span(), bars.draw, detail=True),
        Sheet("parties", "Obligations by counterparty", table, columns, detail=True),
    ]  # fmt: skip


def by_year(view: View) -> tuple[list[str], Series]:
    """The calendar years from the first due date to the last, and what falls due, by kind and year [USD bn]."""
    table = view.plan.tables["maturities"]
    if not len(table):
        return [], {}
    numbers = table["year"].astype(int)
    dated = table.assign(period=numbers.astype(str) + "-01-01", kind=table["kind"].str.replace("_", " "))
    years = [str(year) for year in range(numbers.min(), numbers.max() + 1)]
    return years, largest(series(dated, "kind", "owed_usd_bn"))


def by_party(view: View) -> pd.DataFrame:
    """What is owed by counterparty: within_usd_bn, beyond_usd_bn, owed_usd_bn, last_on; the largest first."""
    dues, end = posts(view.plan, "dues"), view.horizon[1]
    late = dues["period"] >= end
    parties = dues.groupby("counterparty")
    table = parties["value"].sum().rename("owed_usd_bn").to_frame()
    table["within_usd_bn"] = dues[~late].groupby("counterparty")["value"].sum()
    table["beyond_usd_bn"] = dues[late].groupby("counterparty")["value"].sum()
    table["last_on"] = parties["period"].max()
    table = table.fillna({"within_usd_bn": 0.0, "beyond_usd_bn": 0.0}).reset_index()
    return table.sort_values(["owed_usd_bn", "counterparty"], ascending=[False, True], ignore_index=True)
