"""Leases that end before their terms are over, on the terms of `terminations`.

A lease may be ended on the first day e of a contract year y. Years count from its first delivery. e is the start of a
period t_e, after its last delivery, before the first of its terms is over, and not after the end of the horizon. That
is decided on the notice day q: the start of the period in which notice_months before e run out, and not before the
signature. All of it ends, and all chips go back to the SPV. Of vintage v,

    ended[v, q, y]             1 if it ends on the first day of contract year y
    ended_amount[v, q, y]      amount_v · ended_{vqy}
    ended_tranche[v, q, y, n]  tranche_{vn} · ended_{vqy}
    ended_fee[v, q, y]         the fee below
    buyout_left[v, q]          buyout_v of what has not been given notice by the end of q

What the lease would post after e is taken back per unit of ended_amount and ended_tranche: chips and upkeep, payments,
the resale value of chips that would be bought, what is worth something after the end of the horizon and the unused
part of the signing fee, what the lab gets as an owner, the debt of a consolidated SPV, the spread for the support, and
its running for who is tied to it. Reserves come back on e. From t_e on support_t is that of amount_v − ended_amount;
backing stays as it is. From the notice day on, payments after e and the price of buying the chips are not owed, no
fixed charge and no liability.

Nobody who has put up money loses by the end. The fee is the larger of what the table says and of what is outstanding
of all tranches, equity too, with their balloons, once the payments due on e are made. payment_ne is the whole payment
of a period from e on, with the cover:

    contract_n    fee_months · payment_ne / months of a period
    fee           max(Σ_n contract_n · tranche_n + fee_usd_bn_per_gw · Σ_d chips_d · amount, Σ_n balance_ne · tranche_n)

in ended_tranche and ended_amount. It is paid on e, and owed from the notice day on; where the SPV is not consolidated
it counts in the liability, at its value. What is left of it and of what the chips fetch on e, V(age) of their cost,
once the debt is paid, belongs to the equity. The lab gets its part λ on e, and nothing later.

The advance of an unsupported lease holds for its whole terms, whether it ends or not. Leases that may take over chips
of an order, and those whose debt has a test, may not be ended. Where the case says on which day a lease ends, in
ends_on, all its terms are over on that day, which may lie inside a period, and its fee is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.terminations import Termination
from planner.instruments.chip_lease.vintages import INSTRUMENT, ChipLeaseVintage, deliveries
from planner.instruments.shared.termination_rights import rights
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment, OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Domain, Key, VariableGroup


@dataclass(frozen=True, eq=False)
class ChipLeaseEnding:
    """A day on which a lease may end, or will."""

    of: ChipLeaseVintage
    year: int
    day: date
    at: int
    """the first period from its end on"""
    notice: int
    """the period at whose start it is decided; 0 where it is decided already"""
    given: bool
    """whether it is decided already"""
    contract: tuple[float, ...]
    """what the table says per USD bn of each tranche; in the order of the tranches, as the next"""
    balances: tuple[float, ...]
    """what is outstanding per USD bn of each tranche"""
    per_amount: float
    """what the table says per USD bn raised"""
    left: ChipLeaseVintage
    """the lease until that day"""

    def key(self, case: CaseData) -> Key:
        """The key of its decision."""
        return (*self.of.key, self.notice_day(case), str(self.year))

    def notice_day(self, case: CaseData) -> str:
        """The day on which it is decided."""
        return case.calendar.start_of(self.notice).isoformat()

    def fee(self, shares: Sequence[float], amount: float = 1.0) -> float:
        """The fee for an amount of which the tranches are so much [USD bn]."""
        says, owed = (sum(a * b for a, b in zip(shares, each, strict=True)) for each in (self.contract, self.balances))
        return max(says + self.per_amount * amount, owed)


@dataclass(frozen=True)
class EndedLease:
    """An ending and the variables that say how much of the lease it ends."""

    ending: ChipLeaseEnding
    sign: int
    amount: int
    tranches: list[int]
    """in the order of the vintage's tranches"""
    fee: int


def endings(case: CaseData, vintage: ChipLeaseVintage) -> list[ChipLeaseEnding]:
    """The days on which a vintage may end, in order, or the one on which it will."""
    rows, calendar, row = case.derived(rights).get(vintage.row.offer, ()), case.calendar, vintage.row
    found = list[ChipLeaseEnding]()
    if not rows or not vintage.batches:
        return found
    days = [each.on for each in deliveries(case, row, vintage.chip, vintage.starts)]
    over = min(batch.whole.ends for batch in vintage.batches)
    for year, day in contract_years(min(days), over):
        holds = [each for each in rows if each.from_year <= year]
        given = row.ends_on == day
        if not holds or day <= max(days) or (row.ends_on is not None and not given):
            continue
        notice = 0 if given else calendar.back(add_months(day, -holds[-1].notice_months))
        inside = calendar.start <= day <= calendar.end and calendar.start_of(calendar.back(day)) == day
        if given or (inside and vintage.signed <= notice < calendar.T and notice >= 0):
            found.append(_ending(case, vintage, year, day, notice, holds[-1]))
    return found


