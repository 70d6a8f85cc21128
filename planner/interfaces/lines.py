"""Changes of a case as lines for `--set`, what they say in words, and how amounts become such lines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.basics.text import number
from planner.tables.offer import Offer

DIGITS = 3
"""significant digits of an amount"""
ALIKE = 4.0
"""amounts of neighbouring periods become one line where the largest is at most this many times the smallest"""
NOISE = 1e-6
"""largest error of a solver, relative to the larger of the amount and 1"""


@dataclass(frozen=True)
class Line:
    """A change of a case, in the grammar of `planner.case.changes`."""

    where: str
    """table[key, …].column, or case.key"""
    op: str
    """`+=`, `-=` and `*=` change a number, `=` writes a word or a date"""
    value: str | float
    """the word, or the number before it is rounded; of a `*=` the part that is taken away"""
    says: str
    """in words; {by} stands for the amount"""
    unit: str = ""
    """of the amount"""
    most: float = math.inf
    """largest amount that makes sense"""
    item: str = ""
    """key of the item that it changes"""

    @property
    def is_amount(self) -> bool:
        """True where it changes a number, so that half of the change can be made."""
        return not isinstance(self.value, str)

    @property
    def amount(self) -> float:
        """The number rounded up to a few digits, at most `most`; of a `*=` the part that is taken away."""
        assert not isinstance(self.value, str), "only numbers have an amount"
        return min(rounded_up(self.value), self.most)

    def times(self, factor: float) -> Line:
        """The line with its amount times a factor; a line without an amount stays as it is."""
        return self if isinstance(self.value, str) else replace(self, value=self.value * factor)

    @property
    def text(self) -> str:
        """What is typed after `--set`."""
        if isinstance(self.value, str):
            return f"{self.where} {self.op} {self.value}"
        return f"{self.where} {self.op} {_plain(1.0 - self.amount if self.op == '*=' else self.amount)}"

    @property
    def words(self) -> str:
        """The change in words, for a reader."""
        if isinstance(self.value, str):
            return self.says
        return self.says.format(
            by=_measured(100.0 * self.amount, "%") if self.op == "*=" else _measured(self.amount, self.unit)
        )


@dataclass(frozen=True)
class Amounts:
    """What a solution of the elastic model says of an item."""

    x: Vector
    """values of all variables of the elastic model; shape (variables,)"""
    slack: Mapping[int, float]
    """amount by slot; slots without an amount are absent"""


class Lines(Protocol):
    """Turns an item's amounts into lines."""

    def __call__(self, amounts: Amounts) -> list[Line]:
        """The lines that make the change."""


def always(line: Line) -> Lines:
    """One line, whatever the amounts are."""

    def lines(amounts: Amounts) -> list[Line]:
        return [line]

    return lines


def put(offer: Offer, column: str, value: str, says: str) -> Lines:
    """The line that writes a word into a cell of an offer's row."""
    return always(Line(f"{offer.about.name}[{offer.offer}].{column}", "=", value, says))


def moved(op: str, where: str, says: str, unit: str, most: float = math.inf) -> Lines:
    """The line that moves a number by the amount of the item's only slot."""

    def lines(amounts: Amounts) -> list[Line]:
        return [Line(where, op, amounts.slack[0], says, unit, most)]

    return lines


def rounded_up(value: float) -> float:
    """A number rounded up to a few significant digits, after the solver's error is taken off.

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
    """Groups of neighbouring periods in which no period needs more than `ALIKE` times what another needs.

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
    """Periods as the key of a dated table: `*` for all, else their first day and the day after their last one."""
    if run.start <= 0 and run.stop >= calendar.T:
        return "*"
    end = "" if run.stop >= calendar.T else calendar.start_of(run.stop).isoformat()
    return f"{calendar.start_of(run.start)}..{end}"


def when(calendar: Calendar, run: range) -> str:
    """Periods in words, for a reader."""
    if run.start <= 0 and run.stop >= calendar.T:
        return "throughout"
    return f"from {calendar.start_of(run.start)} to {calendar.start_of(run.stop) - timedelta(days=1)}"


def raised(calendar: Calendar, where: str, needs: Mapping[int, float], says: str, unit: str) -> list[Line]:
    """Lines that raise a dated number: one for each run of periods, by the most that a period of the run needs.

    `where` holds {span}; `says` holds {by} and {when}.
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
    """Lines that lower a dated number: one for each run of periods, by the most that a period of the run needs.

    `lowest` is the smallest value that holds at any time of a period. Where it is less than the need, the number is
    lowered by a part of itself instead: the need divided by `level`, the value that counts for the period. Shapes (T,).
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
    """Runs of similar amounts, or of similar parts of `level` where an amount exceeds the lowest value of its run."""
    for run in runs(needs):
        if max(needs[t] for t in run) <= min(float(lowest[t]) for t in run) + NOISE:
            yield run
        else:
            yield from runs({t: min(1.0, needs[t] / float(level[t])) for t in run})
