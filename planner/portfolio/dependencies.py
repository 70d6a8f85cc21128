"""What instruments and rules read of a case: whatever was made from it holds for any case that says the same there."""

from __future__ import annotations

from planner.case.case import Case
from planner.interfaces.catalogue import tables_of
from planner.interfaces.instrument import Instrument
from planner.interfaces.rule import Rule

ALWAYS = ("start", "end", "period_months")
"""settings that everybody reads, as the calendar is made of them"""


def alike(owner: Instrument | Rule, one: Case, other: Case) -> bool:
    """Whether two cases of one catalogue say the same in all that an instrument or a rule reads."""
    if one.catalogue is not other.catalogue:
        return False
    names = (*ALWAYS, *(each for each in owner.reads if isinstance(each, str)))
    if any(getattr(one.settings, name) != getattr(other.settings, name) for name in names):
        return False
    files = {row.about.file for row in (*owner.tables, *tables_of(owner.reads, one.catalogue))}
    return all(one.files.get(file) == other.files.get(file) for file in files)
