"""Rows from balances: used_t ≤ allowed_t for each period, as arrays.

A running balance is replaced by its state, a variable for each period,

    state_t = state_{t−1} + flow_t

so that a row does not contain the entries of all periods before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.ledgers.balances import Balance
from planner.solver.array_rows import ArrayRows, ArrayVariables
from planner.solver.labels import LabelIndex


class Numbering:
    """The array variables of a model and their numbers, which follow those of the decisions."""

    def __init__(self, decisions: int) -> None:
        self.count = decisions
        self.variables: list[ArrayVariables] = []

    def add(self, path: tuple[str, ...], indices: Sequence[LabelIndex], lower: float, first: bool = False) -> Index:
        """Add the variables of a component; returns their numbers, shape (variables,)."""
        numbers = np.arange(self.count, self.count + len(indices))
        self.variables.append(ArrayVariables(path, indices, lower, first))
        self.count += len(indices)
        return numbers


def state_of(balance: Balance, name: str, numbering: Numbering, first: bool = False) -> tuple[Balance, list[ArrayRows]]:
    """A balance that is not running with the same values, and the rows of its state where it was a running one."""
    if not balance.running:
        return balance, []
    T = balance.T
    numbers = numbering.add(("state", name), range(T), -np.inf, first)
    state, before = each(range(T), numbers, T), each(range(1, T), numbers[:-1], T)
    flow = Balance.total([before, replace(balance, running=False)], T)
    rows = limit_rows(("state", f"{name}__carries"), range(T), state, flow, range(T))
    return state, [replace(rows, row_lower=rows.row_upper)]


def each(periods: Sequence[int], numbers: Index, T: int) -> Balance:
    """A balance of one variable in each of some periods."""
    return Balance(np.array(periods, dtype=np.int64), numbers, np.ones(len(numbers)), np.zeros(T))


def decided(used: Balance, allowed: Balance) -> set[int]:
    """The periods in which some decision enters; all periods where one of the balances is a running one."""
    if used.running or allowed.running:
        return set(range(used.T))
    return set(used.periods.tolist()).union(allowed.periods.tolist())


def limit_rows(
    path: tuple[str, ...], indices: Sequence[LabelIndex], used: Balance, allowed: Balance, periods: Sequence[int]
) -> ArrayRows:
    """used_t ≤ allowed_t for some periods, with the variables on the left and the constants on the right.

    Where no variable enters used_t, the row has a lower bound instead: allowed_t ≥ used_t.
    """
    T, width = used.T, max(int(side.variables.max(initial=0)) for side in (used, allowed)) + 1
    left, right = (side.periods * width + side.variables for side in (used, allowed))
    flat, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    mine, other = place[: len(left)], place[len(left) :]
    values = np.bincount(mine, used.values, len(flat)) - np.bincount(other, allowed.values, len(flat)).astype(float)
    edges = np.searchsorted(flat, np.arange(T + 1) * width)
    chosen = np.asarray(periods, dtype=np.int64)
    counts = edges[chosen + 1] - edges[chosen]
    start = np.append(0, np.cumsum(counts))
    entries = np.repeat(edges[chosen] - start[:-1], counts) + np.arange(start[-1])
    at_least = np.bincount(used.periods, minlength=T)[chosen] == 0
    room = (allowed.constant - used.constant + 0.0)[chosen]  # no negative zero
    return ArrayRows(
        path,
        indices,
        start.astype(np.int32),
        (flat % width)[entries].astype(np.int32),
        np.where(np.repeat(at_least, counts), -values[entries], values[entries]),
        np.where(at_least, 0.0 - room, -np.inf),
        np.where(at_least, np.inf, room),
    )


def row(path: tuple[str, ...], numbers: Index, values: Vector, most: float, first: bool = False) -> ArrayRows:
    """A single row: Σ_k value_k · x_{number_k} ≤ most."""
    start, ends = np.array([0, len(numbers)], dtype=np.int32), np.array([-np.inf, most])
    return ArrayRows(path, [None], start, numbers.astype(np.int32), values, ends[:1], ends[1:], first)
