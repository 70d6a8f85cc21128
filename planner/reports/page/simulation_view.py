"""A simulation as the sections of its page read it, from the folder that `planner simulate` writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from planner.basics.display import Display
from planner.basics.errors import DataError, Problem
from planner.basics.frames import frame
from planner.basics.text import printable
from planner.reports.page.study_view import Displayed, Told
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

RECORD = "simulate.json"
TABLES = ("summary", "results", "worlds", "breaches")
FORESIGHT = "foresight"
"""the policy against which regret is told"""
WORDS = {
    "summary": ("policy",),
    "results": ("policy", "status", "lowest_cash_on", "proven", "no_plan_on", "says"),
    "worlds": ("future", "known"),
    "breaches": ("policy", "limit", "subject", "year", "unit"),
}
"""columns that a table must have and that hold text"""
NUMBERS = {
    "summary": (
        "worlds", "with_a_plan", "without_a_plan", "mean_usd_bn", "mean_from_usd_bn", "mean_to_usd_bn", "p10_usd_bn",
        "p50_usd_bn", "p90_usd_bn", "regret_usd_bn", "regret_from_usd_bn", "regret_to_usd_bn", "largest_regret_usd_bn",
        "shortage_gw_years", "shortage_p90_gw_years", "lowest_cash_headroom_usd_bn", "cash_headroom_p10_usd_bn",
        "worlds_with_breaches",
    ),
    "results": (
        "world", "cost_usd_bn", "regret_usd_bn", "shortage_gw_years", "lowest_cash_headroom_usd_bn", "breaches",
        "plans",
    ),
    "worlds": ("world", "probability"),
    "breaches": ("worlds", "share_of_worlds", "mean_breach", "largest_breach"),
}  # fmt: skip
"""columns that a table must have and that hold numbers; `worlds` has one more for each law"""


class SavedMean(Told):
    """By how much the first of two policies costs less on average [USD bn]; None where it is not known."""

    value: float | None
    low: float | None
    high: float | None


class Beside(Told):
    """Two policies beside one another."""

    one: str
    other: str
    worlds: int
    cheaper: int
    dearer: int
    both: int
    saved: SavedMean
    clear: bool
    text: str


class SimulationRecord(Told):
    """What `simulate.json` says."""

    case: str
    """the case's title"""
    versions: dict[str, str]
    worlds: int
    every_months: int
    seed: int
    policies: list[str]
    laws: list[str]
    by_future: bool
    start: str
    """the day at which costs are present costs"""
    gap: float
    """to which each plan is proven"""
    comparisons: list[Beside]
    display: Displayed = Displayed()
    """the units in which amounts are printed"""

    @classmethod
    def parse(cls, text: str) -> SimulationRecord:
        """The record in the text of a `simulate.json`. Raises DataError where the text is no record."""
        try:
            found = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            said = f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()
            raise DataError([Problem(RECORD, None, "", "what a simulation was asked", said)]) from None
        texts = [found.case, *found.policies, *found.laws, *(each.text for each in found.comparisons)]
        if not all(map(printable, texts)):
            raise DataError([Problem(RECORD, None, "", "text", "control characters")])
        return found


@dataclass(frozen=True, eq=False)
class SimulationView:
    """What a simulation was asked, and its tables."""

    record: SimulationRecord
    summary: pd.DataFrame
    results: pd.DataFrame
    """with the column `future`, the name of the world's future"""
    worlds: pd.DataFrame
    breaches: pd.DataFrame

    @classmethod
    def read(cls, folder: str | Path) -> SimulationView:
        """The simulation in a folder; raises DataError where a file is missing or is not what it should be."""
        folder = Path(folder)
        missing = [name for name in (RECORD, *(f"{each}.csv" for each in TABLES)) if not (folder / name).is_file()]
        if missing:
            raise DataError(
                Problem(f"{folder}", None, "", f"a simulation with {name}", "no such file") for name in missing
            )
        record = SimulationRecord.parse((folder / RECORD).read_bytes().decode(errors="replace"))
        summary, results, worlds, breaches = (_read(name, (folder / f"{name}.csv").read_bytes()) for name in TABLES)
        wrong = list(_other(record, summary, results, worlds))
        if wrong:
            raise DataError(wrong)
        named = dict(zip(worlds["world"], worlds["future"], strict=True))
        return cls(record, summary, results.assign(future=results["world"].map(named)), worlds, breaches)

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return Display(self.record.display.power, self.record.display.money)

    @property
    def title(self) -> str:
        """The title of the case."""
        return self.record.case or "A simulation"

    @property
    def policies(self) -> list[str]:
        """The policies, in their order."""
        return self.record.policies

    @cached_property
    def by_policy(self) -> dict[str, pd.DataFrame]:
        """The results of each policy, in the order of the worlds."""
        return {policy: self.results[self.results["policy"] == policy] for policy in self.policies}


def _other(
    record: SimulationRecord, summary: pd.DataFrame, results: pd.DataFrame, worlds: pd.DataFrame
) -> Iterator[Problem]:
    """Tables that are not those of the record."""
    if summary["policy"].tolist() != record.policies:
        yield Problem("summary.csv", None, "policy", f"the policies of {RECORD}", "others")
    numbers = [float(i) for i in range(1, record.worlds + 1)]
    if worlds["world"].tolist() != numbers:
        yield Problem("worlds.csv", None, "world", f"the worlds of {RECORD}", "others")
    wanted = [(number, policy) for number in numbers for policy in record.policies]
    if list(zip(results["world"], results["policy"], strict=True)) != wanted:
        yield Problem("results.csv", None, "world", f"each world and policy of {RECORD}", "others")


def _read(name: str, data: bytes) -> pd.DataFrame:
    """A table of a simulation. Raises DataError with every column and cell that is not as it should be."""
    file, wanted = f"{name}.csv", (*WORDS[name], *NUMBERS[name])
    header = csvtext.parse(file, data).header
    laws = [each for each in header if each not in wanted] if name == "worlds" else []
    columns = [each for each in dict.fromkeys(header) if each in wanted or each in laws]
    columns += [each for each in wanted if each not in columns]
    return frame(csvtext.table(file, data, columns, (*NUMBERS[name], *laws)))


def is_simulation(folder: Path) -> bool:
    """Whether `planner simulate` wrote a folder."""
    return (folder / RECORD).is_file()
