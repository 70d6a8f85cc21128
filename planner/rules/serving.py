"""Serving: compute is set to workloads, and the work serves demand.

    work[c, a, f, w, t]       GW of chip c in region a, firm or interruptible (f), set to workload w
    flow[f, a, b, w, t]       reference GW of workload w that region a serves in region b

Compute is pooled by chip and region, not by offer, so that the number of variables grows with chips · regions +
regions². A flow exists only where the quickest path a → b is within the workload's latency. Egress is paid per
reference GW on that path. The rule `meet_demand` states the limits on these variables; the rule `reserve` has variables
of the same kind for machines that may be idle. The posts, by ledger and line:

    work          work      work_{cafwt}
    capability    work      gw_equivalent_{cw} · work_{cafwt}
    service       flow      flow_{fabwt}
    cash cost     egress    −egress_{ab} · h · flow_{fabwt}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.basics.arrays import Vector
from planner.basics.networks import Path, reach
from planner.basics.words import OwnWord
from planner.common.chips import Chip, ChipPerformance
from planner.common.demand import Demand, Workload
from planner.common.regions import Link, Region
from planner.interfaces.case_data import CaseData
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.interfaces.reporting import CashLine
from planner.interfaces.rule import Rule
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped

NAME = "serving"
WORK = ("chip", "region", "firm", "workload", "period")
FLOW = ("firm", "region", "to_region", "workload", "period")
FIRM = FIRMLY, RECALLED = ("firm", "interruptible")
SAME_LATENCY = 1e-9
"""relative difference up to which latencies count as the same, as that of a path is a sum"""


class Carrier(OwnWord):
    """The counterparty of egress."""

    NETWORK = "(network)"


@dataclass(frozen=True)
class Demanded:
    """Demand of one workload in one region."""

    region: str
    workload: Workload
    gw: Vector
    """time-weighted mean of each period [reference GW]; shape (T,)"""


def demands(case: CaseData) -> tuple[Demanded, ...]:
    """The demand of each region and workload that has any; worked out once for a case."""
    return case.derived(_demands)


def _demands(case: CaseData) -> tuple[Demanded, ...]:
    workloads = {row.workload: row for row in case.rows(Workload)}
    series: dict[tuple[str, str], list[Demand]] = {}
    for row in case.rows(Demand):
        series.setdefault((row.region, row.workload), []).append(row)
    demanded = []
    for (b, w), rows in sorted(series.items()):
        rows.sort(key=lambda row: row.from_date)
        gw = case.calendar.mean([row.from_date for row in rows], [row.demand_gw for row in rows])
        if gw.any():
            demanded.append(Demanded(b, workloads[w], gw))
    return tuple(demanded)


def paths(case: CaseData) -> dict[tuple[str, str], Path]:
    """The quickest path between each two regions that links join."""
    links = [(row.region_a, row.region_b, row.latency_ms, row.egress_usd_bn_per_gw_year) for row in case.rows(Link)]
    return reach(links, [row.region for row in case.rows(Region)])


def equivalents(case: CaseData) -> dict[tuple[str, str], float]:
    """Reference GW per GW of a chip on a workload; a chip that cannot run a workload has no entry."""
    return {
        (row.chip, row.workload): row.gw_equivalent
        for row in case.rows(ChipPerformance)
        if row.gw_equivalent is not None
    }


def work_keys(case: CaseData, supply: Mapping[tuple[str, str, str], Iterable[int]]) -> Iterator[Key]:
    """(chip, region, firm, workload, period) of all work that supply can do, given its periods by the first three."""
    workloads = sorted({demand.workload.workload for demand in demands(case)})
    able = equivalents(case)
    for (c, a, f), periods in supply.items():
        for t in periods:
            for w in workloads:
                if (c, w) in able:
                    yield (c, a, f, w, t)


def flow_keys(case: CaseData, work: Sequence[Key]) -> Iterator[Key]:
    """(firm, region, to_region, workload, period) of all flows from work to demand within its latency."""
    quickest = paths(case)
    origins = {(a, f, w, t) for _, a, f, w, t in work}
    for demand in demands(case):
        w = demand.workload
        for a, f in sorted({(str(a), str(f)) for a, f, of, _ in origins if of == w.workload}):
            path = quickest.get((a, demand.region))
            if path is None or path.latency_ms > w.max_latency_ms * (1 + SAME_LATENCY):
                continue
            if f == RECALLED and w.interruptible_share == 0:
                continue
            for t in case.calendar.periods:
                if demand.gw[t] > 0 and (a, f, w.workload, t) in origins:
                    yield (f, a, demand.region, w.workload, t)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare work and flows for all compute that was posted, and post what they do."""
    chips = {row.chip: row.family for row in case.rows(Chip)}
    able, quickest = equivalents(case), paths(case)
    supply = {
        (c, a, f): ledgers.balance("compute", chip=c, region=a, firm=f).possible()
        for c, a, f in ledgers.accounts("compute", "chip", "region", "firm")
    }
    working = list(work_keys(case, supply))
    work = ledgers.declare(NAME, "work", WORK, working, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE)
    flow = ledgers.declare(
        NAME, "flow", FLOW, list(flow_keys(case, working)),
        unit="reference GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE,
    )  # fmt: skip
    for (c, a, f, w), periods in grouped(work.keys).items():
        variables = [work[(c, a, f, w, t)] for t in periods]
        labels = Labels(instrument=NAME, chip=c, family=chips[c], region=a, workload=w, firm=f)
        ledgers.post("work", labels, "work", variables, periods, 1.0)
        ledgers.post("capability", labels, "work", variables, periods, able[c, w])
    for (f, a, b, w), periods in grouped(flow.keys).items():
        variables = [flow[(f, a, b, w, t)] for t in periods]
        labels = Labels(instrument=NAME, counterparty=Carrier.NETWORK, region=a, to_region=b, workload=w, firm=f)
        ledgers.post("service", labels, "flow", variables, periods, 1.0)
        egress = quickest[a, b].egress_usd_bn_per_gw_year
        ledgers.flow(Kind.COST, labels, "egress", variables, periods, -egress * case.calendar.h)


PLAIN_LINES: PlainLines = {
    "egress": PlainLine(
        "Traffic between regions", "Paid for data that crosses from one region to another.", Meaning.NETWORK
    )
}
RULE = Rule(
    name=NAME,
    reads=(Chip, ChipPerformance, Demand, Link, Region, Workload),
    steps=None,
    events=(),
    post=post,
    set_by_somebody=False,
    loosened_by=None,
    follows_demand=None,
    cash_lines={"egress": CashLine("egress", role="egress")},
    plain_lines=PLAIN_LINES,
)
