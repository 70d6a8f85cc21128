"""A page: chapters in one HTML file; its figures as files.

The file holds its script, its style and its data, and its own policy forbids it to load anything else. Charts are
Vega-Lite specifications. The template escapes texts of a case, and scripts never contain `<`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2

from planner.basics.display import AS_IT_IS, Display
from planner.basics.outputs import write_file
from planner.reports.page import render
from planner.reports.page.colours import dark_rules
from planner.reports.page.in_units import in_units
from planner.reports.page.parts import Brief, Column, Drawing, Figure, Glossary, Heading, Part, Sentences, Sheet, Tiles
from planner.reports.page.typeset import typeset_part
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("A", "B")
KINDS = {Tiles: "tiles", Sentences: "words", Brief: "brief", Glossary: "glossary"}
"""what the template calls parts other than figures and sheets"""


class Cell(NamedTuple):
    """A cell of a table."""

    text: str
    order: str
    """the key by which it is sorted; blank: its text"""
    beside: str = ""
    """what stands below it in small letters"""


@dataclass(frozen=True)
class Shown:
    """A part on the page."""

    kind: str
    """`figure`, `sheet`, `tiles`, `words`, `brief` or `glossary`"""
    id: str
    side: str
    """`A` or `B` where two plans are compared"""
    part: Any
    rows: tuple[tuple[Cell, ...], ...] = ()
    """of a sheet"""
    total: tuple[tuple[Cell, ...], ...] = ()
    """of a sheet: the rows below the table"""


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
        self.appendix: list[Chapter] = []
        """chapters for those who look closer; they are folded on the screen and are not printed unless unfolded"""
        self.drawings: dict[str, Drawing] = {}
        """specification of each figure, by its id"""
        self.downloads: dict[str, str] = {}
        """CSV text of each sheet, by its id"""

    def add(self, heading: Heading, *sides: Sequence[Part], appendix: bool = False) -> None:
        """Add a chapter with its parts of each side, to the appendix where told.

        Parts that are details make a chapter of the same heading in the appendix.
        """
        shown = [[typeset_part(in_units(part, self.shown_in)) for part in side] for side in sides]
        plain, details = (
            [[part for part in side if (not appendix and getattr(part, "detail", False)) is detail] for side in shown]
            for detail in (False, True)
        )
        if any(plain):
            chapter = self._chapter(heading, heading.NAME, plain)
            (self.appendix if appendix else self.chapters).append(chapter)
        if any(details):
            chapter = self._chapter(heading, f"{heading.NAME}-details", details)
            self.appendix.append(replace(chapter, title=f"{chapter.title}: more", lead=""))

    def _chapter(self, heading: Heading, name: str, sides: Sequence[Sequence[Part]]) -> Chapter:
        words = self.shown_in.words
        return Chapter(name, words(heading.TITLE), words(heading.LEAD), tuple(self._rows(heading.NAME, sides)))

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
            appendix=self.appendix,
            style=_style((folder / "page.css").read_text(encoding="utf-8"), " and ".join(dict.fromkeys(self.titles))),
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
                    total = () if part.total is None else tuple(_cells(part, part.total))
                    row.append(Shown("sheet", name, side, part, tuple(_cells(part, part.frame)), total))
                else:
                    row.append(Shown(KINDS[type(part)], name, side, part))
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


def _cells(sheet: Sheet, frame: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    """The cells of each row of a table with the sheet's columns."""
    besides = [frame[column.beside].astype(str).tolist() if column.beside else [] for column in sheet.columns]
    for i, row in enumerate(frame[[column.key for column in sheet.columns]].itertuples(index=False)):
        yield tuple(
            _cell(value, column)._replace(beside=small[i] if small else "")
            for column, value, small in zip(sheet.columns, row, besides, strict=True)
        )


def _cell(value: Any, column: Column) -> Cell:
    decimals, percent = column.decimals, column.percent
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Cell("", "-1e999" if decimals is not None else "")
    if decimals is None:
        return Cell(signed(f"{value:,.6g}"), repr(value)) if isinstance(value, float) else Cell(str(value), "")
    rounded = round(float(value), decimals + 2 * percent) + 0.0  # what is shown as −0 is 0
    text = "0" if value == 0 else f"{rounded:,.{decimals}{'%' if percent else 'f'}}"
    return Cell(signed(text), repr(float(value)))


def signed(number: str) -> str:
    """A number with a minus sign in place of a hyphen.

    >>> signed("-1.5")
    '−1.5'
    """
    return number.replace("-", "−", 1) if number.startswith("-") else number


def _style(style: str, title: str) -> str:
    """The style of the page, with the colours of charts on a dark page, and its title at the foot of printed pages."""
    escaped = "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in title)
    dark = f"@media screen and (prefers-color-scheme: dark) {{\n{dark_rules()}\n}}"
    return f'{style}\n{dark}\n@page {{ @bottom-left {{ content: "{escaped}"; }} }}'


def _code(script: str) -> str:
    r"""A script that no text in it ends: in strings, `</script` and `<\/script` are the same."""
    return re.sub("</(?=script)", r"<\\/", script, flags=re.IGNORECASE)


def _inert(value: object) -> str:
    """JSON without `<`, so that no text in it can end the script or begin another."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
