"""Orders whose chips may be handed over: how an instrument that takes them over finds the variables.

Whoever lets chips be handed over declares the variables `order[offer, date of ordering]` [GW] and puts a lot into the
ledgers for each delivery. The price of its order stands in the column `price_usd_bn_per_gw`; where there is none, it is
the chip's price on the day of each delivery. What a delivery that is signed has cost stands in signed_deliveries. So
the instrument that takes them over needs no name of another one.
"""

from __future__ import annotations

from datetime import date

from planner.common.chips import Chip
from planner.instruments.shared.chips_held import price_per_gw
from planner.instruments.shared.deliveries import signed_deliveries
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers

ORDER = "order"
"""name of the variables"""


def ordering_dates(ledgers: Ledgers) -> dict[int, str]:
    """The date of ordering, as year-month-day, of every variable that has a lot; by number of the variable."""
    numbers = {each.variable for each in ledgers.assignable}
    return {
        number: str(key[1])
        for group in ledgers.groups
        if group.name == ORDER
        for key, number in group.numbers.items()
        if number in numbers
    }


def order_price(case: CaseData, order: str, chip: Chip, ordered: date, received: date) -> float:
    """The price of chips that were ordered on a day and received on another [USD bn per GW]."""
    for row in signed_deliveries(case, order).get(ordered, ()):
        if row.delivered_on == received and row.gw and row.cost_usd_bn is not None:
            return row.cost_usd_bn / row.gw
    (offer,) = (row for row in case.offers() if row.offer == order)
    price: float | None = getattr(offer, "price_usd_bn_per_gw", None)
    return price_per_gw(case, chip, received) if price is None else price
