"""What a table and its rows are. Each table of a case is a class of rows, declared beside what it belongs to.

A row is frozen and typed; its attributes are the table's columns. `Field` (in `planner.tables.fields`) says what
each means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.fields import Field, unit_of


@dataclass(frozen=True)
class Table:
    """About a table as a whole."""

    name: str
    """stem of its file"""
    title: str
    """what a row is: `one row per …`"""
    key: tuple[str, ...]
    """columns that tell rows apart, in the order in which changes name them"""
    required: bool = False
    """False: a missing file means that there is none"""

    @property
    def file(self) -> str:
        """Name of its file."""
        return f"{self.name}.csv"

    @property
    def dated(self) -> bool:
        """Whether a row holds from its date until the next date of the same key."""
        return "from_date" in self.key


@dataclass(frozen=True)
class TableField:
    """About one column of a table."""

    name: str
    annotation: object
    """type of its values, `| None` where it has no value when blank"""
    column: Field
    optional: bool
    """may be blank, and the column may be left out altogether"""
    default: object
    """what a blank means; None: nothing"""

    @property
    def unit(self) -> str:
        """Unit of its numbers."""
        return self.column.unit or unit_of(self.name)

    @property
    def expected(self) -> str:
        """What a cell must hold, in words."""
        return self.column.expected(self.annotation)

    def read(self, text: str) -> object:
        """The value of a cell's text that is not blank; raises `planner.tables.fields.Unfit`."""
        return self.column.reader(self.annotation)(text)


class Row(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)
    about: ClassVar[Table]
    first: ClassVar[tuple[str, ...]] = ()
    """columns that come directly after the key"""
    last: ClassVar[tuple[str, ...]] = ()
    """columns that come last, but for `source`"""
    _line: int = PrivateAttr(default=0)

    source: Annotated[str | None, Field("where the row's figures come from", refers="sources.key")] = None

    @property
    def line(self) -> int:
        """Line of the table's file on which the row starts; 0 for a row made in Python."""
        return self._line

    def at(self, line: int) -> Self:
        """The same row, said to stand on that line of its file."""
        self._line = line
        return self

    def problem(self, column: str, expected: str, found: str | None = None) -> Problem:
        """Something wrong with a column of this row; by default its value is what was found."""
        return Problem(
            self.about.file, self.line, column, expected, shown(getattr(self, column)) if found is None else found
        )

    def key_values(self) -> tuple[object, ...]:
        """The row's key."""
        return tuple(getattr(self, name) for name in self.about.key)

    @classmethod
    def cells(cls) -> Mapping[str, TableField]:
        """The table's columns, the key's first and `source` last."""
        return _cells(cls)

    def __eq__(self, other: object) -> bool:
        """Rows are equal if their values are, wherever they stand."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.__dict__.values())))


@cache
def _cells(row: type[Row]) -> Mapping[str, TableField]:
    names = [*row.about.key, *row.first]
    names += [name for name in row.model_fields if name not in (*names, *row.last, "source")]
    names += row.last
    found = {}
    for name in [*names, "source"]:
        field = row.model_fields[name]
        (column,) = (item for item in field.metadata if isinstance(item, Field))
        found[name] = TableField(
            name, field.annotation, column, not field.is_required(), None if field.is_required() else field.default
        )
    return found


R = TypeVar("R", bound=Row)


class Tables(Protocol):
    """Rows that were read, as the checks of a table see them."""

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """Rows of a table that are valid by themselves."""

    def complete(self, *rows: type[Row]) -> bool:
        """Whether every row of these tables is among `rows`; only then does something missing count."""
