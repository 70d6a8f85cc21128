"""Items on limits: guarantors, cash, debt, cover, obligations, grid, policies, and demand where shortage has no price.

A slack is in the unit of its limit. The table's own number moves by

    caps, minimum of cash, demand    slack_t
    debt multiple                    slack_t / net_revenue_t, under stress slack_t / (share_t · net_revenue_t)
    cover                            cover_t · slack_t / (allowed_t + slack_t)
    policy                           slack_t / base_t      base: what the value is a share of, in the solution at hand

and, where a guarantor has used more than its cap, by what is missing there as well, as room is not less than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from planner.basics.arrays import Vector
from planner.case.case import Case
from planner.common.demand import Demand
from planner.common.guarantors import Guarantor, GuarantorCap
from planner.common.regions import Region
from planner.common.treasury import Finance
from planner.explain.items import Item, Lines, Name, Share, Slot
from planner.explain.lines import Line, lowered, raised
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.portfolio.portfolio import Portfolio
from planner.rules.policies.in_force import PolicyInForce, policies_in_force
from planner.rules.policies.limits import KINDS, KindOfPolicy
from planner.rules.policies.tables import AT_LEAST, SHARES, Policy
from planner.rules.reassignment import asked
from planner.rules.serving import Demanded, demands
from planner.rules.shared.revenue import net_revenue, strictest

Base: TypeAlias = Balance
"""what a policy's value is a share of"""
Limits = Mapping[Name, Limit]


def items(portfolio: Portfolio) -> Iterator[Item]:
    """Every item on the limits that a portfolio states."""
    case = portfolio.case
    limits = {(limit.rule, limit.subject): limit for limit in portfolio.limits}
    yield from _guarantors(case, limits)
    yield from _cash(case, limits)
    yield from _debt(case, limits)
    yield from _cover(case, limits)
    yield from _obligations(case, limits)
    yield from _grid(case, limits)
    yield from _policies(portfolio, limits)
    if case.settings.shortage_cost_usd_bn_per_gw_year is None:
        for demand in demands(case):
            yield _demand(case, limits, demand)


def _size(values: Vector) -> float:
    """What counts as 1: the largest of a limit's own values; 1 where all are zero."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0


def _slots(name: Name, limit: Limit, scale: float, most: Vector | None = None) -> tuple[Slot, ...]:
    """A slot for each period of a limit."""
    return tuple(
        Slot(t, scale, np.inf if most is None else float(most[t]), ((name, t, 1.0),))
        for t in limit.periods
        if most is None or most[t] > 0.0
    )


def _needs(slots: Sequence[Slot], share: Share, of: Callable[[int, float], float]) -> dict[int, float]:
    """What the table's number has to move by in each period: the most that a slot of the period asks for."""
    found: dict[int, float] = {}
    for k, slack in share.slack.items():
        t = slots[k].t
        found[t] = max(found.get(t, 0.0), of(k, slack))
    return found


def _raising(
    case: Case,
    slots: Sequence[Slot],
    where: str,
    says: str,
    unit: str,
    of: Callable[[int, float], float] | None = None,
) -> Lines:
    """Lines that raise a dated number by the slack of each period, or by what `of` makes of it."""

    def lines(share: Share) -> list[Line]:
        return raised(case.calendar, where, _needs(slots, share, of or (lambda _, slack: slack)), says, unit)

    return lines


def _guarantors(case: Case, limits: Limits) -> Iterator[Item]:
    for guarantor in case.rows(Guarantor):
        who, kind = guarantor.guarantor, guarantor.kind
        name = ("guarantor_cap", f"{who}/{kind}")
        caps = [row for row in case.rows(GuarantorCap) if (row.guarantor, row.kind) == (who, kind)]
        caps.sort(key=lambda row: row.from_date)
        dates = [row.from_date for row in caps]
        missing = case.calendar.strictest(dates, [max(0.0, row.used_usd_bn - row.cap_usd_bn) for row in caps], max)
        slots = _slots(name, limits[name], _size(np.array([row.cap_usd_bn for row in caps])))

        def of(k: int, slack: float, slots: Sequence[Slot] = slots, missing: Vector = missing) -> float:
            return slack + float(missing[slots[k].t])

        where = f"guarantor_caps[{who},{kind},{{span}}].cap_usd_bn"
        says = f"{{by}} more {kind} cap of {who} {{when}}"
        lines = _raising(case, slots, where, says, "USD bn", of)
        yield Item("guarantors", name[1], lines, slots, only_once_signed=guarantor.requires_offer or "")


