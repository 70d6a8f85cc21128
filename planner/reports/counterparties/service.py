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
OWN = "own_fleet"


def work(plan: Plan) -> pd.DataFrame:
    """What each offer's machines serve [reference GW].

    Columns: period, region, workload, instrument, offer, counterparty, chip, families, gw; of own machines offer and
    counterparty are blank.
    """
    service, capacity = plan.tables["service"], plan.tables["capacity"]
    able = posts(plan, "capability")[["decision", "value"]]
    done = service[service["measure"] == "work"][["chip", "region", "workload", "firm", "period", "decision"]]
    done = done.astype({"period": str}).merge(able, on="decision")
    running = posts(plan, "compute")[["instrument", "offer", "counterparty", "account", "period", "value", "decision"]]
    running = running.assign(firm=running["account"].str.split("/").str[-1])
    places = capacity[capacity["measure"].isin(["use", "run"])][["decision", "chip", "region", "families"]]
    running = running.rename(columns={"value": "running"}).merge(places, on="decision")
    running["share"] = running["running"] / running.groupby(POOL)["running"].transform("sum")
    spread = done.drop(columns="decision").merge(running.drop(columns="decision"), on=POOL)
    spread["gw"] = spread["value"] * spread["share"]
    columns = ["period", "region", "workload", "instrument", "offer", "counterparty", "chip", "families", "gw"]
    return summed(spread, columns[:-1], "gw")


def demand(plan: Plan) -> pd.DataFrame:
    """What is asked for [reference GW]: period, region, workload, gw, and `unserved` of it."""
    service = plan.tables["service"]
    keys = ["period", "to_region", "workload"]
    asked = service[service["measure"] == "demand"].groupby(keys)["gw"].sum()
    missed = service[service["measure"] == "shortage"].groupby(keys)["gw"].sum()
    table = asked.to_frame("gw").join(missed.rename("unserved")).fillna({"unserved": 0.0}).reset_index()
    return table.rename(columns={"to_region": "region"}).astype({"period": str})
