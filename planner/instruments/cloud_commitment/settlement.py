"""What follows from the use of a commitment by its own rules, where the use was not as planned.

    drawn          the prepayment pays for spend as long as anything is left of it
    rolled_in      as much as the share of the floor and last year's spend above its own floor allow
    short          what is short of the floor
    credit_used    as soon and as much as there is spend above the floor that is not paid out of the prepayment; what
                   lapses is used first

Only periods and contract years that are over by the day are settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from planner.instruments.cloud_commitment.contract_years import year_days
from planner.instruments.cloud_commitment.decided import SignedDecisions, signed_by
from planner.instruments.cloud_commitment.opening import can_pay_for
from planner.instruments.cloud_commitment.tables import Shortfall
from planner.interfaces.case_data import CaseData


def settled(case: CaseData, values: Mapping[str, float], day: date) -> dict[str, float]:
    """The decisions, of which those that follow from the use before the day do so by the contracts' rules."""
    found = dict(values)
    for contract in signed_by(case, found, case.calendar.forward(day)):
        _draw(contract, found)
        _settle_years(contract, found)
    return found


def _draw(contract: SignedDecisions, values: dict[str, float]) -> None:
    """Pay for spend out of the prepayment, as long as anything is left of it."""
    vintage = contract.vintage
    left = vintage.drawable_usd_bn * contract.scale
    if vintage.drawable_usd_bn <= 0:
        return
    for t in (t for t in vintage.within if t < contract.passed):
        drawn = min(left, contract.spend(t))
        values[contract.name("drawn", t)] = drawn
        left -= drawn


def _settle_years(contract: SignedDecisions, values: dict[str, float]) -> None:
    """Settle the contract years that are over, in order."""
    vintage, opening = contract.vintage, contract.vintage.opening
    share = vintage.row.rollover_share or 0.0
    excess, lapsing, lasting = opening.rollover, opening.lapsing, opening.credits - opening.lapsing
    for year in contract.over():
        floor, spent, number = year.due_usd_bn * contract.scale_in(year), contract.spent_in(year), str(year.number)
        rolled = min(share * floor, excess)
        short = max(0.0, floor - spent - rolled)
        if vintage.row.shortfall is Shortfall.ROLLOVER:
            values[contract.name("rolled_in", number)] = rolled
        values[contract.name("short", number)] = short
        if vintage.row.shortfall is Shortfall.CREDIT:
            room = max(0.0, min(spent + short - floor, spent - contract.drawn_in(year)))
            in_time = can_pay_for(opening, year_days(vintage.starts, vintage.ends, year.number)[1])
            first = min(room, lapsing) if in_time else 0.0
            then = min(room - first, lasting)
            values[contract.name("credit_used", number)] = first + then
            lapsing, lasting = lapsing - first, lasting - then + short
        excess = max(0.0, spent - floor)
