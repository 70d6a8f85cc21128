"""Graphs: the best paths between regions over the links, and circles among phases that wait for one another.

Links and phases come as tuples; the tables are not known here. networkx is slow to import and is imported where it is
used.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Path(NamedTuple):
    """The best way from one region to another."""

    latency_ms: float
    egress_usd_bn_per_gw_year: float
    """sum over its links, per reference GW that flows"""


Link = tuple[str, str, float, float]
"""Two regions in either order, latency_ms and egress_usd_bn_per_gw_year. Neither number is negative."""


def reach(links: Iterable[Link], regions: Iterable[str]) -> dict[tuple[str, str], Path]:
    """The quickest path between every two regions, and among equally quick ones the cheapest by egress.

    A region reaches itself at no latency and no cost. Pairs without a path are absent. Of several links between the
    same regions the quickest counts, then the cheapest. Paths also run through regions that only links name.

    Dijkstra's algorithm finds the latencies from each source. A second run by egress only uses links u → v on a
    quickest path: latency(u) + latency(u, v) = latency(v).

    >>> three = [("a", "b", 10.0, 0.5), ("b", "c", 10.0, 0.1), ("a", "c", 20.0, 0.7)]
    >>> reach(three, ["a", "b", "c"])["c", "a"]
    Path(latency_ms=20.0, egress_usd_bn_per_gw_year=0.6)
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(regions)
    ends = list(graph)
    for a, b, latency, egress in sorted(links, key=lambda link: link[2:], reverse=True):  # the best, set last, stays
        graph.add_edge(a, b, latency=latency, egress=egress)

    paths: dict[tuple[str, str], Path] = {}
    for source in ends:
        latencies: dict[str, float] = nx.single_source_dijkstra_path_length(graph, source, weight="latency")
        quickest = nx.DiGraph()
        quickest.add_nodes_from(latencies)
        for u, latency in latencies.items():
            for v, link in graph.adj[u].items():
                if math.isclose(latency + link["latency"], latencies[v], rel_tol=1e-9, abs_tol=1e-9):
                    quickest.add_edge(u, v, egress=link["egress"])
        costs: dict[str, float] = nx.single_source_dijkstra_path_length(quickest, source, weight="egress")
        paths |= {(source, end): Path(float(latencies[end]), float(costs[end])) for end in ends if end in costs}
    return paths


def circles(after: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The circles in a mapping from each name to the one that must come before it.

    Each circle is listed once, beginning with its first name in the alphabet; each name is followed by the one before
    it.

    >>> circles({"one": "two", "two": "three", "three": "two", "four": "four"})
    [('four',), ('three', 'two')]
    """
    if not after:
        return []
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from(after.items())
    found = []
    for names in nx.simple_cycles(graph):
        first = names.index(min(names))
        found.append((*names[first:], *names[:first]))
    return sorted(found)
