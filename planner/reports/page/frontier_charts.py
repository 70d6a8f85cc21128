"""`planner frontier` and `planner alternatives` as charts: cost against a measure; what each plan signs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

from planner.basics.display import AS_IT_IS, Display
from planner.basics.outputs import write_file
from planner.basics.text import fine, number
from planner.reports.page import render
from planner.reports.page.charts import Row, aligned, data, finished, tips, written
from planner.reports.page.colours import FAINT, INK, LIMIT, PAPER, SHADES
from planner.reports.page.document import Document
from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Column, Drawing, Figure, Sheet, Span

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = {
    "must": "every plan within the cost signs it",
    "may": "some do",
    "never": "none does",
    "open": "the gaps leave it open",
}


PRESENT, EXPECTED = "present cost", "expected cost"
"""what a point costs: of a plan, or on average over the futures of a plan for all"""


@dataclass(frozen=True)
class Chart:
    """A figure with the table behind it, as a file of its own."""

    NAME: str
    TITLE: str
    LEAD: str
    case: str
    """the case's title"""
    figure: Figure
    sheet: Sheet
    shown_in: Display = AS_IT_IS

    def write(self, file: Path) -> None:
        """Write it: `.svg` and `.png` the figure alone, `.html` a page that also holds the table."""
        drawing = self.figure.draw(self.figure.span)
        match file.suffix.lower():
            case ".svg":
                write_file(file, render.svg(drawing).encode())
            case ".png":
                write_file(file, render.png(drawing))
            case _:
                self.page().write(file)

    def page(self) -> Document:
        """The page of one chapter."""
        page = Document(
            "Compute study", [self.case], [], "Every figure is in the table, which can be downloaded.", self.shown_in
        )
        page.add(self, [self.figure, self.sheet])
        return page


def frontier(table: pd.DataFrame, of: str, case: str, cost: str = PRESENT, shown_in: Display = AS_IT_IS) -> Chart:
    """`Frontier.table`, the name of its measure and the title of its case, as a chart.

    `cost` is PRESENT, or EXPECTED where the points are plans for all futures, each asked for by a weight.
    """
    unit = str(table["unit"].iloc[0]) if len(table) else ""
    points = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    figure = Figure(
        "points", f"{cost.capitalize()} against {_plain(of)}",
        "Each dot is the cheapest plan that does as well in it, and the steps say what is known to be enough in "
        "between; a whisker reaches down to what no such plan can undercut. Hollow dots are beaten in both by another, "
        "the diamond is the knee.",
        Span(), lambda _: _curve(_shown(points, unit, shown_in), of, shown_in.words(unit), cost, shown_in.money),
    )  # fmt: skip
    columns = (
        Column("measured", f"{_plain(of)}, {unit}", 3),
        Column("asked", "Asked for" if cost == PRESENT else "Weight", 3),
        Column("cost_usd_bn", f"{cost.capitalize()}, USD bn", 3),
        Column("cost_in_money_usd_bn", "In money, USD bn", 3), Column("penalties_usd_bn", "Penalties, USD bn", 3),
        Column("bound_usd_bn", "Bound, USD bn", 3),
        Column("gap", "Gap", 3, percent=True), Column("dominated", "Dominated"), Column("knee", "Knee"),
    )  # fmt: skip
    words = table.assign(**{name: table[name].map({True: "yes", False: ""}) for name in ("dominated", "knee")})
    lead = "What it costs to do better in it, from the cheapest plan on."
    return Chart("frontier", f"What {_plain(of)} costs", lead, case, figure,
                 Sheet("points", "Points", words, columns, shown=20), shown_in)  # fmt: skip


