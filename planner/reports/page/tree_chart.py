"""A tree drawn from left to right: boxes with a heading and lines of text, joined by what leads from one to the next.

One unit of height is one pixel, so that boxes are as high as their texts. Widths follow the element around the chart:
each level has an equal part of it, and what is too long for a narrow screen is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

import altair as alt

from planner.reports.page.charts import Row, data, finished
from planner.reports.page.colours import FAINT, INK, SHADES, WASH
from planner.reports.page.parts import Drawing, Span

LINE, EDGE, GAP = 15, 7, 10
"""heights of a line of text, of the margin in a box, and between boxes [px]"""
LETTER, BOLD, PAPER = 6.2, 7.2, 700
"""width of a letter, of one in a heading, and of a chart on paper [px]"""
SPACE, END = 0.03, 0.93
"""where a box begins and ends, as a part of its level"""


HELD = "\u00a0"
"""a space at which a line of a box does not break, unless what it holds together is longer than the line"""


@dataclass(frozen=True)
class TreeBox:
    """A box, and those that follow it."""

    title: str
    lines: tuple[str, ...]
    """those that begin with two blanks are drawn a little fainter"""
    following: tuple[TreeBox, ...] = ()

    @property
    def levels(self) -> int:
        """Number of levels from here on."""
        return 1 + max((each.levels for each in self.following), default=0)


@dataclass(frozen=True)
class _Placed:
    box: TreeBox
    level: int
    top: float
    height: float
    before: float | None
    """middle of the box before it"""

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True)
class TreeChart:
    """A tree from its root."""

    root: TreeBox
    most: int
    """most lines of a box"""

    def _wrapped(self, text: str, letter: float = LETTER) -> list[str]:
        """A text in lines that a box holds on paper, which is narrower than a screen."""
        most = int(((END - SPACE) * PAPER / self.root.levels - EDGE) / letter) - 1
        words = [word if len(word) <= most else word.replace(HELD, " ") for word in text.split(" ")]
        return wrap(" ".join(words), most)

    def span(self) -> Span:
        """A tree has no axes."""
        return Span()

    def draw(self, _: Span) -> Drawing:
        """The chart."""
        placed = list(self._placed(self.root, 0, 0.0, None))
        height = max(each.top + each.height for each in placed)
        levels = self.root.levels
        x = alt.X("x:Q", scale=alt.Scale(domain=[0, levels], nice=False), axis=None)
        y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
        boxes = [
            {"x": each.level + SPACE, "x2": each.level + END, "y": each.top, "y2": each.top + each.height}
            for each in placed
        ]
        room = alt.ExprRef(f"{END - SPACE:.2f} * width / {levels} - 14")
        layers = [
            *self._links(placed, x, y),
            alt.Chart(data(boxes)).mark_rect(fill=WASH, stroke=None).encode(x=x, x2="x2", y=y, y2="y2"),
            alt.Chart(data(boxes)).mark_rule(stroke=SHADES[0], strokeWidth=3).encode(x=x, y=y, y2="y2"),
        ]
        styles: dict[str, Row] = {
            "title": {"fontWeight": "bold", "color": INK}, "day": {"color": FAINT}, "line": {"color": INK},
        }  # fmt: skip
        for kind, style in styles.items():
            rows = [row for each in placed for row in self._texts(each) if row["kind"] == kind]
            if rows:
                layers.append(
                    alt.Chart(data(rows))
                    .mark_text(align="left", baseline="top", dx=8, fontSize=11.5, limit=room, **style)
                    .encode(x=x, y=y, text="text:N")
                )
        return finished(layers, round(height))

    def _lines(self, box: TreeBox) -> list[tuple[str, str]]:
        """The lines of a box and what they are: its title, a day, or what is signed."""
        found = [("title", line) for line in self._wrapped(box.title, BOLD) or [""]]
        told: list[tuple[str, str]] = []
        for each in box.lines:
            kind = "line" if each.startswith("  ") else "day"
            told += [(kind, line) for line in self._wrapped(each.strip())]
        if len(told) > self.most:
            told = [*told[: self.most - 1], ("day", "… and more, in the table")]
        return [*found, *told]

    def _height(self, box: TreeBox) -> float:
        own = LINE * len(self._lines(box)) + 2 * EDGE
        below = sum(map(self._height, box.following)) + GAP * max(0, len(box.following) - 1)
        return max(own, below)

    def _placed(self, box: TreeBox, level: int, top: float, before: float | None) -> Iterator[_Placed]:
        whole, own = self._height(box), float(LINE * len(self._lines(box)) + 2 * EDGE)
        below = sum(map(self._height, box.following)) + GAP * max(0, len(box.following) - 1)
        here = _Placed(box, level, top + (whole - own) / 2, own, before)
        yield here
        at = top + (whole - below) / 2
        for each in box.following:
            yield from self._placed(each, level + 1, at, here.middle)
            at += self._height(each) + GAP

    def _texts(self, placed: _Placed) -> Iterator[Row]:
        for i, (kind, text) in enumerate(self._lines(placed.box)):
            yield {"x": placed.level + SPACE, "y": placed.top + EDGE + LINE * i, "text": text, "kind": kind}

    def _links(self, placed: Sequence[_Placed], x: alt.X, y: alt.Y) -> list[alt.Chart]:
        rows: list[Row] = []
        for i, each in enumerate(placed):
            if each.before is not None:
                turn = each.level - (1 - END) / 2 + SPACE / 2
                points = ((each.level - 1 + END, each.before), (turn, each.before), (turn, each.middle),
                          (each.level + SPACE, each.middle))  # fmt: skip
                rows += [{"x": a, "y": b, "link": i, "order": k} for k, (a, b) in enumerate(points)]
        if not rows:
            return []
        drawn = alt.Chart(data(rows)).mark_line(color="#9aa3ad", strokeWidth=1.2)
        return [drawn.encode(x=x, y=y, detail="link:N", order="order:Q")]
