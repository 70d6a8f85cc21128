"""Commitments that another case names otherwise: one that starts later is the same offer, signed on the same day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from planner.instruments.cloud_commitment.vintages import CommitmentVintage, vintages
from planner.interfaces.case_data import CaseData
from planner.ledgers.variables import Key


def moved(one: CaseData, other: CaseData) -> Mapping[Key, Key]:
    """Offer, start and tier of each vintage in one case, and what they are in another with other starts.

    Vintages are the same if they are signed on the same day, with the same tier. One that the other case does not
    have keeps its name.
    """
    before, after = _by_signing(one), _by_signing(other)
    return {key: after[signing] for signing, key in before.items() if signing in after}


def _by_signing(case: CaseData) -> dict[tuple[str, date, str], Key]:
    """The key of each vintage by offer, day of signing and tier."""
    return {(each.row.offer, signed_on(case, each), each.tier.tier): each.key for each in case.derived(vintages)[0]}


def signed_on(case: CaseData, vintage: CommitmentVintage) -> date:
    """The day on which a vintage is signed; of one signed already, the day in sign_from if that is given."""
    stated = vintage.row.sign_from if vintage.sunk else None
    return stated or case.calendar.start_of(vintage.signed)
