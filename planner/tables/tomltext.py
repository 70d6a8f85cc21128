"""Files of settings and of studies: bytes to the values of a TOML document, with an end to time and memory."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from planner.basics.errors import DataError, Problem
from planner.tables.cells import shown

MOST_DOTS = 200
"""dots in a line outside of quotes; reading a key takes time with the square of its parts"""
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'[^']*+'")
_DIGITS = re.compile(r"[0-9_]{1000,}")


def parse(file: str, data: bytes) -> dict[str, Any]:
    """The document in the bytes of a file. Raises DataError where they are no TOML."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _problem(file, line, "UTF-8 text", f"the byte 0x{data[error.start]:02x}") from None
    for line, written in enumerate(text.split("\n"), start=1):
        if written.count(".") > MOST_DOTS and _QUOTED.sub("", written).count(".") > MOST_DOTS:
            raise _problem(file, line, "TOML", f"a line with more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(file, text, str(error)) from None
    except RecursionError:
        raise _problem(file, None, "TOML", "brackets within brackets without end") from None
    except ValueError:  # a whole number of thousands of digits
        found = _DIGITS.search(text)
        line_of_number = None if found is None else text.count("\n", 0, found.start()) + 1
        raise _problem(file, line_of_number, "TOML", "a number with too many digits") from None


def _no_toml(file: str, text: str, why: str) -> DataError:
    """The error of a text that is no TOML: the parser's words and the line it stopped at, the last by default."""
    words, _, place = why.rpartition(" (at ")
    at = re.match(r"line ([0-9]+)", place)
    lines = text.rstrip().split("\n")
    line = int(at[1]) if at else len(lines)
    found = shown(lines[line - 1].strip() if line <= len(lines) else "")
    return _problem(file, line, "TOML", f"{found} ({(words or why)[:1].lower()}{(words or why)[1:]})")


def _problem(file: str, line: int | None, expected: str, found: str) -> DataError:
    return DataError([Problem(file, line, "", expected, found)])
