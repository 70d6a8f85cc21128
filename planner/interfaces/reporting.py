"""What an instrument or a rule says of itself for reports: what its cash is for, what others buy, how it is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from planner.interfaces.case_data import CaseData


@dataclass(frozen=True)
class CashLine:
    """What a line of cash means between the lab and the counterparty of the post."""

    kind: str
    """what the money is for: spend, rent, chips, fees"""
    received: bool = False
    """True: the line brings money in and is a flow of its own; False: a receipt lowers what is paid of its kind"""
    for_goods: bool = True
    """False: the party is not paid for what it provides, so the payment closes no circular flow"""
    role: str = ""
    """what the line makes of the party: investor, lender; blank: nothing"""
    lease: str = ""
    """`short_term`: expense of a lease too short for a liability; `sublease`: income from one; blank: neither"""


FEES = CashLine("fees", for_goods=False)
UPKEEP = CashLine("upkeep", for_goods=False)
EQUITY = CashLine("equity", received=True, role="investor")
"""money that a counterparty pays into the lab and does not get back"""


@dataclass(frozen=True)
class Purchase:
    """What somebody else buys with the money that decisions on an offer raise."""

    offer: str
    variables: str
    """name of the variables that hold the money raised [USD bn]"""
    buyer: str
    seller: str
    kind: str
    """what is bought: chips"""
    ledger: str
    """ledger in which the offer then holds it"""


@dataclass(frozen=True)
class LoanFacility:
    """A facility that a lender lets the lab draw."""

    offer: str
    lender: str
    limit_usd_bn: float
    until: date
    """last day on which it can be drawn"""
    repay_by: date
    drawdown: str
    """line of the cash that a draw brings"""


Terms: TypeAlias = Callable[[Any], str | None]
"""Given a row of `decisions.csv`, with its columns as attributes: what it says of the terms of its contract, in a few
words, or None."""

LatestSigning: TypeAlias = Callable[[CaseData, Any, date, date | None], date]
"""Given a case, the row of an offer, the day on which a plan signs it and the day on which its contract starts (None:
on signing): the last day on which it can be signed and still serve from when it does. It is the day of signing or
later. The window of the offer is not looked at."""


def share_of(value: float, whole: str) -> str:
    """A share of something, in words; the thing alone where the share is all of it.

    >>> share_of(0.5, "by bank"), share_of(1.0, "by bank")
    ('50% by bank', 'by bank')
    """
    return whole if abs(value - 1) < 1e-6 else f"{value:.0%} {whole}"
