"""Which row of a file stands for which row of the table that follows.

Rows are told apart by their columns of text, in any order; the n-th of several that read the same stands for the n-th.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.arrays import Index, Vector
from planner.audit.files import Written

if TYPE_CHECKING:
    import pandas as pd

PAIRS = 1_000_000
"""largest number of pairs of rows without a counterpart among which the most alike are looked for"""


def text_columns(table: pd.DataFrame) -> list[str]:
    """The columns of a table that tell its rows apart."""
    from pandas.api.types import is_numeric_dtype

    return [name for name in table.columns if not is_numeric_dtype(table[name])]


def words(table: pd.DataFrame) -> pd.DataFrame:
    """A table's columns of text, as they are read from a file."""
    import pandas as pd

    return pd.DataFrame({name: table[name].fillna("").astype(object) for name in text_columns(table)})


def codes(written: Written, table: pd.DataFrame) -> tuple[Index, Index]:
    """For the rows of a file and for those of a table a number each, equal where they read the same."""
    import pandas as pd

    follows = words(table)
    both = pd.concat([written.text[list(follows)], follows], ignore_index=True)
    found: Index = np.array(both.groupby(list(follows), sort=False).ngroup(), dtype=np.int64)
    count = len(written.rows)
    return found[:count], found[count:]


def match(having: Index, wanting: Index) -> tuple[Index, Index]:
    """Positions of equal codes, the n-th of each with the n-th."""
    import pandas as pd

    sides = []
    for name, side in (("have", having), ("want", wanting)):
        frame = pd.DataFrame({"code": side, name: np.arange(len(side))})
        sides.append(frame.assign(nth=frame.groupby("code").cumcount()))
    both = sides[0].merge(sides[1], on=["code", "nth"])
    return np.array(both["have"], dtype=np.int64), np.array(both["want"], dtype=np.int64)


def without(chosen: Index, count: int) -> Index:
    """The rows 0 … count − 1 that are not among those chosen."""
    return np.setdiff1d(np.arange(count, dtype=np.int64), chosen)


def most_alike(alike: Vector, least: float) -> list[tuple[int, int]]:
    """Pairs (i, k), each i and k once, the highest first, where `alike`[i, k] is at least `least`.

    >>> most_alike(np.array([[0.9, 0.8], [1.0, 0.2]]), 0.5)
    [(1, 0), (0, 1)]
    """
    left = alike.copy()
    found: list[tuple[int, int]] = []
    while left.size and left.max() >= least:
        i, k = divmod(int(left.argmax()), left.shape[1])
        found.append((i, k))
        left[i, :] = -np.inf
        left[:, k] = -np.inf
    return found
