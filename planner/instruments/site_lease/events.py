"""What happens to leased halls: a site is late, or it becomes known from when guarantors stand behind leases.

    site_late       a row of site_delays: the subject, the day, value months
    cover_starts    a row of cover_starts: the day, and the subject, which is signing or commencement

Halls that stand by the day stay. Where delay damages are due, the months are news, which nobody foresees. A late site
keeps its signature. Its decisions are named by its commencement, which is a later one then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.errors import Problem
from planner.basics.text import number
from planner.instruments.shared.plan_signatures import starts_of
from planner.instruments.site_lease.cover_tables import CoverFrom, CoverStart
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.plan_data import PlanData
from planner.ledgers.variables import Key


def moved(one: CaseData, other: CaseData) -> Mapping[Key, Key]:
    """Offer and commencement of each vintage in one case, and what they are in another with other delays.

    Vintages are the same if they commence in the same period without their delay, or if a phase has only one in both
    cases. One that the other case does not have keeps its name.
    """
    before, after = _by_commencement(one), _by_commencement(other)
    found: dict[Key, Key] = {}
    for offer, mine in before.items():
        its = after.get(offer, {})
        if len(mine) == len(its) == 1:
            its = dict(zip(mine, its.values(), strict=True))
        found |= {key: its[day] for day, key in mine.items() if day in its}
    return found


def _by_commencement(case: CaseData) -> dict[str, dict[date, Key]]:
    """By phase, the key of each vintage by the start of the period in which it would commence without its delay."""
    found: dict[str, dict[date, Key]] = {}
    for each in vintages(case)[0]:
        planned = case.calendar.back(each.planned)
        found.setdefault(each.row.offer, {})[case.calendar.start_of(planned)] = each.key
    return found


def _phases(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(SiteLease)]


def _happens(event: Event) -> str:
    return f"{event.subject} is {number(event.value or 0.0)} months late"


def _changes(event: Event, case: CaseData) -> Iterator[str]:
    key, months = (event.subject, event.from_date), plain(event.value or 0.0)
    damages = any(row.offer == event.subject and row.delay_damages_usd_bn_per_gw_year for row in case.rows(SiteLease))
    if any(row.key_values() == key for row in case.rows(SiteDelay)):
        yield f"site_delays[{event.subject},{event.from_date}].months += {months}"
        if damages:
            yield f"site_delays[{event.subject},{event.from_date}].news_months += {months}"
    else:
        news = f", news_months={months}" if damages else ""
        yield f"+site_delays{{offer={event.subject}, late_from={event.from_date}, months={months}{news}}}"


def _stands(event: Event, case: CaseData) -> Iterator[Problem]:
    """Whenever the phase may commence, it does so before the day."""
    mine = [each.starts for each in vintages(case)[0] if each.row.offer == event.subject]
    if mine and max(mine) < event.from_date:
        yield event.problem("from_date", f"a day by {max(mine)}, the last on which {event.subject} may commence")


def _has_commenced(event: Event, plan: PlanData) -> Iterator[Problem]:
    """The site has commenced by then under the plan."""
    for starts in starts_of(plan, "exercise", event.subject or ""):
        if starts <= event.from_date:
            yield event.problem("from_date", f"a day before {starts}, when the plan has it commence")


SITE_LATE = EventKind(
    name="site_late",
    subject="a phase",
    subjects=_phases,
    value=EventValue.MONTHS,
    happens=_happens,
    changes=_changes,
    problems=_stands,
    plan_problems=_has_commenced,
)


def _readings(case: CaseData) -> list[str]:
    return list(CoverFrom)


def _counts(event: Event) -> str:
    return f"guarantors of leases stand behind them from {event.subject} on"


def _counted(event: Event, case: CaseData) -> Iterator[str]:
    if any(row.from_date == event.from_date for row in case.rows(CoverStart)):
        yield f"cover_starts[{event.from_date}].cover_from = {event.subject}"
    else:
        yield f"+cover_starts{{from_date={event.from_date}, cover_from={event.subject}}}"


def _guaranteed(event: Event, case: CaseData) -> Iterator[Problem]:
    """Some lease needs a guarantor."""
    if not any(row.needs_guarantee for row in case.rows(SiteLease)):
        yield event.problem("kind", "a kind that concerns the case: no lease of it needs a guarantor")


COVER_STARTS = EventKind(
    name="cover_starts",
    subject="signing or commencement",
    subjects=_readings,
    value=EventValue.BLANK,
    happens=_counts,
    changes=_counted,
    problems=_guaranteed,
)
