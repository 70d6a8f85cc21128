"""Cloud commitment: contracts and their years as the audit works them out, from rows and from decisions' names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import Chip
from planner.common.indices import IndexLevel
from planner.instruments.cloud_commitment.ending_checks import ended_parts
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "cloud_commitment"


@dataclass(frozen=True)
class Year:
    """What a contract year demands, and what is decided about it; money in USD bn."""

    floor: float
    """before the end of the horizon, × scale"""
    spend: float
    """also before the case's start, as `drawn`"""
    short: float
    credit: float
    drawn: float
    rolled: float
    until: date
    """its last day"""


@dataclass
class Decisions:
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
class Contract:
    """One start and tier of an offer, with what is decided under it."""

    name: str
    variable: int
    """number of the variable of its scale"""
    offer: CloudCommitment
    tier: CloudTier
    starts: date
    sign: float
    scale: float
    decided: Decisions
    ended: Mapping[int, float] = field(default_factory=dict)
    """the part of the scale that ends at the start of a contract year, by its number"""

    def scale_in(self, number: int) -> float:
        """The scale that goes on in a contract year."""
        return self.scale - sum(part for year, part in self.ended.items() if year <= number)


def contracts(case: CaseData, ledgers: Ledgers, x: Vector) -> list[Contract]:
    """Every start and tier of every offer, with the decisions x about it."""
    offers = {row.offer: row for row in case.rows(CloudCommitment)}
    tiers = {(row.offer, row.tier): row for row in case.rows(CloudTier)}
    products = {(row.offer, row.chip, row.region): row for row in case.rows(CloudProduct)}
    decided: dict[tuple[object, ...], Decisions] = defaultdict(Decisions)
    for (offer, start, tier, chip, region, t), gw in values(ledgers, x, NAME, "use").items():
        contract = decided[offer, start, tier]
        product = products[str(offer), str(chip), str(region)]
        price = tiers[str(offer), str(tier)].price_usd_bn_per_gw_year * product.price_factor
        price *= _multiple(case, offers[str(offer)], date.fromisoformat(str(start)), product, int(t))
        contract.gw[int(t)] += gw
        contract.spend[int(t)] += gw * price * case.calendar.h
    for (*v, t), value in values(ledgers, x, NAME, "drawn").items():
        decided[tuple(v)].drawn[int(t)] += value
    for name, part in (("short", "short"), ("credit_used", "credit"), ("rolled_in", "rolled")):
        for (*v, y), value in values(ledgers, x, NAME, name).items():
            getattr(decided[tuple(v)], part)[int(y)] += value
    sign, variables = values(ledgers, x, NAME, "sign"), ledgers.find(NAME, "scale").numbers
    ended = ended_parts(case, ledgers, x)
    return [
        Contract(
            f"{offer} from {start}, tier {tier}",
            variables[offer, start, tier],
            offers[str(offer)],
            tiers[str(offer), str(tier)],
            date.fromisoformat(str(start)),
            sign[offer, start, tier],
            scale,
            decided[offer, start, tier],
            ended.get((offer, start, tier), {}),
        )
        for (offer, start, tier), scale in values(ledgers, x, NAME, "scale").items()
    ]


