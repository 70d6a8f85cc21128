"""Sheet `rates`: the present cost of the same decisions at other rates, by formula and as the planner has it.

The formula discounts the amounts of the ledger. The planner posts them anew: a few amounts are worked out with the
rate themselves, such as the worth of what outlives the horizon. Where there are such amounts the two differ, and the
sheet says by how much, and of which lines.
"""

from __future__ import annotations

import numpy as np

from planner.ledgers.objective import Horizon, in_objective
from planner.ledgers.posts import Kind
from planner.portfolio.solution import Solution
from planner.workbooks.layout import BookColumn, BookSheet, Entry, Style
from planner.workbooks.of_plan.figures import Figures

NAME = "rates"
APART = 0.02
"""how far the other rates lie from the plan's"""
SAME = "Every amount is the same at every rate: here the formula and the planner agree at each."
_FORMULA = '=SUMPRODUCT((ledger_counts="yes")*-ledger_value*(1+[rate])^-ledger_years)'


def rates(figures: Figures) -> BookSheet:
    """The present cost at a few rates, and under each treatment of what outlives the horizon."""
    own = figures.case.settings.discount_rate
    asked = sorted({own, min(1.0, own + APART), max(0.0, round(own - APART, 9))})
    found = {rate: _at(figures, rate) for rate in asked}
    by_formula = [_discounted(figures, rate) for rate in asked]
    planners = [found[rate].objective for rate in asked]
    moved = sorted({line for rate in asked for line in _moved(figures.solution, found[rate])})
    note = (
        SAME
        if not moved
        else f"Amounts that are worked out with the rate themselves, line by line: {', '.join(moved)}."
    )
    number = Style.NUMBER
    columns = [
        BookColumn("rate", asked, Style.RATE, title="Rate, a year", width=44.0),
        BookColumn("by_formula", by_formula, number, _FORMULA, title="Present cost by formula [USD bn]"),
        BookColumn("planner", planners, number, title="Present cost of the planner, amounts posted anew [USD bn]"),
        BookColumn("difference", [a - b for a, b in zip(by_formula, planners, strict=True)], number,
               "=[by_formula]-[planner]", title="Difference [USD bn]"),
    ]  # fmt: skip
    says = "The same decisions at other rates, and with other treatments of what outlives the horizon."
    return BookSheet(NAME, says, columns, _treatments(figures), notes=(note,), kept=1)


def _at(figures: Figures, rate: float) -> Solution:
    """The plan's decisions in the case at another discount rate."""
    if rate == figures.case.settings.discount_rate:
        return figures.solution
    return figures.at(figures.case.change(f"case.discount_rate = {rate!r}"))


def _discounted(figures: Figures, rate: float) -> float:
    """The present cost of the ledger's amounts at a rate [USD bn]."""
    cash = figures.cash[figures.cash["kind"].isin(list(figures.counted))]
    return float(-(cash["value"] * (1.0 + rate) ** -cash["years"].fillna(0.0)).sum())


def _moved(one: Solution, other: Solution) -> set[str]:
    """Lines of counted cash in which the two differ by amounts, not only by discounting."""
    sums: list[dict[str, float]] = []
    kinds = in_objective(one.portfolio.case.settings.horizon_treatment)
    for each in (one, other):
        cash = each.ledger("cash")
        lines, values = cash.each(lambda post: (post.line, post.kind)), cash.value.tolist()
        found: dict[str, float] = {}
        for (line, kind), value in zip(lines, values, strict=True):
            if kind in kinds:
                found[line] = found.get(line, 0.0) + value
        sums.append(found)
    return {
        line
        for line in sums[0].keys() | sums[1].keys()
        if not np.isclose(sums[0].get(line, 0.0), sums[1].get(line, 0.0), rtol=1e-9, atol=1e-9)
    }


def _treatments(figures: Figures) -> list[Entry]:
    """The present cost under each treatment of what outlives the horizon, and at the lease rate."""
    settings, record = figures.case.settings, figures.plan.record
    entries = [
        Entry(
            f"Present cost with horizon = {each} [USD bn]", record.present_cost_by_horizon_usd_bn[each], Style.NUMBER,
            formula=_kinds(in_objective(each), "discount_rate"),
            note="the treatment of this plan" if each is settings.horizon_treatment else "",
        )
        for each in Horizon
    ]  # fmt: skip
    return [
        *entries,
        Entry("Lease rate, a year", settings.lease_rate, Style.RATE, name="lease_rate", entered=True,
              note="may be changed here; debt was measured with the plan's own"),
        Entry("Present cost at the lease rate, horizon = cut [USD bn]", record.present_cost_at_lease_rate_usd_bn,
              Style.NUMBER, formula=_kinds(in_objective(Horizon.CUT), "lease_rate")),
    ]  # fmt: skip


def _kinds(kinds: frozenset[Kind], rate: str) -> str:
    """The formula of the present cost of some kinds of cash at a rate."""
    chosen = "+".join(f'(ledger_kind="{kind}")' for kind in Kind if kind in kinds)
    return f"=-SUMPRODUCT(({chosen})*ledger_value*(1+{rate})^-ledger_years)"
