"""A case of `cases/`: how it is read, written, solved and measured."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.api import Case
from planner.plan.plan import Plan
from planner.solve.solve import solve
from tests.inputs import write_case
from tests.plans import confirmed

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Misread:
    """A case that was misread."""

    name: str
    about: str
    """what is asked of a plan, in the words of MEASURES"""
    before: str
    """what the planner once said"""
    right: float
    by_hand: str
    case: str
    tables: dict[str, str]
    months: tuple[int, ...]
    """period lengths at which the value is the same"""

    @staticmethod
    def all() -> list[Misread]:
        """Every case, by name."""
        return [Misread.read(file) for file in sorted(FOLDER.glob("*.toml"))]

    @staticmethod
    def read(file: Path) -> Misread:
        """The case in a file."""
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return Misread(
            file.stem, data["about"], data["before"], data["right"], data["by_hand"], data["case"], data["tables"],
            tuple(data["months"]),
        )  # fmt: skip

    def found(self, folder: Path, months: int) -> float:
        """The value of its plan at a period length; the plan is audited."""
        write_case(folder, self.case, **self.tables)
        plan = confirmed(solve(Case.read(folder).change(f"case.period_months = {months}")))
        return MEASURES[self.about](plan)


def _cost(plan: Plan) -> float:
    return plan.record.objective_usd_bn


def _signatures(plan: Plan) -> float:
    return float((plan.offers["signed"] == "yes").sum())


def _unserved(plan: Plan) -> float:
    service = plan.service
    return float(service.loc[service["measure"] == "shortage", "gw"].sum()) * plan.case.calendar.h


def _lease_payments(plan: Plan) -> float:
    ledger = plan.ledger
    return float(ledger.loc[ledger["line"] == "lease_payment", "present_value_usd_bn"].sum())


MEASURES: dict[str, Callable[[Plan], float]] = {
    "present cost": _cost,
    "signatures": _signatures,
    "GW-years not served": _unserved,
    "present value of lease payments": _lease_payments,
}
