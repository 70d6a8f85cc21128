"""What happens to a chip lease: the lab defaults.

    lessee_default    no change; `default` says who gets what

A fall of resale values changes nothing of a lease that is signed: the debt of an unsupported one is tested at the level
of the day on which it is signed.
"""

from __future__ import annotations

from planner.instruments.chip_lease.lessee_default import default
from planner.instruments.chip_lease.tables import ChipLease
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue


def _leases(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(ChipLease)]


def _happens(event: Event) -> str:
    return f"the lab defaults on {event.subject}"


LESSEE_DEFAULT = EventKind(
    name="lessee_default",
    subject="a chip lease",
    subjects=_leases,
    value=EventValue.SUM,
    happens=_happens,
    changes=None,
    problems=None,
    default=default,
)
