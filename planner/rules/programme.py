"""Programme: what is financed under it stays within its limits, and is signed while it is open.

    raised_usd_bn      drawn_before + Σ_{s ≤ t} raised_ps         ≤ limit_usd_bn_p · entered_p
    halls_gw           Σ_{s ≤ t} halls_financed_ps                ≤ limit_gw_p · entered_p
    chips_gw           Σ_{s ≤ t} chips_financed_ps                ≤ limit_gw_p · entered_p
    …_when_closed      raised_pt, and so halls and chips          ≤ 0 in periods that do not start in its dates

Money is what leases of chips raise, on signing, and what loans draw. Halls count with the capacity that is leased, on
signing; chips with the GW that the money of a lease buys, on signing. A GW of capacity needs both, so that halls and
chips are held within the same limit each for itself, and none counts twice. What is repaid or over counts all the same.
What was signed before the start counts from the first period on, whatever the dates.

A programme with a commitment fee has to be entered, on the first day of the first period that starts in its dates:
entered_p is 0 or 1. Without a fee it is 1. Where a limit is blank, but the programme has to be entered, the most that
its offers could take stands for it. The fee is paid on what is not drawn, for the part c_t of a period in the dates,
whether anything is drawn or not; money that is drawn of one loan to repay another early lowers it too, as if a part of
the commitment were given back. The variables are

    enter[p, t]        1 if programme p is entered at the start of t

The posts, by ledger and line:

    cash cost    commitment_fee    −rate_p · h · c_t · (limit_usd_bn_p · entered_p − all that is raised by then)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

import numpy as np

from planner.basics.draws import between, rounded
from planner.common.programmes import BEFORE, CHIPS, HALLS, RAISED, Programme, check
from planner.interfaces.advance import Roll, RowChange, changed
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import SOURCE, Frame
from planner.interfaces.instrument import AllTables
from planner.interfaces.lines import moved
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.reporting import FEES
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.tables.table import Row

NAME = "programme"
CLOSED = "when_closed"


class FinancedKind(NamedTuple):
    """What is limited."""

    ledger: str
    subject: str
    unit: str
    column: str


MEASURES = (
    FinancedKind(RAISED, "raised_usd_bn", "USD bn", "limit_usd_bn"),
    FinancedKind(HALLS, "halls_gw", "GW", "limit_gw"),
    FinancedKind(CHIPS, "chips_gw", "GW", "limit_gw"),
)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the entries and post the fees."""
    deciding = [(row.programme, window.start) for row in case.rows(Programme) if (window := _entry(case, row))]
    if deciding:
        ledgers.declare(
            NAME, "enter", ("programme", "period"), deciding, unit="0 or 1", decided=Moment.PERIOD_START,
            domain=Domain.BINARY,
        )  # fmt: skip
    for row in case.rows(Programme):
        if row.commitment_fee_rate and row.entered is not False:
            _post_fee(case, ledgers, row, row.commitment_fee_rate)


def _window(case: CaseData, row: Programme) -> range:
    """The periods that start in the dates of a programme."""
    return case.calendar.window(row.from_date, row.to_date)


def _entry(case: CaseData, row: Programme) -> range:
    """The periods of a programme that may be entered; empty where that is not to be decided."""
    undecided = row.commitment_fee_rate is not None and row.entered is None
    return _window(case, row) if undecided else range(0)


def _post_fee(case: CaseData, ledgers: Ledgers, row: Programme, rate: float) -> None:
    """Post the fee on what is not drawn."""
    calendar, entry = case.calendar, _entry(case, row)
    if row.entered is None and not entry:
        return
    until = calendar.end if row.to_date is None else row.to_date + timedelta(days=1)
    first = calendar.start_of(entry.start) if entry else row.from_date or calendar.start
    open_ = calendar.overlap(first, min(until, calendar.end))
    fee = np.zeros(calendar.T)
    fee[open_.periods.start : open_.periods.stop] = rate * calendar.h * open_.shares
    labels = Labels(instrument=NAME, counterparty=row.arranger, about=row.programme)
    entered = ledgers.find(NAME, "enter")[row.programme, entry.start] if entry else CONSTANT
    free = (row.limit_usd_bn or 0.0) - row.drawn_before_usd_bn
    ledgers.flow(Kind.COST, labels, "commitment_fee", entered, calendar.periods, -fee * free)
    for ledger in (RAISED, RAISED + BEFORE):
        for each in list(ledgers.select(ledger, about=row.programme)):
            for variable, t, value in zip(
                each.variables.tolist(), each.periods.tolist(), each.values.tolist(), strict=True
            ):
                drawn = range(t, calendar.T)
                ledgers.flow(Kind.COST, labels, "commitment_fee", variable, drawn, fee[t:] * value)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """For each programme the limits of money, halls and chips, and that nothing is signed while it is closed."""
    for row in case.rows(Programme):
        window = _window(case, row)
        for measure in MEASURES:
            new = ledgers.balance(measure.ledger, about=row.programme)
            before = ledgers.balance(measure.ledger + BEFORE, about=row.programme)
            if not new.possible() and not before.possible():
                continue
            subject = f"{row.programme}/{measure.subject}"
            yield from _within(case, ledgers, row, measure, subject, Balance.total([new, before], case.calendar.T))
            closed = tuple(t for t in new.possible() if t not in window)
            if closed:
                nothing = Balance.of(np.zeros(case.calendar.T))
                yield Limit(NAME, f"{subject}_{CLOSED}", measure.unit, new, nothing, closed)


