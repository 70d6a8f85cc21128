"""Site lease: what ends before the term is over demand of the decisions, restated from the rows.

day            a lease ends on the first day of a contract year, from the from_year of one of its rows on, and before
               its term is over
notice day     notice_months of the last of these rows before that day, back to the start of a period
once           a lease that is exercised ends on one such day at most, and is not renewed then
all of it      where it ends all that each backer backs ends, and elsewhere nothing of it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.common.terminations import Termination
from planner.instruments.site_lease.tables import SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

NAME = "site_lease"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every lease that ends early demands of the decisions x; shape (variables,)."""
    groups = {group.name for group in ledgers.groups if group.block == NAME}
    if "ended" not in groups:
        return
    rows = {row.offer: row for row in case.rows(SiteLease)}
    numbers, ended = ledgers.find(NAME, "ended").numbers, values(ledgers, x, NAME, "ended")
    total: dict[tuple[object, ...], float] = defaultdict(float)
    for key, ends in ended.items():
        offer, start, notice, year = str(key[0]), date.fromisoformat(str(key[1])), str(key[2]), int(key[3])
        says = f"{offer}: decided on the notice day for the start of contract year {year}"
        right = notice == _notice(case, rows[offer], start, year)
        yield ContractCheck(numbers[key], says, ends, float(right))
        total[key[:2]] += ends
        yield ContractCheck(numbers[key], f"{offer}: ends once at most", total[key[:2]], 1.0)
    renewed = values(ledgers, x, NAME, "renew") if "renew" in groups else {}
    exercise = values(ledgers, x, NAME, "exercise")
    for key in ended:
        most = exercise[key[0], key[1]] - max((renew for of, renew in renewed.items() if of[:2] == key[:2]), default=0)
        yield ContractCheck(numbers[key], f"{key[0]}: ends only if leased, and not renewed", total[key[:2]], most)
    parts, shares = ledgers.find(NAME, "ended_part").numbers, values(ledgers, x, NAME, "share")
    for key, part in values(ledgers, x, NAME, "ended_part").items():
        share, ends, says = shares[key[0], key[1], key[4]], ended[key[:4]], f"{key[0]}: of what {key[4]} backs"
        yield ContractCheck(parts[key], f"{says} no more than that ends", part, share)
        yield ContractCheck(parts[key], f"{says} nothing ends where the lease goes on", part, ends)
        yield ContractCheck(parts[key], f"{says} all ends with the lease", share + ends - 1.0, part)


def _notice(case: CaseData, row: SiteLease, start: date, year: int) -> str:
    """The notice day for an end at the start of a contract year; empty where it may not end then."""
    mine = [each for each in case.rows(Termination) if each.offer == row.offer and each.from_year <= year]
    if not mine or year - 1 >= row.term_years:
        return ""
    right = max(mine, key=lambda each: each.from_year)
    day = add_months(start, 12 * (year - 1) - right.notice_months)
    return case.calendar.start_of(case.calendar.back(day)).isoformat()
