"""Several programs as one, in which some of their variables are the same.

Each program is one future with a weight. Variables with the same number of their class are one variable:

    minimise    Σ_s weight_s · (cost_s · x_s + constant_s)
    subject to  the rows and bounds of every program, x_{s,j} = x_{s',j'} where both are of one class

Rows that become equal are kept once. Variables that the programs determine in the same way from variables that are one
are one too, such as a balance that runs on from period to period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector
from planner.solver.program import Program

UNKNOWN = -1
"""in place of a class: it has to follow from the rows, or the variable stands alone"""
AGREE = 1e-6
"""difference up to which two values of one variable are the same, relative to the larger of the value and 1"""
Words = npt.NDArray[np.uint64]
_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class Merged:
    """Several programs as one."""

    program: Program
    places: tuple[Index, ...]
    """for each program, the number in the merged program of each of its variables"""
    weights: Vector
    """of each program"""
    rows: tuple[Index, ...]
    """for each program, the number in the merged program of each of its rows"""

    def parts(self, x: Vector) -> list[Vector]:
        """The solution of each program in a solution x of the merged one."""
        return [x[place] for place in self.places]

    def joined(self, parts: Sequence[Vector]) -> Vector:
        """A solution of the merged program with the values of the parts; NaN where two parts do not agree."""
        x = np.full(len(self.program.cost), np.nan)
        clash = np.zeros(len(x), dtype=bool)
        for place, values in zip(self.places, parts, strict=True):
            clash[place] |= np.abs(x[place] - values) > AGREE * np.maximum(1.0, np.abs(values))
            x[place] = np.where(np.isnan(x[place]), values, x[place])
        x[clash] = np.nan
        return x


@dataclass(frozen=True, eq=False)
class _Rows:
    """The entries of a program by rows, in the order of their variables' classes within a row."""

    start: Index
    variable: Index
    value: Vector

    @staticmethod
    def of(program: Program, order: Index) -> _Rows:
        variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))
        by = np.lexsort((order[variable], program.index))
        start = np.searchsorted(program.index[by], np.arange(len(program.row_lower) + 1))
        return _Rows(start, variable[by], program.value[by])


