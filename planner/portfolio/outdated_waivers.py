"""Waivers that a change of the case has left without a limit.

A waiver names a limit that the case states. Where an event, a future or the time that passes takes that limit away, the
waiver goes with it. In a case as somebody wrote it, such a waiver is a mistake instead, and `Portfolio.of` says so.
"""

from __future__ import annotations

from typing import TypeVar

from planner.case.case import Case
from planner.common.waivers import Waiver
from planner.ledgers.variables import QUOTE
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import unfit

C = TypeVar("C", bound=Case)


def outdated(case: Case) -> list[Waiver]:
    """The waivers of a changed case that are about no limit that may be waived."""
    if not case.rows(Waiver):
        return []
    return [row for row, _ in unfit(case, Portfolio.as_agreed(case).limits)]


def removals(case: Case) -> list[str]:
    """The changes, in the words of `--set`, that remove them."""
    found = outdated(case)
    whole = {row.rule for row in found if row.subject is None}
    rows = [row for row in found if row.subject is None or row.rule not in whole]
    return [f"-waivers[{_quoted(row.rule)}, {_quoted(row.subject)}]" for row in rows]


def without_outdated(case: C) -> C:
    """A changed case without the waivers that have no limit any more."""
    found = removals(case)
    return case.change(*found) if found else case


def _quoted(text: str | None) -> str:
    return "*" if text is None else QUOTE + text.replace(QUOTE, QUOTE * 2) + QUOTE
