"""Cloud commitment: years of take-or-pay spend for a right to capacity.

An offer is expanded into vintages v = (offer, start, tier). At scale 1 everything is known of a vintage: the capacity
and the floor of each contract year, and the prepayment. The variables are

    sign[v]                 1 if the contract is signed with this start and tier
    scale[v]                share of the yearly terms that is signed: the multiple of capacities and floors
    granted[v]              share that is signed, at most 1: min(scale_v, 1), in proportion to which equity is paid and
                            guarantors that are tied give room; the variable exists where the scale may lie below 1 and
                            above it, and it matters
    use[v, c, a, t]         GW of chip c taken in region a
    short[v, y]             USD bn paid for spend below the floor of contract year y; the maximum below
    drawn[v, t]             USD bn of spend paid out of the prepayment
    credit_used[v, y]       USD bn of spend paid out of the shortfalls of earlier years (shortfall = credit), and out of
                            the credits that are left at the start
    floor_owed[v, t]        USD bn of floors to come that are not prepaid (`floors_owed`, also for the next three)
    floor_next[v, t]        USD bn of them in the next twelve months
    floor_due[v, t]         USD bn of the floor of a period that is not paid out of the prepayment
    floor_late[v, t]        USD bn of the floors after the end, up to a period, that are not prepaid
    rolled_in[v, y]         USD bn of last year's spend above its floor that counts towards this floor (rollover); of a
                            year that ended before the start too

A contract year y covers the part c_ty of a period t. Capacity is the mean over time of what the years give, and the
spend of a period counts for each year by the time that the period spends in it:

    capacity_vt    Σ_y capacity_y · c_ty
    floor_vt       Σ_y floor_y · c_ty / Σ_t' c_t'y              floors accrue evenly over the time of their year
    spend_vy       Σ_t spend_vt · c_ty / Σ_y' c_ty'
    short_vy       max(0, left_vy · (scale_v − Σ_{y'≤y} ended_part_vy') − spend_vy − rolled_in_vy)
    left_vy        floor_y · part of the year before the end of the horizon − what was spent before the case's start

Once its provider is gone, nothing is signed, and contract years that begin from then on have neither capacity nor
floor. Only the start of what may still be signed keeps to the starts of periods. A contract signed already starts on
its own day, with its tier and scale; one under way is taken up on the case's first day, with what `opening` says of it.
The part of a floor that falls before the end of the horizon must be met, by what was spent before the start too. A
product can be used for the part u_cat of a period that is left when it becomes available; in a contract that may still
be signed, from the next start of a period. Of the prepayment of a contract under way, what is left can be drawn. The
price of a product is that of its part of the period, with what `price_levels` says:

    price_vcat     price_v · factor_ca · multiple_v(the part of t in which it can be used)

Floors, fees and prepayments are sums of money and follow no index. The posts, by ledger and line:

    signed                 signed              sign_v, from signing on
    taken                  taken               scale_v / largest scale, of an offer that somebody requires
    met                    met                 sign_v, or as taken where the smallest scale is 0
    tied                   tied                granted_v, at most 1
    running_taken          running_taken       as taken, while the term runs, or that of a renewal
    running_met            running_met         as met, while the term runs, or that of a renewal
    running_tied           running_tied        as tied, while the term runs, or that of a renewal
    rights                 right               capacity_{vt} · scale_v
    product_rights         right               most_{cat} · scale_v, where a product has a limit of its own, or becomes
                                               available within a period
    in_use                 use                 use_{vcat}
    compute                use                 availability_share_c · use_{vcat}
    cash cost              spend               −price_{vcat} · h · use_{vcat}
    cash cost              shortfall           −short_{vy}, in the last period of its contract year
    cash cost              shortfall_credit    credit_used_{vy}, in the last period of its contract year
    cash cost              signing_fee         −signing_fee · sign_v, on signing
    cash cost              upfront             −upfront_v · scale_v, on signing
    cash cost              prepayment          −prepaid_v · scale_v, on the start
    cash cost              prepayment_drawn    drawn_{vt}, as this part of the spend is paid already
    cash beyond_horizon    prepayment_drawn    the same after the end
    cash beyond_horizon    floor               −floor_{vt} · scale_v after the end
    cash horizon_value     unused_part         unused part of signing_fee · sign_v and upfront_v · scale_v, at the end
    cash horizon_value     value_after_end     what the floors after the end buy, as `horizon` says
    cash funding           equity              equity · granted_v on signing; · sign_v where it does not scale
    obligations            floor               Σ_{t' ≥ t} floor_{vt'} · scale_v, from signing on
    fixed_charges          floor               the same over the next twelve months
    dues                   floor               floor_{vt} · scale_v, in the period it falls due
    dues                   prepayment          prepaid_v · scale_v, on the start
    cash cost              termination_fee     −fee_y · ended_part_{vdy}, on the day on which it ends
    obligations            termination_fee     fee_y · ended_part_{vdy}, from the notice day on until it is paid
    fixed_charges          termination_fee     the same where it is paid within twelve months
    dues                   termination_fee     the same, on the day
    rollover               rolled_in           rolled_in_{vy}, in the last period of its contract year
    received_before        received            equity received before the start, where a policy limits it
    paid_before            paid                paid before the start for compute, where a policy limits equity by it

What a contract posts for the time after an early end is taken back, as `endings` says, which also says what
ended_part is. Of a contract with a prepayment, the floors that are owed, charged and due are without what is prepaid,
as `floors_owed` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from planner.instruments.cloud_commitment import endings, floors_owed
from planner.instruments.cloud_commitment.horizon import post_horizon
from planner.instruments.cloud_commitment.opening import limited_providers
from planner.instruments.cloud_commitment.tables import Shortfall
from planner.instruments.cloud_commitment.vintages import CommitmentVintage, renewed, vintages
from planner.instruments.shared.signatures import (
    Amount,
    Extent,
    is_required,
    post_extent,
    post_running,
    post_signature,
)
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment, WithSignature
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, Key, PlanFile, VariableGroup

NAME = "cloud_commitment"


@dataclass(frozen=True)
class _Groups:
    """The variables of all vintages."""

    sign: VariableGroup
    scale: VariableGroup
    granted: VariableGroup
    use: VariableGroup
    short: VariableGroup
    drawn: VariableGroup
    credit_used: VariableGroup
    rolled_in: VariableGroup
    left: dict[str, VariableGroup]
    """of vintages with a prepayment, by name"""
    ended: dict[str, VariableGroup]
    """of vintages that may end early, by name"""


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do."""
    all_vintages, notes = vintages(case)
    ledgers.notes.extend(notes)
    groups = _declare(case, ledgers, all_vintages)
    for vintage in all_vintages:
        labels = Labels(instrument=NAME, offer=vintage.row.offer, counterparty=vintage.row.provider)
        scale = groups.scale[vintage.key]
        _post_signing(case, ledgers, labels, vintage, groups)
        ledgers.notes.extend((vintage.row.offer, remark) for remark in endings.remarks(case, vintage))
        ways = endings.ended_by(case, vintage, groups.ended, _granted(vintage, groups), scale)
        floors = floors_owed.post(case, ledgers, labels, vintage, scale, groups.drawn.numbers, groups.left, ways)
        post_horizon(case, ledgers, labels, vintage, groups.sign[vintage.key], scale, floors, ways)
        _post_use(case, ledgers, labels, vintage, scale, groups.use.numbers, ways)
        gives = [vintage.capacity[t] for t in vintage.within]
        ledgers.post("rights", labels, "right", scale, vintage.within, gives)
        _post_drawn(case, ledgers, labels, vintage, groups.drawn.numbers)
        _post_shortfalls(ledgers, labels, vintage, groups)
        _post_before(case, ledgers, labels, vintage)
        _state_shortfalls(case, ledgers, vintage, groups, ways)
        endings.post(case, ledgers, labels, vintage, ways)
        endings.post_given(case, ledgers, labels, vintage, scale)


