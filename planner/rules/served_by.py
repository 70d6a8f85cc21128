"""Who serves: the work that serves demand, by provider and chip.

Shares of reference GW served are taken of it, and it says where a workload must live that pays for moving
(`migration`).

    machines         Σ_w serves_{pcafwt} ≤ Σ compute_{caft} of p
    work             Σ_p serves_{pcafwt} ≤ work_{cafwt}
    all_served       Σ_b flow_{fabwt} ≤ Σ_{p,c} gw_equivalent_{cw} · serves_{pcafwt}
    nothing_else     Σ_{p,c} gw_equivalent_{cw} · serves_{pcafwt} ≤ Σ_b flow_{fabwt}

p is a provider that such a policy is about, or nobody, which stands for all others with the own fleet; where some
workload pays for moving, it is any provider, or the own fleet. Machines of several providers stand in one pool, and it
is a decision which of them serve; it is one decision for all policies and moves, so that they cannot contradict one
another. Machines that run and serve nobody are in no share. Without such a policy or workload there is nothing to
decide. The variable is

    serves[p, c, a, f, w, t]     GW of chip c of provider p in region a, firm or interruptible (f), that serve w

and the posts, by ledger and line:

    serves       serves    serves_{pcafwt}
    served_by    serves    gw_equivalent_{cw} · serves_{pcafwt}
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.words import OwnWord
from planner.common.chips import Chip, ChipPerformance
from planner.common.demand import Workload
from planner.common.policies import Basis, Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Key, PlanFile, grouped
from planner.rules.serving import equivalents
from planner.rules.shared.policies_in_force import PolicyInForce, policies_in_force

NAME = "served_by"


class Provider(OwnWord):
    """Stands for whose machines serve."""

    OTHERS = "(others)"
    """the own fleet, and all providers that no policy is about, unless a workload pays for moving"""


UNIT = "reference GW"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare which machines serve, where a policy is about it, and post the work that they do."""
    keys = list(_keys(case, ledgers))
    if not keys:
        return
    able, family = equivalents(case), {row.chip: row.family for row in case.rows(Chip)}
    dims = ("provider", "chip", "region", "firm", "workload", "period")
    serves = ledgers.declare(NAME, "serves", dims, keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE)
    for (provider, c, a, f, w), periods in grouped(keys).items():
        variables = [serves[(provider, c, a, f, w, t)] for t in periods]
        labels = Labels(instrument=NAME, about=provider, chip=c, family=family[c], region=a, workload=w, firm=f)
        ledgers.post("serves", labels, "serves", variables, periods, 1.0)
        ledgers.post("served_by", labels, "serves", variables, periods, able[c, w])


def _shares(case: CaseData) -> list[PolicyInForce]:
    """The policies on shares of reference GW served."""
    kinds = (PolicyKind.PROVIDER_SHARE_MAX, PolicyKind.FAMILY_SHARE_MAX)
    return [policy for kind in kinds for policy in policies_in_force(case, kind) if policy.basis is Basis.SERVED]


def _paying(case: CaseData) -> set[str]:
    """The workloads that pay for moving: of these it is told in all periods who serves."""
    return {row.workload for row in case.rows(Workload) if row.migration_usd_bn_per_gw > 0}


def _keys(case: CaseData, ledgers: Ledgers) -> Iterator[Key]:
    """(provider, chip, region, firm, workload, period) of all work that may serve while somebody asks who does."""
    policies, paying = _shares(case), _paying(case)
    holds = {t for policy in policies for t in policy.periods}
    named = {policy.subject for policy in policies if policy.kind is PolicyKind.PROVIDER_SHARE_MAX}
    suppliers: dict[tuple[str, str, str, str], set[int]] = {}
    for each in ledgers.select("compute") if policies or paying else ():
        labels = each.labels
        alone = labels.counterparty in named or (paying and labels.counterparty)
        source = (labels.counterparty if alone else Provider.OTHERS, labels.chip, labels.region, labels.firm)
        suppliers.setdefault(source, set()).update(each.periods.tolist())
    doing: dict[tuple[str, str, str], list[Key]] = {}
    for key in ledgers.find("serving", "work").keys if policies or paying else ():
        if key[-1] in holds or key[-2] in paying:
            doing.setdefault((str(key[0]), str(key[1]), str(key[2])), []).append(key)
    for (who, *pool), periods in suppliers.items():
        chip, region, firm = pool
        for key in doing.get((chip, region, firm), ()):
            if key[-1] in periods:
                yield (who, *key)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Machines by provider, chip, region and firmness; then work; then what is served by region and workload."""
    always, paying = tuple(case.calendar.periods), _paying(case)
    holds = tuple(sorted({t for policy in _shares(case) for t in policy.periods}))
    named = {who for (who,) in ledgers.accounts("serves", "about") if who != Provider.OTHERS}
    for who, c, a, f in ledgers.accounts("serves", "about", "chip", "region", "firm"):
        pool = {"chip": c, "region": a, "firm": f}
        owners = [
            owner for owner, *of in ledgers.accounts("compute", "counterparty", *pool) if of == [c, a, f]
            and (owner == who or (who == Provider.OTHERS and owner not in named))
        ]  # fmt: skip
        machines = [ledgers.balance("compute", counterparty=owner, **pool) for owner in owners]
        used, allowed = ledgers.balance("serves", about=who, **pool), Balance.total(machines, case.calendar.T)
        since = always if paying else holds
        yield Limit(NAME, f"machines/{who}/{c}/{a}/{f}", "GW", used, allowed, since, physical=True)
    for c, a, f, w in ledgers.accounts("serves", "chip", "region", "firm", "workload"):
        of = {"chip": c, "region": a, "firm": f, "workload": w}
        used, allowed = ledgers.balance("serves", **of), ledgers.balance("work", **of)
        since = always if w in paying else holds
        yield Limit(NAME, f"work/{c}/{a}/{f}/{w}", "GW", used, allowed, since, physical=True)
    for a, w, f in ledgers.accounts("served_by", "region", "workload", "firm"):
        of = {"region": a, "workload": w, "firm": f}
        flow, done = ledgers.balance("service", **of), ledgers.balance("served_by", **of)
        since = always if w in paying else holds
        yield Limit(NAME, f"all_served/{a}/{w}/{f}", UNIT, flow, done, since, physical=True)
        yield Limit(NAME, f"nothing_else/{a}/{w}/{f}", UNIT, done, flow, since, physical=True)


RULE = Rule(
    name=NAME,
    reads=(Chip, ChipPerformance, Policy, Workload),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    loosened_by=None,
    follows_demand=None,
)
