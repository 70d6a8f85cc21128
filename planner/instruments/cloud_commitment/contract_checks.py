"""Cloud commitment: what a contract demands, restated from its rows.

    signed once        at most one start and tier of an offer is signed
    scale              on one of the steps from scale_min to scale_max of the tier if it is signed; zero otherwise
    capacity           in each period, GW used over all chips and regions ≤ capacity · scale; the capacity is the mean
                       over the months of the period, 0 outside the term
    products           GW used of a chip in a region ≤ its max_gw · scale, for the part of the period in which the
                       contract provides it; without max_gw, the capacity
    floors             in each contract year, spend + shortfall paid + spend rolled in ≥ floor · scale
    prepayment         drawn ≤ spend of the period; over the term, drawn ≤ prepaid · scale, or what is left of it where
                       the contract is under way at the start
    credits            used on spend above the floor only, out of shortfalls of earlier years only, and not on spend
                       that is paid out of the prepayment
    rolled in          ≤ rollover_share · floor · scale, and ≤ last year's spend above its own floor

The floor of a contract year, less what was spent before the case's start, is owed evenly over the time of the year from
the case's start on. The part that falls within the horizon is demanded. The spend of a period counts for the contract
years by the months that it spends in each. Everything is worked out from the rows and from the dates in the decisions'
names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, distance_to_whole, values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "cloud_commitment"


@dataclass(frozen=True)
class _Year:
    """What a contract year demands, and what is decided about it; money in USD bn."""

    floor: float
    """at scale 1, within the horizon"""
    spend: float
    short: float
    credit: float
    drawn: float
    rolled: float
    excess: float
    """spend above the floor before the case's start"""


@dataclass
class _Decisions:
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
    """short, credit and rolled by contract year [USD bn]"""


