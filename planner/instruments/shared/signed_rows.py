"""Rows of signed_deliveries in the case of a later day: one rule for orders and for leases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.common.chips import Chip, SignedDelivery
from planner.interfaces.advance import Roll, RowChange, added, changed
from planner.ledgers.deliveries import Delivery

NOTHING = 1e-9
"""quantities below this are a solver's noise [GW or USD bn]"""


def recorded(
    before: SignedDelivery | None, offer: str, signed: date, on: date, why: str, **cells: float | date | None
) -> Iterator[RowChange]:
    """The row of a delivery: a new one, or what is still blank in the one that is there.

    A day from which machines run is taken out of it once it has passed.
    """
    if before is None:
        given = {name: value for name, value in cells.items() if value is not None}
        yield added(SignedDelivery, why, offer=offer, signed_on=signed, delivered_on=on, **given)
        return
    new: dict[str, object] = {
        name: value for name, value in cells.items() if getattr(before, name) is None and value is not None
    }
    if before.runs_from is not None and cells.get("runs_from") is None:
        new["runs_from"] = None
    if new:
        yield changed(before, why, **new)


def still_waits(roll: Roll, chip: Chip, delivery: Delivery) -> date | None:
    """The day from which the chips of a delivery can run, where that is after the day, and not because of the chip."""
    runs_from = delivery.runs_from
    if runs_from is None or runs_from <= max(roll.day, chip.available_from, delivery.on):
        return None
    return runs_from
