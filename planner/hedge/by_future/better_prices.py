"""The next prices, by the bundle method: what the futures did at earlier prices says how far each bound can be moved.

At prices (π, w) a solution x_k of future s shows that its part of the bound is at most π_s · cost_k + w_s · x_k. The
next prices are the best for these together, not too far from the best so far, ŵ:

    maximise    Σ_s min_k (π_s · cost_sk + w_s · x_sk)  −  Σ_sj (w_sj − ŵ_sj)² / (2 t · p_s · σ_j)

Its dual has a share α_sk of each known solution (C. Lemaréchal, An extension of Davidon methods to nondifferentiable
problems, 1975; the step is that of R. T. Rockafellar and R. J.-B. Wets, 1991):

    minimise    ρ(Σ_k α_sk · cost_sk) + Σ ŵ_sj · x̃_sj + t/2 · Σ p_s · σ_j · (x̃_sj − x̄_j)²,    x̃_s = Σ_k α_sk · x_sk
    step        w_sj = ŵ_sj + t · p_s · σ_j · (x̃_sj − x̄_j),    x̄_j the mean of x̃_sj by probability

ρ is the expected cost, or that and CVaR; π are the duals of its rows. HiGHS solves the dual, which is small. σ_j is the
price of a decision so far, over the square of how far futures differ in it. t is as in the step length of B. T. Polyak
(1969): so that the bound would meet the cost of the best plan if it went on as it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import highspy
import numpy as np

from planner.basics.arrays import Vector
from planner.common.settings import RiskSettings
from planner.hedge.by_future.tied import Tied, TiePrices, balanced, within
from planner.hedge.risk_program import MOST_WEIGHT

LONGEST_S = 20.0
"""how long the dual may take [s]"""
MOST_POINTS = 12
"""how many solutions of each future are remembered"""
SAME = 1e-7
"""a difference of a decision that counts as none"""


@dataclass(eq=False)
class Bundle:
    """What the futures did so far."""

    tied: Tied
    probabilities: Vector
    risk: RiskSettings
    costs: list[list[float]] = field(default_factory=list)
    """by future and solution: its own cost"""
    points: list[list[Vector]] = field(default_factory=list)
    """by future and solution: the common decisions; shape (K,)"""

    def add(self, costs: Sequence[float], points: Sequence[Vector]) -> None:
        """Remember what each future did."""
        if not self.costs:
            self.costs, self.points = [[] for _ in costs], [[] for _ in costs]
        for s, (cost, point) in enumerate(zip(costs, points, strict=True)):
            self.costs[s] = [*self.costs[s], cost][-MOST_POINTS:]
            self.points[s] = [*self.points[s], point][-MOST_POINTS:]

    def apart(self) -> Vector:
        """How far each future's latest decisions are from the mean; shape (futures, K)."""
        return self._apart(np.array([points[-1] for points in self.points]))

    def _apart(self, at: Vector) -> Vector:
        there = self.tied.there
        shares = there * self.probabilities[:, None]
        mean = (shares * at).sum(axis=0) / np.maximum(shares.sum(axis=0), 1e-300)
        return np.where(there, at - mean, 0.0)

    def scale(self, prices: TiePrices) -> Vector:
        """σ: what a difference of one unit between futures may move a multiplier; shape (K,)."""
        at = np.array([points[-1] for points in self.points])
        wide = np.maximum(np.abs(self._apart(at)).max(axis=0), SAME)
        price = np.abs(prices.multipliers / self.probabilities[:, None]).max(axis=0)
        usual = float(price[price > 0.0].mean()) if (price > 0.0).any() else 1.0
        return np.asarray(np.maximum(price, 0.1 * usual) / wide)

    def next(self, prices: TiePrices, missing: float) -> TiePrices | None:
        """The next prices after the best so far, whose bound is `missing` below the best plan [USD bn].

        None where the futures do not differ any more.
        """
        sigma = self.scale(prices)
        apart = self.apart()
        steep = float((self.probabilities[:, None] * sigma * apart**2).sum())
        if steep <= SAME or missing <= 0.0:
            return None
        t = missing / steep
        shares, weights = self._dual(prices, sigma, t)
        mixed = np.array([share @ np.array(points) for share, points in zip(shares, self.points, strict=True)])
        step = t * self.probabilities[:, None] * sigma * self._apart(mixed)
        return TiePrices(weights, balanced(prices.multipliers + step, self.tied.there))

    def _dual(self, prices: TiePrices, sigma: Vector, t: float) -> tuple[list[Vector], Vector]:
        """α of each future, and π; those of the latest solutions alone where HiGHS finds none in time."""
        counts = [len(each) for each in self.points]
        found = _solved(*self._program(prices, sigma, t), counts)
        if found is None:
            latest = [np.eye(count)[-1] for count in counts]
            return latest, prices.weights
        shares, tail = found
        weight = min(self.risk.weight, MOST_WEIGHT)
        if weight == 0.0:
            return shares, self.probabilities.copy()
        return shares, within((1.0 - weight) * self.probabilities - tail, self.probabilities, self.risk)

    def _program(self, prices: TiePrices, sigma: Vector, t: float) -> tuple[Vector, Vector, Vector, Vector]:
        """Costs and squares of the dual: of the α, then η and u_s; and the costs and the tail of CVaR by row."""
        weight, p = min(self.risk.weight, MOST_WEIGHT), self.probabilities
        of = np.repeat(np.arange(len(self.points)), [len(each) for each in self.points])
        points = np.concatenate([np.array(each) for each in self.points])
        costs = np.concatenate([np.array(each) for each in self.costs])
        there = self.tied.there
        share = np.maximum((there * p[:, None]).sum(axis=0), 1e-300)
        own = points * np.sqrt(p[of])[:, None] * np.sqrt(sigma)
        all_ = points * p[of][:, None] * np.sqrt(sigma / share)
        square = t * (own @ own.T * (of[:, None] == of[None, :]) - all_ @ all_.T)
        linear = (1.0 - weight) * p[of] * costs + (prices.multipliers[of] * points).sum(axis=1)
        tail = np.array([weight, *(weight * p / (1.0 - self.risk.level))]) if weight else np.zeros(0)
        return linear, square, tail, costs


