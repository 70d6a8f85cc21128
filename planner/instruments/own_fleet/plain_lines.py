"""Own fleet: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

LINES: PlainLines = {
    "power": PlainLine("Power", "Paid for the power that own machines draw.", Meaning.POWER),
    "chip_move": PlainLine("Moves of chips", "Paid to take chips from one hall to another.", Meaning.NETWORK),
}
