"""Cloud commitment: what a contract demands, restated from its rows.

    signed once        at most one start and tier of an offer is signed
    scale              on one of the steps from scale_min to scale_max of the tier if it is signed; zero otherwise; of a
                       contract signed already, the scale that was signed
    granted            the smaller of the scale and 1
    capacity           in each period, GW used over all chips and regions ≤ capacity · scale; the capacity is the mean
                       over the months of the period, 0 outside the term
    products           GW used of a chip in a region ≤ its max_gw · scale, for the part of the period in which the
                       contract provides it; without max_gw, the capacity
    floors             in each contract year, shortfall paid = max(0, floor · scale − spend − spend rolled in), where
                       what was spent before the case's start counts as spend
    provider gone      contract years that begin on or after gone_from have neither capacity nor floor; nothing is
                       prepaid where it is gone by the start
    prepayment         drawn ≤ spend of the period; over the term, drawn ≤ prepaid · scale, or what is left of it where
                       the contract is under way at the start
    credits            used on spend above the floor only, out of shortfalls of earlier years only and of credits left
                       at the start, in years that are over before these lapse, and not on spend that is paid out of the
                       prepayment
    rolled in          ≤ rollover_share · floor · scale, and ≤ last year's spend above its own floor, or what is left of
                       it from before the start; it is the smaller of both where equity is limited by what the provider
                       is paid
    early ends             as `ending_checks` says; contract years from the end on have neither capacity nor floor

The floor of a contract year is owed evenly over the time of the whole year. The part that falls before the end of the
horizon is demanded. The spend of a period counts for the contract years by the months that it spends in each.
Everything is worked out from the rows and from the dates in the decisions' names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.arrays import Vector
from planner.common.chips import Chip
from planner.common.policies import Policy, PolicyKind
from planner.instruments.cloud_commitment import ending_checks
from planner.instruments.cloud_commitment.restated import (
    NAME,
    Contract,
    Year,
    contract_years,
    contracts,
    parts_of_years,
    prepaid_usd_bn,
)
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, Shortfall
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, distance_to_whole, values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every contract demands of the decisions x; shape (variables,)."""
    found = contracts(case, ledgers, x)
    signed: dict[str, float] = defaultdict(float)
    for contract in found:
        signed[contract.offer.offer] += contract.sign
        yield from _scale(contract)
        yield from _period_by_period(case, contract)
        yield from _year_by_year(case, contract, contract_years(case, contract))
        yield from _prepayment(case, contract)
    for contract in found:
        if contract.sign > 0:
            offer = contract.offer.offer
            yield ContractCheck(contract.variable, f"{offer} is signed at most once", signed[offer], 1.0)
    yield from _granted(ledgers, x)
    yield from _products(case, ledgers, x, {(each.offer.offer, each.starts, each.tier.tier): each for each in found})
    yield from ending_checks.contract_checks(case, ledgers, x)


def _scale(contract: Contract) -> Iterator[ContractCheck]:
    """Bounds and steps of the scale; of a contract signed already, what was signed."""
    tier, sign, scale, variable = contract.tier, contract.sign, contract.scale, contract.variable
    if contract.offer.status is OfferStatus.SIGNED:
        signed = tier.scale_max if contract.offer.signed_scale is None else contract.offer.signed_scale
        yield ContractCheck(variable, f"{contract.name}: the scale that was signed", abs(scale - signed), 0.0)
        return
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


def _year_by_year(case: CaseData, contract: Contract, years: dict[int, Year]) -> Iterator[ContractCheck]:
    """What each contract year demands, in order."""
    variable = contract.variable
    for name, year in _named(contract, years):
        missing = max(0.0, year.floor - year.spend - year.rolled)
        yield ContractCheck(variable, f"{name}: no more paid for a shortfall than is short", year.short, missing)
        yield ContractCheck(variable, f"{name}: what is short of the floor is paid", missing, year.short)
        yield ContractCheck(
            variable, f"{name}: spend paid once, by credits or the prepayment", year.credit + year.drawn, year.spend
        )
    yield from _credits(case, contract, years)
    yield from _rolled_in(case, contract, years)


def _named(contract: Contract, years: dict[int, Year]) -> Iterator[tuple[str, Year]]:
    """Each contract year with its name."""
    for number, year in years.items():
        yield f"{contract.name}, contract year {number}", year


def _credits(case: CaseData, contract: Contract, years: dict[int, Year]) -> Iterator[ContractCheck]:
    """Credits used: above the floor, out of what was earned before and what is left at the start."""
    offer, variable = contract.offer, contract.variable
    begun = contract.starts < case.calendar.start and offer.status is OfferStatus.SIGNED
    left = (offer.credits_left_usd_bn or 0.0) if begun else 0.0
    lapsing = left if offer.credits_lapsing_usd_bn is None else offer.credits_lapsing_usd_bn
    credit, late, short = 0.0, 0.0, 0.0
    for name, year in _named(contract, years):
        credit += year.credit
        if offer.shortfall is Shortfall.CREDIT:
            above = max(0.0, year.spend + year.short - year.floor)
            yield ContractCheck(variable, f"{name}: credits used above the floor only", year.credit, above)
        says = f"{name}: credits used come from earlier shortfalls"
        yield ContractCheck(variable, says, credit, left + short)
        if begun and offer.credits_until is not None and year.until > offer.credits_until:
            late += year.credit
            yield ContractCheck(variable, f"{says} that have not lapsed", late, left - lapsing + short)
        if offer.shortfall is Shortfall.CREDIT:
            short += year.short