@dataclass(frozen=True)
class _Contract:
    """One start and tier of an offer, with what is decided under it."""

    name: str
    variable: int
    """number of the variable of its scale"""
    offer: CloudCommitment
    tier: CloudTier
    starts: date
    sign: float
    scale: float
    decided: _Decisions


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every contract demands of the decisions x; shape (variables,)."""
    contracts = _contracts(case, ledgers, x)
    signed: dict[str, float] = defaultdict(float)
    for contract in contracts:
        signed[contract.offer.offer] += contract.sign
        yield from _scale(contract)
        yield from _period_by_period(case, contract)
        yield from _year_by_year(case, contract)
        yield from _prepayment(case, contract)
    for contract in contracts:
        if contract.sign > 0:
            offer = contract.offer.offer
            yield ContractCheck(contract.variable, f"{offer} is signed at most once", signed[offer], 1.0)
    yield from _products(case, ledgers, x)


def _contracts(case: CaseData, ledgers: Ledgers, x: Vector) -> list[_Contract]:
    """Every start and tier of every offer, with the decisions x about it."""
    offers = {row.offer: row for row in case.rows(CloudCommitment)}
    tiers = {(row.offer, row.tier): row for row in case.rows(CloudTier)}
    factors = {(row.offer, row.chip, row.region): row.price_factor for row in case.rows(CloudProduct)}
    decided: dict[tuple[object, ...], _Decisions] = defaultdict(_Decisions)
    for (offer, start, tier, chip, region, t), gw in values(ledgers, x, NAME, "use").items():
        contract = decided[offer, start, tier]
        price = tiers[str(offer), str(tier)].price_usd_bn_per_gw_year * factors[str(offer), str(chip), str(region)]
        contract.gw[int(t)] += gw
        contract.spend[int(t)] += gw * price * case.calendar.h
    for (*v, t), value in values(ledgers, x, NAME, "drawn").items():
        decided[tuple(v)].drawn[int(t)] += value
    for name, part in (("short", "short"), ("credit_used", "credit"), ("rolled_in", "rolled")):
        for (*v, y), value in values(ledgers, x, NAME, name).items():
            getattr(decided[tuple(v)], part)[int(y)] += value
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
            decided[offer, start, tier],
        )
        for (offer, start, tier), scale in values(ledgers, x, NAME, "scale").items()
    ]


def _scale(contract: _Contract) -> Iterator[ContractCheck]:
    """Bounds and steps of the scale."""
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
    """What each contract year demands, in order."""
    variable, scale, shortfall = contract.variable, contract.scale, contract.offer.shortfall
    before: _Year | None = None
    short, credit = 0.0, 0.0
    for number, year in _contract_years(case, contract.offer, contract.starts, scale, contract.decided):
        name = f"{contract.name}, contract year {number}"
        yield ContractCheck(variable, f"{name}: shortfall within the floor", year.short, year.floor * scale)
        covered = year.spend + year.short + year.rolled
        yield ContractCheck(
            variable, f"{name}: floor met by spend, shortfall and spend rolled in", year.floor * scale, covered
        )
        credit += year.credit
        if shortfall is Shortfall.CREDIT:
            above = max(0.0, year.spend + year.short - year.floor * scale)
            yield ContractCheck(variable, f"{name}: credits used above the floor only", year.credit, above)
        yield ContractCheck(variable, f"{name}: credits used come from earlier shortfalls", credit, short)
        yield ContractCheck(
            variable, f"{name}: spend paid once, by credits or the prepayment", year.credit + year.drawn, year.spend
        )
        share = contract.offer.rollover_share or 0.0
        excess = 0.0 if before is None else max(0.0, before.spend + before.excess - before.floor * scale)
        yield ContractCheck(
            variable, f"{name}: rolled in within its share of the floor", year.rolled, share * year.floor * scale
        )
        yield ContractCheck(variable, f"{name}: rolled in from last year's spend above its floor", year.rolled, excess)
        if shortfall is Shortfall.CREDIT:
            short += year.short
        before = year


def _period_by_period(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """Capacity and prepayment in each period of the horizon."""
    decided = contract.decided
    parts = list(_parts_of_years(case, contract.offer, contract.starts))
    for t in case.calendar.periods:
        day = case.calendar.start_of(t)
        capacity = sum(term.capacity_gw * parts_of.get(t, 0.0) for term, parts_of in parts)
        yield ContractCheck(
            contract.variable, f"{contract.name}: GW in use from {day} within capacity", decided.gw[t],
            capacity * contract.scale,
        )  # fmt: skip
        yield ContractCheck(
            contract.variable, f"{contract.name}: prepayment drawn from {day} within spend", decided.drawn[t],
            decided.spend[t],
        )  # fmt: skip


def _prepayment(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """The prepayment drawn over the whole term. After the horizon it pays for the floors of each period only."""
    T, drawn, owed = case.calendar.T, contract.decided.drawn, defaultdict[int, float](float)
    for term, parts in _parts_of_years(case, contract.offer, contract.starts):
        for t, part in parts.items():
            owed[t] += term.floor_usd_bn * part / sum(parts.values())
    for t in sorted(t for t, value in drawn.items() if t >= T and value > 0):
        says = f"{contract.name}: prepayment drawn after the horizon within the floor from {case.calendar.start_of(t)}"
        yield ContractCheck(contract.variable, says, drawn[t], owed[t] * contract.scale)
    prepaid = _prepaid_usd_bn(case, contract)
    says = f"{contract.name}: prepayment drawn within what is prepaid"
    yield ContractCheck(contract.variable, says, sum(drawn.values()), prepaid)


def _contract_years(
    case: CaseData, offer: CloudCommitment, starts: date, scale: float, decided: _Decisions
) -> Iterator[tuple[int, _Year]]:
    """(number, contract year) of each year that has a part of a period within the horizon, in order."""
    calendar = case.calendar
    years = list(_parts_of_years(case, offer, starts))
    covered = {t: sum(parts.get(t, 0.0) for _, parts in years) for t in calendar.periods}
    for row, parts in years:
        y, inside = row.contract_year, {t: part for t, part in parts.items() if t < calendar.T}
        if inside:
            begun = add_months(starts, (y - 1) * MONTHS_PER_YEAR) < calendar.start
            over = row.spent_usd_bn - row.floor_usd_bn * scale if begun else 0.0
            owed = max(0.0, row.floor_usd_bn - row.spent_usd_bn / scale) if begun and scale else row.floor_usd_bn
            spend = sum(decided.spend[t] * part / covered[t] for t, part in inside.items())
            drawn = sum(decided.drawn[t] * part / covered[t] for t, part in inside.items())
            floor = owed * sum(inside.values()) / sum(parts.values())
            yield y, _Year(floor, spend, decided.short[y], decided.credit[y], drawn, decided.rolled[y], max(0.0, over))


def _parts_of_years(
    case: CaseData, offer: CloudCommitment, starts: date
) -> Iterator[tuple[CloudTerm, dict[int, float]]]:
    """Each contract year in order, and by period from the case's start on the part of the period in it, in months."""
    calendar, length = case.calendar, case.calendar.period_months
    rows = sorted((row for row in case.rows(CloudTerm) if row.offer == offer.offer), key=lambda row: row.contract_year)
    before = calendar.age_months(starts, 0)
    for row in rows:
        y = row.contract_year
        begins = (y - 1) * MONTHS_PER_YEAR - before
        ends = min(y * MONTHS_PER_YEAR, round(offer.term_years * MONTHS_PER_YEAR)) - before
        periods = range(max(0, int(begins // length)), max(0, int(-(-ends // length))))
        months = {t: min(ends, (t + 1) * length) - max(begins, t * length) for t in periods}
        yield row, {t: part / length for t, part in months.items() if part > 1e-9}


def _prepaid_usd_bn(case: CaseData, contract: _Contract) -> float:
    """The prepayment that can be drawn [USD bn]; of a contract under way at the start what is left of it."""
    offer, scale = contract.offer, contract.scale
    rows = [row for row in case.rows(CloudTerm) if row.offer == offer.offer]
    whole = offer.prepay_share * sum(row.floor_usd_bn for row in rows) * scale
    age = case.calendar.age_months(contract.starts, 0)
    if age <= 0:
        return whole
    if offer.prepaid_left_usd_bn is not None:
        return offer.prepaid_left_usd_bn
    ended = sum(row.floor_usd_bn for row in rows if row.contract_year * MONTHS_PER_YEAR <= age)
    spent = sum(
        row.spent_usd_bn for row in rows if 0 < age - (row.contract_year - 1) * MONTHS_PER_YEAR < MONTHS_PER_YEAR
    )
    return max(0.0, whole - ended * scale - spent)


def _products(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """Use of each product within its own limit, from the day on which it is provided."""
    rows = {(row.offer, row.chip, row.region): row for row in case.rows(CloudProduct)}
    offers = {row.offer: row for row in case.rows(CloudCommitment)}
    chips = {row.chip: row.available_from for row in case.rows(Chip)}
    years: dict[tuple[object, object], list[tuple[CloudTerm, dict[int, float]]]] = {}
    scale, variables = values(ledgers, x, NAME, "scale"), ledgers.find(NAME, "use").numbers
    for key, gw in values(ledgers, x, NAME, "use").items():
        if gw <= 0:
            continue
        offer, start, tier, chip, region, t = key
        row, contract, starts = (
            rows[str(offer), str(chip), str(region)],
            offers[str(offer)],
            date.fromisoformat(str(start)),
        )
        if (offer, start) not in years:
            years[offer, start] = list(_parts_of_years(case, contract, starts))
        parts = [(term, of.get(int(t), 0.0)) for term, of in years[offer, start]]
        covered = sum(part for _, part in parts)
        left = int(t) + 1.0 - case.calendar.position(max(row.from_date, chips[row.chip]))
        part = min(covered, left) if contract.status is OfferStatus.SIGNED else covered * (left >= 1.0)
        most = (
            sum(term.capacity_gw * of for term, of in parts) * part / covered
            if row.max_gw is None
            else row.max_gw * part
        )
        most_of = "what it provides" if row.max_gw is None else "its max_gw"
        says = f"{offer}: use of {chip} in {region} within {most_of}"
        yield ContractCheck(variables[key], says, gw, most * scale[offer, start, tier])
