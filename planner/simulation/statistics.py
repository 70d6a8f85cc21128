"""Means with bootstrap intervals, and two policies beside one another in the same worlds.

The intervals are percentile intervals at a level of 95 % (Efron and Tibshirani 1993), of 9,999 samples drawn from the
worlds with the same seed each time. Of two policies the differences world by world are drawn, as both live through the
same worlds. Worlds are stratified, so the intervals are rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
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
        """Whether one is better: the interval leaves 0 out, and it has a plan wherever the other has one."""
        lacking = self.only_other if self.saved.value > 0.0 else self.only_one
        return not np.isnan(self.saved.low) and (self.saved.low > 0.0 or self.saved.high < 0.0) and not lacking

    @property
    def text(self) -> str:
        """Which of the two is better, in a sentence [USD bn]."""
        return self.text_in(AS_IT_IS)

    def text_in(self, display: Display) -> str:
        """Which of the two is better, in a sentence, in the units that are printed."""
        better = self._turned() if self.both and self.saved.value < 0.0 else self
        said = better._in_words(display)
        none = self.worlds - self.both - self.only_one - self.only_other
        neither = f"; neither has a plan in {_in_worlds(none, self.worlds)}" if none else ""
        return f"{said[0].upper()}{said[1:]}{neither}."

    def _turned(self) -> Compared:
        """The same with the other policy first."""
        saved = MeanInterval(-self.saved.value, -self.saved.high, -self.saved.low)
        return replace(
            self, one=self.other, other=self.one, cheaper=self.dearer, dearer=self.cheaper, only_one=self.only_other,
            only_other=self.only_one, saved=saved,
        )  # fmt: skip

    def _in_words(self, display: Display) -> str:
        """The sentence where the first costs no more on average of the worlds in which both have a plan."""
        first, second = self.one.called, self.other.called
        mine = f"{first} has no plan in {_in_worlds(self.only_other, self.worlds)} in which {second} has one"
        its = f"{second} has no plan in {_in_worlds(self.only_one, self.worlds)} in which {first} has one"
        alone = f"; {its}" if self.only_one else ""
        if not self.both:
            told = "; ".join([mine] * bool(self.only_other) + [its] * bool(self.only_one))
            return f"{first} and {second} cannot be compared, as in no world both have a plan{told and f'; {told}'}"
        here = " where both have a plan" if self.both < self.worlds else ""
        by = f"{display.fixed(self.saved.value, 'USD bn')} {self._half(display)}"
        if self.only_other:
            return f"not clearly: {mine}, though it costs {by} less on average{here}{alone}"
        if self.cheaper == self.dearer == 0:
            return f"{first} and {second} cost the same in every world{here}"
        if np.isnan(self.saved.low):
            return f"{first} costs {by} less than {second} in the only world{here}; one world proves nothing{alone}"
        share = f"{first} beats {second} in {100.0 * self.cheaper / self.worlds:.0f} % of worlds"
        if not self.clear:
            low, high = display.fixed(self.saved.low, "USD bn"), display.usd(self.saved.high)
            by = display.usd(self.saved.value)
            return (
                f"not clearly: {share}, by {by} on average{here}, but the interval from {low} to {high} holds 0{alone}"
            )
        less = f", which is less than the gaps of the plans, {display.usd(self.gap_usd_bn)}"
        return f"{share}, by {by} on average{here}{less * (self.saved.value < self.gap_usd_bn)}{alone}"

    def _half(self, display: Display) -> str:
        """Half of the interval, after the mean, with the unit."""
        half = (self.saved.high - self.saved.low) / 2.0
        return display.money if np.isnan(half) else f"± {display.usd(half)}"

    def json(self) -> dict[str, Any]:
        """The comparison for programs."""
        told = asdict(self)
        saved = {name: None if np.isnan(value) else value for name, value in asdict(self.saved).items()}
        return {**told, "one": str(self.one), "other": str(self.other), "saved": saved, "clear": self.clear,
                "text": self.text}  # fmt: skip


def _in_worlds(count: int, of: int) -> str:
    """A number of worlds in words, with their share."""
    return f"{count:,} world{'s' * (count != 1)} ({100.0 * count / of:.0f} %)"


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
