"""The members of the family: shapes of programs, and the seeds that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.solver import Program
from tests.benchmarks.family import (
    assignment,
    case_tables,
    covering,
    facility_location,
    knapsacks,
    lot_sizing,
    network_design,
    portfolios,
    unit_commitment,
)

SEEDS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Shape:
    """Programs that differ by their seed only."""

    name: str
    make: Callable[[int], Program]
    ours: bool = False
    """whether it is a portfolio, as the planner is made for"""


SHAPES = (
    Shape("portfolio, quarters", portfolios.quarters, ours=True),
    Shape("portfolio, half-years", portfolios.half_years, ours=True),
    Shape("portfolio, tree of futures", portfolios.tree, ours=True),
    Shape("tables: warehouses", case_tables.warehouses),
    Shape("tables: knapsack", case_tables.cash_knapsack),
    Shape("tables: lot-sizing", case_tables.chip_orders),
    Shape("facility location, capacitated", facility_location.capacitated),
    Shape("facility location, uncapacitated", facility_location.uncapacitated),
    Shape("knapsack, uncorrelated", knapsacks.uncorrelated),
    Shape("knapsack, correlated", knapsacks.correlated),
    Shape("knapsack, multi-dimensional", knapsacks.multidimensional),
    Shape("generalised assignment", assignment.generalised),
    Shape("bin packing", assignment.bin_packing),
    Shape("lot-sizing, capacitated", lot_sizing.capacitated),
    Shape("lot-sizing, joint set-up", lot_sizing.joint),
    Shape("set cover", covering.set_cover),
    Shape("network design", network_design.fixed_charge),
    Shape("unit commitment", unit_commitment.commitment),
)


@dataclass(frozen=True)
class Member:
    """One program of the family."""

    shape: Shape
    seed: int

    @property
    def name(self) -> str:
        """Shape and seed."""
        return f"{self.shape.name} {self.seed}"

    @property
    def held_out(self) -> bool:
        """Whether it is left out of tuning: even seeds are."""
        return self.seed % 2 == 0


def members(seeds: tuple[int, ...] = SEEDS) -> Iterator[Member]:
    """All of them, by shape and seed."""
    return (Member(shape, seed) for shape in SHAPES for seed in seeds)


def member(name: str) -> Member:
    """The one of a name."""
    shape, _, seed = name.rpartition(" ")
    return next(Member(each, int(seed)) for each in SHAPES if each.name == shape)
