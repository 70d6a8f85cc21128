"""Liquidity: cash at the end of every period, and after the payments of its first day, is at least the minimum.

    cash              min_cash_t + locked_t ≤ cash_t    = opening_cash + Σ_{t' ≤ t} (operating + cost + funding)_{t'}
    cash_first_day    min_cash_t + locked_t ≤ cash_{t−1} + first_t

locked_t is the collateral of guarantors who ask for some: it is the lab's, in no cost, and of no use. It follows their
exposure at the start of the period, and comes back as that falls.

first_t are the sums of cost and funding that are dated on the first day of period t: what is paid and received on
signing, draws and repayments of loans, balances of deliveries and the like. Sums in arrears that are due at the end of
a period belong to that period. A limit of a first day on which nothing is dated, and whose minimum is not above that
of the period before, follows from the one before and is left out, where nothing can be locked.

Revenue and other costs are posted here, as time-weighted means of each period. Demand that is not served takes revenue
away where its workload says how much, and the other costs that are a part of it. Cash earns no interest. The posts, by
ledger and line:

    cash operating    revenue        revenue_t · h
    cash operating    other_costs    −revenue_t · other_cost_share_t · h
    cash operating    revenue_lost   −lost_wt · h · shortage_{bwt}
    cash operating    other_costs    +lost_wt · other_cost_share_t · h · shortage_{bwt}
    cash operating    fixed_costs    −other_cost_usd_bn_per_year_t · h
    cash operating    tax            amount, on its day
    cash operating    other_cash     amount, on its day
    cash funding      other_equity   amount, on its day
    cash funding      dividend       amount, on its day
    locked            collateral     collateral_share_g · exposure_{gt}

lost_wt is what the workload's revenue_usd_bn_per_gw_year and the factor of the period say, and less in proportion where
all demand together would bring more than the revenue of the period.

The sums of `other_cash` are what no contract brings or takes. Like revenue they are given and not decided: they are in
cash and not in the objective. One on the first day of a period counts in the cash of that first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.common.demand import Demand, Workload
from planner.common.guarantors import Guarantor
from planner.common.treasury import CashKind, Finance, OtherCash
from planner.interfaces.advance import Roll, RowChange, left_out
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.lines import Amounts, Line, lowered, moved
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, SAME_TIME, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import IN_LIQUIDITY, Kind, Labels
from planner.rules.shared.loosening import as_it_is, needs, size
from planner.rules.shared.other_cash import further_terms
from planner.rules.shared.revenue import (
    fixed_costs,
    loses_revenue,
    lowest_given,
    other_cost_share,
    other_costs,
    revenue,
    revenue_lost,
    strictest,
)

NAME = "liquidity"
COLLATERAL = "collateral"
"""line of cash that is locked up"""
AT_END, ON_FIRST_DAY = "cash", "cash_first_day"
"""subjects of its limits"""
LINES = {
    CashKind.EQUITY: (Kind.FUNDING, "other_equity"),
    CashKind.TAX: (Kind.OPERATING, "tax"),
    CashKind.DIVIDEND: (Kind.FUNDING, "dividend"),
    CashKind.OTHER: (Kind.OPERATING, "other_cash"),
}
"""kind and line of the posts of other cash"""


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Post revenue and other costs, what is lost of both where demand is not served, and other cash."""
    calendar = case.calendar
    ledgers.flow(Kind.OPERATING, Labels(), "revenue", CONSTANT, calendar.periods, revenue(case) * calendar.h)
    ledgers.flow(Kind.OPERATING, Labels(), "other_costs", CONSTANT, calendar.periods, -other_costs(case) * calendar.h)
    ledgers.flow(Kind.OPERATING, Labels(), "fixed_costs", CONSTANT, calendar.periods, -fixed_costs(case) * calendar.h)
    for row in case.rows(OtherCash):
        kind, line = LINES[row.kind]
        if calendar.start <= row.date < calendar.end:
            ledgers.dated(kind, Labels(about=row.what), line, CONSTANT, calendar.years(row.date), row.amount_usd_bn)
        else:
            ledgers.notes.append((row.what, f"{row.date} lies outside the horizon: the sum of that day does not count"))
    share, by_workload = other_cost_share(case), revenue_lost(case)
    for each in list(ledgers.select("shortage")):
        if each.labels.workload in by_workload:
            lost = by_workload[each.labels.workload][each.periods] * calendar.h * each.values
            labels = Labels(region=each.labels.to_region, workload=each.labels.workload)
            of = each.variables, each.periods
            ledgers.flow(Kind.OPERATING, labels, "revenue_lost", *of, -lost)
            ledgers.flow(Kind.OPERATING, labels, "other_costs", *of, lost * share[each.periods])
    asked = {(row.guarantor, str(row.kind)): row.collateral_share for row in case.rows(Guarantor)}
    for each in list(ledgers.select("guarantees")):
        part = asked.get((each.labels.guarantor, each.labels.cover), 0.0)
        if part > 0:
            ledgers.post("locked", each.labels, COLLATERAL, each.variables, each.periods, part * each.values)


