"""Refitting: halls whose lease names a price for it run chips of the family for which they are fitted.

By lease o, region a, admitted families F, power class p and chip family f, in a period t, the variables are

    fitted[o, f, t]        GW of halls fitted for a family
    first[o, f, t]         GW fitted for it as they commence, which the fit-out pays for
    refit[o, f, t]         GW fitted for it anew, at the start of t
    used[o, F, f, t]       GW of the family that may run in halls of such a lease
    open[a, F, p, f, t]    GW of it that may run in halls of leases without such a price

    stock        Σ_f fitted_{oft} ≤ hall_stock_{ot}
    kept         fitted_{oft} ≤ fitted_{o,f,t−1} + first_{oft} + refit_{oft}
    new          Σ_f first_{oft} ≤ hall_new_{ot}
    in_fitted    Σ_F used_{oFft} ≤ part_{ot} · fitted_{oft}
    in_halls     Σ_f used_{oFft} ≤ halls_{oFt}
    in_open      Σ_f open_{aFpft} ≤ halls_{aFpt} of the other leases
    family       Σ_c run_{caFt} ≤ Σ_o used_{oFft} + Σ_p open_{aFpft}         c of family f
    power        Σ_{o,f} used_{oFft} + Σ_f open_{aFpft} ≤ draw_{aFpt}        o of power class p

part_{ot} is the largest part of the halls fitted by the end of t that can have stood on average over t, so that a GW
that runs for half of a period needs a GW that is fitted. For t = 0 the halls fitted before are those of fitted_halls.
Fitting follows the halls, not the chips: halls that stand idle for a while stay fitted as they are, and only new halls
are fitted free of charge. Both sides of the last two limits have the same sum, so that they hold with equality. Pools
in which chips of one family only can run have no such variables, but for halls that fitted_halls names. The posts, by
ledger and line:

    fitted                    fitted    fitted_{oft}
    fitted_before             fitted    fitted_{oft} in t + 1, while there are halls; fitted_halls in the first period
    fitted_first              first     first_{oft}
    refitted                  refit     refit_{oft}
    hosts_fitted              used      used_{oFft}
    hosts                     used      used_{oFft}
    hosts                     open      open_{aFpft}
    cash cost                 refit     −refit_price_o · refit_{oft}, at the start of t
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.common.fitted_halls import FittedHalls
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out
from planner.interfaces.case_data import CaseData
from planner.interfaces.plain_lines import Activity, Meaning, PlainLine, PlainLines
from planner.interfaces.reporting import CashLine
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped

NAME = "refitting"
OPEN = "open"
"""what `about` says of halls that admit all their families at any time"""
SMALL = 1e-9
"""fewer GW are rounding"""


@dataclass(frozen=True)
class Stock:
    """Halls of a lease that must be fitted, as far as they admit the same families."""

    offer: str
    region: str
    families: str
    power_class: str


def stocks(case: CaseData, ledgers: Ledgers) -> list[Stock]:
    """All such halls in which chips of two families or more can run, or of which is said what they are fitted for."""
    found = [Stock(*each) for each in ledgers.accounts("hall_stock", "offer", "region", "families", "power_class")]
    told = {row.offer for row in case.rows(FittedHalls)}
    return [
        each
        for each in found
        if (each.offer in told and "|" in each.families) or len(_able(ledgers, each.region, each.families)) > 1
    ]


def _able(ledgers: Ledgers, region: str, families: str) -> list[str]:
    """The families of chips that can run in the halls of a region that admit some families."""
    return [f for f, a, admitted in ledgers.accounts("in_use", "family", "region", "families")
            if (a, admitted) == (region, families)]  # fmt: skip


def _runs(ledgers: Ledgers, region: str, families: str, family: str) -> Balance:
    return ledgers.balance("in_use", family=family, region=region, families=families)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare what halls are fitted for and what runs in them, and post it with its cost."""
    mine = stocks(case, ledgers)
    if not mine:
        return
    T = case.calendar.T
    fitted = dict.fromkeys(
        (each.offer, f, t)
        for each in mine
        for f in _able(ledgers, each.region, each.families)
        for t in _periods(_stock_of(ledgers, mine, each.offer, "hall_stock", T))
    )
    where = {each.offer: each for each in mine}
    for name, ledger in (("fitted", "fitted"), ("first", "fitted_first"), ("refit", "refitted")):
        group = ledgers.declare(
            NAME, name, ("offer", "family", "period"), fitted, unit="GW", decided=Moment.PERIOD_START,
            file=PlanFile.CAPACITY,
        )  # fmt: skip
        for (o, f), periods in grouped(group.keys).items():
            labels = Labels(instrument=NAME, offer=o, region=where[o].region, family=f)
            variables = [group[o, f, t] for t in periods]
            ledgers.post(ledger, labels, name, variables, periods, 1.0)
            if name == "fitted":
                ledgers.post("fitted_before", labels, name, variables[:-1], periods[1:], 1.0)
            if name == "refit":
                price = ledgers.balance("refit_price", offer=o).constant
                years = [case.calendar.start_years(t) for t in periods]
                ledgers.dated(Kind.COST, labels, name, variables, years, [-float(price[t]) for t in periods])
    for row in case.rows(FittedHalls):
        if row.offer in where:
            labels = Labels(instrument=NAME, offer=row.offer, region=where[row.offer].region, family=row.family)
            ledgers.post("fitted_before", labels, "fitted", CONSTANT, [0], row.gw)
    _post_hosts(ledgers, mine)


