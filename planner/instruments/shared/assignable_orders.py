"""Orders whose chips may be handed over: how an instrument that takes them over finds the variables.

Whoever lets chips be handed over declares the variables `order[offer, date of ordering]` [GW] and puts a lot into the
ledgers for each delivery. So the instrument that takes them over needs no name of another instrument.
"""

from __future__ import annotations

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
