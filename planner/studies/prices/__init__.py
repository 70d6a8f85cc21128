"""What every "no" is worth: offers, signed or not, and limits.

    worth of an offer       least cost without it − least cost with it       below 0: signing it would cost that much
    walk-away price         the price at which its worth is 0
    value of a limit        least cost − least cost with the limit loosened by a step

Each is a difference of two solves that are proven to a gap, so each comes as an interval: from the bound of one less
the cost of the other to the reverse. An interval that holds 0 is called within the gap, not a number.
"""

from planner.studies.prices.priced import LimitPrice, OfferPrice, Prices
from planner.studies.prices.pricing import prices

__all__ = ["LimitPrice", "OfferPrice", "Prices", "prices"]
