"""Cloud commitment: what a contract demands, restated from its rows.

    signed once        at most one start and tier of an offer is signed
    scale              on one of the steps from scale_min to scale_max of the tier if it is signed; zero otherwise
    granted            the smaller of the scale and 1
    capacity           in each period, GW used over all chips and regions ≤ capacity of the contract year · scale
    products           GW used of a chip in a region ≤ its max_gw · scale
    floors             in each contract year, shortfall paid = max(0, floor · scale − spend − spend rolled in)
    prepayment         drawn ≤ spend of the period; over the term, drawn ≤ prepaid · scale
    credits            used on spend above the floor only, out of shortfalls of earlier years only, and not on spend
                       that is paid out of the prepayment
    rolled in          ≤ rollover_share · floor · scale, and ≤ last year's spend above its own floor; it is the smaller
                       of both where equity is limited by what the provider is paid

The floor of a contract year, less what was spent before the case's start, is owed evenly over the periods that start in
the year from the case's start on. The part that falls within the horizon is demanded. Everything is worked out from the
rows and from the dates in the decisions' names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.policies import Policy, PolicyKind
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier, Shortfall
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, distance_to_whole, values
from planner.ledgers.ledgers import Ledgers

NAME = "cloud_commitment"


@dataclass(frozen=True)
class _Year:
    """What a contract year demands, and what is decided about it; money in USD bn."""

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
        yield from _year_by_year(case, contract)
        yield from _prepayment(case, contract)
    for contract in contracts:
        if contract.sign > 0:
            offer = contract.offer.offer
            yield ContractCheck(contract.variable, f"{offer} is signed at most once", signed[offer], 1.0)
    yield from _granted(ledgers, x)
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


def _granted(ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """The smaller of the scale and 1, neither more nor less."""
    scale, variables = values(ledgers, x, NAME, "scale"), ledgers.find(NAME, "granted").numbers
    for key, granted in values(ledgers, x, NAME, "granted").items():
        says = f"{key[0]} from {key[1]}, tier {key[2]}: granted is the smaller of its scale and 1"
        yield ContractCheck(variables[key], says, granted, min(scale[key], 1.0))
        yield ContractCheck(variables[key], says, min(scale[key], 1.0), granted)


def _year_by_year(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """What each contract year demands, in order."""
    variable, scale, shortfall = contract.variable, contract.scale, contract.offer.shortfall
    limited = {policy.subject for policy in case.rows(Policy) if policy.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX}
    before: _Year | None = None
    short, credit = 0.0, 0.0
    for number, year in _contract_years(case, contract.offer, contract.starts, scale, contract.decided):
        name = f"{contract.name}, contract year {number}"
        yield from _periods_of_year(case, contract, year)
        missing = max(0.0, year.floor * scale - year.spend - year.rolled)
        yield ContractCheck(variable, f"{name}: no more paid for a shortfall than is short", year.short, missing)
        yield ContractCheck(variable, f"{name}: what is short of the floor is paid", missing, year.short)
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
        full = contract.offer.provider in limited and shortfall is Shortfall.ROLLOVER
        if full and before is not None and year.floor > 0:
            least = min(share * year.floor * scale, excess)
            yield ContractCheck(variable, f"{name}: as much rolled in as can be", least, year.rolled)
        if shortfall is Shortfall.CREDIT:
            short += year.short
        before = year


def _periods_of_year(case: CaseData, contract: _Contract, year: _Year) -> Iterator[ContractCheck]:
    """Capacity and prepayment in each period of a contract year."""
    for t in year.periods:
        day, decided = case.calendar.start_of(t), contract.decided
        yield ContractCheck(
            contract.variable, f"{contract.name}: GW in use from {day} within capacity", decided.gw[t],
            year.capacity_gw * contract.scale,
        )  # fmt: skip
        yield ContractCheck(
            contract.variable, f"{contract.name}: prepayment drawn from {day} within spend", decided.drawn[t],
            decided.spend[t],
        )  # fmt: skip


def _prepayment(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """The prepayment drawn over the whole term."""
    yield from _drawn_beyond(case, contract)
    drawn = sum(contract.decided.drawn.values())
    prepaid = _prepaid_usd_bn(case, contract.offer, contract.starts) * contract.scale
    says = f"{contract.name}: prepayment drawn within what is prepaid"
    yield ContractCheck(contract.variable, says, drawn, prepaid)


def _drawn_beyond(case: CaseData, contract: _Contract) -> Iterator[ContractCheck]:
    """After the horizon the prepayment pays for the floor of each period, and for nothing else."""
    starts, offer = contract.starts, contract.offer
    for row in (row for row in case.rows(CloudTerm) if row.offer == offer.offer):
        inside, beyond = _periods(case.calendar, starts, row.contract_year, offer.term_years)
        floor = row.floor_usd_bn / max(1, len(inside) + beyond) * contract.scale
        first = case.calendar.forward(add_months(starts, (row.contract_year - 1) * MONTHS_PER_YEAR))
        for t in range(max(case.calendar.T, first), max(case.calendar.T, first + len(inside)) + beyond):
            drawn = contract.decided.drawn[t]
            if drawn > 0 and t < first + len(inside) + beyond:
                year = f"contract year {row.contract_year}"
                says = f"{contract.name}: prepayment drawn after the horizon within the floor of {year}"
                yield ContractCheck(contract.variable, says, drawn, floor)


def _contract_years(
    case: CaseData, offer: CloudCommitment, starts: date, scale: float, decided: _Decisions
) -> Iterator[tuple[int, _Year]]:
    """(number, contract year) of each year that has a period within the horizon, in order."""
    calendar = case.calendar
    rows = sorted((row for row in case.rows(CloudTerm) if row.offer == offer.offer), key=lambda row: row.contract_year)
    for row in rows:
        y = row.contract_year
        inside, beyond = _periods(calendar, starts, y, offer.term_years)
        if inside:
            begun = add_months(starts, (y - 1) * MONTHS_PER_YEAR) < calendar.start
            over = row.spent_usd_bn - row.floor_usd_bn * scale if begun else 0.0
            owed = max(0.0, row.floor_usd_bn - row.spent_usd_bn / scale) if begun and scale else row.floor_usd_bn
            spend, drawn = sum(decided.spend[t] for t in inside), sum(decided.drawn[t] for t in inside)
            floor = owed * len(inside) / (len(inside) + beyond)
            yield y, _Year(
                row.capacity_gw, floor, inside, spend, decided.short[y], decided.credit[y], drawn, decided.rolled[y],
                max(0.0, over),
            )  # fmt: skip


def _periods(calendar: Calendar, starts: date, y: int, term_years: float) -> tuple[list[int], int]:
    """Periods of contract year y in the horizon, and how many lie after it; those before the start are left out."""
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
    """The prepayment at scale 1 [USD bn]; that of a contract under way at the start is drawn already."""
    if starts < case.calendar.start:
        return 0.0
    return offer.prepay_share * sum(row.floor_usd_bn for row in case.rows(CloudTerm) if row.offer == offer.offer)


def _products(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """Use of each product within its own limit."""
    most = {(row.offer, row.chip, row.region): row.max_gw for row in case.rows(CloudProduct)}
    scale, variables = values(ledgers, x, NAME, "scale"), ledgers.find(NAME, "use").numbers
    for key, gw in values(ledgers, x, NAME, "use").items():
        offer, start, tier, chip, region, _ = key
        limit = most[str(offer), str(chip), str(region)]
        if limit is not None:
            says = f"{offer}: use of {chip} in {region} within its max_gw"
            yield ContractCheck(variables[key], says, gw, limit * scale[offer, start, tier])
