"""Sublet: idle halls or own machines are let to somebody else for a rent, for whole periods of notice.

Halls are let where they admit the tenant's family of machines; machines are let while they run in leased halls. Both
are a pool for each region, so that the tenant may be put elsewhere in it. What is let is taken from the lab's own use:
it hosts, serves, and counts as own capacity or reserve no more. A tenant fits halls for its machines at its own cost.
Machines of a provider are not let. The variables are

    let[o, t]              GW let in period t
    begins[o, t]           GW let from t on that were not let before
    place[o, c, F, p, t]   GW of it in halls that admit the families F with power cost p (c blank), or of chips c that
                           run in halls that admit F (p blank)

The term of o is from its from_date to its to_date. Of a period of which only the part c_t lies within it, the rent is
due for that part, but what is let is not the lab's own in the whole of it. The posts, by ledger and line:

    let                    let            place_{ocFpt}
    compute                let            −availability_share_c · place_{ocFpt}, of chips
    cash cost              sublet_rent    price · h · c_t · let_{ot}
    received_before        received       received_usd_bn, in the first period

The rent is money, and no revenue: it is not in what debt and cover are measured by. Nothing is counted after the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import Calendar, Overlap, add_months
from planner.common.chips import Chip, ChipPerformance
from planner.instruments.sublet.tables import LetAlready, LetWhat, Sublet
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped
from planner.tables.offer import OfferStatus

NAME = "sublet"


@dataclass(frozen=True, eq=False)
class Letting:
    """A sublet, with its dates as periods."""

    row: Sublet
    term: Overlap
    """periods in which something may be let, and the part of each"""
    lots: tuple[LetAlready, ...]
    """what is let at the start"""

    @property
    def periods(self) -> range:
        """Periods in which something may be let, at least in part."""
        return self.term.periods

    def part(self, t: int) -> float:
        """The part of one of its periods in which something may be let."""
        return float(self.term.shares[t - self.term.periods.start])

    @property
    def before(self) -> float:
        """What is let at the start [GW]."""
        return sum(lot.gw for lot in self.lots) if self.periods.start == 0 else 0.0

    def kept(self, t: int, calendar: Calendar) -> float:
        """What is let at the start and must be let in a period [GW]."""
        return sum(lot.gw for lot in self.lots if calendar.start_of(t) < lot.kept_until)

    def until(self, calendar: Calendar, t: int) -> date:
        """The day from which what is let from period t on may be taken back."""
        return add_months(calendar.start_of(t), self.row.notice_months)


def lettings(case: CaseData) -> tuple[list[Letting], list[tuple[str, str]]]:
    """Every sublet that is not closed and has a day within the case, and remarks by offer."""
    calendar = case.calendar
    found: list[Letting] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(Sublet):
        if row.status is OfferStatus.CLOSED:
            continue
        begins = row.from_date or calendar.start
        term = calendar.overlap(begins, min(row.to_date or calendar.end, calendar.end))
        lots = tuple(lot for lot in case.rows(LetAlready) if lot.offer == row.offer)
        if term.periods:
            found.append(Letting(row, term, lots))
            notes += [(row.offer, remark) for remark in _remarks(case, row)]
        else:
            notes.append((row.offer, f"no day from {begins} to {row.to_date or calendar.end} lies within the case"))
    return found, notes


def _remarks(case: CaseData, row: Sublet) -> Iterator[str]:
    """A remark where letting pays more than serving is worth."""
    shortage = case.settings.shortage_cost_usd_bn_per_gw_year
    chips = {chip.chip for chip in case.rows(Chip) if chip.family == row.family}
    able = [each.gw_equivalent or 0.0 for each in case.rows(ChipPerformance) if each.chip in chips]
    if shortage is not None and able and row.price_usd_bn_per_gw_year > shortage * max(able):
        yield "its rent is above the price of shortage: it is let before demand is served"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare what may be let and post what it takes and brings."""
    found, notes = lettings(case)
    ledgers.notes.extend(notes)
    keys = [(each.row.offer, t) for each in found for t in each.periods]
    dims, start = ("offer", "period"), Moment.PERIOD_START
    most = np.array([each.row.max_gw for each in found for _ in each.periods])
    let = ledgers.declare(NAME, "let", dims, keys, unit="GW", decided=start, upper=most, file=PlanFile.CAPACITY)
    ledgers.declare(NAME, "begins", dims, keys, unit="GW", decided=start, file=PlanFile.CAPACITY)
    places = [key for each in found for key in _places(case, ledgers, each)]
    place = ledgers.declare(
        NAME, "place", ("offer", "chip", "families", "power_usd_bn_per_gw_year", "period"), places,
        unit="GW", decided=start, file=PlanFile.CAPACITY,
    )  # fmt: skip
    rows, chips = {each.row.offer: each for each in found}, {chip.chip: chip for chip in case.rows(Chip)}
    for (o, c, families, p), periods in grouped(places).items():
        each, variables = rows[o], [place[(o, c, families, p, t)] for t in periods]
        labels = Labels(
            instrument=NAME, chip=c, family=each.row.family if c else "", region=each.row.region, families=families,
            power_class=p,
        )  # fmt: skip
        ledgers.post("let", labels, "let", variables, periods, 1.0)
        if c:
            share = chips[c].availability_share
            ledgers.post("compute", labels.supplying(), "let", variables, periods, -share)
    for each in found:
        labels = Labels(instrument=NAME, offer=each.row.offer, counterparty=each.row.tenant, region=each.row.region)
        rent = each.row.price_usd_bn_per_gw_year * case.calendar.h * each.term.shares
        variables = [let[(each.row.offer, t)] for t in each.periods]
        ledgers.flow(Kind.COST, labels, "sublet_rent", variables, each.periods, rent)
    for row in case.rows(Sublet):
        if row.status is not OfferStatus.CLOSED:
            labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.tenant)
            ledgers.post("received_before", labels, "received", CONSTANT, [0], row.received_usd_bn)


def _places(case: CaseData, ledgers: Ledgers, letting: Letting) -> Iterator[Key]:
    """(offer, chip, families, power class, period) of all halls, or running machines, that may be let."""
    row, region = letting.row, letting.row.region
    if row.what is LetWhat.HALLS:
        for a, admitted, p in ledgers.accounts("halls", "region", "families", "power_class"):
            if a == region and row.family in admitted.split("|"):
                for t in ledgers.balance("halls", region=a, families=admitted, power_class=p).possible():
                    if t in letting.periods:
                        yield (row.offer, "", admitted, p, t)
        return
    families = {chip.chip: chip.family for chip in case.rows(Chip)}
    for c, a, admitted in ledgers.accounts("in_use", "chip", "region", "families"):
        if a == region and admitted and families[c] == row.family:
            for t in ledgers.balance("in_use", chip=c, region=a, families=admitted).possible():
                if t in letting.periods:
                    yield (row.offer, c, admitted, "", t)