def _declare(case: CaseData, ledgers: Ledgers, all_vintages: list[CommitmentVintage]) -> _Groups:
    """Declare the variables of every vintage; those of a contract signed already are fixed."""
    of_vintage = ("offer", "starts_on", "tier")
    of_year = (*of_vintage, "contract_year")

    def keys(numbers: Callable[[CommitmentVintage], list[int]]) -> list[Key]:
        return [(*vintage.key, number) for vintage in all_vintages for number in numbers(vintage)]

    none, sunk = np.empty(0), np.array([float(vintage.sunk) for vintage in all_vintages])
    most = np.array([vintage.most for vintage in all_vintages])
    signed = [vintage.key for vintage in all_vintages]
    used = [(*vintage.key, *use) for vintage in all_vintages for use in _uses(vintage)]
    declare = partial(ledgers.declare, NAME)
    on_signing, use, settled = WithSignature("sign"), Moment.DURING_PERIOD, Moment.SETTLEMENT
    of_use, of_draw = (*of_vintage, "chip", "region", "period"), (*of_vintage, "period")
    drawing, granted = keys(_drawing_periods), granting(case, all_vintages)
    low, high = (np.array(bounds) for bounds in zip(*granted.values(), strict=True)) if granted else (none, none)
    return _Groups(
        sign=declare("sign", of_vintage, signed, unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=sunk),
        scale=declare(
            "scale", of_vintage, signed, unit="share of the terms", decided=on_signing, lower=sunk * most, upper=most
        ),
        granted=declare("granted", of_vintage, list(granted), unit="share", decided=on_signing, lower=low, upper=high),
        use=declare("use", of_use, used, unit="GW", decided=use, file=PlanFile.CAPACITY),
        short=declare("short", of_year, keys(_years_with_floor), unit="USD bn", decided=settled),
        drawn=declare("drawn", of_draw, drawing, unit="USD bn", decided=use),
        credit_used=declare("credit_used", of_year, keys(_credit_years), unit="USD bn", decided=settled),
        rolled_in=declare("rolled_in", of_year, keys(_rollover_years), unit="USD bn", decided=settled),
        left=floors_owed.declare(case, ledgers, all_vintages),
        ended=endings.declare(case, ledgers, all_vintages, list(granted)),
    )


