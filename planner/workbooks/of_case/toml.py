"""The settings of a case: rows of key and value to the text of `case.toml` and back.

The text as it was, with its comments, stands on a hidden sheet. Only keys whose value has changed are written anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from planner.basics.errors import Problem
from planner.common.settings import SECTIONS, Settings, setting_fields, setting_spellings
from planner.tables.cells import shown, text_of
from planner.tables.fields import value_type
from planner.workbooks.of_case.sheets import KEY, SETTINGS, TOML, VALUE


def merged(rows: Sequence[tuple[int, list[str]]], lines: Sequence[str]) -> tuple[bytes, dict[str, int], list[Problem]]:
    """The text of `case.toml`, the row of each key, and problems.

    `rows` are those of the sheet of settings with their numbers, `lines` those of the text as it was, if it is there.
    """
    problems: list[Problem] = []
    if not rows or [text.lower() for text in rows[0][1][:2]] != [KEY, VALUE]:
        problems.append(Problem(f"{SETTINGS}!1:1", None, "", f"{KEY} and {VALUE} in its first row", "something else"))
    text = "".join(f"{line}\n" for line in lines)
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        problems.append(Problem(TOML, None, "", "the text of case.toml as it was written", "another text"))
        document = tomlkit.document()
    found: dict[str, int] = {}
    given: dict[str, str] = {}
    for number, cells in rows[1:]:
        key, value = (cells[i] if i < len(cells) else "" for i in range(2))
        if key in found:
            problems.append(
                Problem(f"{SETTINGS}!A{number}", None, key, "each key once", f"it stands in row {found[key]} too")
            )
        elif key:
            found[key] = number
            given[key] = value
        elif value:
            problems.append(Problem(f"{SETTINGS}!A{number}", None, "", "a key", f"a blank beside {shown(value)}"))
    _put(document, given)
    return tomlkit.dumps(document).encode(), found, problems


def keys_of(data: bytes) -> Iterator[tuple[str, object]]:
    """Each key of a `case.toml` with its value, those of sections as `section.key`."""
    for key, value in tomllib.loads(data.decode("utf-8-sig")).items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield key, value


def lines_of(data: bytes) -> list[str]:
    """The lines of a `case.toml`."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n")


def _put(document: tomlkit.TOMLDocument, given: dict[str, str]) -> None:
    """Put the values that differ from those of the document into it, and take out keys that are blank."""
    before = dict(keys_of(tomlkit.dumps(document).encode()))
    for key in dict.fromkeys([*before, *given]):
        value = given.get(key, "")
        if value == text_of(before.get(key)).strip():
            continue
        section, _, name = key.rpartition(".")
        if section and section not in document:
            document[section] = tomlkit.table()
        target: Any = document[section] if section else document
        if value:
            target[name] = _typed(section, name, value)
        else:
            target.pop(name, None)


def _typed(section: str, name: str, text: str) -> object:
    """The value of a key: of the type that the key has, or a text, which the settings then refuse."""
    model = SECTIONS.get(section) if section else Settings
    if model is None:
        return text
    annotation = setting_fields(model)[name][0] if name in setting_fields(model) else None
    kind = float if name in setting_spellings(model) else value_type(annotation)
    try:
        if kind is bool and text in ("true", "false"):
            return text == "true"
        if kind is int:
            return int(text)
        if kind is float:
            return float(text)
        if kind is date:
            return date.fromisoformat(text)
    except ValueError:
        pass
    return text
