"""Quantiles and the conditional value at risk of a cost that takes some values with given probabilities.

    quantile    the lowest value whose cumulative probability reaches the level
    cvar        min over η of  η + Σ p_s · max(0, cost_s − η) / (1 − level)

The second is the form of R. T. Rockafellar and S. Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2
(2000). The quantile at the level attains the minimum. At level 0 it is the expected cost, near 1 the dearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from planner.basics.arrays import Vector

Values: TypeAlias = "Sequence[float] | Vector"
"""numbers, one for each value that the cost may take"""
ROUNDING = 1e-12
"""by how much a sum of probabilities may miss a level and still reach it"""


def expected(values: Values, probabilities: Values) -> float:
    """The expected value: Σ p_s · value_s.

    >>> expected([10.0, 20.0], [0.25, 0.75])
    17.5
    """
    return float(np.asarray(probabilities, dtype=float) @ np.asarray(values, dtype=float))


def quantile(values: Values, probabilities: Values, level: float) -> float:
    """The lowest value whose cumulative probability reaches the level; the values may be infinite.

    >>> [quantile([30.0, 10.0, 20.0], [0.2, 0.5, 0.3], level) for level in (0.1, 0.5, 0.51, 0.9)]
    [10.0, 10.0, 20.0, 30.0]
    """
    found = np.asarray(values, dtype=float)
    order = np.argsort(found, kind="stable")
    reached = np.cumsum(np.asarray(probabilities, dtype=float)[order])
    at = int(np.searchsorted(reached, level - ROUNDING))
    return float(found[order[min(at, len(order) - 1)]])


def cvar(costs: Values, probabilities: Values, level: float) -> float:
    """The conditional value at risk: the mean of the dearest part 1 − level of a cost. The level is below 1.

    >>> cvar([10.0, 20.0, 30.0, 40.0], [0.25] * 4, 0.6)
    36.25
    >>> cvar([10.0, 20.0, 30.0, 40.0], [0.25] * 4, 0.0)
    25.0
    """
    at = quantile(costs, probabilities, level)
    beyond = np.maximum(0.0, np.asarray(costs, dtype=float) - at)
    return at + expected(beyond, probabilities) / (1.0 - level)


def weighted(costs: Values, probabilities: Values, level: float, weight: float) -> float:
    """(1 − weight) · expected cost + weight · CVaR at the level; never falls where a cost rises.

    >>> weighted([10.0, 20.0, 30.0, 40.0], [0.25] * 4, 0.6, 0.5)
    30.625
    """
    if weight == 0.0:
        return expected(costs, probabilities)
    return (1.0 - weight) * expected(costs, probabilities) + weight * cvar(costs, probabilities, level)