def _uses(vintage: CommitmentVintage) -> Iterator[tuple[str, str, int]]:
    """(chip, region, period) of every use that the contract allows."""
    periods = [t for t in vintage.within if vintage.capacity[t] > 0]
    for product in vintage.products:
        for t in (t for t in periods if t in product.usable):
            yield (product.row.chip, product.row.region, t)


def _years_with_floor(vintage: CommitmentVintage) -> list[int]:
    """Contract years in which something must be spent."""
    return [year.number for year in vintage.floor_years if year.due_usd_bn > 0]


def _drawing_periods(vintage: CommitmentVintage) -> list[int]:
    """Periods in which a prepayment may be drawn: in the horizon, and after it where there are floors."""
    if vintage.drawable_usd_bn == 0:
        return []
    return [t for t, owed in vintage.owed.items() if t in vintage.within or owed > 0]


def _credit_years(vintage: CommitmentVintage) -> list[int]:
    """Contract years in which a credit may be used: those after the first with a floor, or all where some are left."""
    years = _years_with_floor(vintage)
    if vintage.row.shortfall is not Shortfall.CREDIT:
        return []
    if vintage.opening.credits > 0:
        return [year.number for year in vintage.floor_years]
    if not years:
        return []
    return [year.number for year in vintage.floor_years if year.number > years[0]]


def _rollover_years(vintage: CommitmentVintage) -> list[int]:
    """Contract years with a floor whose year before lies within the horizon, at least in part, or left a roll-over."""
    if vintage.row.shortfall is not Shortfall.ROLLOVER or not vintage.row.rollover_share:
        return []
    numbers = {year.number for year in vintage.floor_years}
    if numbers and vintage.opening.rollover > 0:
        numbers.add(min(numbers) - 1)
    return [number for number in _years_with_floor(vintage) if number - 1 in numbers]


def granting(case: CaseData, all_vintages: list[CommitmentVintage]) -> dict[Key, tuple[float, float]]:
    """The vintages of which min(scale, 1) is a variable, with its bounds.

    Their scale may be below 1 and above it, and it matters. Of a contract signed already it is fixed.
    """
    return {
        vintage.key: (min(vintage.most, 1.0),) * 2 if vintage.sunk else (0.0, np.inf)
        for vintage in all_vintages
        if vintage.straddles and (_scaled_equity(vintage) or is_required(case, vintage.row) or vintage.row.renews)
    }


def _scaled_equity(vintage: CommitmentVintage) -> bool:
    """Whether it pays equity in proportion to its scale."""
    return vintage.row.scales and vintage.row.equity_usd_bn > 0 and not vintage.sunk


def _granted(vintage: CommitmentVintage, groups: _Groups) -> int:
    """The variable that is min(scale, 1)."""
    if vintage.key in groups.granted.numbers:
        return groups.granted[vintage.key]
    return (groups.sign if vintage.least >= 1.0 else groups.scale)[vintage.key]


def _post_signing(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, groups: _Groups
) -> None:
    """Post the signature, how much is signed, and what is paid or received on signing and on the start."""
    calendar, row = case.calendar, vintage.row
    sign, scale, granted = groups.sign[vintage.key], groups.scale[vintage.key], _granted(vintage, groups)
    post_signature(case, ledgers, labels, row, sign, vintage.signed)
    share = Amount(scale, 1.0 / vintage.largest if vintage.largest > 0 else 1.0)
    extent = Extent([share], sign if vintage.smallest > 0 else None, [Amount(granted, 1.0)])
    post_extent(case, ledgers, labels, row, extent, vintage.signed)
    runs = range(vintage.signed, min(calendar.T, max(vintage.signed, calendar.back(vintage.ends))))
    post_running(case, ledgers, labels, renewed(case, row), extent, runs)
    if not vintage.sunk:
        signing = calendar.start_years(vintage.signed)
        equity = granted if row.scales else sign
        ledgers.dated(Kind.FUNDING, labels, "equity", equity, signing, row.equity_usd_bn)
        ledgers.dated(Kind.COST, labels, "upfront", scale, signing, -vintage.tier.upfront_usd_bn)
    ledgers.dated(Kind.COST, labels, "prepayment", scale, calendar.years(vintage.starts), -vintage.prepaid_usd_bn)


