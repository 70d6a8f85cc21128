"""Spare capacity: machines taken shortly before the end, whose minimum time is not over then.

The fee is owed for the months of min_months + notice_months that lie after the end, up to to_date. The machines are
worth their reference price in these months.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np

from planner.basics import units
from planner.basics.calendar import add_months, month_position
from planner.common.chips import Chip
from planner.instruments.shared.horizon import Flows, post_value
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
    fee = units.per_year(row.fee_usd_bn_per_month) * years
    ledgers.dated(Kind.BEYOND_HORIZON, labels, "spare_fee", variable, middle, -fee)
    worth = row.max_gw * case.derived(reference_prices)[row.chip] * years
    paid, bought = (Flows(np.array([middle]), np.array([value])) for value in (fee, worth))
    post_value(
        case, ledgers, labels, variable, row.horizon_value_share, paid.worth(case.settings.discount_rate), bought
    )


def reference_prices(case: CaseData) -> dict[str, float]:
    """Reference price of the chips of all offers of spare machines [USD bn per GW-year].

    It is the chip's own, or the mean price of the offers that are not closed, weighted by capacity.
    """
    paid, size = defaultdict[str, float](float), defaultdict[str, float](float)
    for row in case.rows(SpareCapacity):
        if row.status is not OfferStatus.CLOSED:
            by_use = (row.price_usd_bn_per_gw_year or 0.0) * row.max_gw
            paid[row.chip] += by_use + units.per_year(row.fee_usd_bn_per_month or 0.0)
            size[row.chip] += row.max_gw
    stated = {row.chip: row.reference_price_usd_bn_per_gw_year for row in case.rows(Chip)}
    means = {chip: paid[chip] / size[chip] if size[chip] > 0 else 0.0 for chip in size}
    return {chip: mean if stated[chip] is None else float(stated[chip] or 0.0) for chip, mean in means.items()}
