"""Guarantor cap: the exposure of a guarantor stays within its room.

    exposure_{gt} ≤ room_{gt} · Σ_v sign_v, by then, of the required offer      (· 1 where it requires none)
    room_{gt} = max(0, cap − used), the strictest of the period, row by row

Exposure is measured at the start of each period, after its signings and deliveries. A guarantor that requires an offer
guarantees nothing before that offer is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.basics.arrays import Vector
from planner.common.guarantors import CAP_RULE, Guarantor, GuarantorCap, cap_subject
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.lines import Line, always
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.loosening import raising, size, slots_of

NAME = CAP_RULE


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per guarantor and kind of guarantee [USD bn]."""
    for guarantor in case.rows(Guarantor):
        room = _room(case, _caps(case, guarantor))
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


def _caps(case: CaseData, guarantor: Guarantor) -> list[GuarantorCap]:
    """The guarantor's caps, by date."""
    about = (guarantor.guarantor, guarantor.kind)
    caps = [row for row in case.rows(GuarantorCap) if (row.guarantor, row.kind) == about]
    return sorted(caps, key=lambda row: row.from_date)


def _room(case: CaseData, caps: Sequence[GuarantorCap]) -> Vector:
    """What is left of the caps in each period [USD bn]; shape (T,)."""
    left = [max(0.0, row.cap_usd_bn - row.used_usd_bn) for row in caps]
    return case.calendar.strictest([row.from_date for row in caps], left, min)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Larger caps, then room without the offer that a guarantor requires."""
    for guarantor in case.rows(Guarantor):
        yield _larger_cap(case, guarantor, limits)
    for guarantor in case.rows(Guarantor):
        if guarantor.requires_offer:
            yield _without_offer(case, guarantor, guarantor.requires_offer)


def _larger_cap(case: CaseData, guarantor: Guarantor, limits: Limits) -> Item:
    """A larger cap: by the amount, and by what is used beyond the cap, as room is never below 0."""
    who, kind = guarantor.guarantor, guarantor.kind
    caps = _caps(case, guarantor)
    beyond = [max(0.0, row.used_usd_bn - row.cap_usd_bn) for row in caps]
    missing = case.calendar.strictest([row.from_date for row in caps], beyond, max)
    slots = slots_of(limits[f"{who}/{kind}"], size(np.array([row.cap_usd_bn for row in caps])))

    def of(k: int, slack: float) -> float:
        return slack + float(missing[slots[k].t])

    where = f"guarantor_caps[{who},{kind},{{span}}].cap_usd_bn"
    lines = raising(case, slots, where, f"{{by}} more {kind} cap of {who} {{when}}", "USD bn", of)
    return Item("guarantors", f"{who}/{kind}", lines, slots, only_once_signed=guarantor.requires_offer or "")


def _without_offer(case: CaseData, guarantor: Guarantor, offer: str) -> Item:
    """The guarantor's room in the periods before the required offer is signed."""
    who, kind = guarantor.guarantor, guarantor.kind
    room, name = _room(case, _caps(case, guarantor)), (NAME, f"{who}/{kind}")
    slots = tuple(Slot(t, 1.0, 1.0, ((name, t, float(room[t])),)) for t in case.calendar.periods)
    line = Line(f"guarantors[{who},{kind}].requires_offer", "=", "blank", f"{who} guarantees without {offer}")
    return Item("requirements", f"{who}/{kind}", always(line), slots, only_until_signed=offer)


RULE = Rule(
    name=NAME,
    reads=(Guarantor, GuarantorCap),
    steps=_steps,
    events=(DOWNGRADED,),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
