"""Each decision of each instrument and rule stands in exactly one file of a plan: the one that its group names."""

from collections.abc import Mapping

import numpy as np
import pytest

from planner.api import Case
from planner.case import shipped
from planner.plan.exports import capacity, decisions, service
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution

FILES = {"decisions": decisions, "capacity": capacity, "service": service}
MARGIN = "+policies{policy=margin, kind=reserve_margin_min, from_date=2026-01-01, value=0.1, penalty=5}"


def files_of(portfolio: Portfolio) -> Mapping[str, list[str]]:
    """By decision, the files in which it stands once every decision is 1."""
    solution = Solution(portfolio, np.ones(portfolio.ledgers.size))
    found: dict[str, list[str]] = {name: [] for name in solution.names}
    for stem, export in FILES.items():
        for name in export.table(solution)["decision"]:
            if name:
                found[str(name)].append(stem)
    return found


@pytest.mark.parametrize("name", shipped.names())
def test_each_decision_stands_in_its_file_and_in_no_other(name: str) -> None:
    portfolio = Portfolio.of(Case.read(shipped.path(name)).change(MARGIN, "case.period_months = 12"))
    groups = portfolio.ledgers.groups
    assert files_of(portfolio) == {decision: [str(group.file)] for group in groups for decision in group.names}
    assert {str(group.file) for group in groups} == set(FILES)
