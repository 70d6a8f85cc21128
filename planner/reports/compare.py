"""Two plans side by side, also of different cases: what is signed differently, and what moved in cost, limits, service.

Everything is read from the plans' tables into one long table with a row per item and measure. A blank means that a plan
does not have the item, and 0 that it has none of it. The screen shows what differs most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.display import Display
from planner.basics.frames import records
from planner.basics.outputs import write_file
from planner.basics.text import columns
from planner.common.policies import SECOND_SERVICES
from planner.plan.headline import Headline
from planner.plan.plan import Plan
from planner.reports import compared_figures
from planner.reports.cautions import cautions
from planner.reports.compared_cells import CellDifference, cell_lines, different_cells, of_cells
from planner.reports.compared_figures import PENALTY, SAME, SIGNED, USD_BN, Row
from planner.reports.compared_terms import terms
from planner.reports.compared_words import (
    and_more,
    are_same,
    binding_text,
    cell_text,
    numbered,
    or_zero,
    shown,
    with_sign,
)
from planner.reports.proof import proof_text
from planner.reports.since import Passed, only_time, rolled, since
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("section", "item", "measure", "first", "second", "difference", "unit")
KEYS = ["section", "item", "measure", "unit"]
SIDES = ("first", "second")
OUTCOMES = ("present_cost",)
"""measures of an offer that follow from how it is used, not from what is signed"""
WIDTH = 116
"""characters of a line"""


@dataclass(frozen=True)
class Comparison:
    """A first and a second plan."""

    first: Plan
    second: Plan

    @cached_property
    def table(self) -> pd.DataFrame:
        """Columns as in COLUMNS; `difference` = second − first, in `unit`, where both are numbers.

        Sections are plan, case (what of it differs), cells (those that differ), offers, terms, cost, funding, limits
        and service. The differences of section `cost` add up to that of the objectives. Where the plans begin on
        different days, all after the cells is about the time from the later day on, discounted to it
        (`planner.reports.since`).
        """
        import pandas as pd

        first, second = self.sides

        parts = [
            joined(compared_figures.of_record(self.first), compared_figures.of_record(self.second)),
            _different(joined(compared_figures.of_case(self.first), compared_figures.of_case(self.second))),
            joined(*(of_cells(self.cells, side) for side in SIDES)),
            joined(compared_figures.of_offers(first), compared_figures.of_offers(second)),
            joined(compared_figures.of_terms(first), compared_figures.of_terms(second), absent=0.0),
            joined(compared_figures.of_costs(first), compared_figures.of_costs(second), absent=0.0),
            joined(compared_figures.of_funding(first), compared_figures.of_funding(second), absent=0.0),
            joined(compared_figures.of_limits(first), compared_figures.of_limits(second)),
            joined(compared_figures.of_service(first), compared_figures.of_service(second), absent=0.0),
        ]
        return pd.concat([part for part in parts if len(part)], ignore_index=True)

    @cached_property
    def cells(self) -> list[CellDifference]:
        """The cells and settings in which the cases differ."""
        return list(different_cells(self.first.case, self.second.case))

    @cached_property
    def day(self) -> date | None:
        """The later day on which one of the plans begins, where both can be seen from it; None where they cannot."""
        return rolled(self.first, self.second)

    @cached_property
    def sides(self) -> tuple[Plan, Plan]:
        """Both plans, from the later day on where they begin on different days."""
        if self.day is None:
            return self.first, self.second
        return since(self.first, self.day, self.second), since(self.second, self.day, self.first)

    @cached_property
    def passed(self) -> tuple[Passed, Passed] | None:
        """What of both plans is past on the later day; None where they cannot be seen from it."""
        return None if self.day is None else (Passed.of(self.first, self.day), Passed.of(self.second, self.day))

    @property
    def difference(self) -> float:
        """Present cost of the second less that of the first [USD bn]."""
        return self.second.record.objective_usd_bn - self.first.record.objective_usd_bn

    @property
    def change(self) -> float:
        """The difference without what is only time: that of what is left on the later day [USD bn]."""
        return self.difference if self.passed is None else self.passed[1].rest - self.passed[0].rest

    @property
    def apart(self) -> Headline:
        """The same in money, and in penalties."""
        return self.second.record.headline.minus(self.first.record.headline)

    @property
    def proven_difference(self) -> tuple[float, float] | None:
        """Least and largest possible difference of cost between the two best plans [USD bn]; None without both bounds.

        The best plan of a case costs between its bound and its objective, so the difference lies between
        bound_2 − objective_1 and objective_2 − bound_1. Where the plans begin on different days, it is that of what is
        left on the later day: nothing that goes on as the earlier plan began costs less than what is left of its bound.
        """
        first, second = (self._interval(i) for i in (0, 1))
        if first is None or second is None:
            return None
        return second[0] - first[1], second[1] - first[0]

    def _interval(self, side: int) -> tuple[float, float] | None:
        """Bound and cost of one plan, of what is left on the later day; None without a bound."""
        record = (self.first, self.second)[side].record
        if record.bound_usd_bn is None:
            return None
        low, high = record.bound_usd_bn, record.objective_usd_bn
        if self.passed is None:
            return low, high
        past = self.passed[side]
        return (low - past.posted) * past.factor, (high - past.posted) * past.factor

    def remarks(self) -> list[str]:
        """What the difference of cost proves, and what makes the two plans hard to compare."""
        sides = zip(SIDES, (self.first, self.second), strict=True)
        found = [f"{side.capitalize()}: {caution}" for side, plan in sides for caution in cautions(plan)]
        found.append(self._proof())
        one, two = self.first.case.settings, self.second.case.settings
        if one.discount_rate != two.discount_rate:
            found.append(
                f"The costs are discounted at different rates, {one.discount_rate:.1%} and {two.discount_rate:.1%}"
            )
        if self.passed is not None:
            found.append(only_time(*self.passed, self.day, self.shown_in))
        elif (one.start, one.end) != (two.start, two.end):
            found.append(f"The horizons differ: {one.start} to {one.end}, and {two.start} to {two.end}")
        if one.period_months != two.period_months:
            found.append(
                f"Periods of {one.period_months} and of {two.period_months} months: signings round back and "
                "commencements forward to the start of a period, which alone moves dates and cost"
            )
        return found

    def _proof(self) -> str:
        between = self.proven_difference
        if between is None:
            return "How far the two cases' best plans lie apart is not known: a bound is missing"
        low, high = between
        scale = SAME * max(abs(self.first.record.objective_usd_bn), abs(self.second.record.objective_usd_bn))
        if -scale <= low and high <= scale:
            return "The best plans of both cost the same"
        apart = f"the best plans of the two cases differ by {self._usd(low)}"
        apart += "" if high - low <= scale else f" to {self._usd(high)}"
        apart += f" {self.shown_in.money}"
        if low <= scale and high >= -scale:
            return f"The difference lies within the gaps, which of the two is cheaper is not proven: {apart}"
        return f"By their bounds, {apart}"

    def text(self) -> str:
        """What differs, on one screen."""
        changed = cell_lines(self.first, self.second, self.cells)
        parts = (self._headline(), changed, self._signed(), self._costs(), self._limits(), self._service())
        return "\n\n".join(filter(None, ("\n".join(part) for part in parts)))

    def json(self) -> dict[str, object]:
        """What differs, for programs; blank values are null."""
        between, table = self.proven_difference, self.table.astype(object)
        return {
            "difference_usd_bn": self.difference,
            "difference_in_money_usd_bn": self.apart.cost_in_money_usd_bn,
            "difference_of_penalties_usd_bn": self.apart.penalties_usd_bn,
            "difference_without_time_usd_bn": self.change,
            "proven_difference_usd_bn": None if between is None else list(between),
            "remarks": self.remarks(),
            "changes": {
                side: list(plan.record.changes) for side, plan in zip(SIDES, (self.first, self.second), strict=True)
            },
            "rows": table.where(table.notna(), None).to_dict(orient="records"),
        }

    def write(self, file: Path) -> None:
        """Write the table as CSV."""
        write_file(file, csvtext.exported(self.table))

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed: those of the first plan's case."""
        return self.first.case.settings.shown_in

    def _usd(self, value: float) -> str:
        """A difference of money with its sign, without its unit."""
        return with_sign(self.shown_in.of(value, USD_BN))

    @cached_property
    def _shown(self) -> pd.DataFrame:
        return shown(self.table, self.shown_in)

    def _section(self, name: str) -> pd.DataFrame:
        return self._shown[self._shown["section"] == name]

    def _headline(self) -> Iterator[str]:
        for name, plan in (("first ", self.first), ("second", self.second)):
            cost = f"{self.shown_in.usd(plan.record.objective_usd_bn)} at {plan.case.settings.discount_rate:.1%}"
            yield f"{name}  {plan.record.title}: {cost}, {plan.record.headline.text(self.shown_in)}"
            yield f"{' ' * len(name)}  {_proven(plan, self.shown_in)}"
        apart = self.apart
        parts = f"{self._usd(apart.cost_in_money_usd_bn)} in money, {self._usd(apart.penalties_usd_bn)} in penalties"
        yield f"Difference of present cost: {self._usd(self.difference)} {self.shown_in.money} ({parts})"
        for remark in self.remarks():
            yield from wrap(remark, 112)
        case = self._section("case")["item"].tolist()
        if case:
            yield from wrap(f"The cases differ in {', '.join(case)}", 112, subsequent_indent="  ")

    def _signed(self, most: int = 8) -> Iterator[str]:
        import pandas as pd

        offers = self._section("offers")
        signed = pd.concat([offers[~offers["measure"].isin(OUTCOMES)], self._section("terms")])
        states = offers[offers["measure"] == "signed"].set_index("item")[list(SIDES)]
        ever = states.index[states.isin(SIGNED).any(axis=1)]
        changed = list(dict.fromkeys(_different(signed[signed["item"].isin(ever)])["item"]))
        if not changed:
            yield "The same is signed"
            return
        yield f"What is signed differently: {len(changed)} of {offers['item'].nunique()} offers"
        costs = offers[offers["measure"] == "present_cost"].set_index("item")[list(SIDES)].astype(float).fillna(0.0)
        moved = (costs["second"] - costs["first"]).abs()
        shown = sorted(changed, key=lambda offer: -float(moved.get(offer, 0.0)))[:most]
        rows, width = [], WIDTH - max(map(len, shown)) - len("    second  ")
        for offer in shown:
            mine = signed[signed["item"] == offer]
            for side in ("first", "second"):
                lines = terms(mine, side, width, self.shown_in)
                rows.append([offer if side == "first" else "", side, lines[0]])
                rows += [["", "", f"  {line}"] for line in lines[1:]]
        yield from columns(["offer", "", "terms"], rows, words=(0, 1, 2))
        yield from and_more(changed[most:])

    def _costs(self, most: int = 8) -> Iterator[str]:
        cost = self._section("cost")
        changed = _largest(_different(cost))
        yield f"Present cost by line [{self.shown_in.money}]: {len(changed)} of {len(cost)} lines differ"
        shown, rest = changed.head(most), changed.iloc[most:]
        rows = [numbered(str(row.item), row.first, row.second, row.difference) for row in records(shown)]
        others = cost[~cost.index.isin(shown.index)]
        penalties = cost["measure"] == PENALTY
        apart = (("in money", cost[~penalties]), ("penalties", cost[penalties]))
        for name, part in (("other lines", others), *(apart if penalties.any() else ()), ("together", cost)):
            if len(part):
                sums = part[["first", "second", "difference"]].astype(float).sum()
                rows.append(numbered(name, *sums.tolist()))
        yield from columns(["line", "first", "second", "difference"], rows)
        yield from and_more(rest["item"])
        funding = _largest(_different(self._section("funding")))
        if len(funding):
            moved = [f"{row.item} {with_sign(row.difference)}" for row in records(funding.head(most // 2))]
            yield from wrap(f"  Received besides, not in the cost: {', '.join(moved)}", 112, subsequent_indent="  ")
            yield from and_more(funding["item"].iloc[most // 2 :])

    def _limits(self, most: int = 8) -> Iterator[str]:
        found: list[tuple[bool, list[str]]] = []
        limits = self._section("limits")
        rule, subject = limits["item"].str.split(" ", n=1).str[0], limits["item"].str.split(" ", n=1).str[1]
        told = limits[rule.isin(self.first.case.catalogue.set_by_somebody) & ~subject.str.startswith(SECOND_SERVICES)]
        for item, mine in told.groupby("item", sort=False):
            by = mine.set_index("measure")
            years = [or_zero(by.loc["binding", side]) for side in SIDES]
            if are_same(*years) and are_same(*(by.loc["headroom", side] for side in SIDES)):
                continue
            cells = [cell_text(by.loc[measure, side]) for side in SIDES for measure in ("tightest_on", "headroom")]
            unit = str(by.loc["headroom", "unit"]).replace("reference", "ref.")
            found.append((are_same(*years), [str(item), *cells, unit, binding_text(*years)]))
        found.sort(key=lambda pair: pair[0])
        yield "Least headroom of limits that parties set" + (", where it differs" if found else ": the same")
        if found:
            header = ["limit", "first", "headroom", "second", "headroom", "unit", ""]
            yield from columns(header, [row for _, row in found[:most]], words=(0, 5, 6))
        yield from and_more(found[most:])

    def _service(self, most: int = 8) -> Iterator[str]:
        service = self._section("service")
        whole = service[service["item"] == compared_figures.Whole.ALL]
        changed = _largest(_different(service[service["measure"] == "in_use"]))
        rows = [numbered(f"{row.measure} [reference]", row.first, row.second, row.difference) for row in records(whole)]
        rows += [
            numbered(f"run by {row.item}", row.first, row.second, row.difference) for row in records(changed.head(most))
        ]
        yield f"Service [{self.shown_in.power}-years]"
        yield from columns(["", "first", "second", "difference"], rows)
        yield from and_more(changed["item"].iloc[most:])


def joined(first: Iterable[Row], second: Iterable[Row], *, absent: float | None = None) -> pd.DataFrame:
    """Both plans' rows side by side, in the order of the first; `absent` where one of them has no such row."""
    import pandas as pd

    one, two = (
        pd.DataFrame(list(rows), columns=[*KEYS, name]).astype({name: object})
        for rows, name in ((first, "first"), (second, "second"))
    )
    keys = pd.concat([one[KEYS], two[KEYS]]).drop_duplicates()
    both = keys.merge(one, on=KEYS, how="left").merge(two, on=KEYS, how="left")
    for name in SIDES:
        both[name] = both[name].where(both[name].notna(), absent)
    numbers = both[["first", "second"]].apply(pd.to_numeric, errors="coerce")
    both["difference"] = numbers["second"] - numbers["first"]
    return both[list(COLUMNS)]


def _different(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose values differ; all columns, even where there are no rows."""
    return rows[np.array([not are_same(row.first, row.second) for row in records(rows)], dtype=bool)]


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("difference", key=abs, ascending=False, kind="stable")


def _proven(plan: Plan, display: Display) -> str:
    record = plan.record
    if record.hedge is not None:
        return proof_text(plan)
    known = "no bound is known"
    if record.bound_usd_bn is not None:
        known = f"no plan costs less than {display.fixed(record.bound_usd_bn, USD_BN)}"
        known += "" if record.gap is None else f", a gap of {record.gap:.3%}"
    how = "proven" if plan.proven else f"NOT proven, stopped by {record.stopped_by}"
    return f"{how}: {known}"
