"""Which groups of items may be touched."""

from __future__ import annotations

from collections.abc import Collection

from planner.interfaces.groups import GROUPS


def chosen(include: Collection[str], exclude: Collection[str]) -> frozenset[str]:
    """The groups that may be touched: those included, or all where none is, without those excluded.

    Raises ValueError where no group has one of the names.
    """
    unknown = sorted({*include, *exclude} - GROUPS.keys())
    if unknown:
        raise ValueError(f"no group is called {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return frozenset(include or GROUPS) - frozenset(exclude)
