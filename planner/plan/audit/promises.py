"""What a plan must keep to: domains and bounds of its decisions, every limit, every term of a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.ledgers.contract_checks import TOLERANCE, exceeds
from planner.ledgers.variables import Domain, PlanFile
from planner.plan.audit.files import Written
from planner.plan.audit.finding import Finding, apart
from planner.plan.audit.values import STANDS, Stated
from planner.plan.plan import RECORD
from planner.portfolio.solution import Solution


@dataclass(frozen=True)
class Kept:
    """What was checked."""

    findings: tuple[Finding, ...]
    limits: int
    """number of limits, counted once per period"""
    terms: int
    """number of demands of contracts"""
    worst: str
    """the limit with the least headroom; empty where there is none"""
    worst_headroom: float
    """its headroom, relative to what it allows where that is larger than 1; infinite where there is no limit"""
    bought_out: int
    """number of limits that are broken, period by period, and named as bought out"""


def check(solution: Solution, stated: Stated, written: Written, relaxed: tuple[str, ...] = ()) -> Kept:
    """Domains, limits and terms; `written` is the table of limits, `relaxed` names those that were bought out.

    A limit that is named is broken, and one that is broken is named.
    """
    findings = [*_domains(solution, stated)]
    named = set(map(str, relaxed))
    bought_out = set[str]()
    worst, least, count = "", float("inf"), 0
    calendar = solution.portfolio.case.calendar
    for limit in solution.portfolio.limits:
        periods = np.array(limit.periods, dtype=np.int64)
        used, allowed = limit.used.evaluate(solution.x), limit.allowed.evaluate(solution.x)
        left = (allowed - used)[periods] / np.maximum(1.0, np.abs(allowed[periods]))
        count += len(periods)
        if len(left) and left.min() < least:
            least = float(left.min())
            worst = limit.named(int(periods[left.argmin()]), calendar)
        for t in periods[left < -TOLERANCE]:
            name = limit.named(int(t), calendar)
            if name in named:
                bought_out.add(name)
                continue
            start = calendar.start_of(int(t)).isoformat()
            line = _line(written, (limit.rule, limit.subject, start))
            one, other = apart(float(used[t]), float(allowed[t]))
            findings.append(
                Finding(written.file, line, "headroom", f"{name}: {one} {limit.unit} used, {other} allowed")
            )
    for name in sorted(named - bought_out):
        findings.append(Finding(RECORD, None, "relaxed", f"names {name!r}, which is no limit that is broken"))
    count_terms = 0
    case, ledgers = solution.portfolio.case, solution.portfolio.ledgers
    for instrument in case.catalogue.instruments:
        for term in instrument.contract_checks(case, ledgers, solution.x):
            count_terms += 1
            if term.broken:
                one, other = apart(term.used, term.allowed)
                file, line = stated.place(term.variable)
                what = f"{term.says}: does not hold, {one} > {other} ({solution.names[term.variable]})"
                findings.append(Finding(file, line, STANDS[PlanFile(file.removesuffix(".csv"))], what))
    for top in solution.portfolio.ledgers.maxima:
        count_terms += 1
        says, follows = float(solution.x[top.variable]), top.value(solution.x)
        if exceeds(says, follows) or exceeds(follows, says):
            file, line = stated.place(top.variable)
            what = f"is the largest of what it depends on: {says} is not {follows} ({solution.names[top.variable]})"
            findings.append(Finding(file, line, STANDS[PlanFile(file.removesuffix(".csv"))], what))
    return Kept(tuple(findings), count, count_terms, worst, least, len(bought_out))


def _domains(solution: Solution, stated: Stated) -> Iterator[Finding]:
    """Decisions outside their bounds, and fractions where only whole numbers are possible."""
    for group in solution.portfolio.ledgers.groups:
        values, column = solution.of(group), STANDS[group.file]
        for i, value in enumerate(values.tolist()):
            low, high = float(group.lower[i]), float(group.upper[i])
            file, line = stated.place(group.first + i)
            name = solution.names[group.first + i]
            if exceeds(low, value) or exceeds(value, high):
                yield Finding(file, line, column, f"{name} is {value:.6g}, which is not from {low:g} to {high:g}")
            elif group.domain is not Domain.NONNEGATIVE and value != round(value):
                yield Finding(file, line, column, f"{name} is {value!r}, which is not whole")


def _line(written: Written, row: tuple[str, str, str]) -> int | None:
    """The line of a limit in its file."""
    for line, cells in zip(written.lines.tolist(), written.rows, strict=True):
        if cells[:3] == row:
            return int(line)
    return None
