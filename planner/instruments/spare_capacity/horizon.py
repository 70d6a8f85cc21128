"""Spare capacity: machines taken shortly before the end, whose minimum time is not over then.

The fee is owed for the months of min_months + notice_months that lie after the end, up to to_date. The machines are
worth their reference price in these months.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from planner.basics import units
from planner.basics.calendar import add_months, month_position
from planner.common.chips import Chip
from planner.instruments.shared.horizon import Flows, post_value
from planner.instruments.shared.levels import levels
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.tables.offer import OfferStatus


def post_minimum(
    case: CaseData, ledgers: Ledgers, labels: Labels, row: SpareCapacity, variable: int, taken: date
) -> None:
    """Post the fee for the months of the minimum that lie after the end, and what the machines are worth then.

    `variable` is 1 where the machines are taken on the day `taken`.
    """
    calendar, until = case.calendar, add_months(taken, row.min_months + row.notice_months)
    last = until if row.to_date is None else min(until, row.to_date)
    months = month_position(last) - month_position(calendar.end)
    if months <= 0 or row.fee_usd_bn_per_month is None:
        return
    years = months / units.MONTHS_PER_YEAR
    middle = calendar.start_years(calendar.T) + years / 2.0
    span = float(calendar.T), calendar.T + months / calendar.period_months
    fee = units.per_year(row.fee_usd_bn_per_month) * years * levels(case, row.price_index).mean(*span)
    ledgers.dated(Kind.BEYOND_HORIZON, labels, "spare_fee", variable, middle, -fee)
    worth = row.max_gw * reference_price(case, row.chip, *span) * years
    paid, bought = (Flows(np.array([middle]), np.array([value])) for value in (fee, worth))
    post_value(
        case, ledgers, labels, variable, row.horizon_value_share, paid.worth(case.settings.discount_rate), bought
    )


def reference_price(case: CaseData, name: str, first: float, last: float) -> float:
    """Reference price of a chip of which spare machines are offered, from `first` to `last` [USD bn per GW-year].

    It is the chip's own, or the mean price of the offers that are not closed, weighted by capacity, each at the mean
    level of its index. Times are in periods.
    """
    (chip,) = (chip for chip in case.rows(Chip) if chip.chip == name)
    if chip.reference_price_usd_bn_per_gw_year is not None:
        return chip.reference_price_usd_bn_per_gw_year
    paid, size = 0.0, 0.0
    for row in case.rows(SpareCapacity):
        if row.status is not OfferStatus.CLOSED and row.chip == name:
            by_use = (row.price_usd_bn_per_gw_year or 0.0) * row.max_gw
            level = levels(case, row.price_index).mean(first, last)
            paid += (by_use + units.per_year(row.fee_usd_bn_per_month or 0.0)) * level
            size += row.max_gw
    return paid / size if size > 0 else 0.0
