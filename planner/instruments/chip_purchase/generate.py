"""Random chip purchases, spread over the horizon: of any quantity, in lots or of a least size; some placed already."""

from __future__ import annotations

from random import Random

from planner.basics.draws import between, deck, rounded
from planner.common.chips import ChipDelivery
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.interfaces.generation import SOURCE, ChipFamily, Due, Frame, Made, OfferedChips, RandomOffers, Supply
from planner.tables.offer import OfferStatus

SIGNED_SHARE = 0.08
"""part of the orders that are placed already"""
SIZES_GW = (0.6, 1.6, 2.2)
"""at size 1"""
SCHEDULES = (((6, 1.0),), ((6, 1.0),), ((0, 0.4), (6, 0.6)), ((6, 0.5), (12, 0.5)), ((3, 1.0),))
"""schedules of deliveries: (months after the order, part delivered)"""
QUANTITIES = ("any", "any", "any", "lots", "whole")
"""how much may be ordered: any part, multiples of a fifth, or at least a third at once"""
FAMILIES = (ChipFamily.TPU, ChipFamily.TPU, ChipFamily.GPU)


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Orders, with windows that are spread evenly over the horizon."""
    made = Made()
    signed = round(count * SIGNED_SHARE)
    families, sizes = deck(rng, FAMILIES, count), deck(rng, SIZES_GW, count)
    schedules, quantities = deck(rng, SCHEDULES, count), deck(rng, QUANTITIES, count)
    for i in range(count):
        placed = i < signed
        schedule = {frame.lead(months): 0.0 for months, _ in schedules[i]}
        for months, part in schedules[i]:
            schedule[frame.lead(months)] += part
        at = 0.85 * (i - signed + 0.3) / max(1, count - signed)
        window = frame.window(rng, at, at + 0.05, 12 - frame.calendar.period_months, max(schedule))
        chip = rng.choice(frame.on_sale(families[i], 0 if placed else window.begin))
        fifth = rounded(size * sizes[i] * between(rng, 0.85, 1.15) / 5)
        most = rounded(5 * fifth, 4)
        least = most if placed else rounded(most / 3) if quantities[i] == "whole" else 0.0
        order = ChipPurchase(
            offer=f"order_{i + 1:05d}", chip=chip.chip, vendor=chip.vendor,
            status=OfferStatus.SIGNED if placed else OfferStatus.OPEN,
            sign_from=frame.calendar.start if placed else window.first,
            sign_by=frame.calendar.start if placed else window.last, min_gw=least, max_gw=most,
            lot_gw=fifth if quantities[i] == "lots" and not placed else None,
            price_usd_bn_per_gw=chip.capex_usd_bn_per_gw if placed else None,
            deposit_share=rng.choice((0.1, 0.15, 0.15, 0.2)), source=SOURCE,
        )  # fmt: skip
        made.rows.append(order)
        made.orders.append(OfferedChips(order.offer, order.chip, order.sign_from))
        for months, part in schedule.items():
            made.rows.append(
                ChipDelivery(offer=order.offer, months=months, delivered_share=rounded(part), source=SOURCE)
            )
            if placed:
                made.dues.append(Due(months, part * most * chip.capex_usd_bn_per_gw))
        if placed:
            years = range(round(chip.life_years))
            made.dues += [Due(12 * year, most * chip.opex_usd_bn_per_gw_year) for year in years]
    return made


RANDOM_OFFERS = RandomOffers(make=make, supplies=Supply.CHIPS, guaranteed=None)
