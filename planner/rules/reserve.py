"""Reserve: all machines that the lab holds, running or not, could serve demand with a margin.

    rights            Σ_{c,a} held_{mocat} ≤ rights_{ot}                        of each offer
    product_rights    held_{mocat} ≤ product_rights_{ocat}                      where a product has a limit of its own
    chips             Σ_{a,F} held_{mcaFt} ≤ chips_{ct} − unavailable_{ct}        own chips
    halls             Σ_c held_{mcaFt} ≤ halls_{aFt}                            in halls that admit them
    compute           Σ_w reserve_work_{mcafwt} ≤ Σ availability_share_c · held_{m·caft}
    capability        Σ_b reserve_flow_{mfabwt} ≤ Σ_c gw_equivalent_{cw} · reserve_work_{mcafwt}
    interruptible     Σ_a reserve_flow_{mfabwt} ≤ interruptible_share_w · asked_{mbwt}      f: interruptible supply
    demand            demand_{bwt} − shortage_{bwt} ≤ Σ_{f,a} reserve_flow_{mfabwt}         b, w outside the margin

m is the subject of a policy `reserve_margin_min`. asked_{mbwt} is (1 + value) · demand in the regions and workloads of
the subject, and demand in all others. Without such a policy there are no variables. Spare machines count while they are
taken; those paid by use count as far as they are used. What is let to tenants is no reserve.
Flows must be within latency, but pay no egress. The variables
are

    held[m, o, F, c, a, f, t]              GW of chip c in region a of offer o, or of the lab's own chips in halls F
    reserve_work[m, c, a, f, w, t]         GW of these set to workload w
    reserve_flow[m, f, a, b, w, t]         reference GW that region a could serve in region b

and the posts, by ledger and line:

    held                  held            held_{moFcaft}
    reserve               held            availability_share_c · held_{moFcaft}
    reserve_work          reserve_work    reserve_work_{mcafwt}
    reserve_capability    reserve_work    gw_equivalent_{cw} · reserve_work_{mcafwt}
    reserve_service       reserve_flow    reserve_flow_{mfabwt}
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.arrays import Vector
from planner.common.chips import Chip, ChipPerformance
from planner.common.demand import Demand, Workload
from planner.common.policies import Policy, PolicyKind
from planner.common.regions import Link, Region
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Effect, Limits
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Key, PlanFile, grouped
from planner.rules.hosting import able_to_run
from planner.rules.serving import FLOW, RECALLED, WORK, Demanded, demands, equivalents, flow_keys, work_keys
from planner.rules.shared.let import let_chips, own_use
from planner.rules.shared.policies_in_force import PolicyInForce, policies_in_force

NAME = "reserve"
UNIT = "reference GW"


def margins(case: CaseData, policy: PolicyInForce) -> list[tuple[Demanded, Vector]]:
    """Each demand that a policy is about, with its size including the margin [reference GW]; shape (T,)."""
    return [
        (demand, (1.0 + policy.value) * demand.gw)
        for demand in demands(case)
        if policy.subject in ("", demand.region, f"{demand.region}/{demand.workload.workload}")
    ]


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare for each subject the machines held and what they could serve, and post both."""
    policies = policies_in_force(case, PolicyKind.RESERVE_MARGIN_MIN)
    if not policies:
        return
    sources: dict[tuple[str, str, str, str, str], list[int]] = {}
    for each in ledgers.select("compute"):
        labels = each.labels
        source = (labels.offer, labels.families, labels.chip, labels.region, labels.firm)
        sources[source] = sorted({*sources.get(source, ()), *each.periods.tolist()})
    keys, working, flowing = list[Key](), list[Key](), list[Key]()
    for policy in policies:
        about, holds = policy.about, frozenset(policy.periods)
        supply: dict[tuple[str, str, str], set[int]] = {}
        for source, periods in sources.items():
            when = [t for t in periods if t in holds]
            keys += [(about, *source, t) for t in when]
            c, a, f = source[2:]
            supply.setdefault((c, a, f), set()).update(when)
        work = list(work_keys(case, {pool: sorted(periods) for pool, periods in supply.items()}))
        working += [(about, *key) for key in work]
        flowing += [(about, *key) for key in flow_keys(case, work)]
    _post_held(case, ledgers, keys)
    _post_service(case, ledgers, working, flowing)


