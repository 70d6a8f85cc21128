"""A case becomes columns, posts and limits: everything the model optimises and the audit re-derives, in plain numpy.

`INSTRUMENTS` and `RULES` are the tables of contents, in the order in which they post: what stands later may read what
stands earlier.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from planner import serving
from planner.case import Case
from planner.instruments.chip_lease import profiles as chip_lease
from planner.instruments.chip_purchase import profiles as chip_purchase
from planner.instruments.cloud_commitment import profiles as cloud_commitment
from planner.instruments.own_fleet import profiles as own_fleet
from planner.instruments.site_lease import profiles as site_lease
from planner.instruments.spare_capacity import profiles as spare_capacity
from planner.instruments.term_loan import profiles as term_loan
from planner.ledgers import Ledgers
from planner.limits import Limit
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
    policies,
    reassignment,
    reserve,
)
from planner.rules.contract import Rule


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
class Portfolio:
    """One future of a case: its columns and posts, and the limits over them."""

    case: Case
    ledgers: Ledgers
    limits: tuple[Limit, ...]

    @staticmethod
    def of(case: Case) -> Portfolio:
        """Let every instrument and rule post, then state the limits."""
        ledgers = Ledgers(case.calendar)
        for instrument in INSTRUMENTS:
            instrument.post(case, ledgers)
        for rule in RULES:
            rule.post(case, ledgers)
        limits = tuple(limit for rule in RULES for limit in rule.limits(case, ledgers))
        counts = Counter((limit.rule, limit.subject) for limit in limits)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise RuntimeError(f"limits stated twice: {doubled}")
        return Portfolio(case, ledgers, limits)
