"""A study as the sections of its page read it, from the folder that `planner sweep` writes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from planner.basics.display import Display, Money, Power
from planner.basics.errors import DataError, Problem
from planner.basics.frames import frame
from planner.basics.text import printable
from planner.plan.exports import limits as limits_export
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

RECORD = "study.json"
BASE, GRID, ONE_AT_A_TIME, NAMED, SAMPLE = "base", "grid", "one_at_a_time", "named", "sample"
"""how a run came about, as `study.json` says"""
TABLES = ("results", "offers", "limits")
WORDS = {
    "results": ("run", "status", "message", "changes"),
    "offers": ("run", "offer", "signed"),
    "limits": ("run", "limit", "subject", "period", "unit"),
}
"""columns that a table must have and that hold text"""
NUMBERS = {
    "results": (
        "objective_usd_bn", "cost_in_money_usd_bn", "penalties_usd_bn", "bound_usd_bn", "gap",
        "difference_from_usd_bn", "difference_to_usd_bn", "seconds",
        "unserved_gw_years", "own_halls_peak_gw", "lowest_cash_usd_bn",
    ),
    "offers": ("peak_gw", "used_gw_years", "present_cost_usd_bn"),
    "limits": limits_export.NUMBERS,
}  # fmt: skip
"""columns that a table must have and that hold numbers"""
HEDGED = "expected_cost_usd_bn"
"""column of the results of a study whose runs are plans for all futures"""
WITH_A_PLAN = ("proven", "unproven")
"""statuses of a run whose plan its audit confirms"""


class Told(BaseModel):
    """Part of a record in JSON."""

    model_config = ConfigDict(strict=True, frozen=True)


class Varied(Told):
    """One thing that is varied."""

    name: str
    by: str
    """how: `grid`, `one_at_a_time` or `sample`"""
    changes: list[str]
    """with `{}` where the value goes"""
    values: list[str]


class Ran(Told):
    """A run."""

    run: str
    by: str
    """`base`, or how it came about"""
    values: dict[str, str]
    """value of each thing that it varies, by name"""


class Displayed(Told):
    """The section `[display]` of the case."""

    power: Power = Power.GW
    money: Money = Money.USD_BN


class StudyRecord(Told):
    """What `study.json` says."""

    title: str
    case: str
    """the case's title"""
    versions: dict[str, str]
    changes: list[str]
    """made to the case before anything else"""
    varied: list[Varied]
    runs: list[Ran]
    """in the order of the results, the base first"""
    display: Displayed = Displayed()
    """the units in which amounts are printed"""

    @classmethod
    def parse(cls, text: str) -> StudyRecord:
        """The record in the text of a `study.json`. Raises DataError where the text is no record."""
        try:
            found = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            said = f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()
            raise DataError([Problem(RECORD, None, "", "the design of a study", said)]) from None
        if not all(map(printable, [found.title, found.case, *(run.run for run in found.runs)])):
            raise DataError([Problem(RECORD, None, "", "text", "control characters")])
        return found


@dataclass(frozen=True, eq=False)
class Study:
    """A study's design and its tables."""

    record: StudyRecord
    results: pd.DataFrame
    """one row per run, the base first; `by` says how the run came about"""
    offers: pd.DataFrame
    limits: pd.DataFrame

    @classmethod
    def read(cls, folder: str | Path) -> Study:
        """The study in a folder; raises DataError where a file is missing or is not what it should be."""
        folder = Path(folder)
        missing = [name for name in (RECORD, *(f"{each}.csv" for each in TABLES)) if not (folder / name).is_file()]
        if missing:
            raise DataError(Problem(f"{folder}", None, "", f"a study with {name}", "no such file") for name in missing)
        record = StudyRecord.parse((folder / RECORD).read_bytes().decode(errors="replace"))
        results, offers, limits = (_read(name, (folder / f"{name}.csv").read_bytes()) for name in TABLES)
        if not record.runs or results["run"].tolist() != [each.run for each in record.runs]:
            raise DataError([Problem("results.csv", None, "run", f"the runs of {RECORD}", "others")])
        return cls(record, results.assign(by=[each.by for each in record.runs]), offers, limits)

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return Display(self.record.display.power, self.record.display.money)

    @property
    def title(self) -> str:
        """The study's title, or else its case's."""
        return self.record.title or self.record.case or "A study"

    @property
    def hedged(self) -> bool:
        """Whether every run is a plan for all futures."""
        return HEDGED in self.results.columns

    @cached_property
    def solved(self) -> pd.DataFrame:
        """The results of runs that have a plan."""
        return self.results[self.results["objective_usd_bn"].notna() & self.results["status"].isin(WITH_A_PLAN)]

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The results of all runs but the base whose difference from the base is known."""
        return self.solved[(self.solved["by"] != BASE) & self.solved["difference_from_usd_bn"].notna()]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The name of each run in charts. A combination is named by its values, in the order of `combined`."""
        short = {
            ran.run: " · ".join(ran.values[name] for name in self.combined)
            for ran in self.record.runs
            if ran.by == GRID and len(self.combined) > 1
        }
        found = {ran.run: short.get(ran.run, ran.run) for ran in self.record.runs}
        return found if len(set(found.values())) == len(found) else {run: run for run in found}

    @property
    def combined(self) -> list[str]:
        """What is varied in all combinations."""
        return [each.name for each in self.record.varied if each.by == GRID]

    @property
    def key(self) -> str:
        """A sentence, with a blank before it, that says how charts name combinations; empty where there are none."""
        short = any(run != label for run, label in self.labels.items())
        return f" Combinations are called by their values: {' · '.join(self.combined)}." if short else ""

    @property
    def base(self) -> Mapping[str, Any]:
        """The base's row of the results."""
        return {str(name): value for name, value in self.results.iloc[0].items()}

    def number(self, name: str) -> float | None:
        """A number of the base's row; None where it is blank."""
        value = float(self.base[name])
        return None if math.isnan(value) else value

    @cached_property
    def signed(self) -> dict[str, dict[str, float]]:
        """Peak GW of what is signed, by run and offer; runs without a plan are left out."""
        found: dict[str, dict[str, float]] = {str(run): {} for run in self.solved["run"]}
        mine = self.offers[self.offers["signed"] == "yes"] if len(self.offers) else self.offers
        for row in mine.to_dict("records"):
            if row["run"] in found:
                found[row["run"]][str(row["offer"])] = float(row["peak_gw"])
        return found


def _read(name: str, data: bytes) -> pd.DataFrame:
    """A table of a study. Raises DataError with every column and cell that is not as it should be."""
    file, numbers = f"{name}.csv", NUMBERS[name]
    header = csvtext.parse(file, data).header
    without_plans = header == ("run",)
    wanted = ("run",) if without_plans else (*WORDS[name], *numbers)
    columns = [*header, *(each for each in wanted if each not in header)]
    return frame(csvtext.table(file, data, list(dict.fromkeys(columns)), numbers))


def is_study(folder: Path) -> bool:
    """Whether `planner sweep` wrote a folder, completely or not."""
    return any((folder / name).is_file() for name in (RECORD, "results.csv"))
