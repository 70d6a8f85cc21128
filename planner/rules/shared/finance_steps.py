"""Steps that loosen limits of treasury: a column of the table `finance` in every row."""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.pricing import LimitOf, LimitStep


def finance_step(
    case: CaseData, about: LimitOf, limit: str, column: str, step: str, change: str
) -> Iterator[LimitStep]:
    """The step of a limit that stands in a column, where any row sets it; `change` is such as `+= 1`."""
    if any(getattr(row, column) is not None for row in case.rows(Finance)):
        yield LimitStep(about, limit, step, f"finance[*].{column} {change}")
