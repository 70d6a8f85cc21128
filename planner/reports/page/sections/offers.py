"""What own capacity and each cloud cost, all in; cost per GW-year by offer, and how much of it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.text import fine
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.parts import Column, Figure, Part, Sheet
from planner.reports.page.plan_view import View
from planner.reports.page.sections.signing import words
from planner.reports.plain_names import PlainNames

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "offers", "Cost per GW-year"
LEAD = (
    "Own or rent: halls, power, chips less their resale value, upkeep and fees together are own capacity, and compare "
    "with a cloud by present cost per reference GW-year served, both discounted. By offer, undiscounted cost within "
    "the horizon per GW-year used. Orders that an SPV takes over are paid back by it."
)
COLUMNS = (
    Column("offer", "Offer"), Column("kind", "What"), Column("status", "Status"), Column("signed", "Signed"),
    Column("signed_on", "On"), Column("peak_gw", "At most, GW", 3), Column("held_gw_years", "Held, GW-years", 2),
    Column("used_gw_years", "Used, GW-years", 2), Column("utilisation_share", "Used, share", 0, percent=True),
    Column("cost_usd_bn", "Cost, USD bn", 2), Column("present_cost_usd_bn", "Present cost, USD bn", 2),
    Column("cost_usd_bn_per_gw_year", "USD bn per GW-year", 2),
    Column("all_in_usd_bn_per_gw_year", "All in, per reference GW-year", 2),
)  # fmt: skip
ALL_IN = (
    Column("supply", "Supply"), Column("line", "Line"), Column("served_gw_years", "Served, reference GW-years", 2),
    Column("present_served_gw_years", "The same discounted", 2),
    Column("present_cost_usd_bn", "Present cost, USD bn", 2),
    Column("present_cost_usd_bn_per_gw_year", "USD bn per reference GW-year", 2),
)  # fmt: skip


def parts(view: View) -> list[Part]:
    """Own capacity beside the clouds, a panel per kind of offer, and the tables."""
    table, supplies = offers(view), view.plan.tables["supply"]
    found: list[Part] = [_all_in(supplies), Sheet("supply", "All in, by line", _named(view, supplies), ALL_IN)]
    known = table[table["cost_usd_bn_per_gw_year"].notna()]
    for kind, mine in known.groupby("kind", sort=False):
        ordered = mine.sort_values("cost_usd_bn_per_gw_year")
        bars = Bars(
            tuple(
                Bar(str(row["offer"]), {"cost": row["cost_usd_bn_per_gw_year"]},
                    f"{fine(row['cost_usd_bn_per_gw_year'])}, {row['utilisation_share']:.0%} used")
                for row in ordered.to_dict(orient="records")
            ),
            "USD bn per GW-year",
        )  # fmt: skip
        says = f"Each signed offer of {kind}, the cheapest first, and how much of what it gives is used."
        name = f"cost-{kind}".replace(" ", "-")
        found.append(Figure(name, f"{str(kind).capitalize()}", says, bars.span(), bars.draw, small=True))
    return [*found, Sheet("offers", "Every offer, signed or not", table, COLUMNS)]


def _all_in(supplies: pd.DataFrame) -> Figure:
    """Own capacity and each offer that supplies compute by itself, the cheapest first."""
    known = supplies[(supplies["line"] == "") & supplies["present_cost_usd_bn_per_gw_year"].notna()]
    bars = Bars(
        tuple(
            Bar(str(row["supply"]), {"cost": row["present_cost_usd_bn_per_gw_year"]},
                f"{fine(row['present_cost_usd_bn_per_gw_year'])}, serves {fine(row['served_gw_years'])} GW-years")
            for row in known.sort_values("present_cost_usd_bn_per_gw_year").to_dict(orient="records")
        ),
        "USD bn per reference GW-year served",
    )  # fmt: skip
    says = "Present cost of own capacity and of each cloud for a reference GW-year that it serves, the cheapest first."
    return Figure("all-in", "Own or rent, all in", says, bars.span(), bars.draw)


def _named(view: View, supplies: pd.DataFrame) -> pd.DataFrame:
    """The table with plain names of lines, and with words where a supply or a line is blank."""
    named = PlainNames(view.plan.case.catalogue)
    return supplies.assign(
        supply=supplies["supply"].replace("", "no supply"),
        line=[named.of_line(str(line)) if line else "in all" for line in supplies["line"]],
    )


def offers(view: View) -> pd.DataFrame:
    """`offers.csv`, with what its contracts are called as `kind`."""
    table = view.plan.tables["offers"]
    return table.assign(kind=table["table"].map(words(view)))
