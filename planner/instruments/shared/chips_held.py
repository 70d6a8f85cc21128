"""Chips that are held, whoever paid for them: price, life, upkeep and resale value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from planner.basics import finance
from planner.basics.calendar import add_months, whole_months
from planner.common.chips import Chip, ResaleLevel, ResaleValue
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels

NOT_PAID = frozenset({"upkeep", "resale"})
"""lines that name whose chips they are about: the lab keeps them up itself, and the market pays for them at the end"""


def price_per_gw(case: CaseData, chip: Chip, on: date) -> float:
    """The chip's price on a day [USD bn per GW]: capex · (1 − decline)^years.

    Years count from the case's start or from the day from which the chip's price falls, whichever is later.
    """
    calendar = case.calendar
    years = max(0.0, calendar.years(on) - max(0.0, calendar.years(chip.falls_from)))
    return finance.declined_price(chip.capex_usd_bn_per_gw, chip.capex_decline_rate, years)


def resale_share(case: CaseData, chip: str, age_years: float) -> float:
    """Resale value at an age, as a share of cost: linear between the ages given, constant after the last.

    It is at level 1; on a day it counts times `resale_level`.
    """
    curve = sorted((point.age_years, point.value_share) for point in case.rows(ResaleValue) if point.chip == chip)
    return finance.interpolate([age for age, _ in curve], [share for _, share in curve], age_years)


def resale_level(case: CaseData, chip: str, day: date) -> float:
    """The level of a chip's resale values on a day: what it fetches as a part of them, 1 unless the case says less."""
    level = 1.0
    for row in case.derived(_resale_levels).get(chip, ()):
        if row.from_date <= day:
            level = row.level_share
    return level


def _resale_levels(case: CaseData) -> Mapping[str, Sequence[ResaleLevel]]:
    """The levels of each chip, in the order of their dates."""
    found: dict[str, list[ResaleLevel]] = {}
    for row in sorted(case.rows(ResaleLevel), key=lambda row: row.from_date):
        found.setdefault(row.chip, []).append(row)
    return found


def life_ends(chip: Chip, delivery: Delivery) -> date:
    """The day on which chips of a delivery can no longer run."""
    return add_months(delivery.on, whole_months(chip.life_years))


def post_chips(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    chip: Chip,
    variable: int,
    delivery: Delivery,
    *,
    since: date | None = None,
    until: date | None = None,
) -> None:
    """Post chips and their upkeep from their delivery, or from `since`, to the end of their life, or to `until`.

    Chips held for part of a period count for that part. From the day on which the chip is available to the day on which
    those of the delivery can run, they are posted as unavailable; before, none of the kind runs.
    """
    calendar = case.calendar
    first, last = since or delivery.on, life_ends(chip, delivery)
    last = last if until is None else min(last, until)
    held = calendar.overlap(first, last)
    gw = delivery.gw * held.shares
    ledgers.post("chips", labels, "chips", variable, held.periods, gw)
    upkeep = -chip.opex_usd_bn_per_gw_year * calendar.h * gw
    within = max(0, calendar.T - held.periods.start)
    ledgers.flow(Kind.COST, labels, "upkeep", variable, held.periods[:within], upkeep[:within])
    begins = max(chip.available_from, delivery.runs_from or chip.available_from)
    runs = calendar.overlap(max(first, begins), last)
    able = dict(zip(runs.periods, runs.shares.tolist(), strict=True))
    waits = range(
        max(held.periods.start, calendar.back(chip.available_from)), min(held.periods.stop, calendar.forward(begins))
    )
    idle = [delivery.gw * (float(held.shares[t - held.periods.start]) - able.get(t, 0.0)) for t in waits]
    ledgers.post("unavailable", labels, "chips", variable, waits, idle)


def post_resale(
    case: CaseData, ledgers: Ledgers, labels: Labels, chip: Chip, variable: int, delivery: Delivery
) -> None:
    """Post the resale value of chips at the end of the horizon; none if their life is over.

    It is cost · value_share(age) · the level of that day.
    """
    calendar = case.calendar
    age = calendar.age_years(delivery.on, calendar.T)
    if 0.0 < age < chip.life_years:
        value = delivery.price_usd_bn * resale_share(case, chip.chip, age)
        value *= resale_level(case, chip.chip, calendar.end)
        ledgers.dated(Kind.CREDIT, labels, "resale", variable, calendar.start_years(calendar.T), value)
