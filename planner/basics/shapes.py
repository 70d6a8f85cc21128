"""The shape that a value read from JSON must have, and every place where it has another.

A shape is a `Leaf`, which says in words what is expected, or is made of others: `Keys` of an object with given keys,
`ByName` of an object with any keys, `Each` of a list, `OrNull` of a value that may be null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from planner.basics.errors import DataError, Problem
from planner.basics.text import escaped, printable

LONGEST = 60
"""how many characters of a value a message quotes"""


@dataclass(frozen=True)
class Leaf:
    """A value that is neither a list nor an object."""

    expected: str
    fits: Callable[[object], bool]


@dataclass(frozen=True)
class Keys:
    """An object with these keys and no others."""

    needed: Mapping[str, Shape]
    allowed: Mapping[str, Shape] = field(default_factory=dict)
    """keys that may be left out"""


@dataclass(frozen=True)
class ByName:
    """An object with any keys that are text."""

    shape: Shape


@dataclass(frozen=True)
class Each:
    """A list."""

    shape: Shape


@dataclass(frozen=True)
class OrNull:
    """A value, or null."""

    shape: Shape


Shape: TypeAlias = "Leaf | Keys | ByName | Each | OrNull"


def clean(text: str) -> bool:
    r"""Whether a text can be shown and written: no control characters, no half of a pair of surrogates.

    >>> clean("Lake"), clean("\x1b[2J"), clean("\ud800")
    (True, False, False)
    """
    return printable(text) and not any("\ud800" <= letter <= "\udfff" for letter in text)


def is_number(value: object) -> bool:
    """Whether a value is a finite number; true and false are none.

    >>> is_number(1), is_number(0.5), is_number(True), is_number(float("nan")), is_number(10**400)
    (True, True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _at_least_0(value: object) -> bool:
    return isinstance(value, int | float) and is_number(value) and value >= 0


TEXT = Leaf("text without control characters", lambda value: isinstance(value, str) and clean(value))
WORDS = Leaf("text", lambda value: isinstance(value, str) and clean(value) and value.strip() != "")
NUMBER = Leaf("a finite number", is_number)
NOT_NEGATIVE = Leaf("a finite number of at least 0", _at_least_0)
COUNT = Leaf("a whole number of at least 0", lambda value: isinstance(value, int) and _at_least_0(value))


def among(*words: str) -> Leaf:
    """One of some texts."""
    said = " or ".join(json.dumps(word) for word in words)
    return Leaf(said, lambda value: isinstance(value, str) and value in words)


def parsed(file: str, data: bytes, what: str) -> Any:
    """The value in the bytes of a JSON file; `what` says in messages what the file should be.

    Raises DataError where the bytes are no JSON, and with every key that stands twice in one object.
    """
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                twice.append(key)
            found[key] = value
        return found

    try:
        value = json.loads(data.decode(), object_pairs_hook=once)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            [Problem(file, line, "", f"{what} as UTF-8 text", f"the byte 0x{data[error.start]:02x}")]
        ) from None
    except json.JSONDecodeError as error:
        said = f"{error.msg} at character {error.colno}"
        raise DataError([Problem(file, error.lineno, "", f"{what} as JSON", said)]) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or lists in lists in lists
        said = "too many levels" if isinstance(error, RecursionError) else "a number of too many digits"
        raise DataError([Problem(file, None, "", f"{what} as JSON", said)]) from None
    if twice:
        raise DataError(Problem(file, None, key, "one value of this key", "two") for key in dict.fromkeys(twice))
    return value


def problems(file: str, value: object, shape: Shape, at: str = "") -> Iterator[Problem]:
    """Every place of a value that has another shape; `at` is the key of the value."""
    match shape:
        case Leaf(expected, fits):
            if not fits(value):
                yield Problem(file, None, at, expected, shown(value))
        case OrNull(inner):
            if value is not None:
                yield from problems(file, value, inner, at)
        case Each(inner):
            if isinstance(value, list):
                for i, each in enumerate(value):
                    yield from problems(file, each, inner, f"{at}[{i}]")
            else:
                yield Problem(file, None, at, "a list", shown(value))
        case Keys() | ByName():
            if isinstance(value, dict):
                yield from _keys(file, value, shape, at) if isinstance(shape, Keys) else _named(file, value, shape, at)
            else:
                yield Problem(file, None, at, "an object with keys", shown(value))


def _named(file: str, value: Mapping[str, object], shape: ByName, at: str) -> Iterator[Problem]:
    for name, each in value.items():
        if not clean(name):
            yield Problem(file, None, at, "keys without control characters", shown(name))
        yield from problems(file, each, shape.shape, _below(at, name))


def _keys(file: str, value: Mapping[str, object], shape: Keys, at: str) -> Iterator[Problem]:
    for name in shape.needed:
        if name not in value:
            yield Problem(file, None, _below(at, name), "this key", "no such key")
    for name, each in value.items():
        inner = shape.needed.get(name) or shape.allowed.get(name)
        if inner is None:
            yield Problem(file, None, _below(at, name), "no such key", shown(each))
        else:
            yield from problems(file, each, inner, _below(at, name))


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def shown(value: object) -> str:
    """A value as a message quotes it.

    >>> shown(None), shown([1]), shown({}), shown("a" * 99)[-4:]
    ('null', 'a list', 'an object', 'aaa…')
    """
    if value is None:
        return "null"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    said = escaped(repr(value))
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
