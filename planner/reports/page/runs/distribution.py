"""The distribution of the cost of samples, and its quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from planner.basics.display import Display
from planner.basics.text import fine
from planner.reports.page import charts
from planner.reports.page.charts import data, finished
from planner.reports.page.colours import INK, LIMIT, PAPER, SHADES
from planner.reports.page.parts import Drawing, Figure, Part, Span, Tile, Tiles
from planner.reports.page.study_view import SAMPLE, Study

NAME, TITLE = "distribution", "Distribution of cost"
LEAD = "Present cost of the plans of all samples. Samples without a plan are not in it, and make it look better."
QUANTILES = {"a tenth": 0.1, "half": 0.5, "nine tenths": 0.9}
"""what share of the samples costs no more, by name"""


def parts(study: Study) -> list[Part]:
    """Quantiles, and a histogram with a mark for each sample; empty where there are fewer than two samples."""
    costs = study.solved.loc[study.solved["by"] == SAMPLE, "objective_usd_bn"].to_numpy(dtype=float)
    if len(costs) < 2:
        return []
    found = dict(zip(QUANTILES, np.quantile(costs, list(QUANTILES.values())).tolist(), strict=True))
    base = study.number("objective_usd_bn")
    drawn = (study.results["by"] == SAMPLE).sum()
    tiles = [
        Tile(f"quantile_{QUANTILES[name]}", f"{name.capitalize()} cost at most, USD bn", f"{value:,.3f}", repr(value))
        for name, value in found.items()
    ]
    mean = float(costs.mean())
    tiles.append(
        Tile("mean", "Mean, USD bn", f"{mean:,.3f}", repr(mean), f"{len(costs)} of {drawn} samples have a plan")
    )
    return [
        Tiles("quantiles", tuple(tiles)),
        Figure(
            "costs", "How often how much",
            "Bars count samples by cost; each mark below is a sample. Dashed: what a tenth, a half and nine tenths "
            "of them cost at most. Solid: the base.",
            Span(), lambda _: _draw(costs.tolist(), found, base, study.shown_in),
        ),
    ]  # fmt: skip


def _draw(given: Sequence[float], found: dict[str, float], first: float | None, shown_in: Display) -> Drawing:
    costs = [shown_in.of(each, "USD bn") for each in given]
    quantiles = {name: shown_in.of(each, "USD bn") for name, each in found.items()}
    base = None if first is None else shown_in.of(first, "USD bn")
    counts, edges = np.histogram(costs, bins=min(30, max(4, round(2 * len(costs) ** 0.5))))
    top = float(counts.max())
    rows = [
        {"left": left, "right": right, "count": int(count), "said": f"{fine(left, 2)} to {fine(right, 2)}"}
        for count, left, right in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    lines = {**quantiles, **({} if base is None else {"base": base})}
    low, high = (of([*costs, *lines.values()]) for of in (min, max))
    side = 0.03 * ((high - low) or abs(high) or 1.0)
    x = alt.X("left:Q", scale=alt.Scale(domain=[low - side, high + side], nice=False),
              axis=alt.Axis(title=f"present cost [{shown_in.money}]", tickCount=6, format=",.6~g",
                            grid=False))  # fmt: skip
    y = alt.Y("count:Q", scale=alt.Scale(domain=[-0.12 * top, 1.45 * top], nice=False),
              axis=alt.Axis(title="samples", titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30,
                            values=sorted({round(top * part) for part in (0, 0.25, 0.5, 0.75, 1)}), format="d",
                            domain=False, ticks=False))  # fmt: skip
    layers = [
        alt.Chart(data(row for row in rows if row["count"]))
        .mark_rect(color=SHADES[2], stroke=PAPER, strokeWidth=1)
        .encode(x=x, x2="right", y=y, y2=alt.datum(0),
                tooltip=[alt.Tooltip("said:N", title=shown_in.money), alt.Tooltip("count:Q", title="samples")]),
        alt.Chart(data({"left": cost, "count": -0.06 * top, "said": f"{cost:,.3f}"} for cost in costs))
        .mark_tick(color=INK, orient="vertical", size=9, thickness=1, opacity=0.6)
        .encode(x=x, y=y, tooltip=[alt.Tooltip("said:N", title=shown_in.money)]),
    ]  # fmt: skip
    rules, names = [], []
    for i, (name, value) in enumerate(sorted(lines.items(), key=lambda line: line[1])):
        color, dash = (INK, [1, 0]) if name == "base" else (LIMIT, [5, 3])
        row = {
            "left": value,
            "count": -0.12 * top,
            "to": (1.12 + 0.1 * (i % 3)) * top,
            "said": f"{name} {fine(value, 1)}",
        }
        mark = alt.Chart(data([row]))
        rules.append(mark.mark_rule(color=color, strokeWidth=1.5, strokeDash=dash).encode(x=x, y=y, y2="to"))
        names += charts.written(
            mark.encode(x=x, y=alt.Y("to:Q", title="samples"), text="said:N"), color,
            dy=-7, align=charts.aligned((value - low) / ((high - low) or 1.0)),
        )  # fmt: skip
    layers += [*rules, *names]
    return finished(layers, 240)
