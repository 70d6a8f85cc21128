"""Migration: a workload that moves to another family of chips or to another provider pays for it.

    lives               served_{wgt} ≤ home_{wgt} + unneeded_{wgt}
    all_live            demand_{wt} ≤ Σ_g home_{wgt}
    nothing_else        Σ_g home_{wgt} ≤ demand_{wt}
    unneeded            demand_{wt} + Σ_g unneeded_{wgt} ≤ Σ service_{wt} + Σ shortage_{wt}
    from_there          home_{wgt} ≤ home_{w,g,t−1} + moves_{wgt} + grows_{wgt}
    growth              Σ_g grows_{wgt} ≤ max(0, demand_{wt} − demand_{w,t−1})

g is a home: a family of chips with a provider, or with nobody for machines of one's own. All demand has a home, also
what is not served: it keeps its home, so that a gap in service moves nothing. Growth is free where it first lives, and
what grows after a fall of demand is growth. demand_{wt} is the demand of all regions; moving between regions is free
here. What is served beyond the demand, because the demand of a period was not known in time, needs no home. Nobody
gains by calling service needless and paying for shortage in its place: it costs as much as moving out and back.

In the first period demand_{w,t−1} and home_{w,g,t−1} are those of `workload_homes.csv`. A workload without rows there
has its first homes for nothing. Only workloads with migration_usd_bn_per_gw > 0 have such limits. `served_by` says
whose machines serve. The variables are

    home[g, w, t]        reference GW of the workload that live there
    moves[g, w, t]       reference GW that moved there at the start of the period
    grows[g, w, t]       reference GW of growth that first live there
    unneeded[g, w, t]    reference GW served beyond the demand

and the posts, by ledger and line:

    homes           home         home_{wgt}
    homes_before    home         home_{w,g,t−1}
    moved_home      moves        moves_{wgt}
    grown           grows        grows_{wgt}
    unneeded        unneeded     unneeded_{wgt}
    cash cost       migration    −migration_w · moves_{wgt}, at the start of t
    cash cost       migration    −max(0, 2 · migration_w − shortage_cost · h) · unneeded_{wgt}, likewise
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, ClassVar

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.draws import between
from planner.basics.words import OwnWord
from planner.common.demand import Demand, Workload
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import Frame
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, VariableGroup, grouped
from planner.rules.reassignment import asked
from planner.rules.served_by import UNIT, Provider
from planner.tables.fields import Field
from planner.tables.table import Row, Table

NAME = "migration"
DIMS = ("family", "provider", "workload", "period")
LEDGERS = {"home": "homes", "moves": "moved_home", "grows": "grown", "unneeded": "unneeded"}
"""by name of the variables, the ledger to which they post themselves"""
ROUNDING = 1e-9
"""a share of demand that is smaller is rounding"""
USUAL = (0.1, 1.5)
"""what moving costs in generated cases, from and to [USD bn per reference GW]"""
SMALL = 1e-9
"""fewer reference GW are rounding"""


class Home(OwnWord):
    """Stands for a provider."""

    OWN = "(own)"
    """nobody: machines of one's own"""


Place = tuple[str, str]
"""(family, provider)"""


