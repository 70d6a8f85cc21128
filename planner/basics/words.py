"""Words of the planner's own that stand where a name of the user's could stand, and can never be one.

A user's identifiers are lower-case words joined by underscores. A word of the planner's stands in brackets, and inside
the program it is a member of an enumeration, so that it is never mistaken for text that a user typed. Names in the
user's own words (`Field.name`) may not stand in brackets.
"""

from __future__ import annotations

from enum import StrEnum

LAB = "the lab"
"""the lab itself among the parties to a deal; no other party may be called so"""


class OwnWord(StrEnum):
    """The base of such words. Each instrument or rule that has some makes its own enumeration of them."""

    def __init__(self, text: str) -> None:
        """Raise ValueError where the text is not in brackets."""
        if not bracketed(text):
            raise ValueError(f"a word of the planner's own stands in brackets: {text!r}")


def bracketed(text: str) -> bool:
    """Whether a text as a whole stands in brackets.

    >>> bracketed("(all)"), bracketed("all"), bracketed("Cipher (Texas)")
    (True, False, False)
    """
    return text.startswith("(") and text.endswith(")")


def reserved(text: str) -> bool:
    """Whether a text is kept for the planner's own words, so that nobody may be called so.

    >>> reserved("(own covenant)"), reserved("The Lab"), reserved("*"), reserved("Lab Properties")
    (True, True, True, False)
    """
    return bracketed(text) or text.casefold() == LAB or text == "*"
