"""How the balance of a class of debt moves from period to period, as the instrument that posts it says.

An instrument names each class that it posts to the ledger `debt`. `debt.csv` follows from what it says, in
`planner.plan.exports.debt`, where the equations stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class LeaseLiability:
    """The value, at the lease rate, of fixed payments to come."""

    payments: str
    """line of the cash in which they are paid"""


@dataclass(frozen=True)
class LoanBalance:
    """Principal that the lab has drawn and not yet repaid."""

    drawdown: str
    """line of the cash that is received"""
    interest: str
    """line of the interest paid"""
    repayment: str
    """line of the principal repaid"""
    early_repayment: str = ""
    """line of the principal repaid before its time, on the first day of a period; blank: there is none"""


@dataclass(frozen=True)
class DebtOfOthers:
    """Debt that counts as the lab's and that somebody else serves: its interest is not posted."""


DebtMoves: TypeAlias = LeaseLiability | LoanBalance | DebtOfOthers
