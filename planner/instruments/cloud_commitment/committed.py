"""Cloud commitments as other programs know them: a commitment to spend for each contract year.

    spend                  floor of the contract year · scale
    span, contract         the contract year; the term up to its last day, or to that on which it ends early
    paid upfront           prepay_share
    Proposed               the plan signs it
    Canceled               the year begins once the contract has ended early, or once its provider is gone
    Expired                signed, and the year is over by the start of the case
    Superseded             signed, and a signed contract that renews it has begun by the start of the case
    Active, Pending        signed, and the year has begun by the start of the case, or has not

A contract of scale 0 commits to nothing and is left out. Read back, a year's floor is its spend divided by the scale;
where no scale is told, what is told is scale 1. Nothing is put in the place of what is not told: the cells stay blank.
Where capacity could be had for nothing, as floor and price are 0 or are not told, those of 0 are taken for not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext

from planner.basics.calendar import add_months, months_between
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.cloud_commitment.contract_years import term_ends, year_days
from planner.instruments.cloud_commitment.decided import SignedDecisions, signed_by
from planner.instruments.cloud_commitment.one_row import TIER
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.interfaces.case_data import CaseData
from planner.interfaces.commitments import Cells, Commitments, CommittedSpend, FilledRow, Lifecycle, ToldContract
from planner.interfaces.plan_data import PlanData
from planner.tables.cells import number as number_of
from planner.tables.cells import text_of
from planner.tables.offer import OfferStatus

PRICE = "price_usd_bn_per_gw_year"
SCALE, TIER_CHOSEN, GW, ENDS = "scale", "tier", "committed_gw", "planned_end"
STATUS = {
    Lifecycle.PROPOSED: OfferStatus.OPEN,
    Lifecycle.PENDING: OfferStatus.SIGNED,
    Lifecycle.ACTIVE: OfferStatus.SIGNED,
    Lifecycle.EXHAUSTED: OfferStatus.SIGNED,
}
"""what a contract is in a case, by where those of its commitments stand that are not over"""
DIGITS = 60
"""digits of sums and of what they are divided by, so that a floor comes back as it was"""


def of_plan(plan: PlanData) -> Iterator[CommittedSpend]:
    """The commitments of the contracts that a plan signs or that are signed already."""
    case = plan.case
    for found in signed_by(case, plan.values, case.calendar.T):
        if found.scale > 0.0:
            yield from _years(case, found)


def _years(case: CaseData, found: SignedDecisions) -> Iterator[CommittedSpend]:
    """The contract years of a contract that is signed, or that the plan signs."""
    row, vintage = found.vintage.row, found.vintage
    starts = row.start_date or vintage.starts
    whole = row.model_copy(update={"ends_on": None})
    ends, scale = term_ends(whole, starts), Decimal(text_of(found.scale))
    products = [product for product in case.rows(CloudProduct) if product.offer == row.offer]
    tiers = [tier for tier in case.rows(CloudTier) if tier.offer == row.offer]
    planned = found.ends_on()
    for term in sorted(_terms(case, row), key=lambda term: term.contract_year):
        span = year_days(starts, ends, term.contract_year)
        chosen = {TIER_CHOSEN: vintage.tier.tier, SCALE: text_of(found.scale)}
        chosen[GW] = plain(Decimal(text_of(term.capacity_gw)) * scale)
        if planned is not None and planned != row.ends_on:
            chosen[ENDS] = planned.isoformat()
        yield CommittedSpend(
            offer=row.offer,
            number=term.contract_year,
            seller=row.provider,
            contract=(starts, term_ends(row, starts)),
            span=span,
            spend_usd_bn=_product(Decimal(text_of(term.floor_usd_bn)), scale),
            lifecycle=_lifecycle(case, row, span),
            agreed_on=_agreed_on(case, row, starts),
            upfront_share=Decimal(text_of(row.prepay_share)),
            provided=tuple((product.chip, product.region) for product in products),
            chosen=chosen,
            rows=(row, term, *tiers, *products),
        )


def _terms(case: CaseData, row: CloudCommitment) -> list[CloudTerm]:
    return [term for term in case.rows(CloudTerm) if term.offer == row.offer]


def _lifecycle(case: CaseData, row: CloudCommitment, span: tuple[date, date]) -> Lifecycle:
    """Where the commitment of a contract year stands at the start of the case."""
    (first, after), day = span, case.calendar.start
    if any(end is not None and end <= first for end in (row.ends_on, row.gone_from)):
        return Lifecycle.CANCELED
    if row.status is not OfferStatus.SIGNED:
        return Lifecycle.PROPOSED
    if after <= day:
        return Lifecycle.EXPIRED
    if any(_renewed_by(other, row, day) for other in case.rows(CloudCommitment)):
        return Lifecycle.SUPERSEDED
    return Lifecycle.ACTIVE if first <= day else Lifecycle.PENDING


def _renewed_by(other: CloudCommitment, row: CloudCommitment, day: date) -> bool:
    """Whether another contract is signed, has begun by a day, and renews this one."""
    renews = other.renews and other.requires_offer == row.offer and other.status is OfferStatus.SIGNED
    return renews and other.start_date is not None and other.start_date <= day


def _agreed_on(case: CaseData, row: CloudCommitment, starts: date) -> date:
    """Day of the signature: of a proposal the start of the case, of a contract not later than its start."""
    start = case.calendar.start
    return min(row.sign_from or starts, start) if row.status is OfferStatus.SIGNED else start


def rows(told: ToldContract) -> Iterator[FilledRow]:
    """The rows that a contract makes."""
    line = told.spans[0].line
    own = dict(told.cells)
    own["offer"] = told.offer
    own["provider"] = told.seller
    own.setdefault("status", "" if told.lifecycle is None else STATUS.get(told.lifecycle, ""))
    if "lead_months" not in own:
        own.setdefault("start_date", told.starts.isoformat())
    if (months := months_between(told.starts, told.ends)) is not None:
        own.setdefault("term_years", plain(_ratio(Decimal(months), Decimal(MONTHS_PER_YEAR))))
    if told.upfront_share is not None:
        own["prepay_share"] = plain(told.upfront_share)
    tiers: Sequence[Cells] = told.lists.get(CloudTier, ())
    if free := _for_nothing(told, [own] if PRICE in own else tiers):
        own, *tiers = (_without_price_of_0(cells) for cells in (own, *tiers))
    yield FilledRow(CloudCommitment, own, line)
    if "capacity_gw" not in own:
        yield from _told_years(told, free)
    if PRICE not in own:
        only: Cells = {"tier": TIER, "scale_min": "1", "scale_max": "1"}
        for cells in tiers or (only,):
            yield FilledRow(CloudTier, {"offer": told.offer, **cells}, line)
    if "chip" not in own:
        for cells in told.lists.get(CloudProduct) or ({},):
            yield FilledRow(CloudProduct, {"offer": told.offer, **cells}, line)


def _for_nothing(told: ToldContract, priced: Sequence[Cells]) -> bool:
    """Whether capacity of some year could be had for nothing: its floor and a price are not told, or are 0."""
    prices = [cells.get(PRICE, "") for cells in priced] or [""]
    return not all(span.spend_usd_bn for span in told.spans) and not all(map(_above_0, prices))


def _above_0(text: str) -> bool:
    """Whether a text is a number above 0."""
    try:
        return number_of(text) > 0
    except ValueError:
        return False


def _without_price_of_0(cells: Cells) -> dict[str, str]:
    return {column: text for column, text in cells.items() if column != PRICE or _above_0(text)}


def _told_years(told: ToldContract, free: bool) -> Iterator[FilledRow]:
    """A row for each contract year. Spend of several years is divided among them only where it is told to be even.

    Where `free`, a floor of 0 is not taken over.
    """
    scale = Decimal(told.chosen.get(SCALE) or 1)
    for span in told.spans:
        first = 1 + (months_between(told.starts, span.starts) or 0) // MONTHS_PER_YEAR
        days = [span.starts]
        while (following := add_months(days[-1], MONTHS_PER_YEAR)) < span.ends:
            days.append(following)
        for number, day in enumerate(days, start=first):
            part = _part((day, min(add_months(day, MONTHS_PER_YEAR), span.ends)), (span.starts, span.ends))
            spend = span.spend_usd_bn if part == 1 or span.even else None
            cells = {"offer": told.offer, "contract_year": str(number), **span.cells}
            if span.capacity_gw is not None:
                cells.setdefault("capacity_gw", plain(span.capacity_gw))
            if spend is not None and (spend > 0 or not free):
                cells["floor_usd_bn"] = plain(_ratio(_product(spend, part), scale))
            yield FilledRow(CloudTerm, cells, span.line)


def _part(days: tuple[date, date], whole: tuple[date, date]) -> Decimal:
    """The part of a span that some of its days are, by months where these are whole, else by days."""
    counts = [months_between(*each) for each in (days, whole)]
    if None in counts:
        counts = [(after - first).days for first, after in (days, whole)]
    few, all_of_them = (Decimal(count or 0) for count in counts)
    return _ratio(few, all_of_them)


def _product(one: Decimal, other: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return one * other


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return one / other


def plain(value: Decimal) -> str:
    """A number as the tables of a case have it.

    >>> plain(Decimal("13.500")), plain(Decimal("1E+2")), plain(Decimal("0E-9"))
    ('13.5', '100', '0')
    """
    return text_of(float(value))


COMMITMENTS = Commitments(
    contracts=CloudCommitment,
    spans=CloudTerm,
    lists=(CloudTier, CloudProduct),
    said=frozenset(
        {
            "cloud_commitments.provider",
            "cloud_commitments.prepay_share",
            "cloud_terms.contract_year",
            "cloud_terms.floor_usd_bn",
        }
    ),
    chosen=(TIER_CHOSEN, SCALE, GW, ENDS),
    scale=SCALE,
    of_plan=of_plan,
    rows=rows,
)
