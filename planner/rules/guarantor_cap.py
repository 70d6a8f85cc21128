"""Guarantor cap: the exposure of a guarantor stays within its room.

    exposure_{gt} ≤ room_{gt}                       where it requires no offer
    exposure_{gt} ≤ room_{gt} · tied_{ot}           where it requires offer o, and its room scales
    exposure_{gt} ≤ room_{gt} · met_{ot}            where it does not scale
    room_{gt} = max(0, cap − used), the strictest of the period, row by row

Exposure is measured at the start of each period, after its signings and deliveries. A guarantor that requires an offer
guarantees nothing before that offer is signed. tied is the share of the offer that is signed by then, met is 1 once it
is. `guarantor_tie` says what happens once the term of the offer is over, and where only a part of it is required.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.guarantors import CAP_RULE, Guarantor, GuarantorCap, cap_subject
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.loosening import Item, Limits
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.guarantor_tie import caps_of, opened, room_of
from planner.rules.shared.guarantor_terms import further_terms
from planner.rules.shared.loosening import raising, size, slots_of

NAME = CAP_RULE


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per guarantor and kind of guarantee [USD bn]."""
    for guarantor in case.rows(Guarantor):
        room = room_of(case, guarantor)
        exposure = ledgers.balance("guarantees", guarantor=guarantor.guarantor, cover=guarantor.kind)
        allowed = Balance.of(room)
        if guarantor.requires_offer:
            allowed = opened(ledgers, guarantor, "").times(room)
        yield Limit.of(NAME, cap_subject(guarantor.guarantor, guarantor.kind), "USD bn", exposure, allowed)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    for who, kind in dict.fromkeys((row.guarantor, row.kind) for row in case.rows(GuarantorCap)):
        change = f"guarantor_caps[{who},{kind},*].cap_usd_bn += 1"
        yield LimitStep(LimitOf.GUARANTEES, f"{kind} cap of {who}", "1 USD bn more", change)


def _guarantors(case: CaseData) -> list[str]:
    return [row.guarantor for row in case.rows(GuarantorCap)]


def _happens(event: Event) -> str:
    return f"{event.subject} stands behind {event.value or 0.0:.0%} less"


def _lowered(event: Event, case: CaseData) -> Iterator[str]:
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


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Larger caps."""
    for guarantor in case.rows(Guarantor):
        yield _larger_cap(case, guarantor, limits)


def _larger_cap(case: CaseData, guarantor: Guarantor, limits: Limits) -> Item:
    """A larger cap: by the amount, and by what is used beyond the cap, as room is never below 0."""
    who, kind = guarantor.guarantor, guarantor.kind
    caps = caps_of(case, guarantor)
    beyond = [max(0.0, row.used_usd_bn - row.cap_usd_bn) for row in caps]
    missing = case.calendar.strictest([row.from_date for row in caps], beyond, max)
    slots = slots_of(limits[f"{who}/{kind}"], size(np.array([row.cap_usd_bn for row in caps])))

    def of(k: int, slack: float) -> float:
        return slack + float(missing[slots[k].t])

    where = f"guarantor_caps[{who},{kind},{{span}}].cap_usd_bn"
    lines = raising(case, slots, where, f"{{by}} more {kind} cap of {who} {{when}}", "USD bn", of)
    return Item("guarantors", f"{who}/{kind}", lines, slots, only_once_signed=guarantor.requires_offer or "")


RULE = Rule(
    name=NAME,
    reads=(Guarantor, GuarantorCap),
    steps=_steps,
    events=(DOWNGRADED,),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
    further_terms=further_terms,
)
