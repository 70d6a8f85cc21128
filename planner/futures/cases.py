"""The case of a future: the expected one with the changes that the outcomes of the future make, in their order."""

from __future__ import annotations

from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.common.waivers import Waiver
from planner.futures.effects import changes_of
from planner.futures.tree import Future, Tree
from planner.portfolio.outdated_waivers import without_outdated


def case_of(case: Case, tree: Tree, future: Future) -> Case:
    """The case of a future. What has turned out is no event any more, so it holds none where there are others.

    Where there are several futures, it does not say either how probable it may be that a limit is broken: of one future
    that cannot be said. So every waiver holds in it, and whoever plans for all futures sees to the probabilities
    (`planner.portfolio.waived`). Waivers of limits that the future does not have are left out.

    Raises DataError with every change that cannot be made.
    """
    for event, outcome in zip(tree.events, future.outcomes, strict=True):
        changes = [] if outcome is None else changes_of(event, outcome, case)
        if changes:
            case = case.change(*changes)
    if len(tree) == 1:
        return case
    if any(not row.in_every_future for row in case.rows(Waiver)):
        case = case.change("waivers[*,*].probability_max = blank")
    return without_outdated(without_events(case))


def without_events(case: Case) -> Case:
    """The same case as if everything were known."""
    gone = {row.about.file for row in (UnknownEvent, EventOutcome)}
    files = {name: data for name, data in case.files.items() if name not in gone}
    return case if len(files) == len(case.files) else type(case).made_of(files, case.catalogue, case)
