"""Plain text for the terminal: numbers and columns."""

from __future__ import annotations

from collections.abc import Container, Sequence


def number(value: float) -> str:
    """A number in at most four significant digits, without an exponent.

    >>> number(679.2096), number(0.01234), number(0.0), number(1234.5), number(-0.0)
    ('679.2', '0.01234', '0', '1,234', '0')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], *, words: Container[int] = (0,)) -> list[str]:
    """Lines of a table, indented by two: columns of `words` to the left, the others to the right.

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
