"""Term loans in the case of a later day: what is outstanding then, and what was repaid before.

    drawn_usd_bn     Σ_{s < k} left_s(k) · (draw_{fs} − prepay_{fs}), k the day; the whole where all is repaid at once
                     on the day itself
    repaid_usd_bn    all that was drawn before the day, less that

An instalment at the end of the period before is paid. Draws are not told apart any more: see `postings`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.text import number
from planner.instruments.term_loan.postings import NAME, Facility, facilities
from planner.interfaces.advance import Roll, RowChange, changed, left_out
from planner.ledgers.ledgers import SAME_TIME

NOISE = 1e-9
"""money that is not more is none [USD bn]"""


def advance(roll: Roll) -> Iterator[RowChange]:
    """What is outstanding under every facility; those of which nothing is left are left out."""
    for facility in facilities(roll.case)[0]:
        row, k = facility.row, roll.period
        draws = {t: max(0.0, roll.value(NAME, "draw", row.facility, t)) for t in facility.draws if t < k}
        outstanding = row.drawn_usd_bn * _left(facility, 0, k)
        outstanding += sum(draw * _left(facility, s, k) for s, draw in draws.items())
        early = {t: max(0.0, roll.value(NAME, "prepay", row.facility, t)) for t in facility.early if t < k}
        if early:
            outstanding = max(0.0, outstanding - sum(sum_ * _left(facility, s, k) for s, sum_ in early.items()))
            outstanding = outstanding if outstanding > NOISE else 0.0
        outstanding = min(row.limit_usd_bn, outstanding)
        drawn = row.drawn_usd_bn + row.repaid_usd_bn + sum(draws.values())
        repaid = max(0.0, min(drawn, row.limit_usd_bn) - outstanding)
        needed = row.programme is not None or _may_cost(facility, k, row.limit_usd_bn - outstanding - repaid)
        if outstanding <= NOISE and not needed:
            yield left_out(row, "it is repaid and can no longer be drawn")
        elif (outstanding, repaid) != (row.drawn_usd_bn, row.repaid_usd_bn):
            why = f"{number(outstanding)} USD bn are outstanding, {number(repaid)} are repaid"
            yield changed(row, why, drawn_usd_bn=outstanding, repaid_usd_bn=repaid)


def _may_cost(facility: Facility, k: int, free: float) -> bool:
    """Whether money can still be drawn from period k on, or a fee is paid because it is not."""
    fee = facility.row.fee_rate > 0 and free > NOISE and facility.open.periods.stop > k
    return fee or any(t >= k for t in facility.draws)


def _left(facility: Facility, drawn: int, k: int) -> float:
    """Share of a draw in period `drawn` that is outstanding at the start of period k, before what is repaid then."""
    if facility.row.amortises:
        return facility.left(drawn, k)
    return float(facility.repaid >= k - SAME_TIME)