def _post_use(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, scale: int,
    variables: dict[Key, int], ways: Sequence[endings.Ended],
) -> None:  # fmt: skip
    """Post how much of each product may be used, and what its use delivers and costs."""
    calendar = case.calendar
    for product in vintage.products:
        chip, region = product.chip, product.row.region
        periods = [t for t in vintage.within if (*vintage.key, chip.chip, region, t) in variables]
        used = [variables[(*vintage.key, chip.chip, region, t)] for t in periods]
        of_product = replace(labels, chip=chip.chip, family=chip.family, region=region)
        most = [vintage.most_of(product, t) for t in periods]
        if product.row.max_gw is not None or product.within_a_period:
            rights = [vintage.capacity[t] if gw is None else gw for t, gw in zip(periods, most, strict=True)]
            ledgers.post("product_rights", of_product, "right", scale, periods, rights)
            for way in ways:
                lost = [-way.part.per_unit * gw * (t >= way.ending.at) for t, gw in zip(periods, rights, strict=True)]
                ledgers.post("product_rights", of_product, "right", way.part.variable, periods, lost)
        ledgers.post("in_use", of_product, "use", used, periods, 1.0)
        ledgers.post("compute", of_product.supplying(), "use", used, periods, chip.availability_share)
        prices = [-vintage.price(product, t) * calendar.h for t in periods]
        ledgers.flow(Kind.COST, of_product, "spend", used, periods, prices)


def _post_drawn(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, variables: dict[Key, int]
) -> None:
    """Post what is drawn from the prepayment, after the horizon too."""
    for t in vintage.owed:
        if (*vintage.key, t) in variables:
            kind = Kind.COST if t < case.calendar.T else Kind.BEYOND_HORIZON
            ledgers.flow(kind, labels, "prepayment_drawn", variables[(*vintage.key, t)], [t], 1.0)


def _post_shortfalls(ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage, groups: _Groups) -> None:
    """Post shortfalls, credits and spend rolled in, each in the last period of its contract year."""
    for year in vintage.floor_years:
        key, settled = (*vintage.key, year.number), [year.within[-1]]
        if key in groups.short.numbers:
            ledgers.flow(Kind.COST, labels, "shortfall", groups.short[key], settled, -1.0)
        if key in groups.credit_used.numbers:
            ledgers.flow(Kind.COST, labels, "shortfall_credit", groups.credit_used[key], settled, 1.0)
        if key in groups.rolled_in.numbers:
            ledgers.post("rollover", labels, "rolled_in", groups.rolled_in[key], settled, 1.0)


def _post_before(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: CommitmentVintage) -> None:
    """Post what the provider paid in and was paid before the start, where a policy limits the one by the other."""
    if vintage.sunk and vintage.row.provider in limited_providers(case):
        ledgers.post("received_before", labels, "received", CONSTANT, [0], vintage.opening.equity)
        ledgers.post("paid_before", labels, "paid", CONSTANT, [0], vintage.opening.paid)


def _state_shortfalls(
    case: CaseData, ledgers: Ledgers, vintage: CommitmentVintage, groups: _Groups, ways: Sequence[endings.Ended]
) -> None:
    """State what is short of the floor of each contract year."""
    h, T = case.calendar.h, case.calendar.T
    for year in vintage.floor_years:
        key = (*vintage.key, year.number)
        if key not in groups.short.numbers:
            continue
        parts = {groups.scale[vintage.key]: year.left_usd_bn}
        over = [way.part for way in ways if way.ending.year <= year.number]
        parts |= {part.variable: -part.per_unit * year.left_usd_bn for part in over}
        for product in vintage.products:
            for t, counts in vintage.spend_of[year.number].items():
                use = (*vintage.key, product.row.chip, product.row.region, t)
                if use in groups.use.numbers:
                    parts[groups.use[use]] = -h * counts * vintage.price(product, t)
        if key in groups.rolled_in.numbers:
            parts[groups.rolled_in[key]] = -1.0
        variables = np.array(list(parts), dtype=np.int64)
        first = np.zeros(len(parts), dtype=np.int64)
        ledgers.maximum(groups.short[key], (Balance(first, variables, np.array(list(parts.values())), np.zeros(T)), 0))
