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
from planner.studies.runs import WITH_A_PLAN, Run, RunResult

NEAR = 0.0025
"""how far a price may still move, relative to itself, and count as found"""
CLOSE = 2.0 * NEAR
"""how close the lowest price at which it is not signed is to the highest at which it is, relative, when it is found"""
ROUNDS = 12
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
class TriedPrice:
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
    points: list[TriedPrice] = field(default_factory=list)
    found: Found | None = None
    price: float | None = None

    def start(self, outcome: RunResult | None) -> None:
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

    def tell(self, outcome: RunResult) -> None:
        """What came of it."""
        if self.price is not None:
            self._tell(self.price, outcome)

    def _tell(self, price: float, outcome: RunResult) -> None:
        if outcome.status not in WITH_A_PLAN or outcome.objective_usd_bn is None or outcome.bound_usd_bn is None:
            self.found = Found.UNKNOWN
            return
        paid = _paid(outcome, self.offer, self.knob)
        self.points.append(TriedPrice(price, outcome.objective_usd_bn, outcome.bound_usd_bn, paid))
        self._decide()

    def _decide(self) -> None:
        last, free = self.points[-1], NEARLY_FREE * self.knob.now
        missing = self.target[1] - last.cost
        below = sorted((point for point in self.points if self._below(point)), key=lambda point: point.price)
        if last.price <= free and not self._below(last):
            self.found = Found.NEVER
        elif self._apart(last) and missing < 0.0:
            slope = self._pays(last)
            self._go(free if slope is None else max(free, last.price + missing / slope))
        elif self._apart(last) and last.paid <= FLAT and self.knob.lines:
            self.found = Found.ALWAYS
        elif not self._apart(last) and (len(self.points) == 1 or not below or not self._sharp(last)):
            self.found, self.price = Found.WITHIN_GAP if len(self.points) == 1 else Found.PRICE, last.price
        else:
            self._between(below)

    def _between(self, below: list[TriedPrice]) -> None:
        """The next price above the highest at which the offer is signed, and below the lowest at which it is not."""
        low = below[-1]
        missing = self.target[1] - low.cost
        past = [point.price for point in self.points if point.price > low.price and not self._apart(point)]
        rise = None
        if len(below) > 1 and below[-2].price < low.price:
            rise = (low.cost - below[-2].cost) / (low.price - below[-2].price)
        if not past:
            slopes = [slope for slope in (self._pays(low), rise) if slope is not None and slope > FLAT]
            self._go(low.price + missing / min(slopes) if slopes else low.price * TRIAL)
            return
        high = min(past)
        if high - low.price <= CLOSE * high:
            self.found, self.price = Found.PRICE, 0.5 * (low.price + high)
            return
        just_below = high * (1.0 - 0.9 * CLOSE)
        if len(past) == 1:
            self._go(just_below)  # at the price itself both plans cost the same: it may have been hit
            return
        guess = low.price + missing / rise if rise is not None and rise > FLAT else high
        edge = 0.1 * (high - low.price)
        self._go(min(just_below, max(low.price + edge, guess)) if guess < high else 0.5 * (low.price + high))

    def _go(self, price: float) -> None:
        """Try that price next, unless it is where the last was or there were too many."""
        last = self.points[-1].price
        self.price = price
        if abs(price - last) <= NEAR * max(price, last):
            self.found = Found.PRICE
        elif len(self.points) >= ROUNDS:
            self.found = Found.UNKNOWN

    def _apart(self, point: TriedPrice) -> bool:
        """Whether the gaps leave no doubt which of the two plans costs less."""
        low, high = self.target
        noise = NOISE * max(1.0, abs(high))
        return point.bound > high + noise or low > point.cost + noise

    def _below(self, point: TriedPrice) -> bool:
        return self._apart(point) and point.cost < self.target[1]

    def _sharp(self, point: TriedPrice) -> bool:
        """Whether a plan that does not sign the offer is to be taken at its word, as the gaps are next to nothing."""
        return point.paid <= FLAT and self.target[1] - self.target[0] <= SHARP * abs(self.target[1])

    def _pays(self, point: TriedPrice) -> float | None:
        """Cost per unit of price as far as the plan pays in proportion to it."""
        if not self.knob.lines or point.price <= 0.0 or point.paid <= FLAT:
            return None
        return point.paid / point.price


def _paid(outcome: RunResult, offer: str, knob: Knob) -> float:
    """Present cost of the lines that are in proportion to the price [USD bn]."""
    ledger = outcome.plan.ledger
    mine = ledger[(ledger["offer"] == offer) & ledger["line"].isin(knob.lines)]
    return float(mine["present_value_usd_bn"].sum())
