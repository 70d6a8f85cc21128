"""Few futures that stand for many: fast forward selection (Heitsch and Römisch 2003).

The futures are points with probabilities. The first that is kept is the one to which the others are nearest on
average, and each further one lowers the mean distance to the nearest kept future the most. What is not kept gives its
probability to the nearest that is. With these probabilities the mean distance is the Kantorovich distance between the
kept futures and all of them:

    D = Σ_i p_i min_j c(i, j)

It is told relative to D where only the first is kept. As a further future never lowers the mean distance by more than
it would have lowered it before, most candidates need not be looked at again (lazy evaluation; the choice is the same).

The coordinates of a future are those of its outcomes. Where the changes of all outcomes of an event only differ in a
number, or their kinds in the value, that number counts, in standard deviations over the outcomes. Otherwise two
different outcomes are √2 apart, as two numbers drawn from one law are in the mean square.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.common.unknown import EventOutcome
from planner.futures.correlated import Matrix
from planner.futures.tree import Tree

MOST = 20_000
"""most futures of which some are chosen"""
BLOCK = 4_000_000
"""numbers of the largest block of distances that is held at once"""
NEUTRAL = {"*=": 1.0, "+=": 0.0, "-=": 0.0}
"""the number with which an operator changes nothing"""
_NUMBER = re.compile(r"(?P<op>\+=|-=|\*=|=)\s*(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)(?=\s*(?:;|\Z|months?\b))")


@dataclass(frozen=True)
class Selection:
    """The futures that are kept."""

    positions: tuple[int, ...]
    """of the kept futures, in the order in which they were chosen"""
    probabilities: Vector
    """of each of them, with those that it stands for"""
    distance: float
    """between the kept futures and all"""
    relative: float
    """the same, as a part of the distance where only the first is kept; 0 where all futures are one"""


def fast_forward(points: Matrix, probabilities: Vector, count: int) -> Selection:
    """So many of the points, which have the shape (futures, coordinates); fewer where all others lie on one of them."""
    nearest = np.full(len(points), np.inf)
    whole = _mean_distances(points, probabilities)
    first = int(np.argmin(whole))
    chosen = [first]
    nearest = _distances(points, points[[first]])[:, 0]
    alone = float(probabilities @ nearest)
    by_gain = [(-np.inf, i) for i in range(len(points)) if i != first]
    heapq.heapify(by_gain)
    looked = dict[int, int]()
    while len(chosen) < count and by_gain:
        gain, i = heapq.heappop(by_gain)
        if looked.get(i) != len(chosen):
            closer = np.minimum(nearest, _distances(points, points[[i]])[:, 0])
            looked[i] = len(chosen)
            heapq.heappush(by_gain, (-float(probabilities @ (nearest - closer)), i))
            continue
        if gain == 0.0:
            break
        nearest = np.minimum(nearest, _distances(points, points[[i]])[:, 0])
        chosen.append(i)
    given_to = np.argmin(_distances(points, points[chosen]), axis=1)
    weights = np.bincount(given_to, weights=probabilities, minlength=len(chosen)).astype(float)
    distance = float(probabilities @ nearest)
    return Selection(tuple(chosen), weights, distance, distance / alone if alone > 0 else 0.0)


def _distances(points: Matrix, others: Matrix) -> Matrix:
    """The distance of each point from each of some others; shape (points, others)."""
    total = np.zeros((len(points), len(others)))
    for one, other in zip(points.T, others.T, strict=True):
        total += (one[:, None] - other[None, :]) ** 2
    return np.asarray(np.sqrt(total))


def _mean_distances(points: Matrix, probabilities: Vector) -> Vector:
    """The mean distance of all points from each."""
    step = max(1, BLOCK // len(points))
    parts = [probabilities @ _distances(points, points[i : i + step]) for i in range(0, len(points), step)]
    return np.concatenate(parts)


def coordinates(tree: Tree) -> Matrix:
    """The coordinates of the futures; shape (futures, coordinates)."""
    weights = np.array([future.probability for future in tree.futures])
    columns: list[Vector] = []
    for k in range(len(tree.events)):
        outcomes = [future.outcomes[k] for future in tree.futures]
        numbers = _numbers(outcomes)
        if numbers is None:
            names = ["" if each is None or not each.effect else each.outcome for each in outcomes]
            columns += [np.array([float(name == one) for name in names]) for one in dict.fromkeys(names)]
            continue
        mean = float(weights @ numbers)
        spread = float(np.sqrt(weights @ (numbers - mean) ** 2))
        if spread > 0:
            columns.append((numbers - mean) / spread)
    return np.stack(columns, axis=1) if columns else np.zeros((len(tree), 1))


def _numbers(outcomes: Sequence[EventOutcome | None]) -> Vector | None:
    """The number in which outcomes differ; None where they differ in anything else."""
    told = {each: _number(each) for each in set(outcomes) if each is not None and each.effect}
    shapes = {shape for shape, _, _ in told.values()}
    if len(shapes) != 1:
        return None
    neutral = {neutral for _, _, neutral in told.values()}
    plain = neutral.pop() if len(neutral) == 1 else None
    found = [plain if each is None or not each.effect else told[each][1] for each in outcomes]
    return None if any(each is None for each in found) else np.array(found, dtype=float)


def _number(outcome: EventOutcome) -> tuple[object, float | None, float | None]:
    """What is changed without the number, the number, and the number that would change nothing, where there is one."""
    if outcome.kind is not None:
        return (outcome.kind, outcome.subject), outcome.value, 0.0
    text = "; ".join(outcome.texts)
    found = list(_NUMBER.finditer(text))
    numbers = {each["number"] for each in found}
    if len(numbers) != 1:
        return text, None, None
    neutral = {NEUTRAL.get(each["op"]) for each in found}
    plain = neutral.pop() if len(neutral) == 1 else None
    return _NUMBER.sub(lambda each: f"{each['op']} {{}}", text), float(numbers.pop()), plain
