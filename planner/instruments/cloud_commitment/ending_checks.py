"""Cloud commitment: what ends before the term is over demand of the decisions, restated from the rows.

day            a contract ends on the first day of a contract year that is the start of a period, from the from_year
               of one of its rows on, and before its term is over; its provider still serves that year
notice day     notice_months of the last of these rows before that day, back to the start of a period
once           a contract that is signed ends on one such day at most
all of it      where it ends all of its scale ends, and elsewhere nothing of it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.common.terminations import Termination
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTier
from planner.instruments.shared.ended_checks import ended_checks
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

NAME = "cloud_commitment"


def ended_parts(case: CaseData, ledgers: Ledgers, x: Vector) -> dict[tuple[object, ...], dict[int, float]]:
    """By contract (offer, start, tier), the scale that ends at the start of each contract year."""
    groups = {group.name for group in ledgers.groups if group.block == NAME}
    found: dict[tuple[object, ...], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    if "ended" not in groups:
        return found
    parts = values(ledgers, x, NAME, "ended_part") if "ended_part" in groups else {}
    rows = {row.offer: row for row in case.rows(CloudCommitment)}
    tiers = {(row.offer, row.tier): row for row in case.rows(CloudTier)}
    for key, ends in values(ledgers, x, NAME, "ended").items():
        signed, most = rows[str(key[0])].signed_scale, tiers[str(key[0]), str(key[2])].scale_max
        whole = most if signed is None else signed
        found[key[:3]][int(key[4])] += parts.get(key, whole * ends)
    return found


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every contract that ends early demands of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(CloudCommitment)}
    parts = {"ended_part": "scale", "ended_granted": "granted"}
    yield from ended_checks(ledgers, x, NAME, parts, lambda o, start, year: _notice(case, rows[o], start, year))


def _notice(case: CaseData, row: CloudCommitment, start: date, year: int) -> str:
    """The notice day for an end at the start of a contract year; empty where it may not end then."""
    mine = [each for each in case.rows(Termination) if each.offer == row.offer and each.from_year <= year]
    day = add_months(start, 12 * (year - 1))
    gone = row.gone_from is not None and row.gone_from <= day
    off = case.calendar.start_of(case.calendar.back(day)) != day or not case.calendar.start <= day <= case.calendar.end
    if not mine or year - 1 >= row.term_years or gone or off or row.ends_on is not None:
        return ""
    right = max(mine, key=lambda each: each.from_year)
    notice = add_months(start, 12 * (year - 1) - right.notice_months)
    return case.calendar.start_of(case.calendar.back(notice)).isoformat()
