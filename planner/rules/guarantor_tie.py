"""Guarantor tie: a guarantor that requires an offer takes on new guarantees only while that offer runs.

    new_{s}        backed_{gs} ≤ most_{gs} · running_tied_{os}         where the room scales with the offer
                   backed_{gs} ≤ most_{gs} · running_met_{os}          where it does not
    most_{gs} = max_{t ≥ s} room_{gt}

backed_{gs} is the largest exposure under what is signed in period s. An offer runs from its signature to the end of its
term; a period in which the term ends does not count. A contract that renews it runs in its place. Once nothing runs,
the guarantor stands by what it has backed, within its cap, and backs nothing new. The limit is stated in the periods
where the offer may be over, and where a guarantor promises to stand behind what counts as its exposure later only.

Where requires_scale_min is given, or the room does not scale with an offer that may be signed for any size, a binary
says whether enough is signed:

    asks           requires_scale_min · opened_{gt} ≤ taken_{ot}       opened_{gt} ∈ {0, 1}; 1 where it is blank
    opened         exposure_{gt} ≤ room_{gt} · opened_{gt}             where the room scales as well

It then stands for met. The same holds of backed, with what runs. The posts, by ledger:

    opened    opened    opened_{gt}
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.basics.arrays import Vector
from planner.common.guarantors import CAP_RULE, Guarantor, GuarantorCap, cap_subject
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Line, always
from planner.interfaces.loosening import Effect, Item, Limits, Slot
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import PROMISED, Labels
from planner.ledgers.variables import Domain
from planner.rules.shared.conditions import RUNNING, any_size_may_be_signed, signed_of

NAME = "guarantor_tie"
WHICH = {"": "by_then", RUNNING: "running"}
"""what the binaries are about: what is signed by then, or what runs"""


def caps_of(case: CaseData, guarantor: Guarantor) -> list[GuarantorCap]:
    """The guarantor's caps, by date."""
    about = (guarantor.guarantor, guarantor.kind)
    caps = [row for row in case.rows(GuarantorCap) if (row.guarantor, row.kind) == about]
    return sorted(caps, key=lambda row: row.from_date)


