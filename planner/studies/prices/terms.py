"""The terms of a case that somebody can negotiate: what each is, and the change that strikes it.

    worth of a term     least cost without it − least cost with it; below 0 where the lab would be better off without

A term is what a column says of an offer, or of a guarantor or a loan, beyond what every contract has: a deposit, a
prepayment, a right. `Field.without` says what the column holds where the contract lacks the term. Rows of some tables
are terms too, such as the tiers of an offer; `Table.strikes` says whether each row is one or all rows of an offer
together are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from planner.case.case import Case
from planner.case.grammar import quoted
from planner.studies.runs import Run, RunResult, RunStatus
from planner.tables.cells import text_of
from planner.tables.offer import OfferStatus
from planner.tables.table import Row, Strikes, TableField

LEFT_OUT = "left out"
"""in place of the value without the term, where its rows are struck"""


@dataclass(frozen=True)
class Term:
    """A term, and the change of the case that strikes it."""

    of: str
    """the offer, guarantor or loan that has it"""
    name: str
    """table and column, or table and the rest of the key"""
    now: str
    """what it says"""
    without: str
    """what the column holds without it: a value, `blank`, or `left out`"""
    change: str

    @property
    def run(self) -> Run:
        """The run without the term."""
        return Run(f"{self.of} without {self.name}", (self.change,))


@dataclass(frozen=True)
class TermPrice:
    """What a term is worth."""

    term: Term
    worth_usd_bn: tuple[float, float] | None
    """least and most that having it saves; below 0: striking it saves; None where that is not known"""
    remark: str = ""

    @property
    def size(self) -> float:
        """How much is to be negotiated about: the middle of the interval, whichever side it is on [USD bn]."""
        return 0.0 if self.worth_usd_bn is None else abs(sum(self.worth_usd_bn)) / 2


def terms(case: Case, offers: Collection[str], *, others: bool) -> list[Term]:
    """The terms of some offers, and with `others` those of guarantors, loans and whatever else is no offer."""
    known = {offer.offer for offer in case.offers() if offer.status is OfferStatus.SIGNED}
    found: list[Term] = []
    for table in case.catalogue.tables:
        owner = table.about.key[0]
        if owner != "offer" and not others:
            continue
        by_owner: dict[str, list[Row]] = {}
        for row in case.rows(table):
            by_owner.setdefault(text_of(getattr(row, owner)), []).append(row)
        for name, rows in by_owner.items():
            if owner != "offer" or (name in offers and name not in known):
                found.extend(_of(table, name, rows))
    return found


def _of(table: type[Row], owner: str, rows: Sequence[Row]) -> Iterator[Term]:
    """The terms that the rows of one owner state."""
    about = table.about
    match about.strikes:
        case Strikes.EACH if len(rows) > 1:
            for row in rows:
                rest = [text_of(value) for value in row.key_values()[1:]]
                key = ", ".join(map(quoted, [owner, *rest]))
                yield Term(owner, f"{about.name} {' '.join(rest)}", "", LEFT_OUT, f"-{about.name}[{key}]")
        case Strikes.TOGETHER:
            key = ", ".join([quoted(owner), *["*"] * (len(about.key) - 1)])
            yield Term(owner, about.name, f"{len(rows)} rows", LEFT_OUT, f"-{about.name}[{key}]")
        case _:
            pass
    key = ", ".join([quoted(owner), *["*"] * (len(about.key) - 1)])
    for column, field in table.fields().items():
        if (without := field.about.without) is not None and any(_says(field, row, without) for row in rows):
            texts = list(dict.fromkeys(text_of(getattr(row, column)) or "blank" for row in rows))
            now = texts[0] if len(texts) == 1 else f"{texts[0]} … {texts[-1]}"
            change = f"{about.name}[{key}].{column} = {without or 'blank'}"
            yield Term(owner, f"{about.name}.{column}", now, without or "blank", change)


def _says(field: TableField, row: Row, without: str) -> bool:
    """Whether the column says something else than that the term is not there, as a blank does too."""
    value = getattr(row, field.name)
    return value is not None and bool(not without or value != field.read(without))


def priced(term: Term, worth: tuple[float, float] | None, other: RunResult) -> TermPrice:
    """The price of a term, from what it is worth and from the run without it."""
    remark = "" if worth is not None else f"without it: {other.status}"
    if other.status is RunStatus.INVALID:
        remark = f"it cannot be struck by itself: {other.message.splitlines()[0]}"
    return TermPrice(term, worth, remark)


def by_size(found: Sequence[TermPrice]) -> tuple[TermPrice, ...]:
    """The terms, those first about which there is most to negotiate."""
    return tuple(sorted(found, key=lambda each: (-round(each.size, 9), each.term.of, each.term.name)))
