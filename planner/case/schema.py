"""The data dictionary: the meaning of every table and column of a case, read from the classes of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import get_args, get_origin

from pydantic import BaseModel

from planner.basics.units import HOURS_OF_A_YEAR_OF_RENT
from planner.common.settings import SECTIONS, Settings, setting_fields
from planner.interfaces.catalogue import Catalogue
from planner.tables.cells import text_of
from planner.tables.fields import DELIVERED, ENDED_EARLY, OFFERS, Field, unit_of, value_type
from planner.tables.spellings import spellings, spellings_of
from planner.tables.table import Row, TableField

OF_OFFERS = {
    OFFERS: "any offer",
    DELIVERED: "any order or lease of chips",
    ENDED_EARLY: "any offer that may be ended early",
}
"""what columns refer to that name offers of several tables"""
REQUIRED, IMPLIED, OPTIONAL = "Required", "Required, or implied", "Optional"
"""whether the file of a table must be there"""
UNITS = """
Every column and key whose name says `gw` may say `mw` instead, and every one with `usd_bn` may say `usd_m`, also within
a name: `demand_mw`, `move_usd_m_per_mw`. `capacity_mw` may be `capacity_gw`. Prices of chips and of compute may be
written per chip, with `kw_per_chip` of the chip:

| table | column | may be |
|---|---|---|
{per_chip}

A year of rent has {hours:,g} hours. Several columns of one meaning may stand in a table; each row fills one of them.
The price of a cloud tier is that of a product of `price_factor` 1."""


def markdown(catalogue: Catalogue) -> str:
    """All tables and settings as Markdown, with the meaning, unit, values, default and reference of every column."""
    parts = ["# Data dictionary", UNITS.format(per_chip=_per_chip(catalogue), hours=HOURS_OF_A_YEAR_OF_RENT)]
    parts += _settings("case.toml", Settings)
    for section, model in SECTIONS.items():
        parts += _settings(f"case.toml, [{section}]", model)
    for row in catalogue.tables:
        about = row.about
        parts.append(f"\n## {about.file}\n")
        title = about.title[0].upper() + about.title[1:]
        must, says = _presence(row, catalogue)
        parts.append(f"{title}. {must}. Key: {', '.join(f'`{name}`' for name in about.key)}.{says}\n")
        parts.append("| column | meaning | unit | values | blank | refers to |\n|---|---|---|---|---|---|")
        parts += [_line(field) for field in row.fields().values()]
    return "\n".join(parts) + "\n"


def json_schema(catalogue: Catalogue) -> dict[str, object]:
    """All tables and settings as JSON Schema. A case is an object with `case` and a list of rows for every table."""
    properties: dict[str, object] = {"case": _object("case.toml", setting_fields(Settings), Settings)}
    for row in catalogue.tables:
        about = row.about
        fields = row.fields()
        properties[about.name] = {
            "type": "array",
            "description": about.title,
            "x-file": about.file,
            "x-key": list(about.key),
            "items": {
                "type": "object",
                "properties": {
                    name: _property(name, field.annotation, field.about, field.default)
                    for name, field in fields.items()
                },
                "required": [name for name, field in fields.items() if not field.optional],
                "additionalProperties": False,
            },
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "case",
        "type": "object",
        "properties": properties,
        "required": ["case", *(row.about.name for row in catalogue.tables if _presence(row, catalogue)[0] == REQUIRED)],
        "additionalProperties": False,
    }


def _presence(row: type[Row], catalogue: Catalogue) -> tuple[str, str]:
    """Whether the file of a table must be there, and what it means where it, or rows of it, are not."""
    about = row.about
    says = [] if about.implied is None else [f" Where the file is missing, {about.implied.says}."]
    for other in catalogue.tables:
        for rule in (rule for rule in other.about.says if rule.table == about.name):
            columns = ", ".join(f"`{each}`" for each in rule.columns.values())
            says.append(f" Its rows may stand in {columns} of {other.about.file} instead: {rule.says}.")
    must = (REQUIRED if not says else IMPLIED) if about.required else OPTIONAL
    return must, "".join(says)


def _per_chip(catalogue: Catalogue) -> str:
    """The rows of the table of columns that may be written per chip."""
    return "\n".join(
        _columns(row.about.name, f"`{each.own}`", f"`{each.column}`")
        for row in catalogue.tables
        for each in spellings(row).values()
        if each.per_chip
    )


def _line(field: TableField) -> str:
    refers = OF_OFFERS.get(field.about.refers) or (f"`{field.about.refers}`" if field.about.refers else "")
    blank = _blank(field.optional, field.default)
    return _columns(field.name, field.about.meaning, field.unit, field.expected, blank, refers)


def _columns(*cells: str) -> str:
    name, *others = (text.replace("|", "\\|") for text in cells)
    return f"| {' | '.join((f'`{name}`', *others))} |"


def _blank(optional: bool, default: object) -> str:
    if not optional:
        return "no"
    return "yes" if default is None else text_of(default)


def _settings(title: str, model: type[BaseModel]) -> list[str]:
    parts = [f"\n## {title}\n", "| key | meaning | unit | values | left out |\n|---|---|---|---|---|"]
    for name, (annotation, column) in setting_fields(model).items():
        field = model.model_fields[name]
        unit, left_out = column.unit or unit_of(name), _blank(not field.is_required(), field.default)
        parts.append(_columns(name, column.meaning, unit, column.expected(annotation), left_out))
    return parts


def _object(title: str, known: Mapping[str, tuple[object, Field]], model: type[BaseModel]) -> dict[str, object]:
    fields = model.model_fields
    properties: dict[str, object] = {
        name: _property(name, annotation, column, None if fields[name].is_required() else fields[name].default)
        for name, (annotation, column) in known.items()
    }
    if model is Settings:
        for section, its in SECTIONS.items():
            properties[section] = _object(f"[{section}]", setting_fields(its), its)
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "required": [name for name in known if fields[name].is_required()],
        "additionalProperties": False,
    }


def _property(name: str, annotation: object, column: Field, default: object) -> dict[str, object]:
    found: dict[str, object] = {**_type(value_type(annotation), column), "description": column.meaning}
    if unit := column.unit or unit_of(name):
        found["x-unit"] = unit
    if also := [each.column for each in spellings_of(name, column.per_chip)] if unit else []:
        found["x-also"] = also
    if column.refers:
        found["x-refers"] = column.refers
    if default is not None:
        found["default"] = default
    bounds = {"minimum": column.least, "exclusiveMinimum": column.above, "maximum": column.most}
    return found | {key: value for key, value in bounds.items() if value is not None}


def _type(kind: object, column: Field) -> dict[str, object]:
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        return {"enum": list(column.among)} if column.among else {"type": "integer"}
    if kind is float:
        return {"type": "number"}
    if kind is date:
        return {"type": "string", "format": "date"}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"enum": [str(item) for item in kind]}
    if get_origin(kind) is frozenset:
        (item,) = get_args(kind)
        of: dict[str, object] = {"type": "string"} if item is str else {"enum": [str(one) for one in item]}
        return {"type": "array", "items": of, "uniqueItems": True, "minItems": 1}
    return {"type": "string"}
