"""A case becomes columns, posts and limits: everything the model optimises and the audit re-derives, in plain numpy.

`INSTRUMENTS` and `RULES` are the tables of contents, in the order in which they post: what stands later may read what
stands earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.case.case import Case
from planner.instruments.chip_lease import profiles as chip_lease
from planner.instruments.chip_purchase import profiles as chip_purchase
from planner.instruments.cloud_commitment import profiles as cloud_commitment
from planner.instruments.own_fleet import profiles as own_fleet
from planner.instruments.site_lease import profiles as site_lease
from planner.instruments.spare_capacity import profiles as spare_capacity
from planner.instruments.term_loan import profiles as term_loan
from planner.ledgers.ledgers import Ledgers, Mark
from planner.ledgers.limits import Limit
from planner.portfolio.dependencies import Reads, alike
from planner.rules import (
    debt_cap,
    fixed_charge_cover,
    grid_limit,
    guarantor_cap,
    hosting,
    liquidity,
    meet_demand,
    obligations,
    offer_choice,
    reassignment,
    reserve,
    serving,
)
from planner.rules.contract import Rule
from planner.rules.policies import limits as policies


class Profiles(Protocol):
    """What an instrument's `profiles` module offers."""

    NAME: str

    def post(self, case: Case, ledgers: Ledgers) -> None:
        """Declare its columns and post what they do."""


INSTRUMENTS: tuple[Profiles, ...] = (
    cloud_commitment,
    site_lease,
    chip_purchase,
    chip_lease,
    spare_capacity,
    term_loan,
    own_fleet,
    serving,
)

RULES: tuple[Rule, ...] = (
    offer_choice, meet_demand, hosting, guarantor_cap, liquidity, obligations, debt_cap, fixed_charge_cover,
    grid_limit, reassignment, reserve, policies,
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """How far a portfolio had come once an instrument or a rule was done, and all that was read of the case by then."""

    by: Profiles | Rule
    read: frozenset[str]
    posted: Mark
    stated: int
    """number of limits"""


@dataclass(frozen=True)
class Portfolio:
    """One future of a case: its columns and posts, and the limits over them."""

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
        posting: tuple[Profiles | Rule, ...] = (*INSTRUMENTS, *RULES)
        steps = [] if like is None else _in_common(case, like, (*posting, *RULES))
        reads = Reads(case)
        if like is None or not steps:
            ledgers, limits = Ledgers(reads.case.calendar), []
        else:
            reads.note(steps[-1].read)
            done = len(steps) >= len(posting)
            ledgers = like.ledgers if done else like.ledgers.up_to(steps[-1].posted)
            limits = list(like.limits[: steps[-1].stated])
        for each in posting[len(steps) :]:
            each.post(reads.case, ledgers)
            steps.append(Step(each, reads.so_far(), ledgers.mark, 0))
        for rule in RULES[len(steps) - len(posting) :]:
            limits += rule.limits(reads.case, ledgers)
            steps.append(Step(rule, reads.so_far(), ledgers.mark, len(limits)))
        counts = Counter((limit.rule, limit.subject) for limit in limits)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise RuntimeError(f"limits stated twice: {doubled}")
        return Portfolio(case, ledgers, tuple(limits), tuple(steps))


def _in_common(case: Case, like: Portfolio, turns: Sequence[Profiles | Rule]) -> list[Step]:
    """The steps of another portfolio before the first that is not the same here."""
    steps: list[Step] = []
    for turn, step in zip(turns, like.steps, strict=False):
        if step.by is not turn or not alike(step.read, case, like.case):
            break
        steps.append(step)
    return steps
