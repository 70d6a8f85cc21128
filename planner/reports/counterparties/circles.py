"""Circular flows: money or credit that comes back to the party it came from.

    equity     a party pays equity into the lab, and the lab pays that party
    backing    a party guarantees what others let to the lab, and the lab pays that party for something else
    support    a maker supports the value of an SPV's chips, and the SPV buys those chips from the maker

They are the circles of at most three parties in the graph of `flows` in which a party gives equity or a guarantee and
is paid. Loans are left out, because every loan is repaid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.words import LAB
from planner.common.guarantors import GuaranteeKind
from planner.interfaces.reporting import EQUITY
from planner.reports.counterparties.flows import Flow, Tie


@dataclass(frozen=True)
class Circle:
    """What one party gives that comes back to it."""

    kind: str
    """`equity`, `backing` or `support`"""
    party: str
    through: tuple[str, ...]
    """the others of the circle, the lab among them"""
    gives_usd_bn: float
    """equity paid in, or what is guaranteed where it is highest"""
    returns_usd_bn: float
    """what those to whom it gives pay it within the horizon"""
    first: str
    last: str

    def text(self, display: Display = AS_IT_IS) -> str:
        """The circle in one sentence."""
        gives, returns = display.usd(self.gives_usd_bn, 1), display.usd(self.returns_usd_bn, 1)
        others = [party for party in self.through if party != LAB]
        who = {
            "equity": "",
            "backing": others[0] if len(others) == 1 else f"{len(others)} landlords",
            "support": others[0] if len(others) == 1 else f"{len(others)} SPVs",
        }[self.kind]
        return {
            "equity": f"{self.party} pays {gives} of equity into the lab and is paid {returns} by it.",
            "backing": f"{self.party} stands behind up to {gives} of what the lab owes {who} and is itself paid "
            f"{returns} by the lab.",
            "support": f"{self.party} supports the chips of {who} with up to {gives} and sells {returns} of chips "
            "to whom it supports.",
        }[self.kind]

    def json(self) -> dict[str, Any]:
        """The circle for programs."""
        return {**asdict(self), "through": list(self.through), "text": self.text()}


def circles(flows: Sequence[Flow]) -> list[Circle]:
    """Every circle, the largest gift first. Circles of one party and kind are taken together."""
    import networkx as nx

    narrow = nx.DiGraph((flow.giver, flow.taker) for flow in flows if _counts(flow))
    between: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    for flow in flows:
        if _counts(flow):
            between[flow.giver, flow.taker].append(flow)
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cycle in sorted(map(_turned, nx.simple_cycles(narrow, length_bound=3))):
        for i, party in enumerate(cycle):
            others = [*cycle[i + 1 :], *cycle[:i]]
            for kind in _kinds(between, party, others):
                members[kind, party] += [other for other in others if other not in members[kind, party]]
    found = [_circle(between, kind, party, others) for (kind, party), others in members.items()]
    return sorted(found, key=lambda circle: (-circle.gives_usd_bn, circle.kind, circle.party))


def _turned(cycle: list[str]) -> list[str]:
    """A cycle that begins with its first party by name; networkx may begin anywhere.

    >>> _turned(["lab", "cloud", "developer"])
    ['cloud', 'developer', 'lab']
    """
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]


Between = Mapping[tuple[str, str], Sequence[Flow]]
"""flows that may be part of a circle, by giver and taker"""


def _counts(flow: Flow) -> bool:
    """Whether a flow may be part of a circle; of payments, only those for goods: a guarantee's fee closes none."""
    if flow.tie is Tie.PAYS:
        return flow.for_goods
    return flow.tie in (Tie.GUARANTEES, Tie.BUYS, Tie.SUPPLIES) or flow.kind == EQUITY.kind


def _kinds(between: Between, party: str, others: Sequence[str]) -> list[str]:
    """The kinds of circle that a cycle is for one of its parties; empty where that party gives nothing."""
    if party == LAB:
        return []
    first = [(flow.tie, flow.kind) for flow in between[party, others[0]]]
    if others == [LAB]:
        return ["equity"] * ((Tie.FUNDS, EQUITY.kind) in first)
    if len(others) == 1:
        return ["support"] * ((Tie.GUARANTEES, GuaranteeKind.RESIDUAL) in first)
    lets = others[1] == LAB and any(flow.tie is Tie.SUPPLIES for flow in between[others[0], LAB])
    return ["backing"] * (lets and (Tie.GUARANTEES, GuaranteeKind.LEASE) in first)


def _circle(between: Between, kind: str, party: str, others: list[str]) -> Circle:
    given = (Tie.FUNDS,) if kind == "equity" else (Tie.GUARANTEES,)
    gives = [flow for other in others for flow in between.get((party, other), ()) if flow.tie in given]
    payers = [other for other in others if other != LAB] if kind == "support" else [LAB]
    returns = [flow for payer in payers for flow in between.get((payer, party), ()) if flow.tie in (Tie.PAYS, Tie.BUYS)]
    total = Counter[str]()
    for flow in gives:
        total.update(flow.by_period)
    dates = [date for flow in (*gives, *returns) for date in (flow.first, flow.last)]
    return Circle(
        kind, party, tuple(others),
        sum(flow.amount for flow in gives) if kind == "equity" else max(total.values()),
        sum(flow.amount for flow in returns), min(dates), max(dates),
    )  # fmt: skip
