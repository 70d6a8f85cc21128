"""What a study asks of a solve besides the least cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.plan.record import Stressed
from planner.portfolio.portfolio import Portfolio
from planner.solve.learnt import Learnt

ExtraLimits: TypeAlias = Callable[[Portfolio], Iterable[Limit]]
"""States the limits that a study adds to a portfolio's own."""
Bounding: TypeAlias = Callable[[Portfolio], Portfolio]
"""Gives a portfolio tighter bounds of its decisions; decisions, posts and limits stay the same."""


def no_limits(_: Portfolio) -> Iterable[Limit]:
    """No limit is added."""
    return ()


def as_it_is(portfolio: Portfolio) -> Portfolio:
    """Nothing is bounded further."""
    return portfolio


@dataclass(frozen=True)
class StudyOptions:
    """What a study asks of a solve. By default it asks for nothing."""

    extra_limits: ExtraLimits = no_limits
    """limits that the plan has to keep besides those of the case; its tables do not show them"""
    bounding: Bounding = as_it_is
    """tighter bounds of decisions, such as those that an earlier plan has made already"""
    leeway: Leeway | None = None
    """limits that the plan may break; its record names those that it breaks"""
    stressed: Stressed | None = None
    """which plan this one comes from, and under which events; None where it is no stress plan"""
    target: float | None = None
    """a cost that is good enough [USD bn]: any plan that costs no more will do, and none is Infeasible"""
    similar: Portfolio | None = None
    """the portfolio of a similar case: what both cases have in common is not posted again"""
    learnt: Learnt | None = None
    """what the search of a similar case has learnt, which guides that of this one"""
    on_learnt: Callable[[Learnt], None] | None = None
    """is called with what the search has learnt where it closes the gap, and is our own"""


NO_STUDY = StudyOptions()
