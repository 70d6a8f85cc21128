"""Debt and covenants with their headroom, and the other limits that somebody set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.reports.page.charts import Steps, against
from planner.reports.page.parts import Column, Figure, Part, Sheet, slug
from planner.reports.page.plan_view import View
from planner.rules import guarantor_cap, liquidity
from planner.rules.policies.limits import NAME as POLICIES

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "covenants", "Debt and covenants"
LEAD = "Debt by class, and each limit that lenders, grids or the house set: what is used of it, under what is allowed."
TITLES = {
    "debt_cap/cap": "Debt against its cap",
    "debt_cap/multiple": "Debt against its multiple of net revenue",
    "debt_cap/multiple_under_stress": "Debt against its multiple, under stress",
    "fixed_charge_cover/net_revenue": "Fixed charges × cover, against net revenue",
    "fixed_charge_cover/net_revenue_under_stress": "Fixed charges × cover, under stress",
    "obligations/all": "Obligations against their cap",
}
WORDS = {
    "debt_cap": ("debt", "allowed"),
    "fixed_charge_cover": ("charges × cover", "net revenue"),
    "obligations": ("owed", "cap"),
    "grid_limit": ("halls", "grid"),
}
"""what is used and what is allowed, by limit"""
LEAST = ("own_capacity_min", "survive_loss_of_provider", "reserve_margin_min", "served_in_region_min")
"""policies that ask for at least some amount: there `used` is what is asked for and `allowed` what there is"""
ELSEWHERE = (guarantor_cap.NAME, liquidity.NAME)
"""limits that have a section of their own"""


def parts(view: View) -> list[Part]:
    """Debt by class; a panel for each limit; the headroom of all."""
    found: list[Part] = []
    classes = debt(view)
    if classes:
        steps = Steps(classes, view.ends, "USD bn")
        says = "What is owed to landlords, SPVs and lenders at the end of each period, leases at the lease rate."
        found.append(Figure("debt", "Debt by class", says, steps.span(), steps.draw))
    limits = treasury(view)
    for (limit, subject, unit), mine in limits[~limits["limit"].isin(ELSEWHERE)].groupby(
        ["limit", "subject", "unit"], sort=False
    ):
        if len(mine) < 2:  # a limit over the whole horizon stands in the table only
            continue
        used, allowed = (series(mine, name) for name in ("used", "allowed"))
        key = f"{limit}/{subject}"
        first, second = words = _words(key)
        steps = against(used, allowed, view.ends, str(unit), words)
        says = f"Bars: {first}. Dashed: {second}. Limit {limit} {subject}."
        name = slug(key)
        found.append(
            Figure(
                name, TITLES.get(key, _title(key)), says, steps.span(), steps.draw, small=True, detail=key not in TITLES
            )
        )
    columns = (
        Column("limit", "Limit"), Column("subject", "Subject"), Column("period", "Tightest in"),
        Column("used", "Used", 3), Column("allowed", "Allowed", 3), Column("headroom", "Headroom", 3),
        Column("waived", "Broken under a waiver", 3), Column("headroom_share", "Headroom, share", 1, percent=True),
        Column("unit", "Unit"),
    )  # fmt: skip
    return [*found, Sheet("headroom", "Least headroom of every limit", headroom(view), columns, shown=15, detail=True)]


def debt(view: View) -> dict[str, dict[str, float]]:
    """Closing debt by class and period [USD bn]; classes without any are left out."""
    found = {}
    for name, mine in view.plan.tables["debt"].groupby("class", sort=False):
        values = dict(zip(mine["period"].astype(str), mine["closing_usd_bn"].astype(float), strict=True))
        if any(abs(value) > 1e-9 for value in values.values()):
            found[str(name).replace("_", " ")] = values
    return found


def treasury(view: View) -> pd.DataFrame:
    """The rows of `limits.csv` that somebody set, `period` as text."""
    limits = view.plan.tables["limits"]
    return limits[limits["limit"].isin(view.plan.case.catalogue.set_by_somebody)].astype({"period": str})


def series(mine: pd.DataFrame, name: str) -> dict[str, float]:
    """A column of one limit by period, without infinite values."""
    values = zip(mine["period"], mine[name].astype(float), strict=True)
    return {str(period): value for period, value in values if math.isfinite(value)}


def headroom(view: View) -> pd.DataFrame:
    """Each limit in the period with the least headroom relative to what is allowed, the tightest first.

    Columns as in `limits.csv`, and headroom_share. Periods in which 0 is used and 0 allowed are left out.
    """
    limits = treasury(view)
    asked = limits[limits[["used", "allowed"]].abs().max(axis=1) > 1e-9]
    share = asked["headroom"] / asked["allowed"].abs().where(asked["allowed"].abs() > 1e-9)
    table = asked.assign(headroom_share=share).sort_values(["headroom_share", "period"], kind="stable")
    return table.groupby(["limit", "subject"], sort=False).head(1).reset_index(drop=True)


def _words(key: str) -> tuple[str, str]:
    """What the bars and the dashed line of a limit are called."""
    limit, _, subject = key.partition("/")
    if limit == POLICIES and subject.partition("/")[0] in LEAST:
        return "asked for", "there is"
    return WORDS.get(limit, ("used", "allowed"))


def _title(key: str) -> str:
    """A limit in words."""
    limit, _, subject = key.partition("/")
    if limit == "grid_limit":
        return f"Own halls in {subject}, under its grid"
    words = subject.replace("_", " ") if limit == POLICIES else f"{limit} {subject}".replace("_", " ")
    return words[:1].upper() + words[1:].replace("/", ", ")
