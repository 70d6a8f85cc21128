"""Chip purchase: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.instruments.shared.plain_lines import after_end, chips_held, signing_fee
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

CHIPS, WHAT = Meaning.CHIPS, "bought chips"
LINES: PlainLines = {
    "deposit": PlainLine("Deposits on chips", "Paid to makers of chips when chips are ordered.", CHIPS),
    "balance": PlainLine("Chips on delivery", "What is left of the price of chips, paid when they arrive.", CHIPS),
    **chips_held(WHAT),
    **signing_fee(CHIPS, WHAT),
    **after_end(CHIPS, WHAT),
}
