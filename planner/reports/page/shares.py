"""How large a share of many cases costs no more than an amount: a line in steps for each of several series.

Lines differ by lightness and by their dashes, so that the chart can be read without colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from planner.reports.page.charts import Row, data, finished, legend
from planner.reports.page.colours import FAINT, SHADES
from planner.reports.page.parts import Drawing, Span

STYLES = ((SHADES[0], [1, 0]), (SHADES[1], [7, 3]), (SHADES[2], [2, 2]), (FAINT, [9, 3, 2, 3]), (SHADES[3], [1, 0]))
"""shade and dashes of each series, in their order"""


@dataclass(frozen=True)
class Shares:
    """Amounts of each series, of `count` cases each; a case without an amount is above all of them."""

    amounts: Mapping[str, Sequence[float]]
    """by series, in any order; at most as many series as there are styles"""
    count: int
    unit: str
    of: str
    """what a case is, in the plural"""

    def span(self) -> Span:
        """What the axis must reach over."""
        every = [value for values in self.amounts.values() for value in values]
        return Span(min(every, default=0.0), max(every, default=1.0), series=tuple(self.amounts))

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        side = 0.03 * ((span.high - span.low) or abs(span.high) or 1.0)
        x = alt.X(
            "amount:Q", scale=alt.Scale(domain=[span.low - side, span.high + side], nice=False, zero=False),
            axis=alt.Axis(tickCount=6, format=",.6~g", title=self.unit, grid=False),
        )  # fmt: skip
        y = alt.Y(
            "share:Q", scale=alt.Scale(domain=[0.0, 100.0], nice=False),
            axis=alt.Axis(title=f"% of {self.of}", titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-8,
                          titleX=-30, values=[0, 25, 50, 75, 100], domain=False, ticks=False),
        )  # fmt: skip
        names = list(self.amounts)
        styles = [STYLES[i] for i in range(len(names))]
        drawn = (
            alt.Chart(data(row for name in names for row in self._steps(name, span.high + side)))
            .mark_line(interpolate="step-after", strokeWidth=2)
            .encode(
                x=x, y=y, order="at:Q",
                color=alt.Color("series:N", sort=names, legend=legend(names, "stroke"),
                                scale=alt.Scale(domain=names, range=[shade for shade, _ in styles])),
                strokeDash=alt.StrokeDash("series:N", sort=names, legend=legend(names, "stroke"),
                                          scale=alt.Scale(domain=names, range=[dash for _, dash in styles])),
                tooltip=[alt.Tooltip("series:N", title="series"), alt.Tooltip("said:N", title="share")],
            )
        )  # fmt: skip
        return finished([drawn], 260)

    def _steps(self, name: str, last: float) -> list[Row]:
        """The corners of the line of a series, up to the right end of the axis."""
        values = sorted(self.amounts[name])
        if not values:
            return []
        corners = [(values[0], 0.0)]
        for i, value in enumerate(values, start=1):
            if i == len(values) or values[i] > value:
                corners.append((value, 100.0 * i / self.count))
        corners.append((last, corners[-1][1]))
        return [
            {"series": name, "amount": value, "share": share, "at": i,
             "said": f"{share:.0f} % of {self.of} cost {value:,.1f} at most"}
            for i, (value, share) in enumerate(corners)
        ]  # fmt: skip
