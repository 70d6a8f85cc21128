"""The walk-away price of an offer: the price at which it is worth exactly what it costs.

Let C(p) be the least cost of a plan that may sign the offer at price p, and C₀ the least cost without it. C rises with
p up to C₀. It is the least of many lines, so it is concave: the line through any plan, with what that plan pays per
unit of price as its slope, lies above C. At the price where this line meets C₀ the offer is still worth signing. The
next line starts there, and the prices rise to the walk-away price, at which C(p) = C₀. Floors, limits and fees that
move with the price bend the line. So only prices that were solved count, and a step that went too far is taken back
half-way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from planner.interfaces.pricing import MovablePrice
from planner.studies.runs import WITH_A_PLAN, Run, RunResult

NEAR = 0.0025
"""the price is found once the next step is no longer than this, relative to the price"""
CLOSE = 2.0 * NEAR
"""the price is found once the highest price at which the offer is signed and the lowest at which it is not are this
close, relative to the latter"""
ROUNDS = 16
"""most prices that are tried for an offer"""
STEPS = 3
"""prices after which every second one halves what is left, as a floor may make every step too short"""
TRIAL = 1.2
"""factor of the first step upwards where the slope is not known"""
NEARLY_FREE = 0.001
"""part of today's price; an offer that is not worth signing at that price never is"""

SHARP = 1e-5
"""gap, relative to the cost, below which a plan that leaves the offer unsigned proves that it is not worth its price"""
NOISE = 1e-6
"""costs that differ by no more count as equal, relative"""
FLAT = 1e-9
"""a payment, or a slope, of no more than this counts as zero"""


class PriceSearchEnd(StrEnum):
    """How the search for a walk-away price ended."""

    PRICE = "price"
    WITHIN_GAP = "within the gap"
    """the two costs differ by less than the gaps of the solves"""
    NEVER = "never"
    """the offer is not worth signing even for free"""
    ALWAYS = "always"
    """the offer is signed at any price, as nothing is paid for it"""
    UNKNOWN = "unknown"
    """a solve gave no plan, or too many solves would be needed"""


@dataclass(frozen=True)
class TriedPrice:
    """A price that was tried, with the cost and bound of the plan found [USD bn]."""

    price: float
    cost: float
    bound: float
    paid: float
    """present cost of the lines that are in proportion to the price [USD bn]"""


