"""The text of one cell to a value. Each kind of value has one spelling, and nothing is guessed.

Each function takes the text of a cell without surrounding blanks and raises `ValueError` where it is no such value.
"""

from __future__ import annotations

import math
import re
from datetime import date

from planner.basics.text import escaped

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""Dates before the first or after the last are taken for mistakes."""
LARGEST = 1e9
"""Numbers above this, or below its negative, are taken for mistakes."""
LONGEST = 120
"""how many letters of a value a message quotes"""


def number(text: str) -> float:
    """A decimal number: digits, one point, an exponent; no thousands separator, underscore, nan or infinity.

    >>> number("-1.5e3")
    -1500.0
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value) or (value == 0 and found[1].strip("0.")):  # too large, or too small, for a float
        raise ValueError(text)
    return value


def whole(text: str) -> int:
    """A whole number, also written as 6.0.

    >>> whole("6.0")
    6
    """
    value = number(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


def day(text: str) -> date:
    """A date written YYYY-MM-DD.

    >>> day("2027-01-31")
    datetime.date(2027, 1, 31)
    """
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def boolean(text: str) -> bool:
    """`true` or `false`, or as spreadsheet programs write them, `TRUE` or `FALSE`.

    >>> boolean("false"), boolean("TRUE")
    (False, True)
    """
    if text not in ("true", "false", "TRUE", "FALSE"):
        raise ValueError(text)
    return text in ("true", "TRUE")


def identifier(text: str) -> str:
    """A name of lower-case words and digits joined by underscores, starting with a letter.

    >>> identifier("tpu_v6e")
    'tpu_v6e'
    """
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError(text)
    return text


def shown(value: object) -> str:
    r"""A value as a message quotes it: on one line, cut if it is long, without control characters.

    >>> shown(None), shown(1.0), shown(date(2027, 1, 1)), shown(True), shown("a"), shown(frozenset({"tpu", "gpu"}))
    ('a blank', "'1'", "'2027-01-01'", "'true'", "'a'", "'gpu|tpu'")
    >>> print(shown("red \x1b[31m and two\nlines"), len(shown("x" * 1000)))
    'red \x1b[31m and two\nlines' 123
    """
    if value is None:
        return "a blank"
    try:
        text = text_of(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits, lists within lists
        return "a value too long to show"
    return f"'{escaped(text if len(text) <= LONGEST else f'{text[:LONGEST]}…')}'"


def text_of(value: object) -> str:
    """The text of a cell that holds a value; blank for None.

    >>> text_of(0.1), text_of(12.0), text_of(None)
    ('0.1', '12', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return "|".join(sorted(str(item) for item in value))
    return str(value)
