"""Two plans side by side: what differs, and what their gaps leave open."""

from __future__ import annotations

from planner.basics.text import number
from planner.reports.compare import Comparison
from planner.reports.compared_figures import SAME
from planner.reports.cost_lines import cost_by_meaning
from planner.reports.page.bars import WaterfallBar, WaterfallChart
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet, Tile, Tiles
from planner.reports.page.plan_view import SMALLEST

NAME, TITLE = "difference", "What differs"
LEAD = "The second plan against the first: where the cost moves, and every figure that is not the same."


def parts(compared: Comparison) -> list[Part]:
    """The difference of cost, what it proves, where it comes from, and a table of everything that differs."""
    table = compared.table.copy()
    apart = compared.apart
    found: list[Part] = [
        Tiles("figures", (
            Tile("difference_in_money_usd_bn", "In money", f"{apart.cost_in_money_usd_bn:+,.3f} USD bn"),
            Tile("difference_of_penalties_usd_bn", "In penalties", f"{apart.penalties_usd_bn:+,.3f} USD bn"),
            Tile("difference_usd_bn", "Second less first", f"{compared.difference:+,.3f} USD bn", note="present cost"),
        )),
        Sentences("remarks", tuple(f"{remark}." for remark in compared.remarks())),
    ]  # fmt: skip
    moves = steps(compared)
    if len(moves) > 2:
        chart = WaterfallChart(tuple(moves), "USD bn")
        says = "From the present cost of the first plan to that of the second, by what it is for; the steps add up."
        if compared.day is not None:
            says += f" Both are of what is left on {compared.day}, the later of the two starts."
        found.append(Figure("cost", "Where the cost moves", says, chart.span(), chart.draw))
    columns = tuple(Column(name, name.capitalize()) for name in table.columns)
    same = (table["first"] == table["second"]) | (table["first"].isna() & table["second"].isna())
    same |= table["difference"].astype(float).abs() <= SAME
    hashes = table["measure"] == "sha256"
    for side in ("first", "second"):
        table[side] = table[side].where(~hashes, table[side].astype(str).str[:12])
    if same.all():
        return [*found, Sentences("same", ("Nothing differs.",))]
    return [*found, Sheet("table", "All that differs", table[~same].astype(object), columns, shown=15)]


def steps(compared: Comparison) -> list[WaterfallBar]:
    """From the first plan's present cost to the second's, by meaning: what is dearer first, then what is cheaper."""
    one, two = (cost_by_meaning(plan) for plan in compared.sides)
    moves = {meaning: two.get(meaning, 0.0) - one.get(meaning, 0.0) for meaning in {**one, **two}}
    before = sum(one.values())
    found = [WaterfallBar("First plan", 0.0, before, True, number(before))]
    for meaning, value in sorted(moves.items(), key=lambda item: (-item[1], item[0])):
        if abs(value) > SMALLEST:
            found.append(WaterfallBar(str(meaning), before, before + value, False, f"{value:+,.2f}"))
            before += value
    return [*found, WaterfallBar("Second plan", 0.0, sum(two.values()), True, number(sum(two.values())))]
