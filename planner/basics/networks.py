"""Graphs: the best paths between regions over the links, and circles among phases that wait for one another.

Links and phases come as tuples; the tables are not known here. networkx and scipy are slow to import and are imported
where they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np


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

    Dijkstra's algorithm (scipy.sparse.csgraph) finds the latencies from each source. A second run by egress only uses
    links u → v on a quickest path: latency(u) + latency(u, v) = latency(v).

    >>> three = [("a", "b", 10.0, 0.5), ("b", "c", 10.0, 0.1), ("a", "c", 20.0, 0.7)]
    >>> reach(three, ["a", "b", "c"])["c", "a"]
    Path(latency_ms=20.0, egress_usd_bn_per_gw_year=0.6)
    """
    ends = list(dict.fromkeys(regions))
    best = {frozenset(link[:2]): link for link in sorted(links, key=lambda link: link[2:], reverse=True)}
    joins = [link for link in best.values() if link[0] != link[1]]
    if not joins:
        return {(end, end): Path(0.0, 0.0) for end in ends}
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    number = {name: i for i, name in enumerate(dict.fromkeys([*ends, *(name for link in joins for name in link[:2])]))}
    ways = [(number[u], number[v], latency, egress) for a, b, latency, egress in joins for u, v in ((a, b), (b, a))]
    columns = list(zip(*ways, strict=True))
    u, v = (np.array(each, dtype=np.intp) for each in columns[:2])
    latency, egress = (np.array(each) for each in columns[2:])
    shape = (len(number), len(number))
    quickest = dijkstra(csr_array((latency, (u, v)), shape=shape), indices=np.arange(len(ends)))

    paths: dict[tuple[str, str], Path] = {}
    for s, source in enumerate(ends):
        to, after = quickest[s, v], quickest[s, u] + latency
        with np.errstate(invalid="ignore"):  # from one infinity to another: no path leads there
            on_path = np.abs(after - to) <= np.maximum(1e-9 * np.maximum(to, after), 1e-9)
        cheapest = dijkstra(csr_array((egress[on_path], (u[on_path], v[on_path])), shape=shape), indices=np.array([s]))[
            0
        ]
        reached = np.flatnonzero(np.isfinite(cheapest[: len(ends)]))
        paths |= {(source, ends[e]): Path(float(quickest[s, e]), float(cheapest[e])) for e in reached.tolist()}
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
