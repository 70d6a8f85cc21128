"""A simulation with its results, as tables.

    worlds       one row per world: its future, what becomes known in it, and the values of laws
    results      world × policy: cost, regret, shortage, lowest cash, breaches, or why there is no plan
    summary      one row per policy: how its results are distributed
    breaches     policy × limit × year: in how many worlds the limit is broken, and by how much

and `simulate.json`: what was asked, the versions, and the policies compared with one another. Costs are present costs
at the start of the case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.display import AS_IT_IS
from planner.basics.outputs import write_file
from planner.case.case import Case
from planner.simulation.outcomes import WorldOutcome, outcomes_of
from planner.simulation.policies import SimulatedPolicy
from planner.simulation.revealing import TurnedOut
from planner.simulation.statistics import Compared, MeanInterval, compared, mean_of
from planner.simulation.travel import Traveller
from planner.simulation.worlds import World
from planner.solve.record import versions
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

WORLDS = ("world", "future", "probability", "known")
RESULTS = (
    "world", "policy", "status", "cost_usd_bn", "regret_usd_bn", "shortage_gw_years", "lowest_cash_headroom_usd_bn",
    "lowest_cash_on", "breaches", "plans", "proven", "no_plan_on", "says",
)  # fmt: skip
SUMMARY = (
    "policy", "worlds", "with_a_plan", "without_a_plan", "mean_usd_bn", "mean_from_usd_bn", "mean_to_usd_bn",
    "p10_usd_bn", "p50_usd_bn", "p90_usd_bn", "regret_usd_bn", "regret_from_usd_bn", "regret_to_usd_bn",
    "largest_regret_usd_bn", "shortage_gw_years", "shortage_p90_gw_years", "lowest_cash_headroom_usd_bn",
    "cash_headroom_p10_usd_bn", "worlds_with_breaches",
)  # fmt: skip
BREACHES = ("policy", "limit", "subject", "year", "unit", "worlds", "share_of_worlds", "mean_breach", "largest_breach")
RECORD = "simulate.json"


@dataclass(frozen=True)
class SimulationAsked:
    """What was asked of a simulation."""

    worlds: int
    every_months: int
    seed: int
    policies: tuple[SimulatedPolicy, ...]
    laws: tuple[str, ...] = ()
    by_future: bool = False
    """whether plans for all futures are sought one future at a time"""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Policies in worlds."""

    case: Case
    asked: SimulationAsked
    worlds: tuple[World, ...]
    outcomes: Mapping[tuple[int, SimulatedPolicy], WorldOutcome]
    """by world and policy"""

    @classmethod
    def of(
        cls,
        case: Case,
        asked: SimulationAsked,
        worlds: Sequence[World],
        ways: Mapping[tuple[TurnedOut, ...], Sequence[World]],
        ended: Sequence[Traveller],
    ) -> Simulation:
        """The simulation whose policies came to their ends; `ways` are the worlds by what becomes known in them."""
        return cls(case, asked, tuple(worlds), outcomes_of(case, ways, ended))

    def costs(self, policy: SimulatedPolicy) -> list[float]:
        """What a policy costs in each world [USD bn]; NaN where it has no plan."""
        return [self.outcomes[world.number, policy].cost for world in self.worlds]

    def regrets(self, policy: SimulatedPolicy) -> list[float]:
        """By how much more a policy costs in each world than perfect foresight [USD bn]; NaN where that is unknown."""
        if SimulatedPolicy.FORESIGHT not in self.asked.policies:
            return [float("nan")] * len(self.worlds)
        own = self.costs(SimulatedPolicy.FORESIGHT)
        return [cost - best for cost, best in zip(self.costs(policy), own, strict=True)]

    @property
    def proven(self) -> bool:
        """Whether every plan reached its gap, and every lack of a plan is proven."""
        return all(each.settled for each in self.outcomes.values())

    @cached_property
    def comparisons(self) -> list[Compared]:
        """Every two policies but foresight, the hedge first, with what one costs less than the other."""
        order = [SimulatedPolicy.HEDGE, SimulatedPolicy.EXPECTED, SimulatedPolicy.WAIT, SimulatedPolicy.AT_START]
        mine = [each for each in order if each in self.asked.policies]
        return [
            compared(one, other, self.costs(one), self.costs(other), self.asked.seed, self.case.settings.solver.gap)
            for i, one in enumerate(mine)
            for other in mine[i + 1 :]
        ]

    @cached_property
    def table(self) -> pd.DataFrame:
        """World × policy, as `results.csv` has it."""
        import pandas as pd

        rows = []
        regrets = {policy: self.regrets(policy) for policy in self.asked.policies}
        for i, world in enumerate(self.worlds):
            for policy in self.asked.policies:
                found = self.outcomes[world.number, policy]
                rows.append(
                    (
                        world.number, str(policy), found.status, found.cost, regrets[policy][i],
                        found.shortage_gw_years, found.lowest_cash[0], found.lowest_cash[1], found.breach_count,
                        found.plans, "yes" if found.proven else "no", found.ended_on, found.says,
                    )
                )  # fmt: skip
        return pd.DataFrame(rows, columns=list(RESULTS))

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """The worlds, as `worlds.csv` has them, with a column for each law, blank where nothing is drawn from it."""
        import pandas as pd

        laws = list(dict.fromkeys(told.event for world in self.worlds for told in world.told if told.value is not None))
        rows = []
        for world in self.worlds:
            values = {told.event: told.value for told in world.told}
            chance = np.nan if world.probability is None else world.probability
            rows.append((world.number, world.future, chance, world.known, *(values.get(name) for name in laws)))
        return pd.DataFrame(rows, columns=[*WORLDS, *laws])

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per policy, as `summary.csv` has it."""
        import pandas as pd

        return pd.DataFrame([self._summed(policy) for policy in self.asked.policies], columns=list(SUMMARY))

    def _summed(self, policy: SimulatedPolicy) -> tuple[object, ...]:
        mine = [self.outcomes[world.number, policy] for world in self.worlds]
        costs = np.array([each.cost for each in mine])
        there = ~np.isnan(costs)
        regrets = np.array(self.regrets(policy))
        mean, regret = (mean_of(each[~np.isnan(each)], self.asked.seed) for each in (costs, regrets))
        known = regrets[~np.isnan(regrets)]
        lowest = [each.lowest_cash[0] for each in mine if not np.isnan(each.lowest_cash[0])]
        short = [each.shortage_gw_years for each in mine if each.ended_on == ""]
        return (
            str(policy), len(mine), int(there.sum()), int((~there).sum()), *_told(mean),
            *(_quantile(costs[there], share) for share in (0.1, 0.5, 0.9)),
            *_told(regret), float(known.max()) if len(known) else np.nan,
            float(np.mean(short)) if short else np.nan, _quantile(short, 0.9),
            min(lowest, default=np.nan), _quantile(lowest, 0.1),
            sum(each.breach_count > 0 for each in mine),
        )  # fmt: skip

    @cached_property
    def breaches(self) -> pd.DataFrame:
        """Limits that are broken, as `breaches.csv` has them."""
        import pandas as pd

        found: dict[tuple[str, str, str, str, str], list[float]] = {}
        for policy in self.asked.policies:
            for world in self.worlds:
                for key, by in self.outcomes[world.number, policy].breaches.items():
                    found.setdefault((str(policy), *key), []).append(by)
        rows = [
            (*key, len(by), len(by) / len(self.worlds), float(np.mean(by)), max(by)) for key, by in found.items()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(BREACHES))

    def json(self) -> dict[str, Any]:
        """What was asked, how it was found, and the policies compared."""
        asked = {**asdict(self.asked), "policies": [str(each) for each in self.asked.policies]}
        return {
            "case": self.case.settings.title,
            "versions": versions(),
            **asked,
            "start": self.case.settings.start.isoformat(),
            "futures": len({world.future for world in self.worlds}),
            "gap": self.case.settings.solver.gap,
            "comparisons": [each.json() for each in self.comparisons],
            "summary": _plain(self.summary),
            **self._display,
        }

    @property
    def _display(self) -> dict[str, object]:
        """The units in which amounts are printed, where they are not those of the tables."""
        shown_in = self.case.settings.shown_in
        return {} if shown_in == AS_IT_IS else {"display": {"power": shown_in.power, "money": shown_in.money}}

    def write(self, folder: Path) -> None:
        """Write the tables and the record into a folder, each whole or not at all."""
        tables = {"worlds": self.drawn, "results": self.table, "summary": self.summary, "breaches": self.breaches}
        for name, table in tables.items():
            write_file(folder / f"{name}.csv", csvtext.exported(table))
        told = json.dumps(self.json(), indent=2, ensure_ascii=False)
        write_file(folder / RECORD, f"{told}\n".encode())


def _told(interval: MeanInterval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _quantile(values: Sequence[float] | Vector, share: float) -> float:
    """The least of some values that so large a share of them does not exceed; NaN where there are none."""
    return float(np.quantile(values, share, method="inverted_cdf")) if len(values) else np.nan


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table; None where a number is not known."""
    rows = table.astype(object)
    found = rows.where(rows.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in found]