def _rolled_in(case: CaseData, contract: Contract, years: dict[int, Year]) -> Iterator[ContractCheck]:
    """Spend rolled in: within its share, from last year only, and in full where more of a shortfall could help."""
    offer, variable = contract.offer, contract.variable
    limited = {policy.subject for policy in case.rows(Policy) if policy.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX}
    full = offer.provider in limited and offer.shortfall is Shortfall.ROLLOVER
    share = offer.rollover_share or 0.0
    for number, (name, year) in zip(years, _named(contract, years), strict=True):
        if number - 1 in years:
            excess = max(0.0, years[number - 1].spend - years[number - 1].floor)
        else:
            excess = (offer.rollover_usd_bn or 0.0) if number > 1 else 0.0
        yield ContractCheck(
            variable, f"{name}: rolled in within its share of the floor", year.rolled, share * year.floor
        )
        yield ContractCheck(variable, f"{name}: rolled in from last year's spend above its floor", year.rolled, excess)
        if full and year.floor > 0:
            least = min(share * year.floor, excess)
            yield ContractCheck(variable, f"{name}: as much rolled in as can be", least, year.rolled)


def _period_by_period(case: CaseData, contract: Contract) -> Iterator[ContractCheck]:
    """Capacity and prepayment in each period of the horizon."""
    decided = contract.decided
    parts = list(parts_of_years(case, contract.offer, contract.starts))
    for t in case.calendar.periods:
        day = case.calendar.start_of(t)
        capacity = sum(
            term.capacity_gw * parts_of.get(t, 0.0) * contract.scale_in(term.contract_year) for term, parts_of in parts
        )
        yield ContractCheck(
            contract.variable, f"{contract.name}: GW in use from {day} within capacity", decided.gw[t],
            capacity,
        )  # fmt: skip
        yield ContractCheck(
            contract.variable, f"{contract.name}: prepayment drawn from {day} within spend", decided.drawn[t],
            decided.spend[t],
        )  # fmt: skip


def _prepayment(case: CaseData, contract: Contract) -> Iterator[ContractCheck]:
    """The prepayment drawn over the whole term. After the horizon it pays for the floors of each period only."""
    T, drawn, owed = case.calendar.T, contract.decided.drawn, defaultdict[int, float](float)
    for term, parts in parts_of_years(case, contract.offer, contract.starts):
        for t, part in parts.items():
            owed[t] += term.floor_usd_bn * part / sum(parts.values()) * contract.scale_in(term.contract_year)
    for t in sorted(t for t, value in drawn.items() if t >= T and value > 0):
        says = f"{contract.name}: prepayment drawn after the horizon within the floor from {case.calendar.start_of(t)}"
        yield ContractCheck(contract.variable, says, drawn[t], owed[t])
    prepaid = prepaid_usd_bn(case, contract)
    says = f"{contract.name}: prepayment drawn within what is prepaid"
    yield ContractCheck(contract.variable, says, sum(drawn.values()), prepaid)


def _products(
    case: CaseData, ledgers: Ledgers, x: Vector, found: Mapping[tuple[str, date, str], Contract]
) -> Iterator[ContractCheck]:
    """Use of each product within its own limit, from the day on which it is provided."""
    rows = {(row.offer, row.chip, row.region): row for row in case.rows(CloudProduct)}
    offers = {row.offer: row for row in case.rows(CloudCommitment)}
    chips = {row.chip: row.available_from for row in case.rows(Chip)}
    years: dict[tuple[object, object], list[tuple[CloudTerm, dict[int, float]]]] = {}
    variables = ledgers.find(NAME, "use").numbers
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
            years[offer, start] = list(parts_of_years(case, contract, starts))
        parts = [(term, of.get(int(t), 0.0)) for term, of in years[offer, start]]
        covered = sum(part for _, part in parts)
        signed = found[str(offer), starts, str(tier)]
        goes_on = [signed.scale_in(term.contract_year) for term, _ in parts]
        left = int(t) + 1.0 - case.calendar.position(max(row.provided_from, chips[row.chip]))
        part = min(covered, left) if contract.status is OfferStatus.SIGNED else covered * (left >= 1.0)
        gives = [(term.capacity_gw if row.max_gw is None else row.max_gw) * of for term, of in parts]
        most = sum(gw * scale for gw, scale in zip(gives, goes_on, strict=True)) * part / covered
        most_of = "what it provides" if row.max_gw is None else "its max_gw"
        says = f"{offer}: use of {chip} in {region} within {most_of}"
        yield ContractCheck(variables[key], says, gw, most)
