"""The grammar of changes to a case: text to a record. No table is looked at here, and nothing is evaluated.

    table[key, …].column = value       also += -= *= on numbers, += 6 months on dates; the value `blank` clears a cell
    -table[key, …]                     removes rows
    +table{column=value, …}            adds a row
    case.key = value                   a key of case.toml; case.section.key for its sections solver, risk, display

Values may stand in single or double quotes. Within quotes a doubled quote stands for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from planner.basics.errors import DataError, Problem

_QUOTED = r'"(?:[^"]|"")*+"|' + r"'(?:[^']|'')*+'"
_KEYS = rf"\[(?P<keys>(?:{_QUOTED}|[^\]\"'])*+)\]"
_OP = r"\s*(?P<op>\+=|-=|\*=|=)\s*(?P<value>.*)"
_SETTING = re.compile(rf"case\s*\.\s*(?:(?P<section>\w+)\s*\.\s*)?(?P<key>\w+){_OP}", re.DOTALL)
_SET = re.compile(rf"(?P<table>\w+)\s*{_KEYS}\s*\.\s*(?P<column>\w+){_OP}", re.DOTALL)
_REMOVE = re.compile(rf"-\s*(?P<table>\w+)\s*{_KEYS}", re.DOTALL)
_ADD = re.compile(r"\+\s*(?P<table>\w+)\s*\{(?P<cells>.*)\}", re.DOTALL)
_PART = re.compile(rf"(?:{_QUOTED}|[^,\"'])*+(?P<comma>,|\Z)", re.DOTALL)
"""text up to a comma outside of quotes, or to the end"""
_ONE = re.compile(rf"{_QUOTED}|[^\"']*+", re.DOTALL)
"""one value: in quotes, or without any"""
_PAIR = re.compile(rf"(?P<column>\w+)\s*=\s*(?P<value>{_QUOTED}|[^\"']*+)", re.DOTALL)
LONGEST = 100_000
"""letters of the longest change"""
LONGEST_SHOWN = 1_000
"""how many letters of a change a message quotes"""

GRAMMAR = "table[key, …].column = value, -table[key, …], +table{column=value, …} or case.key = value"


class Op(StrEnum):
    """The operator of a change: how its value is combined with the old one."""

    PUT = "="
    ADD = "+="
    SUBTRACT = "-="
    MULTIPLY = "*="


@dataclass(frozen=True)
class Value:
    """A value as it was typed."""

    text: str
    blank: bool = False
    """whether it is the word `blank` without quotes"""


@dataclass(frozen=True)
class SetCells:
    """Change a column of the rows that a key selects."""

    text: str
    table: str
    keys: tuple[str, ...]
    column: str
    op: Op
    value: Value


@dataclass(frozen=True)
class RemoveRows:
    """Remove the rows that a key selects."""

    text: str
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class AddRow:
    """Add a row."""

    text: str
    table: str
    cells: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class SetSetting:
    """Change a key of `case.toml`."""

    text: str
    section: str
    key: str
    op: Op
    value: Value


Change = SetCells | RemoveRows | AddRow | SetSetting


def parse(text: str) -> Change:
    """The record of a change.

    Raises DataError where the text does not follow the grammar.

    >>> parse("site_leases[loi_01].delay_months += 6").keys
    ('loi_01',)
    """
    if len(text) > LONGEST:
        raise change_error(text, f"a change of at most {LONGEST:,} letters", f"{len(text):,}")
    stripped = text.strip()
    if found := _SETTING.fullmatch(stripped):
        return SetSetting(text, found["section"] or "", found["key"], Op(found["op"]), _value(text, found["value"]))
    if found := _SET.fullmatch(stripped):
        keys = _items(text, found["keys"])
        return SetCells(text, found["table"], keys, found["column"], Op(found["op"]), _value(text, found["value"]))
    if found := _REMOVE.fullmatch(stripped):
        return RemoveRows(text, found["table"], _items(text, found["keys"]))
    if found := _ADD.fullmatch(stripped):
        return AddRow(text, found["table"], _pairs(text, found["cells"]))
    raise change_error(text, GRAMMAR, "none of these")


def change_error(text: str, expected: str, found: str) -> DataError:
    """The error of a change: what was expected in it, and what was found."""
    return DataError([Problem(f"change '{_cut(text)}'", None, "", expected, _cut(found))])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def quoted(text: str) -> str:
    """A value as a change takes it: in quotes, unless it is a plain word or number.

    >>> quoted("loi_01"), quoted("A-1, senior"), quoted('5" rack')
    ('loi_01', '"A-1, senior"', '"5"" rack"')
    """
    return text if re.fullmatch(r"[\w.-]+", text) else '"' + text.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1].replace(text[0] * 2, text[0])
    return text


def _value(change: str, text: str) -> Value:
    stripped = text.strip()
    if not stripped:
        raise change_error(change, "a value, or the word blank", "nothing after the operator")
    if stripped[0] in "\"'" and not re.fullmatch(_QUOTED, stripped, re.DOTALL):
        raise change_error(change, "a value whose quotes are closed", stripped)
    return Value(_unquoted(stripped).strip(), stripped == "blank")


def _items(change: str, text: str) -> tuple[str, ...]:
    parts = _parts(text)
    if parts is None or not all(part and _ONE.fullmatch(part) for part in parts):
        raise change_error(change, "keys separated by commas", f"[{text}]")
    return tuple(map(_unquoted, parts))


def _pairs(change: str, text: str) -> tuple[tuple[str, Value], ...]:
    pairs: dict[str, Value] = {}
    parts = _parts(text)
    if parts is not None and not parts[-1]:
        parts.pop()  # nothing, or nothing after the last comma
    for found in map(_PAIR.fullmatch, parts or [] if parts is not None else [text]):
        if found is None:
            raise change_error(change, "column=value, separated by commas, within the braces", f"{{{text}}}")
        if found["column"] in pairs:
            raise change_error(change, "each column once", f"'{found['column']}' twice")
        pairs[found["column"]] = _value(change, found["value"])
    return tuple(pairs.items())


def _parts(text: str) -> list[str] | None:
    """The parts of a text between commas outside of quotes, without blanks around them; None where quotes are open."""
    parts: list[str] = []
    at, ended = 0, False
    while not ended:
        found = _PART.match(text, at)
        if found is None:
            return None
        parts.append(text[at : found.start("comma")].strip())
        at, ended = found.end(), not found["comma"]
    return parts
