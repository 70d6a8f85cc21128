"""Decision variables in groups. The variables of a group share a name and differ in their keys.

What a decision does is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from planner.basics.arrays import Index, Vector
from planner.basics.calendar import Calendar
from planner.ledgers.decision_times import Decided

Key = tuple[str | int, ...]
QUOTE = '"'
_PART = re.compile(r'(?:^|,)(?:(")((?:[^"]|"")*)"(?=,|$)|([^,]*))')
"""a part of a key within a decision's name: in quotes, or without a comma"""


class Domain(StrEnum):
    """The values that a variable may take."""

    BINARY = "binary"
    INTEGER = "integer"
    NONNEGATIVE = "nonnegative"


class PlanFile(StrEnum):
    """The file of a plan in which a variable's value stands."""

    DECISIONS = "decisions"
    CAPACITY = "capacity"
    SERVICE = "service"


UNITS = {PlanFile.CAPACITY: ("GW",), PlanFile.SERVICE: ("GW", "reference GW")}
"""the units that a file's one column of values can hold; a file that is not here has a column that says the unit"""


@dataclass(frozen=True)
class VariableGroup:
    """Variables that share a name. They are one indexed variable of the model, with the keys as its index."""

    block: str
    name: str
    dims: tuple[str, ...]
    """meaning of each position of a key; one called `period` or ending in `_period` holds the number of a period"""
    keys: tuple[Key, ...]
    unit: str
    domain: Domain
    lower: Vector
    upper: Vector
    """bounds in the order of the keys; infinite where there is none"""
    first: int
    """number of the variable of the first key"""
    file: PlanFile
    calendar: Calendar
    decided: Decided
    """when its variables are decided"""

    @cached_property
    def numbers(self) -> dict[Key, int]:
        """Number of the variable of each key."""
        return {key: self.first + i for i, key in enumerate(self.keys)}

    def __getitem__(self, key: Key) -> int:
        return self.numbers[key]

    @cached_property
    def names(self) -> list[str]:
        """The names of the variables in the files of a plan, in the order of the keys. Periods are written as dates.

        `decisions.csv`, `capacity.csv`, `service.csv` and `ledger.csv` share these names.
        """
        dated = [dim.endswith("period") for dim in self.dims]
        return [decision_name(self.block, self.name, self._parts(key, dated)) for key in self.keys]

    def key_words(self, i: int) -> dict[str, str]:
        """What each position of the i-th key says, by its name in `dims`; periods are written as dates."""
        start_of = self.calendar.start_of
        return {
            dim: start_of(int(part)).isoformat() if dim.endswith("period") else str(part)
            for dim, part in zip(self.dims, self.keys[i], strict=True)
        }

    def _parts(self, key: Key, dated: Sequence[bool]) -> Iterator[str]:
        start_of = self.calendar.start_of
        return (start_of(int(part)).isoformat() if a else str(part) for a, part in zip(dated, key, strict=True))


def decision_name(block: str, name: str, parts: Iterable[str]) -> str:
    """The name of a decision in the files of a plan; `parts` are those of its key.

    >>> decision_name("chip_lease", "tranche", ["spv", "Notes, senior"])
    'chip_lease.tranche[spv,"Notes, senior"]'
    """
    return f"{block}.{name}[{','.join([_quoted(part) if ',' in part or QUOTE in part else part for part in parts])}]"


def parts_of(name: str) -> tuple[str, str, tuple[str, ...]]:
    """Block, name and the parts of the key of a decision's name.

    >>> parts_of('chip_lease.tranche[spv,"Notes, senior"]')
    ('chip_lease', 'tranche', ('spv', 'Notes, senior'))
    """
    block, _, rest = name.partition(".")
    group, _, key = rest.partition("[")
    found = [part.replace(QUOTE * 2, QUOTE) if quoted else plain for quoted, part, plain in _PART.findall(key[:-1])]
    return block, group, tuple(found)


def _quoted(part: str) -> str:
    return QUOTE + part.replace(QUOTE, QUOTE * 2) + QUOTE


def grouped(keys: Iterable[Key]) -> dict[tuple[str, ...], list[int]]:
    """Keys without their last position, each with the periods that stood there."""
    periods: dict[tuple[str, ...], list[int]] = {}
    for *rest, t in keys:
        periods.setdefault(tuple(str(part) for part in rest), []).append(int(t))
    return periods


@dataclass(frozen=True)
class Maximum:
    """A variable that equals the largest of 0 and some affine functions of other variables.

    The model only demands that it is at least each of them. That suffices because more of it never lowers the cost. In
    the solution it is then set to the largest value exactly.
    """

    variable: int
    forms: tuple[tuple[Index, Vector, float], ...]
    """(variables, coefficients, constant) of each function"""

    def value(self, x: Vector) -> float:
        """The largest of them at the variables' values x."""
        return max(0.0, *(constant + float(values @ x[variables]) for variables, values, constant in self.forms))
