"""How the balance of a class of debt moves from period to period, as the instrument that posts it says.

An instrument names each class that it posts to the ledger `debt`. `debt.csv` follows from what it says, in
`planner.plan.exports.debt`, where the equations stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from planner.interfaces.case_data import CaseData


@dataclass(frozen=True)
class LeasePart:
    """One of several leases that a decision brings, each with a commencement and a term of its own.

    Payments are per unit of the decision.
    """

    decision: str
    """name of the decision, as in the files of a plan"""
    recognised: int
    """the first period at whose start its liability counts"""
    ends: date
    """first day after its term"""
    payments: tuple[tuple[float, float], ...]
    """when each is due [years after the start of the case], and how much [USD bn]"""


@dataclass(frozen=True)
class LeaseLiability:
    """The value, at the lease rate, of fixed payments to come."""

    payments: str
    """line of the cash in which they are paid"""
    fees: str = ""
    """line of what is paid, on the first day of a period, for an early end; the liability holds it from the notice day
    on; blank: there is none"""
    assets: str = "other"
    """class of the assets whose use is leased, as accounts name it"""
    finance: bool = False
    """whether it is a finance lease under ASC 842, as its term takes up most of the life of the assets"""
    direct_costs: frozenset[str] = frozenset()
    """lines of what is paid to get the lease, which the right to use the assets includes"""
    parts: Callable[[CaseData], Iterator[LeasePart]] | None = None
    """the leases of each decision, where one brings several; None: each brings one"""
    ends: Callable[[CaseData], Iterator[tuple[str, date]]] | None = None
    """the first day after the term, by the name of a decision; None: the end of the period of the last payment"""


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
