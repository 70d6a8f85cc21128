"""The planner from Python, in the words of the command line.

from planner import Case

case = Case.read("data/starter").change("guarantor_caps[google,lease,*].cap_usd_bn *= 0.5")
plan = case.solve()
plan.offers, plan.cash, plan.limits     # data frames
plan.write("plans/halved")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from planner.case import case as cases
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue

if TYPE_CHECKING:
    from planner.plan.plan import Plan
    from planner.reports.check import Check
    from planner.studies.alternatives import Alternatives
    from planner.studies.frontier import Frontier
    from planner.studies.sweep import Sweep


class Case(cases.Case):
    """A valid case that can be looked at and solved."""

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Self:
        """The case in a folder, read with the planner's own instruments and rules unless another catalogue is given.

        Raises DataError with everything that is wrong with it.
        """
        return super().read(folder, catalogue)

    @classmethod
    def made_of(cls, files: Mapping[str, bytes], catalogue: Catalogue = CATALOGUE) -> Self:
        """The case whose files have this content, by name; otherwise as `read`."""
        return super().made_of(files, catalogue)

    def solve(self, start: Plan | None = None) -> Plan:
        """The plan of least present cost; `start` is a plan to start from.

        Raises Infeasible where there is none and Stopped where none was found in time.
        """
        from planner.solve.solve import solve

        return solve(self, start=start)

    def sweep(
        self,
        *grid: str,
        one_at_a_time: Sequence[str] = (),
        design: str | Path | Mapping[str, Any] | None = None,
        start: Plan | None = None,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Sweep:
        """What if: every combination of the variations given, such as `"rate: case.discount_rate = 0.08 | 0.12"`.

        `design` is a study as a mapping or as the path of a TOML file instead, `start` a plan that every run starts
        from, `workers` the processes (one per core unless given), `folder` where runs are kept and resumed. Raises
        DataError with every change that cannot be made, and TypeError where a design is given beside variations.
        """
        from planner.studies import design as designs
        from planner.studies.engine import local
        from planner.studies.sweep import sweep

        if design is not None and (grid or one_at_a_time):
            raise TypeError("a design says itself what is varied: give it alone")
        if isinstance(design, (str, Path)):
            asked = designs.read(Path(design))
        else:
            words = {"grid": list(grid), "one_at_a_time": list(one_at_a_time)} if design is None else design
            asked = designs.design(words, "the study")
        runs = None if folder is None else Path(folder)
        return sweep(self, asked, start=start, engine=local(workers), folder=runs)

    def frontier(
        self,
        of: str,
        *,
        points: int = 8,
        start: Plan | None = None,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Frontier:
        """Least cost against a measure, such as `"debt"` or `"use:google"`, from the cheapest plan to that with least.

        `start` is the least-cost plan where it is there already, `workers` and `folder` are as in `sweep`. Raises
        DataError where there is no such measure, Infeasible or Stopped where there is no plan.
        """
        from planner.studies.engine import local
        from planner.studies.frontier import frontier

        runs = None if folder is None else Path(folder)
        return frontier(self, of, points=points, start=start, engine=local(workers), folder=runs)

    def alternatives(
        self,
        *,
        within: float = 0.02,
        count: int = 10,
        apart: int = 1,
        widest: Sequence[str] = (),
        start: Plan | None = None,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Alternatives:
        """What else one could sign for a share more than the least cost, and what every such plan signs.

        So many plans that differ in `apart` offers or more, and those with least and most of each measure in `widest`,
        such as `("use:google", "own_halls")`. `start` is the least-cost plan where it is there already, `workers` and
        `folder` are as in `sweep`. Raises DataError where there is no such measure, Infeasible or Stopped where there
        is no plan.
        """
        from planner.studies.alternatives import alternatives
        from planner.studies.engine import local

        runs = None if folder is None else Path(folder)
        return alternatives(
            self, within=within, count=count, apart=apart, widest=widest, start=start, engine=local(workers),
            folder=runs,
        )  # fmt: skip

    def check(self) -> Check:
        """What is asked, what is on offer and what looks wrong by itself; `print(case.check().text())`."""
        from planner.reports.check import Check

        return Check(self)
