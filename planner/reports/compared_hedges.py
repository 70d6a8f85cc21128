"""Two hedges compared, or a hedge and a plan: what is signed now in one and not in the other, and what it costs.

Sections of the table, with the columns of `planner.reports.compare`:

    plan       expected cost, CVaR, objective, bound, gap and quantiles of cost. A plan is for one future only, so all
               of these but bound and gap are its cost
    futures    the cost of each future, by name; of a plan there is none
    now        each decision on signing before the first day on which either of the two is told any news
    later      each decision on signing after that, by what is known then; of a plan they stand under `whatever comes`

Decisions of a plan are called as the hedge's case calls them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.basics.display import Display
from planner.basics.frames import records, rows
from planner.basics.outputs import write_file
from planner.basics.text import columns, counted
from planner.case.case import Case
from planner.plan.hedges.decided import dated_decisions
from planner.plan.hedges.hedge import Hedge
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.reports.compare import SIDES, joined
from planner.reports.compared_figures import USD_BN, Row
from planner.reports.compared_words import and_more, are_same, cell_text, numbered, shown, with_sign
from planner.reports.proof import proof_text
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

Side: TypeAlias = "Hedge | Plan"
WHATEVER = "whatever comes"
"""what is known where a plan signs something later"""
NOW, LATER = "now", "later"


@dataclass(frozen=True)
class HedgeComparison:
    """A first and a second, of which at least one is a hedge."""

    first: Side
    second: Side

    @cached_property
    def table(self) -> pd.DataFrame:
        """Columns as in `compare.COLUMNS`; `difference` = second − first where both are numbers."""
        import pandas as pd

        first, second = self.first, self.second
        parts = [
            joined(_of_record(first), _of_record(second)),
            joined(_of_futures(first), _of_futures(second)),
            joined(self._signed(first, NOW), self._signed(second, NOW), absent=0.0),
            joined(self._signed(first, LATER), self._signed(second, LATER), absent=0.0),
        ]
        return pd.concat([part for part in parts if len(part)], ignore_index=True)

    @cached_property
    def news(self) -> date | None:
        """The first day on which either is told any news; None where none is told any."""
        days = [side.futures_tree.days[0] for side in self._hedges if side.futures_tree.days]
        return min(days, default=None)

    @property
    def difference(self) -> float:
        """Expected cost of the second less that of the first [USD bn]."""
        return _cost(self.second) - _cost(self.first)

    @cached_property
    def changed_now(self) -> pd.DataFrame:
        """The rows of section `now` that differ."""
        return self._different(NOW)

    def remarks(self) -> list[str]:
        """What makes the two hard to compare."""
        found = []
        for name, side in (("First", self.first), ("Second", self.second)):
            if isinstance(side, Plan):
                what = "one future of a hedge" if side.record.hedge is not None else "for one future, which is certain"
                found.append(f"{name}: a plan {what}, so that its cost is no expected cost")
        one, two = (side.case.settings for side in (self.first, self.second))
        if one.discount_rate != two.discount_rate:
            found.append(
                f"Costs are discounted at different rates, {one.discount_rate:.1%} and {two.discount_rate:.1%}"
            )
        if (one.start, one.end, one.period_months) != (two.start, two.end, two.period_months):
            found.append(f"The periods differ: {one.start} to {one.end}, and {two.start} to {two.end}")
        if len(self._hedges) == 2 and one.risk != two.risk:
            found.append(
                f"Risk counts differently: level {one.risk.level:g} and weight {one.risk.weight:g}, and level "
                f"{two.risk.level:g} and weight {two.risk.weight:g}"
            )
        files = sorted({*self.first.case.files, *self.second.case.files})
        differ = [name for name in files if self.first.case.files.get(name) != self.second.case.files.get(name)]
        if differ:
            found.append(f"The cases differ in {', '.join(differ)}")
        return found

    def text(self) -> str:
        """What differs, on one screen."""
        parts = (self._headline(), self._now(), self._later(), self._costs())
        return "\n\n".join("\n".join(part) for part in map(list, parts) if part)

    def json(self) -> dict[str, object]:
        """What differs, for programs; blank values are null."""
        table = self.table.astype(object)
        return {
            "difference_usd_bn": self.difference,
            "first_news": None if self.news is None else self.news.isoformat(),
            "signed_differently_now": self.changed_now["measure"].tolist(),
            "remarks": self.remarks(),
            "rows": table.where(table.notna(), None).to_dict(orient="records"),
        }

    def write(self, file: Path) -> None:
        """Write the table as CSV."""
        write_file(file, csvtext.exported(self.table))

    @property
    def _hedges(self) -> list[Hedge]:
        return [side for side in (self.first, self.second) if isinstance(side, Hedge)]

    def _case(self) -> Case:
        """The case whose names decisions have."""
        return self._hedges[0].case

    def _signed(self, side: Side, section: str) -> Iterator[Row]:
        """The decisions on signing of one side, before the first news or after it."""
        for day, known, offer, name, unit, value in _signings(side, self._case()):
            now = self.news is None or day < self.news
            if now == (section == NOW):
                yield section, offer, name if now else f"{known}: {name}", unit, value

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed: those of the first side's case."""
        return self.first.case.settings.shown_in

    def _different(self, section: str) -> pd.DataFrame:
        mine = self.table[self.table["section"] == section]
        return mine[np.array([not are_same(row.first, row.second) for row in records(mine)], dtype=bool)]

    def _headline(self) -> Iterator[str]:
        for name, side in (("first ", self.first), ("second", self.second)):
            yield from _told(name, side, self.shown_in)
        shown_in = self.shown_in
        yield f"Difference of expected cost: {with_sign(shown_in.of(self.difference, USD_BN))} {shown_in.money}"
        for remark in self.remarks():
            yield from wrap(remark, 112, subsequent_indent="  ")

    def _now(self, most: int = 20) -> Iterator[str]:
        before = "" if self.news is None else f", before any news of {self.news}"
        changed = self.changed_now
        if changed.empty:
            yield f"The same is signed now{before}"
            return
        yield f"Signed differently now{before}: {counted(len(changed), 'decision')}"
        yield from _listed(shown(changed.head(most), self.shown_in))
        yield from and_more(changed["item"].iloc[most:])

    def _later(self, most: int = 8) -> Iterator[str]:
        if len(self._hedges) < 2:
            later = self.table[self.table["section"] == LATER]
            counts = [counted(int((later[name].astype(float) != 0.0).sum()), "decision") for name in SIDES]
            plan = int(isinstance(self.second, Plan))
            of_hedge = counts[1 - plan]
            yield f"Signed later: {counts[plan]} of the plan, whatever comes, and {of_hedge} by what is known then"
            return
        changed = self._different(LATER)
        if changed.empty:
            yield "The same is signed later"
            return
        yield f"Signed differently later: {counted(len(changed), 'decision')}"
        yield from _listed(shown(changed.head(most), self.shown_in))
        yield from and_more(changed["item"].iloc[most:])

    def _costs(self, most: int = 30) -> Iterator[str]:
        mine = self.table[self.table["section"] == "futures"]
        whole = self.table[(self.table["section"] == "plan") & (self.table["unit"] == USD_BN)]
        lines_of = [(row.measure.replace("_", " "), row) for row in records(whole)]
        lines_of += [(f"future {row.item}", row) for row in records(mine.head(most))]
        usd = partial(self.shown_in.of, unit=USD_BN)
        yield f"Cost [{self.shown_in.money}]"
        lines = [
            numbered(
                name,
                *(usd(each) if isinstance(each, float) else each for each in (row.first, row.second, row.difference)),
            )
            for name, row in lines_of
        ]
        yield from columns(["", "first", "second", "difference"], lines)
        yield from and_more(mine["item"].iloc[most:])


