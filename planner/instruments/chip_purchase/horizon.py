"""Chip purchase: deliveries after the horizon, per GW ordered.

A delivery after the end is unused whole: its part of the deposit is credited at the end, and its balance buys chips
that are worth their market price on that day,

    unused part        deposit_share · min(price, market price)
    worth              (1 − deposit_share) · min(price, market price), on delivery

times horizon_value_share. Of the signing fee the part of the deliveries after the end is unused.
"""

from __future__ import annotations

import numpy as np

from planner.common.chips import Chip
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared.chips_held import price_per_gw
from planner.instruments.shared.horizon import UNUSED, Flows, post_value
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_later(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    row: ChipPurchase,
    chip: Chip,
    order: int,
    delivery: Delivery,
    deposit_share: float,
) -> None:
    """Credit the deposit on a delivery after the end, and what its chips are worth, per GW ordered.

    `deposit_share` is the part of its price that is paid on order.
    """
    calendar = case.calendar
    worth = min(delivery.price_usd_bn, price_per_gw(case, chip, delivery.on) * delivery.gw)
    unused = deposit_share * min(1.0, row.horizon_value_share) * worth
    ledgers.dated(Kind.HORIZON_VALUE, labels, UNUSED, order, calendar.start_years(calendar.T), unused)
    when = np.array([calendar.years(delivery.on)])
    paid = Flows(when, np.array([(1.0 - deposit_share) * delivery.price_usd_bn]))
    bought = Flows(when, np.array([(1.0 - deposit_share) * worth]))
    rate = case.settings.discount_rate
    post_value(case, ledgers, labels, order, row.horizon_value_share, paid.worth(rate), bought)


def post_unused_fee(
    case: CaseData, ledgers: Ledgers, labels: Labels, row: ChipPurchase, sign: int, deliveries: tuple[Delivery, ...]
) -> None:
    """Credit the part of the signing fee that belongs to deliveries after the end."""
    calendar = case.calendar
    later = sum(delivery.gw for delivery in deliveries if delivery.on >= calendar.end)
    total = sum(delivery.gw for delivery in deliveries)
    fee = row.signing_fee_usd_bn * (later / total if total else 0.0)
    ledgers.dated(Kind.HORIZON_VALUE, labels, UNUSED, sign, calendar.start_years(calendar.T), fee)