def _within(
    case: CaseData, ledgers: Ledgers, row: Programme, measure: FinancedKind, subject: str, taken: Balance
) -> Iterator[Limit]:
    """The limit of one measure in each period, where it is given or the programme has to be entered."""
    T, limit, entry = case.calendar.T, getattr(row, measure.column), _entry(case, row)
    has_to = row.commitment_fee_rate is not None and (row.entered is False or row.entered is None)
    if limit is None and not has_to:
        return
    if limit is None:
        limit = _most(ledgers, taken)
    first = np.zeros(T)
    if measure.ledger == RAISED:
        first[0] = row.drawn_before_usd_bn
    used = replace(taken, constant=taken.constant + first).so_far()
    if not has_to:
        allowed = Balance.of(np.full(T, limit))
    elif entry:
        variable = ledgers.find(NAME, "enter")[row.programme, entry.start]
        when = np.arange(T)
        allowed = Balance(when, np.full(T, variable), np.full(T, float(limit)), np.zeros(T))
    else:
        allowed = Balance.of(np.zeros(T))
    yield Limit.of(NAME, subject, measure.unit, used, allowed)


def _most(ledgers: Ledgers, taken: Balance) -> float:
    """The most that a balance can add up to over all periods."""
    upper = np.concatenate([group.upper for group in ledgers.groups])
    return float(taken.constant.sum() + (taken.values * upper[taken.variables]).sum())


def _advance(roll: Roll) -> Iterator[RowChange]:
    """Whether a programme was entered by the day; its offers keep counting, so they stay."""
    for row in roll.case.rows(Programme):
        entry = _entry(roll.case, row)
        if entry and entry.start < roll.period:
            entered = roll.value(NAME, "enter", row.programme, entry.start) > 0.5
            why = f"{'entered' if entered else 'let go'} on {roll.case.calendar.start_of(entry.start)}"
            yield changed(row, why, entered=entered)


def _check(tables: AllTables) -> Iterator[Any]:
    """Problems of programmes, and offers signed already under one that was not entered."""
    yield from check(tables)
    asked = {row.programme: row for row in tables.rows(Programme) if row.commitment_fee_rate is not None}
    for offer in tables.offers():
        row = asked.get(getattr(offer, "programme", None) or "")
        if row is not None and offer.status == "signed" and not row.entered:
            expected = f"a programme without a fee, or one whose entered is true, as {offer.offer} is signed already"
            yield offer.problem("programme", expected)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    for row in case.rows(Programme):
        where = f"programmes[{row.programme}]"
        if row.limit_usd_bn is not None:
            change = f"{where}.limit_usd_bn += 1"
            yield LimitStep(LimitOf.LOANS, f"money of {row.programme}", "1 USD bn more", change)
        if row.limit_gw is not None:
            yield LimitStep(LimitOf.LOANS, f"capacity of {row.programme}", "1 GW more", f"{where}.limit_gw += 1")


def _loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """Larger limits."""
    for row in case.rows(Programme):
        for column, unit, what in (("limit_usd_bn", "USD bn", "money"), ("limit_gw", "GW", "capacity")):
            limit = getattr(row, column)
            mine = [
                limits[s] for m in MEASURES if m.column == column and (s := f"{row.programme}/{m.subject}") in limits
            ]
            if limit is None or not mine:
                continue
            where = f"programmes[{row.programme}].{column}"
            effects = tuple(((NAME, each.subject), t, 1.0) for each in mine for t in each.periods)
            lines = moved("+=", where, f"{{by}} more {what} under {row.programme}", unit)
            yield Item("loans", f"{NAME}/{row.programme}/{what}", lines, (Slot(0, limit or 1.0, np.inf, effects),))


def _further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some loans and open leases of chips stand under one programme, which has four fifths of their money."""
    made = list(rows)
    total, fee = 0.0, between(rng, 0.001, 0.004) if rng.random() < part else None
    for i, row in enumerate(rows):
        most = getattr(row, "max_usd_bn", None) or getattr(row, "limit_usd_bn", None)
        can = "programme" in type(row).model_fields and most and getattr(row, "status", "open") == "open"
        if can and rng.random() < part:
            made[i] = row.model_copy(update={"programme": "fund"})
            total += most or 0.0
    if total > 0:
        made.append(
            Programme(
                programme="fund", arranger="Arranger 1", limit_usd_bn=rounded(0.8 * total), commitment_fee_rate=fee,
                from_date=frame.calendar.start, source=SOURCE,
            )
        )  # fmt: skip
    return made


PLAIN_LINES: PlainLines = {
    "commitment_fee": PlainLine(
        "Fees of financing programmes", "Paid on what of a programme is not drawn while it is open.", Meaning.INTEREST
    )
}
RULE = Rule(
    name=NAME,
    reads=(Programme,),
    tables=(),
    check=_check,
    steps=_steps,
    events=(),
    post=post,
    limits=limits,
    advance=_advance,
    loosened_by=_loosened_by,
    follows_demand=None,
    cash_lines={"commitment_fee": FEES},
    further_terms=_further_terms,
    plain_lines=PLAIN_LINES,
)
