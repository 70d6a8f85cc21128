"""What offers and parties are called in reports: their names in the user's own words, else their identifiers."""

from __future__ import annotations

from planner.case.case import Case


def spaced(identifier: str) -> str:
    """An identifier as words.

    >>> spaced("aws_trainium"), spaced("Cipher Mining"), spaced("(own covenant)")
    ('aws trainium', 'Cipher Mining', 'own covenant')
    """
    return identifier.strip("()").replace("_", " ")


def offer_titles(case: Case) -> dict[str, str]:
    """The title of every offer, by its identifier."""
    found = {}
    for offer in case.offers():
        title = case.catalogue.instrument_of(offer).title
        found[offer.offer] = spaced(offer.offer) if title is None else title(case, offer)
    return found
