"""Contract years of a commitment: their days, their floors and how these accrue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm


@dataclass(frozen=True, eq=False)
class ContractYear:
    """One year of a contract, from the case's start on, at scale 1."""

    number: int
    capacity_gw: float
    floor_usd_bn: float
    """the floor of the whole year; it accrues evenly over the time of the year"""
    length: float
    """time of the whole year, before the case's start too [periods]"""
    due_share: float
    """part of that time that lies before the end of the horizon, before the case's start too"""
    periods: range
    """periods that the year touches, after the horizon too, but not before the case's start"""
    shares: Vector
    """part of each of them that the year covers; shape (periods,)"""
    within: range
    """those of them that lie in the horizon"""
    spent_usd_bn: float = 0.0
    """spent before the case's start"""
    drawn_usd_bn: float = 0.0
    """part of `spent_usd_bn` that was paid out of the prepayment"""

    @property
    def accrued(self) -> Vector:
        """The part of the floor that belongs to each period [USD bn]; shape (periods,)."""
        return self.floor_usd_bn * self.shares / self.length

    @property
    def due_usd_bn(self) -> float:
        """The part of the floor that falls before the end of the horizon, before the case's start too [USD bn]."""
        return self.floor_usd_bn * self.due_share

    @property
    def left_usd_bn(self) -> float:
        """`due_usd_bn` less what was spent before the case's start; below 0 where more was spent [USD bn]."""
        return self.due_usd_bn - self.spent_usd_bn


def term_ends(row: CloudCommitment, starts: date) -> date:
    """The day after the term of a contract that starts on a day; an earlier one on which it ends, as notice is given.

    A day in ends_on is the first of a contract year, so that the years before it are whole.
    """
    ends = add_months(starts, whole_months(row.term_years))
    return ends if row.ends_on is None else min(ends, row.ends_on)


def year_days(starts: date, ends: date, year: int) -> tuple[date, date]:
    """First day of a contract year, and the day after its last."""
    first, after = (add_months(starts, MONTHS_PER_YEAR * number) for number in (year - 1, year))
    return first, min(after, ends)


def served(row: CloudCommitment, starts: date, terms: Sequence[CloudTerm]) -> list[CloudTerm]:
    """The contract years of a contract that starts on a day, until it ends.

    Those that begin once its provider is gone are empty.
    """
    gone, ends = row.gone_from, term_ends(row, starts)
    return [
        term.model_copy(update={"capacity_gw": 0.0, "floor_usd_bn": 0.0})
        if gone is not None and add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1)) >= gone
        else term
        for term in terms
        if add_months(starts, MONTHS_PER_YEAR * (term.contract_year - 1)) < ends
    ]


def served_until(row: CloudCommitment, starts: date, ends: date) -> date:
    """The day after the last contract year that its provider serves; where it serves none, the first day."""
    first = starts
    while first < ends and (row.gone_from is None or first < row.gone_from):
        first = min(add_months(first, MONTHS_PER_YEAR), ends)
    return first


def contract_years(
    calendar: Calendar, starts: date, ends: date, terms: Sequence[CloudTerm], spent: float = 0.0, drawn: float = 0.0
) -> Iterator[ContractYear]:
    """The contract years that have not ended before the case's start, at scale 1.

    `spent` and `drawn` were before the start in the year that is under way then.
    """
    for term in terms:
        first, after = year_days(starts, ends, term.contract_year)
        periods, shares = calendar.overlap(first, after)
        if not len(periods):
            continue
        within = range(min(periods.start, calendar.T), min(periods.stop, calendar.T))
        begins, stops = calendar.position(first), calendar.position(after)
        due = max(0.0, min(stops, float(calendar.T)) - begins) / (stops - begins)
        sums = (spent, drawn) if first < calendar.start else (0.0, 0.0)
        yield ContractYear(
            term.contract_year, term.capacity_gw, term.floor_usd_bn, stops - begins, due, periods, shares, within, *sums
        )