@dataclass
class PriceSearch:
    """The search for one offer's walk-away price, step by step."""

    offer: str
    movable: MovablePrice
    target: tuple[float, float]
    """bound and cost of the least-cost plan without the offer [USD bn]"""
    points: list[TriedPrice] = field(default_factory=list)
    found: PriceSearchEnd | None = None
    """None while the search goes on"""
    price: float | None = None
    """the price that is tried, or the one that was found"""

    def start(self, outcome: RunResult | None) -> None:
        """Begin with the plan that signs the offer at today's price; where there is none, with a price of nearly 0."""
        if outcome is None:
            self.price = NEARLY_FREE * self.movable.now
        else:
            self._tell(self.movable.now, outcome)

    def next(self) -> Run | None:
        """The next price to try; None once the search has ended."""
        if self.found is not None or self.price is None:
            return None
        return Run(f"{self.offer} at {self.price:g}", self.movable.at(self.price))

    def tell(self, outcome: RunResult) -> None:
        """Take in what came of the run that `next` gave."""
        if self.price is not None:
            self._tell(self.price, outcome)

    def _tell(self, price: float, outcome: RunResult) -> None:
        if outcome.status not in WITH_A_PLAN or outcome.objective_usd_bn is None or outcome.bound_usd_bn is None:
            self.found = PriceSearchEnd.UNKNOWN
            return
        paid = _paid(outcome, self.offer, self.movable)
        self.points.append(TriedPrice(price, outcome.objective_usd_bn, outcome.bound_usd_bn, paid))
        self._decide()

    def _decide(self) -> None:
        last, free = self.points[-1], NEARLY_FREE * self.movable.now
        missing = self.target[1] - last.cost
        below = sorted((point for point in self.points if self._below(point)), key=lambda point: point.price)
        if last.price <= free and not self._below(last):
            self.found = PriceSearchEnd.NEVER
        elif self._apart(last) and missing < 0.0:
            slope = self._pays(last)
            self._go(free if slope is None else max(free, last.price + missing / slope))
        elif self._apart(last) and last.paid <= FLAT and self.movable.lines:
            self.found = PriceSearchEnd.ALWAYS
        elif not self._apart(last) and (len(self.points) == 1 or not self._sharp(last)):
            self.found, self.price = (
                PriceSearchEnd.WITHIN_GAP if len(self.points) == 1 else PriceSearchEnd.PRICE,
                last.price,
            )
        elif not below:
            self._lower()
        else:
            self._between(below)

    def _lower(self) -> None:
        """Try a lower price where the offer was signed at none: first the one next to the last, then nearly nothing.

        The line of what a plan pays meets the cost without the offer at the price itself, unless a floor bends it.
        """
        unsigned = [point.price for point in self.points if not self._apart(point)]
        self._go(unsigned[0] * (1.0 - 0.9 * CLOSE) if len(unsigned) == 1 else NEARLY_FREE * self.movable.now)

    def _between(self, below: list[TriedPrice]) -> None:
        """Choose a price above the highest at which the offer is signed and below the lowest at which it is not."""
        low = below[-1]
        missing = self.target[1] - low.cost
        past = [point.price for point in self.points if point.price > low.price and not self._below(point)]
        pays, rise = self._pays(low), None
        if len(below) > 1 and below[-2].price < low.price:
            rise = (low.cost - below[-2].cost) / (low.price - below[-2].price)
        if not past:
            slopes = [slope for slope in (pays, rise) if slope is not None and slope > FLAT]
            self._go(low.price + missing / min(slopes) if slopes else low.price * TRIAL)
            return
        high = min(past)
        meets = 0.5 * (low.price + high) if pays is None else low.price + missing / pays
        if high - low.price <= CLOSE * high:
            self.found, self.price = PriceSearchEnd.PRICE, min(high, max(low.price, meets))
        elif len(past) == 1 and meets >= high * (1.0 - 0.9 * CLOSE):
            self._go(high * (1.0 - 0.9 * CLOSE))  # the step may have hit the price itself
        elif meets >= high or (len(self.points) > STEPS and len(self.points) % 2):
            self._go(0.5 * (low.price + high))
        else:
            self._go(max(meets, low.price + 0.1 * (high - low.price)))

    def _go(self, price: float) -> None:
        """Try that price next, unless it is next to the last one or too many were tried."""
        last = self.points[-1].price
        self.price = price
        if abs(price - last) <= NEAR * max(price, last):
            self.found = PriceSearchEnd.PRICE
        elif len(self.points) >= ROUNDS:
            self.found = PriceSearchEnd.UNKNOWN

    def _apart(self, point: TriedPrice) -> bool:
        """Whether the two costs differ by more than the gaps."""
        low, high = self.target
        noise = NOISE * max(1.0, abs(high))
        return point.bound > high + noise or low > point.cost + noise

    def _below(self, point: TriedPrice) -> bool:
        """Whether the offer is worth signing at that price."""
        return self._apart(point) and point.cost < self.target[1]

    def _sharp(self, point: TriedPrice) -> bool:
        """Whether the plan does not sign the offer, and gaps are so small that the offer is not worth that price."""
        return point.paid <= FLAT and self.target[1] - self.target[0] <= SHARP * abs(self.target[1])

    def _pays(self, point: TriedPrice) -> float | None:
        """Cost per unit of price of what is in proportion to it; None where that is not known."""
        if not self.movable.lines or point.price <= 0.0 or point.paid <= FLAT:
            return None
        return point.paid / point.price


def _paid(outcome: RunResult, offer: str, price: MovablePrice) -> float:
    """Present cost of the lines that are in proportion to the price [USD bn]; expected over the futures of a hedge."""
    paid = 0.0
    for probability, plan in outcome.futures:
        mine = plan.ledger[(plan.ledger["offer"] == offer) & plan.ledger["line"].isin(price.lines)]
        paid += probability * float(mine["present_value_usd_bn"].sum())
    return paid
