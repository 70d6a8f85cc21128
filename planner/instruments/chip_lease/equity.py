"""Equity of an SPV in which the lab has a part: what it pays in, and what is distributed once tests of debt are kept.

Of each USD bn raised, tranche n is the share m_n, which is fixed. The SPV's income of a period t is what the lab pays;
at the end of a term, its chips fetch V(age) of their cost at the level of the day (return), or the price that the lab
pays for them (buy). Debt is served first:

    income_t      Σ_n payment_nt · m_n
    service_nt    Σ_{debt no junior to n} (payment_nt / cover + δ_d · z_n) · m_n, balloons at the end of a term
    rest_t        income_t − Σ_{debt} payment_nt / cover · m_n
    residual_d    max(0, what the chips of delivery d fetch − δ_d · Σ_{debt} z_n · m_n), at e_d
    dscr_nt       (income_t + fetched_t) / service_nt; fetched_t is what chips fetch in t
    llcr_nt       Σ_{u > t} (income_u + fetched_u) · v_n^(u − t) / Σ_{debt no junior to n} outstanding_n,t+1 · m_n

v_n discounts at the tranche's rate. Tests are made of data alone, as the lab pays whatever happens: at the level of
resale values on the first day of t. In a period in which a dscr_n is below dscr_min_n or a llcr_n below llcr_min_n,
rest and residual are held back. They are distributed with those of the first later period in which every test is kept,
or with the last. Debt is paid all the same. The equity gets them in proportion to the money of its tranches; the lab
gets its part λ, the mean of lab_share over them. Where the lease ends early, it gets its part of what is left then, as
`endings` says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.instruments.chip_lease.batches import Batch
from planner.instruments.chip_lease.endings import ChipLeaseEnding, EndedLease, endings
from planner.instruments.chip_lease.tables import SpvTranche, TrancheKind
from planner.instruments.chip_lease.vintages import ChipLeaseVintage
from planner.instruments.shared.chips_held import resale_level, resale_share
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels

SLIP = 1e-9
"""how far a ratio may be below its minimum, as rounding"""


@dataclass(frozen=True)
class Receipt:
    """Money that the equity gets, per USD bn raised."""

    period: int
    years: float
    """time after the start of the case"""
    usd_bn: float
    first_day: bool
    """whether it belongs to the day, not to the period that ends on it"""


def is_tested(vintage: ChipLeaseVintage) -> bool:
    """Whether a tranche of its debt has a test."""
    return any(part.dscr_min is not None or part.llcr_min is not None for part in vintage.tranches)


def lab_part(vintage: ChipLeaseVintage) -> float:
    """The lab's part of the equity."""
    shares = vintage.shares()
    equity = [part for part in vintage.tranches if part.kind is TrancheKind.EQUITY]
    total = sum(shares[part.tranche] for part in equity)
    return sum(shares[part.tranche] * part.lab_share for part in equity) / total if total > 0 else 0.0


