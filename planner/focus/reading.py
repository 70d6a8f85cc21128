"""Rows of the FOCUS dataset Contract Commitment as contracts, each with its spans.

Rows that the planner wrote are one contract for each ContractId. Of others, rows of one ContractId are one contract
where each begins as the one before it ends and all but the last are years; else each row is a contract by itself,
called after its ContractCommitmentId. A name of the planner is the id in lower case, with underscores between its
words.

Times are taken by their day. Not taken over are contracts that are over, sums in another currency than USD, and
quantities whose unit is no energy and for which no power of a chip is given; `ContractsRead.notes` says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from planner.basics.calendar import months_between
from planner.basics.errors import DataError, Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.focus import columns, own_columns
from planner.focus.columns import OF_1_3
from planner.focus.terms import Terms
from planner.interfaces.commitments import Cells, Commitments, Lifecycle, ToldContract, ToldSpan
from planner.tables.cells import shown
from planner.tables.csvtext import RawTable
from planner.tables.table import Row

OVER = (Lifecycle.EXPIRED, Lifecycle.CANCELED, Lifecycle.SUPERSEDED)
HOURS_PER_DAY = 24
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class FocusRow:
    """A row of the file whose cells can be read. What it does not tell is None or blank."""

    line: int
    told: Mapping[str, str]
    """its cells by column"""
    starts: date
    ends: date
    contract_starts: date
    contract_ends: date
    cost: Decimal | None
    quantity: Decimal | None
    upfront: Decimal | None
    lifecycle: Lifecycle | None
    cells: Cells
    of_contract: Cells
    chosen: Cells
    lists: Mapping[type[Row], tuple[Cells, ...]]

    @property
    def own(self) -> bool:
        """Whether the planner wrote it."""
        return bool(self.told.get(own_columns.INSTRUMENT))


@dataclass
class ContractsRead:
    """The contracts of a file, and what of it was not taken over."""

    contracts: list[ToldContract] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read(file: str, table: RawTable, of: Commitments, terms: Terms) -> ContractsRead:
    """The contracts of a file. Raises DataError with everything that is wrong with its cells."""
    problems = [Problem(file, 1, name, "this column", "no such column") for name in OF_1_3 if name not in table.header]
    problems += [
        Problem(file, 1, name, "one column", "two") for name in {*table.header} if table.header.count(name) > 1
    ]
    if problems:
        raise DataError(problems)
    lines = []
    for record in table.records:
        if len(record.cells) != len(table.header):
            expected = f"{len(table.header)} cells"
            problems.append(Problem(file, record.line, "", expected, str(len(record.cells))))
            continue
        reader = _Cells(file, record.line, dict(zip(table.header, record.cells, strict=True)))
        lines.append(reader.read(of))
        problems += reader.problems
    if not problems:
        problems += _twice(file, lines)
    if problems:
        raise DataError(problems)
    found = ContractsRead()
    for name, spans in sorted(_contracts(lines, terms), key=lambda contract: contract[1][0].line):
        _take(file, name, spans, terms, found)
    problems = _named_alike(file, found)
    if problems:
        raise DataError(problems)
    return found


class _Cells:
    """The cells of a row, read one by one; what cannot be read is noted."""

    def __init__(self, file: str, line: int, told: Mapping[str, str]) -> None:
        self.file, self.line, self.told = file, line, told
        self.problems: list[Problem] = []

    def wrong(self, column: str, expected: str) -> None:
        """Note a cell."""
        self.problems.append(Problem(self.file, self.line, column, expected, shown(self.told.get(column) or None)))

    def number(self, column: str, most: int | None = None) -> Decimal | None:
        """A number of at least 0; None where the cell is blank."""
        if not self.told.get(column):
            return None
        try:
            value = columns.decimal(self.told[column])
        except ValueError:
            value = Decimal(-1)
        if value < 0 or (most is not None and value > most):
            self.wrong(column, "a number of at least 0" if most is None else f"a number from 0 to {most}")
            return None
        return value

    def day(self, column: str) -> date:
        """The day of a time."""
        try:
            return columns.day(self.told[column])
        except ValueError:
            self.wrong(column, "a time in UTC such as 2027-01-31T00:00:00Z")
            return date.min

    def lifecycle(self) -> Lifecycle | None:
        """The status; None where the file has none."""
        text = self.told.get(columns.STATUS)
        if not text:
            return None
        if text not in [*Lifecycle]:
            self.wrong(columns.STATUS, f"one of {', '.join(Lifecycle)}")
            return None
        return Lifecycle(text)

    def upfront(self) -> Decimal | None:
        """The part that is paid upfront, which the payment model may say by itself."""
        share = self.number(columns.UPFRONT, 1)
        model = columns.UPFRONTS.get(self.told.get(columns.PAYMENT_MODEL, ""))
        if share is not None and model is not None and share != model:
            self.wrong(columns.UPFRONT, f"{model} where {columns.PAYMENT_MODEL} is {self.told[columns.PAYMENT_MODEL]}")
        return model if share is None else share

    def cells(self, table: type[Row], prefix: str = "") -> Cells:
        """The cells of a table in columns of the planner's own."""
        try:
            return {column: text for _, column, text in own_columns.read_cells(self.told, table, prefix)}
        except ValueError as error:
            self.wrong(str(error), "a number")
            return {}

    def rows(self, table: type[Row]) -> tuple[Cells, ...]:
        """The rows of a further table."""
        name = f"x_{own_columns.word(table.about.name)}"
        try:
            return own_columns.read_list(self.told[name], table) if self.told.get(name) else ()
        except ValueError:
            self.wrong(name, 'rows as JSON, such as {"Rows": [{"Tier": "full"}]}')
            return ()

    def read(self, of: Commitments) -> FocusRow:
        """The row; of no use where there are problems."""
        days = [self.day(name) for name in (columns.STARTS, columns.ENDS)]
        whole = [self.day(name) for name in (columns.CONTRACT_STARTS, columns.CONTRACT_ENDS)]
        if not self.problems and days[1] <= days[0]:
            self.wrong(columns.ENDS, f"a day after {days[0]}")
        for column in (columns.ID, columns.CONTRACT):
            if not _WORDS.search(self.told[column].lower()):
                self.wrong(column, "an id with letters or digits")
        chosen = {column: self.told.get(own_columns.chosen(column), "") for column in of.chosen}
        scale = own_columns.chosen(of.scale)
        if self.told.get(scale) and not self.number(scale):
            self.wrong(scale, "a number above 0")
        return FocusRow(
            self.line, self.told, days[0], days[1], whole[0], whole[1], self.number(columns.COST),
            self.number(columns.QUANTITY), self.upfront(), self.lifecycle(),
            self.cells(of.spans, own_columns.SPAN), self.cells(of.contracts), chosen,
            {table: rows for table in of.lists if (rows := self.rows(table))},
        )  # fmt: skip


