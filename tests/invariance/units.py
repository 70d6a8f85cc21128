"""The same case with all money, or all power, in another unit.

Every number of a table or of `case.toml` has the unit that the schema gives its column. Whatever that is, money enters
it so many times, and so does electric power: in `USD bn per GW and year` money once, and power minus once.
"""

from __future__ import annotations

import csv
import io
import re

from planner.api import Case
from planner.common.policies import Policy, PolicyKind
from planner.common.settings import FILE, Settings, setting_fields
from planner.tables.fields import unit_of
from planner.tables.table import Row

FACTORS = ((1e-4, 1.0), (1e4, 1.0), (1.0, 1e-3), (1.0, 1e3), (1e-2, 1e-2))
"""factors of money and of power"""
MONEY, POWER = re.compile(r"\bUSD\b"), re.compile(r"\b[GMk]Wh?\b|\bMWh\b")


def powers(unit: str) -> tuple[int, int]:
    """How often money and power enter a unit; less than 0: they divide it.

    >>> powers("USD bn per GW and year"), powers("USD per MWh"), powers("MW"), powers("reference GW per GW")
    ((1, -1), (1, -1), (0, 1), (0, 0))
    """
    above, _, below = unit.partition(" per ")
    money, power = (len(each.findall(above)) - len(each.findall(below)) for each in (MONEY, POWER))
    return money, power


def in_units(case: Case, money: float, power: float) -> Case:
    """The case with every sum of money and every amount of power so many times as large."""
    files = dict(case.files)
    files[FILE] = _settings(files[FILE].decode(), money, power).encode()
    for row in case.tables.by_class:
        name = f"{row.about.name}.csv"
        if name in files:
            files[name] = _table(row, files[name].decode("utf-8-sig"), money, power).encode()
    return Case.made_of(files)


def _settings(text: str, money: float, power: float) -> str:
    lines = []
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        field = setting_fields(Settings).get(key.strip())
        if equals and field is not None:
            of_money, of_power = powers(field[1].unit or unit_of(key.strip()))
            if of_money or of_power:
                lines.append(f"{key}= {_times(value.split('#')[0], money**of_money * power**of_power)}")
                continue
        lines.append(line)
    return "\n".join([*lines, ""])


def _table(row: type[Row], text: str, money: float, power: float) -> str:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    fields = row.fields()
    for cells in rows:
        record = dict(zip(header, cells, strict=True))
        for i, name in enumerate(header):
            of_money, of_power = _powers_in(row, name, fields[name].about.unit or unit_of(name), record)
            if (of_money or of_power) and cells[i]:
                cells[i] = _times(cells[i], money**of_money * power**of_power)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def _powers_in(row: type[Row], column: str, unit: str, record: dict[str, str]) -> tuple[int, int]:
    """As `powers`, of a column of a table; what a policy's value and penalty mean depends on its kind."""
    if row is not Policy or column not in ("value", "penalty"):
        return powers(unit)
    if column == "value":
        return (0, 1) if record["kind"] == PolicyKind.OWN_CAPACITY_MIN else (0, 0)
    return (0, 0) if record["kind"] == PolicyKind.FUNDING_FROM_PROVIDER_MAX else (1, -1)


def _times(number: str, factor: float) -> str:
    return f"{float(number) * factor:.14g}"
