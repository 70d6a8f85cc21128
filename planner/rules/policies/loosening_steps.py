"""A step that loosens each policy."""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import AT_LEAST, SHARES, Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.interfaces.pricing import LimitOf, LimitStep


def steps(case: CaseData) -> Iterator[LimitStep]:
    """For each row of the table a step of its value; none where the value is as loose as can be."""
    for row in case.rows(Policy):
        least, gw = row.kind in AT_LEAST, row.kind is PolicyKind.OWN_CAPACITY_MIN
        room = row.value if least else 1.0 - row.value if row.kind in SHARES else float("inf")
        step = min(0.1 if gw else 0.01, room)
        if step > 0.0:
            words = f"{step:g}{' GW' * gw} {'less' if least else 'more'}"
            change = f"policies[{row.policy}].value {'-=' if least else '+='} {step:g}"
            yield LimitStep(LimitOf.POLICIES, f"policy {row.policy}", words, change)