class WorkloadHome(Row):
    """A part of a workload that lives on a provider's chips of one family at the start of the case."""

    about: ClassVar[Table] = Table(
        "workload_homes",
        "one row per workload, family and provider on whose machines it ran just before the start",
        ("workload", "family", "provider"),
        opening=True,
    )

    workload: Annotated[
        str, Field("workload; without rows it has its first homes for nothing", refers="workloads.workload")
    ]
    family: Annotated[str, Field("family of the chips", refers="chips.family", foreseen=True)]
    provider: Annotated[str | None, Field("whose machines they are; blank: one's own", identifier=True)] = None
    gw: Annotated[
        float,
        Field("demand that lives there, served or not; 0: none yet, but some may live there later", least=0, unit=UNIT),
    ]

    @property
    def place(self) -> Place:
        """The home."""
        return (self.family, self.provider or Home.OWN)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare homes and moves of the workloads that pay for moving, and post what they do."""
    prices = {row.workload: row.migration_usd_bn_per_gw for row in case.rows(Workload)}
    homes = _homes(case, ledgers)
    if not homes:
        return
    keys: list[Key] = [(*place, w, t) for w, places in homes.items() for place in places for t in case.calendar.periods]
    grown = {w: growth(case, w) for w in homes}
    told = {row.workload for row in case.rows(WorkloadHome)}
    later = [key for key in keys if key[-1] != 0 or key[-2] in told]
    home = _declared(ledgers, "home", keys, Moment.PERIOD_END)
    moves = _declared(ledgers, "moves", later, Moment.PERIOD_START)
    _declared(ledgers, "grows", [key for key in later if grown[str(key[-2])][int(key[-1])] > 0], Moment.PERIOD_END)
    unneeded = _declared(ledgers, "unneeded", keys, Moment.PERIOD_END)
    for (*place, w), periods in grouped(keys).items():
        variables = [home[(*place, w, t)] for t in periods]
        ledgers.post("homes_before", _labels(place[0], place[1], w), "home", variables, np.array(periods) + 1, 1.0)
    for row in case.rows(WorkloadHome):
        if row.workload in homes:
            ledgers.post("homes_before", _labels(*row.place, row.workload), "home", CONSTANT, [0], row.gw)
    for made, price_of in ((moves, prices), (unneeded, _prices_of_needless(case))):
        for (*place, w), periods in grouped(made.keys).items():
            variables = [made[(*place, w, t)] for t in periods]
            days = [case.calendar.start_years(t) for t in periods]
            ledgers.dated(Kind.COST, _labels(place[0], place[1], w), "migration", variables, days, -price_of[w])


def _prices_of_needless(case: CaseData) -> dict[str, float]:
    """By workload, what is paid for service beyond the demand besides the shortage that could stand in its place."""
    shortage = case.settings.shortage_cost_usd_bn_per_gw_year
    saved = np.inf if shortage is None else shortage * case.calendar.h
    return {row.workload: max(0.0, 2.0 * row.migration_usd_bn_per_gw - saved) for row in case.rows(Workload)}


def _homes(case: CaseData, ledgers: Ledgers) -> dict[str, list[Place]]:
    """The homes of each workload that pays for moving; one that nobody can serve has none and is left out."""
    paying = {row.workload for row in case.rows(Workload) if row.migration_usd_bn_per_gw > 0}
    found: dict[str, dict[Place, None]] = defaultdict(dict)
    for row in case.rows(WorkloadHome):
        if row.workload in paying:
            found[row.workload][row.place] = None
    for w, family, about in ledgers.accounts("served_by", "workload", "family", "about") if paying else ():
        if w in paying:
            found[w][family, Home.OWN if about == Provider.OTHERS else about] = None
    return {w: list(places) for w, places in found.items() if w in asked(case)}


def _declared(ledgers: Ledgers, name: str, keys: Sequence[Key], decided: Moment) -> VariableGroup:
    """Declare variables and post them to their ledger."""
    made = ledgers.declare(NAME, name, DIMS, keys, unit=UNIT, decided=decided, file=PlanFile.SERVICE)
    for (family, provider, w), periods in grouped(keys).items():
        variables = [made[(family, provider, w, t)] for t in periods]
        ledgers.post(LEDGERS[name], _labels(family, provider, w), name, variables, periods, 1.0)
    return made


def _labels(family: str, provider: str, workload: str) -> Labels:
    return Labels(instrument=NAME, family=family, about=provider, workload=workload)


def growth(case: CaseData, workload: str) -> Vector:
    """How much more demand there is than in the period before; shape (T,). In the first, than what lives somewhere."""
    demand = asked(case)[workload]
    before = sum(row.gw for row in case.rows(WorkloadHome) if row.workload == workload)
    more = np.diff(demand, prepend=before)
    return np.where(more > ROUNDING * demand, more, 0.0)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """The limits of each workload and home, then of each workload [reference GW]."""
    told = {row.workload for row in case.rows(WorkloadHome)}
    later = tuple(case.calendar.periods)[1:]

    def stated(subject: str, used: Balance, allowed: Balance, periods: tuple[int, ...] | None = None) -> Limit:
        whole = tuple(case.calendar.periods) if periods is None else periods
        return Limit(NAME, subject, UNIT, used, allowed, whole, physical=True)

    def total(*names: str, **labels: str) -> Balance:
        return Balance.total([ledgers.balance(name, **labels) for name in names], case.calendar.T)

    for w, family, provider in ledgers.accounts("homes", "workload", "family", "about"):
        here = {"workload": w, "family": family}
        done = ledgers.balance("served_by", about=Provider.OTHERS if provider == Home.OWN else provider, **here)
        here["about"] = provider
        yield stated(f"lives/{w}/{family}/{provider}", done, total("homes", "unneeded", **here))
        came = total("homes_before", "moved_home", "grown", **here)
        since = None if w in told else later
        yield stated(f"from_there/{w}/{family}/{provider}", total("homes", **here), came, since)
    for (w,) in ledgers.accounts("homes", "workload"):
        lives, demand = total("homes", workload=w), Balance.of(asked(case)[w])
        yield stated(f"all_live/{w}", demand, lives)
        yield stated(f"nothing_else/{w}", lives, demand)
        needless = Balance.total([demand, total("unneeded", workload=w)], case.calendar.T)
        yield stated(f"unneeded/{w}", needless, total("service", "shortage", workload=w))
        if len((grows := total("grown", workload=w)).variables):
            yield stated(f"growth/{w}", grows, Balance.of(growth(case, w)))


def advance(roll: Roll) -> Iterator[RowChange]:
    """Where each workload lives on the day, and the homes that are empty then but not later."""
    rows = {(row.workload, row.place): row for row in roll.case.rows(WorkloadHome)}
    lives = _living(roll)
    for (w, place), gw in lives.items():
        why = f"what of {w} lives there on {roll.day}"
        if (w, place) not in rows:
            provider = None if place[1] == Home.OWN else place[1]
            yield added(WorkloadHome, why, workload=w, family=place[0], provider=provider, gw=gw)
        elif rows[w, place].gw != gw:
            yield changed(rows[w, place], why, gw=gw)
    for (w, place), row in rows.items():
        if (w, place) not in lives:
            yield left_out(row, f"nothing of {w} lives there on {roll.day}, nor later")


def _living(roll: Roll) -> Mapping[tuple[str, Place], float]:
    """Reference GW by workload and home on the day, of homes that are not empty then or are not later."""
    found: dict[tuple[str, Place], float] = {}
    table = roll.plan.ledger
    mine = table[table["ledger"] == "homes"]
    last = roll.case.calendar.start_of(roll.period - 1).isoformat()
    for each in mine[mine["period"].astype(str) >= last].to_dict("records"):
        here = str(each["workload"]), (str(each["family"]), str(each["about"]))
        now = float(each["value"]) if str(each["period"]) == last else 0.0
        if float(each["value"]) > SMALL:
            found[here] = found.get(here, 0.0) + now
    return found


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some workloads of a generated case pay for moving."""
    made: list[Row] = []
    for row in rows:
        pays = isinstance(row, Workload) and rng.random() < part
        made.append(row.model_copy(update={"migration_usd_bn_per_gw": between(rng, *USUAL)}) if pays else row)
    return made


PLAIN_LINES: PlainLines = {
    "migration": PlainLine(
        "Moves of workloads", "Paid where a workload moves to another family of chips or provider.", Meaning.NETWORK
    )
}
RULE = Rule(
    name=NAME,
    reads=(Workload, Demand, "shortage_cost_usd_bn_per_gw_year"),
    tables=(WorkloadHome,),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    advance=advance,
    loosened_by=None,
    follows_demand=None,
    further_terms=further_terms,
    plain_lines=PLAIN_LINES,
)
