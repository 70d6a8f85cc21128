"""What has been decided under a commitment, by the names of decisions, up to a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planner.instruments.cloud_commitment.contract_years import ContractYear, year_days
from planner.instruments.cloud_commitment.endings import endings
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, vintages
from planner.interfaces.case_data import CaseData
from planner.ledgers.variables import decision_name

BLOCK = "cloud_commitment"


@dataclass(frozen=True)
class SignedDecisions:
    """The decisions under a vintage that is signed before a day; money in USD bn."""

    case: CaseData
    values: Mapping[str, float]
    """decisions that are not zero, by name"""
    passed: int
    """the number of periods before the day"""
    vintage: CommitmentVintage

    def name(self, what: str, *key: str | int) -> str:
        """The name of a decision; a number in the key is that of a period, a contract year is given as text."""
        start_of = self.case.calendar.start_of
        parts = [start_of(part).isoformat() if isinstance(part, int) else part for part in (*self.vintage.key, *key)]
        return decision_name(BLOCK, what, parts)

    def value(self, what: str, *key: str | int) -> float:
        """The value of a decision, 0 where there is none; what lies below 0 by rounding is 0."""
        return max(0.0, self.values.get(self.name(what, *key), 0.0))

    @property
    def scale(self) -> float:
        """The scale that is signed."""
        return self.vintage.most if self.vintage.sunk else self.value("scale")

    def spend(self, t: int) -> float:
        """Spend of a period."""
        vintage = self.vintage
        uses = [
            vintage.price(product, t) * self.value("use", product.row.chip, product.row.region, t)
            for product in vintage.products
            if t in product.usable
        ]
        return self.case.calendar.h * sum(uses)

    def ends_on(self) -> date | None:
        """The day on which it ends before its term is over, where that is decided before the day."""
        for each in endings(self.case, self.vintage):
            notice, year = self.case.calendar.start_of(each.notice).isoformat(), str(each.year)
            if each.notice < self.passed and self.value("ended", notice, year) > 0.5:
                return each.day
        return self.vintage.row.ends_on

    def scale_in(self, year: ContractYear) -> float:
        """The scale that goes on in a contract year: none of it once it has ended."""
        ends, (first, _) = self.ends_on(), year_days(self.vintage.starts, self.vintage.ends, year.number)
        return self.scale if ends is None or first < ends else 0.0

    def over(self) -> list[ContractYear]:
        """The contract years of this case that end by the day, in order."""
        day, vintage = self.case.calendar.start_of(self.passed), self.vintage
        return [year for year in vintage.floor_years if year_days(vintage.starts, vintage.ends, year.number)[1] <= day]

    def spent_in(self, year: ContractYear) -> float:
        """Spend of a contract year up to the day, before the case's start too."""
        counts = self.vintage.spend_of[year.number].items()
        return year.spent_usd_bn * self.scale + sum(part * self.spend(t) for t, part in counts if t < self.passed)

    def drawn_in(self, year: ContractYear) -> float:
        """The part of it that was paid out of the prepayment."""
        counts = self.vintage.spend_of[year.number].items()
        return year.drawn_usd_bn * self.scale + sum(
            part * self.value("drawn", t) for t, part in counts if t < self.passed
        )


def signed_by(case: CaseData, values: Mapping[str, float], passed: int) -> Iterator[SignedDecisions]:
    """The contracts that are signed before a number of periods have passed."""
    for vintage in case.derived(vintages)[0]:
        found = SignedDecisions(case, values, passed, vintage)
        if vintage.signed < passed and (vintage.sunk or found.value("sign") > 0.5):
            yield found
