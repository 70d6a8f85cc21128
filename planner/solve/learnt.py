"""What the search of one case has learnt, by the names of variables and rows, for the searches of similar cases.

It travels between processes and is kept in folders as bytes, a NumPy archive without pickles. The same search gives the
same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.solver.experience import NOWHERE, Experience

if TYPE_CHECKING:
    from planner.solver import Program


@dataclass(frozen=True, eq=False)
class Learnt:
    """The experience of a search, with the names of the variables and rows that it is about."""

    variables: tuple[str, ...]
    rows: tuple[str, ...]
    experience: Experience

    def of(self, program: Program) -> Experience:
        """The experience in terms of a similar program, which has its labels."""
        variables, rows = program.variable_names(), program.row_names()
        return self.experience.renumbered(
            _places(self.variables, variables), _places(self.rows, rows), len(variables), len(rows)
        )

    def packed(self) -> bytes:
        """All of it as bytes."""
        file = io.BytesIO()
        arrays: dict[str, Any] = {each.name: getattr(self.experience, each.name) for each in fields(Experience)}
        names = {f"names_of_{name}": _text(getattr(self, name)) for name in ("variables", "rows")}
        np.savez_compressed(file, **arrays, **names)
        return file.getvalue()

    @staticmethod
    def unpacked(data: bytes) -> Learnt:
        """What `packed` gave; raises ValueError, KeyError or OSError where it is something else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays: dict[str, Any] = {each.name: found[each.name] for each in fields(Experience)}
            arrays["cuts"] = bool(arrays["cuts"])
            return Learnt(_names(found["names_of_variables"]), _names(found["names_of_rows"]), Experience(**arrays))


def _places(names: Sequence[str], among: Sequence[str]) -> list[int]:
    place = {name: i for i, name in enumerate(among)}
    return [place.get(name, NOWHERE) for name in names]


def _text(names: Sequence[str]) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _names(text: Any) -> tuple[str, ...]:
    return tuple(bytes(text).decode().split("\n"))
