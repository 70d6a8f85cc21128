"""Variables and rows of a model that are arrays, beside those that Pyomo holds.

The decisions of a model are numbered 0, …, n − 1, and array variables from n on, in the order in which they are given.
The program has another order: the decisions, the array variables that come `first`, what Pyomo adds to the decisions,
the other array variables. Its rows are the array rows that come `first`, Pyomo's, and the other array rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.labels import Label, LabelIndex
from planner.solver.program import Index32


@dataclass(frozen=True, eq=False)
class ArrayVariables:
    """Continuous variables of one component, without an upper bound."""

    path: tuple[str, ...]
    """the component and the blocks around it, outermost first: `("state", "liquidity__cash")`"""
    indices: Sequence[LabelIndex]
    """of each variable in the component"""
    lower: float
    """bound of each; −inf where there is none"""
    first: bool = False
    """whether they stand before what Pyomo adds to the decisions"""

    def __len__(self) -> int:
        return len(self.indices)

    def label(self, k: int) -> Label:
        """Of the k-th of them."""
        return Label(component(self.path), self.indices[k])


@dataclass(frozen=True, eq=False)
class ArrayRows:
    """Rows of one component: row_lower ≤ A x ≤ row_upper, A by rows.

    The entries start[i] to start[i + 1] are those of row i.
    """

    path: tuple[str, ...]
    """the component and the blocks around it, outermost first: `("limit", "debt_cap")`"""
    indices: Sequence[LabelIndex]
    """of each row in the component"""
    start: Index32
    """shape (m + 1,)"""
    variable: Index32
    """number of the variable of each entry; shape (entries,)"""
    value: Vector
    """shape (entries,)"""
    row_lower: Vector
    """shape (m,); −inf where there is none"""
    row_upper: Vector
    """shape (m,); inf where there is none"""
    first: bool = False
    """whether they stand before Pyomo's"""

    def __len__(self) -> int:
        return len(self.indices)

    def label(self, k: int) -> Label:
        """Of the k-th of them."""
        return Label(component(self.path), self.indices[k])


@dataclass(frozen=True, eq=False)
class ArrayCost:
    """The objective: constant + Σ_k value_k · x_{variable_k}."""

    name: str
    constant: float
    variable: Index32
    value: Vector


@dataclass(frozen=True, eq=False)
class Arrays:
    """All of a model that is arrays."""

    variables: tuple[ArrayVariables, ...] = ()
    rows: tuple[ArrayRows, ...] = ()
    cost: ArrayCost | None = None
    """None: Pyomo holds the objective"""

    def __len__(self) -> int:
        """Number of variables."""
        return sum(len(each) for each in self.variables)

    def without_cost(self) -> Arrays:
        """The same for a model whose objective Pyomo holds."""
        return replace(self, cost=None)


NO_ARRAYS = Arrays()


def component(path: Sequence[str]) -> str:
    """The name of a component as Pyomo writes it."""
    from pyomo.core.base.component_namer import name_repr

    return ".".join(name_repr(each) for each in path)


def joined(parts: Sequence[ArrayRows]) -> ArrayRows:
    """Rows of one component, given in parts, as one."""
    ends = np.cumsum([0, *(len(part.variable) for part in parts)])
    starts = [part.start[:-1] + end for part, end in zip(parts, ends[:-1], strict=True)]
    return replace(
        parts[0],
        indices=[index for part in parts for index in part.indices],
        start=np.concatenate([*starts, ends[-1:]]).astype(np.int32),
        variable=np.concatenate([part.variable for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        row_lower=np.concatenate([part.row_lower for part in parts]),
        row_upper=np.concatenate([part.row_upper for part in parts]),
    )