def _post_held(case: CaseData, ledgers: Ledgers, keys: list[Key]) -> None:
    """Declare and post machines by where they come from."""
    chips = {row.chip: row for row in case.rows(Chip)}
    dims = ("about", "offer", "families", "chip", "region", "firm", "period")
    held = ledgers.declare(NAME, "held", dims, keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE)
    for (about, offer, families, c, a, f), periods in grouped(keys).items():
        variables = [held[(about, offer, families, c, a, f, t)] for t in periods]
        labels = Labels(
            instrument=NAME, offer=offer, chip=c, family=chips[c].family, region=a, families=families, firm=f,
            about=about,
        )  # fmt: skip
        ledgers.post("held", labels, "held", variables, periods, 1.0)
        ledgers.post("reserve", labels, "held", variables, periods, chips[c].availability_share)


def _post_service(case: CaseData, ledgers: Ledgers, working: list[Key], flowing: list[Key]) -> None:
    """Declare and post the work that the machines could do, and the demand that they could serve."""
    able = equivalents(case)
    work = ledgers.declare(
        NAME, "reserve_work", ("about", *WORK), working, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE
    )
    for (about, c, a, f, w), periods in grouped(working).items():
        variables = [work[(about, c, a, f, w, t)] for t in periods]
        labels = Labels(instrument=NAME, chip=c, region=a, workload=w, firm=f, about=about)
        ledgers.post("reserve_work", labels, "reserve_work", variables, periods, 1.0)
        ledgers.post("reserve_capability", labels, "reserve_work", variables, periods, able[c, w])
    flow = ledgers.declare(
        NAME, "reserve_flow", ("about", *FLOW), flowing, unit=UNIT, decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE
    )
    for (about, f, a, b, w), periods in grouped(flowing).items():
        variables = [flow[(about, f, a, b, w, t)] for t in periods]
        labels = Labels(instrument=NAME, region=a, to_region=b, workload=w, firm=f, about=about)
        ledgers.post("reserve_service", labels, "reserve_flow", variables, periods, 1.0)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Machines held, then what they could serve, subject by subject."""
    yield from _machines(ledgers)
    for policy in policies_in_force(case, PolicyKind.RESERVE_MARGIN_MIN):
        yield from _service(case, ledgers, policy)


def _machines(ledgers: Ledgers) -> Iterator[Limit]:
    """No more machines than contracts allow, and than there are own chips with halls."""
    limited = set(ledgers.accounts("product_rights", "offer", "chip", "region"))
    for about, o in ledgers.accounts("held", "about", "offer"):
        if o:
            used = ledgers.balance("held", about=about, offer=o)
            yield Limit.of(NAME, f"rights/{about}/{o}", "GW", used, ledgers.balance("rights", offer=o), physical=True)
    for about, o, c, a in ledgers.accounts("held", "about", "offer", "chip", "region"):
        if (o, c, a) in limited:
            product = {"offer": o, "chip": c, "region": a}
            used, allowed = (
                ledgers.balance("held", about=about, **product),
                ledgers.balance("product_rights", **product),
            )
            yield Limit.of(NAME, f"product_rights/{about}/{o}/{c}/{a}", "GW", used, allowed, physical=True)
    own = [account for account in ledgers.accounts("held", "about", "families", "chip", "region") if account[1]]
    for about, c in dict.fromkeys((about, c) for about, _, c, _ in own):
        used = ledgers.balance("held", about=about, offer="", chip=c)
        allowed = own_use(ledgers, able_to_run(ledgers, c), let_chips(ledgers, chip=c))
        yield Limit.of(NAME, f"chips/{about}/{c}", "GW", used, allowed, physical=True)
    for about, c, a in dict.fromkeys((about, c, a) for about, _, c, a in own):
        here = {"chip": c, "region": a}
        placed = ledgers.balance("placed", **here)
        if len(placed.variables):
            used = Balance.total(
                [ledgers.balance("held", about=about, offer="", **here), ledgers.balance("moving", **here)],
                ledgers.calendar.T,
            )
            free = own_use(ledgers, placed, let_chips(ledgers, **here))
            yield Limit.of(NAME, f"placed/{about}/{c}/{a}", "GW", used, free, physical=True)
    for about, families, a in dict.fromkeys((about, families, a) for about, families, _, a in own):
        pool = {"families": families, "region": a}
        used = ledgers.balance("held", about=about, **pool)
        allowed = own_use(ledgers, ledgers.balance("halls", **pool), [ledgers.balance("let", **pool)])
        yield Limit.of(NAME, f"halls/{about}/{a}/{families}", "GW", used, allowed, physical=True)


def _service(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Limit]:
    """Compute, capability, interruptible share and demand, as in `meet_demand`."""
    about = policy.about
    for of, c, a, f in ledgers.accounts("reserve", "about", "chip", "region", "firm"):
        if of == about:
            pool = {"about": about, "chip": c, "region": a, "firm": f}
            used, allowed = ledgers.balance("reserve_work", **pool), ledgers.balance("reserve", **pool)
            yield Limit.of(NAME, f"compute/{about}/{c}/{a}/{f}", "GW", used, allowed, physical=True)
    for of, a, w, f in ledgers.accounts("reserve_capability", "about", "region", "workload", "firm"):
        if of == about:
            pool = {"about": about, "region": a, "workload": w, "firm": f}
            used, allowed = ledgers.balance("reserve_service", **pool), ledgers.balance("reserve_capability", **pool)
            yield Limit.of(NAME, f"capability/{about}/{a}/{w}/{f}", UNIT, used, allowed, physical=True)
    with_margin = {(d.region, d.workload.workload): gw for d, gw in margins(case, policy)}
    for demand in demands(case):
        b, w = demand.region, demand.workload.workload
        where = {"to_region": b, "workload": w}
        asked = with_margin.get((b, w), demand.gw)
        recalled = ledgers.balance("reserve_service", about=about, **where, firm=RECALLED)
        if len(recalled.variables):
            most = demand.workload.interruptible_share * asked
            yield Limit.of(NAME, f"interruptible/{about}/{b}/{w}", UNIT, recalled, most, physical=True)
        if (b, w) not in with_margin:
            served = [ledgers.balance("reserve_service", about=about, **where), ledgers.balance("shortage", **where)]
            allowed = Balance.total(served, case.calendar.T)
            periods = tuple(t for t in policy.periods if demand.gw[t] > 0)
            yield Limit(NAME, f"demand/{about}/{b}/{w}", UNIT, Balance.of(demand.gw), allowed, periods, physical=True)


def follows_demand(case: CaseData, limits: Limits, region: str, workload: str, t: int) -> Iterator[Effect]:
    """Less demand has to be served a second time, and less of it may be served by what can be recalled."""
    (gw,) = (each.gw[t] for each in demands(case) if (each.region, each.workload.workload) == (region, workload))
    for subject, limit in limits.items():
        if subject.endswith(f"/{region}/{workload}") and t in limit.periods:
            if subject.startswith("demand/"):
                yield (NAME, subject), t, float(limit.used.constant[t]) / gw
            elif subject.startswith("interruptible/"):
                yield (NAME, subject), t, -float(limit.allowed.constant[t]) / gw


RULE = Rule(
    name=NAME,
    reads=(Chip, ChipPerformance, Demand, Link, Region, Workload, Policy),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    loosened_by=None,
    follows_demand=follows_demand,
)
