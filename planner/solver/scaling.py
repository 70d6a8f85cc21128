"""How far apart a program's numbers are, and whether HiGHS can be trusted with them.

HiGHS calculates with 16 digits, and takes a row or a bound as fulfilled up to an absolute violation of 1e-6. So

    a coefficient below 1e-9                 counts as zero: a term of a contract would be lost
    a number 1e9 times another               leaves that one fewer digits than the tolerance needs
    a number above 1e9                       has a last digit that is larger than the tolerance
    a coefficient of an integer above 1e6    lets a millionth of a signature, which counts as none, carry a whole unit
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.answer import TOLERANCE
from planner.solver.program import Program

TREATED_AS_ZERO = 1e-9
"""HiGHS's option `small_matrix_value`"""
APART = 1e9
"""largest trusted ratio of the largest to the smallest number"""
LARGEST = 1e9
"""largest trusted number"""
SHOWN = 3
"""how many names a remark shows"""


@dataclass(frozen=True)
class Range:
    """The smallest and the largest number of one kind, zeros and infinities left out."""

    what: str
    least: float
    least_at: str
    most: float
    most_at: str

    @property
    def ratio(self) -> float:
        """The largest as a multiple of the smallest."""
        return self.most / self.least


@dataclass(frozen=True)
class Scaling:
    """The ranges of a program's numbers."""

    ranges: tuple[Range, ...]
    """of the matrix, the cost, the bounds and the right-hand sides, as far as there are any"""
    remarks: tuple[str, ...]
    """why HiGHS cannot be trusted with them; empty where it can"""


def scaling(program: Program) -> Scaling:
    """The ranges of a program's numbers, and remarks on those that HiGHS cannot be trusted with."""
    variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))

    def at_variable(j: int) -> str:
        return program.variable_name(j % len(program.cost))

    def at_row(i: int) -> str:
        return program.row_name(i % len(program.row_lower))

    def entry(k: int) -> str:
        return f"{at_variable(int(variable[k]))} in {at_row(int(program.index[k]))}"

    kinds: tuple[tuple[str, Vector, Callable[[int], str]], ...] = (
        ("matrix", program.value, entry),
        ("cost", _without_rounding(program.cost), at_variable),
        ("bounds", np.append(program.lower, program.upper), at_variable),
        ("right-hand sides", np.append(program.row_lower, program.row_upper), at_row),
    )
    ranges = tuple(_range(what, values, name) for what, values, name in kinds if len(_counted(values)))
    remarks = [*_lost(program, entry), *_apart(ranges), *_leaking(program, variable, entry)]
    return Scaling(ranges, tuple(remarks))


def _without_rounding(cost: Vector) -> Vector:
    """The cost without numbers that change nothing beside the largest: what is left where sums cancel."""
    size = np.abs(cost)
    return np.where(size > np.finfo(float).eps * size.max(initial=0.0), cost, 0.0)


def _counted(values: Vector) -> Index:
    return np.flatnonzero(np.isfinite(values) & (values != 0.0))


def _range(what: str, values: Vector, name: Callable[[int], str]) -> Range:
    there = _counted(values)
    sizes = np.abs(values[there])
    least, most = int(there[sizes.argmin()]), int(there[sizes.argmax()])
    return Range(what, float(sizes.min()), name(least), float(sizes.max()), name(most))


def _lost(program: Program, entry: Callable[[int], str]) -> Iterator[str]:
    lost = np.flatnonzero((program.value != 0.0) & (np.abs(program.value) <= TREATED_AS_ZERO))
    if len(lost):
        yield f"{len(lost)} below {TREATED_AS_ZERO:g} in the matrix, which HiGHS treats as zero: {_named(lost, entry)}"


def _apart(ranges: tuple[Range, ...]) -> Iterator[str]:
    for each in ranges:
        if each.what in ("matrix", "cost") and each.ratio > APART:
            yield (
                f"{each.what}: {each.most:g} ({each.most_at}) is more than {APART:g} times {each.least:g} "
                f"({each.least_at})"
            )
        if each.most > LARGEST:
            yield f"{each.what}: {each.most:g} ({each.most_at}) is more than {LARGEST:g}"


def _leaking(program: Program, variable: Index, entry: Callable[[int], str]) -> Iterator[str]:
    large = np.flatnonzero(program.integer[variable] & (np.abs(program.value) >= 1.0 / TOLERANCE))
    if len(large):
        yield f"{len(large)} of {1 / TOLERANCE:g} or more before a whole number: {_named(large, entry)}"


def _named(entries: Index, entry: Callable[[int], str]) -> str:
    more = f" and {len(entries) - SHOWN} more" if len(entries) > SHOWN else ""
    return "; ".join(entry(int(k)) for k in entries[:SHOWN]) + more
