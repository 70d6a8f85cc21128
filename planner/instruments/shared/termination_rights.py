"""The rows of `terminations` by the contract that may be ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.common.terminations import Termination
from planner.interfaces.case_data import CaseData


def rights(case: CaseData) -> Mapping[str, Sequence[Termination]]:
    """The rows of each contract that may be ended, by year."""
    found: dict[str, list[Termination]] = {}
    for row in sorted(case.rows(Termination), key=lambda row: row.from_year):
        found.setdefault(row.offer, []).append(row)
    return found
