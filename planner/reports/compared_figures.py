"""The figures of a plan that a comparison sets side by side: a row per item and measure, read from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.basics.frames import records
from planner.basics.words import OwnWord
from planner.ledgers.posts import Kind
from planner.plan.exports.decisions import DETAILS
from planner.plan.headline import PENALTIES
from planner.plan.plan import Plan
from planner.reports.cost_lines import cost_by_line
from planner.rules import liquidity

SAME = 1e-6
"""largest difference, relative to the larger value, at which two values are shown as the same"""
USD_BN, GW_YEARS, REFERENCE = "USD bn", "GW-years", "reference GW-years"
PENALTY = "penalty"
"""measure of a line of cost that nobody pays"""
SIGNED, UNSIGNED = ("signed", "signed already"), "not signed"
WHEN = ("starts_on", "contract_year", "period")
"""details of a decision that are not told apart: its values are added up over them"""


class Whole(OwnWord):
    """Stands for everything, beside items that are called by the user's names."""

    ALL = "(all)"


Row = tuple[str, str, str, str, object]
"""(section, item, measure, unit, value)"""


def of_record(plan: Plan) -> Iterator[Row]:
    """The result and its proof."""
    record = plan.record
    yield "plan", "plan", "status", "", record.status
    yield "plan", "plan", "present_cost", USD_BN, record.objective_usd_bn
    yield "plan", "plan", "cost_in_money", USD_BN, record.cost_in_money_usd_bn
    yield "plan", "plan", "penalties", USD_BN, record.penalties_usd_bn
    yield "plan", "plan", "bound", USD_BN, record.bound_usd_bn
    yield "plan", "plan", "gap", "share", record.gap
    yield "plan", "plan", "present_cost_at_lease_rate", USD_BN, record.present_cost_at_lease_rate_usd_bn
    for treatment, cost in record.present_cost_by_horizon_usd_bn.items():
        yield "plan", "plan", f"present_cost_horizon_{treatment}", USD_BN, cost
    yield "plan", "plan", "owed_after_end", USD_BN, record.owed_after_end_usd_bn


def of_case(plan: Plan) -> Iterator[Row]:
    """Settings, and the fingerprints of the tables."""
    for name, value in plan.case.settings.model_dump(mode="json", exclude={"solver"}).items():
        yield "case", name, "setting", "", str(value) if isinstance(value, bool) else value
    for file, fingerprint in plan.record.inputs.items():
        if file.endswith(".csv"):
            yield "case", file, "sha256", "", fingerprint


def of_offers(plan: Plan) -> Iterator[Row]:
    """Each offer: whether and when it is signed, what it gives and from when, what it costs."""
    for offer in records(plan.tables["offers"]):
        state = SIGNED[offer.status == "signed"] if offer.signed == "yes" else UNSIGNED
        yield "offers", offer.offer, "signed", "", state
        yield "offers", offer.offer, "signed_on", "date", offer.signed_on or None
        yield "offers", offer.offer, "first_held_on", "date", offer.first_held_on or None
        yield "offers", offer.offer, "peak", "GW", float(offer.peak_gw)
        yield "offers", offer.offer, "present_cost", USD_BN, float(offer.present_cost_usd_bn)


def of_terms(plan: Plan) -> Iterator[Row]:
    """What is signed of each offer, by tier, backer or date of an order; decisions of single years are left out."""
    decisions = plan.tables["decisions"]
    decisions = decisions.astype(object).where(decisions.notna(), "")
    terms = decisions[(decisions["unit"] != "0 or 1") & (decisions[["contract_year", "period"]] == "").all(axis=1)]
    by = [name for name in DETAILS if name not in WHEN and name in terms]
    for keys, value in terms.groupby(["what", *by, "unit"], sort=False)["value"].sum().items():
        what, offer, *details, unit = (str(part) for part in as_tuple(keys))
        yield "terms", offer, " ".join([what, *filter(None, details)]), unit, float(value)


def of_costs(plan: Plan) -> Iterator[Row]:
    """Present cost by line of the ledger: of money `present_cost`, of prices that nobody pays `penalty`."""
    for (part, line), value in sorted(cost_by_line(plan).items()):
        yield "cost", line, PENALTY if part == PENALTIES else "present_cost", USD_BN, value


def of_funding(plan: Plan) -> Iterator[Row]:
    """Equity received, and loans drawn and repaid within the horizon, undiscounted. They are not part of the cost."""
    ledger = plan.tables["ledger"]
    funding = ledger[ledger["kind"] == str(Kind.FUNDING)]
    for keys, value in funding.groupby(["offer", "line"], sort=False)["value"].sum().items():
        yield "funding", " ".join(map(str, as_tuple(keys))), "received", USD_BN, float(value)


def of_limits(plan: Plan) -> Iterator[Row]:
    """Each limit and subject in the period with the least headroom, and for how many years it binds.

    Where 0 is used and 0 allowed, the limit is left out: a guarantor may have room only later. Cash alone binds at 0.
    """
    limits = plan.tables["limits"]
    larger = limits[["used", "allowed"]].abs().max(axis=1)
    asked = (larger > SAME) | (limits["limit"] == liquidity.NAME)
    limits = limits.assign(binds=limits["headroom"] <= SAME * larger.clip(lower=1.0))[asked]
    years = limits.groupby(["limit", "subject"])["binds"].sum() * plan.case.calendar.h
    tightest = (
        limits.sort_values(["headroom", "period"], kind="stable").groupby(["limit", "subject"], sort=False).head(1)
    )
    for row in records(tightest.sort_index()):
        item = f"{row.limit} {row.subject}"
        yield "limits", item, "tightest_on", "date", str(row.period)
        yield "limits", item, "used", str(row.unit), float(row.used)
        yield "limits", item, "allowed", str(row.unit), float(row.allowed)
        yield "limits", item, "headroom", str(row.unit), float(row.headroom)
        yield "limits", item, "binding", "years", float(years[row.limit, row.subject])


def of_service(plan: Plan) -> Iterator[Row]:
    """Demand, the part of it that is not served, and the machines that run, by offer; of own chips by (instrument)."""
    service, h = plan.tables["service"], plan.case.calendar.h
    for measure, name in (("demand", "demand"), ("shortage", "unserved")):
        mine = service[service["measure"] == measure]
        yield "service", Whole.ALL, name, REFERENCE, float(mine["gw"].sum() * h)
        for keys, gw in mine.groupby(["to_region", "workload"])["gw"].sum().items():
            yield "service", "/".join(map(str, as_tuple(keys))), name, REFERENCE, float(gw * h)
    ledger = plan.tables["ledger"]
    running = ledger[ledger["ledger"] == "in_use"]
    source = running["offer"].where(running["offer"] != "", "(" + running["instrument"] + ")")
    for by, gw in running.groupby(source)["value"].sum().items():
        yield "service", str(by), "in_use", GW_YEARS, float(gw * h)


def as_tuple(keys: Any) -> tuple[Any, ...]:
    """The keys of a group as a tuple, also where there is only one."""
    return keys if isinstance(keys, tuple) else (keys,)