def alternatives(table: pd.DataFrame, costs: Mapping[str, float], case: str, shown_in: Display = AS_IT_IS) -> Chart:
    """`Alternatives.table` as a chart, with the title of the case.

    `costs` is the present cost of each plan by its column, the cheapest first.
    """
    least = next(iter(costs.values()))
    heads = {
        plan: f"{plan.removeprefix('plan_')}: {shown_in.fixed(cost, 'USD bn', 2)} ({100 * (cost / least - 1.0):+.2f} %)"
        for plan, cost in costs.items()
    }
    rows, cells = [], []
    found = [verdict for verdict in VERDICTS if (table["verdict"] == verdict).any()]
    for verdict in found:
        mine = table[table["verdict"] == verdict]
        rows.append(f"{verdict}:")
        for row in mine.to_dict("records"):
            rows.append(str(row["offer"]))
            signed = {plan: row[plan] for plan in heads if row[plan] is not None and not math.isnan(row[plan])}
            cells += [MatrixCell(str(row["offer"]), heads[plan], float(gw)) for plan, gw in signed.items()]
    matrix = Matrix(
        tuple(rows), tuple(heads.values()), tuple(cells), "GW", frozenset(f"{verdict}:" for verdict in found)
    )
    figure = Figure(
        "signed", "What each plan signs",
        "A column for each plan, the cheapest first, with its present cost in USD bn and by how much that is above the "
        "least; a row for each offer whose signature is a decision, with its GW at their highest where it is signed. "
        + f"In bold: {'; '.join(f'{verdict}, {VERDICTS[verdict]}' for verdict in found)}.",
        matrix.span(), matrix.draw,
    )  # fmt: skip
    columns = (
        Column("offer", "Offer"), Column("verdict", "Verdict"),
        *(Column(plan, f"{plan.replace('_', ' ').capitalize()}, GW", 3) for plan in heads),
    )  # fmt: skip
    lead = "What else could be signed for little more, and what every such plan signs."
    return Chart("alternatives", "Must, may, never", lead, case, figure,
                 Sheet("signed", "Offers", table, columns, shown=30), shown_in)  # fmt: skip


def _plain(of: str) -> str:
    """A measure as one says it.

    >>> _plain("own_halls"), _plain("use:aws"), _plain("cvar")
    ('own halls', 'use of aws', 'CVaR')
    """
    if of == "cvar":
        return "CVaR"
    word, _, what = of.partition(":")
    return word.replace("_", " ") + (f" of {what}" if what else "")


def _shown(points: Sequence[dict[str, Any]], unit: str, display: Display) -> list[dict[str, Any]]:
    """The points with their amounts in the units that are shown."""

    def moved(name: str, value: Any) -> Any:
        of = unit if name in ("measured", "asked") else "USD bn" if name.endswith("_usd_bn") else ""
        return display.of(value, of) if isinstance(value, float) else value

    return [{name: moved(name, value) for name, value in point.items()} for point in points]


