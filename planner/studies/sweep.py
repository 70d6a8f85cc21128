"""What-if: the runs of a design, each started from the same base plan, and their results as tables.

The base plan is that of the study's case, or one that is given. It is fixed before anything else runs. The results are

    results    one row per run: what was varied, status, cost, bound, gap, difference to the base, what is signed
    offers     run × offer: signed or not, when, peak GW, GW-years used, present cost
    limits     run × limit: the least headroom over the periods, and when

and `study.json`: the design, what each run varies, and the title of the case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.errors import DataError, Problem
from planner.basics.outputs import write_file
from planner.basics.text import columns
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.studies.design import BASE, OF_HEDGES, TAKEN, Design
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, no_plan
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd


ENDED = frozenset({RunStatus.PROVEN, RunStatus.INFEASIBLE})
"""statuses that need no further run"""


@dataclass(frozen=True)
class Sweep:
    """A study with its results."""

    design: Design
    outcomes: tuple[RunResult, ...]
    values: tuple[dict[str, str], ...]
    """for each run, the value of everything that it varies"""
    shown_in: Display = AS_IT_IS
    """the units in which amounts are printed"""

    @property
    def base(self) -> RunResult:
        """The run without changes."""
        return self.outcomes[0]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per run, in the order of the design."""
        import pandas as pd

        rows = []
        for outcome, values in zip(self.outcomes, self.values, strict=True):
            low, high = self._against_base(outcome)
            rows.append(
                {
                    "run": outcome.run.name,
                    **{name: values.get(name, "") for name in self.design.names},
                    "status": str(outcome.status),
                    "objective_usd_bn": outcome.objective_usd_bn,
                    **self._risk(outcome),
                    "cost_in_money_usd_bn": outcome.cost_in_money_usd_bn,
                    "penalties_usd_bn": outcome.penalties_usd_bn,
                    "bound_usd_bn": outcome.bound_usd_bn,
                    "gap": outcome.gap,
                    "difference_from_usd_bn": low,
                    "difference_to_usd_bn": high,
                    "seconds": outcome.seconds,
                    **self._picture(outcome),
                    "message": outcome.message.strip().splitlines()[-1] if outcome.message else "",
                    "changes": "; ".join(outcome.run.changes),
                }
            )
        taken = [name for name in TAKEN if name != "by" and (self.hedged or name not in OF_HEDGES)]
        columns = dict.fromkeys(("run", *self.design.names, *taken))
        return pd.DataFrame(rows, columns=list(columns))

    def _against_base(self, outcome: RunResult) -> tuple[float | None, float | None]:
        """Least and most by which the least cost differs from that of the base."""
        costs = [(each.bound_usd_bn, each.objective_usd_bn) for each in (outcome, self.base)]
        (low, high), (base_low, base_high) = costs
        if low is None or high is None or base_low is None or base_high is None:
            return None, None
        return low - base_high, high - base_low

    @property
    def hedged(self) -> bool:
        """Whether the runs make plans for all futures."""
        return False

    @cached_property
    def offers(self) -> pd.DataFrame:
        """Run × offer."""
        return self._joined(self._offers_of)

    @cached_property
    def limits(self) -> pd.DataFrame:
        """Run × limit: the row with the least headroom."""
        return self._joined(self._limits_of)

    def _joined(self, of: Callable[[RunResult], pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        parts = [of(outcome).assign(run=outcome.run.name) for outcome in self.outcomes if outcome.status in WITH_A_PLAN]
        if not parts:
            return pd.DataFrame(columns=["run"])
        joined = pd.concat(parts, ignore_index=True)
        return joined[["run", *(name for name in joined.columns if name != "run")]]

    def _offers_of(self, outcome: RunResult) -> pd.DataFrame:
        """The offers in the plan of a run."""
        names = ["offer", "signed", "signed_on", "peak_gw", "used_gw_years", "present_cost_usd_bn"]
        return outcome.plan.offers[names]

    def _limits_of(self, outcome: RunResult) -> pd.DataFrame:
        """The limits in the plan of a run, each where its headroom is least."""
        return tightest(outcome.plan.limits)

    def _signed(self, outcome: RunResult) -> list[str]:
        """The offers that a run signs."""
        offers = outcome.plan.offers
        return [str(name) for name in offers.loc[offers["signed"] == "yes", "offer"]]

    def _risk(self, _: RunResult) -> dict[str, object]:
        """Expected cost and CVaR of plans for all futures."""
        return {}

    def _picture(self, outcome: RunResult) -> dict[str, object]:
        """A few figures of the plan; blank where there is none."""
        if outcome.status not in WITH_A_PLAN:
            return dict(NO_PICTURE)
        return {**picture(outcome.plan), "signed": " ".join(self._signed(outcome))}

    def _about(self, outcome: RunResult) -> tuple[str, Mapping[str, str]]:
        """Title and versions in the record of a run's plan."""
        return outcome.plan.record.title, outcome.plan.record.versions

    def write(self, folder: Path) -> None:
        """Write the three tables and the design into a folder, each whole or not at all."""
        for name, table in (("results", self.table), ("offers", self.offers), ("limits", self.limits)):
            write_file(folder / f"{name}.csv", csvtext.exported(table))
        records = (self._about(each) for each in self.outcomes if each.status in WITH_A_PLAN)
        title, versions = next(records, ("", {}))
        of: dict[str, object] = {"case": title, "versions": versions}
        if self.shown_in != AS_IT_IS:
            of["display"] = {"power": self.shown_in.power, "money": self.shown_in.money}
        told = json.dumps({**self.design.json(), **of}, indent=2, ensure_ascii=False)
        write_file(folder / "study.json", f"{told}\n".encode())

    def json(self) -> list[dict[str, Any]]:
        """The rows of the results."""
        rows = self.table.astype(object)
        found = rows.where(rows.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in found]

    def text(self) -> str:
        """The results on one screen."""
        shown_in = self.shown_in
        usd = partial(shown_in.plain, unit="USD bn")
        header = [
            "run",
            "status",
            f"cost [{shown_in.money}]",
            "penalties",
            "bound",
            "against base",
            "unserved",
            f"own {shown_in.power}",
            "signed otherwise",
        ]
        rows = []
        for outcome, row in zip(self.outcomes, self.table.to_dict("records"), strict=True):
            if outcome.status not in WITH_A_PLAN:
                rows.append([outcome.run.name, str(outcome.status), *[""] * 6, str(row["message"])])
                continue
            low, high = self._against_base(outcome)
            apart = "" if low is None or high is None or outcome is self.base else between(low, high, shown_in)
            rows.append(
                [
                    outcome.run.name, str(outcome.status), usd(row["objective_usd_bn"]),
                    usd(row["penalties_usd_bn"]),
                    usd(row["bound_usd_bn"]) if outcome.bound_usd_bn is not None else "", apart,
                    shown_in.number(row["unserved_gw_years"], "GW-years"),
                    shown_in.number(row["own_halls_peak_gw"], "GW"), self._otherwise(outcome),
                ]
            )  # fmt: skip
        title = [self.design.title, ""] if self.design.title else []
        return "\n".join([*title, *(line.rstrip() for line in columns(header, rows, words=(0, 1, 8)))])

    def _otherwise(self, outcome: RunResult) -> str:
        """Offers that the run signs and the base does not, and the reverse."""
        if outcome is self.base or self.base.status not in WITH_A_PLAN:
            return ""
        mine, its = self._signed(outcome), self._signed(self.base)
        return " ".join([*(f"+{name}" for name in mine if name not in its), *(f"-{n}" for n in its if n not in mine)])


def between(low: float, high: float, display: Display = AS_IT_IS) -> str:
    """A difference that is known to lie between two numbers.

    >>> between(1.0, 1.5), between(-0.5, 0.25)
    ('+1.000 to +1.500', 'within the gaps')
    """
    if low <= 0.0 <= high:
        return "within the gaps"
    return " to ".join(display.plain(end, "USD bn", sign="+") for end in (low, high))


NO_PICTURE: Mapping[str, object] = {
    "unserved_gw_years": None, "own_halls_peak_gw": None, "lowest_cash_usd_bn": None, "signed": "",
}  # fmt: skip
"""the figures of a run without a plan"""


def picture(plan: Plan) -> dict[str, float | None]:
    """Demand that is not served, the most GW of own halls, and the lowest cash of a plan."""
    h = plan.case.calendar.h
    short = plan.service.loc[plan.service["measure"] == "shortage", "gw"].sum()
    cash = plan.cash[["first_day_usd_bn", "closing_usd_bn"]].to_numpy(dtype=float)
    halls = plan.capacity[plan.capacity["measure"] == "halls"].groupby("period")["gw"].sum()
    return {
        "unserved_gw_years": float(short) * h,
        "own_halls_peak_gw": float(halls.max()) if len(halls) else 0.0,
        "lowest_cash_usd_bn": float(cash.min()) if len(cash) else None,
    }


def tightest(limits: pd.DataFrame) -> pd.DataFrame:
    """The rows of limits with the least headroom of each."""
    least = limits.groupby(["limit", "subject"], sort=False)["headroom"].idxmin()
    return limits.loc[least].reset_index(drop=True)


def sweep(
    case: Case,
    design: Design,
    *,
    start: Plan | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
) -> Sweep:
    """Carry out a design.

    `start` is the plan that every run starts from; unless it is given, that is the plan of the base run. `engine`,
    `folder` and `on_done` are those of `carry_out`. Raises DataError, before anything runs, with every change that
    cannot be made, and Infeasible or Stopped where the base has no plan and none is given.
    """
    asked = design.runs()
    check(case, design, [run for run, _ in asked])
    chosen = case.change(*design.changes) if design.changes else case
    runs = [run for run, _ in asked]
    values = tuple(values for _, values in asked)

    def ended(base: Base, *runs: Run) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    if start is not None:
        return Sweep(design, tuple(ended(Base.of(chosen, start), *runs)), values, chosen.settings.shown_in)
    (first,) = ended(Base.of(chosen), replace(runs[0], teaches=True))
    if first.status not in WITH_A_PLAN:
        raise no_plan(first, "the study's base")
    others = Base.of(chosen, first.plan, learnt=first.learnt)
    rest = iter(ended(others, *(run for run in runs if run.changes)))
    outcomes = tuple(next(rest) if run.changes else replace(first, run=run) for run in runs)
    return Sweep(design, outcomes, values, chosen.settings.shown_in)


def check(case: Case, design: Design, runs: Sequence[Run]) -> None:
    """Raise DataError with every change of a study that cannot be made; equal changes are tried once."""
    problems: dict[str, Problem] = {}
    chosen = case
    try:
        chosen = case.change(*design.changes) if design.changes else case
    except DataError as error:
        problems.update({str(problem): problem for problem in error.problems})
    looked: set[tuple[str, ...]] = set()
    varied = [each.changes(value) for each in (*design.grid, *design.one_at_a_time) for value in each.values]
    named = [run.changes for run in design.named]
    drawn = [] if design.sample is None else [runs[-1].changes]  # samples come last
    for changes in (*varied, *named, *drawn):
        if changes in looked or not changes:
            continue
        looked.add(changes)
        try:
            chosen.change(*changes)
        except DataError as error:
            problems.update({str(problem): problem for problem in error.problems})
    if problems:
        raise DataError(problems.values())


__all__ = ["BASE", "Sweep", "check", "sweep"]
