"""Commitments that end before their term is over, on the terms of `terminations`.

A contract may be ended on the first day e of a contract year y, where that is the start of a period t_e and not after
the end of the horizon. That is decided on the notice day d: the start of the period in which notice_months before e run
out, and not before the signature. All of it ends. Of vintage v,

    ended[v, d, y]            1 if it ends on the first day of contract year y
    ended_part[v, d, y]       scale_v · ended_{vdy}; no variable where the scale is fixed, but scale_max · ended_{vdy}
    ended_granted[v, d, y]    granted_v · ended_{vdy}, where granted_v is a variable that is not fixed

What the contract would post after e is taken back per unit of ended_part: the right to capacity, floors, what is worth
something after the end of the horizon, the unused part of what was paid on signing, and its running for who is tied to
it. From the notice day on the floors after e are not owed, no fixed charge and due no more. The fee, paid on e,

    fee = fee_months · floor_y / 12 + fee_usd_bn_per_gw · capacity_y

is owed from the notice day on. What is left of a prepayment on e, and of credits, is lost; equity stays with the lab.
Floors of the years before e stay as they are, with what is short of them. A fee is no payment for compute. Where the
case says on which day a contract ends, in ends_on, its term is over on that day, and its fee is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.terminations import Termination
from planner.instruments.cloud_commitment.tables import CloudTerm
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, renewed
from planner.instruments.shared.horizon import post_unused
from planner.instruments.shared.signatures import Amount, Extent, post_running
from planner.instruments.shared.termination_fees import post_fee
from planner.instruments.shared.termination_rights import rights
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Domain, Key, VariableGroup

BLOCK = "cloud_commitment"


@dataclass(frozen=True, eq=False)
class CommitmentEnding:
    """A day on which a contract may end; sums are at scale 1."""

    of: CommitmentVintage
    year: int
    day: date
    at: int
    """the first period after its end"""
    notice: int
    """the period at whose start it is decided"""
    fee_usd_bn: float

    def key(self, case: CaseData) -> Key:
        """The key of its decision."""
        return (*self.of.key, case.calendar.start_of(self.notice).isoformat(), self.year)

    @property
    def has_part(self) -> bool:
        """Whether how much of it ends is a variable."""
        return self.of.least < self.of.most


@dataclass(frozen=True)
class Ended:
    """An ending and how much of the contract it ends: amounts are those of its scale."""

    ending: CommitmentEnding
    sign: int
    part: Amount
    tied: Amount


def endings(case: CaseData, vintage: CommitmentVintage) -> list[CommitmentEnding]:
    """The days on which a vintage may be ended, in order."""
    calendar, found = case.calendar, list[CommitmentEnding]()
    rows = case.derived(rights).get(vintage.row.offer, ())
    if not rows or vintage.row.ends_on is not None:
        return found
    for year in vintage.years:
        holds = [row for row in rows if row.from_year <= year.number]
        day = add_months(vintage.starts, MONTHS_PER_YEAR * (year.number - 1))
        if not holds or not calendar.start <= day <= calendar.end or day >= vintage.served_until:
            continue
        at, notice = calendar.back(day), calendar.back(add_months(day, -holds[-1].notice_months))
        if calendar.start_of(at) == day and max(0, vintage.signed) <= notice < calendar.T:
            owed = fee(year.floor_usd_bn, year.capacity_gw, holds[-1])
            found.append(CommitmentEnding(vintage, year.number, day, at, notice, owed))
    return found


def remarks(case: CaseData, vintage: CommitmentVintage) -> list[str]:
    """What is said where a contract could be ended on days that are no starts of periods, on which it may not."""
    rows, calendar = case.derived(rights).get(vintage.row.offer, ()), case.calendar
    if not rows or vintage.row.ends_on is not None:
        return []
    days = [add_months(vintage.starts, MONTHS_PER_YEAR * (year.number - 1)) for year in vintage.years]
    first = add_months(vintage.starts, MONTHS_PER_YEAR * (rows[0].from_year - 1))
    off = [day for day in days if first <= day <= calendar.end and calendar.start_of(calendar.back(day)) != day]
    return [f"it may not be ended on {off[0]}, as no period starts then, nor a year later"] if off else []


def fee(floor_usd_bn: float, capacity_gw: float, right: Termination) -> float:
    """The fee for ending a contract at the start of a year with that floor and that capacity, at scale 1 [USD bn]."""
    return right.fee_months * floor_usd_bn / MONTHS_PER_YEAR + right.fee_usd_bn_per_gw * capacity_gw


def declare(
    case: CaseData, ledgers: Ledgers, vintages: Iterable[CommitmentVintage], granted: Sequence[Key]
) -> dict[str, VariableGroup]:
    """Declare what is decided on the ends of contracts, by name; nothing where none may be ended."""
    mine = [each for vintage in vintages for each in endings(case, vintage)]
    shared = {key for key in granted if any(each.of.key == key and not each.of.sunk for each in mine)}
    keys = {
        "ended": [each.key(case) for each in mine],
        "ended_part": [each.key(case) for each in mine if each.has_part],
        "ended_granted": [each.key(case) for each in mine if each.of.key in shared],
    }
    dims = ("offer", "starts_on", "tier", "notice_on", "contract_year")
    most = {each.key(case): each.of.most for each in mine}
    found = {}
    for name, of in keys.items():
        if of:
            binary = name == "ended"
            found[name] = ledgers.declare(
                BLOCK, name, dims, of, unit="0 or 1" if binary else "share of the terms", decided=OnDate("notice_on"),
                domain=Domain.BINARY if binary else Domain.NONNEGATIVE,
                upper=np.array([most[key] if name == "ended_part" else 1.0 for key in of]),
            )  # fmt: skip
    return found


def ended_by(
    case: CaseData, vintage: CommitmentVintage, groups: dict[str, VariableGroup], granted: int, scale: int
) -> list[Ended]:
    """The ways in which a vintage may end; `granted` and `scale` are its own variables."""
    found = []
    for each in endings(case, vintage):
        key = each.key(case)
        sign = groups["ended"][key]
        part = Amount(groups["ended_part"][key], 1.0) if each.has_part else Amount(sign, vintage.most)
        shared = groups.get("ended_granted")
        if shared is not None and key in shared.numbers:
            tied = Amount(shared[key], 1.0)
        elif granted == scale:
            tied = part
        else:
            tied = Amount(sign, min(1.0, vintage.most))
        found.append(Ended(each, sign, part, tied))
    return found


def post(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, ways: Sequence[Ended]) -> None:
    """Post that nothing of a contract runs after its end but for its floors, which `floors_owed` posts, and the fee."""
    calendar, row = case.calendar, vintage.row
    for way in ways:
        at, part, per = way.ending.at, way.part.variable, way.part.per_unit
        later = [t for t in vintage.within if t >= at]
        ledgers.post("rights", labels, "right", part, later, [-per * vintage.capacity[t] for t in later])
        share = Amount(part, -per / vintage.largest if vintage.largest > 0 else -per)
        over = Extent(
            [share],
            way.sign if vintage.smallest > 0 else None,
            [Amount(way.tied.variable, -way.tied.per_unit)],
            sign_per_unit=-1.0,
        )
        stops = min(calendar.T, max(vintage.signed, calendar.back(vintage.ends)))
        post_running(case, ledgers, labels, renewed(case, row), over, range(at, max(at, stops)))
        starts, ends = vintage.starts, vintage.served_until
        post_unused(case, ledgers, labels, way.sign, -row.signing_fee_usd_bn, starts, ends)
        post_unused(case, ledgers, labels, part, -per * vintage.tier.upfront_usd_bn, starts, ends)
        end, owed = way.ending, per * way.ending.fee_usd_bn
        post_fee(case, ledgers, labels, part, owed, end.day, end.notice)


def post_given(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int) -> None:
    """Post the fee of a contract that has been given notice already."""
    row, day, calendar = vintage.row, vintage.row.ends_on, case.calendar
    if day is None or day < calendar.start or (row.gone_from is not None and row.gone_from <= day):
        return
    for term in case.rows(CloudTerm):
        if term.offer == row.offer and add_months(vintage.starts, MONTHS_PER_YEAR * (term.contract_year - 1)) == day:
            right = [each for each in case.derived(rights)[row.offer] if each.from_year <= term.contract_year][-1]
            owed = fee(term.floor_usd_bn, term.capacity_gw, right)
            post_fee(case, ledgers, labels, scale, owed, day, None)
