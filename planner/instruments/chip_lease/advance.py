"""Chip lease: what a plan leaves to the case of a later day.

A lease signed before the day says what it raised, in all and in each tranche, and whether it is supported. Its
deliveries stand in signed_deliveries, those after the horizon too; the GW that they bought once they have come. The
chips that it took over before the day stand in assigned_chips. Where notice was given before the day that it ends
early, ends_on says when; it is kept on that day itself, on which its fee is paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.calendar import add_months, whole_months
from planner.instruments.chip_lease.assignments import chips_of
from planner.instruments.chip_lease.endings import ChipLeaseEnding, endings
from planner.instruments.chip_lease.equity import Equity, is_tested, lab_part
from planner.instruments.chip_lease.tables import AssignedChips, EndOption, NoSupport
from planner.instruments.chip_lease.vintages import INSTRUMENT, ChipLeaseVintage, deliveries, vintages
from planner.instruments.shared.chips_held import life_ends
from planner.instruments.shared.deliveries import signed_deliveries
from planner.instruments.shared.signed_rows import NOTHING, recorded, still_waits
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out
from planner.ledgers.deliveries import Delivery
from planner.ledgers.variables import parts_of
from planner.tables.offer import OfferStatus


def advance(roll: Roll) -> Iterator[RowChange]:
    """The leases that were signed before the day."""
    for vintage in vintages(roll.case)[0]:
        before = vintage.signed < roll.period and roll.value(INSTRUMENT, "sign", *vintage.key) > 0.5
        if vintage.sunk or before:
            yield from _lease(roll, vintage)


def _lease(roll: Roll, vintage: ChipLeaseVintage) -> Iterator[RowChange]:
    """A lease that is signed."""
    amount, early = vintage.given_usd_bn(), _early(roll, vintage)
    if not vintage.sunk:
        amount = roll.value(INSTRUMENT, "amount", *vintage.key)
        amount = amount if amount >= NOTHING else 0.0
        yield from _signature(roll, vintage, amount, early)
    elif early is not None and vintage.row.ends_on is None:
        yield changed(vintage.row, f"ends on {early}", ends_on=early)
    if amount > 0:
        yield from _deliveries(roll, vintage, amount)
        yield from _assigned(roll, vintage)
        yield from _waiting(roll, vintage, amount)
    if _over(roll, vintage, early) and vintage.row.programme is None:
        yield left_out(vintage.row, "its terms and the life of its chips are over")


def _early(roll: Roll, vintage: ChipLeaseVintage) -> date | None:
    """The day on which it ends early, where that is decided before the day."""
    return next((each.day for each in endings(roll.case, vintage) if _ended(roll, each)), None)


def _ended(roll: Roll, ending: ChipLeaseEnding) -> bool:
    if ending.given or ending.notice >= roll.period:
        return ending.given
    return roll.value(INSTRUMENT, "ended", *ending.key(roll.case)) > 0.5


def _signature(roll: Roll, vintage: ChipLeaseVintage, amount: float, early: date | None) -> Iterator[RowChange]:
    """What was signed: when, for how much, in which tranches, and with whose support."""
    row, starts = vintage.row, vintage.starts
    why = f"signed on {starts}"
    by: dict[str, date | None] = {} if row.sign_by is None or row.sign_by >= starts else {"sign_by": None}
    by |= {} if early is None else {"ends_on": early}
    yield changed(
        row, why, status=OfferStatus.SIGNED, sign_from=starts, amount_usd_bn=amount,
        supported=vintage.backer is not NoSupport.UNSUPPORTED, **by,
    )  # fmt: skip
    for part in vintage.tranches:
        raised = roll.value(INSTRUMENT, "tranche", *vintage.key, part.tranche) if amount > 0 else 0.0
        yield changed(part, f"{row.offer} was {why}", raised_usd_bn=max(0.0, raised))


def _waiting(roll: Roll, vintage: ChipLeaseVintage, amount: float) -> Iterator[RowChange]:
    """What waits for its equity on the day."""
    if is_tested(vintage):
        equity, before = Equity(roll.case, vintage), vintage.row.trapped_usd_bn
        own = equity.receipts(0.0, roll.period)[1]
        waits = amount * own + equity.receipts(before or 0.0, roll.period)[1] - own
        if waits > NOTHING or before:
            cell = waits if waits > NOTHING else None
            yield changed(vintage.row, "what waits until the tests of its debt are kept", trapped_usd_bn=cell)


def _deliveries(roll: Roll, vintage: ChipLeaseVintage, amount: float) -> Iterator[RowChange]:
    """Its deliveries: the money spent on each, and the GW that it bought by the day."""
    row, signed = vintage.row, vintage.starts
    stated = signed_deliveries(roll.case, row.offer).get(signed, ()) if vintage.sunk else ()
    known = {each.delivered_on: each for each in stated}
    for on, delivery in _by_day(roll, vintage).items():
        cells: dict[str, float | date | None] = {
            "gw": delivery.gw * amount if on < roll.day else None,
            "cost_usd_bn": delivery.price_usd_bn * amount,
            "runs_from": still_waits(roll, vintage.chip, delivery),
        }
        yield from recorded(known.get(on), row.offer, signed, on, f"{row.offer} was signed on {signed}", **cells)


def _by_day(roll: Roll, vintage: ChipLeaseVintage) -> dict[date, Delivery]:
    """The deliveries of a lease, those of one day together, per USD bn raised."""
    found: dict[date, Delivery] = {}
    for each in deliveries(roll.case, vintage.row, vintage.chip, vintage.starts):
        before = found.get(each.on, Delivery(each.on, 0.0, 0.0))
        price = before.price_usd_bn + each.price_usd_bn
        found[each.on] = Delivery(each.on, before.gw + each.gw, price, each.runs_from)
    return found


def _assigned(roll: Roll, vintage: ChipLeaseVintage) -> Iterator[RowChange]:
    """The chips of orders that it took over before the day."""
    known, row = {row.key_values() for row in roll.case.rows(AssignedChips)}, vintage.row
    for (on, ordered, received), gw in _taken_over(roll, vintage).items():
        key = (row.offer, *(date.fromisoformat(each) for each in (on, ordered, received)))
        if key not in known:
            price = chips_of(roll.case, vintage, on, ordered, received).price(roll.case)
            yield added(
                AssignedChips, f"assigned on {on}", offer=row.offer, delivered_on=key[1], ordered_on=key[2],
                received_on=key[3], gw=gw, paid_usd_bn=price * gw,
            )  # fmt: skip


def _taken_over(roll: Roll, vintage: ChipLeaseVintage) -> dict[tuple[str, str, str], float]:
    """GW taken over before the day, by the SPV's delivery, date of the order and day on which it received them."""
    found: dict[tuple[str, str, str], float] = {}
    for name, gw in roll.plan.values.items():
        block, group, key = parts_of(name)
        if (block, group, key[:3]) == (INSTRUMENT, "assign", vintage.key) and gw >= NOTHING:
            on, ordered, received = key[3:]
            if date.fromisoformat(on) < roll.day:
                found[on, ordered, received] = gw
    return found


def _over(roll: Roll, vintage: ChipLeaseVintage, early: date | None) -> bool:
    """Whether it posts nothing any more: its terms are over, and the life of chips that the lab bought or handed over.

    A price of the chips, or a fee for an early end, that is due on the day is still to be paid.
    """
    chip, row = vintage.chip, vintage.row
    found = list(_by_day(roll, vintage).values())
    ends = [add_months(each.on, whole_months(row.term_years)) for each in found]
    received = [date.fromisoformat(each) for _, _, each in _taken_over(roll, vintage)]
    lives = [life_ends(chip, Delivery(day, 0.0, 0.0)) for day in received]
    if early is not None:
        return early < roll.day
    if any(each == roll.day for each in ends) and _gets_back(vintage):
        return False
    if row.end_option is EndOption.BUY:
        lives += [life_ends(chip, each) for each in found]
        if any(each == roll.day for each in ends):
            return False
    return bool(found) and all(day <= roll.day for day in (*ends, *lives))


def _gets_back(vintage: ChipLeaseVintage) -> bool:
    """Whether the lab is paid at the end of a term: a reserve, or its part of the equity."""
    return any(part.reserve_months for part in vintage.tranches) or lab_part(vintage) > 0