def merged(programs: Sequence[Program], weights: Sequence[float], classes: Sequence[Index]) -> Merged:
    """The programs as one. `classes[s]` holds the class of each variable of program s, UNKNOWN where there is none."""
    full = with_determined(programs, classes)
    _, first, number = np.unique(np.concatenate(full), return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # numbers in the order of the first variable of each class
    ends = np.cumsum([0, *(len(each) for each in full)])
    places = tuple(rank[number[a:b]] for a, b in pairwise(ends))
    n = len(first)
    lower, upper, cost = np.full(n, -np.inf), np.full(n, np.inf), np.zeros(n)
    integer, implied, constant = np.zeros(n, dtype=bool), np.ones(n, dtype=bool), 0.0
    for program, weight, place in zip(programs, weights, places, strict=True):
        np.maximum.at(lower, place, program.lower)
        np.minimum.at(upper, place, program.upper)
        np.add.at(cost, place, weight * program.cost)
        integer[place] |= program.integer
        implied[place] &= np.zeros(len(place), dtype=bool) if program.implied is None else program.implied
        constant += weight * program.constant
    start, index, value, least, most, number_of = _all_rows(programs, places, n)
    made = Program(cost, constant, lower, upper, integer, least, most, start, index, value, implied & integer)
    ends = np.cumsum([0, *(len(each.row_lower) for each in programs)])
    rows = tuple(number_of[a:b] for a, b in pairwise(ends))
    return Merged(made, places, np.asarray(weights, dtype=float), rows)


def with_determined(programs: Sequence[Program], classes: Sequence[Index]) -> list[Index]:
    """The classes, with those of variables that an equation determines in the same way; others stand alone.

    An equation with one variable of unknown class determines it. Where the rest of the equation is the same in two
    programs, so are the variables.
    """
    full = [np.array(each, dtype=np.int64) for each in classes]
    fresh = _Fresh(1 + max((int(each.max(initial=0)) for each in full), default=0))
    for program, mine in zip(programs, full, strict=True):
        if (mine == UNKNOWN).any():
            _determine(program, mine, fresh)
            alone = np.flatnonzero(mine == UNKNOWN)
            mine[alone] = [fresh.next() for _ in alone]
    return full


class _Fresh:
    """Classes that nothing has yet, and those of equations that were met."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._known: dict[tuple[object, ...], int] = {}

    def next(self) -> int:
        """A class of its own."""
        self._first += 1
        return self._first - 1

    def of(self, equation: tuple[object, ...]) -> int:
        """The class of what an equation determines."""
        if equation not in self._known:
            self._known[equation] = self.next()
        return self._known[equation]


def _determine(program: Program, mine: Index, fresh: _Fresh) -> None:
    """Give a class to the variables of a program that its equations determine, one after another."""
    rows = _Rows.of(program, np.arange(len(program.cost)))
    column = np.repeat(np.arange(len(mine)), np.diff(program.start))
    holding = np.bincount(program.index, (mine == UNKNOWN)[column], len(program.row_lower))
    waiting = np.flatnonzero((program.row_lower == program.row_upper) & (holding > 0)).tolist()
    before = len(waiting) + 1
    while waiting and len(waiting) < before:
        before, left = len(waiting), []
        for i in waiting:
            entries = slice(rows.start[i], rows.start[i + 1])
            variable, value = rows.variable[entries].tolist(), rows.value[entries].tolist()
            missing = [k for k, j in enumerate(variable) if mine[j] == UNKNOWN]
            if len(missing) > 1:
                left.append(i)
            elif missing:
                (at,) = missing
                pairs = zip(variable, value, strict=True)
                others = sorted((int(mine[j]), each) for j, each in pairs if j != variable[at])
                side, whole = float(program.row_upper[i]), bool(program.integer[variable[at]])
                mine[variable[at]] = fresh.of((value[at], side, whole, *others))
        waiting = left


def _all_rows(
    programs: Sequence[Program], places: Sequence[Index], n: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Vector, Vector, Vector, Index]:
    """The different rows of all programs: start, index and value by variables, lower and upper sides.

    Last the number of each row of the programs, one after the other, among the different ones.
    """
    variables, values, counts, least, most = [], [], [], [], []
    for program, place in zip(programs, places, strict=True):
        rows = _Rows.of(program, place)
        variables.append(place[rows.variable])
        values.append(rows.value)
        counts.append(np.diff(rows.start))
        least.append(program.row_lower)
        most.append(program.row_upper)
    variable, value, count = np.concatenate(variables), np.concatenate(values), np.concatenate(counts)
    lower, upper = np.concatenate(least), np.concatenate(most)
    line = np.repeat(np.arange(len(count)), count)
    signs = np.stack([_signs(line, variable, value, lower, upper, count, odd) for odd in _ODD])
    _, first, same = np.unique(signs, axis=1, return_index=True, return_inverse=True)
    kept = np.sort(first)
    renumbered = np.full(len(count), -1)
    renumbered[kept] = np.arange(len(kept))
    entries = renumbered[line] >= 0
    at, row, number = variable[entries], renumbered[line[entries]], value[entries]
    by = np.lexsort((row, at))
    start = np.searchsorted(at[by], np.arange(n + 1)).astype(np.int32)
    return start, row[by].astype(np.int32), number[by], lower[kept], upper[kept], renumbered[first[same.ravel()]]


def _signs(
    line: Index, variable: Index, value: Vector, lower: Vector, upper: Vector, count: Index, odd: np.uint64
) -> Words:
    """A number for each row that is the same for equal rows, and almost surely another one for others."""
    with np.errstate(over="ignore"):
        parts = _mixed(_bits(value) ^ _mixed(variable.astype(np.uint64), odd), odd)
        total = np.zeros(len(lower), dtype=np.uint64)
        np.add.at(total, line, parts)
        for each in (_bits(lower), _bits(upper), count.astype(np.uint64)):
            total = _mixed(total ^ each, odd)
    return total


def _bits(values: Vector) -> Words:
    return (values + 0.0).view(np.uint64)  # no negative zero


def _mixed(words: Words, odd: np.uint64) -> Words:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014) with another multiplier."""
    words = (words + odd) * odd
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
