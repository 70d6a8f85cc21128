"""Programs put together from groups of variables and groups of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from planner.basics.arrays import Vector
from planner.solver import Program

Numbers = npt.NDArray[np.int64]
"""Numbers of variables, in the shape of their group."""


class ProgramBuilder:
    """A program that grows by groups."""

    def __init__(self) -> None:
        self._variables: list[tuple[Vector, Vector, Vector, npt.NDArray[np.bool_]]] = []
        self._n = 0
        self._rows: list[tuple[Vector, Vector]] = []
        self._m = 0
        self._entries: list[tuple[Numbers, Numbers, Vector]] = []

    def variables(
        self, shape: int | tuple[int, ...], cost: Any = 0.0, lower: Any = 0.0, upper: Any = np.inf, whole: bool = False
    ) -> Numbers:
        """New variables; cost and bounds are numbers or arrays that fit the shape. Returns their numbers."""
        size = int(np.prod(shape))
        given = [np.broadcast_to(np.asarray(each, dtype=float), shape).ravel() for each in (cost, lower, upper)]
        self._variables.append((given[0], given[1], given[2], np.full(size, whole)))
        self._n += size
        return np.arange(self._n - size, self._n).reshape(shape)

    def binaries(self, shape: int | tuple[int, ...], cost: Any = 0.0) -> Numbers:
        """New variables that are 0 or 1."""
        return self.variables(shape, cost, 0.0, 1.0, whole=True)

    def rows(self, lower: Any, upper: Any, *terms: tuple[Numbers, Any]) -> None:
        """New rows lower ≤ Σ coefficient · variable ≤ upper.

        Each term has the variables of each row, shape (rows,) or (rows, entries), and their coefficients, a number or
        an array that fits that shape.
        """
        count = len(terms[0][0])
        numbers = np.arange(self._m, self._m + count)
        self._m += count
        ends = [np.broadcast_to(np.asarray(each, dtype=float), (count,)) for each in (lower, upper)]
        self._rows.append((ends[0], ends[1]))
        for variables, coefficients in terms:
            several = variables.reshape(count, -1)
            values = np.broadcast_to(np.asarray(coefficients, dtype=float), variables.shape).reshape(count, -1)
            self._entries.append((np.repeat(numbers, several.shape[1]), several.ravel(), values.ravel()))

    def row(self, lower: float, upper: float, *terms: tuple[Numbers, Any]) -> None:
        """A single row; the terms have the shape (entries,)."""
        self.rows(
            lower,
            upper,
            *((v.reshape(1, -1), np.broadcast_to(np.asarray(a, float), v.shape).reshape(1, -1)) for v, a in terms),
        )

    def program(self) -> Program:
        """All of it."""
        cost, lower, upper, whole = (np.concatenate(each) for each in zip(*self._variables, strict=True))
        row, variable, value = (np.concatenate(each) for each in zip(*self._entries, strict=True))
        matrix = sparse.csc_array(sparse.coo_array((value, (row, variable)), shape=(self._m, self._n)))
        matrix.sort_indices()
        matrix.eliminate_zeros()
        row_lower, row_upper = (np.concatenate(each) for each in zip(*self._rows, strict=True))
        return Program(
            cost=cost,
            constant=0.0,
            lower=lower,
            upper=upper,
            integer=whole,
            row_lower=row_lower,
            row_upper=row_upper,
            start=matrix.indptr.astype(np.int32),
            index=matrix.indices.astype(np.int32),
            value=matrix.data.astype(np.float64),
        )
