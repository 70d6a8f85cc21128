"""Values, differences and spans of a comparison in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isnan
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.text import number
from planner.reports.compared_figures import SAME

if TYPE_CHECKING:
    import pandas as pd


def are_same(one: Any, two: Any) -> bool:
    """Whether two values are the same, numbers to within SAME."""
    if is_missing(one) or is_missing(two):
        return is_missing(one) and is_missing(two)
    if isinstance(one, float | int) and isinstance(two, float | int):
        return bool(abs(one - two) <= SAME * max(1.0, abs(one), abs(two)))
    return bool(one == two)


def is_missing(value: Any) -> bool:
    """Whether there is no value."""
    return value is None or (isinstance(value, float) and isnan(value))


def numbered(name: str, *values: Any) -> list[str]:
    """A name, then values, of which the last is a difference."""
    *sides, difference = values
    return [name, *(cell_text(side) for side in sides), with_sign(difference)]


def with_sign(value: float) -> str:
    """A difference with its sign.

    >>> with_sign(0.1224), with_sign(-2.0), with_sign(1e-12)
    ('+0.1224', '-2', '0')
    """
    settled = 0.0 if abs(value) < SAME else value
    return f"{'+' * (settled > 0)}{number(settled)}"


def cell_text(value: Any, before: str = "") -> str:
    """A number, a date, or nothing where there is none."""
    if is_missing(value):
        return ""
    return before + (value if isinstance(value, str) else number(0.0 if abs(value) < SAME else value))


def shown(table: pd.DataFrame, display: Display) -> pd.DataFrame:
    """A table of `first`, `second`, `difference` and `unit` with its amounts in the units that are printed."""
    if display == AS_IT_IS:
        return table
    found = table.copy()
    for name in ("first", "second", "difference"):
        found[name] = [
            value if isinstance(value, str) or is_missing(value) else display.of(float(value), str(unit))
            for value, unit in zip(table[name], table["unit"], strict=True)
        ]
        found[name] = found[name].astype(table[name].dtype)
    found["unit"] = [unit if is_missing(unit) else display.words(str(unit)) for unit in table["unit"]]
    return found


def or_zero(value: Any) -> float:
    """A number; 0 where there is none."""
    return 0.0 if is_missing(value) else float(value)


def binding_text(first: float, second: float) -> str:
    """For how long a limit binds in each plan, in words.

    >>> binding_text(0.0, 1.5), binding_text(2.0, 0.0), binding_text(1.0, 2.0), binding_text(0.0, 0.0)
    ('binds now, for 1.5 years', 'no longer binds', 'binds in both, 1 and 2 years', '')
    """
    if first and second:
        return f"binds in both, {number(first)} and {in_years(second)}"
    if second:
        return f"binds now, for {in_years(second)}"
    return "no longer binds" if first else ""


def in_years(count: float) -> str:
    """A number of years in words."""
    return f"{number(count)} year{'s' * (count != 1)}"


def and_more(items: Iterable[object]) -> Iterator[str]:
    """A line that says how many items are not shown; none where there are none."""
    count = len(list(items))
    if count:
        yield f"  and {count} more, in the table that --csv writes"
