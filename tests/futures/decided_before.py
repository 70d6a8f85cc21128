"""Which decisions of a case are taken before a day, and what another case makes of them."""

from datetime import date

from planner.api import Case
from planner.portfolio.decision_days import NEVER, decision_days
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio


def days_of(case: Case) -> dict[str, date]:
    """The day of each decision, by its name; what follows from others is left out."""
    ledgers = Portfolio.of(case).ledgers
    named = zip(ledgers.names, decision_days(ledgers), strict=True)
    return {name: day for name, day in named if day != NEVER}


def bent(case: Case, days: dict[str, date], changed: Case, day: date) -> dict[str, tuple[date | None, date | None]]:
    """Decisions taken before a day in one of two cases that the other takes on another day, or not at all.

    `days` are those of the case. Each has its days in the case and in the changed one; names are those of the case.
    """
    moved = moved_keys(changed, case)
    now = {renamed(name, moved): when for name, when in days_of(changed).items()}
    both = {name: (days.get(name), now.get(name)) for name in {*days, *now}}
    return {
        name: (was, is_)
        for name, (was, is_) in both.items()
        if was != is_ and ((was is not None and was < day) or (is_ is not None and is_ < day))
    }
