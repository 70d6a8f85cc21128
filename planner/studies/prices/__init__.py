"""What offers, signed or not, limits and terms of contracts are worth.

    worth of an offer       least cost without it − least cost with it; below 0 where it costs more than it saves
    walk-away price         the price at which its worth is 0
    value of a limit        least cost − least cost with the limit loosened by a step
    worth of a term         least cost without it − least cost with it; below 0 where it costs more than it saves

Each is a difference of two costs that are proven to a gap. So each is given as an interval: from the bound of one less
the cost of the other, to the cost of the one less the bound of the other. An interval that holds 0 is shown as "within
the gap".
"""

from planner.studies.prices.pricing import prices
from planner.studies.prices.results import LimitPrice, OfferPrice, Prices

__all__ = ["LimitPrice", "OfferPrice", "Prices", "prices"]
