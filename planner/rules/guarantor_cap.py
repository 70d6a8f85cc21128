"""Guarantor cap: what a guarantor stands behind stays within its room, which opens when its required offer is signed.

    exposure_{gt} ≤ room_{gt} · Σ_v sign_v, by then, of the required offer      (· 1 where it requires none)
    room_{gt} = max(0, cap − used), the strictest of the period, row by row

Exposure is measured at the start of each period, after its signings and deliveries.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.guarantors import CAP_RULE, Guarantor, GuarantorCap, cap_subject
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = CAP_RULE


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One per guarantor and kind of cover [USD bn]."""
    for guarantor in case.rows(Guarantor):
        caps = [
            row for row in case.rows(GuarantorCap)
            if (row.guarantor, row.kind) == (guarantor.guarantor, guarantor.kind)
        ]  # fmt: skip
        caps.sort(key=lambda row: row.from_date)
        left = [max(0.0, row.cap_usd_bn - row.used_usd_bn) for row in caps]
        room = case.calendar.strictest([row.from_date for row in caps], left, min)
        exposure = ledgers.balance("guarantees", guarantor=guarantor.guarantor, cover=guarantor.kind)
        allowed = Balance.of(room)
        if guarantor.requires_offer:
            allowed = ledgers.balance("signed", offer=guarantor.requires_offer).times(room)
        yield Limit.of(NAME, cap_subject(guarantor.guarantor, guarantor.kind), "USD bn", exposure, allowed)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    for who, kind in dict.fromkeys((row.guarantor, row.kind) for row in case.rows(GuarantorCap)):
        change = f"guarantor_caps[{who},{kind},*].cap_usd_bn += 1"
        yield LimitStep(LimitOf.GUARANTEES, f"{kind} cap of {who}", "1 USD bn more", change)


def _guarantors(case: CaseData) -> list[str]:
    return [row.guarantor for row in case.rows(GuarantorCap)]


def _happens(event: Event) -> str:
    return f"{event.subject} stands behind {event.value or 0.0:.0%} less"


def _lowered(event: Event, plan: PlanData) -> Iterator[str]:
    yield f"guarantor_caps[{event.subject},*,{event.from_date}..].cap_usd_bn *= {plain(event.share_left)}"


DOWNGRADED = EventKind(
    name="guarantor_downgraded",
    subject="a guarantor with caps",
    subjects=_guarantors,
    value=EventValue.SHARE,
    happens=_happens,
    changes=_lowered,
    problems=None,
)

RULE = Rule(
    name=NAME,
    reads=(Guarantor, GuarantorCap),
    steps=_steps,
    events=(DOWNGRADED,),
    limits=limits,
)
