"""Site lease: due diligence that takes time begins on a day that is decided, and buys the right to exercise.

Of a phase with diligence_months the variables are

    begin[o, diligence, d]    1 if it begins on d, the first day of a period, when it is paid

in the periods from which it is over when the phase may be exercised for the last time. Afterwards the phase is
exercised, or it is not and the diligence is lost. Where diligence_from lies before the start of the case, it has begun
and is paid, and there are no variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from planner.basics.calendar import Calendar, add_months
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.tables.offer import OfferStatus

BEGIN = "begin"
ABOUT = "diligence"
"""what begins, in the key"""


def takes_time(row: SiteLease) -> bool:
    """Whether a phase that is not leased yet may be exercised only after its diligence."""
    return row.diligence_months > 0 and row.status is not OfferStatus.SIGNED


def begun_on(case: CaseData, row: SiteLease) -> date | None:
    """The day before the start on which the diligence of a phase has begun; None where it has not."""
    begun = row.diligence_from
    return begun if begun is not None and begun < case.settings.start else None


def over_in(calendar: Calendar, row: SiteLease, begun: date) -> int:
    """The first period at whose start diligence that begins on a day is over."""
    return calendar.forward(add_months(begun, row.diligence_months))


def beginnings(case: CaseData, phase: Sequence[PhaseVintage]) -> list[int]:
    """The periods in which the diligence of a phase may begin, so that some commencement of it can be exercised."""
    if not phase:
        return []
    calendar, row = case.calendar, phase[0].row
    if not takes_time(row) or begun_on(case, row) is not None:
        return []
    last = max(vintage.signed for vintage in phase)
    return [t for t in calendar.periods if over_in(calendar, row, calendar.start_of(t)) <= last]


def key_of(calendar: Calendar, offer: str, t: int) -> tuple[str, str, str]:
    """The key of the decision to begin the diligence of a phase at the start of a period."""
    return offer, ABOUT, calendar.start_of(t).isoformat()


def may_be_exercised(case: CaseData, vintage: PhaseVintage) -> bool:
    """Whether diligence can be over when a vintage is signed."""
    row = vintage.row
    if not takes_time(row):
        return True
    begun = begun_on(case, row) or case.calendar.start
    return over_in(case.calendar, row, begun) <= vintage.signed


def declare(
    case: CaseData, ledgers: Ledgers, phases: Mapping[str, Sequence[PhaseVintage]], labels: Mapping[str, Labels]
) -> None:
    """Declare when diligence begins, where that is to be decided, and post what it costs."""
    when = [(o, t) for o, phase in phases.items() for t in beginnings(case, phase)]
    if not when:
        return
    begin = ledgers.declare(
        "site_lease", BEGIN, ("offer", "about", "begins_on"), [key_of(case.calendar, o, t) for o, t in when],
        unit="0 or 1", decided=OnDate("begins_on"), domain=Domain.BINARY,
    )  # fmt: skip
    for o, t in when:
        cost, years = phases[o][0].row.diligence_usd_bn, case.calendar.start_years(t)
        ledgers.dated(Kind.COST, labels[o], "diligence", begin[key_of(case.calendar, o, t)], years, -cost)


def notes(case: CaseData) -> list[tuple[str, str]]:
    """Remarks by offer."""
    rows = [row for row in case.rows(SiteLease) if takes_time(row) and row.status is not OfferStatus.CLOSED]
    return [
        (row.offer, f"diligence_from {row.diligence_from} is not before the start: it has not begun")
        for row in rows
        if row.diligence_from is not None and begun_on(case, row) is None
    ]
