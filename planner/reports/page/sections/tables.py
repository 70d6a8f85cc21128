"""The plan's own tables, to sort and to download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.frames import summed
from planner.reports.page.parts import Part, Sheet, column
from planner.reports.page.plan_view import View
from planner.reports.page.sections.covenants import treasury

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "tables", "Tables"
LEAD = (
    "As in the plan's folder, where the rest is too: every post with the decision behind it, and every limit of "
    "machines and contracts."
)
SUMMED = ["line", "kind", "offer", "counterparty", "period"]


def parts(view: View) -> list[Part]:
    """Decisions, cash, debt, limits, maturities, and the ledger's cash summed by line, offer and period."""
    tables = view.plan.tables
    chosen = {
        "decisions": ("What is decided, other than day-to-day use", tables["decisions"]),
        "cash": ("Cash by period, USD bn", tables["cash"]),
        "debt": ("Debt by class and period, USD bn", tables["debt"]),
        "limits": ("Limits that somebody set, by period", treasury(view)),
        "maturities": ("What falls due, by calendar year", tables["maturities"]),
        "ledger": ("Cash of the ledger by line, offer and period, USD bn, received above zero", ledger(view)),
    }
    return [
        Sheet(name, title, frame, tuple(column(frame, str(key)) for key in frame.columns), shown=6)
        for name, (title, frame) in chosen.items()
    ]


def ledger(view: View) -> pd.DataFrame:
    """Cash by line, kind, offer, counterparty and period: `value` [USD bn]."""
    table = view.plan.tables["ledger"]
    cash = table[table["ledger"] == "cash"].astype({"period": str, "value": float})
    return summed(cash, SUMMED)
