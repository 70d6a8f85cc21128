"""Which row of a file belongs to which row of the table that follows from the decisions.

Rows are told apart by their columns of text, and may stand in any order. Of several rows with the same text, the n-th
in the file belongs to the n-th that follows.
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.frames import Table
from planner.plan.audit.files import Written

PAIRS = 1_000_000
"""largest number of pairs of unmatched rows for which the most alike are looked for"""


def words(table: Table) -> dict[str, list[str]]:
    """The columns of a table that tell its rows apart."""
    return {name: cells for name, cells in table.items() if isinstance(cells, list)}


def codes(written: Written, table: Table) -> tuple[Index, Index]:
    """A number for each row of a file, and for each row of a table; equal where their text is the same."""
    follows = words(table)
    known: dict[tuple[str, ...], int] = {}
    sides = ([written.words(name) for name in follows], follows.values())
    having, wanting = (
        np.array([known.setdefault(row, len(known)) for row in zip(*side, strict=True)], dtype=np.int64)
        for side in sides
    )
    return having, wanting


def match(having: Index, wanting: Index) -> tuple[Index, Index]:
    """Positions of equal codes: the n-th of each in one with the n-th in the other."""
    wanted: dict[int, list[int]] = {}
    for w, code in reversed(list(enumerate(wanting.tolist()))):
        wanted.setdefault(code, []).append(w)
    pairs = [(h, wanted[code].pop()) for h, code in enumerate(having.tolist()) if wanted.get(code)]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def without(chosen: Index, count: int) -> Index:
    """The rows 0 … count − 1 that are not among those chosen."""
    return np.setdiff1d(np.arange(count, dtype=np.int64), chosen)


def most_alike(alike: Vector, least: float) -> list[tuple[int, int]]:
    """Pairs (i, k) for which `alike`[i, k] is at least `least`, the highest first, with each i and each k only once.

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