def advance(roll: Roll) -> Iterator[RowChange]:
    """Other cash of the days before is in the opening cash."""
    for row in roll.case.rows(OtherCash):
        if row.date < roll.day:
            yield left_out(row, f"its day, {row.date}, has passed")


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Minimum cash at the ends and on the first days of periods [USD bn], where it is given."""
    minimum, held = minimum_cash(case), locked(ledgers)
    if np.isfinite(minimum).any():
        yield Limit.of(NAME, AT_END, "USD bn", replace(held, constant=held.constant + minimum), cash(case, ledgers))
        after, dated = cash_after_first_day(case, ledgers)
        stated = dated | (np.diff(minimum, prepend=-np.inf) > 0)
        stated[held.possible()] = True
        least = replace(held, constant=held.constant + np.where(stated, minimum, -np.inf))
        yield Limit.of(NAME, ON_FIRST_DAY, "USD bn", least, after)


def minimum_cash(case: CaseData) -> Vector:
    """The strictest minimum of cash in each period, −∞ where there is none [USD bn]; shape (T,)."""
    return strictest(case, lambda row: row.min_cash_usd_bn, max, -np.inf)


def locked(ledgers: Ledgers) -> Balance:
    """Cash that is locked up as collateral from the start of each period on [USD bn]."""
    return ledgers.balance("locked")


def cash(case: CaseData, ledgers: Ledgers) -> Balance:
    """Cash at the end of each period [USD bn]."""
    flows = ledgers.balance("cash", IN_LIQUIDITY)
    opening = np.zeros(case.calendar.T)
    opening[0] = case.settings.opening_cash_usd_bn
    return replace(flows, constant=flows.constant + opening).so_far()


def cash_after_first_day(case: CaseData, ledgers: Ledgers) -> tuple[Balance, npt.NDArray[np.bool_]]:
    """Cash after the sums of the first day of each period [USD bn]; and whether any sum is dated then, shape (T,)."""
    h, T = case.calendar.h, case.calendar.T
    flows, dated = np.zeros(T), np.zeros(T, dtype=bool)
    flows[0] = case.settings.opening_cash_usd_bn
    found = [(post, post.years) for post in ledgers.select("cash", IN_LIQUIDITY) if post.years is not None]
    if not found:
        return Balance.of(flows).so_far(), dated
    periods = np.concatenate([post.periods for post, _ in found])
    variables = np.concatenate([post.variables for post, _ in found])
    values = np.concatenate([post.values for post, _ in found])
    first = np.abs(np.concatenate([years for _, years in found]) / h - periods) <= SAME_TIME
    dated[periods[first]] = True
    when = periods + ~first
    inside, fixed = when < T, variables == CONSTANT
    given, free = inside & fixed, inside & ~fixed
    flows += np.bincount(when[given], weights=values[given], minlength=T)
    return Balance(when[free], variables[free], values[free], flows).so_far(), dated


def _steps(case: CaseData) -> Iterator[LimitStep]:
    if any(row.min_cash_usd_bn is not None for row in case.rows(Finance)):
        yield LimitStep(LimitOf.CASH, "cash", "1 USD bn more at the start", "case.opening_cash_usd_bn += 1")


def _happens(event: Event) -> str:
    return f"revenue is {event.value or 0.0:.0%} down"


def _lowered(event: Event, case: CaseData) -> Iterator[str]:
    yield f"finance[{event.from_date}..].revenue_usd_bn_per_year *= {plain(event.share_left)}"
    if loses_revenue(case):
        yield f"finance[{event.from_date}..].lost_revenue_factor *= {plain(event.share_left)}"


REVENUE_DOWN = EventKind(
    name="revenue_down",
    subject="",
    subjects=None,
    value=EventValue.SHARE,
    happens=_happens,
    changes=_lowered,
    problems=None,
)


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A smaller minimum of cash, and more cash at the start."""
    stated = [limits[subject] for subject in (AT_END, ON_FIRST_DAY) if subject in limits]
    if not stated:
        return
    lowest = lowest_given(case, lambda row: row.min_cash_usd_bn)
    level = strictest(case, lambda row: row.min_cash_usd_bn, max, 0.0)
    names = {t: [(NAME, limit.subject) for limit in stated if t in limit.periods] for t in case.calendar.periods}
    slots = tuple(
        Slot(t, size(level), float(level[t]), tuple((name, t, 1.0) for name in names[t]))
        for t in case.calendar.periods
        if level[t] > 0 and names[t]
    )

    def less(amounts: Amounts) -> list[Line]:
        where, says = "finance[{span}].min_cash_usd_bn", "{by} less minimum cash {when}"
        return lowered(case.calendar, where, needs(slots, amounts, as_it_is), lowest, level, says, "USD bn")

    if slots:
        yield Item("cash", "minimum", less, slots)
    more = moved("+=", "case.opening_cash_usd_bn", "{by} more cash at the start", "USD bn")
    scale = size(np.append(level, case.settings.opening_cash_usd_bn))
    effects = tuple(((NAME, limit.subject), t, 1.0) for limit in stated for t in limit.periods)
    yield Item("opening_cash", "opening", more, (Slot(0, scale, np.inf, effects),))


