"""Limits that may be broken in some futures only: how probably, in the program of all futures.

    breach_{s,t} ≤ most_{s,t} · broken_s        future s, period t of a limit whose waiver has a probability_max
    Σ_s p_s · broken_s ≤ probability_max        broken_s is 0 or 1

A future by itself waives such a limit as if probability_max were blank, so its program has the breaches and their price
(`planner.portfolio.waived`). What follows is done once, after the programs of the futures were merged:

    rations = [Ration(p_s, {name: each.at(place_s)}) …]     `Rationed.at` numbers the breaches as the whole program does
    whole = WithRations.of(program, rations)
    solve(whole.program, start=whole.start(x));  x = whole.without(x)

`most` must be finite: `planner.hedge.largest_breaches` finds it where the waiver says none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.portfolio.waived import SAME_PROBABILITY, LimitName, Rationed
from planner.solver.labels import NO_LABELS
from planner.solver.program import Program


@dataclass(frozen=True, eq=False)
class Ration:
    """The limits of one future that may be broken in some futures only."""

    probability: float
    """of the future"""
    limits: Mapping[LimitName, Rationed]
    """by rule and subject, with the numbers that the breaches have in the program of all futures"""


@dataclass(frozen=True, eq=False)
class WithRations:
    """The program of all futures with a binary for each future and limit, after its other variables."""

    program: Program
    breaches: tuple[tuple[int, ...], ...]
    """for each binary, the breaches that it allows"""

    @staticmethod
    def of(program: Program, rations: Sequence[Ration]) -> WithRations:
        """The program with the binaries and their rows; the same program where no limit is rationed.

        Raises ValueError where a largest breach is infinite.
        """
        n, m = len(program.cost), len(program.row_lower)
        entries: list[tuple[int, int, float]] = []
        upper, breaches, rows = list[float](), list[tuple[int, ...]](), list[float]()
        sums: dict[LimitName, list[tuple[int, float]]] = {}
        most_of: dict[LimitName, float] = {}
        for ration in rations:
            for name, each in ration.limits.items():
                if not np.isfinite(each.most).all():
                    raise ValueError(f"nothing bounds by how much {' '.join(name)} may be broken")
                binary = n + len(breaches)
                for variable, most in zip(each.variables.tolist(), each.most.tolist(), strict=True):
                    entries += [(m + len(rows), variable, 1.0), (m + len(rows), binary, -most)]
                    rows.append(0.0)
                breaches.append(tuple(each.variables.tolist()))
                upper.append(float(ration.probability <= each.probability_max + SAME_PROBABILITY))
                sums.setdefault(name, []).append((binary, ration.probability))
                most_of[name] = min(each.probability_max, most_of.get(name, np.inf))
        for name, parts in sums.items():
            entries += [(m + len(rows), binary, probability) for binary, probability in parts]
            rows.append(most_of[name] + SAME_PROBABILITY)
        return WithRations(_wider(program, entries, np.array(upper), np.array(rows)), tuple(breaches))

    def start(self, x: Vector) -> Vector:
        """A solution of the program without binaries as one of this program; NaN where breaches are missing (NaN)."""
        return np.append(x, [_whether_broken(x[list(each)]) for each in self.breaches])

    def without(self, x: Vector) -> Vector:
        """A solution without the binaries."""
        return x[: len(x) - len(self.breaches)]


def _whether_broken(breaches: Vector) -> float:
    """1 where one of the breaches is above 0, 0 where none is, NaN where that is not known."""
    if (breaches > 0.0).any():
        return 1.0
    return float(np.nan) if np.isnan(breaches).any() else 0.0


def _wider(program: Program, entries: Sequence[tuple[int, int, float]], upper: Vector, rows: Vector) -> Program:
    """The program with binaries after its variables and rows Σ value · x ≤ side after its rows.

    `entries` are (row, variable, value); `upper` are bounds of the binaries, `rows` the right-hand sides.
    """
    if not entries:
        return program
    more, n = len(upper), len(program.cost)
    row, variable, value = (np.array(each) for each in zip(*entries, strict=True))
    variables = np.concatenate([np.repeat(np.arange(n), np.diff(program.start)), variable])
    index, values = np.concatenate([program.index, row]), np.concatenate([program.value, value])
    by = np.lexsort((index, variables))
    integer, implied = np.append(program.integer, np.ones(more, dtype=bool)), program.implied
    return replace(
        program,
        cost=np.append(program.cost, np.zeros(more)),
        lower=np.append(program.lower, np.zeros(more)),
        upper=np.append(program.upper, upper),
        integer=integer,
        implied=None if implied is None else np.append(implied, np.zeros(more, dtype=bool)),
        row_lower=np.append(program.row_lower, np.full(len(rows), -np.inf)),
        row_upper=np.append(program.row_upper, rows),
        start=np.searchsorted(variables[by], np.arange(n + more + 1)).astype(np.int32),
        index=index[by].astype(np.int32),
        value=values[by].astype(np.float64),
        variables=NO_LABELS,
        rows=NO_LABELS,
    )
