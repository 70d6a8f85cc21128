"""What a benchmark says: numbers with a goal, as a table and as JSON."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Sample


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    name: str
    """quick, default or full"""
    repeats: int
    limit_s: float
    """longest search of one solve in `formulation` [s of the processor]"""
    folder: Path
    """for cases and plans; it is gone afterwards"""
    peers: str
    """the Python that has PyPSA and linopy"""

    def pick(self, quick: Any, default: Any, full: Any) -> Any:
        """The one of three that is meant."""
        return {"quick": quick, "default": default, "full": full}[self.name]


@dataclass(frozen=True)
class Row:
    """One number of a benchmark."""

    what: str
    value: float
    goal: float | None = None
    at_least: bool = False
    """True: the goal is to be reached, not to be kept below"""
    cut: str = ""
    """≥ or ≤ where a limit of time cut what was measured; ? where it cut both of what is compared"""
    beside: str = ""
    """what else a reader wants to see"""
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or a cut leaves it open."""
        if self.goal is None:
            return None
        met = self.value >= self.goal if self.at_least else self.value <= self.goal
        open_ = {"≥": met is not self.at_least, "≤": met is self.at_least}
        return None if self.cut == "?" or open_.get(self.cut, False) else met

    def json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "what": self.what,
            "value": self.value,
            "cut": self.cut,
            "goal": self.goal,
            "at_least": self.at_least,
            "met": self.met,
            "beside": self.beside,
            "measured": dict(self.measured),
        }


def ratio(
    what: str,
    first: Sample,
    second: Sample,
    *,
    goal: float | None = None,
    clock: str = "cpu",
    also: Mapping[str, Any] | None = None,
) -> Row:
    """First ÷ second by one clock, with the other clock and the medians beside; medians, not smallest, are divided."""
    other = {"cpu": "wall", "wall": "cpu"}[clock]
    value = first.median(clock) / second.median(clock)
    beside = (
        f"{first.median(clock):.2f} s against {second.median(clock):.2f} s of {clock}; "
        f"by {other} {first.median(other) / second.median(other):.2f}; "
        f"smallest {first.least(clock) / second.least(clock):.2f}"
    )
    measured = {"first": _sample(first), "second": _sample(second), "clock": clock, **(also or {})}
    return Row(what, value, goal, beside=beside, measured=measured)


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        **{f"{clock}_s": [round(value, 4) for value in getattr(sample, clock)] for clock in ("cpu", "wall")},
        **{f"{clock}_median_s": round(sample.median(clock), 4) for clock in ("cpu", "wall")},
        **{f"{clock}_least_s": round(sample.least(clock), 4) for clock in ("cpu", "wall")},
    }


Benchmark = Callable[[Size], Sequence[Row]]


def geometric_mean(values: Sequence[float]) -> float:
    """Of ratios.

    >>> geometric_mean([2.0, 8.0])
    4.0
    """
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the straight line through log value by log size, by least squares.

    >>> round(exponent([1, 2, 4], [3, 12, 48]), 9)
    2.0
    """
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    across = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return across / math.fsum((a - mean_x) ** 2 for a in x)


def same_optimum(first: Mapping[str, float], second: Mapping[str, float], what: str) -> None:
    """Raise RuntimeError where what is proven of two optima, each between `bound` and `objective`, cannot be the same.

    A millionth of the objective is left to the solvers' tolerances.
    """
    room = 1e-6 * max(1.0, abs(first["objective"]), abs(second["objective"]))
    if first["bound"] > second["objective"] + room or second["bound"] > first["objective"] + room:
        raise RuntimeError(f"{what}: different optima, {dict(first)} and {dict(second)}")


def versions() -> dict[str, str | int | None]:
    """What was measured, and on what: no name of a machine."""
    found: dict[str, str | int | None] = {
        name: importlib.metadata.version(name) for name in ("planner", "pyomo", "highspy", "numpy", "pandas")
    }
    return {**found, "python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}


def table(results: Mapping[str, Sequence[Row]], before: Mapping[str, Any] | None = None) -> str:
    """One line per number; with the JSON of an earlier run its number too."""
    earlier = {} if before is None else _values(before)
    head = ["benchmark", "what", *(["before"] if before is not None else []), "value", "goal", "met", "beside"]
    lines = [head]
    for name, rows in results.items():
        for row in rows:
            then = earlier.get((name, row.what))
            lines.append(
                [
                    name,
                    row.what,
                    *([] if before is None else ["—" if then is None else then]),
                    f"{row.cut}{row.value:.3g}",
                    "" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:g}",
                    {None: "", True: "yes", False: "no"}[row.met],
                    row.beside,
                ]
            )
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _values(before: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (name, row["what"]): f"{row['cut']}{row['value']:.3g}"
        for name, rows in before["results"].items()
        for row in rows
    }
