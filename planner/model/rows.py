"""Rows from balances: used_t ≤ allowed_t, period by period, as arrays.

A running balance becomes a balance of each period by itself: its state, a variable that goes from period to period,

    state_t = state_{t−1} + flow_t

so that a row does not hold all periods before its own.
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
    """Array variables as they are added, each with its number: the decisions have the first."""

    def __init__(self, decisions: int) -> None:
        self.count = decisions
        self.variables: list[ArrayVariables] = []

    def add(self, path: tuple[str, ...], indices: Sequence[LabelIndex], lower: float, first: bool = False) -> Index:
        """Add the variables of a component; returns their numbers."""
        numbers = np.arange(self.count, self.count + len(indices))
        self.variables.append(ArrayVariables(path, indices, lower, first))
        self.count += len(indices)
        return numbers


def state_of(balance: Balance, name: str, numbering: Numbering, first: bool = False) -> tuple[Balance, list[ArrayRows]]:
    """A balance of each period by itself, and the rows that carry its state where it is a running one."""
    if not balance.running:
        return balance, []
    T = balance.T
    numbers = numbering.add(("state", name), range(T), -np.inf, first)
    state, before = each(range(T), numbers, T), each(range(1, T), numbers[:-1], T)
    flow = Balance.total([before, replace(balance, running=False)], T)
    rows = limit_rows(("state", f"{name}_carries"), range(T), state, flow, range(T))
    return state, [replace(rows, row_lower=rows.row_upper)]


def each(periods: Sequence[int], numbers: Index, T: int) -> Balance:
    """One variable in each of some periods."""
    return Balance(np.array(periods, dtype=np.int64), numbers, np.ones(len(numbers)), np.zeros(T))


def decided(used: Balance, allowed: Balance) -> set[int]:
    """The periods in which some decision enters; all of them where one is the sum of all periods so far."""
    if used.running or allowed.running:
        return set(range(used.T))
    return set(used.periods.tolist()).union(allowed.periods.tolist())


def limit_rows(
    path: tuple[str, ...], indices: Sequence[LabelIndex], used: Balance, allowed: Balance, periods: Sequence[int]
) -> ArrayRows:
    """used_t ≤ allowed_t for some periods, the variables on the left and the constants on the right.

    Where no variable enters what is used, the row says how much is allowed at least: allowed_t ≥ used_t.
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
    """One row by itself: Σ_k value_k · x_{number_k} ≤ most."""
    start, ends = np.array([0, len(numbers)], dtype=np.int32), np.array([-np.inf, most])
    return ArrayRows(path, [None], start, numbers.astype(np.int32), values, ends[:1], ends[1:], first)
