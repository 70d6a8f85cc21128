"""A portfolio: the variables, posts and limits of a case, as numpy arrays. Model and audit are both built on it.

First the instruments post, then the rules, each in the order of the catalogue. Who posts later may read earlier posts.
At last the rules state their limits, and waivers say which of these may be broken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from planner.case.case import Case
from planner.interfaces.instrument import Instrument
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Counts, Ledgers
from planner.ledgers.limits import Limit
from planner.portfolio.dependencies import alike
from planner.portfolio.waived import waived


@dataclass(frozen=True)
class Step:
    """The contents of a portfolio after an instrument or a rule has posted or stated its limits."""

    by: Instrument | Rule
    posted: Counts
    """how many groups, posts and so on there are"""
    stated: int
    """how many limits there are"""


@dataclass(frozen=True)
class Portfolio:
    """One future of a case: its variables and posts, and the limits on them."""

    case: Case
    ledgers: Ledgers
    limits: tuple[Limit, ...]
    steps: tuple[Step, ...] = ()
    """the steps of `of` in their order; empty for a portfolio that was made in another way"""

    @staticmethod
    def of(case: Case, like: Portfolio | None = None) -> Portfolio:
        """The portfolio of a case: instruments and rules post, the rules state their limits, waivers let some break.

        `like` may be the portfolio of a similar case. Each step depends only on what it reads of the case and on the
        steps before it, so the steps before the first that reads a difference are taken over from `like`. The result
        is the same as without `like`. Both portfolios may share posts or whole ledgers, to which nothing may be added.
        Raises DataError where a waiver is about no limit that may be waived.
        """
        made = Portfolio.as_agreed(case, like)
        ledgers, limits = waived(case, made.ledgers, made.limits)
        return Portfolio(case, ledgers, limits, made.steps)

    @staticmethod
    def as_agreed(case: Case, like: Portfolio | None = None) -> Portfolio:
        """The portfolio as if the case had no waivers."""
        posting: list[Instrument | Rule] = [*case.catalogue.posting]
        posting += [rule for rule in case.catalogue.rules if rule.post is not None]
        stating = [rule for rule in case.catalogue.rules if rule.limits is not None]
        steps = [] if like is None else _in_common(case, like)
        ledgers, limits = Ledgers(case.calendar), list[Limit]()
        if like is not None and steps:
            done = len(steps) >= len(posting) and like.ledgers.counts == steps[-1].posted
            ledgers = like.ledgers if done else like.ledgers.up_to(steps[-1].posted)
            stated = like.limits[: steps[-1].stated]
            limits = [limit if limit.waived is None else replace(limit, waived=None) for limit in stated]
        for each in posting[len(steps) :]:
            assert each.post is not None
            each.post(case, ledgers)
            steps.append(Step(each, ledgers.counts, 0))
        for rule in stating[len(steps) - len(posting) :]:
            assert rule.limits is not None
            limits += rule.limits(case, ledgers)
            steps.append(Step(rule, ledgers.counts, len(limits)))
        counts = Counter((limit.rule, limit.subject) for limit in limits)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise RuntimeError(f"limits stated twice: {doubled}")
        return Portfolio(case, ledgers, tuple(limits), tuple(steps))


def _in_common(case: Case, like: Portfolio) -> list[Step]:
    """The steps of another portfolio before the first that reads something that differs in this case."""
    steps: list[Step] = []
    for step in like.steps:
        if not alike(step.by, case, like.case):
            break
        steps.append(step)
    return steps
