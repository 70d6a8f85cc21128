"""The tables that accountants disclose: what each standard asks for, by class of leased assets and year [USD bn].

    leases          every lease that is recognised within the horizon
    liability       roll-forward of the lease liability
    right_of_use    roll-forward of the right-of-use assets            IFRS 16.53(a), (h), (j)
    costs           what the year is charged, and cash paid            IFRS 16.53(a)–(g); ASC 842-20-50-4
    maturity        payments to come, undiscounted, and the liability  IFRS 16.58, IFRS 7.B11; ASC 842-20-50-6
    weighted        mean time left and mean rate                       ASC 842-20-50-4(g)
    not_commenced   signed, and not commenced yet                      IFRS 16.59(b)(iv); ASC 842-20-50-3(b)

Payments that depend on an index are in the liability as the case foresees them, so none is variable here. IFRS 16.27
and ASC 842-10-30-5 take the index as it stands on the day instead: where a lease has a rent index, the liability here
differs by what the index is foreseen to move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from planner.accounts.books import BookedContract, Books, BookYear, Standard
from planner.basics.arrays import Vector
from planner.ledgers.posts import Kind

BANDS = 5
"""single years of the maturity analysis; what is due later stands together"""
SHORT, SUBLEASE = "short_term", "sublease"
"""words by which an instrument marks lines of cash as expense of short-term leases, and as sublease income"""

Row = dict[str, object]


def tables(books: Books) -> Mapping[str, pd.DataFrame]:
    """Every table by its name."""
    return {maker.__name__: pd.DataFrame(list(maker(books))) for maker in MAKERS}


def leases(books: Books) -> Iterator[Row]:
    """One row per lease: recognition, end, value on recognition, payments to come."""
    calendar = books.calendar
    for entry in books.entries:
        for lease in entry.contract.leases:
            if lease.first >= calendar.T or lease.is_end or lease.fee:
                continue
            start = calendar.start_years(lease.first)
            yield {
                "offer": entry.contract.offer,
                "counterparty": entry.contract.counterparty,
                "assets": entry.contract.assets,
                "class": _class(books, entry),
                "recognised_on": "before the start" if lease.begun else calendar.start_of(lease.first).isoformat(),
                "years_left": lease.ends - start,
                "payments_usd_bn": lease.owed(start),
                "liability_usd_bn": lease.value(start, books.rate),
                "rate": books.rate,
            }


def _class(books: Books, entry: BookedContract) -> str:
    if books.standard is Standard.IFRS16:
        return "lease"
    return "finance lease" if entry.finance else "operating lease"


def liability(books: Books) -> Iterator[Row]:
    """By class of assets and year: opening, additions, interest, payments, closing."""
    for assets in books.classes:
        mine = [each.liability for each in books.of(assets)]
        sums = {name: _total([getattr(each, name) for each in mine]) for name in ("additions", "interest", "payments")}
        opening, closing = (_total([getattr(each, name) for each in mine]) for name in ("opening", "closing"))
        for year in books.years:
            yield {
                **_span(year, assets),
                "opening_usd_bn": opening[year.first],
                **{f"{name}_usd_bn": year.sum(values) for name, values in sums.items()},
                "closing_usd_bn": closing[year.stop - 1],
            }


def right_of_use(books: Books) -> Iterator[Row]:
    """By class of assets and year: opening, additions, depreciation or amortisation, closing."""
    for assets in books.classes:
        mine = [each.asset for each in books.of(assets)]
        opening, additions, used, closing = (
            _total([getattr(each, name) for each in mine])
            for name in ("opening", "additions", "amortisation", "closing")
        )
        for year in books.years:
            yield {
                **_span(year, assets),
                "opening_usd_bn": opening[year.first],
                "additions_usd_bn": year.sum(additions),
                "amortisation_usd_bn": year.sum(used),
                "closing_usd_bn": closing[year.stop - 1],
            }


def costs(books: Books) -> Iterator[Row]:
    """By year and line: what the year is charged, income, and the cash paid for leases."""
    finance = [each for each in books.entries if each.finance]
    operating = [each for each in books.entries if not each.finance]
    word = "depreciation" if books.standard is Standard.IFRS16 else "amortisation of finance leases"
    interest = "interest" if books.standard is Standard.IFRS16 else "interest on finance leases"
    short, sublease = (_marked(books, mark) for mark in (SHORT, SUBLEASE))
    lines: list[tuple[str, Vector]] = [
        (word, books.sum(finance, lambda each: each.asset.amortisation)),
        (interest, books.sum(finance, lambda each: each.liability.interest)),
    ]
    if books.standard is Standard.ASC842:
        lines.append(("operating lease cost", books.sum(operating, lambda each: each.asset.lease_cost)))
    gain = books.sum(books.entries, lambda each: each.asset.gain)
    early = books.sum(books.entries, lambda each: each.liability.before)
    lines += [("lease cost before recognition", early)]
    lines += [("short-term lease cost", short), ("sublease income", sublease), ("gain on early ends", gain)]
    paid = books.sum(books.entries, lambda each: each.liability.payments)
    lines.append(("total cash outflow for leases", paid + early + short))
    for year in books.years:
        for line, values in lines:
            yield {**_span(year), "line": line, "value_usd_bn": year.sum(values)}


def maturity(books: Books) -> Iterator[Row]:
    """At the end of each year, by class: what is due in each of the next years and later, and the liability."""
    for year in books.years:
        at = books.calendar.start_years(year.stop)
        for assets in books.classes:
            known = [
                lease for each in books.of(assets) for lease in each.contract.leases if lease.first < year.stop
            ]  # fmt: skip
            bands = [
                sum(each.owed(each.closing_day(at + k), each.closing_day(at + k + 1)) for each in known)
                for k in range(BANDS)
            ]
            later = sum(each.owed(each.closing_day(at + BANDS)) for each in known)
            owed = sum(bands) + later
            value = sum(each.value(each.closing_day(at), books.rate) for each in known)
            names = [*(f"year {k + 1}" for k in range(BANDS)), "later"]
            rows = [*zip(names, [*bands, later], strict=True), ("total", owed), ("less interest", value - owed)]
            for name, amount in [*rows, ("lease liability", value)]:
                yield {**_as_of(year), "assets": assets, "due": name, "value_usd_bn": amount}


def weighted(books: Books) -> Iterator[Row]:
    """At the end of each year, by class: mean time left, by the liabilities, and mean rate, by the payments."""
    for year in books.years:
        at = books.calendar.start_years(year.stop)
        for assets in books.classes:
            known = [lease for each in books.of(assets) for lease in each.contract.leases if lease.first < year.stop]
            worth = np.array([each.value(at, books.rate) for each in known])
            left = np.array([max(0.0, each.ends - at) for each in known])
            total = float(worth.sum())
            mean = float(worth @ left) / total if total > 0 else np.nan
            rate = books.rate if total > 0 else np.nan
            yield {**_as_of(year), "assets": assets, "years_left": mean, "rate": rate}


def not_commenced(books: Books) -> Iterator[Row]:
    """At the end of each year, by class: leases signed by then that are recognised later, undiscounted."""
    for year in books.years:
        at = books.calendar.start_years(year.stop)
        for assets in books.classes:
            owed, offers = 0.0, set()
            for each in books.of(assets):
                waiting = [
                    lease
                    for lease in each.contract.leases
                    if lease.first >= year.stop and not (lease.is_end or lease.fee)
                ]
                begun = any(lease.first < year.stop for lease in each.contract.leases)
                if each.contract.signed < year.stop and waiting and (not begun or each.contract.says.parts):
                    owed += sum(lease.owed(at) for lease in waiting)
                    offers.add(each.contract.offer)
            yield {**_as_of(year), "assets": assets, "contracts": len(offers), "payments_usd_bn": owed}


def _marked(books: Books, mark: str) -> Vector:
    """Cash, paid or received, of the lines that an instrument marks, by period, as a positive sum."""
    calendar, found = books.calendar, np.zeros(books.calendar.T)
    lines = {
        (each.name, line)
        for each in books.plan.case.catalogue.instruments
        for line, says in each.cash_lines.items()
        if says.lease == mark
    }
    periods = {calendar.start_of(t).isoformat(): t for t in calendar.periods}
    for row in books.plan.rows("ledger"):
        if row.ledger == "cash" and row.kind == Kind.COST and (row.instrument, row.line) in lines:
            found[periods[str(row.period)]] += float(row.value)
    return np.abs(found)


def _total(vectors: list[Vector]) -> Vector:
    return np.asarray(np.sum(vectors, axis=0))


def _span(year: BookYear, assets: str | None = None) -> Row:
    """First and last day of a year, after the class of assets where there is one."""
    days: Row = {"from": year.begins.isoformat(), "to": year.last_day.isoformat()}
    return days if assets is None else {"assets": assets, **days}


def _as_of(year: BookYear) -> Row:
    return {"as_of": year.last_day.isoformat()}


MAKERS = (leases, liability, right_of_use, costs, maturity, weighted, not_commenced)
"""what makes each table; its name is that of the table"""
