"""What becomes of a commitment whose provider is gone.

    cloud_commitments[offer].gone_from = day        of each of its offers that is not closed, where that
                                                    changes anything
    cloud_commitments[offer].status = open          where it is required and could be signed later too

The provider serves out the contract year that is under way: the first year that begins on or after the day is the first
that is gone, and what is not signed by the day cannot be. Its guarantees stay. A contract that is prepaid is refused,
as what comes back of a prepayment is not worked out: under a plan where it has signed one, else where one may be signed
before the day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, vintages
from planner.instruments.shared.plan_signatures import starts_of
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, ProviderEffect
from planner.interfaces.plan_data import PlanData
from planner.tables.offer import OfferStatus


def _providers(case: CaseData) -> list[str]:
    return [row.provider for row in case.rows(CloudCommitment)]


def _changes(event: Event, case: CaseData) -> Iterator[str]:
    day = event.from_date
    for row in case.rows(CloudCommitment):
        if row.provider != event.subject or row.status is OfferStatus.CLOSED or (row.gone_from or date.max) <= day:
            continue
        mine = [each for each in vintages(case)[0] if each.row.offer == row.offer]
        later = any(case.calendar.start_of(each.signed) >= day and not each.sunk for each in mine)
        if later or any(_last_year(each) >= day for each in mine):
            yield f"cloud_commitments[{row.offer}].gone_from = {day}"
        if later and row.status is OfferStatus.REQUIRED:
            yield f"cloud_commitments[{row.offer}].status = {OfferStatus.OPEN}"


def _last_year(vintage: CommitmentVintage) -> date:
    """The day on which the last contract year begins."""
    years = math.ceil(vintage.row.term_years - 1e-6)
    return add_months(vintage.starts, MONTHS_PER_YEAR * (years - 1))


def _problems(event: Event, case: CaseData) -> Iterator[Problem]:
    prepaid = {
        each.row.offer
        for each in vintages(case)[0]
        if each.row.provider == event.subject and each.row.prepay_share > 0
        if each.sunk or case.calendar.start_of(each.signed) < event.from_date
    }
    for offer in sorted(prepaid):
        what = f"'{offer}' may be prepaid by then, and what is lost of that is not worked out"
        yield event.problem("subject", "a provider to whom nothing is prepaid", what)


def _prepaid(event: Event, plan: PlanData) -> Iterator[Problem]:
    for row in plan.case.rows(CloudCommitment):
        mine = row.provider == event.subject and row.prepay_share > 0
        if mine and any(starts_of(plan, "sign", row.offer)):
            what = f"'{row.offer}' is prepaid, and what is lost of that is not worked out"
            yield event.problem("subject", "a provider to whom the plan prepays nothing", what)


PROVIDER_GONE = ProviderEffect(changes=_changes, problems=_problems, plan_problems=_prepaid, providers=_providers)
