"""The audit's checks of limits and contracts, and of the domain and bounds of each decision."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.ledgers.contract_checks import TOLERANCE, ContractCheck, counted, exceeds
from planner.ledgers.limits import sizes
from planner.ledgers.variables import Domain, PlanFile, VariableGroup
from planner.plan.audit.events import excused
from planner.plan.audit.files import Written
from planner.plan.audit.finding import Finding, apart
from planner.plan.audit.values import STANDS, Stated
from planner.plan.record import RECORD
from planner.portfolio.solution import Solution
from planner.portfolio.waived import breached


@dataclass(frozen=True)
class Checked:
    """What was checked, and what was found."""

    findings: tuple[Finding, ...]
    limits: int
    """number of limits, counted once per period"""
    contract_checks: int
    """number of contract checks"""
    worst: str
    """the limit with the least headroom; empty where there is no limit"""
    worst_headroom: float
    """its headroom as a share of what it allows, which counts as no less than a ten-thousandth of the largest number of
    limits in its unit; infinite where there is no limit"""
    loosened: tuple[str, ...]
    """names of the limits that are broken and that the record of a stress plan may name, one for each period"""
    waived: tuple[str, ...]
    """names of the limits that are broken under a waiver, one for each period"""


def check(
    solution: Solution, stated: Stated, written: Written, relaxed: tuple[str, ...] = (), *, stressed: bool = False
) -> Checked:
    """Check domains, limits and contracts.

    `written` is the table of limits, in which findings name the line. `relaxed` names the limits that a plan under
    events breaks: each limit that is broken must be named there, and each that is named must be broken and be one that
    events may loosen. `stressed` says whether the plan is a stress plan; no other plan may break a limit by more than
    is waived. What is waived must be as much as a limit is broken.
    """
    findings = [*_domains(solution, stated)]
    allowed_by_events, wrong = excused(solution, relaxed, stressed=stressed)
    findings += wrong
    loosened: list[str] = []
    worst, least, limits = "", float("inf"), 0
    calendar, of_unit = solution.portfolio.case.calendar, sizes(solution.portfolio.limits, solution.x)
    for limit in solution.portfolio.limits:
        periods = np.array(limit.periods, dtype=np.int64)
        used, allowed = limit.used.evaluate(solution.x), limit.allowed.evaluate(solution.x)
        bearable = limit.bearable(solution.x)
        sizes_of = counted(allowed[periods], of_unit[limit.unit])
        left = (allowed - used)[periods] / sizes_of
        limits += len(periods)
        if len(left) and left.min() < least:
            least = float(left.min())
            worst = limit.named(int(periods[left.argmin()]), calendar)
        for t in periods[(bearable - used)[periods] / sizes_of < -TOLERANCE]:
            name = limit.named(int(t), calendar)
            if name in allowed_by_events:
                loosened.append(name)
                continue
            line = _line(written, (limit.rule, limit.subject, calendar.start_of(int(t)).isoformat()))
            one, other = apart(float(used[t]), float(bearable[t]))
            findings.append(
                Finding(written.file, line, "headroom", f"{name}: {one} {limit.unit} used, {other} allowed")
            )
    for name in sorted(allowed_by_events.difference(loosened)):
        findings.append(Finding(RECORD, None, "relaxed", f"names {name!r}, which is no limit that is broken"))
    contracts = [*_contracts(solution, stated), *_maxima(solution, stated), *_waived(solution, stated)]
    findings += [finding for finding in contracts if finding is not None]
    waived = [limit.named(t, calendar) for limit, t, _ in breached(solution.portfolio.limits, solution.x)]
    return Checked(tuple(findings), limits, len(contracts), worst, least, tuple(loosened), tuple(waived))


def _contracts(solution: Solution, stated: Stated) -> Iterator[Finding | None]:
    """For each contract check of each instrument, a finding where it does not hold, or None."""
    case, ledgers, of_unit = solution.portfolio.case, solution.portfolio.ledgers, _of_unit(solution)
    for instrument in case.catalogue.instruments:
        stated_checks = list(instrument.contract_checks(case, ledgers, solution.x))
        largest = _largest(stated_checks)
        for each in stated_checks:
            size = max(largest[_demand(each)], of_unit[_group(solution, each.variable).unit])
            if exceeds(each.used, each.allowed, size):
                one, other = apart(each.used, each.allowed)
                yield _about(solution, stated, each.variable, f"{each.says}: does not hold, {one} > {other}")
            else:
                yield None


def _demand(check: ContractCheck) -> str:
    """What a check demands, without the contract that it names."""
    return check.says.partition(": ")[2] or check.says


def _largest(checks: list[ContractCheck]) -> dict[str, float]:
    """By demand, the largest number that is compared."""
    found: dict[str, float] = {}
    for each in checks:
        found[_demand(each)] = max(found.get(_demand(each), 0.0), abs(each.used), abs(each.allowed))
    return found


def _of_unit(solution: Solution) -> dict[str, float]:
    """By unit, the largest decision in that unit."""
    found: dict[str, float] = {}
    for group in solution.portfolio.ledgers.groups:
        largest = float(np.abs(solution.of(group)).max(initial=0.0))
        found[group.unit] = max(found.get(group.unit, 0.0), largest)
    return found


def _group(solution: Solution, variable: int) -> VariableGroup:
    """The group of a variable."""
    groups = solution.portfolio.ledgers.groups
    return groups[bisect_right([group.first for group in groups], variable) - 1]


def _maxima(solution: Solution, stated: Stated) -> Iterator[Finding | None]:
    """For each variable that is the largest of others, a finding where it is not, or None."""
    of_unit = _of_unit(solution)
    for top in solution.portfolio.ledgers.maxima:
        says, follows = float(solution.x[top.variable]), top.value(solution.x)
        size = of_unit[_group(solution, top.variable).unit]
        if exceeds(says, follows, size) or exceeds(follows, says, size):
            what = f"is the largest of what it depends on: {says} is not {follows}"
            yield _about(solution, stated, top.variable, what)
        else:
            yield None


def _waived(solution: Solution, stated: Stated) -> Iterator[Finding | None]:
    """For each breach that is waived, a finding where it is not as much as its limit is broken, or None."""
    of_unit = sizes(solution.portfolio.limits, solution.x)
    for limit in solution.portfolio.limits:
        if limit.waived is None:
            continue
        by, used = limit.breach(solution.x), limit.used.evaluate(solution.x)
        for t, variable in zip(limit.waived.periods.tolist(), limit.waived.variables.tolist(), strict=True):
            says, follows = float(solution.x[variable]), float(by[t])
            size = max(abs(used[t]), abs(used[t] - follows), of_unit[limit.unit])
            if exceeds(says, follows, size):
                yield _about(solution, stated, variable, f"waives {says:.6g}, but the limit is broken by {follows:.6g}")
            else:
                yield None


def _about(solution: Solution, stated: Stated, variable: int, what: str) -> Finding:
    """A finding at the cell in which a decision stands."""
    file, line = stated.place(variable)
    column = STANDS[PlanFile(file.removesuffix(".csv"))]
    return Finding(file, line, column, f"{what} ({solution.names[variable]})")


def _domains(solution: Solution, stated: Stated) -> Iterator[Finding]:
    """Decisions outside their bounds, and fractions where only whole numbers are possible."""
    of_unit = _of_unit(solution)
    for group in solution.portfolio.ledgers.groups:
        values, column = solution.of(group), STANDS[group.file]
        for i, value in enumerate(values.tolist()):
            low, high = float(group.lower[i]), float(group.upper[i])
            file, line = stated.place(group.first + i)
            name = solution.names[group.first + i]
            if exceeds(low, value, of_unit[group.unit]) or exceeds(value, high, of_unit[group.unit]):
                yield Finding(file, line, column, f"{name} is {value:.6g}, which is not from {low:g} to {high:g}")
            elif group.domain is not Domain.NONNEGATIVE and value != round(value):
                yield Finding(file, line, column, f"{name} is {value!r}, which is not whole")


def _line(written: Written, row: tuple[str, str, str]) -> int | None:
    """The line of a limit in its file; None where it does not stand there."""
    for line, cells in zip(written.lines.tolist(), written.rows, strict=True):
        if cells[:3] == row:
            return int(line)
    return None
