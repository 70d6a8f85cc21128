"""Guarantor cap: the exposure of a guarantor stays within its room.

    exposure_{gt} ≤ room_{gt} · Σ_v sign_v, by then, of the required offer      (· 1 where it requires none)
    room_{gt} = max(0, cap − used), the strictest of the period, row by row

Exposure is measured at the start of each period, after its signings and deliveries. A guarantor that requires an offer
guarantees nothing before that offer is signed.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.guarantors import Guarantor, GuarantorCap
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = "guarantor_cap"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per guarantor and kind of guarantee [USD bn]."""
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
        yield Limit.of(NAME, f"{guarantor.guarantor}/{guarantor.kind}", "USD bn", exposure, allowed)


RULE = Rule(
    name=NAME,
    reads=(Guarantor, GuarantorCap),
    limits=limits,
)
