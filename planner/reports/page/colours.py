"""Colours of the page: roles that change in dark mode, shades from dark to light, and one colour for each party.

Charts name colours of the light page. `dark_rules` says what each of them is on a dark one, as rules of CSS, so that a
page follows the system and prints light whatever the system says. A text that stands on a shade keeps its colour, and
so has a spelling of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PAPER, INK, FAINT, LIMIT = "#ffffff", "#1c2430", "#5d6775", "#a3360b"
ON_DARK, ON_LIGHT = "#fffffe", "#1c2431"
"""texts over a dark and over a light shade"""
GRID, AXIS, WASH = "#e8eaed", "#9aa3ad", "#f5f6f8"
SHADES = ("#12355b", "#2f6690", "#5f9ab8", "#94c0cd", "#c3dcd8", "#f4efc9")
"""darkest first"""
REST_SHADE = "#ebebeb"
"""the shade of what is left over: as light as the lightest"""
PARTIES = (
    "#1f4e79", "#b4632a", "#3d7a55", "#7a4f8f", "#a83e55", "#2b7f8c", "#7d7326", "#5566ad", "#8a5a44", "#58707f",
    "#7fa3c7", "#dba777", "#93bfa2", "#b99ac6", "#d595a3", "#8ec0c7", "#c2ba79", "#a3add6", "#c2a191", "#a9b8c1",
)  # fmt: skip
"""colours of parties: ten, and a lighter tint of each"""
OWN_COLOUR, OTHERS = "#12355b", "#8c939c"
"""the lab's own machines; what several parties do together"""
LIGHT_TEXT_ON = frozenset((*SHADES[:3], *PARTIES[:10], OWN_COLOUR, OTHERS, LIMIT))
"""colours on which a text is light"""
DARK: Mapping[str, str] = {
    PAPER: "#14181e", "white": "#14181e", INK: "#e6e9ed", FAINT: "#a5aeb9", LIMIT: "#ff9d70", GRID: "#2b323b",
    AXIS: "#66707c", WASH: "#1d232b", SHADES[0]: "#3a6ea8", SHADES[1]: "#4d86b3", SHADES[2]: "#6ea6c4",
    REST_SHADE: "#565d66", PARTIES[0]: "#4479ad", PARTIES[3]: "#976bad", PARTIES[7]: "#6f80c6",
}  # fmt: skip
"""what a colour is on a dark page; others stay as they are"""


def party_colours(parties: Iterable[str]) -> dict[str, str]:
    """A colour for each party, the weightiest first; from the twenty-first on they share one.

    >>> party_colours(["aws", "google"])
    {'aws': '#1f4e79', 'google': '#b4632a'}
    """
    return {party: PARTIES[i] if i < len(PARTIES) else OTHERS for i, party in enumerate(dict.fromkeys(parties))}


def text_on(colour: str) -> str:
    """The colour of a text over a colour."""
    return ON_DARK if colour in LIGHT_TEXT_ON else ON_LIGHT


def dark_rules() -> str:
    """Rules of CSS for charts on a dark page: what is filled or drawn in a colour is so in its dark counterpart."""
    rules = [
        f'.chart svg [{how}="{light}"] {{ {how}: {dark}; }}'
        for light, dark in DARK.items()
        for how in ("fill", "stroke")
    ]
    return "\n".join(rules)
