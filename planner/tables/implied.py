"""What a case says without saying it: rows of tables that other tables imply. `planner.case.implied` makes them.

There are two ways:

    FromNames      the file of a table is missing; its rows are names that other tables have
    FromColumns    a row of one table says in columns of its own what would be rows of another one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FromNames:
    """A table whose file may be missing: it has a row for each name in columns of other tables."""

    of: tuple[str, ...]
    """columns with the names, each `table.column`"""
    says: str
    """what that means, in words"""
    cells: Mapping[str, str] = field(default_factory=dict[str, str])
    """the other cells of each row"""
    asked: bool = False
    """whether only tables that say so (`Table.implies`) imply it"""


@dataclass(frozen=True)
class FromColumns:
    """Rows of another table that stand in columns of this one: a row that fills one of them stands for rows there.

    A column with a unit has the same name in both tables.
    """

    table: str
    """the other table"""
    key: str
    """column of both tables that says whose rows these are; each name has its rows in one of the two places"""
    columns: Mapping[str, str]
    """by column of the other table, the column of this one"""
    says: str
    """what that means, in words"""
    cells: Mapping[str, str] = field(default_factory=dict[str, str])
    """the other cells of each row, and what a blank means"""
    numbered: tuple[str, str] | None = None
    """a column there that counts 1, 2, …, one row for each year or part of one, and the column here with the years"""
    each: tuple[str, str] | None = None
    """a column there with a row for each name of a table, and where these stand, `table.column`"""
    alone: Mapping[str, str] | None = None
    """where the other file is missing: the cells for the only row here, if it leaves the columns blank; of several rows
    all fill them or none. None: a blank stands for no rows"""
