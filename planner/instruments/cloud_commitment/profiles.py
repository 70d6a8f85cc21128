"""Cloud commitment: years of take-or-pay spend for a right to capacity.

An offer is expanded into vintages v = (offer, start, tier). Per unit of a vintage's scale everything is known: the
capacity and the floor of each contract year, what is owed, what is prepaid. The variables are

    sign[v]                 1 if the contract is signed with this start and tier
    scale[v]                share of the yearly vintage that is signed
    use[v, c, a, t]         GW of chip c taken in region a
    short[v, y]             USD bn paid for spend below the floor of contract year y
    drawn[v, t]             USD bn of spend met out of the prepayment
    credit_used[v, y]       USD bn of spend met out of shortfalls paid in earlier years (shortfall = credit)
    rolled_in[v, y]         USD bn of last year's spend above its floor that counts towards this one (rollover)

Contract years are read at the start of a period. A floor cut off by the horizon, or under way at the case's start, is
spread evenly over the periods of its year, and only what falls within the horizon is asked for. `build` states what
the variables must satisfy. The posts, by ledger and line:

    signed                 signed              sign_v, from signing on
    rights                 right               capacity_{vy} · scale_v
    product_rights         right               max_gw_{ca} · scale_v, where a product has a limit of its own
    in_use                 use                 use_{vcat}
    compute                use                 availability_share_c · use_{vcat}
    cash cost              spend               −price_v · factor_{ca} · h · use_{vcat}
    cash cost              shortfall           −short_{vy}, in the last period of its contract year
    cash cost              shortfall_credit    credit_used_{vy}, in the last period of its contract year
    cash cost              signing_fee         −signing_fee · sign_v, on signing
    cash cost              upfront             −upfront_v · scale_v, on signing
    cash cost              prepayment          −prepaid_v · scale_v, on the start
    cash cost              prepayment_drawn    drawn_{vt}, which is spend that is paid already
    cash beyond_horizon    prepayment_drawn    the same after the end, where floors are charged there
    cash beyond_horizon    floor               −floor_{vt} · scale_v after the end, where the case charges it
    cash funding           equity              equity · sign_v, on signing
    obligations            floor               Σ_{t' ≥ t} floor_{vt'} · scale_v, from signing on
    fixed_charges          floor               the same over the next twelve months
    dues                   floor               floor_{vt} · scale_v, in the period it falls due
    rollover               rolled_in           rolled_in_{vy}, in the last period of its contract year
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.basics.calendar import Calendar
from planner.instruments.cloud_commitment.tables import Shortfall
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, vintages
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, Key, PlanFile

NAME = "cloud_commitment"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do."""
    found, notes = vintages(case)
    ledgers.notes.extend(notes)
    of_vintage = ("offer", "starts_on", "tier")
    keys = [vintage.key for vintage in found]
    fixed = np.array([float(vintage.sunk) for vintage in found])
    sign = ledgers.declare(NAME, "sign", of_vintage, keys, unit="0 or 1", domain=Domain.BINARY, lower=fixed)
    most = np.array([vintage.tier.scale_max for vintage in found])
    scale = ledgers.declare(NAME, "scale", of_vintage, keys, unit="share of the terms", lower=fixed * most, upper=most)
    use = ledgers.declare(
        NAME, "use", (*of_vintage, "chip", "region", "period"), list(_use_keys(case.calendar, found)),
        unit="GW", file=PlanFile.CAPACITY,
    )  # fmt: skip
    of_year = (*of_vintage, "contract_year")
    short = ledgers.declare(NAME, "short", of_year, list(_short_keys(found)), unit="USD bn")
    drawing = list(_drawn_keys(found, beyond=case.settings.charge_beyond_horizon))
    drawn = ledgers.declare(NAME, "drawn", (*of_vintage, "period"), drawing, unit="USD bn")
    credit = ledgers.declare(NAME, "credit_used", of_year, list(_credit_keys(found)), unit="USD bn")
    rolled = ledgers.declare(NAME, "rolled_in", of_year, list(_rolled_keys(found)), unit="USD bn")
    for vintage in found:
        labels = Labels(instrument=NAME, offer=vintage.row.offer, counterparty=vintage.row.provider)
        _post_signing(case, ledgers, labels, vintage, sign[vintage.key], scale[vintage.key])
        _post_obligations(case, ledgers, labels, vintage, scale[vintage.key])
        _post_use(case, ledgers, labels, vintage, scale[vintage.key], use.numbers)
        for year in vintage.floor_years:
            ledgers.post("rights", labels, "right", scale[vintage.key], year.within, year.capacity_gw)
        for year in vintage.years:
            for t in year.periods:
                if (*vintage.key, t) in drawn.numbers:
                    kind = Kind.COST if t < case.calendar.T else Kind.BEYOND_HORIZON
                    ledgers.flow(kind, labels, "prepayment_drawn", drawn[(*vintage.key, t)], [t], 1.0)
        for year in vintage.floor_years:
            key, settled = (*vintage.key, year.number), [year.within[-1]]
            if key in short.numbers:
                ledgers.flow(Kind.COST, labels, "shortfall", short[key], settled, -1.0)
            if key in credit.numbers:
                ledgers.flow(Kind.COST, labels, "shortfall_credit", credit[key], settled, 1.0)
            if key in rolled.numbers:
                ledgers.post("rollover", labels, "rolled_in", rolled[key], settled, 1.0)


