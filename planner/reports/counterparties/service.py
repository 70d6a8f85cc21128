"""Whose machines do how much of the work: the service of a plan attributed to offers.

Chips of a kind in a region are one pool, so the work of a pool is spread evenly over the machines in it; halls of a
region that admit the same families likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.frames import summed
from planner.plan.plan import Plan
from planner.reports.counterparties.flows import posts

if TYPE_CHECKING:
    import pandas as pd

POOL = ["chip", "region", "firm", "period"]
SOURCE = ["instrument", "offer", "counterparty", "families"]
"""labels that say whose machines they are"""


def work(plan: Plan) -> pd.DataFrame:
    """The work that each offer's machines do [reference GW].

    Columns: period, region, workload, instrument, offer, counterparty, chip, families, gw. Of own machines offer and
    counterparty are blank; `own` tells which they are.
    """
    service = plan.tables["service"]
    able = posts(plan, "capability")[["decision", "value"]]
    done = service[service["measure"] == "work"][["chip", "region", "workload", "firm", "period", "decision"]]
    done = done.astype({"period": str}).merge(able, on="decision").drop(columns="decision")
    running = posts(plan, "compute")[[*SOURCE, *POOL, "value"]].rename(columns={"value": "running"})
    if (running["running"] < 0).any():  # what is let is taken from the machines that it is part of
        pool = [name for name in [*SOURCE, *POOL] if name != "instrument"]
        running = running.groupby(pool, sort=False).agg({"instrument": "first", "running": "sum"}).reset_index()
    running["share"] = running["running"] / running.groupby(POOL)["running"].transform("sum")
    spread = done.merge(running, on=POOL)
    spread["gw"] = spread["value"] * spread["share"]
    columns = ["period", "region", "workload", "instrument", "offer", "counterparty", "chip", "families", "gw"]
    return summed(spread, columns[:-1], "gw")


def own(table: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are of own machines: those that run in halls and name the chip families that the halls admit."""
    return table["families"] != ""


def demand(plan: Plan) -> pd.DataFrame:
    """Demand [reference GW]: period, region, workload, gw, and the part of it that is `unserved`."""
    service = plan.tables["service"]
    keys = ["period", "to_region", "workload"]
    asked = service[service["measure"] == "demand"].groupby(keys)["gw"].sum()
    missed = service[service["measure"] == "shortage"].groupby(keys)["gw"].sum()
    table = asked.to_frame("gw").join(missed.rename("unserved")).fillna({"unserved": 0.0}).reset_index()
    return table.rename(columns={"to_region": "region"}).astype({"period": str})
