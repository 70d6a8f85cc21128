"""Sums of entries by what their posts say and by period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from planner.basics.arrays import Vector
from planner.ledgers.posts import Entries, Post

K = TypeVar("K", str, int, tuple[tuple[str, ...], int])


def sums(entries: Entries, by: Callable[[Post], tuple[str, ...]]) -> dict[tuple[tuple[str, ...], int], float]:
    """The sum of values by what `by` says of their post, and by period, in the order of the first of each."""
    return totals(zip(entries.each(by), entries.period.tolist(), strict=True), entries.value)


def labelled(*names: str) -> Callable[[Post], tuple[str, ...]]:
    """What some labels of a post say."""
    return lambda post: tuple(getattr(post.labels, name) for name in names)


def totals(keys: Iterable[K], values: Vector) -> dict[K, float]:
    """The sum of the values of each key, in the order of the first of each.

    >>> totals(["b", "a", "b"], np.array([1.0, 2.0, 4.0]))
    {'b': 5.0, 'a': 2.0}
    """
    places: dict[K, int] = {}
    codes = [places.setdefault(key, len(places)) for key in keys]
    found = np.bincount(np.array(codes, dtype=np.int64), weights=values, minlength=len(places))
    return dict(zip(places, found.tolist(), strict=True))