def _multiple(case: CaseData, offer: CloudCommitment, starts: date, product: CloudProduct, t: int) -> float:
    """What a price is multiplied by in the part of a period in which the product can be used: a mean over time."""
    factors = [row for row in case.rows(CloudTerm) if row.offer == offer.offer and row.price_factor != 1.0]
    if offer.price_index is None and not factors:
        return 1.0
    position = case.calendar.position
    known = sorted((row.from_date, row.level) for row in case.rows(IndexLevel) if row.index == offer.price_index)
    known = known or [(starts, 1.0)]
    if offer.price_resets:
        known = [(starts, max(each for each in known if each[0] <= starts)[1])]
    steps = [(position(day), level) for day, level in known]
    spans = [(*map(position, _days(offer, starts, row.contract_year)), row.price_factor) for row in factors]
    (chip,) = (row for row in case.rows(Chip) if row.chip == product.chip)
    usable = position(max(product.provided_from, chip.available_from))
    usable = usable if offer.status is OfferStatus.SIGNED else float(-(-usable // 1))
    over = position(_over(offer, starts))
    first, last = max(position(starts), usable, float(t)), min(over, t + 1.0)
    edges = {first, last, *(at for at, _ in steps), *(edge for span in spans for edge in span[:2])}
    total = 0.0
    for begin, end in pairwise(sorted(edge for edge in edges if first <= edge <= last)):
        middle = (begin + end) / 2
        level = max([steps[0], *(each for each in steps if each[0] <= middle)])[1]
        factor = next((span[2] for span in spans if span[0] <= middle < span[1]), 1.0)
        total += (end - begin) * level * factor
    return total / (last - first)


def contract_years(case: CaseData, contract: Contract) -> dict[int, Year]:
    """By number, each contract year that has a part of a period within the horizon, in order."""
    calendar, starts, decided = case.calendar, contract.starts, contract.decided
    years = list(parts_of_years(case, contract.offer, starts))
    covered = {t: sum(parts.get(t, 0.0) for _, parts in years) for t in calendar.periods}
    drawable = _prepaid_before(case, contract)
    found = {}
    for row, parts in years:
        y, inside = row.contract_year, {t: part for t, part in parts.items() if t < calendar.T}
        if not inside:
            continue
        spend = sum(decided.spend[t] * part / covered[t] for t, part in inside.items())
        drawn = sum(decided.drawn[t] * part / covered[t] for t, part in inside.items())
        first, after = _days(contract.offer, starts, y)
        begins, ends = calendar.position(first), calendar.position(after)
        if begins < 0:
            spend += row.spent_usd_bn
            drawn += min(row.spent_usd_bn, drawable) if row.drawn_usd_bn is None else row.drawn_usd_bn
        floor = row.floor_usd_bn * (min(ends, float(calendar.T)) - begins) / (ends - begins)
        last = after - timedelta(days=1)
        found[y] = Year(
            floor * contract.scale_in(y), spend, decided.short[y], decided.credit[y], drawn, decided.rolled[y], last
        )
    return found


def parts_of_years(
    case: CaseData, offer: CloudCommitment, starts: date
) -> Iterator[tuple[CloudTerm, dict[int, float]]]:
    """Each contract year in order, and by period from the case's start on the part of the period in it."""
    rows = sorted((row for row in case.rows(CloudTerm) if row.offer == offer.offer), key=lambda row: row.contract_year)
    for row in rows:
        first, after = _days(offer, starts, row.contract_year)
        begins, ends = case.calendar.position(first), case.calendar.position(after)
        given = row
        if offer.gone_from is not None and offer.gone_from <= first:
            given = row.model_copy(update={"capacity_gw": 0.0, "floor_usd_bn": 0.0})
        periods = range(max(0, int(begins // 1)), max(0, int(-(-ends // 1))))
        parts = {t: min(ends, t + 1.0) - max(begins, float(t)) for t in periods}
        yield given, {t: part for t, part in parts.items() if part > 1e-9}


def _days(offer: CloudCommitment, starts: date, number: int) -> tuple[date, date]:
    """First day of a contract year, and the day after its last."""
    first, after = (add_months(starts, MONTHS_PER_YEAR * years) for years in (number - 1, number))
    return first, min(after, _over(offer, starts))


def _over(offer: CloudCommitment, starts: date) -> date:
    """The day after the term, or the one on which it is said to end before that."""
    return min(add_months(starts, round(offer.term_years * MONTHS_PER_YEAR)), offer.ends_on or date.max)


def _prepaid_before(case: CaseData, contract: Contract) -> float:
    """The whole prepayment, less the floors of contract years that ended before the start [USD bn]."""
    offer, starts = contract.offer, contract.starts
    rows = [row for row in case.rows(CloudTerm) if row.offer == offer.offer]
    days = [(row, *_days(offer, starts, row.contract_year)) for row in rows]
    over = [row for row, first, after in days if first < after <= case.calendar.start]
    whole = offer.prepay_share * sum(row.floor_usd_bn for row in rows)
    if offer.gone_from is not None and offer.gone_from <= starts:
        return 0.0
    if starts < case.calendar.start:
        whole -= sum(row.floor_usd_bn for row in over)
    return max(0.0, whole * contract.scale)


def prepaid_usd_bn(case: CaseData, contract: Contract) -> float:
    """The prepayment that can be drawn [USD bn]; of a contract under way at the start what is left of it."""
    offer, start, drawable = contract.offer, case.calendar.start, _prepaid_before(case, contract)
    if contract.starts >= start:
        return drawable
    if offer.prepaid_left_usd_bn is not None:
        return offer.prepaid_left_usd_bn
    for row in case.rows(CloudTerm):
        if row.offer == offer.offer:
            first, after = _days(offer, contract.starts, row.contract_year)
            if first < start < after:
                drawable -= min(row.spent_usd_bn, drawable) if row.drawn_usd_bn is None else row.drawn_usd_bn
    return max(0.0, drawable)
