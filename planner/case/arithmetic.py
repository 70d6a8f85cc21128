"""Changes of a number by an operator: exact, as decimals. Dates move by whole months."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from planner.basics.calendar import add_months
from planner.case.grammar import Op, SetCells, SetSetting, change_error
from planner.tables.cells import shown
from planner.tables.fields import Field, InvalidValue, value_type

_MONTHS = re.compile(r"(?P<count>\d{1,4})\s+months?")

_ARITHMETIC: Mapping[Op, Callable[[Decimal, Decimal], Decimal]] = {
    Op.ADD: lambda old, by: old + by,
    Op.SUBTRACT: lambda old, by: old - by,
    Op.MULTIPLY: lambda old, by: old * by,
}


def calculated(change: SetCells | SetSetting, name: str, annotation: object, old: str) -> str:
    """The text of the number or date that an operator makes of an old one and the value of the change."""
    if value_type(annotation) is date and change.op is not Op.MULTIPLY:
        return _moved(change, old)
    if value_type(annotation) not in (float, int):
        raise change_error(change.text, f"= for {name}, which is no number", str(change.op))
    try:
        by = _decimal("blank" if change.value.blank else change.value.text)
    except InvalidValue as invalid:
        raise change_error(change.text, f"{invalid.expected} after {change.op}", shown(change.value.text)) from None
    result = _ARITHMETIC[change.op](_decimal(old), by)
    return format(result.normalize() + 0, "f")


def _moved(change: SetCells | SetSetting, old: str) -> str:
    """The text of the date some months after or before an old one."""
    found = _MONTHS.fullmatch(change.value.text)
    if found is None:
        raise change_error(change.text, f"whole months after {change.op}, such as 6 months", shown(change.value.text))
    months = int(found["count"])
    return add_months(date.fromisoformat(old), months if change.op is Op.ADD else -months).isoformat()


def _decimal(text: str) -> Decimal:
    """The number that a text says, exactly. Raises InvalidValue where it says none."""
    return Decimal(text if Field("").reader(float)(text) else 0)  # a zero may have an exponent beyond any Decimal
