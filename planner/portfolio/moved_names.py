"""Decisions that another case calls otherwise: a site that is late has the same letter, with a later commencement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from planner.case.case import Case
from planner.ledgers.variables import Key, decision_name, parts_of

MovedKeys: TypeAlias = Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]]
"""By instrument, beginnings of keys of one case, and what another case calls them."""


def moved_keys(one: Case, other: Case) -> MovedKeys:
    """By instrument, beginnings of keys that another case names otherwise, and what it calls them."""
    return {
        each.name: {_texts(old): _texts(new) for old, new in each.moved(one, other).items() if old != new}
        for each in one.catalogue.instruments
        if each.moved is not None
    }


def _texts(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))


def renamed(name: str, moved: MovedKeys) -> str:
    """A decision's name where the beginnings of keys are as `moved` says."""
    block, group, parts = parts_of(name)
    for old, new in moved.get(block, {}).items():
        if parts[: len(old)] == old:
            return decision_name(block, group, (*new, *parts[len(old) :]))
    return name
