"""Two plans side by side: what differs, and what their gaps leave open."""

from __future__ import annotations

from planner.plan.headline import MONEY, PENALTIES
from planner.reports.compare import Comparison
from planner.reports.compared_figures import PENALTY, SAME
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.colours import LIMIT, SHADES
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet, Tile, Tiles

NAME, TITLE = "difference", "What differs"
SERIES = (MONEY, PENALTIES)
LEAD = "The second plan against the first: where the cost moves, and every figure that is not the same."


def parts(compared: Comparison) -> list[Part]:
    """The difference of cost, what it proves, where it comes from, and a table of everything that differs."""
    table = compared.table.copy()
    moved = table[(table["section"] == "cost")].assign(difference=lambda rows: rows["difference"].astype(float))
    moved = moved[moved["difference"].abs() > 1e-6].sort_values("difference", ascending=False)
    bars = Bars(
        tuple(
            Bar(str(row["item"]), {SERIES[row["measure"] == PENALTY]: row["difference"]}, f"{row['difference']:+,.2f}")
            for row in moved.to_dict(orient="records")
        ),
        "USD bn",
        dict(zip(SERIES, (SHADES[2], LIMIT), strict=True)),
    )
    apart = compared.apart
    found: list[Part] = [
        Tiles("figures", (
            Tile("difference_in_money_usd_bn", "In money", f"{apart.cost_in_money_usd_bn:+,.3f} USD bn"),
            Tile("difference_of_penalties_usd_bn", "In penalties", f"{apart.penalties_usd_bn:+,.3f} USD bn"),
            Tile("difference_usd_bn", "Second less first", f"{compared.difference:+,.3f} USD bn", note="present cost"),
        )),
        Sentences("remarks", tuple(f"{remark}." for remark in compared.remarks())),
    ]  # fmt: skip
    if bars.bars:
        says = "Present cost of the second plan less that of the first, by line; they add up to the difference"
        says += "." if compared.day is None else f" of what is left on {compared.day}, the later of the two starts."
        found.append(Figure("cost", "Where the cost moves", says, bars.span(), bars.draw))
    columns = tuple(Column(name, name.capitalize()) for name in table.columns)
    same = (table["first"] == table["second"]) | (table["first"].isna() & table["second"].isna())
    same |= table["difference"].astype(float).abs() <= SAME
    hashes = table["measure"] == "sha256"
    for side in ("first", "second"):
        table[side] = table[side].where(~hashes, table[side].astype(str).str[:12])
    if same.all():
        return [*found, Sentences("same", ("Nothing differs.",))]
    return [*found, Sheet("table", "All that differs", table[~same].astype(object), columns, shown=15)]
