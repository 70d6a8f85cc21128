"""Each guarantor's exposure against its cap, and whom it stands behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from planner.basics.frames import records
from planner.basics.spans import month_text
from planner.basics.text import fine
from planner.reports.counterparties.flows import posts
from planner.reports.page import charts
from planner.reports.page.charts import against
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet, slug
from planner.reports.page.plan_view import View
from planner.reports.page.sections.covenants import series
from planner.rules import guarantor_cap

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "guarantees", "Guarantors"
LEAD = "What each guarantor stands behind under this plan, against the room it has left for the lab."

NOTHING = 5e-3
"""USD bn below which nothing is left"""


def parts(view: View) -> list[Part]:
    """A panel per guarantor and kind, and a table of whom each stands behind."""
    limits = view.plan.tables["limits"]
    mine = limits[limits["limit"] == guarantor_cap.NAME]
    if not len(mine):
        return [Sentences("none", ("The case has no guarantors.",))]
    found: list[Part] = []
    for subject, rows in mine.groupby("subject", sort=False):
        guarantor, _, kind = str(subject).partition("/")
        used, allowed = (series(rows.astype({"period": str}), name) for name in ("used", "allowed"))
        steps = against(used, allowed, view.ends, "USD bn", ("exposure", "room"), view.colours.get(guarantor))
        says = f"What {view.names.of(guarantor)} stands behind for {kind}s, under its room"
        for row in records(rows[rows["allowed"] > 0].nsmallest(1, "headroom")):
            room = float(row.headroom)
            left = f"{fine(room)} USD bn are left" if room > NOTHING else "nothing is left"
            left = f"BROKEN by {fine(-room)} USD bn" if room < -NOTHING else left
            says += f"; {left} where it is tightest, from {month_text(date.fromisoformat(str(row.period)))}"
        says += "."
        name = slug(f"cap-{guarantor}-{kind}")
        found.append(Figure(name, f"{view.names.of(guarantor)}, {kind}s", says, steps.span(), steps.draw, small=True))
    columns = (
        Column("guarantor", "Guarantor"), Column("counterparty", "Stands behind what is owed to"),
        Column("cover", "For"), Column("peak_usd_bn", "At most, USD bn", 3), Column("peak_on", "In"),
        Column("fees_usd_bn", "Fees, USD bn", 3), Column("offers", "Offers"),
    )  # fmt: skip
    return [*found, Sheet("behind", "Whom each guarantor stands behind", _spanned(view), columns, detail=True)]


def _spanned(view: View) -> pd.DataFrame:
    """As `behind`, with the months of a period in place of its first day."""
    table = behind(view)
    days = table["peak_on"].astype(str)
    return table.assign(peak_on=[charts.spanned(day, view.ends[day]) if day in view.ends else day for day in days])


def behind(view: View) -> pd.DataFrame:
    """Guarantor, counterparty, cover, peak_usd_bn, peak_on, fees_usd_bn (nominal, of those offers), offers."""
    import pandas as pd

    exposure, cash = posts(view.plan, "guarantees"), posts(view.plan, "cash")
    fees = cash[cash["guarantor"] != ""]
    rows = []
    for (guarantor, party, cover), mine in exposure.groupby(["guarantor", "counterparty", "cover"], sort=False):
        by_period = mine.groupby("period")["value"].sum()
        offers = sorted(set(mine["offer"]))
        paid = -fees[(fees["counterparty"] == guarantor) & fees["offer"].isin(offers)]["value"].sum()
        rows.append((guarantor, party, cover, by_period.max(), by_period.idxmax(), abs(paid), ", ".join(offers)))
    columns = ["guarantor", "counterparty", "cover", "peak_usd_bn", "peak_on", "fees_usd_bn", "offers"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["guarantor", "peak_usd_bn"], ascending=[True, False], ignore_index=True)