class Equity:
    """What the equity of a vintage gets and waits for, by period of the case, after the horizon too."""

    def __init__(self, case: CaseData, vintage: ChipLeaseVintage, ending: ChipLeaseEnding | None = None) -> None:
        self.case, self.vintage, self.mix = case, vintage, vintage.shares()
        self._ending = next((each for each in endings(case, vintage) if each.given), ending)
        self.stop = max([vintage.stop, 0, *(self._ended_in(batch) + 1 for batch in vintage.batches)])
        self._paid: dict[str, Vector] = {}
        self._when: dict[int, float] = {}
        for part in vintage.tranches:
            sums = np.zeros(self.stop)
            for batch in vintage.batches:
                for t, (usd_bn, years) in vintage.payments(part, case.calendar, batch).items():
                    sums[t] += usd_bn * self.mix[part.tranche]
                    self._when[t] = max(self._when.get(t, 0.0), years)
            self._paid[part.tranche] = sums

    def _ended_in(self, batch: Batch) -> int:
        """The period at whose end, or inside which, the term of a delivery ends."""
        return int(np.ceil(self.case.calendar.position(batch.ends))) - 1

    def _fetched(self, batch: Batch, t: int | None = None) -> float:
        """What chips fetch at the end of their term, at the level of that day, or of the first of period t."""
        row, calendar = self.vintage.row, self.case.calendar
        if self.vintage.buys:
            balloons = sum(part.balloon_share * self.mix[part.tranche] for part in self.vintage.tranches)
            return batch.share * max(row.end_price_share, balloons)
        age = calendar.years(batch.ends) - calendar.years(batch.delivery.on)
        if age >= self.vintage.chip.life_years:
            return 0.0
        day = batch.ends if t is None else calendar.start_of(t)
        return batch.share * resale_share(self.case, row.chip, age) * resale_level(self.case, row.chip, day)

    def _balloons(self, batch: Batch) -> float:
        return batch.share * sum(part.balloon_share * self.mix[part.tranche] for part in self.vintage.debt)

    def _settled(self, ending: ChipLeaseEnding) -> float:
        """What is left of the fee, and of what the chips fetch, where the lease ends early and the debt is paid."""
        parts = zip(self.vintage.tranches, ending.balances, strict=True)
        debt = sum(each * self.mix[part.tranche] for part, each in parts if part.kind is TrancheKind.DEBT)
        fee = ending.fee([self.mix[part.tranche] for part in self.vintage.tranches])
        return max(0.0, fee + sum(self._fetched(batch) for batch in self.vintage.batches) - debt)

    def ratios(self, part: SpvTranche, t: int) -> tuple[float, float]:
        """(dscr, llcr) of a tranche of debt in a period; infinite where nothing is due or outstanding."""
        vintage, calendar, cover = self.vintage, self.case.calendar, self.vintage.row.payment_cover
        senior = [each for each in vintage.debt if each.seniority <= part.seniority]
        income = np.sum([*self._paid.values()], axis=0)
        service = sum(self._paid[each.tranche][t] / cover for each in senior)
        begun = [batch for batch in vintage.batches if batch.begins < t + 1]
        ending = [batch for batch in begun if self._ended_in(batch) == t]
        fetched = sum(self._fetched(batch, t) for batch in ending)
        service += sum(batch.share * each.balloon_share * self.mix[each.tranche] for batch in ending for each in senior)
        dscr = (float(income[t]) + fetched) / service if service > 0 else np.inf
        owed = sum(
            float(vintage.outstanding(each, calendar)[t + 1 : t + 2].sum()) * self.mix[each.tranche] for each in senior
        )
        if owed <= SLIP:
            return dscr, np.inf
        v, worth = 1.0 / (1.0 + vintage.rate(part, calendar)), 0.0
        for batch in begun:
            for each in vintage.tranches:
                for u, (usd_bn, years) in vintage.payments(each, calendar, batch).items():
                    if u > t:
                        worth += usd_bn * self.mix[each.tranche] * v ** (years / calendar.h - t - 1)
            if self._ended_in(batch) > t:
                worth += self._fetched(batch, t) * v ** (calendar.position(batch.ends) - t - 1)
        return dscr, worth / owed

    def kept(self, t: int) -> bool:
        """Whether every test is kept in a period."""
        for part in self.vintage.debt:
            if part.dscr_min is None and part.llcr_min is None:
                continue
            dscr, llcr = self.ratios(part, t)
            if dscr < (part.dscr_min or 0.0) - SLIP or llcr < (part.llcr_min or 0.0) - SLIP:
                return False
        return True

    def earned(self, t: int) -> list[Receipt]:
        """What is left for the equity in a period, by day, whether it is held back or not."""
        vintage, calendar, cover = self.vintage, self.case.calendar, self.vintage.row.payment_cover
        found: dict[float, float] = defaultdict(float)
        for batch in vintage.batches:
            for part in vintage.tranches:
                usd_bn, years = vintage.payments(part, calendar, batch).get(t, (0.0, 0.0))
                served = usd_bn / cover if part.kind is TrancheKind.DEBT else 0.0
                if usd_bn:
                    found[years] += (usd_bn - served) * self.mix[part.tranche]
        made = [Receipt(t, years, usd_bn, first_day=False) for years, usd_bn in sorted(found.items())]
        if self._ending is not None:
            day = calendar.years(self._ending.day)
            settled = Receipt(t, day, self._settled(self._ending), first_day=True)
            return [*made, settled] if t == self.stop - 1 and settled.usd_bn > 0 else made
        for batch in vintage.batches:
            left = max(0.0, self._fetched(batch) - self._balloons(batch))
            if self._ended_in(batch) == t and left > 0:
                made.append(Receipt(t, calendar.years(batch.ends), left, first_day=True))
        return made

    def receipts(self, waiting: float = 0.0, until: int | None = None) -> tuple[list[Receipt], float]:
        """What the equity gets from the start on, and what still waits before period `until`; None: to the end.

        `waiting` is what waits at the start. Sums that are held back come with the last of the period in which they are
        distributed. What chips fetch on the first day of the case belongs to the period before; it comes unless it
        waits, and then everything waits.
        """
        made = [] if self.vintage.row.trapped_usd_bn else [each for each in self.earned(-1) if each.years >= 0]
        stop = self.stop if until is None else min(until, self.stop)
        for t in range(stop):
            mine = self.earned(t)
            if not self.kept(t) and t < self.stop - 1:
                waiting += sum(each.usd_bn for each in mine)
                continue
            if waiting > 0:
                years = self._when.get(t, (t + 1) * self.case.calendar.h)
                made.append(Receipt(t, years, waiting, first_day=False))
                waiting = 0.0
            made += mine
        return made, waiting


