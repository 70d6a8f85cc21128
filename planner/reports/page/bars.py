"""Bars from left to right, one for each label: amounts, differences that are known up to a gap, and what moves most.

The certain part of a difference is dark. The part that the gaps leave open is light and outlined, so that the chart can
be read without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import altair as alt

from planner.basics.text import number
from planner.reports.page.charts import Row, data, finished, legend, names_of_rows, shaded, tips
from planner.reports.page.colours import INK, LIMIT, PAPER, SHADES
from planner.reports.page.parts import Drawing, Span
from planner.reports.replanned import shown_span

CERTAIN, OPEN = "certain", "left open by the gaps"
WITHIN = "within the gaps"
AGAINST = "against the base"
SMALLEST = 1e-6
"""USD bn below which nothing is drawn"""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its amounts by series, and the text after it."""

    label: str
    amounts: Mapping[str, float]
    text: str = ""


@dataclass(frozen=True)
class Bars:
    """Bars from left to right, stacked by series, one per label."""

    bars: tuple[Bar, ...]
    unit: str
    shades: Mapping[str, str] | None = None
    """shade of each series; None: from dark to light, in their order"""

    def span(self) -> Span:
        """What the axis must reach over."""
        ups = [sum(v for v in bar.amounts.values() if v > 0) for bar in self.bars]
        downs = [sum(v for v in bar.amounts.values() if v < 0) for bar in self.bars]
        series = tuple(dict.fromkeys(series for bar in self.bars for series in bar.amounts))
        return Span(min([0.0, *downs]), max([0.0, *ups]), series=series)

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        rows = []
        for bar in self.bars:
            up = down = 0.0
            for series, value in bar.amounts.items():
                left = up if value >= 0 else down + value
                up, down = (up + value, down) if value >= 0 else (up, down + value)
                rows.append({"label": bar.label, "series": series, "value": value, "left": left,
                             "right": left + abs(value)})  # fmt: skip
        given = shaded(span.series) if self.shades is None else [self.shades[series] for series in span.series]
        shades = dict(zip(span.series, given, strict=True))
        after = {bar.label: bar.text for bar in self.bars}
        return finished(_layers([bar.label for bar in self.bars], rows, shades, self.unit, span, after, {}),
                        20 * len(self.bars))  # fmt: skip


COST, UP, DOWN = "cost", "more", "less"


@dataclass(frozen=True)
class WaterfallBar:
    """A bar of a waterfall: from one amount to another, or from the left end to an amount."""

    label: str
    before: float
    after: float
    whole: bool
    text: str
    series: str = ""
    """what its legend says; blank: a cost, more or less"""


@dataclass(frozen=True)
class WaterfallChart:
    """Steps from one amount to another, one below the other. What all amounts have in common is cut off."""

    steps: tuple[WaterfallBar, ...]
    unit: str
    shades: Mapping[str, str] = field(
        default_factory=lambda: dict(zip((COST, UP, DOWN), (SHADES[0], LIMIT, SHADES[3]), strict=True))
    )
    """shade of each series, in the order of the legend"""

    def span(self) -> Span:
        """What the axis must reach over."""
        ends = [value for each in self.steps for value in (each.before, each.after)]
        return Span(*shown_span(ends))

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        rows = []
        for each in self.steps:
            series = each.series or (COST if each.whole else UP if each.after >= each.before else DOWN)
            left = span.low if each.whole else min(each.before, each.after)
            rows.append({"label": each.label, "series": series, "value": each.after - each.before * (not each.whole),
                         "left": left, "right": max(each.before, each.after)})  # fmt: skip
        there = {str(row["series"]) for row in rows}
        shades = {name: shade for name, shade in self.shades.items() if name in there}
        after = {each.label: each.text for each in self.steps}
        labels = [each.label for each in self.steps]
        unit = f"{self.unit}; the axis begins at {number(span.low)}, not at 0" if span.low > 0.0 else self.unit
        return finished(_layers(labels, rows, shades, unit, span, after, {}), 22 * len(labels))


