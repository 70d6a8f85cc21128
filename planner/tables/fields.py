"""Fields: the meaning, unit, bounds and references of a column, in one place.

Each attribute of a row is annotated with a `Field`, which parsing, messages and the data dictionary all read:

    capacity_mw: Annotated[float, Field("IT power of the phase", above=0)]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from planner.basics.text import printable
from planner.basics.words import LAB, reserved
from planner.tables import cells

ALTERNATIVES = "|"
"""separates the columns that a name may refer to"""
OFFERS = "offers"
"""The target of a column that names an offer of any table of offers."""
DELIVERED = "delivered offers"
"""The target of a column that names an offer whose chips arrive in deliveries."""
ENDED_EARLY = "offers that may be ended early"
"""The target of a column that names an offer which may be ended before its term is over."""

_UNITS = (
    ("_usd_bn_per_gw_year", "USD bn per GW and year"),
    ("_usd_bn_per_gw", "USD bn per GW"),
    ("_usd_bn_per_year", "USD bn per year"),
    ("_usd_bn_per_month", "USD bn per month"),
    ("_usd_bn", "USD bn"),
    ("_usd_per_kw_month", "USD per kW and month"),
    ("_usd_per_mwh", "USD per MWh"),
    ("_gw", "GW"),
    ("_mw", "MW"),
    ("_share", "share"),
    ("_rate", "per year"),
    ("_years", "years"),
    ("_months", "months"),
    ("_ms", "ms"),
    ("_s", "s"),
)


def unit_of(column: str) -> str:
    """The unit at the end of a column's name; empty where there is none.

    >>> unit_of("rent_usd_per_kw_month"), unit_of("gw"), unit_of("months"), unit_of("shortfall")
    ('USD per kW and month', 'GW', 'months', '')
    """
    name = "_" + column
    return next((unit for ending, unit in _UNITS if name.endswith(ending)), "")


def value_type(annotation: object) -> object:
    """The type of a column's values without None: `float` for `float | None`."""
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
    return annotation


