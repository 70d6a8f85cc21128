"""Rows × columns of amounts: the larger, the darker, with the number where there is room for it.

What stands out is framed, and what is missing has a cross, so that the chart can be read without colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from planner.basics.text import number
from planner.reports.page.charts import Row, data, finished, legend
from planner.reports.page.colours import FAINT, INK, LIGHT_TEXT_ON, LIMIT, ON_DARK, ON_LIGHT, PAPER, SHADES, WASH
from planner.reports.page.parts import Drawing, Span

STEPS = 4
"""number of shades"""
CROSS = "×"


@dataclass(frozen=True)
class MatrixCell:
    """A cell: its amount is above zero, or None where it is missing; `framed` draws attention to it."""

    row: str
    column: str
    amount: float | None
    framed: bool = False


@dataclass(frozen=True)
class Matrix:
    """Cells, in rows under headings and in columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    unit: str
    headings: frozenset[str] = frozenset()
    """rows that are headings of those below them"""

    def span(self) -> Span:
        """What the shades must reach over."""
        return Span(0.0, max([0.0, *(cell.amount or 0.0 for cell in self.cells)]))

    def draw(self, span: Span) -> Drawing:
        """The chart."""
        most = span.high or 1.0
        names = [f"up to {number(float(f'{most * (i + 1) / STEPS:.3g}'))} {self.unit}" for i in range(STEPS)]
        shades = [SHADES[i] for i in (4, 3, 2, 0)]
        rows: list[Row] = []
        for cell in self.cells:
            amount = cell.amount or 0.0
            at = min(STEPS - 1, int(STEPS * amount / most - 1e-9))
            rows.append({
                "row": cell.row, "column": cell.column, "size": names[at], "amount": number(amount),
                "short": f"{amount:.2f}".lstrip("0") if amount else "0", "light": shades[at] in LIGHT_TEXT_ON,
                "there": cell.amount is not None, "framed": cell.framed or cell.amount is None,
            })  # fmt: skip
        x = alt.X(
            "column:N", sort=list(self.columns), title=None, scale=alt.Scale(domain=list(self.columns)),
            axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=200, ticks=False, domain=False, labelPadding=6,
                          labelOverlap=False),
        )  # fmt: skip
        heading = f"indexof({sorted(self.headings)}, datum.value) >= 0"
        y = alt.Y(
            "row:N", sort=list(self.rows), title=None, scale=alt.Scale(domain=list(self.rows)),
            axis=alt.Axis(
                labelLimit=alt.ExprRef("width < 420 ? 130 : 260"), labelPadding=8, ticks=False,
                domain=False, grid=False, labelOverlap=False,
                labelFontWeight=alt.ExprRef(f"{heading} ? 'bold' : 'normal'"),
                labelColor=alt.ExprRef(f"{heading} ? '{INK}' : '{FAINT}'"),
            ),
        )  # fmt: skip
        return finished([*self._squares(rows, x, y, dict(zip(names, shades, strict=True))), *self._texts(rows, x, y)],
                        20 * len(self.rows))  # fmt: skip

    def _squares(self, rows: Sequence[Row], x: alt.X, y: alt.Y, shades: Mapping[str, str]) -> list[alt.Chart]:
        """The background, a square for each amount, and the frames."""
        there = [row for row in rows if row["there"]]
        tooltip = [alt.Tooltip("row:N"), alt.Tooltip("column:N"), alt.Tooltip("amount:N", title=self.unit)]
        used = [name for name in shades if any(row["size"] == name for row in there)]
        color = alt.Color(
            "size:N", sort=list(shades), legend=legend(used, beside=120),
            scale=alt.Scale(domain=used, range=[shades[name] for name in used]),
        )  # fmt: skip
        drawn = [
            alt.Chart(data({"row": row, "column": column} for row in self._filled() for column in self.columns))
            .mark_rect(fill=WASH, stroke=PAPER, strokeWidth=1)
            .encode(x=x, y=y),
            alt.Chart(data(there)).mark_rect(stroke=PAPER, strokeWidth=1).encode(x=x, y=y, color=color,
                                                                                   tooltip=tooltip),
        ]  # fmt: skip
        framed = [row for row in rows if row["framed"]]
        if framed:
            drawn.append(alt.Chart(data(framed)).mark_rect(filled=False, stroke=LIMIT, strokeWidth=2).encode(x=x, y=y))
        return drawn

    def _texts(self, rows: Sequence[Row], x: alt.X, y: alt.Y) -> list[alt.Chart]:
        """Crosses for what is missing, and the amounts where there is room for them."""
        drawn = []
        missing = [row for row in rows if not row["there"]]
        if missing:
            drawn.append(
                alt.Chart(data({**row, "short": CROSS} for row in missing))
                .mark_text(color=LIMIT, fontSize=14, fontWeight="bold")
                .encode(x=x, y=y, text="short:N", tooltip=[alt.Tooltip("row:N"), alt.Tooltip("column:N")])
            )
        room = alt.ExprRef(f"width / {len(self.columns) or 1} < 25 ? 0 : 1")
        for light in (True, False):
            mine = [row for row in rows if row["there"] and row["light"] is light]
            if mine:
                drawn.append(
                    alt.Chart(data(mine))
                    .mark_text(color=ON_DARK if light else ON_LIGHT, fontSize=10.5, opacity=room)
                    .encode(x=x, y=y, text="short:N")
                )
        return drawn

    def _filled(self) -> Sequence[str]:
        """Rows that have cells."""
        return [row for row in self.rows if row not in self.headings]