def _cash(case: Case, limits: Limits) -> Iterator[Item]:
    name = ("liquidity", "cash")
    limit = limits.get(name)
    if limit is None:
        return
    lowest = _lowest(case, lambda row: row.min_cash_usd_bn)
    level = strictest(case, lambda row: row.min_cash_usd_bn, max, 0.0)
    slots = _slots(name, limit, _size(level), level)

    def lines(share: Share) -> list[Line]:
        needs = _needs(slots, share, lambda _, slack: slack)
        where, says = "finance[{span}].min_cash_usd_bn", "{by} less minimum cash {when}"
        return lowered(case.calendar, where, needs, lowest, level, says, "USD bn")

    if slots:
        yield Item("cash", "minimum", lines, slots)

    def more(share: Share) -> list[Line]:
        return [Line("case.opening_cash_usd_bn", "+=", share.slack[0], "{by} more cash at the start", "USD bn")]

    scale = _size(np.append(level, case.settings.opening_cash_usd_bn))
    whole = Slot(0, scale, np.inf, tuple((name, t, 1.0) for t in limit.periods))
    yield Item("opening_cash", "opening", more, (whole,))


def _lowest(case: Case, of: Callable[[Finance], float | None]) -> Vector:
    """The smallest value of a column that holds at any time of each period, blanks left aside; 0 where all are."""
    values = strictest(case, of, min, np.inf)
    return np.where(np.isfinite(values), values, 0.0)


def _debt(case: Case, limits: Limits) -> Iterator[Item]:
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    slots: list[Slot] = []
    earned: list[float] = []
    for subject in ("multiple", "multiple_under_stress"):
        name = ("debt_cap", subject)
        for slot in _slots(name, limits[name], 1.0) if name in limits else ():
            revenue = _revenue_behind(case, limits[name], slot.t, float(multiple[slot.t]))
            if revenue > 0.0:
                slots.append(replace(slot, scale=max(float(multiple[slot.t]), 0.1) * revenue))
                earned.append(revenue)
    if slots:
        where, says = "finance[{span}].debt_multiple_max", "{by} more debt multiple {when}"
        lines = _raising(case, slots, where, says, "", lambda k, slack: slack / earned[k])
        yield Item("debt", "multiple", lines, tuple(slots))
    name = ("debt_cap", "cap")
    if name in limits:
        whole = _slots(name, limits[name], _size(limits[name].allowed.constant))
        where, says = "finance[{span}].debt_cap_usd_bn", "{by} more debt cap {when}"
        yield Item("debt", "cap", _raising(case, whole, where, says, "USD bn"), whole)


def _revenue_behind(case: Case, limit: Limit, t: int, multiple: float) -> float:
    """What a debt multiple is a multiple of [USD bn a year]."""
    if multiple > 0.0:
        return float(limit.allowed.constant[t]) / multiple
    share = strictest(case, lambda row: row.revenue_stress_share, min, 1.0) if limit.subject != "multiple" else None
    return float(net_revenue(case)[t]) * (1.0 if share is None else float(share[t]))


def _cover(case: Case, limits: Limits) -> Iterator[Item]:
    cover = strictest(case, lambda row: row.cover_min, max, 0.0)
    lowest = _lowest(case, lambda row: row.cover_min)
    slots: list[Slot] = []
    allowed: list[float] = []
    for subject in ("net_revenue", "net_revenue_under_stress"):
        name = ("fixed_charge_cover", subject)
        for slot in _slots(name, limits[name], 1.0) if name in limits else ():
            earns = max(0.0, float(limits[name].allowed.constant[slot.t]))
            slots.append(replace(slot, scale=earns or 1.0))
            allowed.append(earns)

    def lines(share: Share) -> list[Line]:
        needs = _needs(slots, share, lambda k, slack: float(cover[slots[k].t]) * slack / (allowed[k] + slack))
        where, says = "finance[{span}].cover_min", "{by} less fixed-charge cover {when}"
        return lowered(case.calendar, where, needs, lowest, cover, says, "")

    if slots:
        yield Item("cover", "cover", lines, tuple(slots))


def _obligations(case: Case, limits: Limits) -> Iterator[Item]:
    name = ("obligations", "all")
    if name in limits:
        slots = _slots(name, limits[name], _size(limits[name].allowed.constant))
        where, says = "finance[{span}].obligations_cap_usd_bn", "{by} more obligations {when}"
        yield Item("obligations", "cap", _raising(case, slots, where, says, "USD bn"), slots)


def _grid(case: Case, limits: Limits) -> Iterator[Item]:
    for region in case.rows(Region):
        name = ("grid_limit", region.region)
        if name not in limits:
            continue
        slots = _slots(name, limits[name], region.grid_limit_gw or 1.0)

        def lines(share: Share, region: str = region.region) -> list[Line]:
            most = max(share.slack.values())
            return [Line(f"regions[{region}].grid_limit_gw", "+=", most, f"{{by}} more grid in {region}", "GW")]

        yield Item("grid", region.region, lines, slots)


