"""Cost per GW-year by offer, and how much of what is paid for is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.reports.page.bars import Bar, Bars
from planner.reports.page.parts import Column, Figure, Part, Sheet
from planner.reports.page.plan_view import View
from planner.reports.page.sections.signing import words

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "offers", "Cost per GW-year by offer"
LEAD = (
    "Undiscounted cost within the horizon per GW-year used. Halls and chips are two parts of one machine: a hall and "
    "the chips in it, and power, together compare with a cloud. Orders that an SPV takes over are paid back by it."
)
COLUMNS = (
    Column("offer", "Offer"), Column("kind", "What"), Column("status", "Status"), Column("signed", "Signed"),
    Column("signed_on", "On"), Column("peak_gw", "At most, GW", 3), Column("held_gw_years", "Held, GW-years", 2),
    Column("used_gw_years", "Used, GW-years", 2), Column("utilisation_share", "Used, share", 0, percent=True),
    Column("cost_usd_bn", "Cost, USD bn", 2), Column("present_cost_usd_bn", "Present cost, USD bn", 2),
    Column("cost_usd_bn_per_gw_year", "USD bn per GW-year", 2),
)  # fmt: skip


def parts(view: View) -> list[Part]:
    """A panel per kind of offer, and the table."""
    table = offers(view)
    found: list[Part] = []
    known = table[table["cost_usd_bn_per_gw_year"].notna()]
    for kind, mine in known.groupby("kind", sort=False):
        ordered = mine.sort_values("cost_usd_bn_per_gw_year")
        bars = Bars(
            tuple(
                Bar(str(row["offer"]), {"cost": row["cost_usd_bn_per_gw_year"]},
                    f"{row['cost_usd_bn_per_gw_year']:.1f}, {row['utilisation_share']:.0%} used")
                for row in ordered.to_dict(orient="records")
            ),
            "USD bn per GW-year",
        )  # fmt: skip
        says = f"Each signed offer of {kind}, the cheapest first, and how much of what it gives is used."
        name = f"cost-{kind}".replace(" ", "-")
        found.append(Figure(name, f"{str(kind).capitalize()}", says, bars.span(), bars.draw, small=True))
    return [*found, Sheet("offers", "Every offer, signed or not", table, COLUMNS)]


def offers(view: View) -> pd.DataFrame:
    """`offers.csv`, with what its contracts are called as `kind`."""
    table = view.plan.tables["offers"]
    return table.assign(kind=table["table"].map(words(view)))
