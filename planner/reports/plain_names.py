"""Plain names of the lines of a plan's ledger, as the instruments and rules of its case give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.interfaces.catalogue import Catalogue
from planner.interfaces.instrument import Instrument
from planner.interfaces.plain_lines import Meaning, PlainLine
from planner.interfaces.rule import Rule
from planner.portfolio import waived


@dataclass(frozen=True)
class PlainNames:
    """What the lines of the ledger mean to a reader."""

    catalogue: Catalogue

    @cached_property
    def by_owner(self) -> Mapping[tuple[str, str], PlainLine]:
        """By instrument or rule, and line."""
        owners: list[Instrument | Rule] = [*self.catalogue.instruments, *self.catalogue.rules]
        found = {(each.name, line): plain for each in owners for line, plain in each.plain_lines.items()}
        return found | {(waived.NAME, line): plain for line, plain in waived.PLAIN_LINES.items()}

    @cached_property
    def by_rule(self) -> Mapping[str, PlainLine]:
        """By line, of posts that name no instrument: only rules make such."""
        return {line: plain for rule in self.catalogue.rules for line, plain in rule.plain_lines.items()}

    def __call__(self, instrument: str, line: str) -> PlainLine:
        """What a line means that an instrument or a rule posts; the instrument is blank where a post names none.

        A line that is unknown, as in a ledger that was altered, keeps its name.
        """
        found = self.by_owner.get((instrument, line)) or self.by_rule.get(line)
        return found or PlainLine(line.replace("_", " ").capitalize(), "", Meaning.OTHER)

    def of_line(self, line: str) -> str:
        """The name of a line whoever posts it; names that differ stand beside each other.

        >>> from planner.catalogue import CATALOGUE
        >>> PlainNames(CATALOGUE).of_line("rent"), PlainNames(CATALOGUE).of_line("deposit")
        ('Rent of halls', 'Deposits on halls / Deposits on chips')
        """
        names = dict.fromkeys(plain.name for (_, name), plain in self.by_owner.items() if name == line)
        return " / ".join(names) or self("", line).name
