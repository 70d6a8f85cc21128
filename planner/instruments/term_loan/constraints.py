"""Term loan: constraints on the variables, by name.

    within_limit    Σ_t draw_{ft} ≤ limit − drawn before the start, repaid since or not

What is repaid cannot be drawn again.
"""

from __future__ import annotations

from typing import Any

import pyomo.core as pyo

from planner.instruments.term_loan.postings import facilities
from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_name = {facility.row.facility: facility for facility in facilities(case)[0] if facility.draws}

    @b.Constraint(list(by_name))
    def within_limit(b: pyo.Block, f: str) -> Any:
        return sum(b.draw[f, t] for t in by_name[f].draws) <= by_name[f].free_usd_bn
