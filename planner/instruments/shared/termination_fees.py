"""Fees for ending a contract before its term is over: paid on the day of its end, and owed from the notice day on."""

from __future__ import annotations

from datetime import date

from planner.instruments.shared.fixed_payments import FixedPayments
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels

FEE = "termination_fee"


def post_fee(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    variable: int,
    usd_bn: float,
    day: date,
    notice: int | None,
) -> None:
    """Post a fee for a contract that ends on a day, per unit of a variable [USD bn].

    `notice` is the period at whose start that is decided; None: it is decided already. The fee belongs to the period
    that ends on the day, or to that of the notice where it is given on the day itself.
    """
    calendar, years = case.calendar, case.calendar.years(day)
    if years < 0 or usd_bn == 0.0:
        return
    ledgers.dated(Kind.COST, labels, FEE, variable, years, -usd_bn)
    last = calendar.forward(day) - 1
    period = last if notice is None else max(notice, last)
    if period >= 0:
        payments = FixedPayments.dated(calendar, [period], [usd_bn], [years], notice or 0)
        payments.post(case, ledgers, labels, FEE, variable)
