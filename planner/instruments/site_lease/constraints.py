"""Site lease: constraints on the variables, by name.

    chosen_once       chosen_by_{on} = chosen_by_{o,n−1} + exercise_{os},  s the n-th of o,  chosen_by_{on} ∈ {0, 1}
    share_at_least    min_share · exercise_{os} ≤ Σ_k share_{osk}      (signed_share where o is signed already)
    share_at_most     Σ_k share_{osk} ≤ exercise_{os}                  (the same)
    phase_after       after_share_min · Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ, k} share_{o'sk}
                      o after o', at every commencement τ of o

Several guarantors may back parts of one lease, so that backing needs no binary. Commencements include the delay. Of
what is fixed nothing is asked: the shares of a lease signed already whose backers are given, and the order of two
phases signed already if commences_on of the later one is given.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.instruments.shared.step_binaries import once
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backed, backers, vintages
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    starts: dict[str, list[PhaseVintage]] = defaultdict(list)
    for vintage in by_key.values():
        starts[vintage.row.offer].append(vintage)
    names = {o: [backer.name for backer in backers(case, phases[0].row)] for o, phases in starts.items()}
    b.V = pyo.Set(initialize=list(by_key), dimen=2, ordered=True)

    once(b, b.exercise, by_key)

    to_share = [key for key, vintage in by_key.items() if not (vintage.sunk and _by_guarantors(case, vintage.row))]

    @b.Constraint(to_share)
    def share_at_least(b: pyo.Block, o: str, s: str) -> Any:
        row = by_key[o, s].row
        least = row.signed_share if row.status is OfferStatus.SIGNED else row.min_share
        return least * b.exercise[o, s] <= sum(b.share[o, s, k] for k in names[o])

    @b.Constraint(to_share)
    def share_at_most(b: pyo.Block, o: str, s: str) -> Any:
        return sum(b.share[o, s, k] for k in names[o]) <= by_key[o, s].row.signed_share * b.exercise[o, s]

    in_order = [each for each in starts.values() if each[0].row.after and not _settled(by_key, each[0].row)]
    ordered = [vintage.key for phases in in_order for vintage in phases]

    @b.Constraint(ordered)
    def phase_after(b: pyo.Block, o: str, s: str) -> Any:
        row, by_then = by_key[o, s].row, by_key[o, s].starts
        before = [vintage.key for vintage in starts.get(row.after or "", []) if vintage.starts <= by_then]
        this = sum(b.exercise[vintage.key] for vintage in starts[o] if vintage.starts <= by_then)
        return row.after_share_min * this <= sum(b.share[*key, k] for key in before for k in names[key[0]])


def _by_guarantors(case: CaseData, row: SiteLease) -> bool:
    """Whether the guarantors of a lease signed already are given."""
    return row.needs_guarantee and bool(backed(case, row))


def _settled(by_key: dict[tuple[str, str], PhaseVintage], row: SiteLease) -> bool:
    """Whether a phase and the one before it are signed already, and the case says when this one commences."""
    sunk = any(vintage.sunk for vintage in by_key.values() if vintage.row.offer == row.after)
    return row.commences_on is not None and sunk