def _curve(points: Sequence[dict[str, Any]], of: str, unit: str, cost: str, money: str) -> Drawing:
    """Cost over the measure: steps through the points that are not dominated, whiskers down to the bounds, names."""
    good = sorted((row for row in points if not row["dominated"]), key=lambda row: row["measured"])
    rising = len(good) > 1 and good[-1]["cost_usd_bn"] > good[0]["cost_usd_bn"]
    known = [bound for bound in map(_bound, points) if bound is not None]
    costs, values = [row["cost_usd_bn"] for row in points], [row["measured"] for row in points]
    low, high = min([*costs, *known], default=0.0), max(costs, default=1.0)
    edge = 0.1 * ((high - low) or abs(high) or 1.0)
    first, last = min(values, default=0.0), max(values, default=1.0)
    side = 0.06 * ((last - first) or abs(last) or 1.0)
    x = alt.X("measured:Q", scale=alt.Scale(domain=[first - side, last + side], nice=False),
              axis=alt.Axis(title=f"{_plain(of)} [{unit}]", tickCount=6, format=",.6~g", grid=False))  # fmt: skip
    y = alt.Y("cost:Q", scale=alt.Scale(domain=[low - edge, high + 1.4 * edge], nice=False),
              axis=alt.Axis(title=f"{cost} [{money}]", tickCount=6, format=",.6~g", titleAngle=0,
                            titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30, domain=False,
                            ticks=False))  # fmt: skip
    tooltip = tips(
        ("said", ""),
        ("amount", f"{_plain(of)}, {unit}"),
        ("price", f"cost, {money}"),
        ("money", f"in money, {money}"),
        ("penalties", f"penalties, {money}"),
        ("floor", f"bound, {money}"),
    )

    def row(point: dict[str, Any], said: str) -> Row:
        floor = _bound(point)
        return {"measured": float(point["measured"]), "cost": float(point["cost_usd_bn"]), "bound": floor,
                "said": said, "amount": number(point["measured"]), "price": f"{point['cost_usd_bn']:,.3f}",
                "money": f"{point['cost_in_money_usd_bn']:,.3f}",
                "penalties": f"{point['penalties_usd_bn']:,.3f}",
                "floor": "unknown" if floor is None else f"{floor:,.3f}"}  # fmt: skip

    layers: list[alt.Chart] = []
    if len(good) > 1:
        layers.append(
            alt.Chart(data(row(point, "") for point in good))
            .mark_line(interpolate="step-before" if rising else "step-after", color=SHADES[2], strokeWidth=2)
            .encode(x=x, y=y)
        )
    whiskers = [each for each in (row(point, "") for point in points) if each["bound"] is not None]
    if whiskers:
        drawn = alt.Chart(data(whiskers))
        layers.append(drawn.mark_rule(color=FAINT, strokeWidth=1.5).encode(x=x, y=y, y2="bound"))
        layers.append(drawn.mark_tick(color=FAINT, orient="horizontal", size=9, thickness=1.5)
                      .encode(x=x, y=alt.Y("bound:Q", title=f"{cost} [{money}]")))  # fmt: skip
    kinds = {
        "dominated": ([p for p in points if p["dominated"]], "circle", PAPER, FAINT, 70),
        "on the frontier": ([p for p in good if not p["knee"]], "circle", SHADES[0], SHADES[0], 70),
        "knee": ([p for p in good if p["knee"]], "diamond", LIMIT, PAPER, 190),
    }
    for said, (mine, shape, fill, stroke, size) in kinds.items():
        if mine:
            layers.append(
                alt.Chart(data(row(point, said) for point in mine))
                .mark_point(shape=shape, filled=True, fill=fill, stroke=stroke, strokeWidth=1.5, size=size, opacity=1)
                .encode(x=x, y=y, tooltip=tooltip)
            )
    for point, said in _named(good, of, rising):
        place = (point["measured"] - first) / ((last - first) or 1.0)
        top = len(good) > 1 and point["cost_usd_bn"] == max(row["cost_usd_bn"] for row in good)
        text = alt.Chart(data([row(point, said)])).encode(x=x, y=y, text="said:N")
        layers += written(text, INK, **_style(place, top, point["knee"], rising))
    return finished(layers or [alt.Chart(data([])).mark_point()], 340)


def _style(place: float, top: bool, knee: bool, rising: bool) -> Row:
    """How the name of a point is placed; the point lies at `place` between the first, 0, and the last, 1."""
    style: Row = {"dy": -14 if top else 15, "align": aligned(place)}
    if knee and place > 0.2:  # beside the curve, as nothing is drawn below it
        style |= {"align": "left", "dx": 8} if rising else {"align": "right", "dx": -4}
    return style


def _bound(point: dict[str, Any]) -> float | None:
    """The bound of a point: no plan with its measure costs less. None where no bound is known."""
    bound = point["bound_usd_bn"]
    return None if bound is None or math.isnan(bound) else float(bound)


def _named(good: Sequence[dict[str, Any]], of: str, rising: bool) -> list[tuple[dict[str, Any], str]]:
    """The points that have a name: both ends and the knee, with their cost."""
    if not good:
        return []
    cheapest = min(good, key=lambda point: point["cost_usd_bn"])
    found = [(cheapest, f"cheapest, {fine(cheapest['cost_usd_bn'], 2)}")]
    if len(good) > 1:
        other = max(good, key=lambda point: point["cost_usd_bn"])
        found.append((other, f"{'most' if rising else 'least'} {_plain(of)}, {fine(other['cost_usd_bn'], 2)}"))
    return [*found, *((p, f"knee, {fine(p['cost_usd_bn'], 2)}") for p in good if p["knee"])]
