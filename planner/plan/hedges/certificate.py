"""What proves the bound of a hedge that was made one future at a time: two tables beside those of every hedge.

    bounds.csv         future, weight π_s, bound_s:   no plan of future s has less than bound_s of
                       π_s · cost_s + Σ_j w_sj · x_sj
    multipliers.csv    node, decision, future, value w_sj [USD bn per unit of the decision]; those that are 0 left out

The multipliers of a decision add up to 0 over the futures of its node, in all of which it is the same. So Σ_s bound_s
is a bound of the objective. Weights are the probabilities, or such as CVaR allows: (1 − weight) · p_s + weight · q_s
with 0 ≤ q_s ≤ p_s / (1 − level) and Σ q_s = 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.basics.frames import Table, transposed
from planner.tables import csvtext

METHOD, BY_FUTURE = "method", "by future"
"""key of `solver` in the record of a hedge, and what it says of one that was made one future at a time"""
BOUNDS, MULTIPLIERS = "bounds.csv", "multipliers.csv"
FILES = (BOUNDS, MULTIPLIERS)
"""of a certificate"""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    BOUNDS: ("future", "weight", "bound_usd_bn"),
    MULTIPLIERS: ("node", "decision", "future", "value"),
}
"""by file"""
NUMBERS: Mapping[str, tuple[str, ...]] = {BOUNDS: ("weight", "bound_usd_bn"), MULTIPLIERS: ("value",)}
"""those that hold numbers"""


@dataclass(frozen=True, slots=True)
class OfFuture:
    """What is proven of one future."""

    future: str
    weight: float
    bound: float
    """[USD bn]"""


@dataclass(frozen=True, slots=True)
class Multiplier:
    """The price of a decision that several futures share, in one of them."""

    node: int
    decision: str
    """as the hedge's case calls it"""
    future: str
    value: float
    """[USD bn per unit]"""


@dataclass(frozen=True, eq=False)
class Certificate:
    """What proves the bound of a hedge."""

    futures: tuple[OfFuture, ...]
    """in the order of the tree; empty where nothing is proven"""
    multipliers: tuple[Multiplier, ...]

    @staticmethod
    def empty() -> Certificate:
        """Of which nothing follows."""
        return Certificate((), ())

    @property
    def bound(self) -> float | None:
        """The sum of the bounds; None where nothing is proven [USD bn]."""
        return sum(each.bound for each in self.futures) if self.futures else None

    def files(self) -> dict[str, bytes]:
        """The two tables, content by name; none where nothing is proven."""
        if not self.futures:
            return {}
        bounds = [(each.future, each.weight, each.bound) for each in self.futures]
        multipliers = [(str(each.node), each.decision, each.future, each.value) for each in self.multipliers]
        rows: Mapping[str, list[tuple[str | float, ...]]] = {BOUNDS: [*bounds], MULTIPLIERS: [*multipliers]}
        return {name: csvtext.written(transposed(COLUMNS[name], NUMBERS[name], rows[name])) for name in FILES}

    @staticmethod
    def parse(files: Mapping[str, bytes]) -> Certificate | None:
        """The certificate in the files of a hedge; None where there is none.

        Raises DataError with every column and cell that is not as it should be.
        """
        if not any(name in files for name in FILES):
            return None
        bounds, multipliers = (_table(name, files.get(name)) for name in FILES)
        return Certificate(
            tuple(map(OfFuture, bounds["future"], _floats(bounds, "weight"), _floats(bounds, "bound_usd_bn"))),
            tuple(
                Multiplier(int(node) if node.isdecimal() else -1, decision, future, value)
                for node, decision, future, value in zip(
                    multipliers["node"], multipliers["decision"], multipliers["future"], _floats(multipliers, "value"),
                    strict=True,
                )
            ),
        )  # fmt: skip


def _table(name: str, data: bytes | None) -> Table:
    if data is None:
        return transposed(COLUMNS[name], NUMBERS[name], [])
    return csvtext.table(name, data, COLUMNS[name], NUMBERS[name])


def _floats(table: Table, column: str) -> list[float]:
    return [float(value) for value in table[column]]
