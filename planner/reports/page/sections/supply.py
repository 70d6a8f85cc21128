"""Capacity against demand: who serves it, from which region, and for which workload, in reference GW."""

from __future__ import annotations

import pandas as pd

from planner.reports.counterparties import service
from planner.reports.page.charts import LineChart, Steps, largest
from planner.reports.page.colours import INK, OWN_COLOUR
from planner.reports.page.parts import Column, Figure, Part, Sheet
from planner.reports.page.plan_view import Series, View, series

NAME, TITLE = "supply", "Capacity against demand"
LEAD = (
    "In reference GW: a GW of one chip does not do the work of a GW of another, and each is counted for what it does "
    "for its workload. The dashed line is what is asked for."
)
OWN = "(own fleet)"
UNIT = "reference GW"


def parts(view: View) -> list[Part]:
    """Work by source, by region and by workload, and a table of demand and what of it is not served."""
    found: list[Part] = [
        _figure("source", "Served by source", "Whose machines do the work.", by_source(view), asked(view), view, 300)
    ]
    for region, amounts in by_region(view).items():
        says = f"Which regions serve what is asked for in {region}."
        wanted = asked(view, region=region)
        found.append(_figure(f"region-{region}", f"Demand in {view.names.of(region)}", says, amounts, wanted, view))
    for workload, amounts in by_workload(view).items():
        says = f"Whose machines do {workload}."
        wanted = asked(view, workload=workload)
        found.append(_figure(f"workload-{workload}", f"Workload {workload}", says, amounts, wanted, view))
    columns = (
        Column("year", "Year"), Column("region", "Region"), Column("workload", "Workload"),
        Column("gw_years", "Asked for, GW-years", 3), Column("unserved_gw_years", "Not served, GW-years", 3),
    )  # fmt: skip
    return [
        *found,
        Sheet("demand", "Demand and what goes unserved, reference GW-years", unserved(view), columns, detail=True),
    ]


def by_source(view: View) -> Series:
    """Work by provider of cloud and spare machines, and of the own fleet, by period."""
    return largest(series(_sourced(view), "source"))


def by_region(view: View) -> dict[str, Series]:
    """By region of demand: what each region serves there, by period."""
    table = view.plan.tables["service"]
    flows = table[table["measure"] == "flow"].astype({"period": str})
    regions = dict.fromkeys(service.demand(view.plan)["region"])
    return {str(region): largest(series(flows[flows["to_region"] == region], "region")) for region in regions}


def by_workload(view: View) -> dict[str, Series]:
    """By workload: work by source, by period."""
    table = _sourced(view)
    workloads = dict.fromkeys(service.demand(view.plan)["workload"])
    return {str(name): largest(series(table[table["workload"] == name], "source")) for name in workloads}


def asked(view: View, **where: str) -> dict[str, float]:
    """Demand by period, of one region or workload where one is named."""
    table = service.demand(view.plan)
    for column, name in where.items():
        table = table[table[column] == name]
    sums = table.groupby("period")["gw"].sum()
    return {period: float(sums.get(period, 0.0)) for period in view.ends}


def unserved(view: View) -> pd.DataFrame:
    """Demand and what is not served of it by year, region and workload [reference GW-years]."""
    table, h = service.demand(view.plan), view.plan.case.calendar.h
    table = table.assign(
        year=table["period"].str[:4], gw_years=table["gw"] * h, unserved_gw_years=table["unserved"] * h
    )
    keys = ["year", "region", "workload"]
    sums = table.groupby(keys)[["gw_years", "unserved_gw_years"]].sum().reset_index()
    return sums.sort_values(["unserved_gw_years", "year"], ascending=[False, True], kind="stable", ignore_index=True)


def _sourced(view: View) -> pd.DataFrame:
    """Work with its source: a counterparty, the own fleet, or else the offer or the instrument."""
    table = service.work(view.plan)
    whose = ("offer " + table["offer"]).where(table["offer"] != "", "(" + table["instrument"] + ")")
    whose = whose.mask(service.own(table), OWN)
    return table.assign(source=table["counterparty"].where(table["counterparty"] != "", whose))


def _figure(
    name: str, title: str, says: str, amounts: Series, wanted: dict[str, float], view: View,
    height: int = 180,
) -> Figure:  # fmt: skip
    named = {view.names.of(series): values for series, values in amounts.items()}
    steps = Steps(named, view.ends, UNIT, (LineChart("demand", wanted, INK),), height, colours(view))
    return Figure(name, title, says, steps.span(), steps.draw, small=name != "source", detail=name != "source")


def colours(view: View) -> dict[str, str]:
    """The colour of each source of work: that of its party, and one for the lab's own machines."""
    found = {**view.colours, OWN: OWN_COLOUR}
    return {view.names.of(party): colour for party, colour in found.items()}
