"""Idle halls and chips: what is held and paid for, but not used."""

from __future__ import annotations

import pandas as pd

from planner.basics.text import fine
from planner.reports.page.charts import Steps, largest
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.plan_view import Series, View, series

NAME, TITLE = "idle", "Idle halls and chips"
LEAD = "Halls without chips, chips without halls or work, and cloud that is not used: the price of timing and floors."


def parts(view: View) -> list[Part]:
    """Halls by region, chips by chip, cloud by provider."""
    h = view.plan.case.calendar.h
    found: list[Part] = []
    sums = []
    for name, title, says, amounts in (
        ("halls", "Idle halls by region", "Halls that are leased and in which nothing runs.", idle_halls(view)),
        ("chips", "Idle chips by chip", "Chips that are held and do not run.", idle_chips(view)),
        ("cloud", "Unused cloud by offer", "What cloud contracts would let the lab use beyond what it uses.",
         unused_cloud(view)),
    ):  # fmt: skip
        sums.append(f"{name} {fine(sum(sum(part.values()) for part in amounts.values()) * h, 2)} GW-years")
        if amounts:
            steps = Steps(largest(amounts), view.ends, "GW")
            found.append(Figure(name, title, says, steps.span(), steps.draw, small=True))
    return [Sentences("sums", (f"Idle over the whole horizon: {', '.join(sums)}.",)), *found]


def idle_halls(view: View) -> Series:
    """GW by region and period."""
    capacity = view.plan.tables["capacity"]
    return series(capacity[capacity["measure"] == "idle_halls"], "region")


def idle_chips(view: View) -> Series:
    """GW by chip and period."""
    capacity = view.plan.tables["capacity"]
    return series(capacity[capacity["measure"] == "idle_chips"], "chip")


def unused_cloud(view: View) -> Series:
    """GW by offer and period: the right less what of it is used."""
    capacity = view.plan.tables["capacity"]
    rights = capacity[capacity["measure"] == "right"]
    used = capacity[(capacity["measure"] == "use") & capacity["offer"].isin(rights["offer"])]
    used = used.assign(gw=-used["gw"].astype(float))
    return series(pd.concat([rights, used]), "offer")
