"""Random numbers that are the same on every machine: streams by name, plain arithmetic, few digits."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, name: str) -> Random:
    """The random numbers of a name. Each name has its own, so drawing more for one table changes no other table.

    >>> stream(1, "sites").random() == stream(1, "sites").random() != stream(1, "orders").random()
    True
    """
    return Random(f"{name} {seed}")


def rounded(value: float, digits: int = 3) -> float:
    """A number to so many significant digits.

    >>> rounded(0.123456), rounded(1234.56, 5)
    (0.123, 1234.6)
    """
    return float(f"{value:.{digits}g}")


def between(rng: Random, low: float, high: float) -> float:
    """Anything from `low` to `high`, to three significant digits."""
    return rounded(low + (high - low) * rng.random())


def deck(rng: Random, items: Sequence[T], count: int) -> list[T]:
    """`count` items in random order; each occurs as often as any other, or once more.

    >>> sorted(deck(Random(1), "abc", 6))
    ['a', 'a', 'b', 'b', 'c', 'c']
    """
    drawn: list[T] = []
    while len(drawn) < count:
        drawn += rng.sample(items, len(items))
    return drawn[:count]


def apportioned(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers that add to `total`, in proportion to weights, by the method of largest remainders.

    Of equal remainders the earlier is rounded up first.

    >>> apportioned([10, 34, 13], 10)
    [2, 6, 2]
    """
    exact = [weight * total / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (round(whole[i] - exact[i], 9), i))
    for i in by_remainder[: total - sum(whole)]:
        whole[i] += 1
    return whole
