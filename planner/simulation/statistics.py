"""Means with bootstrap intervals, and two policies beside one another in the same worlds.

The intervals are percentile intervals at a level of 95 % (Efron and Tibshirani 1993), of 9,999 samples drawn from the
worlds with the same seed each time. Of two policies the differences world by world are drawn, as both live through the
same worlds. Worlds are stratified, so the intervals are rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from planner.basics.arrays import Vector
from planner.basics.display import AS_IT_IS, Display
from planner.simulation.policies import SimulatedPolicy

LEVEL = 0.95
SAMPLES = 9_999
LEAST = 1e-6
"""relative difference up to which two costs are the same"""
ROUNDING = 1e-12
"""a mean that is smaller beside the values is rounding"""


@dataclass(frozen=True)
class MeanInterval:
    """A mean and its bootstrap interval; NaN where it is not known."""

    value: float
    low: float
    high: float


def mean_of(values: Vector, seed: int) -> MeanInterval:
    """The mean of some values with its interval; without an interval where there is one value only."""
    if len(values) == 0:
        return MeanInterval(*[float("nan")] * 3)
    mean = float(np.mean(values))
    if len(values) == 1:
        return MeanInterval(mean, float("nan"), float("nan"))
    if np.ptp(values) <= ROUNDING * max(1.0, abs(mean)):
        return MeanInterval(mean, mean, mean)
    found = bootstrap(
        (values,), np.mean, confidence_level=LEVEL, n_resamples=SAMPLES, method="percentile",
        batch=max(1, 2_000_000 // len(values)), rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    size = ROUNDING * float(np.abs(values).max())
    return MeanInterval(*(each if abs(each) > size else 0.0 for each in (mean, float(found.low), float(found.high))))


@dataclass(frozen=True)
class Compared:
    """Two policies in the same worlds."""

    one: SimulatedPolicy
    other: SimulatedPolicy
    worlds: int
    cheaper: int
    """worlds in which the first costs less, those in which only the first has a plan among them"""
    dearer: int
    """worlds in which it costs more, those in which only the other has a plan among them"""
    both: int
    """worlds in which both have a plan"""
    only_one: int
    """worlds in which only the first has a plan"""
    only_other: int
    saved: MeanInterval
    """by how much the first costs less, on average of the worlds in which both have a plan [USD bn]"""
    gap_usd_bn: float
    """the gap of a plan, on average of the worlds: a difference that is smaller may be one of plans, not of policies"""

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return not np.isnan(self.saved.low) and (self.saved.low > 0.0 or self.saved.high < 0.0)

    @property
    def text(self) -> str:
        """Which of the two is better, in a sentence [USD bn]."""
        return self.text_in(AS_IT_IS)

    def text_in(self, display: Display) -> str:
        """Which of the two is better, in a sentence, in the units that are printed."""
        first, second, wins = self.one, self.other, self.cheaper
        saved = self.saved
        if self.both and saved.value < 0.0:
            first, second, wins = self.other, self.one, self.dearer
            saved = MeanInterval(-saved.value, -saved.high, -saved.low)
        said = self._in_words(first, second, wins, saved, display)
        alone = [
            f"{policy.called} has no plan in {count:,} worlds in which the other has one"
            for policy, count in ((self.one, self.only_other), (self.other, self.only_one))
            if count
        ]
        none = self.worlds - self.both - self.only_one - self.only_other
        alone += [f"neither has a plan in {none:,}"] if none else []
        return f"{said[0].upper()}{said[1:]}{'; ' if alone else ''}{', and '.join(alone)}."

    def _in_words(
        self, first: SimulatedPolicy, second: SimulatedPolicy, wins: int, saved: MeanInterval, display: Display
    ) -> str:
        if not self.both:
            return f"{first.called} and {second.called} cannot be compared: in no world both have a plan"
        share = f"{100.0 * wins / self.worlds:.0f} % of worlds"
        if self.cheaper == self.dearer == 0:
            return f"{first.called} and {second.called} cost the same in every world"
        by = display.usd(saved.value)
        if np.isnan(saved.low):
            return f"{first.called} costs {by} less than {second.called} in the only world; one world proves nothing"
        if not self.clear:
            low, high = display.fixed(saved.low, "USD bn"), display.usd(saved.high)
            return (
                f"not clearly: {first.called} beats {second.called} in {share}, by {by} on average, but the interval"
                f" from {low} to {high} holds 0"
            )
        mean, half = display.fixed(saved.value, "USD bn"), display.usd((saved.high - saved.low) / 2.0)
        less = f", which is less than the gaps of the plans, {display.usd(self.gap_usd_bn)}"
        within = less if saved.value < self.gap_usd_bn else ""
        return f"{first.called} beats {second.called} in {share}, by {mean} ± {half} on average{within}"

    def json(self) -> dict[str, Any]:
        """The comparison for programs."""
        told = asdict(self)
        saved = {name: None if np.isnan(value) else value for name, value in asdict(self.saved).items()}
        return {**told, "one": str(self.one), "other": str(self.other), "saved": saved, "clear": self.clear,
                "text": self.text}  # fmt: skip


def compared(
    one: SimulatedPolicy,
    other: SimulatedPolicy,
    costs: Sequence[float],
    others: Sequence[float],
    seed: int,
    gap: float,
) -> Compared:
    """Two policies by what they cost in each world, NaN where there is no plan; `gap` is that of their plans."""
    mine, its = np.array(costs), np.array(others)
    there, elsewhere = ~np.isnan(mine), ~np.isnan(its)
    both = there & elsewhere
    saved = (its - mine)[both]
    size = LEAST * np.maximum(1.0, np.abs(mine[both]))
    only_one, only_other = int((there & ~elsewhere).sum()), int((elsewhere & ~there).sum())
    return Compared(
        one, other, len(mine), int((saved > size).sum()) + only_one, int((saved < -size).sum()) + only_other,
        int(both.sum()), only_one, only_other, mean_of(saved, seed),
        gap * float(np.mean(np.abs(mine[both]))) if both.any() else float("nan"),
    )  # fmt: skip
