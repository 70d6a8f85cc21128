"""What the tests of `explain` share: repairs tried by solving and auditing, not by what `explain` itself says."""

import re

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.explain.groups import chosen
from planner.explain.search import Explanation, explain
from planner.solve.solve import solve
from tests.plans import solved

AMOUNT = re.compile(r"(?P<where>.*) (?P<op>\+=|-=|\*=) (?P<amount>[0-9.]+)$")


def explained(case: Case, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Explanation:
    """An explanation of an impossible case, each of whose repairs works, and works no longer with any less of it."""
    impossible(case)
    found = explain(case, chosen(include, exclude))
    assert not found.feasible
    assert 1 <= len(found.repairs) <= 4
    assert len({repair.touched for repair in found.repairs}) == len(found.repairs)
    for repair in found.repairs:
        changes = repair.changes
        solved(case.change(*changes))
        for left_out in changes if len(changes) > 1 else ():
            impossible(case.change(*(change for change in changes if change != left_out)))
        if any(AMOUNT.match(change) for change in changes):
            impossible(case.change(*map(halved, changes)))
    return found


def impossible(case: Case) -> None:
    with pytest.raises(Infeasible, match="planner explain CASE"):
        solve(case)


def halved(change: str) -> str:
    """The change with half of its amount; one without an amount as it is."""
    found = AMOUNT.match(change)
    if found is None:
        return change
    amount = float(found["amount"])
    return f"{found['where']} {found['op']} {(1 + amount) / 2 if found['op'] == '*=' else amount / 2:.10f}"


def amounts(found: Explanation) -> dict[str, float]:
    """The amounts of all repairs of one line, by what they change and how."""
    matches = [AMOUNT.match(repair.changes[0]) for repair in found.repairs if len(repair.changes) == 1]
    return {f"{match['where']} {match['op']}": float(match["amount"]) for match in matches if match is not None}


def largest(found: Explanation) -> float:
    """The largest amount of the first repair."""
    matches = [AMOUNT.match(change) for change in found.repairs[0].changes]
    return max(float(match["amount"]) for match in matches if match is not None)


def alone(found: Explanation) -> set[str]:
    """The changes that are a repair each by itself."""
    return {repair.changes[0] for repair in found.repairs if len(repair.changes) == 1}
