"""The columns of the FOCUS dataset Contract Commitment, and how its values are written.

Versions 1.3 (13 columns) and 1.4 (30 columns). Money is in whole units of a currency, numbers are plain decimals, times
are in UTC, and the end of a span is the first moment after it. Columns that FOCUS does not know begin with `x_`.
(FinOps Open Cost and Usage Specification, https://focus.finops.org, datasets, Contract Commitment.)
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext

CC = "ContractCommitment"
ID, CATEGORY, COST, QUANTITY, UNIT = f"{CC}Id", f"{CC}Category", f"{CC}Cost", f"{CC}Quantity", f"{CC}Unit"
STARTS, ENDS, STATUS, MODEL = f"{CC}PeriodStart", f"{CC}PeriodEnd", f"{CC}LifecycleStatus", f"{CC}Model"
UPFRONT, PAYMENT_MODEL = f"{CC}PaymentUpfrontPercentage", f"{CC}PaymentModel"
CONTRACT, CONTRACT_STARTS, CONTRACT_ENDS = "ContractId", "ContractPeriodStart", "ContractPeriodEnd"
CURRENCY, SELLER = "BillingCurrency", "ServiceProviderName"
OF_1_3 = (
    ID, f"{CC}Type", CATEGORY, COST, QUANTITY, UNIT, f"{CC}Description", STARTS, ENDS, CONTRACT, CONTRACT_STARTS,
    CONTRACT_ENDS, CURRENCY,
)  # fmt: skip
"""the columns of version 1.3"""
OF_1_4 = (
    CURRENCY, f"{CC}Applicability", f"{CC}BenefitCategory", CATEGORY, COST, f"{CC}Created", f"{CC}Description",
    f"{CC}DiscountPercentage", f"{CC}DurationType", f"{CC}FulfillmentInterval", ID, f"{CC}LastUpdated", STATUS, MODEL,
    f"{CC}OfferCategory", f"{CC}PaymentInterval", PAYMENT_MODEL, UPFRONT, ENDS, STARTS, QUANTITY, f"{CC}Type", UNIT,
    CONTRACT, CONTRACT_ENDS, CONTRACT_STARTS, "InvoiceIssuerName", "PricingCurrency", f"PricingCurrency{CC}Cost",
    SELLER,
)  # fmt: skip
"""the columns of version 1.4"""
USD = "USD"
UPFRONTS = {"No Upfront": Decimal(0), "All Upfront": Decimal(1)}
"""payment models that say by themselves which part is paid upfront"""
BN = 9
"""zeros of 1 bn"""
DIGITS = 60
"""digits of sums, more than any case has"""
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(E-?[0-9]{1,3})?")


def is_contract_commitment(header: Collection[str]) -> bool:
    """Whether a header looks like that of the dataset Contract Commitment."""
    return ID in header


def is_cost_and_usage(header: Collection[str]) -> bool:
    """Whether a header looks like that of the dataset Cost and Usage."""
    return "ChargePeriodStart" in header or "ConsumedQuantity" in header


def usd(bn: Decimal) -> str:
    """A sum in USD, from USD bn.

    >>> usd(Decimal("13.5")), usd(Decimal("0.00028046016")), usd(Decimal("0"))
    ('13500000000', '280460.16', '0')
    """
    return plain(scaled(bn, BN))


def bn(dollars: Decimal) -> Decimal:
    """A sum in USD bn, from USD."""
    return scaled(dollars, -BN)


def scaled(value: Decimal, zeros: int) -> Decimal:
    """A number times a power of ten, to its last digit."""
    with localcontext() as context:
        context.prec = DIGITS
        return value.scaleb(zeros)


def plain(value: Decimal) -> str:
    """A number without exponent and without zeros at its end.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.50")), plain(Decimal("-0.0"))
    ('1000', '0.5', '0')
    """
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def decimal(text: str) -> Decimal:
    """A number as FOCUS writes it; raises ValueError where it is none.

    >>> decimal("280460.160000"), decimal("35.2E-7")
    (Decimal('280460.160000'), Decimal('0.00000352'))
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None


def moment(day: date) -> str:
    """The beginning of a day.

    >>> moment(date(2026, 7, 1))
    '2026-07-01T00:00:00Z'
    """
    return f"{day.isoformat()}T00:00:00Z"


def day(text: str) -> date:
    """The day of a time in UTC, such as 2026-07-01T16:00:00Z; raises ValueError where it is none.

    >>> day("2026-07-01T16:00:00Z")
    datetime.date(2026, 7, 1)
    """
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return date.fromisoformat(found[1])
