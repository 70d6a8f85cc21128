"""Power purchase: clean power in a region, paid whether it is drawn or not.

A contract is expanded into vintages v: one per date on which it can be signed. The variables are

    sign[o, s]     1 if contract o is signed on s
    size[o, s]     GW of power bought

The posts, by ledger and line:

    signed           signed         sign_v, from signing on
    clean_power      delivered      size_v, for the part of a period in the term
    cash cost        power_fee      −price · h · size_v, for the same part
    cash cost        signing_fee    −signing_fee · sign_v, on signing
    cash beyond_horizon    power_fee      −price · h · size_v after the end
    cash horizon_value     value_after_end    mean price in the region · h · size_v then, as far as it is paid for
    cash horizon_value     unused_part    the part of the fee that is for the term after the end · sign_v
    obligations      power_fee      the payments that are left, from signing on
    fixed_charges    power_fee      those of the next twelve months
    dues             power_fee      price · h · size_v, in the period it falls due

The mean price is that of the contracts that are not closed, weighted by max_gw.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import Overlap, add_months, whole_months
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.horizon import Flows, post_unused, post_value
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.tables.offer import OfferStatus

from .tables import PowerPurchase

NAME = "power_purchase"


@dataclass(frozen=True)
class PowerVintage:
    """A contract, signed on a day."""

    row: PowerPurchase
    signed: int
    """period of signing; 0 if it is signed already"""
    starts: date
    ends: date
    term: Overlap
    """periods of the term, past the horizon too, and the part of each"""

    @property
    def key(self) -> tuple[str, str]:
        """(offer, day of signing)."""
        return (self.row.offer, self.starts.isoformat())

    @property
    def sunk(self) -> bool:
        """Whether it is signed already: its fee is paid, its size given."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def most_gw(self) -> float:
        """Its size where it is signed already, else its largest size."""
        return self.row.max_gw if not self.sunk or self.row.signed_gw is None else self.row.signed_gw


def vintages(case: CaseData, notes: list[tuple[str, str]]) -> Iterator[PowerVintage]:
    """Every date on which a contract that is not closed can be signed; remarks are added to the notes."""
    for row in case.rows(PowerPurchase):
        if row.status is OfferStatus.CLOSED:
            continue
        for signed, starts in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            ends = add_months(starts, whole_months(row.term_years))
            yield PowerVintage(row, signed, starts, ends, case.calendar.overlap(starts, ends))


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do."""
    found = list(vintages(case, ledgers.notes))
    keys, calendar = [vintage.key for vintage in found], case.calendar
    fixed = np.array([float(vintage.sunk) for vintage in found])
    most = np.array([vintage.most_gw for vintage in found])
    dims, on_signing = ("offer", "starts_on"), WithSignature("sign")
    sign = ledgers.declare(
        NAME, "sign", dims, keys, unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=fixed
    )
    size = ledgers.declare(NAME, "size", dims, keys, unit="GW", decided=on_signing, lower=fixed * most, upper=most)
    for vintage in found:
        row, signing, bought = vintage.row, sign[vintage.key], size[vintage.key]
        labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.seller, region=row.region)
        ledgers.post("signed", labels, "signed", signing, range(vintage.signed, calendar.T), 1.0)
        if not vintage.sunk:
            start = calendar.start_years(vintage.signed)
            ledgers.dated(Kind.COST, labels, "signing_fee", signing, start, -row.signing_fee_usd_bn)
        post_unused(case, ledgers, labels, signing, row.signing_fee_usd_bn, vintage.starts, vintage.ends)
        periods, shares = vintage.term
        ledgers.post("clean_power", labels, "delivered", bought, periods, shares)
        fees = dict(zip(periods, (row.price_usd_bn_per_gw_year * calendar.h * shares).tolist(), strict=True))
        within = [t for t in periods if t < calendar.T]
        ledgers.flow(Kind.COST, labels, "power_fee", bought, within, [-fees[t] for t in within])
        payments = FixedPayments.of(calendar, fees, vintage.signed)
        payments.post(case, ledgers, labels, "power_fee", bought)
        after = payments.after_the_end(calendar)
        mean = case.derived(mean_prices)[row.region]
        worth = Flows(after.years, mean * calendar.h * shares[len(within) :])
        paid = after.worth(case.settings.discount_rate)
        post_value(case, ledgers, labels, bought, row.horizon_value_share, paid, worth)


def mean_prices(case: CaseData) -> dict[str, float]:
    """By region, the mean price of the contracts that are not closed, weighted by size [USD bn per GW-year]."""
    paid, size = defaultdict[str, float](float), defaultdict[str, float](float)
    for row in case.rows(PowerPurchase):
        if row.status is not OfferStatus.CLOSED:
            paid[row.region] += row.price_usd_bn_per_gw_year * row.max_gw
            size[row.region] += row.max_gw
    return {region: paid[region] / size[region] for region in size}
