"""Meet demand: demand is served by chips that are set to work, and demand that is not served has a price.

    compute         Σ_w work_{cafwt} ≤ compute_{caft}
    capability      Σ_b flow_{fabwt} ≤ Σ_c gw_equivalent_{cw} · work_{cafwt}
    interruptible   Σ_a flow_{fabwt} ≤ interruptible_share_w · demand_{bwt}      f: interruptible supply
    demand          demand_{bwt} ≤ Σ_{f,a} flow_{fabwt} + shortage_{bwt}

Shortage is charged at the case's price per reference GW and year; where that price is blank, there may be no shortage.
Shortage lowers revenue where its workload says by how much (`liquidity`). The variable is

    shortage[b, w, t]       reference GW of workload w in region b that is not served

and the posts, by ledger and line:

    shortage        shortage    shortage_{bwt}
    cash penalty    shortage    −price · h · shortage_{bwt}
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.demand import Demand, Workload
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, lowered
from planner.interfaces.loosening import Effect, Item, Limits
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import PlanFile
from planner.rules.serving import RECALLED, Demanded, demands
from planner.rules.shared.loosening import as_it_is, needs, size, slots_of

NAME = "meet_demand"
UNIT = "reference GW"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare shortage by region, workload and period where it has a price, and post what it costs."""
    price = case.settings.shortage_cost_usd_bn_per_gw_year
    if price is None:
        return
    wanted = demands(case)
    keys = [(demand.region, demand.workload.workload, int(t)) for demand in wanted for t in np.flatnonzero(demand.gw)]
    upper = np.array([value for demand in wanted for value in demand.gw if value])
    shortage = ledgers.declare(
        NAME, "shortage", ("to_region", "workload", "period"), keys,
        unit=UNIT, decided=Moment.DURING_PERIOD, upper=upper, file=PlanFile.SERVICE,
    )  # fmt: skip
    for demand in wanted:
        b, w = demand.region, demand.workload.workload
        periods = np.flatnonzero(demand.gw)
        variables = [shortage[(b, w, int(t))] for t in periods]
        labels = Labels(to_region=b, workload=w)
        ledgers.post("shortage", labels, "shortage", variables, periods, 1.0)
        ledgers.flow(Kind.PENALTY, labels, "shortage", variables, periods, -price * case.calendar.h)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Compute, capability, interruptible share and demand, in this order."""
    T = case.calendar.T
    for c, a, f in ledgers.accounts("work", "chip", "region", "firm"):
        used = ledgers.balance("work", chip=c, region=a, firm=f)
        allowed = ledgers.balance("compute", chip=c, region=a, firm=f)
        yield Limit.of(NAME, f"compute/{c}/{a}/{f}", "GW", used, allowed, physical=True)
    for a, w, f in ledgers.accounts("capability", "region", "workload", "firm"):
        used = ledgers.balance("service", region=a, workload=w, firm=f)
        allowed = ledgers.balance("capability", region=a, workload=w, firm=f)
        yield Limit.of(NAME, f"capability/{a}/{w}/{f}", UNIT, used, allowed, physical=True)
    for demand in demands(case):
        b, w = demand.region, demand.workload.workload
        recalled = ledgers.balance("service", to_region=b, workload=w, firm=RECALLED)
        if len(recalled.variables):
            share = demand.workload.interruptible_share * demand.gw
            yield Limit.of(NAME, f"interruptible/{b}/{w}", UNIT, recalled, share, physical=True)
        served = [ledgers.balance(name, to_region=b, workload=w) for name in ("service", "shortage")]
        yield Limit.of(NAME, f"demand/{b}/{w}", UNIT, demand.gw, Balance.total(served, T), physical=True)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Less demand, where shortage has no price."""
    if case.settings.shortage_cost_usd_bn_per_gw_year is None:
        for demand in demands(case):
            yield _less(case, demand, limits[f"demand/{demand.region}/{demand.workload.workload}"])


def _less(case: CaseData, demand: Demanded, limit: Limit) -> Item:
    """Less demand of a workload in a region."""
    b, w = demand.region, demand.workload.workload
    rows = [row for row in case.rows(Demand) if (row.region, row.workload) == (b, w)]
    rows.sort(key=lambda row: row.from_date)
    lowest = case.calendar.strictest([row.from_date for row in rows], [row.demand_gw for row in rows], min)
    slots = slots_of(limit, size(demand.gw), demand.gw)

    def lines(amounts: Amounts) -> list[Line]:
        where, says = f"demand[{{span}},{b},{w}].demand_gw", f"{{by}} less demand of {w} in {b} {{when}}"
        return lowered(case.calendar, where, needs(slots, amounts, as_it_is), lowest, demand.gw, says, "GW")

    return Item("demand", f"{b}/{w}", lines, slots, less_demand=(b, w))


def follows_demand(case: CaseData, limits: Limits, region: str, workload: str, t: int) -> Iterator[Effect]:
    """Less demand may be served by supply that can be recalled."""
    subject = f"interruptible/{region}/{workload}"
    if subject in limits and t in limits[subject].periods:
        (share,) = {row.interruptible_share for row in case.rows(Workload) if row.workload == workload}
        yield (NAME, subject), t, -share


PLAIN_LINES: PlainLines = {
    "shortage": PlainLine(
        "Demand not served", "The price of demand that is not served, which nobody is paid.", Meaning.PENALTIES
    )
}
RULE = Rule(
    name=NAME,
    reads=(Demand, Workload, "shortage_cost_usd_bn_per_gw_year"),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    loosened_by=loosened_by,
    follows_demand=follows_demand,
    plain_lines=PLAIN_LINES,
)
