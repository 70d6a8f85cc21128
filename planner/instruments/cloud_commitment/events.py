"""What becomes of a commitment whose provider is gone.

    not signed by then     cloud_commitments[offer].status = closed
    signed before          cloud_terms[offer,year].capacity_gw = 0 and .floor_usd_bn = 0 in its later contract years

The provider serves out the contract year that is under way: the first year that begins on or after the day is the first
that is gone. Its guarantees stay. A contract that is prepaid is refused, as what is lost of a prepayment is not worked
out.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm
from planner.instruments.shared.plan_signatures import signed_before, starts_of
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, ProviderEffect
from planner.interfaces.plan_data import PlanData
from planner.tables.offer import OfferStatus


def _providers(case: CaseData) -> list[str]:
    return [row.provider for row in case.rows(CloudCommitment)]


def _changes(event: Event, plan: PlanData) -> Iterator[str]:
    for row in plan.case.rows(CloudCommitment):
        if row.provider != event.subject or row.status is OfferStatus.CLOSED:
            continue
        if not signed_before(plan, row.offer, event.from_date):
            yield f"cloud_commitments[{row.offer}].status = closed"
            continue
        (starts,) = starts_of(plan, "sign", row.offer)
        for term in plan.case.rows(CloudTerm):
            begins = add_months(starts, (term.contract_year - 1) * MONTHS_PER_YEAR)
            if term.offer == row.offer and begins >= event.from_date:
                for column in ("capacity_gw", "floor_usd_bn"):
                    yield f"cloud_terms[{row.offer},{term.contract_year}].{column} = 0"


def _problems(event: Event, plan: PlanData) -> Iterator[Problem]:
    for row in plan.case.rows(CloudCommitment):
        mine = row.provider == event.subject and row.prepay_share > 0
        if mine and any(starts_of(plan, "sign", row.offer)):
            what = f"'{row.offer}' is prepaid, and what is lost of that is not worked out"
            yield event.problem("subject", "a provider to whom the plan prepays nothing", what)


PROVIDER_GONE = ProviderEffect(changes=_changes, problems=_problems, providers=_providers)
