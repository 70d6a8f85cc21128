"""The counterparty network of a plan: for a terminal, for programs, and as GraphML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from planner.basics.frames import records
from planner.basics.outputs import write_file
from planner.basics.text import columns
from planner.plan.plan import Plan
from planner.reports.blank_text import worded
from planner.reports.cautions import cautions
from planner.reports.counterparties import circles, flows, reliance

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Network:
    """Who pays, funds, guarantees and supplies whom."""

    plan: Plan

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", worded(self.plan))

    @cached_property
    def flows(self) -> list[flows.Flow]:
        """Every edge."""
        return flows.flows(self.plan)

    @cached_property
    def graph(self) -> nx.MultiDiGraph:
        """The edges as a graph, with the roles of its parties."""
        return flows.graph(self.plan)

    @cached_property
    def circles(self) -> list[circles.Circle]:
        """Circular flows."""
        return circles.circles(self.flows)

    @cached_property
    def concentration(self) -> pd.DataFrame:
        """How much of the plan each party has."""
        return reliance.concentration(self.plan)

    @cached_property
    def falls(self) -> pd.DataFrame:
        """What falls with each party in each year."""
        return reliance.falls(self.plan)

    def text(self, most: int = 12) -> str:
        """The whole network on one screen."""
        lines = [f"{self.plan.record.title}: {len(self.graph)} parties, {len(self.flows)} flows", *cautions(self.plan)]
        shown_in = self.plan.case.settings.shown_in
        header = ["from", "to", "", "", "amount", "unit", "first", "last"]
        rows = [
            [
                flow.giver,
                flow.taker,
                str(flow.tie),
                flow.kind,
                shown_in.number(flow.amount, flow.unit),
                shown_in.words(flow.unit),
                flow.first,
                flow.last,
            ]
            for tie in flows.Tie
            for flow in [flow for flow in self.flows if flow.tie == tie][:most]
        ]
        lines += ["", f"Flows, nominal and within the horizon (at most {most} of each tie)"]
        lines += columns(header, rows, words=(0, 1, 2, 3, 5)) if rows else ["  none"]
        lines += ["", "Circular flows", *(f"  {circle.text(shown_in)}" for circle in self.circles or ())]
        lines += [] if self.circles else ["  none"]
        lines += ["", "Concentration"]
        header = [
            shown_in.words(title)
            for title in ("party", "paid USD bn", "share", "owed USD bn", "served", "halls GW", "guarantees USD bn")
        ]
        rows = [
            [row.party, shown_in.number(row.paid_usd_bn, "USD bn"), f"{row.paid_share:.0%}",
             shown_in.number(row.owed_usd_bn, "USD bn"),
             f"{row.served_share:.0%}", shown_in.number(row.halls_gw, 'GW'),
             shown_in.number(row.guarantees_usd_bn, 'USD bn')]
            for row in records(self.concentration.head(most))
        ]  # fmt: skip
        lines += columns(header, rows) if rows else ["  none"]
        lines += ["", "What falls with each party, in its worst year, before anything is moved or replaced"]
        worst = reliance.worst(self.falls)
        lines += [f"  {fall.text(shown_in)}" for fall in worst[:most]] or ["  nothing"]
        return "\n".join(lines)

    def json(self) -> dict[str, object]:
        """The whole network for programs."""
        return {
            "title": self.plan.record.title,
            "cautions": cautions(self.plan),
            "parties": [{"party": party, "roles": roles.split()} for party, roles in self.graph.nodes(data="roles")],
            "flows": [{**flow.json(), "offers": list(flow.offers)} for flow in self.flows],
            "circles": [circle.json() for circle in self.circles],
            "concentration": self.concentration.to_dict(orient="records"),
            "falls": self.falls.to_dict(orient="records"),
            "worst": [fall.json() for fall in reliance.worst(self.falls)],
        }  # fmt: skip

    def write(self, file: Path) -> None:
        """Write the graph as GraphML."""
        import networkx as nx

        text = BytesIO()
        nx.write_graphml(self.graph, text)
        write_file(file, text.getvalue())
