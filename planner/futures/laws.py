"""Laws of a number that is not known yet, and the few outcomes that stand for them.

    brackets    n intervals of equal probability, each with the mean within it: the mean of the outcomes is the law's
    gauss       the n points of Gauss's quadrature by the law: the first 2n − 1 moments of the outcomes are the law's

A law is written `name: change`, where the change is one of `--set` whose value is a law, or several with `{}` in place
of the value and the law after `for`:

    demand: demand[2028-07-01..,*,*].demand_gw *= lognormal(1, 0.2)
    market: a[…].x *= {}; b[…].y *= {} for uniform(0.8, 1.3)

The numbers of normal, lognormal and gamma are the mean and the standard deviation of the number itself, also of a
lognormal: lognormal(1, 0.2) is a factor with mean 1 and standard deviation 0.2, not that of its logarithm. Those of
uniform are its ends; of triangular and pert the least, the most likely and the largest (pert: a beta distribution with
mean (least + 4 · mode + largest) / 6).

Means within brackets follow from the partial expectations ∫ x f(x) dx of each law, in closed form. Gauss's points are
the eigenvalues of the Jacobi matrix of the law, their probabilities the squares of the first components of its
eigenvectors (Golub and Welsch 1969). The matrix is found by Lanczos's method from a quadrature with many points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special, stats

from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Problem
from planner.case.grammar import parse
from planner.common.unknown import split_changes
from planner.tables import cells
from planner.tables.cells import shown

WHERE = "--law"
MOST_OUTCOMES = 20
"""most outcomes of a law"""
FINE = 160
"""points of the quadrature from which those of few points are found"""
SLOT = "{}"
NAMES: Mapping[int, tuple[str, ...]] = {
    1: ("mean",),
    2: ("low", "high"),
    3: ("low", "mid", "high"),
    4: ("lowest", "low", "high", "highest"),
    5: ("lowest", "low", "mid", "high", "highest"),
}
"""names of so many outcomes, the lowest first"""
_LAW = re.compile(r"(?P<law>[a-z]\w*)\s*\((?P<numbers>[^()]*)\)")
_VALUE_AT_END = re.compile(r"(?P<change>.*?=)\s*(?P<law>[a-z]\w*\s*\([^()]*\))")
_FOR = re.compile(r"(?P<changes>.*\s)for\s+(?P<law>.*)", re.DOTALL)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.")


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution as the planner needs it."""

    frozen: Any
    """of scipy.stats"""
    partial: Callable[[Vector], Vector]
    """the partial expectation up to some numbers: ∫_{−∞}^x t f(t) dt"""
    fine: tuple[Vector, Vector]
    """points and probabilities of a fine quadrature by it"""

    @property
    def mean(self) -> float:
        """The mean."""
        return float(self.frozen.mean())

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        return float(self.frozen.std())


@dataclass(frozen=True, eq=False)
class Law:
    """What is not known yet, as a law of a number."""

    name: str
    """of the event"""
    templates: tuple[str, ...]
    """changes with `{}` where the number goes"""
    text: str
    """the law as it was written"""
    distribution: Distribution

    @cached_property
    def first_day(self) -> date | None:
        """The first day of the earliest range of dates in the changes; None where there is none."""
        days = [date.fromisoformat(day) for template in self.templates for day in _RANGE.findall(template)]
        return min(days, default=None)

    def changes(self, value: float) -> str:
        """The changes of an outcome."""
        return "; ".join(template.replace(SLOT, f"{value:.12g}") for template in self.templates)


def outcome_names(count: int) -> tuple[str, ...]:
    """The names of the outcomes of a law, the lowest first.

    >>> outcome_names(3), outcome_names(6)[:2]
    (('low', 'mid', 'high'), ('step_1', 'step_2'))
    """
    return NAMES.get(count, tuple(f"step_{i}" for i in range(1, count + 1)))


def read_law(text: str) -> Law:
    """The law that a text says. Raises DataError where it says none."""
    name, colon, rest = (part.strip() for part in text.partition(":"))
    try:
        cells.identifier(name)
    except ValueError:
        colon = ""
    if not colon:
        raise _error(
            text, "a name of lower-case words, a colon and a change, as in demand: … *= lognormal(1, 0.2)", name
        )
    found = _FOR.fullmatch(rest)
    if found is not None and SLOT in found["changes"]:
        templates, law = split_changes(found["changes"]), found["law"].strip()
    else:
        at_end = _VALUE_AT_END.fullmatch(rest)
        if at_end is None:
            raise _error(text, f"a change whose value is a law: {laws()}", rest)
        templates, law = [f"{at_end['change']} {SLOT}"], at_end["law"]
    for template in templates:
        if SLOT not in template:
            raise _error(text, f"{SLOT} in place of the number in each change", template)
        parse(template.replace(SLOT, "1"))
    return Law(name, tuple(templates), law, _distribution(text, law))


def laws() -> str:
    """The laws in words."""
    return ", ".join(f"{name}({', '.join(numbers)})" for name, (numbers, _) in _LAWS.items())


