"""Tables as columns of words and numbers, and as data frames, which are only made when they are read."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from planner.basics.arrays import Vector

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = Mapping[str, "list[str] | Vector"]
"""columns of equal length by name: texts, empty where blank, or numbers, NaN where blank"""
Part: TypeAlias = Mapping[str, "Sequence[str] | Vector"]
"""some columns of a table"""


def height(table: Table) -> int:
    """Number of rows."""
    return len(next(iter(table.values())))


def stacked(names: Sequence[str], numbers: Sequence[str], *parts: Part) -> Table:
    """The rows of several parts one after another, with the columns `names`. Every part has the columns `numbers`.

    >>> stacked(["a", "b", "gw"], ["gw"], {"a": ["x"], "gw": np.ones(1)}, {"b": ["y"], "gw": np.zeros(1)})
    {'a': ['x', ''], 'b': ['', 'y'], 'gw': array([1., 0.])}
    """
    return {
        name: np.concatenate([np.empty(0), *(np.asarray(part[name], dtype=float) for part in parts)])
        if name in numbers
        else [str(word) for part in parts for word in part.get(name, [""] * len(part[numbers[0]]))]
        for name in names
    }


def transposed(names: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str | float]]) -> Table:
    """The columns of rows: those in `numbers` as vectors, the others as texts.

    >>> transposed(["a", "gw"], ["gw"], [("x", 1.0)])
    {'a': ['x'], 'gw': array([1.])}
    """
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {
        name: np.array(column, dtype=float) if name in numbers else [str(word) for word in column]
        for name, column in zip(names, columns, strict=True)
    }


class LazyFrames(Mapping[str, "pd.DataFrame"]):
    """Data frames by name. Each is made by a function when it is first read, and kept."""

    def __init__(self, make: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self._make = dict(make)
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._make[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make)

    def __len__(self) -> int:
        return len(self._make)


class Frames(LazyFrames):
    """Data frames of tables, by name."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__({name: partial(frame, table) for name, table in tables.items()})
        self._tables = dict(tables)

    def untouched(self, name: str) -> Table | None:
        """The columns of a table; None once its frame was read, because the frame may have been altered."""
        return None if name in self._made else self._tables[name]


def frame(table: Table) -> pd.DataFrame:
    """A table as a data frame."""
    import pandas as pd

    return pd.DataFrame(
        {column: pd.Series(cells, dtype="str" if isinstance(cells, list) else float) for column, cells in table.items()}
    )


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows, with columns as attributes."""
    yield from frame.itertuples(index=False)


def rows(table: Table) -> Iterator[Any]:
    """The rows, with columns as attributes.

    >>> [row.gw for row in rows({"a": ["x", "y"], "gw": np.array([1.0, 2.0])})]
    [1.0, 2.0]
    """
    row = namedtuple("row", table, rename=True)  # type: ignore[misc]
    columns = (cells if isinstance(cells, list) else cells.tolist() for cells in table.values())
    return map(row._make, zip(*columns, strict=True))


def summed(frame: pd.DataFrame, by: Sequence[str], value: str = "value") -> pd.DataFrame:
    """The sum of one column by others, in the order of their first appearance."""
    return frame.groupby(list(by), sort=False)[value].sum().reset_index()