PLAIN_LINES: PlainLines = {
    "revenue": PlainLine("Revenue", "What customers pay if all demand is served.", Meaning.REVENUE),
    "revenue_lost": PlainLine(
        "Revenue lost", "Revenue that demand brings which is not served; less what goes with it.", Meaning.REVENUE
    ),
    "other_costs": PlainLine(
        "Costs that follow revenue", "Costs other than compute that are a part of revenue.", Meaning.OTHER_COSTS
    ),
    "fixed_costs": PlainLine(
        "Costs that do not follow revenue",
        "Costs other than compute that are the same whatever is earned.",
        Meaning.OTHER_COSTS,
    ),
    "tax": PlainLine("Tax", "Tax that is given with its days.", Meaning.OTHER_COSTS),
    "other_cash": PlainLine("Other cash", "Other sums that are given with their days.", Meaning.OTHER_COSTS),
    "other_equity": PlainLine("Equity from others", "Equity that is given with its days.", Meaning.EQUITY),
    "dividend": PlainLine("Dividends", "Paid to the owners of the lab.", Meaning.DIVIDENDS),
}
"""of what is given and not decided"""
RULE = Rule(
    name=NAME,
    reads=(Finance, OtherCash, Demand, Guarantor, Workload, "opening_cash_usd_bn"),
    steps=_steps,
    events=(REVENUE_DOWN,),
    post=post,
    advance=advance,
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
    further_terms=further_terms,
    plain_lines=PLAIN_LINES,
)