def _error(text: str, expected: str, found: str) -> DataError:
    return DataError([Problem(f"{WHERE} {shown(text)}", None, "", expected, shown(found))])


def _distribution(text: str, law: str) -> Distribution:
    found = _LAW.fullmatch(law)
    if found is None or found["law"] not in _LAWS:
        raise _error(text, f"one of {laws()}", law)
    names, make = _LAWS[found["law"]]
    try:
        numbers = [cells.number(part.strip()) for part in found["numbers"].split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(names):
        raise _error(text, f"{found['law']}({', '.join(names)})", law)
    made = make(*numbers)
    if isinstance(made, str):
        raise _error(text, made, law)
    return made


# The laws, each with its partial expectation and a fine quadrature


def _normal(mean: float, deviation: float) -> Distribution | str:
    if deviation <= 0:
        return "a standard deviation above 0"
    z, weights = special.roots_hermitenorm(FINE)
    return Distribution(
        stats.norm(mean, deviation),
        lambda x: mean * special.ndtr((x - mean) / deviation) - deviation * stats.norm.pdf((x - mean) / deviation),
        (mean + deviation * z, weights / weights.sum()),
    )


def _lognormal(mean: float, deviation: float) -> Distribution | str:
    if mean <= 0 or deviation <= 0:
        return "a mean and a standard deviation above 0"
    s = float(np.sqrt(np.log1p((deviation / mean) ** 2)))
    m = float(np.log(mean)) - s * s / 2
    z, weights = special.roots_hermitenorm(FINE)
    with np.errstate(divide="ignore"):
        return Distribution(
            stats.lognorm(s, scale=np.exp(m)),
            lambda x: mean * special.ndtr((np.log(x) - m) / s - s),
            (np.exp(m + s * z), weights / weights.sum()),
        )


def _gamma(mean: float, deviation: float) -> Distribution | str:
    if mean <= 0 or deviation <= 0:
        return "a mean and a standard deviation above 0"
    shape, scale = (mean / deviation) ** 2, deviation**2 / mean
    if shape > 150:
        return "a standard deviation that is at least a twelfth of the mean"
    x, weights = special.roots_genlaguerre(FINE, shape - 1)
    return Distribution(
        stats.gamma(shape, scale=scale),
        lambda t: np.asarray(mean * special.gammainc(shape + 1, t / scale)),
        (x * scale, weights / weights.sum()),
    )


def _uniform(low: float, high: float) -> Distribution | str:
    if high <= low:
        return "a second number above the first"
    x, weights = special.roots_legendre(FINE)
    return Distribution(
        stats.uniform(low, high - low),
        lambda t: (t - low) * (t + low) / (2 * (high - low)),
        (low + (high - low) * (x + 1) / 2, weights / weights.sum()),
    )


def _triangular(low: float, mode: float, high: float) -> Distribution | str:
    if not low <= mode <= high or low == high:
        return "three numbers in order, the first below the last"
    x, weights = special.roots_legendre(FINE)
    parts = []
    for a, b, foot in ((low, mode, low), (mode, high, high)):
        t = a + (b - a) * (x + 1) / 2
        top = abs(mode - foot) or 1.0
        parts.append((t, weights * (b - a) / 2 * 2 * np.abs(t - foot) / ((high - low) * top)))
    points, chances = (np.concatenate(each) for each in zip(*parts, strict=True))

    def partial(t: Vector) -> Vector:
        left, right = np.minimum(t, mode), np.maximum(t, mode)
        rising = 0.0 if mode == low else _cubic(low, left, low) / ((high - low) * (mode - low))
        falling = 0.0 if mode == high else -_cubic(mode, right, high) / ((high - low) * (high - mode))
        return np.asarray(rising + falling)

    return Distribution(
        stats.triang((mode - low) / (high - low), low, high - low), partial, (points, chances / chances.sum())
    )


def _cubic(first: float, last: Vector, foot: float) -> Vector:
    """∫ 2 t (t − foot) dt from `first` to `last`."""
    return 2 * ((last**3 - first**3) / 3 - foot * (last**2 - first**2) / 2)


def _pert(low: float, mode: float, high: float) -> Distribution | str:
    if not low <= mode <= high or low == high:
        return "three numbers in order, the first below the last"
    a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    x, weights = special.roots_jacobi(FINE, b - 1, a - 1)
    mean = a / (a + b)

    def partial(t: Vector) -> Vector:
        u = (t - low) / (high - low)
        return np.asarray(low * special.betainc(a, b, u) + (high - low) * mean * special.betainc(a + 1, b, u))

    points = low + (high - low) * (x + 1) / 2
    return Distribution(stats.beta(a, b, low, high - low), partial, (points, weights / weights.sum()))


_LAWS: Mapping[str, tuple[tuple[str, ...], Callable[..., Distribution | str]]] = {
    "lognormal": (("mean", "deviation"), _lognormal),
    "normal": (("mean", "deviation"), _normal),
    "gamma": (("mean", "deviation"), _gamma),
    "uniform": (("low", "high"), _uniform),
    "triangular": (("low", "mode", "high"), _triangular),
    "pert": (("low", "mode", "high"), _pert),
}
