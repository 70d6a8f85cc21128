"""A plan that is given to a study as the least-cost plan of its case, so that it need not be solved again."""

from __future__ import annotations

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common import settings
from planner.plan.plan import Plan

GIVEN = "--start"
FREE = {"solver": None, "title": ""}
"""settings in which the plan's case may differ: they change nothing of which plan is the best"""


def checked(case: Case, plan: Plan) -> Plan:
    """The plan, if it may be the least-cost plan of the case.

    Raises DataError where it is a stress plan, which keeps what was signed and may break limits, where it is a
    re-planned plan, which changes little rather than costs least, where it is one future of a hedge, which is made for
    all futures, or where it is the plan of a case with other files or
    settings.
    """
    expected = "the least-cost plan of the case"
    if plan.record.stress is not None:
        raise DataError([Problem(GIVEN, None, "", expected, "a stress plan")])
    if plan.record.replan is not None:
        raise DataError([Problem(GIVEN, None, "", expected, "a re-planned plan")])
    if plan.record.hedge is not None:
        raise DataError([Problem(GIVEN, None, "", expected, "one future of a hedge")])
    names = sorted({*case.files, *plan.case.files} - {settings.FILE})
    differ = [name for name in names if case.files.get(name) != plan.case.files.get(name)]
    mine, its = (each.settings.model_copy(update=FREE) for each in (case, plan.case))
    differ += [settings.FILE] * (mine != its)
    if differ:
        raise DataError(Problem(GIVEN, None, "", expected, f"a plan of a case with another {name}") for name in differ)
    return plan
