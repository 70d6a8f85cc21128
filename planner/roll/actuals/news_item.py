"""A difference from the plan, as a change of the later case."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.interfaces.advance import RowChange
from planner.roll.rows import changed_case


@dataclass(frozen=True)
class News:
    """A difference from the plan, and the changes of the case that make it."""

    what: str
    """in words: what was planned and what came"""
    rows: tuple[RowChange, ...] = ()
    asked: tuple[str, ...] = ()
    """changes in the words of `--set`"""

    def of(self, case: Case) -> Case:
        """The case with the news."""
        made = changed_case(case, self.rows)
        return made.change(*self.asked) if self.asked else made
