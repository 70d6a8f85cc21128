"""What the record of one future of a hedge says of the hedge, as far as its own files can confirm it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case.case import Case
from planner.common.unknown import OF, UnknownEvent
from planner.futures.tree import PATH, UNTOUCHED
from planner.plan.audit.finding import Finding
from planner.plan.hedged import OneFuture
from planner.plan.record import RECORD, Record


def unlike_hedge(record: Record, hedge: OneFuture, case: Case) -> Iterator[Finding]:
    """What the record says of a hedge that cannot be. Whether it is so, the audit of the hedge tells."""
    if record.stress is not None or record.replan is not None:
        yield Finding(RECORD, None, "hedge", "is given, but a stress plan or a re-planned plan is no future of a hedge")
    if case.rows(UnknownEvent):
        yield Finding(RECORD, None, "hedge", "is given, but in the case of one future nothing is left unknown")
    if hedge.futures < 2:
        yield Finding(RECORD, None, "hedge.futures", f"says {hedge.futures}, there are two at least")
    names = hedge.future.split(PATH)
    outcomes = [known.partition(OF)[2] for known in hedge.known]
    if not _follows(names, outcomes):
        what = f"says {hedge.future!r}, but `known` names the outcomes {', '.join(outcomes) or 'of no event'}"
        yield Finding(RECORD, None, "hedge.future", what)


def _follows(names: list[str], outcomes: list[str]) -> bool:
    """Whether a future's name names the outcomes in their order, and what did not take place in between.

    >>> _follows(["high", "as_expected"], ["high"]), _follows(["high"], ["high", "late"]), _follows(["low"], ["high"])
    (True, False, False)
    """
    if not names:
        return not outcomes
    if outcomes and names[0] == outcomes[0] and _follows(names[1:], outcomes[1:]):
        return True
    return names[0] == UNTOUCHED and _follows(names[1:], outcomes)
