"""The data dictionary: the meaning of every table and column of a case, read from the classes of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import get_args, get_origin

from pydantic import BaseModel

from planner.common.settings import SECTIONS, Settings, setting_fields
from planner.interfaces.catalogue import Catalogue
from planner.tables.cells import text_of
from planner.tables.fields import DELIVERED, OFFERS, Field, unit_of, value_type
from planner.tables.table import TableField


def markdown(catalogue: Catalogue) -> str:
    """All tables and settings as Markdown, with the meaning, unit, values, default and reference of every column."""
    parts = ["# Data dictionary"]
    parts += _settings("case.toml", Settings)
    for section, model in SECTIONS.items():
        parts += _settings(f"case.toml, [{section}]", model)
    for row in catalogue.tables:
        about = row.about
        parts.append(f"\n## {about.file}\n")
        must = "Required" if about.required else "Optional"
        title = about.title[0].upper() + about.title[1:]
        parts.append(f"{title}. {must}. Key: {', '.join(f'`{name}`' for name in about.key)}.\n")
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
        "required": ["case", *(row.about.name for row in catalogue.tables if row.about.required)],
        "additionalProperties": False,
    }


def _line(field: TableField) -> str:
    refers = {"": "", OFFERS: "any offer", DELIVERED: "any order or lease of chips"}.get(
        field.about.refers, f"`{field.about.refers}`"
    )
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
        return {"type": "array", "items": {"enum": [str(one) for one in item]}, "uniqueItems": True, "minItems": 1}
    return {"type": "string"}