def post_equity(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, amount: int) -> None:
    """Post what the lab pays in and what it gets, where a part of the equity is its own; remark where sums wait."""
    part, calendar = lab_part(vintage), case.calendar
    if not part and not is_tested(vintage):
        return
    equity = Equity(case, vintage)
    _remark(ledgers, equity)
    if not part:
        return
    paid_in = sum(each.lab_share * equity.mix[each.tranche] for each in vintage.tranches)
    for batch in vintage.batches:
        day = calendar.years(batch.delivery.on)
        ledgers.dated(Kind.COST, labels, "equity_paid_in", amount, day, -paid_in * batch.share)
    for each in equity.receipts()[0]:
        _post(ledgers, labels, amount, each, part * each.usd_bn)
    waiting = vintage.row.trapped_usd_bn or 0.0
    if waiting > 0:
        first = next(t for t in range(equity.stop) if equity.kept(t) or t == equity.stop - 1)
        years = equity.receipts(waiting)[0][0].years
        _post(ledgers, labels, CONSTANT, Receipt(first, years, waiting, first_day=False), part * waiting)


def post_ended(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, way: EndedLease) -> None:
    """Post that the lab gets its part of what is left on the day on which a lease ends early, and nothing later."""
    part, day = lab_part(vintage), case.calendar.years(way.ending.day)
    if not part:
        return
    for sign, equity in ((-1.0, Equity(case, vintage)), (1.0, Equity(case, way.ending.left, way.ending))):
        for each in equity.receipts()[0]:
            if each.years > day + SLIP or (sign > 0 and each.first_day):
                _post(ledgers, labels, way.amount, each, sign * part * each.usd_bn)


def _post(ledgers: Ledgers, labels: Labels, variable: int, receipt: Receipt, usd_bn: float) -> None:
    """Post a distribution to the lab; one after the horizon is taken off what is owed then."""
    end = ledgers.calendar.start_years(ledgers.calendar.T)
    kind = Kind.COST if receipt.years <= end + SLIP else Kind.BEYOND_HORIZON
    if receipt.first_day:
        ledgers.dated(kind, labels, "distribution", variable, receipt.years, usd_bn)
    else:
        ledgers.at_end(kind, labels, "distribution", variable, [receipt.period], [usd_bn], [receipt.years])


def _remark(ledgers: Ledgers, equity: Equity) -> None:
    """Say in which periods tests fail, and the least ratios."""
    vintage, calendar = equity.vintage, equity.case.calendar
    failing = [t for t in range(min(equity.stop, calendar.T)) if equity.earned(t) and not equity.kept(t)]
    if failing:
        days = f"{calendar.start_of(failing[0])} to {calendar.start_of(failing[-1])}"
        what = f"signed on {vintage.starts}, {vintage.backer}: a test of its debt is not kept in {len(failing)} periods"
        ledgers.notes.append((vintage.row.offer, f"{what}, from {days}; its equity waits"))
