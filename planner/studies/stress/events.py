"""The table of events, and each event as changes to a plan's case in the words of `--set`.

    site_late               site_leases[subject].delay_months += value
    provider_gone           its contract years from then on give nothing and ask for nothing; what it has not signed by
                            then is closed; its spare capacity ends
    guarantor_downgraded    guarantor_caps[subject,*,from..].cap_usd_bn *= 1 − value
    revenue_down            finance[from..].revenue_usd_bn_per_year *= 1 − value
    resale_down             resale_values[subject,*].value_share *= 1 − value
    spare_recalled          spare_capacity[subject].to_date = from
    lessee_default          nothing: see `default`

A provider that is gone serves out the contract year that is under way: the first that begins on or after the date is
the first that is gone. As a guarantor it stays; a downgrade is an event of its own. Resale values know no date, so they
fall from the start on, and with them grows what a supporter has stood behind before. An unsupported lease that was
signed before had its debt tested against the values of then, so that its advance_share is raised as they fall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from planner.basics.calendar import add_months
from planner.basics.errors import DataError, Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.case.case import Case
from planner.common.chips import ResaleValue
from planner.common.guarantors import GuarantorCap
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.chip_lease.vintages import UNSUPPORTED
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.plan.plan import Plan
from planner.tables import csvtext
from planner.tables.cells import shown
from planner.tables.fields import Field
from planner.tables.offer import OfferStatus
from planner.tables.reading import read_rows
from planner.tables.references import suggestion
from planner.tables.table import Row, Table

TOGETHER = "together"
"""names all events at once"""


class EventKind(StrEnum):
    """What happens."""

    SITE_LATE = "site_late"
    PROVIDER_GONE = "provider_gone"
    GUARANTOR_DOWNGRADED = "guarantor_downgraded"
    REVENUE_DOWN = "revenue_down"
    RESALE_DOWN = "resale_down"
    SPARE_RECALLED = "spare_recalled"
    LESSEE_DEFAULT = "lessee_default"


SHARES = frozenset({EventKind.GUARANTOR_DOWNGRADED, EventKind.REVENUE_DOWN, EventKind.RESALE_DOWN})
"""kinds whose value is the share that is lost"""
WITHOUT_VALUE = frozenset({EventKind.PROVIDER_GONE, EventKind.SPARE_RECALLED})


class Event(Row):
    """Something that happens on a day on which a part of the plan is signed already."""

    about: ClassVar[Table] = Table("events", "one row per event", ("event",))

    event: Annotated[str, Field("event, which names its folder", identifier=True)]
    kind: Annotated[
        EventKind,
        Field(
            "a site is late, a provider gone, a guarantor downgraded, revenue down, chips fetch less, spare capacity is"
            " recalled, or the lab defaults on a chip lease"
        ),
    ]
    subject: Annotated[
        str | None,
        Field(
            "whom it is about: a phase, a provider, a guarantor, a chip (blank: all), an offer of spare capacity, a"
            " chip lease; blank for revenue_down"
        ),
    ] = None
    from_date: Annotated[date, Field("day from which it is known and holds; what is signed before is kept")]
    value: Annotated[
        float | None,
        Field(
            "months for site_late; share lost for guarantor_downgraded, revenue_down and resale_down; fees paid first"
            " for lessee_default, blank: none [USD bn]; blank for the others",
            least=0,
            unit="months, share or USD bn",
        ),
    ] = None

    @property
    def changes_case(self) -> bool:
        """Whether the case changes with it."""
        return self.kind is not EventKind.LESSEE_DEFAULT


def read(file: str | Path, plan: Plan) -> tuple[Event, ...]:
    """The events in a file, about a plan, in the order of the file. Raises DataError with everything wrong with it."""
    file = Path(file)
    raw = csvtext.parse(file.name, file.read_bytes())
    rows, problems = read_rows({Event.about.name: raw}, (Event,), frozenset(), None)
    events = rows.rows(Event)
    if not raw.records:
        problems.append(Problem(Event.about.file, None, "", "at least one row, one row per event", "only a header"))
    problems += [problem for event in events for problem in check(event, plan)]
    if problems:
        named = [replace(problem, file=file.name) for problem in problems]
        raise DataError(sorted(named, key=lambda problem: problem.line or 0))
    return events


def check(event: Event, plan: Plan) -> Iterator[Problem]:
    """What the cells of an event say together, and whether the plan has what it is about."""
    case = plan.case
    if event.event == TOGETHER:
        yield event.problem("event", f"another name, as '{TOGETHER}' is all events at once")
    if not case.settings.start <= event.from_date < case.settings.end:
        yield event.problem("from_date", f"a day from {case.settings.start} to before {case.settings.end}")
        return
    yield from _value(event)
    known = _subjects(event, case)
    if known is None:
        if event.subject is not None:
            yield event.problem("subject", f"a blank for {event.kind}")
    elif event.subject not in known and not (event.subject is None and event.kind is EventKind.RESALE_DOWN):
        hint = suggestion(event.subject or "", known)
        yield event.problem("subject", f"{_WHAT[event.kind]} of the plan's case", shown(event.subject) + hint)
    else:
        yield from _about(event, plan)


_WHAT = {
    EventKind.SITE_LATE: "a phase",
    EventKind.PROVIDER_GONE: "a provider",
    EventKind.GUARANTOR_DOWNGRADED: "a guarantor with caps",
    EventKind.RESALE_DOWN: "a chip with resale values, or a blank for all,",
    EventKind.SPARE_RECALLED: "an offer of spare capacity",
    EventKind.LESSEE_DEFAULT: "a chip lease",
}


def _value(event: Event) -> Iterator[Problem]:
    value = event.value
    if event.kind in WITHOUT_VALUE:
        if value is not None:
            yield event.problem("value", f"a blank for {event.kind}")
    elif value is None:
        if event.changes_case:
            yield event.problem("value", f"a number for {event.kind}")
    elif event.kind in SHARES and value > 1:
        yield event.problem("value", f"a share of at most 1 for {event.kind}")
    elif event.kind is EventKind.SITE_LATE and (value != int(value) or value == 0):
        yield event.problem("value", "whole months, at least 1, for site_late")


def _subjects(event: Event, case: Case) -> frozenset[str] | None:
    """What an event may be about; None where it is about nothing in particular."""
    match event.kind:
        case EventKind.SITE_LATE:
            return frozenset(row.offer for row in case.rows(SiteLease))
        case EventKind.PROVIDER_GONE:
            providers = [row.provider for row in case.rows(CloudCommitment)]
            return frozenset([*providers, *(row.provider for row in case.rows(SpareCapacity))])
        case EventKind.GUARANTOR_DOWNGRADED:
            return frozenset(row.guarantor for row in case.rows(GuarantorCap))
        case EventKind.RESALE_DOWN:
            return frozenset(row.chip for row in case.rows(ResaleValue))
        case EventKind.SPARE_RECALLED:
            return frozenset(row.offer for row in case.rows(SpareCapacity))
        case EventKind.LESSEE_DEFAULT:
            return frozenset(row.offer for row in case.rows(ChipLease))
    return None


def _about(event: Event, plan: Plan) -> Iterator[Problem]:
    """What would have happened already, or is not worked out."""
    case, day = plan.case, event.from_date
    match event.kind:
        case EventKind.SITE_LATE:
            for starts in starts_of(plan, "exercise", event.subject or ""):
                if starts <= day:
                    yield event.problem("from_date", f"a day before {starts}, when the plan has it commence")
        case EventKind.PROVIDER_GONE:
            for row in case.rows(CloudCommitment):
                mine = row.provider == event.subject and row.prepay_share > 0
                if mine and any(starts_of(plan, "sign", row.offer)):
                    what = f"'{row.offer}' is prepaid, and what is lost of that is not worked out"
                    yield event.problem("subject", "a provider to whom the plan prepays nothing", what)
        case EventKind.SPARE_RECALLED:
            for spare in case.rows(SpareCapacity):
                if spare.offer == event.subject and day <= (spare.from_date or case.settings.start):
                    yield event.problem("from_date", f"a day after {spare.from_date or case.settings.start}")
        case EventKind.RESALE_DOWN:
            if event.value == 1 and next(_tested(event, plan), None) is not None:
                yield event.problem("value", "a share below 1, as the plan has signed a lease without support")


def starts_of(plan: Plan, what: str, offer: str) -> list[date]:
    """The `starts_on` of an offer's decisions of one kind."""
    mine = plan.decisions[(plan.decisions["what"] == what) & (plan.decisions["offer"] == offer)]
    return [date.fromisoformat(str(day)) for day in mine["starts_on"]]


