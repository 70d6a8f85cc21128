"""What a line of the ledger means to a reader: a plain name, a sentence, and what the money is for.

Each instrument and each rule says this of every line of money that it posts, in its record. Reports print the names;
the files of a plan keep the names of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from planner.ledgers.posts import Kind


class Activity(StrEnum):
    """The part of the cash flow in which a line stands, in the order of the statement."""

    OPERATIONS = "operations"
    """revenue less the costs that are not for compute"""
    COMPUTE = "compute"
    """what is paid for the use of clouds, halls, machines and power"""
    CAPITAL = "capital"
    """what is bought, or paid in advance and comes back"""
    FUNDING = "funding"
    """equity and debt, and what they cost"""


class Meaning(StrEnum):
    """What money is for, in the order of reports."""

    CLOUD = "Cloud"
    SPARE = "Spare machines"
    HALLS = "Halls"
    CHIPS = "Chips"
    UPKEEP = "Upkeep of chips"
    POWER = "Power"
    NETWORK = "Traffic and moves"
    GUARANTEES = "Guarantees"
    SUBLETS = "Sublets"
    INTEREST = "Cost of funding"
    OTHER = "Other"
    REVENUE = "Revenue"
    OTHER_COSTS = "Costs other than compute"
    DEBT = "Debt"
    EQUITY = "Equity"
    DIVIDENDS = "Dividends"
    VALUE_LEFT = "Value left at the end"
    AFTER_END = "Owed after the end, less what it buys"
    PENALTIES = "Penalties"


USUAL: Mapping[Meaning, Activity] = {
    Meaning.CHIPS: Activity.CAPITAL,
    Meaning.INTEREST: Activity.FUNDING,
    Meaning.DEBT: Activity.FUNDING,
    Meaning.EQUITY: Activity.FUNDING,
    Meaning.DIVIDENDS: Activity.FUNDING,
    Meaning.REVENUE: Activity.OPERATIONS,
    Meaning.OTHER_COSTS: Activity.OPERATIONS,
}
"""the activity of lines with a meaning, where a line does not say otherwise; compute where the meaning is not here"""
BY_KIND: Mapping[Kind, Meaning] = {
    Kind.CREDIT: Meaning.VALUE_LEFT,
    Kind.BEYOND_HORIZON: Meaning.AFTER_END,
    Kind.HORIZON_VALUE: Meaning.AFTER_END,
    Kind.PENALTY: Meaning.PENALTIES,
}
"""the meaning of posts that move no cash within the horizon, whatever their line is"""


@dataclass(frozen=True)
class PlainLine:
    """What one line of the ledger means."""

    name: str
    """in a few words, as it stands in a table"""
    says: str
    """in one sentence, as it stands in a glossary"""
    meaning: Meaning
    activity: Activity | None = None
    """where it stands in the cash flow; None: where its meaning usually does"""

    @property
    def stands_in(self) -> Activity:
        """Where it stands in the cash flow."""
        return USUAL.get(self.meaning, Activity.COMPUTE) if self.activity is None else self.activity

    def meaning_of(self, kind: str) -> Meaning:
        """What a post of this line and kind means.

        >>> rent = PlainLine("rent", "Rent of halls.", Meaning.HALLS)
        >>> print(rent.meaning_of("cost"), rent.meaning_of("beyond_horizon"), sep="; ")
        Halls; Owed after the end, less what it buys
        """
        return BY_KIND.get(Kind(kind), self.meaning) if kind else self.meaning


PlainLines: TypeAlias = Mapping[str, PlainLine]
"""by the name of the line in the ledger"""
