"""Plain text for the terminal: numbers and tables."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""control characters, except line breaks and tabs, and halves of characters, which no file can hold"""


def number(value: float) -> str:
    """A number with at most four significant digits, or as a whole number from 1,000 on; never with an exponent.

    >>> number(679.2096), number(0.01234), number(0.0), number(1234.5), number(-0.0)
    ('679.2', '0.01234', '0', '1,234', '0')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")


def fine(value: float, decimals: int = 1) -> str:
    """A number with so many decimals, or with more where it takes them to show three significant digits.

    >>> fine(156.48), fine(2.0449), fine(0.01284), fine(1284.0, 2), fine(0.0)
    ('156.5', '2.04', '0.0128', '1,284.00', '0.0')
    """
    places = decimals if value == 0 else min(9, max(decimals, 2 - math.floor(math.log10(abs(float(f"{value:.3g}"))))))
    return f"{value:,.{places}f}"


def usd(value: float, decimals: int = 1) -> str:
    """Money as people say it.

    >>> usd(684.4697), usd(-0.04), usd(-2.0)
    ('USD 684.5 bn', 'USD 0.0 bn', '−USD 2.0 bn')
    """
    rounded = round(value, decimals)
    return f"{'−' * (rounded < 0)}USD {abs(rounded):,.{decimals}f} bn"


def counted(count: int, what: str) -> str:
    """A number of things in words.

    >>> counted(1, "finding"), counted(1200, "limit")
    ('1 finding', '1,200 limits')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def printable(text: str) -> bool:
    r"""Whether a text has no control characters and is Unicode. Line breaks and tabs are allowed.

    >>> printable("Lake\nMariner"), printable("Lake\x1b[31m")
    (True, False)
    """
    return _CONTROL.search(text) is None


def escaped(text: str) -> str:
    r"""A text on one line, with control characters written as escapes.

    >>> print(escaped("red \x1b[31m and two\nlines"))
    red \x1b[31m and two\nlines
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], *, words: Container[int] = (0,)) -> list[str]:
    """The lines of a table, indented by two. Columns in `words` are set left, all others right.

    >>> columns(["", "GW"], [["halls", "1.20"], ["chips", "12.00"]])
    ['            GW', '  halls   1.20', '  chips  12.00']
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if i in words else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines
