"""A plan as the sections of the page read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from planner.basics.errors import DataError, Problem
from planner.basics.frames import summed
from planner.plan.audit import Audit
from planner.plan.plan import Plan
from planner.reports.blank_text import worded
from planner.reports.commitments import Commitment, commitments
from planner.reports.counterparties.network import Network
from planner.reports.names import Names
from planner.reports.page.colours import party_colours
from planner.reports.page.study_view import RECORD, Study
from planner.reports.priced import OfferPrices

if TYPE_CHECKING:
    import pandas as pd

Series = dict[str, dict[str, float]]
"""amounts by series, then by the day on which a period starts"""
SMALLEST = 1e-6
"""GW or USD bn below which an amount is not drawn"""


@dataclass(frozen=True, eq=False)
class View:
    """A plan, what its audit found, and its network."""

    plan: Plan
    audit: Audit
    prices: OfferPrices | None = None
    """what `planner prices` found of the plan; None: it was not given"""
    study: Study | None = None
    """a sweep of the plan's case; None: it was not given"""
    ranks: tuple[str, ...] = ()
    """the parties of all plans on the page, the weightiest first; empty: those of this plan"""

    @classmethod
    def beside(cls, plan: Plan, audit: Audit, prices: Path | None, sweep: Path | None) -> View:
        """A plan with what else was found of it, from a file of prices and the folder of a sweep.

        Raises DataError where they are not what they should be, or are those of another plan or case.
        """
        study = None if sweep is None else Study.read(sweep)
        if study is not None and study.record.case != plan.record.title:
            wanted = f"a sweep of {plan.record.title!r}"
            raise DataError([Problem(RECORD, None, "case", wanted, repr(study.record.case))])
        return cls(plan, audit, None if prices is None else OfferPrices.read(prices, plan), study)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", worded(self.plan))

    @cached_property
    def network(self) -> Network:
        """Its counterparties."""
        return Network(self.plan)

    @cached_property
    def names(self) -> Names:
        """What offers and parties are called."""
        return Names(self.plan.case)

    @cached_property
    def commitments(self) -> list[Commitment]:
        """Every signature that is still to be made, the first to decide on first."""
        return commitments(self.plan)

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Whom money flows to or comes from, and who guarantees, the weightiest first."""
        ledger = self.plan.tables["ledger"]
        weights: dict[str, float] = {}
        for column, mine in (
            ("counterparty", ledger[ledger["ledger"].isin(["cash", "dues"])]),
            ("guarantor", ledger[ledger["ledger"] == "guarantees"]),
        ):
            for party, value in mine["value"].abs().groupby([mine[column].astype(str)]).sum().items():
                weights[str(party)] = weights.get(str(party), 0.0) + float(value)
        weights.pop("", None)
        return tuple(sorted(weights, key=lambda party: (-weights[party], party)))

    @cached_property
    def colours(self) -> dict[str, str]:
        """The colour of each party, which it has in every chart of the page."""
        return party_colours(self.ranks or self.parties)

    @cached_property
    def ends(self) -> dict[str, str]:
        """The day on which each period of the horizon ends, by the day on which it starts."""
        calendar = self.plan.case.calendar
        return {calendar.start_of(t).isoformat(): calendar.start_of(t + 1).isoformat() for t in calendar.periods}

    @property
    def horizon(self) -> tuple[str, str]:
        """First day, and first day after the last."""
        return self.plan.case.calendar.start.isoformat(), self.plan.case.calendar.end.isoformat()

    @property
    def title(self) -> str:
        """The case's title."""
        return self.plan.record.title


def series(table: pd.DataFrame, by: str, value: str = "gw") -> Series:
    """A table's amounts by one of its columns and by period, without those below SMALLEST."""
    found: Series = {}
    sums = summed(table, [by, "period"], value)
    for name, period, amount in zip(sums[by], sums["period"], sums[value], strict=True):
        if abs(amount) > SMALLEST:
            found.setdefault(str(name), {})[str(period)] = float(amount)
    return found