def contract_years(commences: date, over: date) -> list[tuple[int, date]]:
    """(year, its first day) of the contract years after the first that begin before a day."""
    found, year = list[tuple[int, date]](), 2
    while (day := add_months(commences, MONTHS_PER_YEAR * (year - 1))) < over:
        found.append((year, day))
        year += 1
    return found


def _ending(
    case: CaseData, vintage: ChipLeaseVintage, year: int, day: date, notice: int, right: Termination
) -> ChipLeaseEnding:
    calendar, chips = case.calendar, sum(batch.delivery.gw for batch in vintage.batches)
    owed = [vintage.owed_on(part, calendar, day) for part in vintage.tranches]
    months = right.fee_months / calendar.period_months
    return ChipLeaseEnding(
        vintage, year, day, calendar.forward(day), notice, vintage.row.ends_on == day,
        tuple(months * payment for _, payment in owed), tuple(balance for balance, _ in owed),
        right.fee_usd_bn_per_gw * chips, vintage.until(calendar, day),
    )  # fmt: skip


def remarks(case: CaseData, vintage: ChipLeaseVintage) -> list[str]:
    """What is said where a lease could be ended on days that are no starts of periods, on which it may not."""
    rows, calendar = case.derived(rights).get(vintage.row.offer, ()), case.calendar
    if not rows or not vintage.batches or vintage.row.ends_on is not None:
        return []
    first, over = vintage.batches[0].delivery.on, vintage.batches[0].ends
    years = [(year, day) for year, day in contract_years(first, over) if year >= rows[0].from_year]
    off = [
        day
        for _, day in years
        if calendar.start <= day <= calendar.end and calendar.start_of(calendar.back(day)) != day
    ]
    return [f"it may not be ended on {off[0]}, as no period starts then, nor a year later"] if off else []


def declare(case: CaseData, ledgers: Ledgers, vintages: Iterable[ChipLeaseVintage]) -> dict[str, VariableGroup]:
    """Declare what is decided on the ends of leases, by name; nothing where none may be ended."""
    mine = [each for vintage in vintages for each in endings(case, vintage) if not each.given]
    if not mine:
        return {}
    dims, on_notice = ("offer", "starts_on", "backer", "notice_on", "contract_year"), OnDate("notice_on")
    keys = [each.key(case) for each in mine]
    found = {
        "ended": ledgers.declare(
            INSTRUMENT, "ended", dims, keys, unit="0 or 1", decided=on_notice, domain=Domain.BINARY
        ),
        "ended_amount": ledgers.declare(
            INSTRUMENT, "ended_amount", dims, keys, unit="USD bn", decided=on_notice,
            upper=np.array([most(each.of) for each in mine]),
        ),
    }  # fmt: skip
    parts = [(each, part) for each in mine for part in each.of.tranches]
    found["ended_tranche"] = ledgers.declare(
        INSTRUMENT, "ended_tranche", (*dims, "tranche"), [(*each.key(case), part.tranche) for each, part in parts],
        unit="USD bn", decided=on_notice, upper=np.array([most(each.of, part.tranche) for each, part in parts]),
    )  # fmt: skip
    found["ended_fee"] = ledgers.declare(
        INSTRUMENT, "ended_fee", dims, keys, unit="USD bn", decided=Moment.FOLLOWS
    )  # fmt: skip
    bought = dict.fromkeys((*each.of.key, each.notice_day(case)) for each in mine if each.of.buys)
    if bought:
        found["buyout_left"] = ledgers.declare(
            INSTRUMENT, "buyout_left", dims[:4], bought, unit="USD bn", decided=Moment.FOLLOWS
        )
    return found


def state_fees(case: CaseData, ledgers: Ledgers, ways: Iterable[EndedLease]) -> None:
    """State what the fee of each way to end is the largest of."""
    for way in ways:
        T, of = case.calendar.T, way.ending
        numbers, zero = np.array([*way.tranches, way.amount], dtype=np.int64), np.zeros(len(way.tranches) + 1)
        says, owed = np.array([*of.contract, of.per_amount]), np.array([*of.balances, 0.0])
        forms = [(Balance(zero.astype(np.int64), numbers, each, np.zeros(T)), 0) for each in (says, owed)]
        ledgers.maximum(way.fee, *forms)


def most(vintage: ChipLeaseVintage, tranche: str | None = None) -> float:
    """The most money that a vintage raises, in all or in a tranche [USD bn]."""
    if tranche is None:
        return vintage.given_usd_bn() if vintage.sunk else vintage.row.max_usd_bn
    (part,) = (each for each in vintage.tranches if each.tranche == tranche)
    return vintage.given_usd_bn(part) if vintage.sunk else vintage.row.max_usd_bn * part.max_share


def ended_by(case: CaseData, vintage: ChipLeaseVintage, groups: dict[str, VariableGroup]) -> list[EndedLease]:
    """The ways in which a vintage may end that are still to be decided."""
    found = []
    for each in endings(case, vintage):
        if not each.given:
            key = each.key(case)
            tranches = [groups["ended_tranche"][(*key, part.tranche)] for part in vintage.tranches]
            sign, amount, fee = (groups[name][key] for name in ("ended", "ended_amount", "ended_fee"))
            found.append(EndedLease(each, sign, amount, tranches, fee))
    return found
