"""Columns of the planner's tables as columns of a FOCUS file, which begin with `x_`.

    x_Shortfall …         a column of the table of contracts:  x_ and the words of its name
    x_YearCapacityGw …    a column of the table of spans:      x_Year and the words of its name
    x_CloudTiers …        the rows of a further table of a contract, as JSON: {"Rows": [{"Tier": "full", …}, …]}

Money is in USD there too: `equity_usd_bn` is x_EquityUsd, and 2 is 2000000000. Days stay days, the last of a span too.
What is chosen within the terms on offer is x_Chosen and the words of its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from planner.focus.columns import BN, plain, scaled
from planner.interfaces.commitments import Cells, Commitments
from planner.tables.cells import text_of
from planner.tables.csvtext import RawTable
from planner.tables.own_units import own_units
from planner.tables.table import Row

INSTRUMENT = "x_Instrument"
"""the instrument that wrote a row"""
CHOSEN, SPAN = "Chosen", "Year"
OFFER = "offer"
"""the column of all these tables that says whose row it is"""
ROWS = "Rows"
_BN = "usd_bn"


def word(column: str) -> str:
    """The words of a column's name as FOCUS joins them.

    >>> word("price_usd_bn_per_gw_year"), word("ends_on")
    ('PriceUsdPerGwYear', 'EndsOn')
    """
    return "".join(part.capitalize() for part in column.replace(_BN, "usd").split("_"))


def written(column: str, text: str) -> str:
    """The text of a cell, with money in USD."""
    return plain(scaled(Decimal(text), BN)) if _BN in column and text else text


def read(column: str, text: str) -> str:
    """The text of a cell, with money in USD bn; raises ValueError where money is no number."""
    if _BN not in column or not text:
        return text
    try:
        return text_of(float(scaled(Decimal(text), -BN)))
    except (InvalidOperation, OverflowError):
        raise ValueError(text) from None


class CellsInFiles:
    """The cells of rows as the files of their case have them, in the planner's units."""

    def __init__(self, raw: Mapping[str, RawTable], tables: Iterable[type[Row]]) -> None:
        own, _ = own_units(raw, tables)
        self.records = {
            (name, record.line): dict(zip(table.header, record.cells, strict=True))
            for name, table in own.items()
            for record in table.records
        }

    def cells(self, row: Row) -> Cells:
        """The cells of a row of an offer that are not blank; none where the row stands in columns of another one."""
        found = self.records.get((row.about.name, row.line), {})
        if found.get(OFFER) != getattr(row, OFFER):
            return {}
        return {column: text for column, text in found.items() if text and column != OFFER}


def cells_of(rows: Sequence[Row], of: Commitments, files: CellsInFiles) -> Iterator[tuple[str, str]]:
    """The further columns, with their texts, that the rows of one commitment make."""
    for table, prefix in ((of.contracts, ""), (of.spans, SPAN)):
        for row in rows:
            if type(row) is table:
                for column, text in files.cells(row).items():
                    if f"{table.about.name}.{column}" not in of.said:
                        yield f"x_{prefix}{word(column)}", written(column, text)
    for table in of.lists:
        found = [cells for row in rows if type(row) is table and (cells := files.cells(row))]
        if found:
            made = [{word(name): written(name, text) for name, text in cells.items()} for cells in found]
            yield f"x_{word(table.about.name)}", json.dumps({ROWS: made}, ensure_ascii=False)


def chosen(column: str) -> str:
    """The column for what is chosen."""
    return f"x_{CHOSEN}{word(column)}"


def header(of: Commitments) -> list[str]:
    """All further columns that the commitments of an instrument may have, in their order."""
    names = [chosen(column) for column in of.chosen]
    for table, prefix in ((of.contracts, ""), (of.spans, SPAN)):
        names += [
            f"x_{prefix}{word(column)}"
            for column in table.fields()
            if column != OFFER and f"{table.about.name}.{column}" not in of.said
        ]
    return [*names, *(f"x_{word(table.about.name)}" for table in of.lists)]


def read_cells(record: Mapping[str, str], table: type[Row], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """The column of a FOCUS file, the column of a table and the text there, for each that is not blank.

    Raises ValueError, with the column of the file, where money is no number.
    """
    for column in table.fields():
        name = f"x_{prefix}{word(column)}"
        if record.get(name):
            try:
                yield name, column, read(column, record[name])
            except ValueError:
                raise ValueError(name) from None


def read_list(text: str, table: type[Row]) -> tuple[Cells, ...]:
    """The rows of a further table; raises ValueError where the text does not hold such rows."""
    try:
        rows = json.loads(text)[ROWS]
    except (TypeError, KeyError, RecursionError):
        raise ValueError(text) from None
    names = {word(column): column for column in table.fields()}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(text)
    if any(not isinstance(value, str) or name not in names for row in rows for name, value in row.items()):
        raise ValueError(text)
    return tuple({names[name]: read(names[name], value) for name, value in row.items()} for row in rows)
