"""Amounts with ranges around them, one below the other: a dot, a thick bar near it and a thin one farther out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import altair as alt

from planner.reports.page.charts import data, finished, names_of_rows
from planner.reports.page.colours import FAINT, INK, SHADES
from planner.reports.page.parts import Drawing, Span


@dataclass(frozen=True)
class Whisker:
    """An amount with its ranges; a range is left out where its ends are NaN."""

    label: str
    amount: float
    near: tuple[float, float]
    """the ends of the thick bar"""
    far: tuple[float, float]
    """the ends of the thin bar"""
    text: str = ""
    """after the bars"""


@dataclass(frozen=True)
class Whiskers:
    """Amounts from left to right, one per label. The axis need not begin at 0."""

    whiskers: tuple[Whisker, ...]
    unit: str
    zero: bool = False
    """whether a line stands at 0, which the axis then reaches"""

    def span(self) -> Span:
        """What the axis must reach over."""
        ends = [end for each in self.whiskers for end in (each.amount, *each.near, *each.far) if not math.isnan(end)]
        ends += [0.0] * (self.zero or not ends)
        return Span(min(ends), max(ends))

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        reach = (span.high - span.low) or abs(span.high) or 1.0
        text = 8 + 6.5 * max((len(each.text) for each in self.whiskers), default=0)
        narrow, wide = (span.high + (0.04 + text / (room - text)) * reach for room in (max(185.0, 1.5 * text), 450.0))
        most = alt.ExprRef(f"containerSize()[0] < 420 ? {narrow} : {wide}")
        scale = alt.Scale(domainMin=span.low - 0.04 * reach, domainMax=most, nice=False, zero=False)
        y = alt.Y("label:N", sort=[each.label for each in self.whiskers], title=None, axis=names_of_rows())
        x = alt.X("low:Q", scale=scale, axis=alt.Axis(tickCount=4, format=",.6~g", title=self.unit))
        tooltip = [alt.Tooltip("label:N", title="label"), alt.Tooltip("said:N", title=self.unit)]
        layers: list[alt.Chart] = []
        for name, size, color in (("far", 3, SHADES[3]), ("near", 10, SHADES[2])):
            rows = [
                {"label": each.label, "low": low, "high": high, "said": f"{low:,.3f} to {high:,.3f}"}
                for each in self.whiskers
                for low, high in [getattr(each, name)]
                if not math.isnan(low + high)
            ]
            if rows:
                layers.append(
                    alt.Chart(data(rows)).mark_bar(size=size, color=color).encode(x=x, x2="high", y=y, tooltip=tooltip)
                )
        dots = [
            {"label": each.label, "low": each.amount, "said": f"{each.amount:,.3f}"}
            for each in self.whiskers
            if not math.isnan(each.amount)
        ]
        layers.append(
            alt.Chart(data(dots))
            .mark_point(filled=True, color=SHADES[0], stroke="white", strokeWidth=1.5, size=110, opacity=1)
            .encode(x=x, y=y, tooltip=tooltip)
        )
        layers.append(self._texts(span, x, y))
        if self.zero:
            layers.append(alt.Chart(data([{"low": 0.0}])).mark_rule(color=FAINT, strokeDash=[2, 3]).encode(x=x))
        return finished(layers, 30 * len(self.whiskers))

    def _texts(self, span: Span, x: alt.X, y: alt.Y) -> alt.Chart:
        """The texts after the bars."""
        rows = []
        for each in self.whiskers:
            ends = [end for end in (each.amount, *each.near, *each.far) if not math.isnan(end)]
            rows.append({"label": each.label, "low": max(ends, default=span.low), "text": each.text})
        drawn: alt.Chart = alt.Chart(data(rows)).mark_text(align="left", dx=9, color=INK, fontSize=11)
        return drawn.encode(x=x, y=y, text="text:N")
