"""Pseudo-costs: what rounding an integer down or up is expected to cost.

A pseudo-cost is the gain of the relaxation's value per unit of distance, averaged over all times that the integer was
rounded that way. An integer that was never rounded that way has the mean of the others. (M. Bénichou et al.,
Experiments in mixed-integer linear programming, 1971. When pseudo-costs are reliable: T. Achterberg, T. Koch and
A. Martin, Branching rules revisited, 2005.)
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Index, Vector

LEAST_GAIN = 1e-6
"""gain that a child without any gain counts with, so that the other child still decides the score"""
RELIABLE = 2
"""how often both children must have been solved for a pseudo-cost to be reliable"""


class PseudoCosts:
    """The pseudo-costs of all integers."""

    def __init__(self, integers: int) -> None:
        """So many integers, of which nothing is known yet."""
        self._sum = np.zeros((2, integers))
        self._times = np.zeros((2, integers), dtype=np.int64)

    def update(self, k: int, up: bool, gain: float, distance: float) -> None:
        """Note that rounding integer k by a distance raised the relaxation's value by a gain."""
        self._sum[int(up), k] += max(0.0, gain) / distance
        self._times[int(up), k] += 1

    @property
    def known(self) -> Index:
        """The integers that were rounded one way or the other."""
        return np.flatnonzero(self._times.any(axis=0))

    def of(self, integers: Index) -> tuple[Vector, Index]:
        """The mean gain of rounding some integers down and up, and how often they were; shape (2, integers) each."""
        times = self._times[:, integers]
        return self._sum[:, integers] / np.maximum(1, times), times

    def begin(self, integers: Index, gain: Vector, times: Index) -> None:
        """Begin with what an earlier search found of some integers; it counts no more than what makes it reliable."""
        counted = np.minimum(times, RELIABLE)
        self._sum[:, integers], self._times[:, integers] = gain * counted, counted

    def reliable(self, k: int) -> bool:
        """Whether integer k was rounded both ways often enough."""
        return bool((self._times[:, k] >= RELIABLE).all())

    def scores(self, integers: Index, fraction: Vector) -> Vector:
        """The expected score of branching on each of some integers, which exceed their floors by `fraction`."""
        known = self._times > 0
        mean = np.divide(self._sum, self._times, out=np.zeros_like(self._sum), where=known)
        usual = [float(mean[side][known[side]].mean()) if known[side].any() else 1.0 for side in (0, 1)]
        down, up = (np.where(known[side], mean[side], usual[side])[integers] for side in (0, 1))
        return score(down * fraction, up * (1.0 - fraction))


def score(down: Vector, up: Vector) -> Vector:
    """The score of branching on an integer: the product of the gains of both children.

    >>> score(np.array([1.0, 2.0]), np.array([5.0, 3.0]))
    array([5., 6.])
    """
    return np.maximum(down, LEAST_GAIN) * np.maximum(up, LEAST_GAIN)
