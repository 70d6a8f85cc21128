"""Clean power: in a region, a share of the power drawn is bought under contracts.

share_{at} · Σ draw_{at} ≤ Σ size_{at}       the strictest share of the period
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.arrays import Vector
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line
from planner.interfaces.loosening import Item, Limits
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.loosening import size, slots_of
from planner.tables.fields import Field
from planner.tables.table import Row, Table

NAME = "clean_power"


class CleanPower(Row):
    """How much of the power drawn in a region must be clean, until the next date."""

    about: ClassVar[Table] = Table("clean_power", "one row per region and date", ("region", "from_date"))

    region: Annotated[str, Field("region", refers="regions.region")]
    from_date: Annotated[date, Field("first day; holds until the next date")]
    min_share: Annotated[float, Field("part of the power drawn that must be clean", least=0, most=1)]


def shares(case: CaseData) -> dict[str, Vector]:
    """The strictest share of each period, by region; shape (T,)."""
    series: dict[str, list[CleanPower]] = {}
    for row in sorted(case.rows(CleanPower), key=lambda row: row.from_date):
        series.setdefault(row.region, []).append(row)
    return {
        region: case.calendar.strictest([row.from_date for row in rows], [row.min_share for row in rows], max)
        for region, rows in series.items()
    }


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per region that asks for clean power [GW]."""
    for region, share in shares(case).items():
        needed = ledgers.balance("power", region=region).times(share)
        yield Limit.of(NAME, region, "GW", needed, ledgers.balance("clean_power", region=region))


def steps(case: CaseData) -> Iterator[LimitStep]:
    """A hundredth less of the power has to be clean, region by region."""
    for region in shares(case):
        change = f"clean_power[{region},*].min_share -= 0.01"
        yield LimitStep(LimitOf.POWER, f"clean power in {region}", "0.01 less", change)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A smaller share of clean power, in each region that asks for it; the share moves by slack over power drawn."""
    for region, share in shares(case).items():
        yield _less(ledgers, region, share, limits[region])


def _less(ledgers: Ledgers, region: str, share: Vector, limit: Limit) -> Item:
    slots, most = slots_of(limit, size(share)), float(share.max())

    def lines(amounts: Amounts) -> list[Line]:
        drawn = ledgers.balance("power", region=region).evaluate(amounts.x[: ledgers.size])
        by = max(slack / drawn[slots[k].t] for k, slack in amounts.slack.items())
        return [
            Line(
                f"clean_power[{region},*].min_share", "-=", min(by, most), f"{{by}} less clean power in {region}",
                most=most,
            )
        ]  # fmt: skip

    return Item("policies", f"clean_power/{region}", lines, slots)


RULE = Rule(
    name=NAME,
    tables=(CleanPower,),
    reads=(),
    limits=limits,
    steps=steps,
    events=(),
    loosened_by=loosened_by,
    follows_demand=None,
)
