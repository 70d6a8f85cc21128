"""The counterparty network: a directed graph whose edges are what one party gives another under a plan.

    pays         the lab to a party, by kind: spend, rent, chips, upkeep, power, egress, fees, interest and others
    receives     a party to the lab, of the same kinds: what is handed back or sold on
    funds        a party to the lab: equity, loan; the lab to a lender: repayment
    guarantees   a guarantor to whoever could call on it: exposure where it is highest
    buys         a vehicle to a maker of chips, with the money raised for it, also by way of orders that it takes over
    supplies     a party to the lab: cloud, halls, chips, in GW where it is highest

Amounts of money are nominal, within the horizon. Everything is read from the plan's tables. What each line of cash is
for, and who buys what with money that is raised, is said by the instruments and rules of its case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.frames import records
from planner.basics.words import LAB
from planner.interfaces.reporting import CashLine
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.reports.blank_text import HELD

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

SMALLEST = 1e-6
"""USD bn or GW below which an edge is left out"""


class Tie(StrEnum):
    """What an edge says that one party does for another."""

    PAYS = "pays"
    RECEIVES = "receives"
    FUNDS = "funds"
    GUARANTEES = "guarantees"
    BUYS = "buys"
    SUPPLIES = "supplies"


@dataclass(frozen=True)
class Flow:
    """One edge."""

    giver: str
    taker: str
    tie: Tie
    kind: str
    amount: float
    unit: str
    """`USD bn`, or `GW` of supplies"""
    first: str
    """date of the first period with any of it"""
    last: str
    """date of the last one"""
    peak_on: str
    """date of the period with the largest amount"""
    offers: tuple[str, ...]
    by_period: Mapping[str, float]
    """amount by the date of each period that has any"""
    for_goods: bool = True
    """of a payment: whether the party is paid for what it provides"""

    def json(self) -> dict[str, Any]:
        """The flow for programs, and the attributes of its edge."""
        return {
            "from": self.giver, "to": self.taker, "tie": str(self.tie), "kind": self.kind, "amount": self.amount,
            "unit": self.unit, "first": self.first, "last": self.last, "peak_on": self.peak_on,
            "offers": " ".join(self.offers),
            "by_period": " ".join(f"{period}={amount:.6g}" for period, amount in self.by_period.items()),
        }  # fmt: skip


def flows(plan: Plan) -> list[Flow]:
    """Every edge of a plan's network, the largest amounts of each tie first."""
    found = [*_cash(plan), *_guarantees(plan), *_purchases(plan), *_supplies(plan)]
    order = list(Tie)
    return sorted(found, key=lambda flow: (order.index(flow.tie), -flow.amount, flow.giver, flow.taker, flow.kind))


def graph(plan: Plan) -> nx.MultiDiGraph:
    """The network: parties with their roles, and one edge per flow with its attributes."""
    import networkx as nx

    found, every = nx.MultiDiGraph(title=plan.record.title), flows(plan)
    for flow in every:
        attributes = flow.json()
        giver, taker = attributes.pop("from"), attributes.pop("to")
        found.add_edge(giver, taker, key=f"{flow.tie}/{flow.kind}", **attributes)
    by_kind = {line.kind: line.role for lines in cash_lines(plan).values() for line in lines.values() if line.role}
    for party in found.nodes:
        found.nodes[party]["roles"] = " ".join(roles(every, party, by_kind))
    return found


def roles(every: Sequence[Flow], party: str, by_kind: Mapping[str, str]) -> list[str]:
    """What a party is to the lab, from what it gives and takes: cloud, halls, guarantor, investor and so on.

    `by_kind` is what each kind of cash makes of the party, such as lender.
    """
    if party == LAB:
        return ["lab"]
    gives = [flow for flow in every if flow.giver == party]
    takes = [flow for flow in every if flow.taker == party]
    found = [flow.kind for flow in gives if flow.tie is Tie.SUPPLIES]
    found += ["maker"] * any(flow.tie is Tie.BUYS for flow in takes)
    found += ["guarantor"] * any(flow.tie is Tie.GUARANTEES for flow in gives)
    of_money = {flow.kind for flow in (*gives, *takes) if flow.tie in (Tie.PAYS, Tie.RECEIVES, Tie.FUNDS)}
    found += [role for kind, role in by_kind.items() if kind in of_money]
    return list(dict.fromkeys(found)) or ["fees"]


def cash_lines(plan: Plan) -> dict[str, Mapping[str, CashLine]]:
    """What each line of cash is for, by the name of the instrument or rule that posts it."""
    catalogue = plan.case.catalogue
    return {
        **{each.name: each.cash_lines for each in catalogue.instruments},
        **{rule.name: rule.cash_lines for rule in catalogue.rules},
    }


