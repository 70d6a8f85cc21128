"""Chip lease: what outlives the horizon, per USD bn raised.

Payments after the end pay for the use of the chips until their term is over, or for the chips themselves where they are
bought. What that is worth follows from the resale values V by age, at the level of the day, for the part δ_d of the
money:

    return   δ_d · V(age at the end), less δ_d · V(age at the end of the term) at that time
    buy      δ_d · V(age at the end)

It counts up to the smallest payments after the end that any mix of tranches may have, less what the lab gets of them
as an owner. Chips that are taken over count
at their own age, up to the same payments for the money that they take. Of the signing fee the part of the terms after
the end is unused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from planner.basics.calendar import Calendar
from planner.instruments.chip_lease.batches import Batch
from planner.instruments.chip_lease.equity import Equity, lab_part
from planner.instruments.chip_lease.vintages import ChipLeaseVintage
from planner.instruments.shared.chips_held import resale_level, resale_share
from planner.instruments.shared.horizon import UNUSED, Flows, post_value
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_horizon(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    sign: int,
    amount: int,
    *,
    per_unit: float = 1.0,
) -> None:
    """Credit the unused part of the fee, and what the chips are worth that are paid for after the end.

    With `per_unit` −1 take both back.
    """
    calendar = case.calendar
    fee = vintage.row.signing_fee_usd_bn * sum(batch.share * _after(calendar, batch) for batch in vintage.batches)
    ledgers.dated(Kind.HORIZON_VALUE, labels, UNUSED, sign, calendar.start_years(calendar.T), per_unit * fee)
    for batch in vintage.batches:
        if batch.ends > calendar.end:
            paid, worth = _least_paid(case, vintage, batch), _worth(case, vintage, batch, batch.delivery)
            post_value(case, ledgers, labels, amount, vintage.row.horizon_value_share, paid, worth, sign=per_unit)


def post_taken_over(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    batch: Batch,
    variable: int,
    price: float,
    received: Delivery,
) -> None:
    """Credit a GW taken over for `price` [USD bn] at the age it has since it was `received`, not as new chips."""
    if batch.ends <= case.calendar.end:
        return
    share = vintage.row.horizon_value_share
    paid = _least_paid(case, vintage, batch) * price / batch.share
    new = _worth(case, vintage, batch, Delivery(batch.delivery.on, 1.0, price))
    post_value(case, ledgers, labels, variable, share, paid, new, sign=-1.0)
    post_value(case, ledgers, labels, variable, share, paid, _worth(case, vintage, batch, received))


def _after(calendar: Calendar, batch: Batch) -> float:
    """The part of a delivery's term that lies after the end."""
    over = calendar.position(batch.ends)
    return max(0.0, over - max(batch.begins, calendar.T)) / (over - batch.begins)


def _least_paid(case: CaseData, vintage: ChipLeaseVintage, batch: Batch) -> float:
    """Present value of the payments on a delivery after the end, with the tranches that pay least [USD bn]."""
    calendar, rate = case.calendar, case.settings.discount_rate
    due = []
    for part in vintage.tranches:
        payments = vintage.payments(part, calendar, batch)
        later = np.array([each for t, each in payments.items() if t >= calendar.T]).reshape(-1, 2)
        due.append(Flows(later[:, 1], later[:, 0]).worth(rate))
    least = min(due, default=0.0) - _received(case, vintage, batch)
    if vintage.buys:
        price = batch.share * (vintage.row.end_price_share or 0.0)
        least += Flows(np.array([calendar.years(batch.ends)]), np.array([price])).worth(rate)
    return least


def _received(case: CaseData, vintage: ChipLeaseVintage, batch: Batch) -> float:
    """Present value of what the lab gets after the end as an owner of the SPV, of this delivery and unless it waits."""
    part, calendar = lab_part(vintage), case.calendar
    if not part:
        return 0.0
    alone = Equity(case, replace(vintage, batches=(batch,)))
    later = [each for t in range(calendar.T, alone.stop) for each in alone.earned(t)]
    flows = Flows(np.array([each.years for each in later]), np.array([each.usd_bn for each in later]))
    return part * flows.worth(case.settings.discount_rate)


def _worth(case: CaseData, vintage: ChipLeaseVintage, batch: Batch, chips: Delivery) -> Flows:
    """Worth of chips with the term of a delivery from the end on, until they go back or for good."""
    calendar = case.calendar
    end = calendar.start_years(calendar.T)
    days = [calendar.end] if vintage.buys else [calendar.end, batch.ends]
    years = np.array([end, calendar.years(batch.ends)][: len(days)])
    values = [chips.price_usd_bn * _value(case, vintage, chips, on) for on in days]
    return Flows(years, np.array(values) * [1.0, -1.0][: len(years)])


def _value(case: CaseData, vintage: ChipLeaseVintage, chips: Delivery, on: date) -> float:
    """Resale value of chips on a day, as a part of their cost; none once their life is over."""
    age = case.calendar.years(on) - case.calendar.years(chips.on)
    if not 0.0 <= age < vintage.chip.life_years:
        return 0.0
    return resale_share(case, vintage.chip.chip, age) * resale_level(case, vintage.chip.chip, on)