def _post_hosts(ledgers: Ledgers, mine: list[Stock]) -> None:
    """Declare and post what may run in halls that must be fitted for it, and in the others of their pools."""
    keys: list[Key] = []
    for each in mine:
        halls = set(ledgers.balance("halls", offer=each.offer, families=each.families).possible())
        for f in _able(ledgers, each.region, each.families):
            running = _runs(ledgers, each.region, each.families, f).possible()
            keys += [(each.offer, each.families, f, t) for t in running if t in halls]
    used = ledgers.declare(
        NAME, "used", ("offer", "families", "family", "period"), keys, unit="GW", decided=Moment.DURING_PERIOD,
        file=PlanFile.CAPACITY,
    )  # fmt: skip
    by_account = {(each.offer, each.families): each for each in mine}
    for (o, admitted, f), periods in grouped(used.keys).items():
        each = by_account[o, admitted]
        labels = Labels(
            instrument=NAME, offer=o, region=each.region, families=admitted, power_class=each.power_class, family=f
        )
        for ledger in ("hosts_fitted", "hosts"):
            ledgers.post(ledger, labels, "used", [used[o, admitted, f, t] for t in periods], periods, 1.0)
    others: list[Key] = []
    for a, admitted in _pools(mine):
        for p in _classes(ledgers, a, admitted):
            halls = set(_others(ledgers, mine, a, admitted, p).possible())
            for f in _able(ledgers, a, admitted):
                running = _runs(ledgers, a, admitted, f).possible()
                others += [(a, admitted, p, f, t) for t in running if t in halls]
    free = ledgers.declare(
        NAME, OPEN, ("region", "families", "power_usd_bn_per_gw_year", "family", "period"), others, unit="GW",
        decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    for (a, admitted, p, f), periods in grouped(free.keys).items():
        labels = Labels(instrument=NAME, region=a, families=admitted, power_class=p, family=f, about=OPEN)
        ledgers.post("hosts", labels, OPEN, [free[a, admitted, p, f, t] for t in periods], periods, 1.0)


def _pools(mine: Iterable[Stock]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((each.region, each.families) for each in mine))


def _classes(ledgers: Ledgers, region: str, families: str) -> list[str]:
    """The power classes of the halls of a region that admit some families."""
    accounts = ledgers.accounts("halls", "region", "families", "power_class")
    return [p for a, admitted, p in accounts if (a, admitted) == (region, families)]


def _others(ledgers: Ledgers, mine: Iterable[Stock], region: str, families: str, power_class: str) -> Balance:
    """The halls of a pool and power class that need not be fitted."""
    must = {each.offer for each in mine}
    pool = {"region": region, "families": families, "power_class": power_class}
    accounts = ledgers.accounts("halls", "offer", *pool)
    names = [o for o, *rest in accounts if rest == list(pool.values()) and o not in must]
    return Balance.total([ledgers.balance("halls", offer=o, **pool) for o in names], ledgers.calendar.T)


def _stock_of(ledgers: Ledgers, mine: Iterable[Stock], offer: str, ledger: str, T: int) -> Balance:
    families = [each.families for each in mine if each.offer == offer]
    return Balance.total([ledgers.balance(ledger, offer=offer, families=each) for each in families], T)


def _part(ledgers: Ledgers, offer: str) -> Vector:
    """The largest part of an offer's halls that can have stood on average over each period; shape (T,).

    In a period in which one term ends and another may begin, the halls of both count.
    """
    halls, stock = (_per_unit(ledgers, ledger, offer) for ledger in ("halls", "hall_stock"))
    part, more, T = np.zeros(ledgers.calendar.T), np.zeros(ledgers.calendar.T), ledgers.calendar.T
    most = max(stock.values(), default=0.0)
    for (variable, t), gw in halls.items():
        if t >= T or gw <= 0.0:
            continue
        if stock.get((variable, t), 0.0) > 0:
            part[t] = max(part[t], gw / stock[variable, t])
        elif most > 0:
            more[t] = max(more[t], gw / most)
    return np.minimum(1.0, part + more)


def _per_unit(ledgers: Ledgers, ledger: str, offer: str) -> dict[tuple[int, int], float]:
    """GW by variable and period, per unit of the variable."""
    found: dict[tuple[int, int], float] = {}
    for post in ledgers.select(ledger, offer=offer):
        for variable, t, gw in zip(post.variables.tolist(), post.periods.tolist(), post.values.tolist(), strict=True):
            found[variable, t] = found.get((variable, t), 0.0) + gw
    return found


def _periods(stock: Balance) -> range:
    """From the first period in which there can be any halls to the last."""
    possible = stock.possible()
    return range(possible[0], possible[-1] + 1) if possible else range(0)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """The limits of each lease, then of each pool of halls [GW]."""
    mine, T = stocks(case, ledgers), case.calendar.T

    def stated(subject: str, used: Balance, allowed: Balance) -> Limit:
        return Limit.of(NAME, subject, "GW", used, allowed, physical=True)

    for o in dict.fromkeys(each.offer for each in mine):
        stock, new = (_stock_of(ledgers, mine, o, ledger, T) for ledger in ("hall_stock", "hall_new"))
        part = _part(ledgers, o)
        yield stated(f"stock/{o}", ledgers.balance("fitted", offer=o), stock)
        yield stated(f"new/{o}", ledgers.balance("fitted_first", offer=o), new)
        for (f,) in [(f,) for each, f in ledgers.accounts("fitted", "offer", "family") if each == o]:
            of = {"offer": o, "family": f}
            before = [ledgers.balance(name, **of) for name in ("fitted_before", "fitted_first", "refitted")]
            yield stated(f"kept/{o}/{f}", ledgers.balance("fitted", **of), Balance.total(before, T))
            allowed = ledgers.balance("fitted", **of).times(part)
            yield stated(f"in_fitted/{o}/{f}", ledgers.balance("hosts_fitted", **of), allowed)
    for each in mine:
        of = {"offer": each.offer, "families": each.families}
        subject = f"in_halls/{each.offer}/{each.families}"
        yield stated(subject, ledgers.balance("hosts_fitted", **of), ledgers.balance("halls", **of))
    for a, admitted in _pools(mine):
        pool = {"region": a, "families": admitted}
        for f in _able(ledgers, a, admitted):
            subject = f"family/{a}/{admitted}/{f}"
            yield stated(subject, _runs(ledgers, a, admitted, f), ledgers.balance("hosts", family=f, **pool))
        for p in _classes(ledgers, a, admitted):
            hosts, subject = ledgers.balance("hosts", power_class=p, **pool), f"{a}/{admitted}/{p}"
            yield stated(f"power/{subject}", hosts, ledgers.balance("power", power_class=p, **pool))
            free = ledgers.balance("hosts", power_class=p, about=OPEN, **pool)
            yield stated(f"in_open/{subject}", free, _others(ledgers, mine, a, admitted, p))


def advance(roll: Roll) -> Iterator[RowChange]:
    """What the halls of leases that have commenced by the day are fitted for."""
    rows = {(row.offer, row.family): row for row in roll.case.rows(FittedHalls)}
    table, day = roll.plan.ledger, roll.case.calendar.start_of(roll.period - 1).isoformat()
    mine = table[(table["period"].astype(str) == day) & (table["value"].abs() > SMALL)]
    stands = set(mine.loc[mine["ledger"] == "hall_stock", "offer"])
    fits = mine[mine["ledger"] == "fitted"].groupby(["offer", "family"])["value"].sum().to_dict()
    for offer in sorted(stands):
        (admitted,) = {row.families for row in roll.case.offers() if row.offer == offer and hasattr(row, "families")}
        if not (_is_chosen(roll, offer) or {(offer, family) for family in admitted} & rows.keys()):
            continue
        for family in sorted(admitted):
            gw, key = float(fits.get((offer, family), 0.0)), (offer, family)
            if key not in rows:
                yield added(FittedHalls, f"fitted for it on {roll.day}", offer=offer, family=family, gw=gw)
            elif rows[key].gw != gw:
                yield changed(rows[key], f"fitted for it on {roll.day}", gw=gw)
    for (offer, _), row in rows.items():
        if offer not in stands:
            yield left_out(row, f"no such halls stand on {roll.day}")


def _is_chosen(roll: Roll, offer: str) -> bool:
    """Whether it matters in a plan for what halls are fitted; where one family only can run, it does not."""
    table = roll.plan.ledger
    halls = table[(table["ledger"] == "hall_stock") & (table["offer"] == offer)]
    pools = set(zip(halls["region"], halls["families"], strict=True))
    of_pools = np.array([pool in pools for pool in zip(table["region"], table["families"], strict=True)], dtype=bool)
    runs = (table["ledger"] == "in_use") & of_pools
    mine = (table["instrument"] == NAME) & ((table["offer"] == offer) | of_pools)
    return bool(mine.any()) or not runs.any()


PLAIN_LINES: PlainLines = {
    "refit": PlainLine(
        "Refits of halls", "Paid to make halls ready for another family of chips.", Meaning.HALLS, Activity.CAPITAL
    )
}
RULE = Rule(
    name=NAME,
    reads=(FittedHalls,),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    advance=advance,
    loosened_by=None,
    follows_demand=None,
    cash_lines={"refit": CashLine("rent", for_goods=False)},
    plain_lines=PLAIN_LINES,
)
