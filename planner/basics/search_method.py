"""The searches among which a user may choose."""

from __future__ import annotations

from enum import StrEnum


class SearchMethod(StrEnum):
    """Which search solves a mixed-integer program."""

    OWN = "own"
    """our branch and bound; HiGHS's takes over where ours gives up"""
    HIGHS = "highs"
    """HiGHS's branch and cut alone"""
    RACE = "race"
    """both side by side until the first is done; the plan may be another one each time"""
