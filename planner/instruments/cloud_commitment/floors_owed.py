"""Floors that are still to be paid: what is prepaid is owed no more.

The prepayment of a vintage v is paid on its start; s is the first period that does not start before that. Of a contract
under way s is 0, and what can still be drawn is prepaid. What is left pays the next floors:

    left_{vt}          drawable_v · scale_v − Σ_{t' < t} drawn_{vt'}
    floor_owed_{vt}    max(0, Σ_{t' ≥ t} floor_{vt'} · scale_v − left_{vt})                      s ≤ t
    floor_next_{vt}    the same with the floors of the next twelve months only
    floor_due_{vt}     max(0, floor_{vt} · scale_v − drawn_{vt})                                 in the horizon
    floor_late_{vt}    max(0, Σ_{T ≤ t' ≤ t} floor_{vt'} · scale_v − left_{vT})                  after the horizon

From the notice day of an early end on, the floors after that end are not among them: each floor is per unit of scale_v
less Σ ended_part. Before s, all floors are to come, and the prepayment is how a part of them will be paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.endings import Ended
from planner.instruments.cloud_commitment.vintages import CommitmentVintage
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Key, VariableGroup

BLOCK = "cloud_commitment"
LEFT = ("floor_owed", "floor_next", "floor_due", "floor_late")
"""the variables of prepaid vintages"""
LINE = "floor"
LeftAfter: TypeAlias = Callable[[Callable[[int], float], int], tuple[Balance, int]]
"""(floors per unit of scale from a period on, period) to those floors less what is left of the prepayment then"""


def declare(case: CaseData, ledgers: Ledgers, all_vintages: list[CommitmentVintage]) -> dict[str, VariableGroup]:
    """Declare what is left to be paid under vintages with a prepayment, by name of the variable."""
    dims = ("offer", "starts_on", "tier", "period")
    prepaid = [vintage for vintage in all_vintages if _prepays(vintage)]
    T = case.calendar.T
    periods: dict[str, list[Key]] = {
        "floor_owed": [(*v.key, t) for v in prepaid for t in range(_start(case, v), T) if _to_come(v, t)],
        "floor_next": [(*v.key, t) for v in prepaid for t in range(_start(case, v), T) if _next_year(case, v, t)],
        "floor_due": [(*v.key, t) for v in prepaid for t in _owed(v) if t < T],
        "floor_late": [(*v.key, t) for v in prepaid for t in _owed(v) if t >= T],
    }
    return {
        name: ledgers.declare(BLOCK, name, dims, periods[name], unit="USD bn", decided=Moment.FOLLOWS) for name in LEFT
    }


def post(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int,
    drawn: Mapping[Key, int], groups: Mapping[str, VariableGroup], ways: Sequence[Ended] = (),
) -> FixedPayments:  # fmt: skip
    """Post obligations, fixed charges and dues of the floors of a vintage, and what is to be paid after the end.

    Returns the floors that remain from signing on, at scale 1.
    """
    floors_due = FixedPayments.of(case.calendar, _owed(vintage), vintage.signed)
    if not _prepays(vintage):
        floors_due.post(case, ledgers, labels, LINE, scale)
        for way in ways:
            _lost(case, vintage, way).post(case, ledgers, labels, LINE, way.part.variable)
        return floors_due
    T, start = case.calendar.T, _start(case, vintage)
    floors_due.post_after_the_end(case, ledgers, labels, LINE, scale)
    for way in ways:
        _lost(case, vintage, way).post_after_the_end(case, ledgers, labels, LINE, way.part.variable)
    _before_the_start(case, ledgers, labels, vintage, scale, ways)
    used = {t: drawn[*vintage.key, t] for t in range(T) if (*vintage.key, t) in drawn}

    def left_after(floors: Callable[[int], float], t: int) -> tuple[Balance, int]:
        """Floors less what is left of the prepayment at the start of a period; stated in a period of the horizon."""
        earlier = [number for at, number in used.items() if at < t]
        at = min(t, T - 1)
        lost = {way.part.variable: -way.part.per_unit * floors(way.ending.at) for way in ways if way.ending.notice <= t}
        variables = np.array([scale, *earlier, *lost], dtype=np.int64)
        values = np.array([floors(0) - vintage.drawable_usd_bn, *([1.0] * len(earlier)), *lost.values()])
        return Balance(np.full(len(variables), at, dtype=np.int64), variables, values, np.zeros(T)), at

    for t in range(start, T):
        for name, ledger, floors in (
            ("floor_owed", "obligations", partial(_to_come, vintage, t)),
            ("floor_next", "fixed_charges", partial(_next_year, case, vintage, t)),
        ):
            if floors(0):
                variable = groups[name][*vintage.key, t]
                ledgers.maximum(variable, left_after(floors, t))
                ledgers.post(ledger, labels, LINE, variable, [t], 1.0)
    _dues(case, ledgers, labels, vintage, scale, used, groups, left_after, ways)
    return floors_due


def _lost(case: CaseData, vintage: CommitmentVintage, way: Ended) -> FixedPayments:
    """The floors that are not paid if a contract ends so, taken back."""
    saved = {t: -way.part.per_unit * floor for t, floor in _owed(vintage).items() if t >= way.ending.at}
    return FixedPayments.of(case.calendar, saved, way.ending.notice)


def _before_the_start(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int, ways: Sequence[Ended]
) -> None:
    """Post what is owed before the start, when the prepayment is still to come; and the prepayment when it is due."""
    start, paid = _start(case, vintage), vintage.starts
    when = [case.calendar.back(paid)]
    ledgers.due(labels, "prepayment", scale, when, [vintage.prepaid_usd_bn], [case.calendar.years(paid)])
    for t in range(vintage.signed, min(start, case.calendar.T)):
        owed, following = max(vintage.prepaid_usd_bn, _to_come(vintage, t)), _next_year(case, vintage, t)
        ledgers.post("obligations", labels, LINE, scale, [t], owed)
        ledgers.post("fixed_charges", labels, LINE, scale, [t], following)
        for way in (way for way in ways if way.ending.notice <= t):
            at, part, per = way.ending.at, way.part.variable, -way.part.per_unit
            left = max(vintage.prepaid_usd_bn, _to_come(vintage, t) - _to_come(vintage, t, at))
            ledgers.post("obligations", labels, LINE, part, [t], per * (owed - left))
            ledgers.post("fixed_charges", labels, LINE, part, [t], per * _next_year(case, vintage, t, at))


def _dues(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int,
    used: Mapping[int, int], groups: Mapping[str, VariableGroup], left_after: LeftAfter, ways: Sequence[Ended],
) -> None:  # fmt: skip
    """Post the floors that fall due after what is drawn, in the horizon and after it."""
    due, T, so_far = _owed(vintage), case.calendar.T, 0.0
    for t, floor in due.items():
        if t < T:
            variable = groups["floor_due"][*vintage.key, t]
            factors = {scale: floor} | ({used[t]: -1.0} if t in used else {})
            factors |= {way.part.variable: -way.part.per_unit * floor for way in ways if way.ending.at <= t}
            at = np.full(len(factors), t, dtype=np.int64)
            numbers, values = np.array(list(factors), dtype=np.int64), np.array(list(factors.values()))
            ledgers.maximum(variable, (Balance(at, numbers, values, np.zeros(T)), t))
            ledgers.due(labels, LINE, variable, [t], [1.0])
        else:
            so_far += floor
            variable = groups["floor_late"][*vintage.key, t]
            ledgers.maximum(variable, left_after(partial(_so_far, so_far), T))
            following = [t, t + 1] if t + 1 in due else [t]
            ledgers.due(labels, LINE, variable, following, [1.0, -1.0][: len(following)])


def _prepays(vintage: CommitmentVintage) -> bool:
    """Whether floors are prepaid, be it that nothing is left of the prepayment."""
    return vintage.row.prepay_share > 0


def _start(case: CaseData, vintage: CommitmentVintage) -> int:
    """The first period that does not start before the contract; 0 where it is under way."""
    return max(0, case.calendar.forward(vintage.starts))


def _owed(vintage: CommitmentVintage) -> dict[int, float]:
    """Floors by period, after the horizon too [USD bn per unit of scale]."""
    return {t: due for t, due in vintage.owed.items() if due > 0}


def _to_come(vintage: CommitmentVintage, t: int, since: int = 0) -> float:
    """The floors of a period and all later ones; only those from `since` on."""
    return sum(floor for at, floor in _owed(vintage).items() if at >= max(t, since))


def _next_year(case: CaseData, vintage: CommitmentVintage, t: int, since: int = 0) -> float:
    """The floors of twelve months from the start of a period on; only those from `since` on."""
    n = MONTHS_PER_YEAR // case.calendar.period_months
    return sum(floor for at, floor in _owed(vintage).items() if max(t, since) <= at < t + n)


def _so_far(floors: float, _since: int) -> float:
    """Floors after the end of the horizon: no contract ends later than that, so that all of them are lost."""
    return floors
