"""A case becomes variables, posts and limits: everything the model optimises and the audit re-derives, in plain numpy.

Instruments post, then rules, each in the order of the case's catalogue; whoever posts later may read what was posted
earlier. Then the rules state their limits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from planner.case.case import Case
from planner.interfaces.instrument import Instrument
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Counts, Ledgers
from planner.ledgers.limits import Limit
from planner.portfolio.dependencies import alike


@dataclass(frozen=True)
class Step:
    """How far a portfolio had come once an instrument or a rule was done."""

    by: Instrument | Rule
    posted: Counts
    stated: int
    """number of limits"""


@dataclass(frozen=True)
class Portfolio:
    """One future of a case: its variables and posts, and the limits over them."""

    case: Case
    ledgers: Ledgers
    limits: tuple[Limit, ...]
    steps: tuple[Step, ...] = ()
    """how it came about; empty where it was made otherwise than by `of`"""

    @staticmethod
    def of(case: Case, like: Portfolio | None = None) -> Portfolio:
        """Let every instrument and rule post, then state the limits.

        They take their turn, and what one does follows from the case and from what was done before it. So `like`, the
        portfolio of a case that differs little, serves up to the first that has read what differs. The outcome is the
        same; the two may have posts in common, or all their ledgers, which are not to be added to.
        """
        posting: list[Instrument | Rule] = [*case.catalogue.posting]
        posting += [rule for rule in case.catalogue.rules if rule.post is not None]
        stating = [rule for rule in case.catalogue.rules if rule.limits is not None]
        steps = [] if like is None else _in_common(case, like)
        ledgers, limits = Ledgers(case.calendar), list[Limit]()
        if like is not None and steps:
            done = len(steps) >= len(posting)
            ledgers = like.ledgers if done else like.ledgers.up_to(steps[-1].posted)
            limits = list(like.limits[: steps[-1].stated])
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
    """The steps of another portfolio before the first that reads something that differs here."""
    steps: list[Step] = []
    for step in like.steps:
        if not alike(step.by, case, like.case):
            break
        steps.append(step)
    return steps
