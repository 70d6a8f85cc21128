"""A page: chapters in one HTML file; its figures as files.

The file holds its script, its style and its data, and its own policy forbids it to load anything else. Charts are
Vega-Lite specifications. The template escapes texts of a case, and scripts never contain `<`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from planner.basics.display import AS_IT_IS, Display
from planner.basics.outputs import write_file
from planner.reports.page import render
from planner.reports.page.in_units import in_units
from planner.reports.page.parts import Drawing, Figure, Heading, Part, Sentences, Sheet, Tiles
from planner.tables import csvtext

SIDES = ("A", "B")


@dataclass(frozen=True)
class Shown:
    """A part on the page."""

    kind: str
    """`figure`, `sheet`, `tiles` or `words`"""
    id: str
    side: str
    """`A` or `B` where two plans are compared"""
    part: Any
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    """of a sheet: cells as (text, sort key); a blank key means that the text is the key"""


@dataclass(frozen=True)
class Chapter:
    """A section on the page: its parts in rows, one per side."""

    name: str
    title: str
    lead: str
    rows: tuple[tuple[Shown, ...], ...]


class Document:
    """Chapters about one plan or study, or about two plans side by side."""

    def __init__(
        self, kicker: str, titles: Sequence[str], notes: Sequence[str], source: str, shown_in: Display = AS_IT_IS
    ) -> None:
        """`titles`, and `notes` at the foot, have one entry per side; `source` says where the figures are from.

        Amounts are printed in the units of `shown_in`.
        """
        self.kicker, self.titles, self.notes, self.source = kicker, titles, notes, source
        self.shown_in = shown_in
        self.chapters: list[Chapter] = []
        self.drawings: dict[str, Drawing] = {}
        """specification of each figure, by its id"""
        self.downloads: dict[str, str] = {}
        """CSV text of each sheet, by its id"""

    def add(self, heading: Heading, *sides: Sequence[Part]) -> None:
        """Add a chapter with its parts of each side."""
        words = self.shown_in.words
        shown = [[in_units(part, self.shown_in) for part in side] for side in sides]
        rows = tuple(self._rows(heading.NAME, shown))
        self.chapters.append(Chapter(heading.NAME, words(heading.TITLE), words(heading.LEAD), rows))

    def html(self) -> str:
        """The page."""
        folder = files("planner.reports.page")
        environment = jinja2.Environment(
            autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
        )
        template = environment.from_string((folder / "page.html.j2").read_text(encoding="utf-8"))
        return template.render(
            kicker=self.kicker,
            title=" and ".join(dict.fromkeys(self.titles)),
            titles=list(zip(SIDES, self.titles, strict=False)),
            notes=list(zip(SIDES, self.notes, strict=False)),
            source=self.source,
            shown_in=self.shown_in,
            chapters=self.chapters,
            style=(folder / "page.css").read_text(encoding="utf-8"),
            script=(folder / "page.js").read_text(encoding="utf-8"),
            library=_code(render.library()),
            data=_inert({"drawings": self.drawings, "downloads": self.downloads}),
        )

    def write(self, file: Path) -> None:
        """Write the page."""
        write_file(file, self.html().encode())

    def write_figures(self, folder: Path) -> list[Path]:
        """Write each figure as SVG and PNG; the files, by the ids of the figures."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, drawing in self.drawings.items():
            write_file(folder / f"{name}.svg", render.svg(drawing).encode())
            write_file(folder / f"{name}.png", render.png(drawing))
            written += [folder / f"{name}.svg", folder / f"{name}.png"]
        return written

    def _rows(self, section: str, sides: Sequence[Sequence[Part]]) -> Iterator[tuple[Shown, ...]]:
        """Rows of parts with the same kind and name, one per side; figures of a row share their axes."""
        keyed = [{(type(part).__name__, part.name): part for part in parts} for parts in sides]
        for key in _merged([list(side) for side in keyed]):
            found = [(i, side[key]) for i, side in enumerate(keyed) if key in side]
            spans = [part.span for _, part in found if isinstance(part, Figure)]
            span = spans[0] if spans else None
            for other in spans[1:]:
                span = other if span is None else span | other
            row = []
            for i, part in found:
                side = SIDES[i] if len(sides) == 2 else ""
                name = "-".join(filter(None, (section, part.name, side.lower())))
                if isinstance(part, Figure) and span is not None:
                    self.drawings[name] = part.draw(span)
                    row.append(Shown("figure", name, side, part))
                elif isinstance(part, Sheet):
                    name = f"{name}-table"
                    table = part.frame if part.download is None else part.download
                    self.downloads[name] = csvtext.exported(table[[c.key for c in part.columns]]).decode()
                    row.append(Shown("sheet", name, side, part, tuple(_cells(part))))
                elif isinstance(part, (Tiles, Sentences)):
                    row.append(Shown("tiles" if isinstance(part, Tiles) else "words", name, side, part))
            yield tuple(row)


def _merged(orders: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """All keys, each where the first order that has it puts it."""
    found = list(orders[0])
    for order in orders[1:]:
        for i, key in enumerate(order):
            if key not in found:
                before = [found.index(other) for other in order[:i] if other in found]
                found.insert(max(before, default=-1) + 1, key)
    return found


def _cells(sheet: Sheet) -> Iterator[tuple[tuple[str, str], ...]]:
    """Each row as pairs of a cell's text and its sort key."""
    for row in sheet.frame[[column.key for column in sheet.columns]].itertuples(index=False):
        cells = []
        for column, value in zip(sheet.columns, row, strict=True):
            cells.append(_cell(value, column.decimals, column.percent))
        yield tuple(cells)


def _cell(value: Any, decimals: int | None, percent: bool) -> tuple[str, str]:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "", "-1e999" if decimals is not None else ""
    if decimals is None:
        return (f"{value:,.6g}", repr(value)) if isinstance(value, float) else (str(value), "")
    rounded = round(float(value), decimals + 2 * percent) + 0.0  # what is shown as −0 is 0
    text = "0" if value == 0 else f"{rounded:,.{decimals}{'%' if percent else 'f'}}"
    return text, repr(float(value))


def _code(script: str) -> str:
    r"""A script that no text in it ends: in strings, `</script` and `<\/script` are the same."""
    return re.sub("</(?=script)", r"<\\/", script, flags=re.IGNORECASE)


def _inert(value: object) -> str:
    """JSON without `<`, so that no text in it can end the script or begin another."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
