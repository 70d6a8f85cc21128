"""The contents of a generated case's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.basics.calendar import Calendar
from planner.interfaces.catalogue import Catalogue
from planner.tables import csvtext
from planner.tables.cells import text_of
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.table import Row

_SETTINGS = """title = "{title}"
start = {start}
end = {end}
period_months = {period_months}
discount_rate = 0.10
lease_rate = 0.06
shortage_cost_usd_bn_per_gw_year = 60.0
resale_haircut_share = 0.20
opening_cash_usd_bn = {cash}

[solver]
gap = 0.01
time_limit_s = 600
threads = 1
seed = 1
"""

_README = """# {title}

Drawn at random, for tests and benchmarks; no figure stands for a contract, a company or a place. Made by

    {command}

which gives the same files again with the same version of the planner. Its mix of offers, its GW on offer against
demand and its guarantors' caps against what they could be asked to cover are close to those of the shipped case
`{reference}`. It has a plan: shortage has a price, and what is signed fits its cash and limits.
"""


def settings(title: str, calendar: Calendar, cash_usd_bn: float) -> bytes:
    """The content of `case.toml`."""
    text = _SETTINGS.format(
        title=title, start=calendar.start, end=calendar.end, period_months=calendar.period_months, cash=cash_usd_bn
    )
    return text.encode()


def readme(title: str, command: str, reference: str) -> bytes:
    """The content of `README.md`, with the command that makes the case again."""
    return _README.format(title=title, command=command, reference=reference).encode(errors="backslashreplace")


def tables(catalogue: Catalogue, rows: Sequence[Row]) -> Mapping[str, bytes]:
    """The content of the tables that have rows, by file. Rows of tables that the catalogue lacks are left out."""
    files = {}
    for table in catalogue.tables:
        mine = [row for row in rows if type(row) is table]
        if mine:
            files[table.about.file] = csvtext.render(_raw(table, mine))
    return files


def _raw(table: type[Row], rows: list[Row]) -> RawTable:
    """Rows as text, without the columns that may be left out and in which every row has the meaning of a blank."""
    names = [
        name
        for name, cell in table.fields().items()
        if not cell.optional or any(getattr(row, name) != cell.default for row in rows)
    ]
    records = [
        RawRecord(i, tuple(text_of(getattr(row, name)) for name in names)) for i, row in enumerate(rows, start=2)
    ]
    return RawTable(tuple(names), tuple(records))
