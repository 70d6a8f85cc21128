"""Charts of amounts over time, and what all charts of the page share.

Series are told apart by lightness, darkest first, or by the colours of their parties, and carry their names where there
is room for them. Limits are dashed
lines with a name. So the charts can be read without colour. Time runs in steps, one per period; money is in USD bn and
power in GW.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import altair as alt

from planner.basics.spans import span_text
from planner.reports.page.colours import (
    AXIS,
    FAINT,
    GRID,
    INK,
    LIMIT,
    PAPER,
    REST_SHADE,
    SHADES,
    text_on,
)
from planner.reports.page.parts import Drawing, Span

REST = "(others)"
"""the series of what is left over"""
NOTHING = "(nothing)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

Row = dict[str, Any]


@dataclass(frozen=True)
class LineChart:
    """A dashed line over a chart: a limit, or what is asked for."""

    name: str
    values: Mapping[str, float]
    """by the day on which a period starts; periods without one have no limit"""
    color: str = LIMIT


@dataclass(frozen=True)
class Steps:
    """Amounts by period, stacked by series: positive ones upwards, negative ones downwards; with lines over them."""

    amounts: Mapping[str, Mapping[str, float]]
    """by series, then by the day on which a period starts"""
    ends: Mapping[str, str]
    """the day on which each period ends"""
    unit: str
    lines: tuple[LineChart, ...] = ()
    height: int = 240
    colours: Mapping[str, str] | None = None
    """colour of each series; None: shades from dark to light"""

    @property
    def series(self) -> Mapping[str, Mapping[str, float]]:
        """The amounts; one empty series where there are none."""
        return self.amounts or {NOTHING: {}}

    def span(self) -> Span:
        """What the axes must reach over."""
        tops = [row["top"] for row in self._rows()] + [v for line in self.lines for v in line.values.values()]
        bottoms = [row["bottom"] for row in self._rows()] + [v for line in self.lines for v in line.values.values()]
        days = [*self.ends, *self.ends.values()]
        return Span(min([0.0, *bottoms]), max([0.0, *tops]) * 1.06, min(days), max(days), tuple(self.series))

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        rows, order = self._rows(), [*self.series]
        shades = dict(zip(span.series, shaded(span.series), strict=True)) | dict(self.colours or {})
        names = self._names(rows, span)
        keyed = len(order) > 1 or not (names or self.lines)
        bars = (
            alt.Chart(data(rows))
            .mark_rect(stroke=PAPER, strokeWidth=0.5)
            .encode(
                x=over_time(),
                x2="end",
                y=_amount("bottom", self.unit, span),
                y2="top",
                color=alt.Color(
                    "series:N",
                    scale=alt.Scale(domain=order, range=[shades[name] for name in order]),
                    legend=legend(order) if keyed else None,
                    sort=order,
                ),
                tooltip=tips(("span", "in"), ("series", ""), ("value", self.unit)),
            )
        )
        layers: list[alt.Chart] = [timeline(span), bars]
        for name in names:
            shade = shades[name["series"]]
            text = alt.Chart(data([name])).encode(
                x=over_time("at"), y=alt.Y("middle:Q", title=self.unit), text="series:N"
            )
            style: Row = {"fontSize": 11, "align": aligned(name["place"] / len(self.ends))}
            layers.append(text.mark_text(color=shade, stroke=shade, strokeWidth=4, **style))
            layers.append(text.mark_text(color=text_on(shade), **style))
        tops: dict[str, float] = {}
        for row in rows:
            tops[row["period"]] = max(tops.get(row["period"], 0.0), row["top"])
        layers += [layer for line in self.lines for layer in self._line(line, tops)]
        return finished(layers, self.height)

    def _rows(self) -> list[Row]:
        rows = []
        up, down = dict.fromkeys(self.ends, 0.0), dict.fromkeys(self.ends, 0.0)
        for series, values in self.series.items():
            for period, end in self.ends.items():
                value = values.get(period, 0.0)
                if abs(value) < 1e-9:
                    continue
                stack = up if value > 0 else down
                bottom, stack[period] = stack[period], stack[period] + value
                rows.append(
                    {"series": series, "period": period, "span": spanned(period, end), "start": local(period),
                     "end": local(end), "value": value,
                     "bottom": min(bottom, stack[period]), "top": max(bottom, stack[period])}
                )  # fmt: skip
        return rows or [
            {"series": next(iter(self.series)), "period": period, "span": spanned(period, end),
             "start": local(period), "end": local(end),
             "value": 0.0, "bottom": 0.0, "top": 0.0}
            for period, end in self.ends.items()
        ]  # fmt: skip

    def _names(self, rows: Sequence[Row], span: Span) -> list[Row]:
        """The one place where each series carries its name, where it is thick enough and no other name is near."""
        days = list(self.ends)
        margin, reach = len(days) // 6, min(1, len(days) // 5)
        line = 17.0 / self.height * (span.high - span.low)
        found: list[Row] = []
        for series in self.series:
            bands = {row["period"]: (row["bottom"], row["top"]) for row in rows if row["series"] == series}
            places = []
            for at in range(margin, len(days) - margin):
                around = [
                    bands.get(days[i], (0.0, 0.0)) for i in range(max(0, at - reach), min(len(days), at + reach + 1))
                ]
                low, high = max(bottom for bottom, _ in around), min(top for _, top in around)
                places.append((high - low, at, (low + high) / 2))
            for thickness, at, middle in sorted(places, key=lambda place: -place[0]):
                apart = all(
                    abs(at - other["place"]) > 0.3 * len(days) or abs(middle - other["middle"]) > line
                    for other in found
                )
                if thickness > line and apart:
                    day = halfway(days[at], self.ends[days[at]])
                    found.append({"series": series, "at": day, "middle": middle, "place": at})
                    break
        return found

    def _line(self, line: LineChart, tops: Mapping[str, float]) -> list[alt.Chart]:
        """A dashed line in steps, broken where there is no value, with its name where it is farthest from the bars."""
        known = [period for period in self.ends if period in line.values]
        if not known:
            return []
        points: list[Row] = []
        part, before = 0, known[0]
        for period in known:
            part += self.ends[before] != period and period != before
            for day in (period, self.ends[period]):
                points.append({"start": local(day), "value": line.values[period], "line": line.name, "part": part})
            before = period
        x, y = over_time(), alt.Y("value:Q", title=self.unit)
        drawn = (
            alt.Chart(data(points))
            .mark_line(strokeDash=[5, 3], strokeWidth=2, color=line.color)
            .encode(x=x, y=y, detail="part:N", tooltip=tips(("line", ""), ("value", self.unit)))
        )
        inner = known[len(known) // 5 : len(known) - len(known) // 5]
        near = 0.1 * max(map(abs, [*line.values.values(), *tops.values(), 1e-9]))
        gaps = {period: abs(line.values[period] - tops.get(period, 0.0)) for period in inner}
        at = max(inner, key=lambda period: (gaps[period] // near, -abs(inner.index(period) - len(inner) // 2)))
        place = list(self.ends).index(at) / len(self.ends)
        row = {"start": halfway(at, self.ends[at]), "value": line.values[at], "line": line.name}
        name = alt.Chart(data([row])).encode(x=x, y=y, text="line:N")
        return [drawn, *written(name, line.color, dy=-9, align=aligned(place))]


def against(
    used: Mapping[str, float],
    allowed: Mapping[str, float],
    ends: Mapping[str, str],
    unit: str,
    names: tuple[str, str] = ("used", "allowed"),
    colour: str | None = None,
) -> Steps:
    """What is used of a limit, by period, under a line of what is allowed; `colour` is that of a party."""
    colours = None if colour is None else {names[0]: colour}
    return Steps({names[0]: used}, ends, unit, (LineChart(names[1], allowed),), height=170, colours=colours)


def shaded(series: Sequence[str]) -> list[str]:
    """A shade for each series, from dark to light; what is left over is grey."""
    if len(series) == 1:
        return [SHADES[2]]
    named = [name for name in series if name != REST]
    last = len(SHADES) - 1 - (REST in series)
    step = min(2.0, last / max(1, len(named) - 1))
    return [REST_SHADE if name == REST else SHADES[round(named.index(name) * step)] for name in series]


def largest(amounts: Mapping[str, Mapping[str, float]], most: int = 6) -> dict[str, dict[str, float]]:
    """The series with the largest sums, the largest first. Of more than `most`, the smallest are added up as one."""
    order = sorted(amounts, key=lambda series: (-sum(map(abs, amounts[series].values())), series))
    kept = order if len(order) <= most else order[: most - 1]
    found = {series: dict(amounts[series]) for series in kept}
    rest: dict[str, float] = {}
    for series in order[len(kept) :]:
        for period, value in amounts[series].items():
            rest[period] = rest.get(period, 0.0) + value
    return found | ({REST: rest} if rest else {})


def spanned(first: str, after: str) -> str:
    """A span of time in months, from its first day to the day before another.

    >>> spanned("2027-01-01", "2027-07-01")
    'Jan 27 – Jun 27'
    """
    return span_text(date.fromisoformat(first), date.fromisoformat(after))


def local(day: str) -> str:
    """A day as browsers everywhere read it as local midnight, not as midnight in Greenwich.

    >>> local("2027-01-01")
    '2027-01-01T00:00:00'
    """
    return f"{day}T00:00:00"


def halfway(first: str, last: str) -> str:
    """The day halfway between two.

    >>> halfway("2027-01-01", "2027-01-03")
    '2027-01-02T00:00:00'
    """
    one, other = date.fromisoformat(first), date.fromisoformat(last)
    return local((one + (other - one) / 2).isoformat())


def finished(layers: Sequence[alt.Chart], height: int) -> Drawing:
    """The specification of layers over one another, in the page's style and as wide as the element around it."""
    chart = alt.layer(*layers).properties(
        width="container", height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    axis = {
        "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelColor": FAINT,
        "titleColor": FAINT, "gridColor": GRID, "domainColor": AXIS, "tickColor": AXIS,
    }  # fmt: skip
    config = {
        "font": FONT, "background": PAPER, "view": {"stroke": None}, "axis": axis,
        "legend": {"labelFontSize": 11, "labelColor": INK, "symbolSize": 110, "labelLimit": 150},
    }  # fmt: skip
    return {**_rounded(chart.to_dict()), "config": config}


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Rows in the form that a chart holds them."""
    return alt.InlineData(values=list(rows))


def timeline(span: Span) -> alt.Chart:
    """An invisible layer that makes the axis of time reach over the span.

    Vega-Lite reads a domain on the axis of bars with two ends twice, and differently each time, so none is set there.
    """
    years = int(span.last[:4]) - int(span.first[:4])
    every_other = "width < 420 && year(datum.value) % 2 ? '' : datum.label"
    axis = alt.Axis(
        format="%Y", tickCount={"interval": "year", "step": 1}, grid=False, labelOverlap=True, labelFlush=False,
        labelExpr=every_other if 7 <= years <= 14 else "datum.label",
    )  # fmt: skip
    x = alt.X("start:T", title=None, scale=alt.Scale(nice=False), axis=axis)
    drawn: alt.Chart = alt.Chart(data({"start": local(day)} for day in (span.first, span.last))).mark_rule(opacity=0)
    return drawn.encode(x=x)


def over_time(field: str = "start") -> alt.X:
    """The axis of time, for what is laid over a timeline."""
    return alt.X(f"{field}:T", title=None)


def _amount(field: str, unit: str, span: Span) -> alt.Y:
    return alt.Y(
        f"{field}:Q",
        scale=alt.Scale(domain=[span.low, span.high or 1.0], nice=False),
        axis=alt.Axis(
            title=unit, titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30, tickCount=5,
            domain=False, ticks=False, format=",.6~g",
        ),
    )  # fmt: skip


def names_of_rows() -> alt.Axis:
    """An axis with a name for each row. On a narrow screen only the end of a long name is shown: ends differ."""
    narrow = "width < 420 && length(datum.label) > 19"
    shown = f"{narrow} ? '…' + slice(datum.label, -18) : datum.label"
    limit = alt.ExprRef("width < 420 ? 130 : 220")
    return alt.Axis(labelExpr=shown, labelLimit=limit, labelPadding=8, ticks=False, domain=False, grid=False)


def legend(names: Sequence[str], symbol: str = "square", beside: int = 60) -> alt.Legend:
    """A legend over the chart, in as many columns as there is room for beside the axis, which takes `beside` px."""
    entry = 34 + 6.4 * max(map(len, names), default=0)
    narrow, wide = (max(1, min(len(names), int((room - beside) / entry))) for room in (300, 560))
    columns = alt.ExprRef(f"width < 420 ? {narrow} : {wide}")
    return alt.Legend(title=None, orient="top", symbolType=symbol, columns=columns)


def aligned(place: float) -> Literal["left", "center", "right"]:
    """How a text is aligned at a place on an axis from 0 to 1, so that it stays within the chart."""
    return "left" if place < 0.25 else "right" if place > 0.7 else "center"


def written(text: alt.Chart, color: str, **style: Any) -> list[alt.Chart]:
    """A name in a chart, readable over any background."""
    style = {"fontSize": 11, "fontWeight": "bold", **style}
    return [text.mark_text(color=PAPER, stroke=PAPER, strokeWidth=4, **style), text.mark_text(color=color, **style)]


def tips(*fields: tuple[str, str]) -> list[alt.Tooltip]:
    """The tooltip of a mark: fields and their titles. The title of `value` is its unit."""
    return [
        alt.Tooltip(f"{field}:Q", title=title or field, format=",.4~r")
        if field == "value"
        else alt.Tooltip(f"{field}:N", title=title or field)
        for field, title in fields
    ]


def _rounded(value: Any) -> Any:
    """The value with its numbers rounded to seven digits, which is more than a screen shows."""
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
