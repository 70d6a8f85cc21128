"""Columns in other units: `demand_mw` for `demand_gw`, `cap_usd_m` for `cap_usd_bn`, prices per chip.

The files of a case keep what the user wrote. What is read is a table in which every such column has its own name and
unit again. The numbers are converted as decimals, so that 245 MW and 0.245 GW are the same number:

    … GW        may be written in MW        × 10⁻³        … per GW        may be written per MW        × 10³
    … USD bn    may be written in USD m     × 10⁻³

A price, of a column that says so, may be for a chip of the row. With `kw_per_chip` of that chip, P [kW],

    USD bn per GW           =  USD per chip · 10⁻³ / P
    USD bn per GW and year  =  USD per chip and year · 10⁻³ / P
    USD bn per GW and year  =  USD per chip and hour · 8,766 · 10⁻³ / P

Several columns of one meaning may stand in a table, of which each row fills one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from planner.basics.units import HOURS_OF_A_YEAR_OF_RENT
from planner.tables import cells
from planner.tables.csvtext import RawRecord
from planner.tables.fields import unit_of
from planner.tables.table import Row

CHIPS, CHIP, KW_PER_CHIP = "chips", "chip", "kw_per_chip"
"""the table that says how much power a chip takes, its key, and the column"""
_POWER = re.compile(r"(?<![a-z])(per_)?(gw|mw)(?![a-z])")
_MONEY = re.compile(r"(?<![a-z])usd_bn(?![a-z])")
_PER_CHIP = (("_usd_bn_per_gw_year", "_usd_per_chip_hour"), ("_usd_bn_per_gw", "_usd_per_chip"))
_PER_CHIP_YEAR = ("_usd_bn_per_gw_year", "_usd_per_chip_year")


@dataclass(frozen=True)
class Spelling:
    """Another unit for a column."""

    column: str
    """the column as it is written"""
    own: str
    """the planner's column"""
    factor: Decimal
    """the number in the planner's unit for a written 1; for prices per chip, times the kW of a chip"""
    per_chip: bool = False

    def to_own(self, text: str, kw: Decimal = Decimal(1)) -> str:
        """The text of a number in the planner's unit; a text that is no number stays as it is."""
        return _scaled(text, self.factor / kw)

    def from_own(self, text: str, kw: Decimal = Decimal(1)) -> str:
        """The text of a number in the written unit; a text that is no number stays as it is."""
        return _scaled(text, kw / self.factor)


def _scaled(text: str, factor: Decimal) -> str:
    try:
        value = cells.number(text)
    except ValueError:
        return text
    return format((Decimal(text) * factor).normalize() + 0, "f") if value else "0"


def spellings_of(column: str, per_chip: bool = False) -> tuple[Spelling, ...]:
    """The other units in which a column may be written.

    >>> [(each.column, str(each.factor)) for each in spellings_of("move_usd_bn_per_gw")]
    [('move_usd_bn_per_mw', '1E+3'), ('move_usd_m_per_gw', '0.001'), ('move_usd_m_per_mw', '1')]
    >>> [each.column for each in spellings_of("capacity_mw")], spellings_of("gw_equivalent"), spellings_of("pue")
    (['capacity_gw'], (), ())
    """
    found: dict[str, Decimal] = {column: Decimal(1)}
    power = _POWER.search(column)
    if power is not None and (power[1] or power.end() == len(column)):
        other, shift = ("mw", -3) if power[2] == "gw" else ("gw", 3)
        written = column[: power.start(2)] + other + column[power.end(2) :]
        found[written] = Decimal(1).scaleb(-shift if power[1] else shift)
    if _MONEY.search(column):
        found |= {_MONEY.sub("usd_m", name): factor.scaleb(-3) for name, factor in found.items()}
    made = [Spelling(name, column, factor) for name, factor in found.items() if name != column]
    if per_chip:
        pairs = _PER_CHIP if "price" in column else (_PER_CHIP_YEAR, _PER_CHIP[1])
        own, written = next(pair for pair in pairs if column.endswith(pair[0]))
        hours = HOURS_OF_A_YEAR_OF_RENT if written.endswith("hour") else 1
        made.append(Spelling(column.removesuffix(own) + written, column, Decimal(hours).scaleb(-3), per_chip=True))
    return tuple(made)


@cache
def spellings(row: type[Row]) -> Mapping[str, Spelling]:
    """The other units of the columns of a table, by the column as it is written."""
    return {
        each.column: each
        for name, field in row.fields().items()
        if unit_of(name) or field.unit
        for each in spellings_of(name, field.about.per_chip)
    }


def places(row: type[Row], header: Sequence[str], own: str) -> list[tuple[int, Spelling | None]]:
    """The positions of the columns of one meaning in a header, each with its unit; None: the planner's own."""
    others = spellings(row)
    return [
        (i, others.get(name))
        for i, name in enumerate(header)
        if name == own or (name in others and others[name].own == own)
    ]


def place_in(row: type[Row], header: Sequence[str], record: Sequence[str], own: str) -> tuple[int, Spelling | None]:
    """The position and the unit in which a row says something: that which it fills, else the first of that meaning."""
    found = places(row, header, own)
    return next(((i, how) for i, how in found if record[i]), found[0])


def wider(record: RawRecord, width: int) -> RawRecord:
    """A record with blank cells at its end, as many as a table of so many columns has."""
    return record._replace(cells=(*record.cells, *[""] * (width - len(record.cells))))


def put(
    row: type[Row], header: tuple[str, ...], record: RawRecord, column: str, text: str
) -> tuple[tuple[str, ...], RawRecord]:
    """The header and a record of its length with a text, in the unit of a column, in one of its rows.

    It is written in the unit in which the row says it already, or the table. Where it cannot be, as a price per chip
    depends on a chip of another table, the column is added at the end and the other is blank in the row.
    """
    asked = spellings(row).get(column)
    own = column if asked is None else asked.own
    if not places(row, header, own):
        header = (*header, column)
    record = wider(record, len(header))
    place, how = place_in(row, header, record.cells, own)
    kw = _kw_in(header, record)
    if how is not None and how.per_chip and asked is None and kw is not None:
        text, asked = _rounded(how.from_own(text, kw)), how
    if not convertible(asked, how):
        header = header if column in header else (*header, column)
        record = wider(record, len(header))
        place, how = header.index(column), asked
    of_one_meaning = {other for other, _ in places(row, header, own)}
    made = ["" if i in of_one_meaning else cell for i, cell in enumerate(record.cells)]
    made[place] = converted(text, asked, how)
    return header, record._replace(cells=tuple(made))


def _kw_in(header: Sequence[str], record: RawRecord) -> Decimal | None:
    """The kW of a chip where the record is that of a chip; None where it does not say so."""
    text = record.cells[header.index(KW_PER_CHIP)] if KW_PER_CHIP in header else ""
    try:
        return Decimal(text) if cells.number(text) > 0 else None
    except ValueError:
        return None


def _rounded(text: str) -> str:
    """A number with as many digits as a float keeps, without those that rounding made."""
    return _scaled(f"{float(text):.15g}", Decimal(1)) if text else text


def convertible(one: Spelling | None, other: Spelling | None) -> bool:
    """Whether numbers of one unit are numbers of the other without knowing a chip."""
    return one == other or not any(each is not None and each.per_chip for each in (one, other))


def converted(text: str, one: Spelling | None, other: Spelling | None) -> str:
    """The text of a number of one unit in another one; None is the planner's own."""
    if one == other:
        return text
    own = text if one is None else one.to_own(text)
    return own if other is None else other.from_own(own)
