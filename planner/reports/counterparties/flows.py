"""The counterparty network: a directed graph whose edges are what one party gives another under a plan.

    pays         the lab to a party, by kind: spend, rent, chips, chip_lease, upkeep, power, egress, fees, interest
    receives     a party to the lab, of the same kinds: what is handed back or sold on
    funds        a party to the lab: equity, loan; the lab to a lender: repayment
    guarantees   a guarantor to whoever could call on it: exposure where it is highest
    buys         an SPV to the maker of its chips, with the money raised for it, also by way of orders it takes over
    supplies     a party to the lab: cloud, halls, chips, in GW where it is highest

Amounts of money are nominal, within the horizon. Everything is read from the plan's tables, who makes a chip from its
case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from planner.basics.frames import records
from planner.common.chips import Chip
from planner.instruments.chip_lease.tables import ChipLease
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

LAB = "the lab"
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


BY_LINE = {
    "guarantee_fee": "fees",
    "signing_fee": "fees",
    "undrawn_fee": "fees",
    "upkeep": "upkeep",
    "equity": "equity",
    "drawdown": "loan",
    "repayment": "repayment",
}
"""kind of a flow by the line of the ledger, where the line alone says it"""
BY_INSTRUMENT = {
    "cloud_commitment": "spend",
    "spare_capacity": "spend",
    "site_lease": "rent",
    "chip_purchase": "chips",
    "chip_lease": "chip_lease",
    "own_fleet": "power",
    "serving": "egress",
    "term_loan": "interest",
}
"""kind of every other flow"""
RECEIPTS = ("assignment", "deposit_returned", "equity", "drawdown")
"""lines that bring money in; what is received in any other, such as a prepayment used up, lowers a payment"""
SUPPLIED = {"rights": "cloud", "halls": "halls", "chips": "chips"}
"""ledgers of what is held, and what they are called"""


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
    """date of the period with most of it"""
    offers: tuple[str, ...]
    by_period: Mapping[str, float]
    """amount by the date of each period that has any"""

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

    found = nx.MultiDiGraph(title=plan.record.title)
    for flow in flows(plan):
        attributes = flow.json()
        giver, taker = attributes.pop("from"), attributes.pop("to")
        found.add_edge(giver, taker, key=f"{flow.tie}/{flow.kind}", **attributes)
    for party in found.nodes:
        found.nodes[party]["roles"] = " ".join(roles(found, party))
    return found


def roles(network: nx.MultiDiGraph, party: str) -> list[str]:
    """What a party is to the lab, from what it gives and takes: cloud, halls, guarantor, investor and so on."""
    if party == LAB:
        return ["lab"]
    gives = [data for _, _, data in network.out_edges(party, data=True)]
    takes = [data for _, _, data in network.in_edges(party, data=True)]
    found = [str(data["kind"]) for data in gives if data["tie"] == Tie.SUPPLIES]
    found += ["maker"] * any(data["tie"] == Tie.BUYS for data in takes)
    found += ["guarantor"] * any(data["tie"] == Tie.GUARANTEES for data in gives)
    found += ["investor"] * any(data["kind"] == "equity" for data in gives)
    found += ["lender"] * any(data["kind"] in ("loan", "interest") for data in (*gives, *takes))
    found += [kind for kind in ("power", "egress") if any(data["kind"] == kind for data in takes)]
    return list(dict.fromkeys(found)) or ["fees"]


def guarantor_of(account: str) -> str:
    """Whose guarantee an account of the ledger `guarantees` is about: the label before the kind of cover.

    >>> guarantor_of("us_east/google/lease"), guarantor_of("tpu_v7/tpu/broadcom/residual")
    ('google', 'broadcom')
    """
    return account.split("/")[-2]


def posts(plan: Plan, ledger: str) -> pd.DataFrame:
    """A ledger's rows, with `period` as text and `value` as a number."""
    table = plan.tables["ledger"]
    mine = table[table["ledger"] == ledger]
    return mine.assign(period=mine["period"].astype(str), value=mine["value"].astype(float))


def held(plan: Plan, ledger: str) -> pd.DataFrame:
    """What is held, with whoever provides it: an order stays its maker's where an SPV takes over a part of it."""
    table = posts(plan, ledger)
    given = table[table["value"] > 0].drop_duplicates("offer").set_index("offer")
    return table.assign(
        counterparty=table["offer"].map(given["counterparty"]), instrument=table["offer"].map(given["instrument"])
    )


def _cash(plan: Plan) -> Iterator[Flow]:
    cash = posts(plan, "cash")
    counted = cash["kind"].isin([str(Kind.COST), str(Kind.FUNDING)]) | (cash["line"] == "deposit_returned")
    cash = cash[counted & (cash["counterparty"] != "")]
    kinds = cash["line"].map(BY_LINE).fillna(cash["instrument"].map(BY_INSTRUMENT)).fillna(cash["instrument"])
    cash = cash.assign(flow=kinds, receipt=cash["line"].isin(RECEIPTS))
    for (party, kind, _), mine in cash.groupby(["counterparty", "flow", "receipt"], sort=False):
        amount = abs(float(mine["value"].sum()))
        received = mine["value"].sum() > 0
        if amount < SMALLEST:
            continue
        funding = bool((mine["kind"] == str(Kind.FUNDING)).all())
        tie = Tie.FUNDS if funding else Tie.RECEIVES if received else Tie.PAYS
        giver, taker = (str(party), LAB) if received else (LAB, str(party))
        yield _flow(giver, taker, tie, str(kind), mine, amount, "USD bn")


def _guarantees(plan: Plan) -> Iterator[Flow]:
    table = posts(plan, "guarantees")
    table = table.assign(guarantor=table["account"].map(guarantor_of), cover=table["account"].str.split("/").str[-1])
    for (guarantor, party, cover), mine in table.groupby(["guarantor", "counterparty", "cover"], sort=False):
        peak = float(mine.groupby("period")["value"].sum().max())
        if peak >= SMALLEST:
            yield _flow(str(guarantor), str(party), Tie.GUARANTEES, str(cover), mine, peak, "USD bn")


def _purchases(plan: Plan) -> Iterator[Flow]:
    decisions, chips = plan.tables["decisions"], held(plan, "chips")
    leases = {lease.offer: lease for lease in plan.case.rows(ChipLease)}
    vendors = {chip.chip: chip.vendor for chip in plan.case.rows(Chip)}
    raised = decisions[(decisions["instrument"] == "chip_lease") & (decisions["what"] == "amount")]
    for offer, mine in raised.groupby("offer", sort=False):
        lease, amount = leases[str(offer)], float(mine["value"].astype(float).sum())
        yield _flow(lease.spv, vendors[lease.chip], Tie.BUYS, "chips", chips[chips["offer"] == offer], amount, "USD bn")


def _supplies(plan: Plan) -> Iterator[Flow]:
    for ledger, name in SUPPLIED.items():
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
