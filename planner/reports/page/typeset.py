"""Numbers in texts as print has them: a minus sign for a hyphen, and no sign before a zero."""

from __future__ import annotations

import re
from dataclasses import replace

from planner.reports.page.parts import Brief, Part, Sentences, Sheet, Tile, Tiles

_ZERO = re.compile(r"(?<![\w.,])[-+−](0(?:\.0+)?%?)(?![\d.,]*\d)")
_MINUS = re.compile(r"(?<![\w.,)\]])(?<!= )-(?=\d)")


def typeset(text: str) -> str:
    """A text with its numbers as print has them; dates, identifiers and changes of a case stay.

    >>> typeset("-0.00 of -1.5, +0.000 and +0.5 on 2026-07-01"), typeset("+= -0.5")
    ('0.00 of −1.5, 0.000 and +0.5 on 2026-07-01', '+= -0.5')
    """
    return _MINUS.sub("−", _ZERO.sub(r"\1", text))


def typeset_part(part: Part) -> Part:
    """A part with its texts so; tables and charts write their own numbers."""
    if isinstance(part, Tiles):
        return replace(part, tiles=tuple(map(_tile, part.tiles)))
    if isinstance(part, Sentences):
        return replace(part, sentences=tuple(map(typeset, part.sentences)))
    if isinstance(part, Brief):
        points = tuple((word, typeset(said)) for word, said in part.points)
        return replace(part, points=points, tiles=tuple(map(_tile, part.tiles)), foot=tuple(map(_tile, part.foot)))
    return replace(part, says=typeset(part.says)) if isinstance(part, Sheet) else part


def _tile(tile: Tile) -> Tile:
    return replace(tile, text=typeset(tile.text), note=typeset(tile.note))
