"""What offers, parties and everything else with an identifier are called in reports.

A name of `names.csv` comes first, then the name of an offer in the words of its own table, then the identifier with
spaces.
"""

from __future__ import annotations

from planner.case.case import Case
from planner.common.given_names import GivenName


def spaced(identifier: str) -> str:
    """An identifier as words.

    >>> spaced("aws_trainium"), spaced("Cipher Mining"), spaced("(own covenant)")
    ('aws trainium', 'Cipher Mining', 'own covenant')
    """
    return identifier.strip("()").replace("_", " ")


class Names:
    """The names of a case."""

    def __init__(self, case: Case) -> None:
        self.given = {row.identifier: row.name for row in case.rows(GivenName)}
        self.titles: dict[str, str] = {}
        """of the offers, by identifier"""
        for offer in case.offers():
            title = case.catalogue.instrument_of(offer).title
            said = self.of(offer.offer if title is None else title(case, offer))
            self.titles[offer.offer] = self.given.get(offer.offer, said)

    def of(self, identifier: str) -> str:
        """What a party, a region or anything but an offer is called."""
        return self.given.get(identifier) or spaced(identifier)
