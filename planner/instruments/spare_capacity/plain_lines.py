"""Spare capacity: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.instruments.shared.plain_lines import after_end, signing_fee
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

SPARE, WHAT = Meaning.SPARE, "spare machines"
LINES: PlainLines = {
    "spare_fee": PlainLine(
        "Fees for spare machines", "Paid each month to use machines of others as far as they are idle.", SPARE
    ),
    "spare_use": PlainLine("Use of spare machines", "Paid for idle machines of others by the hour.", SPARE),
    **signing_fee(SPARE, WHAT),
    **after_end(SPARE, WHAT),
}
