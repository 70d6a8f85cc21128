"""What `planner prices PLAN --csv FILE` writes, as reports read it: what each offer is worth to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from planner.basics.display import Display
from planner.basics.errors import DataError, Problem
from planner.basics.frames import Table
from planner.plan.plan import Plan
from planner.tables import csvtext

COLUMNS = (
    "section", "name", "signed", "worth_from_usd_bn", "worth_to_usd_bn", "price", "now", "walk_away", "unit",
    "by_duals_usd_bn", "remark",
)  # fmt: skip
NUMBERS = frozenset({"worth_from_usd_bn", "worth_to_usd_bn", "now", "walk_away", "by_duals_usd_bn"})
OFFER = "offer"
"""the section of the offers"""
NEAR = 1e-3
"""USD bn by which the ends of a range differ at most where one number is said"""
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class OfferWorth:
    """What the plan would cost more without an offer that it signs."""

    low_usd_bn: float | None
    """at least; None: not known, as `remark` says"""
    high_usd_bn: float | None
    """at most"""
    remark: str

    def text(self, display: Display) -> str:
        """What the next best plan costs if it is missed.

        >>> OfferWorth(1.2, 1.4, "").text(Display())
        '1.2 to 1.4 USD bn more'
        """
        if self.low_usd_bn is None or self.high_usd_bn is None:
            return self.remark or NOT_KNOWN
        low, high = max(0.0, self.low_usd_bn), max(0.0, self.high_usd_bn)
        if high < NEAR:
            return "no more"
        ends = [f"{each:.3f}".rstrip("0").rstrip(".") for each in dict.fromkeys((round(low, 2), round(high, 2)))]
        return display.told(f"{' to '.join(ends)} USD bn more")


@dataclass(frozen=True)
class OfferPrices:
    """What each offer that a plan signs is worth to it."""

    offers: Mapping[str, OfferWorth]

    @classmethod
    def read(cls, file: Path, plan: Plan) -> OfferPrices:
        """The prices in a file. Raises DataError where it holds none, or those of another plan."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise DataError([Problem(file.name, None, "", "a file that can be read", str(error))]) from None
        table = csvtext.table(file.name, data, COLUMNS, NUMBERS)
        problems = list(_problems(file.name, table, {str(row.offer): str(row.signed) for row in plan.rows("offers")}))
        if problems:
            raise DataError(problems)
        rows = zip(*(table[name] for name in ("section", "name", "signed", *COLUMNS[3:5], "remark")), strict=True)
        return cls(
            {
                name: OfferWorth(None if isnan(low) else float(low), None if isnan(high) else float(high), remark)
                for section, name, signed, low, high, remark in rows
                if section == OFFER and signed == "yes"
            }
        )

    def missed(self, offer: str, display: Display) -> str:
        """What the next best plan costs if an offer is not signed in time."""
        return self.offers[offer].text(display) if offer in self.offers else NOT_KNOWN


def _problems(file: str, table: Table, signed: Mapping[str, str]) -> Iterator[Problem]:
    """Rows that cannot be prices of the plan."""
    rows = zip(table["section"], table["name"], table["signed"], strict=True)
    for line, (section, name, said) in enumerate(rows, start=2):
        if section != OFFER:
            continue
        if name not in signed:
            yield Problem(file, line, "name", "an offer of the plan", repr(name))
        elif said != signed[name]:
            yield Problem(file, line, "signed", f"{signed[name]} as in the plan; these are prices of another", said)
