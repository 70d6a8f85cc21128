"""What a plan leaves of commitments to the case of a later day.

Of a contract that is signed by the day: its tier, scale and days, and the sums that `opening` takes up. The sums add
what the plan did in the periods before the day to what was before its own start, so that two steps say the same as one:

    spent, drawn        in the contract year under way on the day, by the part of each period that counts for that year
    prepaid_left        what could be drawn less what was drawn
    credits_left        what was left and shortfalls paid, less credits used
    rollover            spend above the floor of the contract year that ended last
    equity, paid        what was before, and the cash of the periods before the day
    ends_on             the day on which it ends early, where that is decided before the day; it is kept on that day
                        itself, on which its fee is paid

An offer that can no longer be signed, and a contract that is over, are left out where nothing depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from planner.common.chips import Chip
from planner.instruments.cloud_commitment.contract_years import ContractYear, year_days
from planner.instruments.cloud_commitment.decided import SignedDecisions, signed_by
from planner.instruments.cloud_commitment.opening import OpeningSums, can_pay_for, limited_providers
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, Shortfall
from planner.instruments.cloud_commitment.vintages import CommitmentVintage
from planner.interfaces.advance import Roll, RowChange, changed, left_out
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus
from planner.tables.table import Row


def advance(roll: Roll) -> Iterator[RowChange]:
    """The changes to the tables of commitments."""
    signed = {found.vintage.row.offer: found for found in signed_by(roll.case, roll.plan.values, roll.period)}
    for row in roll.case.rows(CloudCommitment):
        if row.status is OfferStatus.CLOSED:
            continue
        found = signed.get(row.offer)
        if found is None:
            if _too_late(roll, row) and _prices_stated(roll.case, row):
                yield left_out(row, f"it was not signed, and cannot be from {roll.day} on")
        else:
            yield from _contract(roll, row, found)
            early = found.ends_on()
            over = found.vintage.ends <= roll.day if early is None else early < roll.day
            if over and _forgotten(roll.case, row):
                yield left_out(row, f"the contract ended on {early or found.vintage.ends}")


def _contract(roll: Roll, row: CloudCommitment, found: SignedDecisions) -> Iterator[RowChange]:
    """What is chosen and what has happened under a contract that is signed by the day."""
    vintage, sums = found.vintage, opening_on(found)
    under_way, signed_on = vintage.starts < roll.day, roll.case.calendar.start_of(vintage.signed)
    cells: dict[str, object] = {
        "prepaid_left_usd_bn": sums.prepaid_left if under_way and row.prepay_share > 0 else None,
        "equity_received_usd_bn": sums.equity if row.equity_usd_bn > 0 else None,
        "paid_usd_bn": sums.paid,
        "ends_on": found.ends_on(),
    }
    if row.shortfall is Shortfall.CREDIT:
        cells["credits_left_usd_bn"] = sums.credits if under_way else None
        cells["credits_until"] = sums.lapse
        cells["credits_lapsing_usd_bn"] = sums.lapsing if sums.lapse is not None else None
    if row.shortfall is Shortfall.ROLLOVER:
        cells["rollover_usd_bn"] = sums.rollover if under_way and _ended(vintage, roll.day) else None
    if vintage.sunk:
        yield from _changes(row, f"what happened under it before {roll.day}", cells)
    else:
        cells = {
            "status": OfferStatus.SIGNED,
            "sign_from": signed_on,
            "sign_by": None if row.sign_by is not None and row.sign_by < signed_on else row.sign_by,
            "start_date": vintage.starts,
            "lead_months": None,
            "signed_tier": vintage.tier.tier,
            "signed_scale": found.scale,
            **cells,
        }
        yield from _changes(row, f"signed on {signed_on}", cells)
        yield from _products(roll, vintage)
    yield from _terms(roll, found, sums)


def _terms(roll: Roll, found: SignedDecisions, sums: OpeningSums) -> Iterator[RowChange]:
    """What was spent in the contract year under way; of others it no longer counts."""
    vintage = found.vintage
    for term in roll.case.rows(CloudTerm):
        if term.offer != vintage.row.offer:
            continue
        first, after = year_days(vintage.starts, vintage.ends, term.contract_year)
        if first < roll.day < after:
            drawn = sums.drawn if vintage.row.prepay_share > 0 else None
            why = f"spent in the contract year from {first} on, before {roll.day}"
            yield from _changes(term, why, {"spent_usd_bn": sums.spent, "drawn_usd_bn": drawn})
        elif term.spent_usd_bn:
            yield changed(term, f"the contract year ended on {after}", spent_usd_bn=None, drawn_usd_bn=None)


def _products(roll: Roll, vintage: CommitmentVintage) -> Iterator[RowChange]:
    """The day from which each product can be used, where the plan rounded it to the start of a period."""
    calendar = roll.case.calendar
    chips = {chip.chip: chip.available_from for chip in roll.case.rows(Chip)}
    for row in roll.case.rows(CloudProduct):
        if row.offer == vintage.row.offer:
            true = max(row.provided_from, chips[row.chip])
            used_from = calendar.start_of(calendar.forward(true))
            if used_from != true:
                yield changed(row, "the plan uses it from the start of a period on", from_date=used_from)


def _changes(row: Row, why: str, cells: dict[str, object]) -> Iterator[RowChange]:
    """A row with those cells that are not as they were."""
    new = {name: value for name, value in cells.items() if value != getattr(row, name)}
    if new:
        yield changed(row, why, **new)


def opening_on(found: SignedDecisions) -> OpeningSums:
    """The sums of a contract on the day, from those at the start of its case and what the plan did since."""
    vintage, past, over = found.vintage, range(found.passed), found.over()
    before, starts, day = vintage.opening, vintage.starts, found.case.calendar.start_of(found.passed)
    used = {year.number: found.value("credit_used", str(year.number)) for year in over}
    short = {year.number: found.value("short", str(year.number)) for year in over}
    paid = before.paid + sum(found.spend(t) for t in past) + sum(short.values()) - sum(used.values())
    equity = before.equity
    if not vintage.sunk:
        equity = vintage.row.equity_usd_bn * (min(found.scale, 1.0) if vintage.row.scales else 1.0)
        paid += vintage.tier.upfront_usd_bn * found.scale
    drawn = sum(found.value("drawn", t) for t in past)
    sums = OpeningSums(
        prepaid_left=max(0.0, vintage.drawable_usd_bn * found.scale - drawn),
        equity=equity,
        paid=max(0.0, paid),
        rollover=_excess(found, over),
    )
    if vintage.row.shortfall is Shortfall.CREDIT:
        sums = _with_credits(found, sums, short, used)
    for year in vintage.years:
        first, after = year_days(starts, vintage.ends, year.number)
        if first < day < after:
            spent = found.spent_in(year)
            sums = replace(sums, spent=spent, drawn=min(spent, found.drawn_in(year)))
    return sums


def _with_credits(
    found: SignedDecisions, sums: OpeningSums, short: dict[int, float], used: dict[int, float]
) -> OpeningSums:
    """The sums with the credits left on the day, and the part that lapses later. That part is used first."""
    vintage, before = found.vintage, found.vintage.opening
    day = found.case.calendar.start_of(found.passed)
    left = before.credits + sum(short.values()) - sum(used.values())
    if before.lapse is None:
        return replace(sums, credits=max(0.0, left))
    ends = {year.number: year_days(vintage.starts, vintage.ends, year.number)[1] for year in vintage.years}
    in_time = {number for number, after in ends.items() if can_pay_for(before, after)}
    lapsing = max(0.0, before.lapsing - sum(value for number, value in used.items() if number in in_time))
    if all(ends[number] <= day for number in in_time):
        return replace(sums, credits=max(0.0, left - lapsing))
    left = max(0.0, left)
    return replace(sums, credits=left, lapsing=min(lapsing, left), lapse=before.lapse)


def _excess(found: SignedDecisions, over: list[ContractYear]) -> float:
    """Spend above the floor of the contract year that ended last [USD bn]."""
    vintage = found.vintage
    if vintage.row.shortfall is not Shortfall.ROLLOVER:
        return 0.0
    if not over:
        return vintage.opening.rollover
    return max(0.0, found.spent_in(over[-1]) - over[-1].due_usd_bn * found.scale_in(over[-1]))


def _ended(vintage: CommitmentVintage, day: date) -> bool:
    """Whether a contract year has ended by a day."""
    return year_days(vintage.starts, vintage.ends, 1)[1] <= day


def _too_late(roll: Roll, row: CloudCommitment) -> bool:
    """Whether an offer can no longer be signed."""
    begun = row.start_date is not None and roll.case.calendar.forward(row.start_date) < roll.period
    gone = row.gone_from is not None and row.gone_from <= roll.day
    return begun or gone or (row.sign_by is not None and row.sign_by < roll.day)


def _forgotten(case: CaseData, row: CloudCommitment) -> bool:
    """Whether nothing depends on a contract that is over: no limit on equity, and no price of its chips."""
    return row.provider not in limited_providers(case) and _prices_stated(case, row)


def _prices_stated(case: CaseData, row: CloudCommitment) -> bool:
    """Whether all chips of an offer have a reference price of their own, so that its prices count in no mean."""
    stated = {chip.chip for chip in case.rows(Chip) if chip.reference_price_usd_bn_per_gw_year is not None}
    return all(product.chip in stated for product in case.rows(CloudProduct) if product.offer == row.offer)