def posts(plan: Plan, ledger: str) -> pd.DataFrame:
    """A ledger's rows, with `period` as text and `value` as a number."""
    table = plan.tables["ledger"]
    mine = table[table["ledger"] == ledger]
    return mine.assign(period=mine["period"].astype(str), value=mine["value"].astype(float))


def held(plan: Plan, ledger: str) -> pd.DataFrame:
    """What is held, with its provider. The maker remains the provider of an order that a vehicle takes over in part."""
    table = posts(plan, ledger)
    given = table[table["value"] > 0].drop_duplicates("offer").set_index("offer")
    return table.assign(
        counterparty=table["offer"].map(given["counterparty"]), instrument=table["offer"].map(given["instrument"])
    )


def _cash(plan: Plan) -> Iterator[Flow]:
    """Payments, receipts and funding, by party and kind."""
    cash, said = posts(plan, "cash"), cash_lines(plan)
    cash = cash[cash["counterparty"] != ""]
    means = [said.get(who, {}).get(line) for who, line in zip(cash["instrument"], cash["line"], strict=True)]
    received = np.array([line is not None and line.received for line in means], dtype=bool)
    counted = cash["kind"].isin([str(Kind.COST), str(Kind.FUNDING)]).to_numpy() | received
    unknown = cash[counted & np.array([line is None for line in means], dtype=bool)]
    for row in records(unknown):
        raise ValueError(f"{row.instrument} posts cash in the line {row.line!r}, of which its `cash_lines` say nothing")
    cash = cash.assign(
        flow=["" if line is None else line.kind for line in means],
        receipt=received,
        for_goods=[line is not None and line.for_goods for line in means],
    )[counted]
    for (party, kind, _), mine in cash.groupby(["counterparty", "flow", "receipt"], sort=False):
        amount = abs(float(mine["value"].sum()))
        to_lab = mine["value"].sum() > 0
        if amount < SMALLEST:
            continue
        funding = bool((mine["kind"] == str(Kind.FUNDING)).all())
        tie = Tie.FUNDS if funding else Tie.RECEIVES if to_lab else Tie.PAYS
        giver, taker = (str(party), LAB) if to_lab else (LAB, str(party))
        goods = bool(mine["for_goods"].any())
        yield replace(_flow(giver, taker, tie, str(kind), mine, amount, "USD bn"), for_goods=goods)


def _guarantees(plan: Plan) -> Iterator[Flow]:
    """Exposures, by guarantor, party and cover."""
    by = ["guarantor", "counterparty", "cover"]
    for (guarantor, party, cover), mine in posts(plan, "guarantees").groupby(by, sort=False):
        peak = float(mine.groupby("period")["value"].sum().max())
        if peak >= SMALLEST:
            yield _flow(str(guarantor), str(party), Tie.GUARANTEES, str(cover), mine, peak, "USD bn")


def _purchases(plan: Plan) -> Iterator[Flow]:
    """What others buy with the money that decisions raise."""
    decisions = plan.tables["decisions"]
    for instrument in plan.case.catalogue.instruments:
        for each in () if instrument.purchases is None else instrument.purchases(plan.case):
            raised = decisions[
                (decisions["instrument"] == instrument.name)
                & (decisions["what"] == each.variables)
                & (decisions["offer"] == each.offer)
            ]
            if len(raised):
                bought, amount = held(plan, each.ledger), float(raised["value"].astype(float).sum())
                mine = bought[bought["offer"] == each.offer]
                yield _flow(each.buyer, each.seller, Tie.BUYS, each.kind, mine, amount, "USD bn")


def _supplies(plan: Plan) -> Iterator[Flow]:
    """What is held, by provider."""
    for ledger, name in HELD.items():
        table = held(plan, ledger)
        for party, mine in table[table["counterparty"] != ""].groupby("counterparty", sort=False):
            peak = float(mine.groupby("period")["value"].sum().max())
            if peak >= SMALLEST:
                yield _flow(str(party), LAB, Tie.SUPPLIES, name, mine, peak, "GW")


def _flow(giver: str, taker: str, tie: Tie, kind: str, mine: pd.DataFrame, amount: float, unit: str) -> Flow:
    moved = mine.groupby("period")["value"].sum().abs()
    moved = moved[moved > SMALLEST]
    peak = str(moved.idxmax()) if len(moved) else ""
    dates = [str(period) for period in moved.index] or [""]
    offers = tuple(dict.fromkeys(str(row.offer) for row in records(mine) if row.offer))
    amounts = dict(zip(dates, moved.tolist(), strict=False))
    return Flow(giver, taker, tie, kind, amount, unit, min(dates), max(dates), peak, offers, amounts)
