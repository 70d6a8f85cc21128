"""A plan's tables with blank text in columns of text. One that was altered may hold NaN there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.plan.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

HELD = {"rights": "cloud", "halls": "halls", "chips": "chips"}
"""ledgers of what contracts give in GW, and what that is called; spare machines count as cloud"""
AMOUNTS = ("value", "gw", "used", "allowed", "headroom", "years")
UNITS = ("_gw", "_bn", "_gw_year", "_gw_years", "_share")
"""names and ends of names of the columns that hold numbers"""


def worded(plan: Plan) -> Plan:
    """The plan, with numbers as numbers, and with blank text in every other column that is blank throughout."""
    return replace(plan, tables={stem: _worded(table) for stem, table in plan.tables.items()})


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    found = table.copy(deep=False)
    for name in found.columns:
        if name in AMOUNTS or str(name).endswith(UNITS):
            found[name] = pd.to_numeric(found[name], errors="coerce").astype(float)
        elif found[name].isna().all():
            found[name] = found[name].astype(object).where(found[name].notna(), "")
    return found