@dataclass(frozen=True)
class Field:
    """The meaning of a column and the values it takes. It stands in `Annotated` after the type."""

    meaning: str
    least: float | None = None
    """smallest value allowed"""
    above: float | None = None
    """value that must be exceeded"""
    most: float | None = None
    """largest value allowed"""
    identifier: bool = False
    """text made of lower-case words and underscores, as names that refer to others always are"""
    refers: str = ""
    """the `table.column` whose names it takes, `OFFERS`, `DELIVERED` or `ENDED_EARLY`"""
    foreseen: bool = False
    """of a column that refers: whether a name that nobody has yet is allowed, unless it looks like one mistyped"""
    unit: str = ""
    """the unit, where the column's name does not end in it"""
    name: bool = False
    """text in the user's own words that names somebody or something, so that it may be no word of the planner's"""
    whole_months: bool = False
    """whether years must make a whole number of months"""
    among: tuple[int, ...] = ()
    """the only numbers allowed"""
    per_chip: bool = False
    """whether it is a price that may be written for a chip (`planner.tables.spellings`)"""
    usual: tuple[float, float] | None = None
    """smallest and largest usual number besides 0, where they are not those of the unit; others look like slips"""
    usual_per_gw: float | None = None
    """the largest usual number for each GW of the case's largest demand, where it is not that of the unit"""
    without: str | None = None
    """what the column holds where the contract lacks the term that it states, "" for a blank; None: it states no term
    that could be struck"""

    def expected(self, annotation: object) -> str:
        """What a cell of this column must hold, in words, where its values have that type."""
        kind = value_type(annotation)
        if kind is bool:
            return "true or false"
        if kind is date:
            return "a date such as 2027-01-31"
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return f"one of {', '.join(kind)}"
        if get_origin(kind) is frozenset:
            (item,) = get_args(kind)
            some = "names of lower-case words joined by underscores" if item is str else f"some of {', '.join(item)}"
            return f"{some}, joined by |"
        if kind is str:
            if self.identifier or self.refers:
                return "a name of lower-case words joined by underscores"
            return f"a name, but not {LAB}, * or a text in brackets" if self.name else "text"
        if self.among:
            return f"one of {', '.join(map(str, self.among))}"
        noun = "a whole number" if kind is int else "a number"
        months = " that make whole months" if self.whole_months else ""
        return f"{noun}{self._bounds()}{months}"

    def _bounds(self) -> str:
        least, above, most = (cells.text_of(bound) for bound in (self.least, self.above, self.most))
        if above:
            return f" above {above} and at most {most}" if most else f" above {above}"
        if least:
            return f" from {least} to {most}" if most else f" of at least {least}"
        return f" of at most {most}" if most else ""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = self.reader(source)

        def parse(value: object) -> object:
            try:
                return None if value is None else read(value)
            except InvalidValue as invalid:
                raise PydanticCustomError("cell", "expected {expected}", {"expected": invalid.expected}) from None

        return core_schema.no_info_before_validator_function(parse, handler(source))

    def reader(self, annotation: object) -> Callable[[object], object]:
        """A function that turns the text of a cell, or a value in Python, into that type. It raises `InvalidValue`."""
        read = self._reader(value_type(annotation))

        def checked(value: object) -> object:
            try:
                return read(value)
            except (ValueError, TypeError, OverflowError):
                expected = self.expected(annotation)
            except _OutOfRange as beyond:
                expected = f"{self.expected(annotation)}, {beyond}"
            raise InvalidValue(expected)

        return checked

    def _reader(self, kind: object) -> Callable[[object], object]:
        if kind is bool:
            return _boolean
        if kind is date:
            return _day
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            choice = kind
            return lambda value: choice(_text(value))
        if get_origin(kind) is frozenset:
            (item,) = get_args(kind)
            return lambda value: _several(value, item)
        if kind is str:
            return _identifier if self.identifier or self.refers else _name if self.name else _words
        if kind is int:
            return lambda value: self._within(_whole(value))
        return lambda value: self._within(_number(value))

    def _within(self, value: float) -> float:
        low = self.least is not None and value < self.least
        if low or (self.above is not None and value <= self.above) or (self.most is not None and value > self.most):
            raise ValueError(value)
        if self.among and value not in self.among:
            raise ValueError(value)
        if self.whole_months and abs(value * 12 - round(value * 12)) > 1e-4:
            raise ValueError(value)
        if abs(value) > cells.LARGEST:
            raise _OutOfRange(f"not beyond {cells.LARGEST:g}")
        return value


class InvalidValue(Exception):
    """A value that a column does not take; `expected` says what the column takes."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


class _OutOfRange(Exception):
    """A value of the right kind outside what any case can hold, such as a number above 1e9 or a date in 1900."""


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return cells.boolean(_text(value))


def _day(value: object) -> date:
    found = value if isinstance(value, date) and not isinstance(value, datetime) else cells.day(_text(value))
    if not cells.FIRST_DAY <= found <= cells.LAST_DAY:
        raise _OutOfRange(f"from {cells.FIRST_DAY} to {cells.LAST_DAY}")
    return found


def _number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError(value)
        return float(value)
    return cells.number(_text(value))


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return cells.whole(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _words(value: object) -> str:
    text = _text(value)
    if not printable(text):
        raise _OutOfRange("without control characters")
    return text


def _name(value: object) -> str:
    text = _words(value)
    if reserved(text):
        raise ValueError(text)
    return text


def _identifier(value: object) -> str:
    return cells.identifier(_text(value))


def _several(value: object, item: type[StrEnum] | type[str]) -> frozenset[str]:
    parts = [part.strip() for part in value.split("|")] if isinstance(value, str) else list(_set(value))
    read = cells.identifier if item is str else item
    found = frozenset(read(_text(part)) for part in parts)
    if len(found) != len(parts) or not parts:
        raise ValueError(value)
    return found


def _set(value: object) -> frozenset[object] | set[object]:
    if not isinstance(value, (set, frozenset)):
        raise TypeError(value)
    return value