def _told(name: str, side: Side, display: Display) -> Iterator[str]:
    """What one side is, what it costs, and how far that is proven."""
    indent = " " * len(name)
    if isinstance(side, Plan):
        yield f"{name}  {side.record.title}: a plan, {display.usd(side.record.objective_usd_bn)}"
        yield f"{indent}  {proof_text(side)}"
        return
    record = side.record
    cost = f"expected {display.usd(record.expected_cost_usd_bn)}, CVaR {display.fixed(record.cvar_usd_bn, USD_BN)}"
    yield f"{name}  {record.title}: a plan for {counted(len(record.futures), 'future')}, {cost}"
    known = "no bound is known"
    if record.bound_usd_bn is not None:
        known = f"nothing has an objective below {display.fixed(record.bound_usd_bn, USD_BN)}"
        known += "" if record.gap is None else f", a gap of {record.gap:.3%}"
    yield f"{indent}  {'Proven' if record.proven else f'NOT proven, stopped by {record.stopped_by}'}: {known}"


def _listed(changed: pd.DataFrame) -> Sequence[str]:
    cells = [
        [str(row.item), str(row.measure), cell_text(row.first), cell_text(row.second), str(row.unit)]
        for row in records(changed)
    ]
    return columns(["offer", "decision", "first", "second", "unit"], cells, words=(0, 1, 4))


def _cost(side: Side) -> float:
    return side.record.expected_cost_usd_bn if isinstance(side, Hedge) else side.record.objective_usd_bn


def _of_record(side: Side) -> Iterator[Row]:
    """Costs and proof of one side."""
    if isinstance(side, Hedge):
        told = side.record
        costs = {
            "expected_cost": told.expected_cost_usd_bn, "cvar": told.cvar_usd_bn, "objective": told.objective_usd_bn,
            **told.cost_quantiles_usd_bn,
        }  # fmt: skip
    else:
        costs = dict.fromkeys(("expected_cost", "cvar", "objective", "p10", "p50", "p90"), side.record.objective_usd_bn)
    for name, cost in costs.items():
        yield "plan", "plan", name, USD_BN, cost
    yield "plan", "plan", "bound", USD_BN, side.record.bound_usd_bn
    yield "plan", "plan", "gap", "share", side.record.gap
    yield "plan", "plan", "status", "", side.record.status


def _of_futures(side: Side) -> Iterator[Row]:
    """The cost of each future, and its probability."""
    if isinstance(side, Hedge):
        for each in side.record.futures:
            yield "futures", each.name, "cost", USD_BN, each.cost_usd_bn


def _signings(side: Side, case: Case) -> Iterable[tuple[date, str, str, str, str, float]]:
    """Day, what is known, offer, name, unit and value of every decision on signing."""
    if isinstance(side, Hedge):
        for row in rows(side.tables["signatures"]):
            yield date.fromisoformat(row.date), row.known, row.offer, row.decision, row.unit, float(row.value)
        return
    for each in dated_decisions(case, Portfolio.of(side.case), side.values):
        if each.signing:
            yield each.day, WHATEVER, each.offer, each.name, each.unit, each.value
