"""Tables and their rows. Each table of a case is a class of rows, declared where its subject is.

A row is frozen and typed, and its attributes are the columns of the table. A `Field` (`planner.tables.fields`) gives
the meaning of each column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, ClassVar, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.fields import Field, unit_of
from planner.tables.implied import FromColumns, FromNames


class Strikes(StrEnum):
    """Which rows of a table are a term of the contract that they name, which could be struck."""

    EACH = "each"
    """each row, where there are several: the contract goes on with the others"""
    TOGETHER = "together"
    """all rows of a contract together"""


@dataclass(frozen=True)
class ChipsOf:
    """Where the chips stand that a price is for: in the rows of another table."""

    table: str
    by: str
    """column that both tables have"""
    only: str
    """number in the other table that is 1 where the price is that of the row"""


@dataclass(frozen=True)
class Table:
    """A table as a whole."""

    name: str
    """name of its file without `.csv`"""
    title: str
    """what a row stands for: `one row per …`"""
    key: tuple[str, ...]
    """columns that tell rows apart, in the order in which a change names them"""
    required: bool = False
    """False: the file may be missing, and then there are no rows but those that are implied"""
    implied: FromNames | None = None
    """its rows where its file is missing; None: there are none"""
    says: tuple[FromColumns, ...] = ()
    """rows of other tables that may stand in columns of this one"""
    implies: tuple[str, ...] = ()
    """tables that are implied where this one is there and they are missing (`FromNames.asked`)"""
    needs: tuple[str, ...] = ()
    """tables that are not implied where this one is there"""
    opening: bool = False
    """whether nobody misses it where it is not there: it says what was before the start, what is not known yet or what
    may be broken"""

    remembers: bool = False
    """of a dated table: rows that no longer hold still matter for what was signed then, so that a later case keeps
    them; and the first date of a key may be any day, as its columns say what holds before"""

    chips_of: ChipsOf | None = None
    """where the chips of a row stand for which its prices may be written; None: in its column `chip`"""
    strikes: Strikes | None = None
    """which of its rows are a term by themselves; None: a contract cannot do without them"""

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
    """One column of a table."""

    name: str
    annotation: object
    """type of its values, `| None` where a blank has no value"""
    about: Field
    """its meaning and bounds"""
    optional: bool
    """whether cells may be blank and the column may be left out"""
    default: object
    """value of a blank cell; None: it has none"""

    @property
    def unit(self) -> str:
        """Unit of its numbers."""
        return self.about.unit or unit_of(self.name)

    @property
    def expected(self) -> str:
        """What a cell must hold, in words."""
        return self.about.expected(self.annotation)

    def read(self, text: str) -> object:
        """The value of a cell that is not blank. Raises `planner.tables.fields.InvalidValue`."""
        return self.about.reader(self.annotation)(text)


class Row(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)
    about: ClassVar[Table]
    first: ClassVar[tuple[str, ...]] = ()
    """columns that are listed directly after the key"""
    last: ClassVar[tuple[str, ...]] = ()
    """columns that are listed last, before `source`"""
    _line: int = PrivateAttr(default=0)

    source: Annotated[str | None, Field("where the row's figures come from", refers="sources.key")] = None

    @property
    def line(self) -> int:
        """Line of the file on which the row starts; 0 for a row made in Python."""
        return self._line

    def at(self, line: int) -> Self:
        """Set the line of the file on which the row starts, and return the row."""
        self._line = line
        return self

    @classmethod
    def with_values(cls, values: dict[str, object], given: set[str], line: int) -> Self:
        """A row of values that have been read by the fields of the table, one for each column.

        `given` holds the columns that are not blank by leaving them out.
        """
        made = cls.__new__(cls)
        put = object.__setattr__
        put(made, "__dict__", values)
        put(made, "__pydantic_fields_set__", given)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", {"_line": line})
        return made

    def problem(self, column: str, expected: str, found: str | None = None) -> Problem:
        """A problem with a column of this row. `found` is the value of the column unless it is given."""
        return Problem(
            self.about.file, self.line, column, expected, shown(getattr(self, column)) if found is None else found
        )

    def key_values(self) -> tuple[object, ...]:
        """The values of the row's key."""
        return tuple(getattr(self, name) for name in self.about.key)

    @classmethod
    def fields(cls) -> Mapping[str, TableField]:
        """The columns of the table by name: the key first, `source` last."""
        return _fields(cls)

    def __eq__(self, other: object) -> bool:
        """Rows are equal if their values are equal, on whatever line they stand."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.__dict__.values())))


@cache
def _fields(row: type[Row]) -> Mapping[str, TableField]:
    names = [*row.about.key, *row.first]
    names += [name for name in row.model_fields if name not in (*names, *row.last, "source")]
    names += row.last
    found = {}
    for name in [*names, "source"]:
        declared = row.model_fields[name]
        (about,) = (item for item in declared.metadata if isinstance(item, Field))
        required = declared.is_required()
        found[name] = TableField(name, declared.annotation, about, not required, None if required else declared.default)
    return found


R = TypeVar("R", bound=Row)


class Tables(Protocol):
    """The rows of all tables, as the check of a table sees them."""

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """The valid rows of a table."""

    def complete(self, *rows: type[Row]) -> bool:
        """Whether every row of these tables is valid. If not, a check cannot know that something is missing."""
