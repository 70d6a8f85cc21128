"""A plan from a later day on, as it would stand beside the plan of that day: what is past is left out of its tables.

    cost = posted before the day + rest · (1 + discount_rate)^−years

Of the difference of two plans that begin on different days, what was posted before the later day and the discounting to
that day are only time. The rest is change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from planner.basics.display import AS_IT_IS, Display
from planner.basics.frames import LazyFrames
from planner.ledgers.objective import in_objective
from planner.plan.exports.capacity import HELD
from planner.plan.plan import Plan
from planner.reports.compared_words import with_sign
from planner.tables.offer import OfferStatus

if TYPE_CHECKING:
    import pandas as pd

DATED = ("service",)
"""tables whose rows are about a period"""


@dataclass(frozen=True)
class Passed:
    """How much of a plan's cost is past on a later day [USD bn]."""

    posted: float
    """present value of what it posts before the day"""
    rest: float
    """present cost of what it posts from the day on, on that day"""
    discounted: float
    """the same at the start of the plan"""
    factor: float
    """rest / discounted: what 1 on the day of the start is worth on the later day"""

    @staticmethod
    def of(plan: Plan, day: date) -> Passed:
        """What of a plan is past on a day."""
        kinds = in_objective(plan.case.settings.horizon_treatment)
        posted, left, on_day = 0.0, 0.0, day.isoformat()
        for post in plan.rows("ledger"):
            if post.kind in kinds:
                worth = float(post.present_value_usd_bn)
                posted, left = (posted + worth, left) if str(post.period) < on_day else (posted, left + worth)
        factor = _factor(plan, day)
        return Passed(posted, left * factor, left, factor)


def rolled(first: Plan, second: Plan) -> date | None:
    """The later day on which one of two plans begins, where the other can be seen from it; None where it cannot."""
    earlier, later = sorted((first.case.calendar, second.case.calendar), key=lambda each: each.start)
    if earlier.start == later.start or earlier.period_months != later.period_months:
        return None
    position = earlier.position(later.start)
    return later.start if position == int(position) and position < earlier.T else None


def since(plan: Plan, day: date, other: Plan) -> Plan:
    """The plan with the tables that it would have if it began on a day, for a comparison with another plan.

    Costs in the ledger are discounted to that day. Offers that are over by then and that the other plan does not know
    are left out. The record is as it was.
    """
    ledger = plan.tables["ledger"]
    left = ledger[ledger["period"].astype(str) >= day.isoformat()]
    factor = _factor(plan, day)
    left = left.assign(
        present_value_usd_bn=left["present_value_usd_bn"].astype(float) * factor,
        years=left["years"].astype(float) - plan.case.calendar.years(day),
    )
    known = {offer.offer for offer in other.case.offers()}
    over = set(plan.tables["offers"]["offer"]) - set(left["offer"]) - known
    tables = {
        **{name: plan.tables[name] for name in plan.tables},
        **{name: _from(plan.tables[name], "period", day) for name in DATED},
        "limits": _limits(plan, day, other),
        "ledger": left,
        "decisions": _without(_from(plan.tables["decisions"], "ordered_on", day), over),
        "offers": _without(_offers(plan, left, day), over),
    }
    return replace(plan, tables=LazyFrames({name: _given(table) for name, table in tables.items()}))


def only_time(first: Passed, second: Passed, day: date | None, display: Display = AS_IT_IS) -> str:
    """How much of a difference of cost is only time, in a sentence without a full stop."""
    posted, change = second.posted - first.posted, second.rest - first.rest
    discounting = (second.discounted - second.rest) - (first.discounted - first.rest)
    before, time, rest = (with_sign(display.of(value, "USD bn")) for value in (posted, discounting, change))
    return (
        f"The plans begin on different days. Of the difference of present cost {before} was posted before"
        f" {day}, {time} is discounting to that day, and {rest} is change. All below is"
        f" from {day} on, discounted to that day"
    )


def _factor(plan: Plan, day: date) -> float:
    return float((1.0 + plan.case.settings.discount_rate) ** plan.case.calendar.years(day))


def _from(table: pd.DataFrame, column: str, day: date) -> pd.DataFrame:
    """The rows whose day in a column is blank, or not before a day."""
    days = table[column].fillna("").astype(str)
    return table[(days == "") | (days >= day.isoformat())]


def _limits(plan: Plan, day: date, other: Plan) -> pd.DataFrame:
    """The limits from a day on. One that each plan states once, at its start, is about the whole horizon: it stays."""
    limits = plan.tables["limits"]
    whole = _stated_once(limits, plan) & _stated_once(other.tables["limits"], other)
    periods = [
        day.isoformat() if (limit, subject) in whole else str(period)
        for limit, subject, period in zip(limits["limit"], limits["subject"], limits["period"], strict=True)
    ]
    return _from(limits.assign(period=periods), "period", day)


def _stated_once(limits: pd.DataFrame, plan: Plan) -> set[tuple[str, str]]:
    """(limit, subject) of those with one row, in the first period."""
    start = plan.case.calendar.start.isoformat()
    found: dict[tuple[str, str], list[str]] = {}
    for limit, subject, period in zip(limits["limit"], limits["subject"], limits["period"], strict=True):
        found.setdefault((str(limit), str(subject)), []).append(str(period))
    return {name for name, periods in found.items() if periods == [start]}


def _without(table: pd.DataFrame, offers: Iterable[str]) -> pd.DataFrame:
    return table[~table["offer"].isin(list(offers))]


def _offers(plan: Plan, ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """The offers: those signed before the day are signed already; sizes and costs are those from the day on."""
    import pandas as pd

    offers, on_day = plan.tables["offers"].copy(), day.isoformat()
    signed_on = offers["signed_on"].fillna("").astype(str)
    orders = _from(plan.tables["decisions"], "ordered_on", day)
    still = orders[orders["ordered_on"].fillna("") != ""].groupby("offer")["ordered_on"].min().to_dict()
    past = (signed_on != "") & (signed_on < on_day)
    later = pd.Series([str(still.get(name, "")) for name in offers["offer"]], index=offers.index)
    offers["signed_on"] = signed_on.where(~past, later)
    offers["status"] = offers["status"].where(~past | (later != ""), str(OfferStatus.SIGNED))
    held = ledger[ledger["ledger"].isin(HELD)].groupby(["offer", "period"])["value"].sum().groupby("offer").max()
    first = offers["first_held_on"].fillna("").astype(str)
    offers["peak_gw"] = offers["offer"].map(held.to_dict()).fillna(0.0).astype(float)
    offers["first_held_on"] = first.where((first == "") | (first >= on_day), on_day).where(offers["peak_gw"] > 0.0, "")
    cash = ledger[ledger["ledger"] == "cash"].groupby("offer")["present_value_usd_bn"].sum()
    offers["present_cost_usd_bn"] = offers["offer"].map(cash.to_dict()).fillna(0.0).astype(float)
    return offers


def _given(table: pd.DataFrame) -> Callable[[], pd.DataFrame]:
    """A function that gives the table."""
    return lambda: table
