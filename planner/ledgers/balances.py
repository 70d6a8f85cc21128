"""A balance: posts added up by period, as an affine function of the variables.

    balance_t = constant_t + Σ_j coefficient_tj · x_j

The model makes an expression of it, the audit a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.basics.arrays import Index, Vector


@dataclass(frozen=True)
class Balance:
    """An affine function of the variables for each period: constant_t + Σ value_i · x_i over the entries i of period t.

    `periods`, `variables` and `values` have the shape (entries,), `constant` has the shape (T,).
    """

    periods: Index
    variables: Index
    values: Vector
    constant: Vector
    running: bool = False
    """whether the balance of a period is the sum of the entries and constants of all periods up to it"""

    @property
    def T(self) -> int:
        """Number of periods."""
        return len(self.constant)

    @staticmethod
    def of(constant: Vector) -> Balance:
        """A balance that does not depend on any variable."""
        none = np.empty(0, dtype=np.int64)
        return Balance(none, none, np.empty(0), np.asarray(constant, dtype=float))

    @staticmethod
    def total(balances: Iterable[Balance], T: int) -> Balance:
        """The sum of some balances over T periods. Raises ValueError where one is running."""
        parts = [Balance.of(np.zeros(T)), *balances]
        if any(part.running for part in parts):
            raise ValueError("a running balance is not added to another")
        return Balance(
            np.concatenate([part.periods for part in parts]),
            np.concatenate([part.variables for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.sum([part.constant for part in parts], axis=0),
        )

    def times(self, factor: Vector) -> Balance:
        """The balance of each period times the factor of that period. Raises ValueError where it is running."""
        if self.running:
            raise ValueError("a running balance is not scaled")
        return Balance(self.periods, self.variables, self.values * factor[self.periods], self.constant * factor)

    def minus(self, other: Balance) -> Balance:
        """The balance minus another."""
        return Balance.total([self, other.times(np.full(self.T, -1.0))], self.T)

    def so_far(self) -> Balance:
        """The running balance: the sum over all periods up to each."""
        return Balance(self.periods, self.variables, self.values, self.constant, running=True)

    def evaluate(self, x: Vector) -> Vector:
        """Its value in each period at the variables' values x; shape (T,)."""
        entries = np.bincount(self.periods, weights=self.values * x[self.variables], minlength=self.T)
        flows = self.constant + entries
        return np.cumsum(flows) if self.running else flows

    def possible(self) -> list[int]:
        """Periods in which it can differ from zero."""
        entries = np.bincount(self.periods, minlength=self.T) > 0
        return np.flatnonzero(entries | (self.constant != 0.0)).tolist()

    def by_period(self) -> list[tuple[Index, Vector]]:
        """For each period the variables, each once and in ascending order, and their coefficients."""
        width = int(self.variables.max(initial=-1)) + 1
        flat = self.periods * max(width, 1) + self.variables
        unique, inverse = np.unique(flat, return_inverse=True)
        values = np.bincount(inverse, weights=self.values, minlength=len(unique)).astype(float)
        edges = np.searchsorted(unique, np.arange(self.T + 1) * max(width, 1))
        return [(unique[a:b] - t * max(width, 1), values[a:b]) for t, (a, b) in enumerate(pairwise(edges))]
