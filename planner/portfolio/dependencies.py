"""Whether two cases are alike for an instrument or a rule, so that what it made from one also holds for the other."""

from __future__ import annotations

from planner.case.case import Case
from planner.interfaces.catalogue import tables_of
from planner.interfaces.instrument import Instrument
from planner.interfaces.rule import Rule

ALWAYS = ("start", "end", "period_months")
"""settings that every instrument and rule reads, because the calendar follows from them"""


def alike(owner: Instrument | Rule, one: Case, other: Case) -> bool:
    """Whether all that an instrument or a rule reads is the same in two cases of one catalogue."""
    if one.catalogue is not other.catalogue:
        return False
    names = (*ALWAYS, *(each for each in owner.reads if isinstance(each, str)))
    if any(getattr(one.settings, name) != getattr(other.settings, name) for name in names):
        return False
    files = {row.about.file for row in (*owner.tables, *tables_of(owner.reads, one.catalogue))}
    return all(one.files.get(file) == other.files.get(file) for file in files)
