"""The planner from Python, in the words of the command line.

from planner import Case

case = Case.read("data/starter").change("guarantor_caps[google,lease,*].cap_usd_bn *= 0.5")
plan = case.solve()
plan.offers, plan.cash, plan.limits     # data frames
plan.write("plans/halved")
"""

from __future__ import annotations

from planner import case as cases
from planner.plan import Plan
from planner.reports.check import Check
from planner.solve import solve


class Case(cases.Case):
    """A valid case that can be looked at and solved."""

    def solve(self, start: Plan | None = None) -> Plan:
        """The plan of least present cost; `start` is a plan to start from.

        Raises Infeasible where there is none and Stopped where none was found in time.
        """
        return solve(self, start=start)

    def check(self) -> Check:
        """What is asked, what is on offer and what looks wrong by itself; `print(case.check().text())`."""
        return Check(self)
