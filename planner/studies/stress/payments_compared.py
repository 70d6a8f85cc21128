"""What each counterparty is paid less or more under a stress, from the ledgers of two plans.

    paid_k    Σ −present value of cash with counterparty k, of cost, credit and what is charged beyond the horizon

Left out are lines that name a counterparty but are not paid to it (`Instrument.not_paid`). The lab's own loss is what
its present cost rises by.
"""

from __future__ import annotations

from planner.basics.frames import records
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan

PAID = tuple(str(kind) for kind in (Kind.COST, Kind.CREDIT, Kind.BEYOND_HORIZON))


def paid(plan: Plan) -> dict[str, float]:
    """Present value that each counterparty is paid by the lab, net [USD bn]."""
    ledger = plan.ledger
    mine = ledger[ledger["kind"].isin(PAID) & (ledger["counterparty"] != "")]
    for each in plan.case.catalogue.instruments:
        mine = mine[~((mine["instrument"] == each.name) & mine["line"].isin(each.not_paid))]
    return {str(who): float(value) for who, value in mine.groupby("counterparty")["present_value_usd_bn"].sum().items()}


def losses(before: Plan, after: Plan) -> dict[str, float]:
    """What each counterparty is paid less; negative where it is paid more [USD bn]."""
    had, has = paid(before), paid(after)
    return {who: had.get(who, 0.0) - has.get(who, 0.0) for who in sorted({*had, *has})}


def by_line(before: Plan, after: Plan) -> dict[str, float]:
    """What the present cost of each line of each offer rises by [USD bn]; a line without an offer stands by itself."""
    found: dict[str, float] = {}
    for plan, sign in ((before, -1.0), (after, 1.0)):
        sums = plan.ledger.groupby(["offer", "line"])["present_value_usd_bn"].sum()
        for row in records(sums.reset_index()):
            name = f"{row.line} of {row.offer}" if row.offer else str(row.line)
            found[name] = found.get(name, 0.0) + sign * float(row.present_value_usd_bn)
    return found


def operating(before: Plan, after: Plan) -> float:
    """By how much revenue less other costs falls over the horizon, undiscounted [USD bn]."""
    had, has = (plan.ledger.loc[plan.ledger["kind"] == Kind.OPERATING, "value"].sum() for plan in (before, after))
    return float(had - has)


def shortage(plan: Plan) -> float:
    """Demand that is not served [reference GW-years]."""
    service = plan.service
    return float(service.loc[service["measure"] == "shortage", "gw"].sum()) * plan.case.calendar.h
