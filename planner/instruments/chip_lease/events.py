"""What happens to a chip lease: chips fetch less, or the lab defaults.

    resale_down       chip_leases[offer].advance_share /= 1 − value for leases without support that are signed by then
    lessee_default    no change; `default` says who gets what

The debt of an unsupported lease was tested when it was signed, against the resale values of that time. So its
advance_share is raised as the values fall.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.errors import Problem
from planner.instruments.chip_lease.lessee_default import default
from planner.instruments.chip_lease.tables import ChipLease, NoSupport
from planner.instruments.shared.plan_signatures import signed_before
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventEffect, EventKind, EventValue, plain
from planner.interfaces.plan_data import PlanData


def _leases(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(ChipLease)]


def _happens(event: Event) -> str:
    return f"the lab defaults on {event.subject}"


def _tested(event: Event, plan: PlanData) -> Iterator[ChipLease]:
    """Leases without support that the plan has signed by then, of the chips whose resale falls."""
    mine = plan.decisions[(plan.decisions["what"] == "amount") & (plan.decisions["backer"] == NoSupport.UNSUPPORTED)]
    for lease in plan.case.rows(ChipLease):
        about = lease.chip == event.subject or event.subject is None
        if about and lease.offer in set(mine["offer"]) and signed_before(plan, lease.offer, event.from_date):
            yield lease


def _raised(event: Event, plan: PlanData) -> Iterator[str]:
    for lease in _tested(event, plan):
        raised = lease.advance_share / event.share_left
        yield f"chip_leases[{lease.offer}].advance_share = {plain(raised)}"


def _cannot_be_raised(event: Event, plan: PlanData) -> Iterator[Problem]:
    if event.value == 1 and next(_tested(event, plan), None) is not None:
        yield event.problem("value", "a share below 1, as the plan has signed a lease without support")


RESALE_DOWN = EventEffect(changes=_raised, problems=_cannot_be_raised)
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
