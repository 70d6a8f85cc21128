"""Two laws that go together: how probable each outcome of one is, given each outcome of the other.

The joint law is a Gaussian copula: two standard normal numbers with correlation r, each cut into as many intervals as a
law has outcomes, of their probabilities. r is chosen such that the rank correlation of the outcomes (Spearman's, with
the mean rank of each outcome) is the one that is asked for. It is stronger than between the normal numbers
themselves, as the outcomes are only few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import integrate, optimize, special

from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Problem
from planner.basics.text import number
from planner.tables import cells
from planner.tables.cells import shown
from planner.tables.references import suggestion

WHERE = "--correlation"
STRONGEST = 0.9999
"""largest correlation of the normal numbers"""
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Correlation:
    """A rank correlation between two laws."""

    first: str
    second: str
    rank: float
    text: str


def read_correlation(text: str, names: list[str]) -> Correlation:
    """The rank correlation that a text says: `demand:chips=0.6`. Raises DataError where it says none."""
    pair, _, value = text.partition("=")
    first, colon, second = (part.strip() for part in pair.partition(":"))
    try:
        rank = cells.number(value.strip())
    except ValueError:
        rank = 2.0
    if not colon or not -1 < rank < 1:
        raise _error(text, "two laws and a number between -1 and 1, as in demand:chips=0.6", text)
    for name in (first, second):
        if name not in names:
            raise _error(text, f"the name of a law ({', '.join(names)})", name, suggestion(name, names))
    if first == second:
        raise _error(text, "two different laws", text)
    return Correlation(first, second, rank, text)


def _error(text: str, expected: str, found: str, hint: str = "") -> DataError:
    return DataError([Problem(f"{WHERE} {shown(text)}", None, "", expected, shown(found) + hint)])


def given(correlation: Correlation, one: Vector, other: Vector) -> Matrix:
    """The probability of each outcome of `other` given each of `one`; shape (outcomes of one, outcomes of other).

    `one` and `other` are the probabilities of the outcomes of the two laws, the lowest first. Raises DataError where
    outcomes of these probabilities cannot go together so closely.
    """
    rank = correlation.rank
    ends = [rank_correlation(joint(r, one, other)) for r in (-STRONGEST, STRONGEST)]
    if not ends[0] <= rank <= ends[1]:
        between = f"from {number(ends[0])} to {number(ends[1])}"
        expected = f"a rank correlation {between}, as {len(one)} and {len(other)} outcomes can have"
        raise _error(correlation.text, expected, number(rank))
    found = optimize.brentq(
        lambda r: rank_correlation(joint(r, one, other)) - rank, -STRONGEST, STRONGEST, xtol=1e-14, rtol=1e-14
    )
    together = joint(found, one, other)
    return np.asarray(together / together.sum(axis=1, keepdims=True))


def joint(r: float, one: Vector, other: Vector) -> Matrix:
    """The probability of each pair of outcomes under a Gaussian copula with correlation r."""
    if r == 0.0:
        return np.outer(one, other)
    rows, columns = (special.ndtri(np.clip(np.cumsum(each)[:-1], 0.0, 1.0)) for each in (one, other))
    below = np.zeros((len(one) + 1, len(other) + 1))
    below[1:, -1], below[-1, 1:] = np.cumsum(one), np.cumsum(other)
    for i, a in enumerate(rows.tolist(), start=1):
        for j, b in enumerate(columns.tolist(), start=1):
            below[i, j] = both_below(a, b, r)
    return np.maximum(np.diff(np.diff(below, axis=0), axis=1), 0.0)


def both_below(a: float, b: float, r: float) -> float:
    """The probability that two standard normal numbers with correlation r are below a and b.

    Φ(a) Φ(b) + 1/2π ∫₀^{arcsin r} exp(−(a² + b² − 2ab sin θ) / (2 cos² θ)) dθ   (Plackett 1954)

    >>> round(both_below(0.0, 0.0, 0.5), 12)
    0.333333333333
    """

    def density(angle: float) -> float:
        sine = np.sin(angle)
        return float(np.exp(-(a * a + b * b - 2 * a * b * sine) / (2 * (1 - sine * sine))))

    area, _ = integrate.quad(density, 0.0, float(np.arcsin(r)), epsabs=1e-14, epsrel=1e-12, limit=200)
    return float(special.ndtr(a) * special.ndtr(b)) + area / (2 * np.pi)


def rank_correlation(together: Matrix) -> float:
    """Spearman's rank correlation of two outcomes by the probabilities of their pairs; 0 where one has one outcome."""
    one, other = together.sum(axis=1), together.sum(axis=0)
    ranks = [np.cumsum(each) - each / 2 - 0.5 for each in (one, other)]
    spread = [float(np.sqrt(each @ rank**2)) for each, rank in zip((one, other), ranks, strict=True)]
    if min(spread) < 1e-9:
        return 0.0
    return float(ranks[0] @ together @ ranks[1]) / (spread[0] * spread[1])
