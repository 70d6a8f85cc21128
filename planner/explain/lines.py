"""Amounts by period as `--set` lines, and what they say in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.basics.text import number

DIGITS = 3
"""significant digits of an amount"""
ALIKE = 4.0
"""amounts that differ by no more than this factor are one line"""
NOISE = 1e-6
"""what a solver may be off by, relative to the larger of the amount and 1"""


@dataclass(frozen=True)
class Line:
    """A change in the grammar of `planner.case.changes`."""

    where: str
    """table[key, …].column, or case.key"""
    op: str
    """`+=`, `-=` and `*=` change a number, `=` puts a word or a date"""
    value: str | float
    """the number as it is needed: `amount` rounds it"""
    says: str
    """in words, {by} standing for the amount"""
    unit: str = ""
    """of the amount"""
    most: float = math.inf
    """largest amount that makes sense"""
    item: str = ""
    """key of the item that it changes"""

    @property
    def is_amount(self) -> bool:
        """Whether there is such a thing as half of it."""
        return not isinstance(self.value, str)

    @property
    def amount(self) -> float:
        """The number rounded outward, to a few digits; of a `*=` the part that is taken away."""
        assert not isinstance(self.value, str), "only numbers have an amount"
        return min(rounded_up(self.value), self.most)

    def times(self, factor: float) -> Line:
        """The line with its amount times a factor; one without an amount as it is."""
        return self if isinstance(self.value, str) else replace(self, value=self.value * factor)

    @property
    def text(self) -> str:
        """As it is typed after `--set`."""
        if isinstance(self.value, str):
            return f"{self.where} {self.op} {self.value}"
        return f"{self.where} {self.op} {_plain(1.0 - self.amount if self.op == '*=' else self.amount)}"

    @property
    def words(self) -> str:
        """What it says to a reader."""
        if isinstance(self.value, str):
            return self.says
        return self.says.format(
            by=_measured(100.0 * self.amount, "%") if self.op == "*=" else _measured(self.amount, self.unit)
        )


def rounded_up(value: float) -> float:
    """A number rounded up to a few significant digits, what a solver may be off by left aside.

    >>> rounded_up(1.1000000001), rounded_up(1.2341), rounded_up(0.04), rounded_up(1234.5)
    (1.1, 1.24, 0.04, 1240.0)
    """
    least = value - NOISE * max(1.0, abs(value)) if value > 10 * NOISE else value
    if least <= 0.0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(least)) - DIGITS + 1)
    return float(f"{math.ceil(least / unit - 1e-9) * unit:.12g}")


def _plain(value: float) -> str:
    """A number without an exponent.

    >>> _plain(0.1), _plain(12.0), _plain(1.0 - 0.3)
    ('0.1', '12', '0.7')
    """
    return f"{float(f'{value:.12g}'):.12f}".rstrip("0").rstrip(".")


def _measured(amount: float, unit: str) -> str:
    """A number with its unit.

    >>> _measured(1.1, "USD bn"), _measured(30.0, "%"), _measured(0.2, "")
    ('USD 1.1 bn', '30 %', '0.2')
    """
    return f"USD {number(amount)} bn" if unit == "USD bn" else f"{number(amount)} {unit}".rstrip()


def runs(needs: Mapping[int, float]) -> Iterator[range]:
    """Neighbouring periods together, as long as none of them needs more than four times what another does.

    >>> list(runs({3: 1.0, 1: 1.0, 2: 2.0, 7: 1.0, 8: 5.0}))
    [range(1, 4), range(7, 8), range(8, 9)]
    """
    run, least, most = range(0), 0.0, 0.0
    for t in sorted(needs):
        if run and t == run.stop and max(most, needs[t]) <= ALIKE * min(least, needs[t]):
            run, least, most = range(run.start, t + 1), min(least, needs[t]), max(most, needs[t])
            continue
        if run:
            yield run
        run, least, most = range(t, t + 1), needs[t], needs[t]
    if run:
        yield run


def span(calendar: Calendar, run: range) -> str:
    """Periods as a key of a dated table: `*` for all, else from their first day until the day after their last."""
    if run.start <= 0 and run.stop >= calendar.T:
        return "*"
    end = "" if run.stop >= calendar.T else calendar.start_of(run.stop).isoformat()
    return f"{calendar.start_of(run.start)}..{end}"


def when(calendar: Calendar, run: range) -> str:
    """The same in words."""
    if run.start <= 0 and run.stop >= calendar.T:
        return "throughout"
    return f"from {calendar.start_of(run.start)} to {calendar.start_of(run.stop) - timedelta(days=1)}"


def raised(calendar: Calendar, where: str, needs: Mapping[int, float], says: str, unit: str) -> list[Line]:
    """Lines that raise a dated number, a line for each run of periods, by the most that one of them needs.

    `where` holds {span}, `says` {by} and {when}.
    """
    return [
        Line(
            where.format(span=span(calendar, run)),
            "+=",
            max(needs[t] for t in run),
            says.format(by="{by}", when=when(calendar, run)),
            unit,
        )
        for run in runs(needs)
    ]


def lowered(
    calendar: Calendar, where: str, needs: Mapping[int, float], lowest: Vector, level: Vector, says: str, unit: str
) -> list[Line]:
    """Lines that lower a dated number, a line for each run of periods, by the most that one of them needs.

    `lowest` is the smallest value that holds at any time of a period; where less than the need, the number is lowered
    by a part of itself instead, which is the need against `level`, what the period as a whole says. Shapes (T,).
    """
    lines = []
    for run in _lowerable(needs, lowest, level):
        by = max(needs[t] for t in run)
        place, said = where.format(span=span(calendar, run)), says.format(by="{by}", when=when(calendar, run))
        least = min(float(lowest[t]) for t in run)
        if by <= least + NOISE:
            lines.append(Line(place, "-=", by, said, unit, least))
        else:
            part = max(min(1.0, needs[t] / level[t]) for t in run)
            lines.append(Line(place, "*=", part, said, unit, 1.0))
    return lines


def _lowerable(needs: Mapping[int, float], lowest: Vector, level: Vector) -> Iterator[range]:
    """Runs of like amounts; where one is more than there is at some time, of like parts of what there is."""
    for run in runs(needs):
        if max(needs[t] for t in run) <= min(float(lowest[t]) for t in run) + NOISE:
            yield run
        else:
            yield from runs({t: min(1.0, needs[t] / float(level[t])) for t in run})
