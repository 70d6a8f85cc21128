"""What one plan of two signs of an offer, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.display import Display
from planner.basics.frames import records
from planner.basics.text import number
from planner.reports.compared_figures import SAME, UNSIGNED
from planner.reports.compared_words import cell_text

if TYPE_CHECKING:
    import pandas as pd


def terms(mine: pd.DataFrame, side: str, width: int, display: Display) -> list[str]:
    """What one plan signs of an offer, in lines of at most `width`; only an item longer than that is split."""
    offer = mine[mine["section"] == "offers"].set_index("measure")[side]
    if not isinstance(offer["signed"], str):
        return ["not offered"]
    if offer["signed"] == UNSIGNED:
        return [UNSIGNED]
    parts = [f"{offer['signed']}{cell_text(offer['signed_on'], ' ')}"]
    parts.append(f"{number(offer['peak'])} {display.power}{cell_text(offer['first_held_on'], ' from ')}")
    for row in records(mine[mine["section"] == "terms"]):
        value = getattr(row, side)
        if abs(value) > SAME:
            amount = f"{value:.0%}" if row.unit.startswith("share") else f"{number(value)} {row.unit}"
            parts.append(f"{row.measure} {amount}")
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + len(",,  ") <= width:
            lines[-1] += f", {part}"
        else:
            lines[-1] += ","
            lines.append(part)
    return lines
