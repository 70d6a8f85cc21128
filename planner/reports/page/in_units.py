"""Parts of a page with their amounts in the units that a case is printed in; downloads stay in USD bn and GW.

A part says its unit in words: a column and a tile in their titles, a chart in its `unit`, a row of limits in its column
`unit`. A sentence has the unit right behind each amount.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.reports.page.parts import Brief, Column, Figure, Glossary, Part, Sentences, Sheet, Tile, Tiles
from planner.tables.fields import unit_of

if TYPE_CHECKING:
    import pandas as pd

BY_ROW = frozenset(
    {"used", "allowed", "headroom", "amount", "value", "waived", "first", "second", "difference", "most"}
)
"""columns whose unit stands in the column `unit` of the same row"""
_UNIT = re.compile(r"(USD bn|(?:reference )?GW(?:-years)?)(?: per (?:reference )?GW)?(?: and year)?(?![A-Za-z])")


def in_units(part: Part, display: Display) -> Part:
    """A part as it is shown in these units."""
    if display == AS_IT_IS:
        return part
    if isinstance(part, Sheet):
        return _sheet(part, display)
    if isinstance(part, Tiles):
        return replace(part, tiles=tuple(_tile(each, display) for each in part.tiles))
    if isinstance(part, Sentences):
        title = display.words(part.title)
        return replace(part, title=title, sentences=tuple(display.told(each) for each in part.sentences))
    if isinstance(part, Brief):
        points = tuple((word, display.told(said)) for word, said in part.points)
        tiles, foot = (tuple(_tile(each, display) for each in those) for those in (part.tiles, part.foot))
        return replace(part, points=points, tiles=tiles, foot=foot)
    if isinstance(part, Glossary):
        return replace(part, terms=tuple((display.words(word), display.words(said)) for word, said in part.terms))
    return _figure(part, display)


def _unit(column: Column) -> str:
    """The unit of a column, by its title or by its name."""
    if found := _UNIT.search(column.title):
        return found[0]
    return "GW-years" if column.key.endswith("gw_years") else unit_of(column.key)


def _sheet(sheet: Sheet, display: Display) -> Sheet:
    columns = []
    for column in sheet.columns:
        shift = display.thousands(_unit(column)) if sheet.frame[column.key].dtype.kind == "f" else 0
        decimals = (
            None if column.decimals is None else max(0, column.decimals - 3 * shift) if shift else column.decimals
        )
        columns.append(replace(column, title=display.words(column.title), decimals=decimals))
    return replace(
        sheet,
        title=display.words(sheet.title),
        says=display.told(sheet.says),
        frame=_frame(sheet.frame, sheet.columns, display),
        total=None if sheet.total is None else _frame(sheet.total, sheet.columns, display),
        columns=tuple(columns),
        download=sheet.frame,
    )


def _frame(frame: pd.DataFrame, columns: Sequence[Column], display: Display) -> pd.DataFrame:
    """A table's amounts as they are printed."""
    found = frame.copy()
    for column in columns:
        unit, numbers = _unit(column), frame[column.key].dtype.kind == "f"
        if numbers and (shift := display.thousands(unit)):
            found[column.key] = frame[column.key] * 1e3**shift
        elif numbers and column.key in BY_ROW and "unit" in frame:
            rows = zip(frame[column.key], frame["unit"], strict=True)
            found[column.key] = [display.of(value, str(of)) for value, of in rows]
        elif not numbers:
            found[column.key] = [_text(value, unit, display) for value in frame[column.key]]
    return found


def _text(value: Any, unit: str, display: Display) -> Any:
    if not isinstance(value, str):
        return value
    return display.moved(value, unit) if display.thousands(unit) else display.told(value)


def _tile(tile: Tile, display: Display) -> Tile:
    found = _UNIT.search(tile.label)
    text = display.told(tile.text) if found is None else display.moved(tile.text, found[0])
    return replace(tile, label=display.words(tile.label), text=text, note=display.told(tile.note))


def _figure(figure: Figure, display: Display) -> Figure:
    """A figure whose chart has a unit, with all amounts of the chart in the unit that is shown."""
    chart = getattr(figure.draw, "__self__", None)
    told = replace(figure, title=display.words(figure.title), says=display.told(figure.says))
    unit = getattr(chart, "unit", "")
    if chart is None or not is_dataclass(chart) or display.words(unit) == unit:
        return told
    made: Any = _moved(chart, unit, display)
    return replace(told, span=made.span(), draw=made.draw)


def _moved(value: Any, unit: str, display: Display) -> Any:
    """A value of a chart: all its floats, and the numbers of its texts, are amounts of the chart's unit."""
    if isinstance(value, float):
        return display.of(value, unit)
    if isinstance(value, tuple | list):
        return type(value)(_moved(each, unit, display) for each in value)
    if isinstance(value, Mapping):
        return {key: _moved(each, unit, display) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        given = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        changed = {
            name: display.words(each) if name == "unit"
            else display.mixed(each, unit) if name == "text"
            else _moved(each, unit, display)
            for name, each in given.items()
        }  # fmt: skip
        return replace(value, **changed)
    return value
