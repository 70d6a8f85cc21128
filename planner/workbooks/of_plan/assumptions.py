"""Sheets `assumptions` and `sources`: the settings of the case, and where its figures are from."""

from __future__ import annotations

import tomlkit
from pydantic import BaseModel

from planner.common import settings
from planner.common.settings import SECTIONS, Settings, setting_fields
from planner.common.sources import Source
from planner.tables.cells import text_of
from planner.workbooks.layout import BookColumn, BookSheet, Entry, Style, Value
from planner.workbooks.of_plan.figures import Figures

ASSUMPTIONS, SOURCES = "assumptions", "sources"


def assumptions(figures: Figures) -> BookSheet:
    """Every setting of the case with its meaning, and whether `case.toml` states it."""
    given = tomlkit.parse(figures.case.files[settings.FILE].decode("utf-8-sig")).unwrap()
    rows: list[tuple[str, Value, str, str]] = []
    models: dict[str, type[BaseModel]] = {"": Settings, **SECTIONS}
    for section, model in models.items():
        held = getattr(figures.case.settings, section) if section else figures.case.settings
        stated = given.get(section, {}) if section else given
        for name, (_, field) in setting_fields(model).items():
            value = getattr(held, name)
            shown: Value = float(value) if isinstance(value, float) else text_of(value)
            key = f"{section}.{name}" if section else name
            rows.append((key, shown, "the case" if name in stated else "default", field.meaning))
    keys, values, stated_by, meanings = zip(*rows, strict=True)
    columns = [
        BookColumn("key", keys, title="Setting", width=36.0),
        BookColumn("value", values, title="Value", width=30.0),
        BookColumn("by", stated_by, title="Stated by"),
        BookColumn("meaning", meanings, title="Meaning", width=60.0),
    ]
    opening = figures.case.settings.opening_cash_usd_bn
    entry = Entry("Opening cash [USD bn]", opening, Style.NUMBER, name="opening_cash", entered=True,
                  note="may be changed: cash and its headroom follow, for the decisions of this plan")  # fmt: skip
    says = "The settings of the case. Its tables stand in the workbook of the case: planner export CASE -o case.xlsx."
    return BookSheet(ASSUMPTIONS, says, columns, (entry,))


def sources(figures: Figures) -> BookSheet | None:
    """The sources of the case's figures; None where it names none."""
    rows = figures.case.rows(Source)
    if not rows:
        return None
    columns = [
        BookColumn("key", [row.key for row in rows], width=22.0),
        BookColumn("kind", [str(row.kind) for row in rows]),
        BookColumn("title", [row.title for row in rows], width=60.0),
        BookColumn("address", [row.address or "" for row in rows], width=50.0),
        BookColumn("note", [row.note or "" for row in rows], width=60.0),
    ]
    return BookSheet(SOURCES, "Where the figures of the case are from: announced, public, or assumed.", columns)
