"""The day on which each lease of halls ends, by the decision that brings it, or that ends it early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.instruments.site_lease import endings, renewals
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.vintages import backers, vintages
from planner.interfaces.case_data import CaseData
from planner.ledgers.variables import decision_name


def ends(case: CaseData) -> Iterator[tuple[str, date]]:
    """Decisions, as the files of a plan name them, and the first day after the term."""
    calendar = case.calendar
    for vintage in vintages(case)[0]:
        names = [backer.name for backer in backers(case, vintage.row)]
        last = vintage.ends
        for renewal in renewals.renewals(case, vintage):
            if renewal.taken:
                last = renewal.phase.ends
                continue
            for name in names:
                yield decision_name(renewals.BLOCK, "kept", [*renewal.key(calendar), name]), renewal.phase.ends
        for ending in endings.endings(case, vintage):
            if ending.given:
                last = ending.day
                continue
            for name in names:
                yield decision_name(endings.BLOCK, "ended_part", [*ending.key(calendar), name]), ending.day
        for name in names:
            yield decision_name(NAME, "share", [*vintage.key, name]), last
