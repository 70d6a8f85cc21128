"""Money that is drawn, and paid back with interest."""

from __future__ import annotations

from typing import Any

from planner.instruments.term_loan import contract_checks, profiles, tables
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.term_loan.build import build

    build(block, case)


INSTRUMENT = Instrument(
    name=profiles.NAME,
    word="loan",
    tables=(tables.TermLoan,),
    check=tables.check,
    reads=(),
    post=profiles.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
)
