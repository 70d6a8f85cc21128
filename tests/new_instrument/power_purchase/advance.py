"""Power purchase: what a plan leaves to the case of a later day."""

from collections.abc import Iterator

from planner.interfaces.advance import Roll, RowChange, changed
from planner.tables.offer import OfferStatus

from .postings import NAME, vintages


def advance(roll: Roll) -> Iterator[RowChange]:
    """A contract that is signed by the day is signed on its own day, for its size."""
    for vintage in vintages(roll.case, []):
        if not vintage.sunk and vintage.signed < roll.period and roll.value(NAME, "sign", *vintage.key) > 0.5:
            size = roll.value(NAME, "size", *vintage.key)
            why = f"signed on {vintage.starts}"
            yield changed(
                vintage.row, why, status=OfferStatus.SIGNED, sign_from=vintage.starts, sign_by=None, signed_gw=size
            )
