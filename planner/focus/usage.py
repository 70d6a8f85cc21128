"""Rows of the FOCUS dataset Cost and Usage as a table of use by offer, chip, region and month.

    offer     CommitmentDiscountId, or where it is blank the ContractId in ContractApplied. Where the offers of a case
              are known, that of ContractId, else of ContractCommitmentId, else of CommitmentDiscountId
    chip      SkuId
    region    RegionId
    month     ChargePeriodStart; a charge must not leave its month
    gw        Σ quantity in GW-hours / hours of the month

The quantity is ConsumedQuantity in ConsumedUnit, or that which an element of ContractApplied gives: GW-hours, MW-hours,
kW-hours, or hours of a chip of known power. Of any other unit the column `x_gwh_per_unit` says how many GW-hours one
is. Rows whose ChargeCategory is not Usage are passed over, and so are those with the CommitmentDiscountStatus Unused.
(FinOps Open Cost and Usage Specification 1.2 to 1.4, https://focus.finops.org.)
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from planner.basics.errors import DataError, Problem
from planner.focus.columns import is_cost_and_usage
from planner.focus.terms import Terms
from planner.tables import cells
from planner.tables.csvtext import RawRecord, RawTable

NEEDED = ("SkuId", "RegionId", "ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity", "ConsumedUnit")
DISCOUNT, APPLIED = "CommitmentDiscountId", "ContractApplied"
APPLIED_QUANTITY, APPLIED_UNIT = "ContractCommitmentAppliedQuantity", "ContractCommitmentAppliedUnit"
PER_UNIT = "x_gwh_per_unit"
HOURS_PER_DAY = 24.0
HEADER = ("offer", "chip", "region", "month", "gw")
Key: TypeAlias = tuple[str, str, str, date]
"""offer, chip, region, first day of the month"""


@dataclass(frozen=True)
class Known:
    """The names of a case. Rows of others are passed over."""

    offers: Collection[str]
    chips: Collection[str]
    regions: Collection[str]
    pass_over: Callable[[int, str, str, str], None]
    """is told line and column of each such row, what was expected there, and what was found"""


def is_focus(table: RawTable) -> bool:
    """Whether a table looks like rows of FOCUS."""
    return is_cost_and_usage(table.header)


def usage(file: str, table: RawTable, terms: Terms | None = None, known: Known | None = None) -> RawTable:
    """The use by month. Each row has the line of its first charge.

    Names are as the file has them unless `known` is given. Raises DataError with everything wrong.
    """
    problems = [Problem(file, 1, name, "this column", "no such column") for name in NEEDED if name not in table.header]
    if not {DISCOUNT, APPLIED} & {*table.header}:
        problems.append(Problem(file, 1, DISCOUNT, f"this column, or {APPLIED}", "no such column"))
    if problems:
        raise DataError(problems)
    at = {name: table.header.index(name) for name in table.header}
    sums: dict[Key, float] = defaultdict(float)
    lines: dict[Key, int] = {}
    for record in table.records:
        if len(record.cells) != len(table.header):
            problems.append(Problem(file, record.line, "", f"{len(table.header)} cells", str(len(record.cells))))
            continue
        told = {name: record.cells[i] for name, i in at.items()}
        if told.get("ChargeCategory", "Usage") not in ("", "Usage") or told.get("CommitmentDiscountStatus") == "Unused":
            continue
        charge = _Charge(file, record.line, told, terms or Terms(), known)
        try:
            if (found := charge.read()) is None:
                continue
        except DataError as error:
            problems += error.problems
            continue
        key, hours = found
        sums[key] += hours
        lines.setdefault(key, record.line)
    if problems:
        raise DataError(problems)
    return RawTable(HEADER, tuple(_record(key, lines[key], total) for key, total in sums.items()))


def _record(key: Key, line: int, gw_hours: float) -> RawRecord:
    *names, month = key
    hours = monthrange(month.year, month.month)[1] * HOURS_PER_DAY
    return RawRecord(line, (*names, month.isoformat(), cells.text_of(gw_hours / hours)))


@dataclass(frozen=True)
class _Charge:
    """A row of use."""

    file: str
    line: int
    told: Mapping[str, str]
    terms: Terms
    known: Known | None
    element: dict[str, Any] = field(default_factory=dict)
    """the element of ContractApplied that it counts for"""

    def read(self) -> tuple[Key, float] | None:
        """Whose use it is, and the GW-hours; None where it is passed over. Raises DataError."""
        offer = self._offer()
        if offer is None:
            return None
        names = [self.told["SkuId"], self.told["RegionId"]]
        if self.known is not None:
            known = (("SkuId", "chip", self.known.chips), ("RegionId", "region", self.known.regions))
            for i, (column, what, there) in enumerate(known):
                theirs, names[i] = names[i], self.terms.name(names[i])
                if names[i] not in there:
                    expected = f"a {what} of the case; --name {theirs or 'THEIRS'}=OURS says which it is"
                    self.known.pass_over(self.line, column, expected, cells.shown(theirs or None))
                    return None
        return (offer, *names, self._month()), self._gw_hours(names[0])  # type: ignore[return-value]

    def _wrong(self, column: str, expected: str, found: str | None = None) -> DataError:
        if found is None:
            found = cells.shown(self.told.get(column) or None)
        return DataError([Problem(self.file, self.line, column, expected, found)])

    def _offer(self) -> str | None:
        """The offer whose use it is; None where it is of none of the case."""
        elements = self._elements()
        if self.known is None:
            if len({str(element.get("ContractId")) for element in elements}) > 1:
                raise self._wrong(APPLIED, "one contract, so that no use counts twice")
            self._counts(elements)
            return self.told.get(DISCOUNT) or str(self.element.get("ContractId", ""))
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for element in elements:
            ours = [self.terms.name(str(element.get(name, ""))) for name in ("ContractId", "ContractCommitmentId")]
            offer = next((name for name in ours if name in self.known.offers), None)
            if offer is not None:
                found[offer].append(element)
        if len(found) > 1:
            raise self._wrong(APPLIED, "one contract of the case, so that no use counts twice", ", ".join(found))
        if not found:
            name = self.terms.name(self.told.get(DISCOUNT, ""))
            if name in self.known.offers:
                return name
            column = APPLIED if elements or not self.told.get(DISCOUNT) else DISCOUNT
            expected = "a contract that is an offer of the case; --name THEIRS=OURS says which it is"
            said = [str(element.get("ContractId")) for element in elements] or [self.told.get(DISCOUNT, "")]
            self.known.pass_over(self.line, column, expected, cells.shown("|".join(said) or None))
            return None
        ((offer, mine),) = found.items()
        self._counts(mine)
        return offer

    def _counts(self, elements: list[dict[str, Any]]) -> None:
        """Note the element that the row counts for; several of one contract must leave the quantity to the row."""
        if len(elements) > 1 and any(element.get(APPLIED_QUANTITY) is not None for element in elements):
            raise self._wrong(APPLIED, "one quantity for each contract")
        if elements:
            self.element.update(elements[0])

    def _elements(self) -> list[dict[str, Any]]:
        text = self.told.get(APPLIED)
        if not text:
            return []
        try:
            elements = json.loads(text)["Elements"]
        except (ValueError, TypeError, KeyError, RecursionError):
            elements = None
        if not isinstance(elements, list) or not all(isinstance(each, dict) for each in elements):
            raise self._wrong(APPLIED, 'contracts as JSON, such as {"Elements": [{"ContractId": "aws", …}]}')
        return elements

    def _month(self) -> date:
        """The first day of the month of a charge."""
        days = []
        for name in ("ChargePeriodStart", "ChargePeriodEnd"):
            try:
                days.append(cells.day(self.told[name][:10]))
            except ValueError:
                raise self._wrong(name, "a time such as 2027-01-31T00:00:00Z", cells.shown(self.told[name])) from None
        first, end = days
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        if not first <= end <= following:
            raise self._wrong(
                "ChargePeriodEnd",
                f"a time in the month of ChargePeriodStart, at most {following}",
                cells.shown(self.told["ChargePeriodEnd"]),
            )
        return first.replace(day=1)

    def _gw_hours(self, chip: str) -> float:
        applied = self.element.get(APPLIED_QUANTITY)
        text = self.told["ConsumedQuantity"] if applied is None else str(applied)
        column = "ConsumedQuantity" if applied is None else APPLIED
        try:
            quantity = cells.number(text)
        except ValueError:
            raise self._wrong(column, "a number", cells.shown(text or None)) from None
        if self.told.get(PER_UNIT):
            try:
                return quantity * cells.number(self.told[PER_UNIT])
            except ValueError:
                raise self._wrong(PER_UNIT, "a number") from None
        unit = self.told["ConsumedUnit"] if applied is None else str(self.element.get(APPLIED_UNIT, ""))
        factor = self.terms.gwh_per_unit(unit, chip)
        if factor is None:
            hint = " or, with --kw-per-chip, hours of a chip" if self.known is not None else ""
            expected = f"GW-hours, MW-hours or kW-hours{hint}, or a number in {PER_UNIT}"
            raise self._wrong("ConsumedUnit" if applied is None else APPLIED, expected, cells.shown(unit or None))
        return quantity * factor
