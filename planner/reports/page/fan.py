"""Amounts over time in many futures: a thin line for each, the middle one thick, and a band from P10 to P90."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from planner.reports.page.charts import Row, data, finished, local, over_time, timeline, tips, written
from planner.reports.page.colours import FAINT, INK, SHADES
from planner.reports.page.parts import Drawing, Span

MOST = 60
"""largest number of futures with a line of their own; of more, the first ones are drawn"""
LOW, MIDDLE, HIGH = "p10", "p50", "p90"


@dataclass(frozen=True)
class Fan:
    """Amounts by future and day, with their quantiles by day."""

    paths: Mapping[str, Mapping[str, float]]
    """by future, the most probable first"""
    quantiles: Mapping[str, Mapping[str, float]]
    """by name, `p10`, `p50` and `p90`"""
    unit: str
    first: str
    """the first day"""
    last: str
    news: Sequence[str] = ()
    """days on which news comes"""
    ends: Mapping[str, str] | None = None
    """the day on which each period ends, where an amount holds for a period; None: it holds on its day"""
    opening: float = 0.0
    """the amount on the first day, where amounts hold on days"""
    height: int = 230

    def span(self) -> Span:
        """What the axes must reach over."""
        values = [value for path in (*self.paths.values(), *self.quantiles.values()) for value in path.values()]
        low, high = min([0.0, *values]), max([0.0, *values])
        room = 0.1 * (high - low)
        return Span(low - room if low < 0.0 else 0.0, high + room, self.first, self.last)

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        y = alt.Y(
            "value:Q", scale=alt.Scale(domain=[span.low, span.high or 1.0], nice=False),
            axis=alt.Axis(title=self.unit, titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8, titleX=-30,
                          tickCount=5, domain=False, ticks=False, format=",.6~g"),
        )  # fmt: skip
        low, high = dict(self._points(self.quantiles[LOW])), dict(self._points(self.quantiles[HIGH]))
        band = [{"start": local(day), "value": low[day], "top": high[day]} for day in low]
        if self.ends is not None:
            band = self._stepped_band()
        lines = [
            {"start": local(day), "value": value, "future": name, "order": i}
            for name, path in list(self.paths.items())[:MOST]
            for i, (day, value) in enumerate(self._points(path))
        ]
        middle = [{"start": local(day), "value": value, "order": i}
                  for i, (day, value) in enumerate(self._points(self.quantiles[MIDDLE]))]  # fmt: skip
        x = over_time()
        layers = [
            timeline(span),
            alt.Chart(data(band)).mark_area(color=SHADES[3], opacity=0.45).encode(x=x, y=y, y2="top"),
            alt.Chart(data(lines)).mark_line(color=SHADES[1], strokeWidth=1, opacity=0.6)
            .encode(x=x, y=y, detail="future:N", order="order:Q", tooltip=tips(("future", ""), ("value", self.unit))),
            alt.Chart(data(middle)).mark_line(color=SHADES[0], strokeWidth=2.5).encode(x=x, y=y, order="order:Q"),
            *self._news(span, x),
            *self._names(span),
        ]  # fmt: skip
        return finished(layers, self.height)

    def _points(self, path: Mapping[str, float]) -> list[tuple[str, float]]:
        """Days and amounts in order; of a period both its ends."""
        if self.ends is None:
            return [(self.first, self.opening), *sorted(path.items())]
        return [(day, value) for start, value in sorted(path.items()) for day in (start, self.ends[start])]

    def _stepped_band(self) -> list[Row]:
        """The band of amounts that hold for periods: at each boundary of periods both values."""
        low, high = self._points(self.quantiles[LOW]), self._points(self.quantiles[HIGH])
        return [
            {"start": local(day), "value": bottom, "top": top, "order": i}
            for i, ((day, bottom), (_, top)) in enumerate(zip(low, high, strict=True))
        ]

    def _news(self, span: Span, x: alt.X) -> list[alt.Chart]:
        days = [day for day in self.news if self.first < day < self.last]
        if not days:
            return []
        rows = [{"start": local(day), "value": span.low, "to": span.high, "said": "news"} for day in days]
        rule = alt.Chart(data(rows)).mark_rule(color=FAINT, strokeDash=[2, 3]).encode(
            x=x, y=alt.Y("value:Q", title=self.unit), y2="to")  # fmt: skip
        text = alt.Chart(data(rows[:1])).encode(x=x, y=alt.Y("to:Q", title=self.unit), text="said:N")
        return [rule, *written(text, FAINT, align="left", dx=3, dy=5, baseline="top", fontWeight="normal")]

    def _names(self, span: Span) -> list[alt.Chart]:
        """The names of the futures that end highest and lowest, where they are apart."""
        ends = {name: self._points(path)[-1][1] for name, path in list(self.paths.items())[:MOST] if path}
        if len(ends) < 2:
            return []
        top, bottom = max(ends, key=lambda name: ends[name]), min(ends, key=lambda name: ends[name])
        if ends[top] - ends[bottom] < 0.12 * (span.high - span.low):
            return []
        layers = []
        for name, dy in ((top, -7), (bottom, 12)):
            row = {"start": local(self.last), "value": ends[name], "said": name}
            text = alt.Chart(data([row])).encode(x=over_time(), y=alt.Y("value:Q", title=self.unit), text="said:N")
            layers += written(text, INK, align="right", dx=-2, dy=dy, fontWeight="normal", limit=180)
        return layers