def _twice(file: str, lines: Sequence[FocusRow]) -> Iterator[Problem]:
    """Commitments that stand in the file twice."""
    first: dict[str, int] = {}
    for each in lines:
        name = each.told[columns.ID]
        if first.setdefault(name, each.line) != each.line:
            yield Problem(
                file, each.line, columns.ID, f"an id of its own, as line {first[name]} has this one", shown(name)
            )


def _contracts(lines: Sequence[FocusRow], terms: Terms) -> Iterator[tuple[str, list[FocusRow]]]:
    """The contracts: name, and rows in the order of their spans."""
    by_contract: dict[str, list[FocusRow]] = defaultdict(list)
    for each in lines:
        by_contract[each.told[columns.CONTRACT]].append(each)
    for contract, spans in by_contract.items():
        spans.sort(key=lambda each: each.starts)
        if spans[0].own or (len(spans) > 1 and _years_in_turn(spans)):
            yield terms.name(contract), spans
        else:
            for each in sorted(spans, key=lambda each: each.line):
                yield terms.name(each.told[columns.ID]), [each]


def _years_in_turn(spans: Sequence[FocusRow]) -> bool:
    """Whether each span begins as the one before it ends, and all but the last are years."""
    in_turn = all(one.ends == other.starts for one, other in pairwise(spans))
    return in_turn and all(months_between(each.starts, each.ends) == MONTHS_PER_YEAR for each in spans[:-1])


def _take(file: str, name: str, lines: Sequence[FocusRow], terms: Terms, found: ContractsRead) -> None:
    """Add a contract to what was found, or say why it is not taken over."""
    first, last = lines[0], lines[-1]
    if not first.own and all(each.lifecycle in OVER for each in lines):
        found.notes.append(
            Problem(file, first.line, columns.STATUS, "a commitment that goes on", f"{first.lifecycle}: {name} is over")
        )
        return
    if first.upfront is None:
        expected = "the part that is paid upfront"
        found.notes.append(Problem(file, first.line, columns.UPFRONT, expected, "none; taken as no prepayment"))
    seller = first.told.get(columns.SELLER, "")
    going_on = [each.lifecycle for each in lines if each.lifecycle not in OVER]
    found.contracts.append(
        ToldContract(
            offer=name,
            seller=terms.name(seller) if seller else "",
            lifecycle=going_on[0] if going_on else None,
            upfront_share=first.upfront,
            starts=first.contract_starts if first.own else first.starts,
            ends=first.contract_ends if first.own else last.ends,
            spans=tuple(_span(file, each, terms, found) for each in lines),
            chosen=first.chosen,
            cells=first.of_contract,
            lists=first.lists,
        )
    )


def _span(file: str, each: FocusRow, terms: Terms, found: ContractsRead) -> ToldSpan:
    cost, currency = each.cost, each.told[columns.CURRENCY]
    if cost is not None and currency != columns.USD:
        found.notes.append(Problem(file, each.line, columns.CURRENCY, "USD", f"{shown(currency or None)}: no floor"))
        cost = None
    gw = None
    if each.quantity is not None:
        hours, unit = Decimal((each.ends - each.starts).days * HOURS_PER_DAY), each.told[columns.UNIT]
        per_unit = terms.gwh_per_unit(unit, "")
        if per_unit is None:
            expected = "kW-hours, MW-hours, GW-hours, or hours of a chip with --kw-per-chip"
            found.notes.append(Problem(file, each.line, columns.UNIT, expected, f"{shown(unit or None)}: no capacity"))
        else:
            gw = each.quantity * Decimal(repr(per_unit)) / hours
    even = each.told.get(columns.MODEL) == "Continuous"
    return ToldSpan(
        line=each.line, starts=each.starts, ends=each.ends, spend_usd_bn=None if cost is None else columns.bn(cost),
        capacity_gw=gw, even=even, cells=each.cells,
    )  # fmt: skip


def _named_alike(file: str, found: ContractsRead) -> list[Problem]:
    """Contracts that would have one name."""
    first: dict[str, int] = {}
    problems = []
    for contract in found.contracts:
        line = contract.spans[0].line
        if first.setdefault(contract.offer, line) != line:
            expected = f"an id that does not make the name of line {first[contract.offer]} too; --name gives another"
            problems.append(Problem(file, line, columns.ID, expected, shown(contract.offer)))
    return problems
