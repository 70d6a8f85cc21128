"""Cloud commitment: what a contract demands, restated from its rows.

    signed once        at most one start and tier of an offer is signed
    scale              zero unless signed; else from scale_min to scale_max of the tier, on one of its steps
    capacity           in each period, GW used over all chips and regions ≤ capacity of the contract year · scale
    products           GW used of a chip in a region ≤ its max_gw · scale
    floors             of each contract year: spend + shortfall paid + spend rolled in ≥ floor · scale
    prepayment         drawn ≤ spend of the period; over the term, drawn ≤ prepaid · scale
    credits            only on spend above the floor, only from shortfalls of earlier years, on nothing paid by drawing
    rolled in          ≤ rollover_share · floor · scale, and ≤ what last year's spend exceeded its own floor by

Of a contract year, the floor less what was spent before the case's start is owed evenly over the periods that start in
it from the case's start on; what falls within the horizon is demanded. Everything comes from the rows and the dates in
the decisions' names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, distance_to_whole, values
from planner.ledgers.ledgers import Ledgers

NAME = "cloud_commitment"


@dataclass(frozen=True)
class _Year:
    """What a contract year demands and gets; money in USD bn."""

    capacity_gw: float
    """at scale 1"""
    floor: float
    """at scale 1, within the horizon"""
    periods: list[int]
    """within the horizon"""
    spend: float
    short: float
    credit: float
    drawn: float
    rolled: float
    excess: float
    """spent above the floor before the case's start"""


@dataclass
class _Taken:
    """What is decided under one contract."""

    gw: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """in use, by period"""
    spend: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """by period [USD bn]"""
    drawn: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """of the prepayment, by period [USD bn]"""
    short: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    credit: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    rolled: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    """each by contract year [USD bn]"""


@dataclass(frozen=True)
class _Contract:
    """One way to sign an offer, with what is decided under it."""

    name: str
    variable: int
    """of its scale"""
    offer: CloudCommitment
    tier: CloudTier
    starts: date
    sign: float
    scale: float
    taken: _Taken


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """Every demand of every contract on the decisions x; shape (variables,)."""
    found = _contracts(case, ledgers, x)
    signed: dict[str, float] = defaultdict(float)
    for contract in found:
        signed[contract.offer.offer] += contract.sign
        yield from _scale(contract)
        yield from _year_by_year(case, contract)
    for contract in found:
        if contract.sign > 0:
            offer = contract.offer.offer
            yield ContractCheck(contract.variable, f"{offer} is signed at most once", signed[offer], 1.0)
    yield from _products(case, ledgers, x)


def _contracts(case: CaseData, ledgers: Ledgers, x: Vector) -> list[_Contract]:
    offers = {row.offer: row for row in case.rows(CloudCommitment)}
    tiers = {(row.offer, row.tier): row for row in case.rows(CloudTier)}
    factors = {(row.offer, row.chip, row.region): row.price_factor for row in case.rows(CloudProduct)}
    taken: dict[tuple[object, ...], _Taken] = defaultdict(_Taken)
    for (offer, start, tier, chip, region, t), gw in values(ledgers, x, NAME, "use").items():
        mine = taken[offer, start, tier]
        price = tiers[str(offer), str(tier)].price_usd_bn_per_gw_year * factors[str(offer), str(chip), str(region)]
        mine.gw[int(t)] += gw
        mine.spend[int(t)] += gw * price * case.calendar.h
    for (*v, t), value in values(ledgers, x, NAME, "drawn").items():
        taken[tuple(v)].drawn[int(t)] += value
    for name, part in (("short", "short"), ("credit_used", "credit"), ("rolled_in", "rolled")):
        for (*v, y), value in values(ledgers, x, NAME, name).items():
            getattr(taken[tuple(v)], part)[int(y)] += value
    sign, variables = values(ledgers, x, NAME, "sign"), ledgers.find(NAME, "scale").numbers
    return [
        _Contract(
            f"{offer} from {start}, tier {tier}",
            variables[offer, start, tier],
            offers[str(offer)],
            tiers[str(offer), str(tier)],
            date.fromisoformat(str(start)),
            sign[offer, start, tier],
            scale,
            taken[offer, start, tier],
        )
        for (offer, start, tier), scale in values(ledgers, x, NAME, "scale").items()
    ]


def _scale(contract: _Contract) -> Iterator[ContractCheck]:
    tier, sign, scale, variable = contract.tier, contract.sign, contract.scale, contract.variable
    yield ContractCheck(variable, f"{contract.name}: at least scale_min where signed", tier.scale_min * sign, scale)
    yield ContractCheck(
        variable, f"{contract.name}: at most scale_max, 0 where not signed", scale, tier.scale_max * sign
    )
    if tier.scale_step and sign > 0:
        steps = (scale - tier.scale_min) / tier.scale_step
        off = tier.scale_step * distance_to_whole(steps)
        yield ContractCheck(variable, f"{contract.name}: scale_min and whole steps", off, 0.0)


