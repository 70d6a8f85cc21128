"""Term loan: what a facility demands, restated from its rows.

limit       all draws, those before the start included, repaid since or not, ≤ limit
dates       each draw is at a period start within the facility's dates, and before the day on which it is repaid
early       what is repaid early is at most what is outstanding then, before the draws of that day; only where there is
            a fee for it, from prepay_from on, and before the day on which all is repaid. The balance is carried from
            period to period: draws are added, early repayments and instalments are taken off
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from planner.basics.arrays import Vector
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

NAME = "term_loan"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every facility demands of the decisions x; shape (variables,)."""
    calendar, variables = case.calendar, ledgers.find(NAME, "draw")
    drawn: dict[str, dict[int, float]] = defaultdict(dict)
    for key, value in values(ledgers, x, NAME, "draw").items():
        drawn[str(key[0])][int(key[1])] = value
    for row in case.rows(TermLoan):
        draws = drawn.get(row.facility, {})
        total = row.drawn_usd_bn + row.repaid_usd_bn + sum(draws.values())
        for t, value in draws.items():
            if value > 0:
                variable, day = variables[(row.facility, t)], calendar.start_of(t)
                within = (row.from_date or day) <= day <= (row.to_date or day)
                before = day < row.repay_by
                yield ContractCheck(
                    variable, f"{row.facility}: all that is drawn within its limit", total, row.limit_usd_bn
                )
                yield ContractCheck(variable, f"{row.facility}: drawn within its dates", 1.0, float(within))
                yield ContractCheck(variable, f"{row.facility}: drawn before it is repaid", 1.0, float(before))
    if any(group.block == NAME and group.name == "prepay" for group in ledgers.groups):
        yield from _early(case, ledgers, x, drawn)


def _early(
    case: CaseData, ledgers: Ledgers, x: Vector, drawn: Mapping[str, Mapping[int, float]]
) -> Iterator[ContractCheck]:
    """What is demanded of early repayments; `drawn` holds the draws by facility and period."""
    calendar, variables = case.calendar, ledgers.find(NAME, "prepay")
    early = values(ledgers, x, NAME, "prepay")
    for row in case.rows(TermLoan):
        balance, over = row.drawn_usd_bn, calendar.position(row.repay_by)
        for t in calendar.periods:
            repaid = early.get((row.facility, t), 0.0)
            if repaid > 0:
                variable, day = variables[row.facility, t], calendar.start_of(t)
                may = row.prepay_fee_rate is not None and (row.prepay_from or day) <= day < row.repay_by
                yield ContractCheck(variable, f"{row.facility}: repaid early when it may be", 1.0, float(may))
                yield ContractCheck(variable, f"{row.facility}: repaid early within what is owed", repaid, balance)
            balance += drawn.get(row.facility, {}).get(t, 0.0) - repaid
            if row.amortises and over > t:
                balance *= max(0.0, over - t - 1.0) / (over - t)
