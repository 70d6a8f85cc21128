"""Site lease: guarantors that are replaced by others, at a fee, at the starts of periods.

The variables, of phases with a substitution_fee that more than one guarantor may back, are

    taken_over[o, s, k, t]    share of the phase that k takes over from other guarantors at the start of period t
    given_up[o, s, k, t]      share of the phase that k gives up

in the periods t that start after the one of the signature, or from the start of the case on where the phase is signed
already, and before the end of the term. From period t on, one unit of taken_over posts what one unit of share_{osk}
does of halls, guarantees and guarantee_fee, and one of given_up takes it back. So the halls are fit for the chips that
who backs them by then admits. A guarantor that is tied to an offer takes on the largest exposure from t on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from planner.instruments.site_lease.covers import guaranteed_part
from planner.instruments.site_lease.vintages import Backer, PhaseVintage, backers, exposure
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import PROMISED, Kind, Labels
from planner.ledgers.variables import VariableGroup

BLOCK = "site_lease"
TAKEN_OVER, GIVEN_UP = "taken_over", "given_up"
LINE = "substitution"
LabelledBacker: TypeAlias = tuple[Backer, Labels, Labels, Labels]
"""who backs a phase, and the labels of its halls, of its guarantee and of what it is paid"""


def moves(case: CaseData, vintage: PhaseVintage) -> range:
    """The periods at whose start guarantors of a vintage may be replaced."""
    calendar, row = case.calendar, vintage.row
    if row.substitution_fee_usd_bn_per_gw is None or not row.needs_guarantee or len(backers(case, row)) < 2:
        return range(0)
    first = 0 if vintage.sunk else vintage.signed + 1
    return range(first, max(first, min(calendar.T, calendar.forward(vintage.ends))))


@dataclass(frozen=True)
class Substitutions:
    """The variables by which guarantors are replaced."""

    taken_over: VariableGroup
    given_up: VariableGroup


def declare(case: CaseData, ledgers: Ledgers, vintages: Sequence[PhaseVintage]) -> Substitutions | None:
    """Declare the variables; None where no guarantor may be replaced."""
    keys = [
        (*vintage.key, backer.name, t)
        for vintage in vintages
        for backer in backers(case, vintage.row)
        for t in moves(case, vintage)
    ]
    if not keys:
        return None
    dims, ones = ("offer", "starts_on", "backer", "period"), np.ones(len(keys))
    taken, given = (
        ledgers.declare(BLOCK, name, dims, keys, unit="share of the phase", decided=Moment.PERIOD_START, upper=ones)
        for name in (TAKEN_OVER, GIVEN_UP)
    )
    return Substitutions(taken, given)


def post(
    case: CaseData, ledgers: Ledgers, vintage: PhaseVintage, made: Substitutions, by_backer: Sequence[LabelledBacker]
) -> None:
    """Post what it does that guarantors of a vintage are replaced."""
    calendar = case.calendar
    whole = exposure(case, vintage, vintage.rent_values(calendar, case.settings.lease_rate))
    part = guaranteed_part(case, vintage)
    fee = vintage.capacity_gw * (vintage.row.substitution_fee_usd_bn_per_gw or 0.0)
    for backer, halls, guaranteed, fees in by_backer:
        for t in moves(case, vintage):
            key = (*vintage.key, backer.name, t)
            taken, when = made.taken_over[key], range(t, calendar.T)
            for variable, sign in ((taken, 1.0), (made.given_up[key], -1.0)):
                _post_halls(ledgers, halls, vintage, variable, t, sign)
                measure = vintage.row.cover_measure or "none"
                counted = sign * whole[t:] * (part[t:] > 0)
                ledgers.post("guarantees", guaranteed, measure, variable, when, counted)
                cost = -sign * backer.fee_rate * calendar.h * whole[t:] * part[t:]
                ledgers.flow(Kind.COST, fees, "guarantee_fee", variable, when, cost)
            if backer.tied:
                line = "backed" if part[t] > 0 else PROMISED
                ledgers.post("backed", guaranteed, line, taken, [t], whole[t:].max())
            ledgers.dated(Kind.COST, fees, LINE, taken, calendar.start_years(t), -fee)


def _post_halls(ledgers: Ledgers, halls: Labels, vintage: PhaseVintage, variable: int, t: int, sign: float) -> None:
    """Post the halls of a whole vintage from a period on."""
    term = vintage.periods
    since = range(max(t, term.start), max(t, term.stop))
    gw = vintage.capacity_gw * vintage.halls[since.start - term.start :]
    ledgers.post("halls", halls, "halls", variable, since, sign * gw)