def _year_by_year(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """What each contract year demands, one after the other."""
    name, variable, scale = contract.name, contract.variable, contract.scale
    before: _Year | None = None
    short, credit = 0.0, 0.0
    for number, year in _contract_years(case, contract.offer, contract.starts, scale, contract.taken):
        of = f"{name}, contract year {number}"
        for t in year.periods:
            say = f"{name}: GW in use from {case.calendar.start_of(t)} within capacity"
            yield ContractCheck(variable, say, contract.taken.gw[t], year.capacity_gw * scale)
            drawn, spend = contract.taken.drawn[t], contract.taken.spend[t]
            yield ContractCheck(
                variable, f"{name}: prepayment drawn from {case.calendar.start_of(t)} within spend", drawn, spend
            )
        yield ContractCheck(variable, f"{of}: shortfall within the floor", year.short, year.floor * scale)
        covered = year.spend + year.short + year.rolled
        yield ContractCheck(
            variable, f"{of}: floor met by spend, shortfall and what is rolled in", year.floor * scale, covered
        )
        credit += year.credit
        if contract.offer.shortfall is Shortfall.CREDIT:
            above = max(0.0, year.spend + year.short - year.floor * scale)
            yield ContractCheck(variable, f"{of}: credits used above the floor only", year.credit, above)
        yield ContractCheck(variable, f"{of}: credits used come from earlier shortfalls", credit, short)
        yield ContractCheck(
            variable, f"{of}: spend met by credits and prepayment once", year.credit + year.drawn, year.spend
        )
        share = contract.offer.rollover_share or 0.0
        excess = 0.0 if before is None else max(0.0, before.spend + before.excess - before.floor * scale)
        yield ContractCheck(
            variable, f"{of}: rolled in within its share of the floor", year.rolled, share * year.floor * scale
        )
        yield ContractCheck(variable, f"{of}: rolled in from last year's spend above its floor", year.rolled, excess)
        if contract.offer.shortfall is Shortfall.CREDIT:
            short += year.short
        before = year
    yield from _drawn_beyond(case, contract)
    drawn = sum(contract.taken.drawn.values())
    prepaid = _prepaid_usd_bn(case, contract.offer, contract.starts)
    yield ContractCheck(variable, f"{name}: prepayment drawn within what is prepaid", drawn, prepaid * scale)


def _drawn_beyond(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """Past the end a prepayment meets only the floor of the period."""
    starts, offer = contract.starts, contract.offer
    for row in (row for row in case.rows(CloudTerm) if row.offer == offer.offer):
        inside, beyond = _periods(case.calendar, starts, row.contract_year, offer.term_years)
        floor = row.floor_usd_bn / max(1, len(inside) + beyond) * contract.scale
        first = case.calendar.forward(add_months(starts, (row.contract_year - 1) * MONTHS_PER_YEAR))
        for t in range(max(case.calendar.T, first), max(case.calendar.T, first + len(inside)) + beyond):
            if contract.taken.drawn[t] > 0 and t < first + len(inside) + beyond:
                say = f"{contract.name}: prepayment drawn past the end within contract year {row.contract_year}'s floor"
                yield ContractCheck(contract.variable, say, contract.taken.drawn[t], floor)


def _contract_years(
    case: CaseData, offer: CloudCommitment, starts: date, scale: float, taken: _Taken
) -> Iterator[tuple[int, _Year]]:
    """Number and content of each contract year that has a period within the horizon, in order."""
    calendar = case.calendar
    rows = sorted((row for row in case.rows(CloudTerm) if row.offer == offer.offer), key=lambda row: row.contract_year)
    for row in rows:
        y = row.contract_year
        inside, beyond = _periods(calendar, starts, y, offer.term_years)
        if inside:
            begun = add_months(starts, (y - 1) * MONTHS_PER_YEAR) < calendar.start
            over = row.spent_usd_bn - row.floor_usd_bn * scale if begun else 0.0
            owed = max(0.0, row.floor_usd_bn - row.spent_usd_bn / scale) if begun and scale else row.floor_usd_bn
            spend, drawn = sum(taken.spend[t] for t in inside), sum(taken.drawn[t] for t in inside)
            floor = owed * len(inside) / (len(inside) + beyond)
            yield y, _Year(
                row.capacity_gw, floor, inside, spend, taken.short[y], taken.credit[y], drawn, taken.rolled[y],
                max(0.0, over),
            )  # fmt: skip


def _periods(calendar: Calendar, starts: date, y: int, term_years: float) -> tuple[list[int], int]:
    """Periods of contract year y within the horizon, and how many lie beyond it; those past are left out."""
    first = calendar.age_months(starts, 0)
    term = term_years * MONTHS_PER_YEAR
    inside, beyond = [], 0
    for t in range(calendar.T + y * MONTHS_PER_YEAR + 1):
        age = first + t * calendar.period_months
        if age >= min(y * MONTHS_PER_YEAR, term) - 1e-6:
            break
        if age >= (y - 1) * MONTHS_PER_YEAR - 1e-6:
            inside += [t] if t < calendar.T else []
            beyond += t >= calendar.T
    return inside, beyond


def _prepaid_usd_bn(case: CaseData, offer: CloudCommitment, starts: date) -> float:
    """Prepaid at scale 1: a share of all floors; of a contract under way at the start, drawn already [USD bn]."""
    if starts < case.calendar.start:
        return 0.0
    return offer.prepay_share * sum(row.floor_usd_bn for row in case.rows(CloudTerm) if row.offer == offer.offer)


def _products(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    most = {(row.offer, row.chip, row.region): row.max_gw for row in case.rows(CloudProduct)}
    scale, variables = values(ledgers, x, NAME, "scale"), ledgers.find(NAME, "use").numbers
    for key, gw in values(ledgers, x, NAME, "use").items():
        offer, start, tier, chip, region, _ = key
        limit = most[str(offer), str(chip), str(region)]
        if limit is not None:
            say = f"{offer}: use of {chip} in {region} within its max_gw"
            yield ContractCheck(variables[key], say, gw, limit * scale[offer, start, tier])
