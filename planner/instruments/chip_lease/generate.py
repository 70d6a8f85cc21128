"""Random chip leases: of TPUs with support and of GPUs without; some may take over an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.draws import between, rounded
from planner.common.chips import ChipDelivery
from planner.common.guarantors import GuaranteeKind
from planner.common.terminations import Termination
from planner.instruments.chip_lease.tables import ChipLease, EndOption, SpvTranche, TrancheKind
from planner.instruments.chip_lease.vintages import stressed_value, vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import SOURCE, SUPPORTER, ChipFamily, Frame, Guaranteed, Made, RandomOffers, Supply
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

UNSUPPORTED = 0.0225
"""added to the rate of debt without support [per year]"""
FROM_YEAR = 3
"""first contract year at the start of which a lease may be ended: all chips have been delivered by then"""


@dataclass(frozen=True)
class _Part:
    """A tranche."""

    name: str
    kind: TrancheKind
    shares: tuple[float, float]
    rate: float
    balloon: float
    supported: bool = False


@dataclass(frozen=True)
class _Programme:
    """What the rows of a kind of lease have in common."""

    family: ChipFamily
    usd_bn: float
    least: float
    """least money that is raised, as a part of the most"""
    opens: tuple[float, float]
    """when its signing window opens, as shares of the horizon"""
    length_months: int
    schedule: tuple[float, ...]
    """parts delivered on signing and after each half-year"""
    parts: tuple[_Part, ...]
    cover: float
    end_option: EndOption
    end_price: float = 0.0
    takes_over: bool = False
    """True: it may take over an order"""

    @property
    def supported(self) -> bool:
        """True where a guarantor may support a tranche."""
        return any(part.supported for part in self.parts)


_DEBT, _EQUITY = TrancheKind.DEBT, TrancheKind.EQUITY
PROGRAMMES = (
    _Programme(
        ChipFamily.TPU, 25.0, 0.32, (0.15, 0.35), 18, (0.4, 0.3, 0.3),
        (
            _Part("A", _DEBT, (0.2, 0.85), 0.06, 0.05, supported=True),
            _Part("B", _DEBT, (0.0, 0.12), 0.0875, 0.1),
            _Part("equity", _EQUITY, (0.05, 0.75), 0.14, 0.2),
        ),
        1.05, EndOption.BUY, 0.08,
    ),
    _Programme(
        ChipFamily.TPU, 35.0, 1.0, (0.0, 0.05), 6, (0.25, 0.25, 0.25, 0.25),
        (
            _Part("A1", _DEBT, (0.1, 0.18), 0.055, 0.0, supported=True),
            _Part("A2", _DEBT, (0.0, 0.72), 0.0565, 0.1, supported=True),
            _Part("B", _DEBT, (0.0, 0.12), 0.085, 0.1),
            _Part("equity", _EQUITY, (0.05, 0.75), 0.14, 0.2),
        ),
        1.02, EndOption.BUY, 0.05, takes_over=True,
    ),
    _Programme(
        ChipFamily.GPU, 10.0, 0.4, (0.05, 0.2), 18, (0.5, 0.5),
        (
            _Part("A", _DEBT, (0.2, 0.625), 0.07, 0.0),
            _Part("B", _DEBT, (0.0, 0.15), 0.095, 0.0),
            _Part("equity", _EQUITY, (0.1, 0.75), 0.15, 0.2),
        ),
        1.1, EndOption.RETURN,
    ),
)  # fmt: skip
"""kinds of leases, taken in turn"""


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    """Open leases, each of the newest chip of its family when its signing window opens."""
    made = Made()
    for i in range(count):
        plan, name = PROGRAMMES[i % len(PROGRAMMES)], f"spv_{i + 1:05d}"
        schedule: dict[int, float] = {}
        for k, part in enumerate(plan.schedule):
            months = frame.lead(6 * k)
            schedule[months] = schedule.get(months, 0.0) + part
        window = frame.window(rng, *plan.opens, plan.length_months)
        chip = frame.on_sale(plan.family, window.begin)[-1]
        most = rounded(size * plan.usd_bn * between(rng, 0.85, 1.15))
        made.rows.append(
            ChipLease(
                offer=name, spv=f"SPV {i + 1}", chip=chip.chip, status=OfferStatus.OPEN,
                sign_from=window.first, sign_by=window.last, min_usd_bn=rounded(plan.least * most), max_usd_bn=most,
                term_years=rng.choice((4.0, 5.0, 5.0)), payment_cover=plan.cover,
                support_guarantor=SUPPORTER if plan.supported else None, advance_share=between(rng, 0.6, 0.7),
                end_option=plan.end_option, end_price_share=plan.end_price, source=SOURCE,
            )
        )  # fmt: skip
        made.rows += [
            ChipDelivery(offer=name, months=months, delivered_share=rounded(part), source=SOURCE)
            for months, part in schedule.items()
        ]
        made.rows += _tranches(rng, name, plan)
    return made


def _tranches(rng: Random, offer: str, plan: _Programme) -> list[Row]:
    """The tranches of a lease; debt costs more without support."""
    found: list[Row] = []
    for rank, part in enumerate(plan.parts, start=1):
        rate = rounded(part.rate + between(rng, -0.004, 0.004))
        dearer = plan.supported and part.kind is TrancheKind.DEBT
        found.append(
            SpvTranche(
                offer=offer, tranche=part.name, kind=part.kind, seniority=rank,
                min_share=part.shares[0], max_share=part.shares[1], rate=rate,
                rate_unsupported=rounded(rate + UNSUPPORTED) if dearer else None,
                balloon_share=part.balloon, supported=part.supported, source=SOURCE,
            )
        )  # fmt: skip
    return found


def complete(mine: Made, everybody: Sequence[Made]) -> None:
    """A lease that may take over an order takes the earliest order of its chip that no other lease takes over."""
    orders = [order for made in everybody for order in made.orders]
    orders.sort(key=lambda order: (order.sign_from or date.min, order.offer))
    for i, row in enumerate(mine.rows):
        if isinstance(row, ChipLease) and PROGRAMMES[(int(row.offer[-5:]) - 1) % len(PROGRAMMES)].takes_over:
            order = next((order for order in orders if order.chip == row.chip), None)
            if order is not None:
                orders.remove(order)
                mine.rows[i] = row.model_copy(update={"buys_from": order.offer})


def most_exposed(case: CaseData, ledgers: Ledgers) -> dict[str, Vector]:
    """The most that each lease can expose its supporter to [USD bn]; shape (T,). Leases without one are absent.

    As much as possible is raised in supported tranches, the senior ones first.
    """
    found: dict[str, Vector] = {}
    for vintage in vintages(case)[0]:
        if vintage.supporter is None:
            continue
        left = 1.0 - sum(part.min_share for part in vintage.tranches)
        owed = np.zeros(vintage.stop)
        for part in vintage.tranches:
            more = min(left, part.max_share - part.min_share) if part.supported else 0.0
            left -= more
            if part.supported:
                owed += (part.min_share + more) * vintage.outstanding(part, case.calendar)
        when = np.arange(vintage.signed, min(vintage.stop, case.calendar.T))
        over = np.maximum(0.0, owed - stressed_value(case, vintage))[when]
        most = found.setdefault(vintage.row.offer, np.zeros(case.calendar.T))
        most[when] = np.maximum(most[when], vintage.row.max_usd_bn * over)
    return found


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some debts ask for a reserve of three or six months; some leases of new chips may be ended early."""
    del frame
    made = list(rows)
    for i, row in enumerate(rows):
        if isinstance(row, SpvTranche) and row.kind is TrancheKind.DEBT:
            chosen, months = rng.random() < part, rng.choice((3.0, 6.0))
            if chosen:
                made[i] = row.model_copy(update={"reserve_months": months})
    for row in rows:
        if isinstance(row, ChipLease) and row.buys_from is None and row.term_years > FROM_YEAR:
            chosen, notice, fee = rng.random() < part, rng.choice((6, 12)), float(rng.choice((3, 6, 12)))
            if chosen:
                made.append(
                    Termination(
                        offer=row.offer, from_year=FROM_YEAR, notice_months=notice, fee_months=fee, source=SOURCE
                    )
                )
    return made


RANDOM_OFFERS = RandomOffers(
    make=make,
    supplies=Supply.CHIPS,
    guaranteed=Guaranteed(GuaranteeKind.RESIDUAL, most_exposed),
    complete=complete,
    further_terms=further_terms,
)
