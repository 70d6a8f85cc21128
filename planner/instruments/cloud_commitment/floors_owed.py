"""Floors that are still to be paid: what is prepaid is owed no more.

The prepayment of a vintage v is paid on its start; s is the first period that does not start before that. Of a contract
under way s is 0, and what can still be drawn is prepaid. What is left pays the next floors:

    left_{vt}          drawable_v · scale_v − Σ_{t' < t} drawn_{vt'}
    floor_owed_{vt}    max(0, Σ_{t' ≥ t} floor_{vt'} · scale_v − left_{vt})                      s ≤ t
    floor_next_{vt}    the same with the floors of the next twelve months only
    floor_due_{vt}     max(0, floor_{vt} · scale_v − drawn_{vt})                                 in the horizon
    floor_late_{vt}    max(0, Σ_{T ≤ t' ≤ t} floor_{vt'} · scale_v − left_{vT})                  after the horizon

Before s, all floors are to come, and the prepayment is how a part of them will be paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from planner.basics.units import MONTHS_PER_YEAR
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
LeftAfter: TypeAlias = Callable[[float, int], tuple[Balance, int]]
"""(floors per unit of scale, period) to those floors less what is left of the prepayment then"""


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
    drawn: Mapping[Key, int], groups: Mapping[str, VariableGroup],
) -> FixedPayments:  # fmt: skip
    """Post obligations, fixed charges and dues of the floors of a vintage, and what is to be paid after the end.

    Returns the floors that remain from signing on, at scale 1.
    """
    floors_due = FixedPayments.of(case.calendar, _owed(vintage), vintage.signed)
    if not _prepays(vintage):
        floors_due.post(case, ledgers, labels, LINE, scale)
        return floors_due
    T, start = case.calendar.T, _start(case, vintage)
    floors_due.post_after_the_end(case, ledgers, labels, LINE, scale)
    _before_the_start(case, ledgers, labels, vintage, scale)
    used = {t: drawn[*vintage.key, t] for t in range(T) if (*vintage.key, t) in drawn}

    def left_after(floors: float, t: int) -> tuple[Balance, int]:
        """Floors less what is left of the prepayment at the start of a period; stated in a period of the horizon."""
        earlier = [number for at, number in used.items() if at < t]
        at = min(t, T - 1)
        variables = np.array([scale, *earlier], dtype=np.int64)
        values = np.array([floors - vintage.drawable_usd_bn, *([1.0] * len(earlier))])
        return Balance(np.full(len(variables), at, dtype=np.int64), variables, values, np.zeros(T)), at

    for t in range(start, T):
        for name, ledger, floors in (
            ("floor_owed", "obligations", _to_come(vintage, t)),
            ("floor_next", "fixed_charges", _next_year(case, vintage, t)),
        ):
            if floors:
                variable = groups[name][*vintage.key, t]
                ledgers.maximum(variable, left_after(floors, t))
                ledgers.post(ledger, labels, LINE, variable, [t], 1.0)
    _dues(case, ledgers, labels, vintage, scale, used, groups, left_after)
    return floors_due


def _before_the_start(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int) -> None:
    """Post what is owed before the start, when the prepayment is still to come; and the prepayment when it is due."""
    start, paid = _start(case, vintage), vintage.starts
    when = [case.calendar.back(paid)]
    ledgers.due(labels, "prepayment", scale, when, [vintage.prepaid_usd_bn], [case.calendar.years(paid)])
    for t in range(vintage.signed, min(start, case.calendar.T)):
        ledgers.post("obligations", labels, LINE, scale, [t], max(vintage.prepaid_usd_bn, _to_come(vintage, t)))
        ledgers.post("fixed_charges", labels, LINE, scale, [t], _next_year(case, vintage, t))


def _dues(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int,
    used: Mapping[int, int], groups: Mapping[str, VariableGroup], left_after: LeftAfter,
) -> None:  # fmt: skip
    """Post the floors that fall due after what is drawn, in the horizon and after it."""
    due, T, so_far = _owed(vintage), case.calendar.T, 0.0
    for t, floor in due.items():
        if t < T:
            variable = groups["floor_due"][*vintage.key, t]
            factors = {scale: floor} | ({used[t]: -1.0} if t in used else {})
            at = np.full(len(factors), t, dtype=np.int64)
            numbers, values = np.array(list(factors), dtype=np.int64), np.array(list(factors.values()))
            ledgers.maximum(variable, (Balance(at, numbers, values, np.zeros(T)), t))
            ledgers.due(labels, LINE, variable, [t], [1.0])
        else:
            so_far += floor
            variable = groups["floor_late"][*vintage.key, t]
            ledgers.maximum(variable, left_after(so_far, T))
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


def _to_come(vintage: CommitmentVintage, t: int) -> float:
    """The floors of a period and all later ones."""
    return sum(floor for at, floor in _owed(vintage).items() if at >= t)


def _next_year(case: CaseData, vintage: CommitmentVintage, t: int) -> float:
    """The floors of twelve months from the start of a period on."""
    n = MONTHS_PER_YEAR // case.calendar.period_months
    return sum(floor for at, floor in _owed(vintage).items() if t <= at < t + n)
