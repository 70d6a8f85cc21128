"""Sublet: what its line of money means to a reader."""

from __future__ import annotations

from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

LINES: PlainLines = {
    "sublet_rent": PlainLine(
        "Rent from sublets", "Received for halls or machines that the lab lets to others.", Meaning.SUBLETS
    )
}
