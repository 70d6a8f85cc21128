"""The price of a chip lease: the rates of its tranches, all in proportion."""

from __future__ import annotations

from planner.instruments.chip_lease.tables import ChipLease, SpvTranche, TrancheKind
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice


def price(plan: PlanData, offer: ChipLease) -> MovablePrice | None:
    """The rate of the largest tranche of debt; None where it has no debt."""
    tranches = [each for each in plan.case.rows(SpvTranche) if each.offer == offer.offer]
    debt = [each for each in tranches if each.kind is TrancheKind.DEBT]
    if not debt:
        return None
    largest = max(debt, key=lambda each: each.max_share)
    cells = [f"spv_tranches[{offer.offer},*].rate"]
    if any(each.rate_unsupported is not None for each in tranches):
        cells.append(f"spv_tranches[{offer.offer},*].rate_unsupported")
    name = "rate" if largest.rate_index is None else "margin"
    return MovablePrice(f"{name} ({largest.tranche})", "per year", largest.rate, frozenset(), tuple(cells))
