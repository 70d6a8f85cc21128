"""The planner from Python, with the same names as the command line.

from planner import Case

case = Case.read("data/starter").change("guarantor_caps[google,lease,*].cap_usd_bn *= 0.5")
plan = case.solve()
plan.offers, plan.cash, plan.limits     # data frames
plan.write("plans/halved")
later = plan.advance(date(2028, 1, 1))  # the case of a later day
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from planner.basics import inputs
from planner.basics.errors import DataError, MissingResource
from planner.case import case as cases
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue
from planner.plan import plan as plans
from planner.reports.check import Check

if TYPE_CHECKING:
    from planner.plan.hedges.hedge import Hedge
    from planner.roll.actuals.reading import Actuals
    from planner.roll.advance import Advanced
    from planner.simulation.simulation import Simulation
    from planner.studies.alternatives import Alternatives
    from planner.studies.frontier import Frontier
    from planner.studies.hedged.alternatives import HedgedAlternatives
    from planner.studies.hedged.prudence import PrudenceFrontier
    from planner.studies.sweep import Sweep


class Case(cases.Case):
    """A valid case, with methods to check it, solve it and study it."""

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Self:
        """The case in a folder or a workbook (.xlsx), read by the planner's catalogue unless another is given.

        Problems of a workbook name its sheets and cells. Raises DataError with all problems of the case,
        MissingResource where the package that reads workbooks is not installed.
        """
        path = Path(folder)
        if path.suffix.lower() != ".xlsx" or inputs.kind_of(path) == "a folder":
            return super().read(folder, catalogue)
        try:
            from planner.workbooks.of_case.reading import read
        except ModuleNotFoundError as error:
            why = f"{error.name}, which reads workbooks, is not installed"
            raise MissingResource(why, "pip install 'planner[excel]' brings it.") from None
        book = read(path, catalogue)
        try:
            return replace(cls.made_of(book.files, catalogue), sheets=book.sheets)
        except DataError as error:
            raise DataError(book.sheets.told(error.problems)) from None

    @classmethod
    def made_of(
        cls, files: Mapping[str, bytes], catalogue: Catalogue = CATALOGUE, like: cases.Case | None = None
    ) -> Self:
        """The case whose files have this content, by name; otherwise as `read`. `like` spares the parsing of tables."""
        return super().made_of(files, catalogue, like)

    @classmethod
    def like(cls, case: cases.Case) -> Self:
        """A case of another class with the methods of this one."""
        return cls(**{each.name: getattr(case, each.name) for each in fields(cases.Case)})

    def solve(self, start: plans.Plan | None = None) -> Plan:
        """The plan of least present cost. The search starts from the plan `start` if it is given.

        Raises Infeasible where there is no plan, Stopped where none was found in time, MissingResource where memory
        ended before that.
        """
        from planner.solve.solve import solve

        return Plan.like(solve(self, start=start))

    def hedge(
        self,
        *,
        values: bool = True,
        news: bool = False,
        options: Sequence[str] = (),
        by_future: bool | None = None,
        workers: int | None = None,
    ) -> Hedge:
        """The plan for all futures of the case: `.signatures`, `.tree`, `.futures`, `.risk`, `.values`, `.plan(name)`.

        Without `values` only the value of perfect information is worked out; with `news` also what it is worth to know
        each event today, and for each offer of `options` what the offer is worth. With `by_future` it is sought one
        future at a time, in `workers` processes (one per core unless given), and `.certificate` proves its bound; with
        False as one program, and by default as `planner hedge` does.
        Raises DataError where the events or a future are not valid, Infeasible and Stopped as `solve` does, TypeError
        where `workers` is given although it is False.
        """
        from planner.hedge.hedge import hedge
        from planner.hedge.valuing import ValuesAsked
        from planner.studies.engine import local

        if workers is not None and by_future is False:
            raise TypeError("workers are of use one future at a time only")
        engine = None if by_future is False else local(workers)
        asked = ValuesAsked(values, news, tuple(options))
        return hedge(self, asked=asked, by_future=engine, where_it_pays=by_future is None)

    def sweep(
        self,
        *grid: str,
        one_at_a_time: Sequence[str] = (),
        design: str | Path | Mapping[str, Any] | None = None,
        start: plans.Plan | None = None,
        hedge: bool = False,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Sweep:
        """Solve every combination of some variations, such as `"rate: case.discount_rate = 0.08 | 0.12"`.

        Instead of variations, `design` may be a study as a mapping or the path of its TOML file. Every run starts from
        the plan `start` if it is given. With `hedge` every run plans for all futures, and starts from nothing.
        `workers` is the number of processes, by default one per core. Runs are kept in `folder` and not solved again.
        The script needs no `if __name__ == "__main__":`. Raises DataError with every change that cannot be made,
        TypeError where both a design and variations, or both `hedge` and `start` are given, MissingResource where no
        process can be started.
        """
        from planner.studies import design as designs
        from planner.studies.engine import local
        from planner.studies.hedged.sweep import sweep_hedged
        from planner.studies.sweep import sweep

        if design is not None and (grid or one_at_a_time):
            raise TypeError("give either a design or variations, not both")
        if isinstance(design, (str, Path)):
            study = designs.read(Path(design))
        else:
            words = {"grid": list(grid), "one_at_a_time": list(one_at_a_time)} if design is None else design
            study = designs.design(words, "the study")
        runs = None if folder is None else Path(folder)
        if hedge:
            _refuse_start(start)
            return sweep_hedged(self, study, engine=local(workers), folder=runs)
        return sweep(self, study, start=start, engine=local(workers), folder=runs)

    def frontier(
        self,
        of: str,
        *,
        points: int = 8,
        start: plans.Plan | None = None,
        hedge: bool = False,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Frontier | PrudenceFrontier:
        """Least cost against a measure, such as `"debt"` or `"use:google"`.

        The points lead from the cheapest plan to the plan with the least of the measure. `start` is the least-cost plan
        if it was solved already; `workers` and `folder` are as in `sweep`. With `hedge` every point is a plan for all
        futures that keeps the measure in every one of them; `"cvar"` then is expected cost against CVaR. Raises
        DataError where there is no such measure, Infeasible or Stopped where there is no plan, TypeError where both
        `hedge` and `start` are given.
        """
        from planner.studies.engine import local
        from planner.studies.frontier import frontier
        from planner.studies.hedged.frontier import frontier_hedged
        from planner.studies.hedged.prudence import CVAR, prudence_frontier

        runs = None if folder is None else Path(folder)
        if hedge:
            _refuse_start(start)
            if of == CVAR:
                return prudence_frontier(self, points=points, engine=local(workers), folder=runs)
            return frontier_hedged(self, of, points=points, engine=local(workers), folder=runs)
        return frontier(self, of, points=points, start=start, engine=local(workers), folder=runs)

    def alternatives(
        self,
        *,
        within: float = 0.02,
        count: int = 10,
        apart: int = 1,
        widest: Sequence[str] = (),
        start: plans.Plan | None = None,
        hedge: bool = False,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Alternatives | HedgedAlternatives:
        """Other plans that cost at most the share `within` more than the least cost, and the offers that all sign.

        The result holds `count` plans that differ in at least `apart` offers, and the plans with the least and the most
        of each measure in `widest`, such as `("use:google", "own_halls")`. `start` is the least-cost plan if it was
        solved already; `workers` and `folder` are as in `sweep`. With `hedge` they are plans for all futures, told
        apart by what they sign before any news; `widest` and `start` cannot be given then. Raises DataError where there
        is no such measure, Infeasible or Stopped where there is no plan.
        """
        from planner.studies.alternatives import alternatives
        from planner.studies.engine import local
        from planner.studies.hedged.alternatives import alternatives_hedged

        runs = None if folder is None else Path(folder)
        if hedge:
            _refuse_start(start)
            if widest:
                raise TypeError("plans for all futures are not sought by a measure")
            return alternatives_hedged(
                self, within=within, count=count, apart=apart, engine=local(workers), folder=runs
            )
        return alternatives(
            self, within=within, count=count, apart=apart, widest=widest, start=start, engine=local(workers),
            folder=runs,
        )  # fmt: skip

    def replan(
        self,
        plan: plans.Plan,
        *,
        freeze: int = 0,
        within: float | None = None,
        change_cost: float | None = None,
        fair: bool = False,
        next_plan: date | None = None,
        waiting: bool = True,
    ) -> Plan:
        """The plan that follows on `plan`, which is of this case or of an earlier day; see its `record.replan`.

        `freeze` is the number of months within which signatures are kept, `within` the share of the least cost that
        less change may cost (0.001 unless given), `change_cost` a price of change instead of it [USD bn], `next_plan`
        the day of the plan after this one (a month later unless given). Without `waiting` it is not worked out what it
        costs to wait. `fair` shares the effect of data by Shapley
        values. Raises DataError where this case cannot follow on the plan, Infeasible and Stopped as `solve` does.
        """
        from planner.roll.replanning.replan import replan

        return Plan.like(
            replan(
                self, plan, freeze=freeze, within=within, change_cost=change_cost, fair=fair, next_plan=next_plan,
                waiting=waiting,
            )
        )  # fmt: skip

    def simulate(
        self,
        worlds: int = 200,
        every: int = 6,
        *,
        policies: Sequence[str] = (),
        laws: Sequence[str] = (),
        seed: int = 1,
        by_future: bool = False,
        workers: int | None = None,
        folder: str | Path | None = None,
    ) -> Simulation:
        """Policies in worlds that are drawn: `.table`, `.summary`, `.breaches`, `.drawn`, `.comparisons`.

        In each of so many worlds every policy plans again every so many months with what it can know then. `policies`
        are some of `"expected"`, `"hedge"`, `"at_start"`, `"wait"` and `"foresight"`, by default all of them; `laws`
        are events whose values are drawn from a law, such as `"demand: demand[2028-07-01..,*,*].demand_gw *=
        lognormal(1, 0.2)"`. `by_future` is as in `hedge`, `workers` and `folder` as in `sweep`. Raises DataError with
        everything wrong with what is asked or with the events, MissingResource where no process can be started.
        """
        from planner.simulation.simulate import simulate
        from planner.studies.engine import local

        return simulate(
            self, worlds, every, policies=policies, laws=laws, seed=seed, by_future=by_future,
            engine=local(workers), folder=None if folder is None else Path(folder),
        )  # fmt: skip

    def check(self) -> Check:
        """The demand, the offers, the slips and the futures of the case. `print(case.check().text())` shows them.

        Raises DataError with everything wrong with what its events change, and when.
        """
        return Check.of(self)


class Plan(plans.Plan):
    """A plan, with methods to go on from it."""

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Self:
        """The plan in a folder. Only an audit tells whether its files agree with one another.

        `planner.plan.audit.opened` audits a plan and then reads it, as the commands do. Raises DataError with every
        file that is missing or is not what it should be.
        """
        return cls.like(super().read(folder, catalogue))

    @classmethod
    def like(cls, plan: plans.Plan) -> Self:
        """A plan of another class with the methods of this one."""
        return cls(Case.like(plan.case), plan.record, plan.tables)

    def advance(
        self,
        to: date,
        actuals: Actuals | str | Path | None = None,
        period_months: int | None = None,
        outcomes: Sequence[str] = (),
    ) -> Advanced:
        """The case of a later day: `.case`, the `.identity` that proves it, and the `.changes` of its rows.

        The day must be the first of a period of the plan. `actuals` is a folder that says what was not as planned;
        `period_months` is the length of the case's periods where it is not the plan's; `outcomes` says how events
        turned out that are known by the day, such as `("demand:high",)`. Raises DataError where the day is no such day,
        where the rest is no whole number of periods, or with every actual or outcome that cannot be.
        """
        from planner.roll.advance import advance

        return advance(self, to, actuals, period_months, outcomes)


def _refuse_start(start: plans.Plan | None) -> None:
    """Raise TypeError where a plan is given to start from."""
    if start is not None:
        raise TypeError("no study of plans for all futures starts from a plan")