def changes(events: Sequence[Event], plan: Plan) -> tuple[str, ...]:
    """The changes to the plan's case that events make together.

    The earliest comes last: where two end the same offer, the earlier end holds.
    """
    ordered = sorted(events, key=lambda event: event.from_date, reverse=True)
    return tuple(change for event in ordered for change in _changes(event, plan))


def _changes(event: Event, plan: Plan) -> Iterator[str]:
    day, subject = event.from_date, event.subject
    left = _plain(1.0 - event.value) if event.kind in SHARES and event.value is not None else ""
    match event.kind:
        case EventKind.SITE_LATE:
            yield f"site_leases[{subject}].delay_months += {_plain(event.value or 0.0)}"
        case EventKind.PROVIDER_GONE:
            yield from _gone(event, plan)
        case EventKind.GUARANTOR_DOWNGRADED:
            yield f"guarantor_caps[{subject},*,{day}..].cap_usd_bn *= {left}"
        case EventKind.REVENUE_DOWN:
            yield f"finance[{day}..].revenue_usd_bn_per_year *= {left}"
        case EventKind.RESALE_DOWN:
            yield f"resale_values[{subject or '*'},*].value_share *= {left}"
            for lease in _tested(event, plan):
                raised = lease.advance_share / (1.0 - (event.value or 0.0))
                yield f"chip_leases[{lease.offer}].advance_share = {_plain(raised)}"
        case EventKind.SPARE_RECALLED:
            yield f"spare_capacity[{subject}].to_date = {day}"