def _policies(portfolio: Portfolio, limits: Limits) -> Iterator[Item]:
    """One per policy without a penalty; its value moves by the slack over what the value is a share of."""
    case = portfolio.case
    for kind in KINDS:
        for standing in policies_in_force(case, kind.KIND):
            of_one = dict(_bases(portfolio, kind, standing))
            for row in dict.fromkeys(row for row in standing.rows if row is not None and row.penalty is None):
                slots: list[Slot] = []
                bases: list[Base] = []
                for about, one in of_one.items():
                    name = ("policies", f"{kind.KIND}/{about}")
                    for slot in _slots(name, limits[name], 1.0) if name in limits else ():
                        if standing.rows[slot.t] is row:
                            slots.append(replace(slot, scale=max(row.value, 0.1) * _about_as_much(case, one, slot.t)))
                            bases.append(one)
                if slots:
                    yield Item("policies", row.policy, _moving(kind, row, slots, bases), tuple(slots))


def _bases(portfolio: Portfolio, kind: KindOfPolicy, standing: PolicyInForce) -> Iterator[tuple[str, Base]]:
    """By what a policy is about, what its value is a share of: what a value of 1 asks for more than one of 0."""
    case, ledgers = portfolio.case, portfolio.ledgers
    none = {each.about: each for each in kind.requirements(case, ledgers, _at(standing, 0.0))}
    for each in kind.requirements(case, ledgers, _at(standing, 1.0)):
        side = "used" if kind.KIND in AT_LEAST else "allowed"
        at_one, at_none = getattr(each, side), none.get(each.about)
        yield each.about, at_one if at_none is None else at_one.minus(getattr(at_none, side))


def _at(standing: PolicyInForce, value: float) -> PolicyInForce:
    """The same policies with another value."""
    rows = tuple(None if row is None else row.model_copy(update={"value": value}) for row in standing.rows)
    return PolicyInForce(standing.kind, standing.subject, rows)


def _about_as_much(case: Case, one: Base, t: int) -> float:
    """What a policy's value is a share of, as far as it is known beforehand: its own, or all that is asked for."""
    return float(one.constant[t]) or float(sum(gw[t] for gw in asked(case).values())) or 1.0


def _moving(kind: KindOfPolicy, row: Policy, slots: Sequence[Slot], bases: Sequence[Base]) -> Lines:
    less = kind.KIND in AT_LEAST

    def of(share: Share, k: int, slack: float) -> float:
        base = float(bases[k].evaluate(share.x)[slots[k].t])
        return slack / base if base > 0.0 else np.inf

    def lines(share: Share) -> list[Line]:
        by = max(_needs(slots, share, lambda k, slack: of(share, k, slack)).values())
        most = row.value if less else 1.0 - row.value if kind.KIND in SHARES else np.inf
        says = f"{{by}} {'less' if less else 'more'} in the policy {row.policy} ({row.kind})"
        return [Line(f"policies[{row.policy}].value", "-=" if less else "+=", min(by, most), says, "", most)]

    return lines


def _demand(case: Case, limits: Limits, demand: Demanded) -> Item:
    """Less demand, which also means less of it that may be served by what can be recalled, and less to survive with."""
    b, w = demand.region, demand.workload.workload
    rows = sorted((row for row in case.rows(Demand) if (row.region, row.workload) == (b, w)), key=lambda r: r.from_date)
    lowest = case.calendar.strictest([row.from_date for row in rows], [row.demand_gw for row in rows], min)
    name = ("meet_demand", f"demand/{b}/{w}")
    slots = tuple(
        replace(slot, effects=(*slot.effects, *_with_less(case, limits, demand, slot.t)))
        for slot in _slots(name, limits[name], _size(demand.gw), demand.gw)
    )

    def lines(share: Share) -> list[Line]:
        needs = _needs(slots, share, lambda _, slack: slack)
        where, says = f"demand[{{span}},{b},{w}].demand_gw", f"{{by}} less demand of {w} in {b} {{when}}"
        return lowered(case.calendar, where, needs, lowest, demand.gw, says, "GW")

    return Item("demand", f"{b}/{w}", lines, slots)


def _with_less(case: Case, limits: Limits, demand: Demanded, t: int) -> Iterator[tuple[Name, int, float]]:
    """What a GW less does to the other limits that the demand of a period enters."""
    b, w = demand.region, demand.workload.workload
    total = asked(case)[w][t]
    for name, limit in limits.items():
        rule, subject = name
        if t not in limit.periods:
            continue
        if name == ("meet_demand", f"interruptible/{b}/{w}"):
            yield name, t, -demand.workload.interruptible_share
        elif rule == "reassignment" and subject.startswith("interruptible/") and subject.endswith(f"/{w}"):
            yield name, t, -float(limit.allowed.constant[t]) / total
        elif rule == "policies" and subject.startswith("survive_loss") and subject.endswith(f"/{w}"):
            yield name, t, float(limit.used.constant[t]) / total
