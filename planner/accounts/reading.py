"""Reads the leases of a plan from its ledger.

An instrument says in its field `debt` which class of debt is the liability of leases, and what they are leases of. The
payments are the posts of cash of the plan's ledger, beyond the horizon too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from planner.accounts.leases import Lease, LeaseContract
from planner.basics.arrays import Vector
from planner.interfaces.debt import LeaseLiability, LeasePart
from planner.interfaces.instrument import Instrument
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.tables.offer import OfferStatus

NOTHING = 1e-9
"""USD bn below which a payment or a liability is only rounding error"""

Posts = Mapping[str, Sequence[Any]]
"""rows of the ledger by offer"""


def contracts(plan: Plan) -> list[LeaseContract]:
    """The contracts of a plan that hold leases, in the order of its offers."""
    offers = {str(row.offer): row for row in plan.rows("offers") if row.signed == "yes"}
    posts = _posts(plan)
    found: list[LeaseContract] = []
    for instrument in plan.case.catalogue.instruments:
        for name, says in instrument.debt.items():
            if isinstance(says, LeaseLiability):
                of = _Reading(plan, posts[instrument.name], instrument, name, says)
                found += [of.contract(offer, row) for offer, row in offers.items() if of.holds(offer)]
    order = list(offers)
    return sorted(found, key=lambda each: order.index(each.offer))


def _posts(plan: Plan) -> Mapping[str, Posts]:
    """The rows of cash and debt of the ledger, by instrument and offer."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in plan.rows("ledger"):
        if row.ledger == "debt" or (row.ledger == "cash" and row.kind in (Kind.COST, Kind.BEYOND_HORIZON)):
            found[row.instrument][row.offer].append(row)
    return found


@dataclass(frozen=True, eq=False)
class _Reading:
    """What the ledger says of the leases of one class of debt."""

    plan: Plan
    posts: Posts
    instrument: Instrument
    debt_class: str
    says: LeaseLiability

    def holds(self, offer: str) -> bool:
        """Whether an offer holds leases of this class, whose liability is not the debt of others."""
        rows = self.posts.get(offer, [])
        classes = {row.debt_class for row in rows if row.ledger == "debt"}
        return any(row.line == self.says.payments for row in rows) and classes <= {self.debt_class}

    def contract(self, offer: str, row: Any) -> LeaseContract:
        """The leases under an offer."""
        mine, before = self.posts[offer], row.status == OfferStatus.SIGNED
        day = str(row.signed_on or row.first_held_on)
        decisions: dict[str, list[Any]] = defaultdict(list)
        for post in mine:
            if post.ledger == "debt" or post.line in (self.says.payments, self.says.fees):
                decisions[str(post.decision)].append(post)
        costs = [
            (float(post.years), -float(post.value))
            for post in mine
            if post.ledger == "cash" and post.line in self.says.direct_costs
        ]
        return LeaseContract(
            offer,
            next(str(post.counterparty) for post in mine if post.line == self.says.payments),
            self.debt_class,
            self.says,
            -1 if before or not day else self.plan.case.calendar.forward(date.fromisoformat(day)),
            tuple(lease for name, rows in decisions.items() for lease in self._leases(name, rows, before)),
            tuple(sorted(costs)),
        )

    @cached_property
    def _ends(self) -> dict[str, float]:
        """When the term of a decision's lease is over, as far as the instrument says."""
        case = self.plan.case
        return {name: case.calendar.years(day) for name, day in (self.says.ends(case) if self.says.ends else ())}

    @cached_property
    def _parts(self) -> dict[str, list[LeasePart]]:
        """The leases of a decision that brings several, per unit of the decision."""
        found: dict[str, list[LeasePart]] = defaultdict(list)
        for part in self.says.parts(self.plan.case) if self.says.parts else ():
            found[part.decision].append(part)
        return found

    def _leases(self, decision: str, rows: Sequence[Any], before: bool) -> Iterator[Lease]:
        """The leases that a decision brings, or ends."""
        calendar = self.plan.case.calendar
        paid = [row for row in rows if row.ledger == "cash" and row.line == self.says.payments]
        fees = [row for row in rows if row.ledger == "cash" and row.line == self.says.fees]
        left: dict[float, float] = defaultdict(float)
        for row in paid:
            left[round(float(row.years), 9)] -= float(row.value)
        worth = self.plan.values.get(decision, 0.0)
        for part in self._parts.get(decision, ()):
            if not part.payments:
                continue
            years, sums = (np.array(each) for each in zip(*part.payments, strict=True))
            for when, value in zip(years.tolist(), (worth * sums).tolist(), strict=True):
                left[round(when, 9)] -= value
            begun = before and part.recognised == 0
            yield Lease(part.recognised, begun, calendar.years(part.ends), years, worth * sums)
        owed = [str(row.period) for row in rows if row.ledger == "debt" and abs(row.value) > NOTHING]
        first = min((calendar.forward(date.fromisoformat(day)) for day in owed), default=calendar.T)
        years, sums = _kept(left)
        over = self._ends.get(decision, calendar.h * np.ceil((years.max() if len(years) else 0.0) / calendar.h))
        if len(years):
            yield Lease(first, before and first == 0, over, years, sums)
        if fees:
            when, each = np.array([float(row.years) for row in fees]), np.array([-float(row.value) for row in fees])
            yield Lease(first, before and first == 0, over, when, each, fee=True)


def _kept(left: Mapping[float, float]) -> tuple[Vector, Vector]:
    """Times and sums of what is not zero, in order of time."""
    rest = sorted((years, value) for years, value in left.items() if abs(value) > NOTHING)
    return np.array([years for years, _ in rest]), np.array([value for _, value in rest])
