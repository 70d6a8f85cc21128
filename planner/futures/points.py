"""The few outcomes that stand for a law: brackets and Gauss's points. See `planner.futures.laws`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from planner.basics.arrays import Vector
from planner.futures.laws import Distribution


class Points(StrEnum):
    """How the outcomes of a law are found."""

    BRACKETS = "brackets"
    GAUSS = "gauss"


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Numbers and their probabilities, the lowest first; both have the shape (outcomes,)."""

    values: Vector
    probabilities: Vector


def outcomes_of(law: Distribution, count: int, points: Points) -> Outcomes:
    """So many outcomes that stand for a distribution."""
    return brackets(law, count) if points is Points.BRACKETS else gauss(law, count)


def brackets(law: Distribution, count: int) -> Outcomes:
    """The means within intervals of equal probability."""
    edges = np.asarray(law.frozen.ppf(np.arange(1, count) / count), dtype=float)
    parts = np.diff(np.concatenate([[0.0], law.partial(edges), [law.mean]]))
    return Outcomes(parts * count, np.full(count, 1.0 / count))


def gauss(law: Distribution, count: int) -> Outcomes:
    """The points of Gauss's quadrature, by Lanczos's method on standardised points with full orthogonalisation."""
    points, weights = law.fine
    x = (points - law.mean) / law.deviation
    basis = [np.sqrt(weights)]
    diagonal, beside = [], []
    for k in range(count):
        following = x * basis[k]
        diagonal.append(float(following @ basis[k]))
        for _ in range(2):  # once leaves rounding
            for each in basis:
                following = following - (following @ each) * each
        beside.append(float(np.linalg.norm(following)))
        basis.append(following / beside[-1])
    matrix = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    found, vectors = np.linalg.eigh(matrix)
    chances = vectors[0] ** 2
    return Outcomes(law.mean + law.deviation * found, chances / chances.sum())
