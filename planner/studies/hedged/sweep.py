"""What-if over plans for all futures: every run of the design is a hedge.

The results are those of a sweep, but

    results    also expected cost and CVaR; cost in money, penalties and unserved demand are expected values, GW of own
               halls the highest and cash the lowest of any future; `signed` is what is signed before any news
    offers     signed: `yes` before any news, `later` in some future, `no`; with what probability it is signed at all;
               GW are the highest of any future, used GW-years and present cost expected values
    limits     the least headroom over the periods of all futures, and in which future

No run starts from another, so each finds the same by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from planner.basics.risk import expected
from planner.basics.text import columns
from planner.case.case import Case
from planner.studies.design import Design
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.hedged.policy import offers_of, signed_now
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, no_plan
from planner.studies.sweep import Sweep, between, check, picture, tightest

if TYPE_CHECKING:
    import pandas as pd


class HedgedSweep(Sweep):
    """A study whose runs are plans for all futures, with its results."""

    @property
    def hedged(self) -> bool:
        """It is."""
        return True

    def _offers_of(self, outcome: RunResult) -> pd.DataFrame:
        return offers_of(outcome.hedge)

    def _limits_of(self, outcome: RunResult) -> pd.DataFrame:
        import pandas as pd

        found = outcome.hedge
        parts = [found.plan(each.name).limits.assign(future=each.name) for each in found.futures_tree.futures]
        return tightest(pd.concat(parts, ignore_index=True))

    def _signed(self, outcome: RunResult) -> list[str]:
        return signed_now(outcome.hedge)

    def _risk(self, outcome: RunResult) -> dict[str, object]:
        if outcome.status not in WITH_A_PLAN:
            return {"expected_cost_usd_bn": None, "cvar_usd_bn": None}
        record = outcome.hedge.record
        return {"expected_cost_usd_bn": record.expected_cost_usd_bn, "cvar_usd_bn": record.cvar_usd_bn}

    def _picture(self, outcome: RunResult) -> dict[str, object]:
        if outcome.status not in WITH_A_PLAN:
            return super()._picture(outcome)
        found = outcome.hedge
        futures = found.futures_tree.futures
        seen = [picture(found.plan(future.name)) for future in futures]
        cash = [value for each in seen if (value := each["lowest_cash_usd_bn"]) is not None]
        unserved = [each["unserved_gw_years"] or 0.0 for each in seen]
        return {
            "unserved_gw_years": expected(unserved, [future.probability for future in futures]),
            "own_halls_peak_gw": max(each["own_halls_peak_gw"] or 0.0 for each in seen),
            "lowest_cash_usd_bn": min(cash, default=None),
            "signed": " ".join(signed_now(found)),
        }

    def _about(self, outcome: RunResult) -> tuple[str, Mapping[str, str]]:
        record = outcome.hedge.record
        return record.title, record.versions

    def text(self) -> str:
        """The results on one screen."""
        rows, shown_in = [], self.shown_in
        usd = partial(shown_in.plain, unit="USD bn")
        for outcome, row in zip(self.outcomes, self.table.to_dict("records"), strict=True):
            if outcome.status not in WITH_A_PLAN:
                rows.append([outcome.run.name, str(outcome.status), *[""] * 6, str(row["message"])])
                continue
            low, high = self._against_base(outcome)
            apart = "" if low is None or high is None or outcome is self.base else between(low, high, shown_in)
            bound = "" if outcome.bound_usd_bn is None else usd(outcome.bound_usd_bn)
            costs = [usd(row[name]) for name in ("objective_usd_bn", "expected_cost_usd_bn", "cvar_usd_bn")]
            unserved = shown_in.number(row["unserved_gw_years"], "GW-years")
            rows.append(
                [outcome.run.name, str(outcome.status), *costs, bound, apart, unserved, self._otherwise(outcome)]
            )
        header = [
            "run", "status", "objective", "expected", "CVaR", "bound", "against base", "unserved",
            "signed now otherwise",
        ]  # fmt: skip
        title = [self.design.title, ""] if self.design.title else []
        says = f"Every run plans for all futures; costs in {shown_in.money}, unserved demand as it is expected."
        return "\n".join([*title, says, *(line.rstrip() for line in columns(header, rows, words=(0, 1, 8)))])


def sweep_hedged(
    case: Case,
    design: Design,
    *,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
) -> HedgedSweep:
    """Carry out a design in which every run plans for all futures of its case.

    `engine`, `folder` and `on_done` are those of `carry_out`. Raises DataError, before anything runs, with every change
    that cannot be made, and Infeasible or Stopped where the base has no plan for all futures.
    """
    asked = design.runs()
    runs = [run for run, _ in asked]
    check(case, design, runs)
    base = Base.of(case.change(*design.changes) if design.changes else case, hedged=True)

    def ended(*mine: Run) -> list[RunResult]:
        return carry_out(base, mine, engine, folder=folder, on_done=on_done)

    (first,) = ended(runs[0])
    if first.status not in WITH_A_PLAN:
        raise no_plan(first, "the study's base")
    rest = iter(ended(*(run for run in runs if run.changes)))
    outcomes = tuple(next(rest) if run.changes else replace(first, run=run) for run in runs)
    return HedgedSweep(design, outcomes, tuple(values for _, values in asked), case.settings.shown_in)
