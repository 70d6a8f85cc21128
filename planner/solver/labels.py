"""Labels: what the variables and rows of a program stand for, made when somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

LabelIndex: TypeAlias = "tuple[str | int, ...] | str | int | None"
"""As Pyomo has it: a tuple where it has several parts, None where a component has no index."""


@dataclass(frozen=True, slots=True)
class Label:
    """A component of the model and the index in it, such as `limit.debt_cap` and `("cap", 3)`."""

    component: str
    index: LabelIndex = None

    @property
    def name(self) -> str:
        """Both as Pyomo writes them: `limit.debt_cap[cap,3]`."""
        from pyomo.core.base.component_namer import index_repr

        return self.component if self.index is None else f"{self.component}{index_repr(self.index)}"


Part: TypeAlias = tuple[int, Callable[[int], Label]]
"""How many labels, and a function that gives each by its position."""


class LabelSequence(Sequence[Label]):
    """The labels of a program's variables or of its rows, in their order."""

    def __init__(self, parts: Iterable[Part], kept: npt.NDArray[np.integer[Any]] | None = None) -> None:
        """The labels of several parts one after the other; with `kept` only those in these positions."""
        self._parts = tuple(parts)
        self._first = [0, *accumulate(count for count, _ in self._parts)]
        self._kept = kept

    def __len__(self) -> int:
        return self._first[-1] if self._kept is None else len(self._kept)

    @overload
    def __getitem__(self, i: int) -> Label: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[Label]: ...
    def __getitem__(self, i: int | slice) -> Label | Sequence[Label]:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(f"there are {len(self)} labels, none in position {i}")
        position = i % len(self) if self._kept is None else int(self._kept[i])
        part = bisect_right(self._first, position) - 1
        return self._parts[part][1](position - self._first[part])

    def __iter__(self) -> Iterator[Label]:
        return (self[i] for i in range(len(self)))

    def only(self, kept: npt.NDArray[np.integer[Any]]) -> LabelSequence:
        """The labels in some positions."""
        return LabelSequence(self._parts, kept if self._kept is None else self._kept[kept])


NO_LABELS = LabelSequence(())
