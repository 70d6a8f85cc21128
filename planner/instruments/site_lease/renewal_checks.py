"""Site lease: what renewals demand of the decisions, restated from the rows.

notice day     renew_notice_months before the end of the term that comes before, back to the start of a period
in a row       the first renewal that is not taken yet is one of a lease that is exercised, each other one follows one
               that is taken
all of it      where a renewal is taken each backer keeps its share, and elsewhere none of it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

NAME = "site_lease"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every renewal demands of the decisions x; shape (variables,)."""
    if not any(group.block == NAME and group.name == "renew" for group in ledgers.groups):
        return
    rows = {row.offer: row for row in case.rows(SiteLease)}
    numbers = ledgers.find(NAME, "renew").numbers
    exercise = values(ledgers, x, NAME, "exercise")
    renewed = values(ledgers, x, NAME, "renew")
    by_number = {(key[0], key[1], int(key[3])): value for key, value in renewed.items()}
    for key, taken in renewed.items():
        offer, start, notice, number = str(key[0]), str(key[1]), date.fromisoformat(str(key[2])), int(key[3])
        row = rows[offer]
        away = abs((notice - _notice(case, row, date.fromisoformat(start), number)).days)
        yield ContractCheck(numbers[key], f"{offer}: renewal {number} is decided on its notice day", float(away), 0.0)
        first = number == row.renewed_times + 1
        before = exercise[key[0], key[1]] if first else by_number.get((key[0], key[1], number - 1), 0.0)
        yield ContractCheck(numbers[key], f"{offer}: renewal {number} follows a term that is leased", taken, before)
    yield from _kept(ledgers, x, {tuple(key): value for key, value in renewed.items()})


def _kept(ledgers: Ledgers, x: Vector, renewed: dict[tuple[object, ...], float]) -> Iterator[ContractCheck]:
    """What each backer keeps."""
    numbers, shares = ledgers.find(NAME, "kept").numbers, values(ledgers, x, NAME, "share")
    for key, kept in values(ledgers, x, NAME, "kept").items():
        share, taken = shares[key[0], key[1], key[4]], renewed[tuple(key[:4])]
        says = f"{key[0]}: of what {key[4]} backs renewal {key[3]} keeps"
        yield ContractCheck(numbers[key], f"{says} no more than that", kept, share)
        yield ContractCheck(numbers[key], f"{says} nothing where it is not taken", kept, taken)
        yield ContractCheck(numbers[key], f"{says} all where it is taken", share + taken - 1.0, kept)


def _notice(case: CaseData, row: SiteLease, start: date, number: int) -> date:
    """The start of the period in which the notice of a renewal is due."""
    months, more = round(row.term_years * 12), round((number - 1) * (row.renew_years or 0.0) * 12)
    due = add_months(add_months(add_months(start, months), more), -row.renew_notice_months)
    return case.calendar.start_of(case.calendar.back(due))