def room_of(case: CaseData, guarantor: Guarantor) -> Vector:
    """What is left of the caps in each period [USD bn]; shape (T,)."""
    caps = caps_of(case, guarantor)
    left = [max(0.0, row.cap_usd_bn - row.used_usd_bn) for row in caps]
    return case.calendar.strictest([row.from_date for row in caps], left, min)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the binaries of guarantors that ask for a part of an offer, and post them."""
    asking = [row for row in case.rows(Guarantor) if _asks(ledgers, row)]
    keys = [
        (row.guarantor, str(row.kind), which, t)
        for row in asking
        for which in WHICH.values()
        for t in case.calendar.periods
    ]
    if not keys:
        return
    made = ledgers.declare(
        NAME, "opened", ("guarantor", "kind", "which", "period"), keys, unit="0 or 1", decided=Moment.PERIOD_START,
        domain=Domain.BINARY,
    )  # fmt: skip
    for g, kind, which, t in keys:
        labels = Labels(instrument=NAME, guarantor=g, cover=kind, about=which)
        ledgers.post("opened", labels, "opened", made[g, kind, which, t], [t], 1.0)


def _asks(ledgers: Ledgers, guarantor: Guarantor) -> bool:
    """Whether a binary must say if enough is signed of the offer that it requires."""
    if guarantor.requires_offer is None:
        return False
    any_size = any_size_may_be_signed(ledgers, guarantor.requires_offer)
    return guarantor.requires_scale_min is not None or (any_size and not guarantor.scales)


def opened(ledgers: Ledgers, guarantor: Guarantor, prefix: str) -> Balance:
    """The part of its room that is open in each period, by the offer that it requires."""
    assert guarantor.requires_offer is not None
    if guarantor.scales:
        return signed_of(ledgers, f"{prefix}tied", guarantor.requires_offer)
    if _asks(ledgers, guarantor):
        return _binaries(ledgers, guarantor, prefix)
    return signed_of(ledgers, f"{prefix}met", guarantor.requires_offer)


def _binaries(ledgers: Ledgers, guarantor: Guarantor, prefix: str) -> Balance:
    return ledgers.balance("opened", guarantor=guarantor.guarantor, cover=guarantor.kind, about=WHICH[prefix])


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """For each guarantor that requires an offer: what it newly backs, and whether enough of the offer is signed."""
    for guarantor in case.rows(Guarantor):
        if guarantor.requires_offer is None:
            continue
        subject, party = cap_subject(guarantor.guarantor, guarantor.kind), guarantor.guarantor
        room = room_of(case, guarantor)
        most = np.maximum.accumulate(room[::-1])[::-1]
        backed = ledgers.balance("backed", guarantor=party, cover=guarantor.kind)
        exposure = ledgers.balance("guarantees", guarantor=party, cover=guarantor.kind)
        over = tuple(sorted({*_may_be_over(ledgers, guarantor), *_promising(ledgers, guarantor)}))
        if over:
            yield Limit(NAME, f"{subject}/new", "USD bn", backed, opened(ledgers, guarantor, RUNNING).times(most), over)
        if _asks(ledgers, guarantor):
            share = np.full(case.calendar.T, guarantor.requires_scale_min or 1.0)
            for prefix, which in WHICH.items():
                asked = _binaries(ledgers, guarantor, prefix).times(share)
                taken = signed_of(ledgers, f"{prefix}taken", guarantor.requires_offer)
                yield Limit.of(NAME, f"{subject}/asks/{which}", "share", asked, taken, physical=True)
            if guarantor.scales:
                allowed = _binaries(ledgers, guarantor, "").times(room)
                yield Limit.of(NAME, f"{subject}/opened/by_then", "USD bn", exposure, allowed)
                if over:
                    allowed = _binaries(ledgers, guarantor, RUNNING).times(most)
                    yield Limit(NAME, f"{subject}/opened/running", "USD bn", backed, allowed, over)


def _may_be_over(ledgers: Ledgers, guarantor: Guarantor) -> tuple[int, ...]:
    """The periods in which less may run of the offer that it requires than was signed by then."""
    offer = guarantor.requires_offer
    assert offer is not None
    signed, running = signed_of(ledgers, "tied", offer), signed_of(ledgers, f"{RUNNING}tied", offer)
    return tuple(
        t
        for t, (one, other) in enumerate(zip(signed.by_period(), running.by_period(), strict=True))
        if not (np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1]))
    )


def _promising(ledgers: Ledgers, guarantor: Guarantor) -> Iterator[int]:
    """The periods in which something may be signed that exposes it later only."""
    for post in ledgers.select("backed", guarantor=guarantor.guarantor, cover=guarantor.kind):
        if post.line == PROMISED:
            yield from post.periods.tolist()


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Guarantors without the offer that they require."""
    for guarantor in case.rows(Guarantor):
        if guarantor.requires_offer:
            yield _without_offer(case, guarantor, guarantor.requires_offer, limits)


def _without_offer(case: CaseData, guarantor: Guarantor, offer: str, limits: Limits) -> Item:
    """The guarantor's room in the periods before the required offer is signed."""
    who, kind, subject = guarantor.guarantor, guarantor.kind, cap_subject(guarantor.guarantor, guarantor.kind)
    room = room_of(case, guarantor)
    most = np.maximum.accumulate(room[::-1])[::-1]

    def effects(t: int) -> tuple[Effect, ...]:
        found: list[Effect] = [((CAP_RULE, subject), t, float(room[t]))]
        for name, amount in (("new", most), ("opened/by_then", room), ("opened/running", most)):
            limit = limits.get(f"{subject}/{name}")
            if limit is not None and t in limit.periods:
                found.append(((NAME, limit.subject), t, float(amount[t])))
        return tuple(found)

    slots = tuple(Slot(t, 1.0, 1.0, effects(t)) for t in case.calendar.periods)
    line = Line(f"guarantors[{who},{kind}].requires_offer", "=", "blank", f"{who} guarantees without {offer}")
    return Item("requirements", f"{who}/{kind}", always(line), slots, only_until_signed=offer)


RULE = Rule(
    name=NAME,
    reads=(Guarantor, GuarantorCap),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
