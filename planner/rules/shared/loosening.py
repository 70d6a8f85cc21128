"""What rules share in saying how their limits can be loosened: a slot for each period of a limit, and its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner.basics.arrays import Vector
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, Lines, raised
from planner.interfaces.loosening import Slot
from planner.ledgers.limits import Limit


def size(values: Vector) -> float:
    """The amount that counts as 1: the largest of a limit's own values; 1 where all are zero."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0


def slots_of(limit: Limit, scale: float, most: Vector | None = None) -> tuple[Slot, ...]:
    """A slot for each period of a limit, in the limit's unit.

    `most` is the largest amount of each period, shape (T,); a period in which it is 0 has no slot.
    """
    name = (limit.rule, limit.subject)
    return tuple(
        Slot(t, scale, np.inf if most is None else float(most[t]), ((name, t, 1.0),))
        for t in limit.periods
        if most is None or most[t] > 0.0
    )


def needs(slots: Sequence[Slot], amounts: Amounts, of: Callable[[int, float], float]) -> dict[int, float]:
    """By how much the table's number has to move in each period: the most that a slot of the period asks for.

    `of` turns the number of a slot and its amount into what the table's number moves by.
    """
    found: dict[int, float] = {}
    for k, slack in amounts.slack.items():
        t = slots[k].t
        found[t] = max(found.get(t, 0.0), of(k, slack))
    return found


def as_it_is(k: int, slack: float) -> float:
    """The table's number moves by the slot's amount."""
    return slack


def raising(
    case: CaseData,
    slots: Sequence[Slot],
    where: str,
    says: str,
    unit: str,
    of: Callable[[int, float], float] = as_it_is,
) -> Lines:
    """Lines that raise a dated number by the amount of each period, or by what `of` makes of it."""

    def lines(amounts: Amounts) -> list[Line]:
        return raised(case.calendar, where, needs(slots, amounts, of), says, unit)

    return lines
