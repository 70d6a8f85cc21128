"""Pseudo-costs: what rounding an integer down or up is expected to cost.

The mean gain of the relaxation's value per unit of distance, over all times that an integer was rounded that way; of
one that never was, the mean over the others. (M. Bénichou et al., Experiments in mixed-integer linear programming,
1971; when they are to be believed: T. Achterberg, T. Koch and A. Martin, Branching rules revisited, 2005.)
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Index, Vector

LEAST = 1e-6
"""gain that counts for a half that costs nothing more, so that the other half still tells"""
RELIABLE = 2
"""times that both halves must have been tried for the mean to be believed"""


class PseudoCosts:
    """What is known of each integer."""

    def __init__(self, integers: int) -> None:
        """Of so many integers nothing is known yet."""
        self._sum = np.zeros((2, integers))
        self._times = np.zeros((2, integers), dtype=np.int64)

    def learn(self, k: int, up: bool, gain: float, distance: float) -> None:
        """Rounding integer k by a distance has raised the relaxation's value by a gain."""
        self._sum[int(up), k] += max(0.0, gain) / distance
        self._times[int(up), k] += 1

    def reliable(self, k: int) -> bool:
        """Whether both halves of integer k were tried often enough."""
        return bool((self._times[:, k] >= RELIABLE).all())

    def scores(self, integers: Index, fraction: Vector) -> Vector:
        """What branching on each of some integers, so far above their floors, is expected to be worth; same shape."""
        known = self._times > 0
        mean = np.divide(self._sum, self._times, out=np.zeros_like(self._sum), where=known)
        usual = [float(mean[side][known[side]].mean()) if known[side].any() else 1.0 for side in (0, 1)]
        down, up = (np.where(known[side], mean[side], usual[side])[integers] for side in (0, 1))
        return score(down * fraction, up * (1.0 - fraction))


def score(down: Vector, up: Vector) -> Vector:
    """What branching is worth that raises the value by so much in either half: the product.

    >>> score(np.array([1.0, 2.0]), np.array([5.0, 3.0]))
    array([5., 6.])
    """
    return np.maximum(down, LEAST) * np.maximum(up, LEAST)