def _gone(event: Event, plan: Plan) -> Iterator[str]:
    case, day = plan.case, event.from_date
    for row in case.rows(CloudCommitment):
        if row.provider != event.subject or row.status is OfferStatus.CLOSED:
            continue
        if not signed_before(plan, row.offer, day):
            yield f"cloud_commitments[{row.offer}].status = closed"
            continue
        (starts,) = starts_of(plan, "sign", row.offer)
        for term in case.rows(CloudTerm):
            begins = add_months(starts, (term.contract_year - 1) * MONTHS_PER_YEAR)
            if term.offer == row.offer and begins >= day:
                for column in ("capacity_gw", "floor_usd_bn"):
                    yield f"cloud_terms[{row.offer},{term.contract_year}].{column} = 0"
    for spare in case.rows(SpareCapacity):
        if spare.provider == event.subject and spare.status is not OfferStatus.CLOSED:
            if day <= (spare.from_date or case.settings.start):
                yield f"spare_capacity[{spare.offer}].status = closed"
            elif spare.to_date is None or spare.to_date > day:
                yield f"spare_capacity[{spare.offer}].to_date = {day}"


def signed_before(plan: Plan, offer: str, day: date) -> bool:
    """Whether the plan has signed an offer before a day."""
    (row,) = (row for row in plan.case.tables.offers() if row.offer == offer)
    if row.status is OfferStatus.SIGNED:
        return True
    mine = plan.offers[(plan.offers["offer"] == offer) & (plan.offers["signed"] == "yes")]
    return any(date.fromisoformat(str(signed)) < day for signed in mine["signed_on"])


def _tested(event: Event, plan: Plan) -> Iterator[ChipLease]:
    """Leases without support that the plan has signed by then, of the chips whose resale falls."""
    mine = plan.decisions[(plan.decisions["what"] == "amount") & (plan.decisions["backer"] == UNSUPPORTED)]
    for lease in plan.case.rows(ChipLease):
        about = lease.chip == event.subject or event.subject is None
        if about and lease.offer in set(mine["offer"]) and signed_before(plan, lease.offer, event.from_date):
            yield lease


def _plain(value: float) -> str:
    """A number without the noise of its last digits.

    >>> _plain(1 - 0.4), _plain(12.0)
    ('0.6', '12')
    """
    return f"{value:.12g}"