def _solved(
    linear: Vector, square: Vector, tail: Vector, costs: Vector, counts: Sequence[int]
) -> tuple[list[Vector], Vector] | None:
    """α of each future and the duals of the rows cost_s − η − u_s ≤ 0; None where HiGHS does not solve it."""
    n, futures, more = len(linear), len(counts), len(tail)
    size = max(1.0, float(np.abs(linear).max()))
    model = highspy.HighsModel()
    lp = model.lp_
    lp.num_col_, lp.num_row_ = n + more, futures * (2 if more else 1)
    lp.col_cost_ = np.append(linear / size, tail)
    lower = np.zeros(n + more)
    lower[n : n + 1] = -np.inf
    lp.col_lower_, lp.col_upper_ = lower, np.full(n + more, np.inf)
    lp.row_lower_ = np.append(np.ones(futures), np.full(futures * bool(more), -np.inf))
    lp.row_upper_ = np.append(np.ones(futures), np.zeros(futures * bool(more)))
    matrix = np.zeros((lp.num_row_, n + more))
    ends = np.cumsum([0, *counts])
    for s in range(futures):
        matrix[s, ends[s] : ends[s + 1]] = 1.0
        if more:
            matrix[futures + s, ends[s] : ends[s + 1]] = costs[ends[s] : ends[s + 1]] / size
            matrix[futures + s, n] = matrix[futures + s, n + 1 + s] = -1.0
    rows, columns = np.nonzero(matrix)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(rows, np.arange(lp.num_row_ + 1)).astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = columns.astype(np.int32), matrix[rows, columns]
    below, left = np.nonzero(np.tril(square))
    hessian = model.hessian_
    hessian.dim_, hessian.format_ = n + more, highspy.HessianFormat.kTriangular
    by = np.lexsort((below, left))
    hessian.start_ = np.searchsorted(left[by], np.arange(n + more + 1)).astype(np.int32)
    hessian.index_, hessian.value_ = below[by].astype(np.int32), square[below[by], left[by]] / size
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no annotation
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", LONGEST_S)
    highs.passModel(model)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    x, duals = np.array(solution.col_value)[:n], np.array(solution.row_dual)[futures:]
    shares = [np.maximum(0.0, x[a:b]) for a, b in pairwise(ends)]
    return [each / each.sum() for each in shares], duals
