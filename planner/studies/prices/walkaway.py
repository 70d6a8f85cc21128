"""The price at which an offer is worth exactly what it costs.

Let C(p) be the least cost of a plan that may sign the offer at price p, and C₀ that of one that does not. C rises with
p up to C₀ and is concave, as the least of many lines, so that from any plan the line through it with the slope of what
that plan pays lies above C. Where this line meets C₀ is a price at which the offer is surely still worth signing; from
there the next line starts, and the prices rise to the walk-away price, at which C(p) = C₀. Floors, limits and fees that
move with the price bend the line, so nothing is believed that has not been solved, and a price that went too far is
taken back half-way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from planner.studies.prices.knobs import Knob
from planner.studies.runs import WITH_A_PLAN, Outcome, Run

NEAR = 0.0025
"""how far a price may still move, relative to itself, and count as found"""
ROUNDS = 8
"""most prices that are tried for an offer"""
TRIAL = 1.2
"""first step upwards where nothing is known of the slope"""
NEARLY_FREE = 0.001
"""of today's price: one that is not worth signing even then never is"""

SHARP = 1e-5
"""gap, relative to the cost, below which a plan that does not sign the offer is taken at its word"""
NOISE = 1e-6
"""what two equal costs may differ by, relative"""
FLAT = 1e-9
"""what counts as nothing: paid, or more of it per unit of price"""


class Found(StrEnum):
    """What the search ended with."""

    PRICE = "price"
    WITHIN_GAP = "within the gap"
    """the offer is worth less than the gaps of the solves, either way"""
    NEVER = "never"
    """not even free"""
    ALWAYS = "always"
    """at any price, as it is signed but costs nothing"""
    UNKNOWN = "unknown"
    """a solve gave no plan, or too many would be needed"""


@dataclass(frozen=True)
class Point:
    """A price that was tried."""

    price: float
    cost: float
    bound: float
    paid: float
    """present cost that is in proportion to the price"""


@dataclass
class Search:
    """One offer's walk-away price, found step by step."""

    offer: str
    knob: Knob
    target: tuple[float, float]
    """(bound, cost) of the least-cost plan without it"""
    points: list[Point] = field(default_factory=list)
    found: Found | None = None
    price: float | None = None

    def start(self, outcome: Outcome | None) -> None:
        """Begin with the plan that signs it at today's price, or, where it has none, with next to nothing asked."""
        if outcome is None:
            self.price = NEARLY_FREE * self.knob.now
        else:
            self._tell(self.knob.now, outcome)

    def next(self) -> Run | None:
        """The next price to try; None once the search has ended."""
        if self.found is not None or self.price is None:
            return None
        return Run(f"{self.offer} at {self.price:g}", self.knob.at(self.price))

    def tell(self, outcome: Outcome) -> None:
        """What came of it."""
        if self.price is not None:
            self._tell(self.price, outcome)

    def _tell(self, price: float, outcome: Outcome) -> None:
        if outcome.status not in WITH_A_PLAN or outcome.objective_usd_bn is None or outcome.bound_usd_bn is None:
            self.found = Found.UNKNOWN
            return
        paid = _paid(outcome, self.offer, self.knob)
        self.points.append(Point(price, outcome.objective_usd_bn, outcome.bound_usd_bn, paid))
        self._decide()

    def _decide(self) -> None:
        last, free = self.points[-1], NEARLY_FREE * self.knob.now
        missing = self.target[1] - last.cost
        if not self._apart(last):
            self._within(last, free)
        elif missing < 0.0 and last.price <= free:
            self.found = Found.NEVER
        elif missing > 0.0 and last.paid <= FLAT and self.knob.lines:
            self.found = Found.ALWAYS
        else:
            slope = self._slope()
            if slope is not None:
                self._go(max(free, last.price + missing / slope))
            else:
                self._go(last.price * TRIAL if missing > 0.0 else free)

    def _within(self, last: Point, free: float) -> None:
        """The last plan costs what one without the offer costs, as far as the gaps tell."""
        below = [point.price for point in self.points if self._below(point)]
        if last.price <= free:
            self.found = Found.NEVER
        elif len(self.points) == 1:
            self.found, self.price = Found.WITHIN_GAP, last.price
        elif last.paid <= FLAT and below and self.target[1] - self.target[0] <= SHARP * abs(self.target[1]):
            self._go(self._back(max(below), last.price))
        else:
            self.found, self.price = Found.PRICE, last.price

    def _back(self, low: float, high: float) -> float:
        """A price below one at which the offer is not signed: just below, or half-way if that did not help either."""
        return max(low, high * (1.0 - NEAR)) if self._below(self.points[-2]) else 0.5 * (low + high)

    def _go(self, price: float) -> None:
        """Try that price next, unless it is the last one or there were too many."""
        last = self.points[-1].price
        self.price = price
        if abs(price - last) <= NEAR * max(price, last):
            self.found = Found.PRICE
        elif len(self.points) >= ROUNDS:
            self.found = Found.UNKNOWN

    def _apart(self, point: Point) -> bool:
        """Whether the gaps leave no doubt which of the two plans costs less."""
        low, high = self.target
        noise = NOISE * max(1.0, abs(high))
        return point.bound > high + noise or low > point.cost + noise

    def _below(self, point: Point) -> bool:
        return self._apart(point) and point.cost < self.target[1]

    def _slope(self) -> float | None:
        """Cost per unit of price: what the last plan pays, or the rise between two below, whichever is less steep."""
        last = self.points[-1]
        slopes = []
        if self.knob.lines and last.price > 0.0:
            slopes.append(last.paid / last.price)
        below = [point for point in self.points if self._below(point)]
        if len(below) > 1 and below[-1] is last:
            slopes.append((last.cost - below[-2].cost) / (last.price - below[-2].price))
        steep = [slope for slope in slopes if slope > FLAT]
        return min(steep, default=None)


def _paid(outcome: Outcome, offer: str, knob: Knob) -> float:
    """Present cost of the lines that are in proportion to the price [USD bn]."""
    ledger = outcome.plan.ledger
    mine = ledger[(ledger["offer"] == offer) & ledger["line"].isin(knob.lines)]
    return float(mine["present_value_usd_bn"].sum())