def _periods(vintage: CommitmentVintage) -> Iterator[int]:
    """Periods of the horizon in which the contract runs."""
    for year in vintage.floor_years:
        yield from year.within


def _use_keys(calendar: Calendar, found: list[CommitmentVintage]) -> Iterator[Key]:
    for vintage in found:
        for product in vintage.products:
            for year in vintage.floor_years:
                for t in year.within:
                    if year.capacity_gw > 0 and product.usable(calendar, t):
                        yield (*vintage.key, product.row.chip, product.row.region, t)


def _short_keys(found: list[CommitmentVintage]) -> Iterator[Key]:
    for vintage in found:
        for year in vintage.floor_years:
            if year.floor_usd_bn > 0:
                yield (*vintage.key, year.number)


def _drawn_keys(found: list[CommitmentVintage], *, beyond: bool) -> Iterator[Key]:
    """Periods in which a prepayment may be drawn: of the horizon, and past it where floors are charged there."""
    for vintage in found:
        if vintage.prepaid_usd_bn > 0:
            for year in vintage.years:
                for t in year.periods:
                    if t in year.within or (beyond and year.owed_usd_bn > 0):
                        yield (*vintage.key, t)


def _credit_keys(found: list[CommitmentVintage]) -> Iterator[Key]:
    """Years after the first floor, where a shortfall paid may be used."""
    for vintage in found:
        if vintage.row.shortfall is Shortfall.CREDIT:
            owing = [year.number for year in vintage.floor_years if year.floor_usd_bn > 0]
            for year in vintage.floor_years:
                if owing and year.number > owing[0]:
                    yield (*vintage.key, year.number)


def _rolled_keys(found: list[CommitmentVintage]) -> Iterator[Key]:
    """Years with a floor whose year before lies, in part, within the horizon."""
    for vintage in found:
        if vintage.row.shortfall is Shortfall.ROLLOVER and vintage.row.rollover_share:
            numbers = {year.number for year in vintage.floor_years}
            for year in vintage.floor_years:
                if year.floor_usd_bn > 0 and year.number - 1 in numbers:
                    yield (*vintage.key, year.number)


def _post_signing(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, sign: int, scale: int
) -> None:
    """The mark that it is signed, and what is paid or received on signing and on the start."""
    calendar = case.calendar
    ledgers.post("signed", labels, "signed", sign, range(vintage.signed, calendar.T), 1.0)
    if not vintage.sunk:
        signing = calendar.start_years(vintage.signed)
        ledgers.dated(Kind.COST, labels, "signing_fee", sign, signing, -vintage.row.signing_fee_usd_bn)
        ledgers.dated(Kind.FUNDING, labels, "equity", sign, signing, vintage.row.equity_usd_bn)
        ledgers.dated(Kind.COST, labels, "upfront", scale, signing, -vintage.tier.upfront_usd_bn)
    ledgers.dated(Kind.COST, labels, "prepayment", scale, calendar.years(vintage.starts), -vintage.prepaid_usd_bn)


def _post_obligations(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int) -> None:
    """Floors that remain: the current contract year pro rata, from signing on."""
    owed = {t: year.owed_per_period for year in vintage.years for t in year.periods if year.owed_usd_bn > 0}
    FixedPayments.of(case.calendar, owed, vintage.signed).post(case, ledgers, labels, "floor", scale)


def _post_use(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int, variables: dict[Key, int]
) -> None:
    """How much of each product may be used, what use delivers, and what it costs."""
    calendar = case.calendar
    for product in vintage.products:
        chip = product.chip
        periods = [t for t in _periods(vintage) if (*vintage.key, chip.chip, product.row.region, t) in variables]
        used = [variables[(*vintage.key, chip.chip, product.row.region, t)] for t in periods]
        about = Labels(
            instrument=labels.instrument,
            offer=labels.offer,
            counterparty=labels.counterparty,
            chip=chip.chip,
            family=chip.family,
            region=product.row.region,
        )
        if product.row.max_gw is not None:
            ledgers.post("product_rights", about, "right", scale, periods, product.row.max_gw)
        ledgers.post("in_use", about, "use", used, periods, 1.0)
        ledgers.post("compute", about.supplying(), "use", used, periods, chip.availability_share)
        ledgers.flow(Kind.COST, about, "spend", used, periods, -vintage.price(product) * calendar.h)