@dataclass(frozen=True)
class Interval:
    """A difference that is known to lie between two numbers."""

    label: str
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Whether it may be none."""
        return self.low <= 0.0 <= self.high

    @property
    def text(self) -> str:
        """Both ends, or one number where they are printed alike.

        >>> Interval("", 1.001, 1.002).text, Interval("", -2.0, -1.0).text, Interval("", -1.0, 1.0).text
        ('+1.00', '−2.00 to −1.00', 'within the gaps')
        """
        low, high = (f"{value:+,.2f}".replace("-", "−") for value in (self.low, self.high))
        return WITHIN if self.within else low if low == high else f"{low} to {high}"

    def stretches(self) -> Iterable[Row]:
        """The part that is certain, beginning at zero, and the part that is left open."""
        near = 0.0 if self.within else min(self.low, self.high, key=abs)
        for series, left, right in ((CERTAIN, min(near, 0.0), max(near, 0.0)), (OPEN, self.low, self.high)):
            if right - left > SMALLEST:
                yield {"label": self.label, "series": series, "left": left, "right": right, "value": self.text}


@dataclass(frozen=True)
class Intervals:
    """Differences, one per label, each from zero to where it is known to lie."""

    intervals: tuple[Interval, ...]
    unit: str
    against: str = AGAINST
    """what they are differences from"""

    def span(self) -> Span:
        """What the axis must reach over."""
        return _span(self.intervals)

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        rows = [row for each in self.intervals for row in each.stretches()]
        after = {each.label: each.text for each in self.intervals}
        layers = _layers(
            [each.label for each in self.intervals], rows, _known(rows), self.unit, span, after, {}, self.against
        )  # fmt: skip
        return finished([*layers, _zero()], 20 * len(self.intervals))


@dataclass(frozen=True)
class Swing:
    """Something that is varied, and by how much each of its values moves the cost."""

    label: str
    intervals: tuple[Interval, ...]
    """labelled by the values"""
    note: str = ""
    """which values have no plan"""

    @property
    def width(self) -> float:
        """Distance from the least difference to the largest; 0 counts as one of them."""
        span = _span(self.intervals)
        return span.high - span.low


@dataclass(frozen=True)
class Tornado:
    """What is varied one at a time, the widest first. The values that move the cost furthest stand at the ends."""

    swings: tuple[Swing, ...]
    unit: str

    def ordered(self) -> list[Swing]:
        """The widest first."""
        return sorted(self.swings, key=lambda swing: -swing.width)

    def span(self) -> Span:
        """What the axis must reach over."""
        return _span([each for swing in self.swings for each in swing.intervals])

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        rows: list[Row] = []
        ticks: list[Row] = []
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for swing in self.ordered():
            ends = {
                "down": min(
                    (each for each in swing.intervals if each.high < 0.0), key=lambda each: each.low, default=None
                ),
                "up": max(
                    (each for each in swing.intervals if each.low > 0.0), key=lambda each: each.high, default=None
                ),
            }
            said = [each for each in ends.values() if each is not None]
            for each in [*(each for each in swing.intervals if each.within), *said]:
                told = {"label": swing.label, "value": f"{each.label}: {each.text}"}
                rows += [{**row, **told} for row in each.stretches()]
            for side, texts in (("down", before), ("up", after)):
                if (end := ends[side]) is not None:
                    texts[swing.label] = f"{end.label}: {end.text}"
            ticks += [
                {"label": swing.label, "at": (each.low + each.high) / 2, "value": f"{each.label}: {each.text}"}
                for each in swing.intervals
                if each not in said and not each.within
            ]
            if not said and swing.intervals:
                after[swing.label] = WITHIN
            if swing.note:
                after[swing.label] = " · ".join(filter(None, (after.get(swing.label, ""), swing.note)))
        labels = [swing.label for swing in self.ordered()]
        layers = _layers(labels, rows, _known(rows), self.unit, span, after, before)
        if ticks:
            layers.append(
                alt.Chart(data(ticks))
                .mark_tick(color=PAPER, thickness=2, height={"band": 0.72}, orient="vertical")
                .encode(y=_names(labels), x=alt.X("at:Q", title=self.unit), tooltip=_told())
            )
        return finished([*layers, _zero()], 26 * len(labels))


def _span(intervals: Iterable[Interval]) -> Span:
    listed = list(intervals)
    return Span(min([0.0, *(each.low for each in listed)]), max([0.0, *(each.high for each in listed)]))


def _known(rows: Iterable[Row]) -> dict[str, str]:
    """The shades of the certain part, and of the open part where there is one."""
    open_ = any(row["series"] == OPEN for row in rows)
    return {CERTAIN: SHADES[1]} | ({OPEN: SHADES[4]} if open_ else {})


def _layers(
    labels: Sequence[str],
    rows: Sequence[Row],
    shades: Mapping[str, str],
    unit: str,
    span: Span,
    after: Mapping[str, str],
    before: Mapping[str, str],
    against: str = AGAINST,
) -> list[alt.Chart]:
    """Bars from `left` to `right` by label and series, with texts at their right and left ends."""
    order = list(shades)
    reach = (span.high - span.low) or 1.0
    right, left = (8 + 6.5 * max(map(len, texts.values()), default=0) for texts in (after, before))
    left = left if before else 0.0
    text = right + left
    per_pixel = [reach / (room - text) for room in (max(185.0, 1.5 * text), 450.0)]
    (least, most) = (
        alt.ExprRef(f"width < 420 ? {' : '.join(map(str, ends))}")
        for ends in ([span.low - left * each for each in per_pixel], [span.high + right * each for each in per_pixel])
    )
    scale = alt.Scale(domainMin=least if before else span.low, domainMax=most, nice=False)
    axis = alt.Axis(tickCount=4, format=",.6~g", title=unit)
    y = _names(labels)
    tooltip = _told(against) if OPEN in shades or CERTAIN in shades else tips(
        ("label", ""), *((("series", ""),) if len(order) > 1 else ()), ("value", unit)
    )  # fmt: skip
    layers = [
        alt.Chart(data(rows))
        .mark_bar(height={"band": 0.72}, stroke=INK if OPEN in shades else PAPER, strokeWidth=0.5)
        .encode(
            y=y,
            x=alt.X("left:Q", scale=scale, axis=axis),
            x2="right",
            color=alt.Color("series:N", scale=alt.Scale(domain=order, range=[*shades.values()]), sort=order,
                            legend=legend(order, beside=120) if len(order) > 1 else None),
            tooltip=tooltip,
        )
    ]  # fmt: skip
    for texts, side in ((after, "right"), (before, "left")):
        ends = []
        for label, said in texts.items():
            mine = [row[side] for row in rows if row["label"] == label]
            if said:
                ends.append({"label": label, "text": said, "end": max([0.0, *mine]) if side == "right" else min(mine)})
        if ends:
            layers.append(
                alt.Chart(data(ends))
                .mark_text(
                    align="left" if side == "right" else "right",
                    dx=4 if side == "right" else -4,
                    color=INK,
                    fontSize=11,
                )
                .encode(y=y, x=alt.X("end:Q", title=unit), text="text:N")
            )
    return layers


def _names(labels: Sequence[str]) -> alt.Y:
    return alt.Y("label:N", sort=list(labels), title=None, axis=names_of_rows())


def _told(against: str = AGAINST) -> list[alt.Tooltip]:
    return [alt.Tooltip("label:N", title="label"), alt.Tooltip("value:N", title=against)]


def _zero() -> alt.Chart:
    """A line at zero: the base, with which everything is compared."""
    drawn: alt.Chart = alt.Chart(data([{"end": 0.0}])).mark_rule(color=INK, strokeWidth=1)
    return drawn.encode(x="end:Q")
