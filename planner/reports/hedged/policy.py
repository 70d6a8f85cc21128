"""What a hedge signs in which node of its tree, one line for each signature; what holds on all branches is said once.

A signature is read from `signatures.csv`, which has a row for each decision; its words are those of the plans of the
futures that pass through the node. Where these differ, as the size of what is signed may depend on later news, all of
them are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from planner.basics.display import Display
from planner.futures.tree import Node
from planner.plan.hedges.hedge import Hedge
from planner.reports.hedged.words import condition
from planner.reports.signatures import Signature, signatures, worded
from planner.tables.offer import OfferStatus

BINARY = "0 or 1"
"""unit of a decision whose value says nothing more"""


@dataclass(frozen=True)
class PolicyLine:
    """Something that is signed in a node."""

    day: str
    offer: str
    size: str
    """GW, or what else is decided"""
    terms: str = ""
    """from which month on, and what is agreed; blank where there is nothing to say"""
    own_plans: int | None = None
    """in how many of the plans for one future alone of this node it is signed in this node; None where not known"""

    @property
    def says(self) -> str:
        """Size and terms."""
        return f"{self.size} {self.terms}".rstrip()

    @property
    def text(self) -> str:
        """The signature without its day."""
        return f"{self.offer} {self.says}"

    @property
    def same(self) -> tuple[str, str, str]:
        """What it shares with the same signature in other nodes."""
        return self.day, self.offer, self.says


@dataclass(frozen=True)
class PolicyBranch:
    """Branches of the tree on which the same is signed, as far as it is not said of a larger part of the tree."""

    nodes: tuple[Node, ...]
    """where they begin"""
    label: str
    """the news that leads there from the branch before: `demand is low or mid`"""
    events: frozenset[str]
    """the events of which that is the news"""
    probability: float
    lines: tuple[PolicyLine, ...]
    branches: tuple[PolicyBranch, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """What two branches share that sign the same, whatever follows."""
        lines, branches = tuple(each.same for each in self.lines), tuple(each.shape for each in self.branches)
        return self.label, self.nodes[0].day, lines, branches

    @property
    def content(self) -> tuple[object, ...]:
        """The same without the news that leads there."""
        _, day, lines, branches = self.shape
        return day, lines, branches

    def joined(self, *others: PolicyBranch) -> PolicyBranch:
        """The branch together with others that sign the same."""
        alike = (self, *others)
        branches = zip(*(each.branches for each in alike), strict=True)
        return replace(
            self,
            nodes=tuple(node for each in alike for node in each.nodes),
            probability=sum(each.probability for each in alike),
            branches=tuple(first.joined(*rest) for first, *rest in branches),
        )


@dataclass(frozen=True)
class Said:
    """What is signed on some branches."""

    where: str
    """`if demand is low and site is late`; `whatever the news`"""
    probability: float
    lines: tuple[PolicyLine, ...]
    """empty: nothing else than on all branches"""


@dataclass(frozen=True, eq=False)
class HedgePolicy:
    """What is signed in which node."""

    hedge: Hedge

    @cached_property
    def nodes(self) -> Sequence[Node]:
        """The nodes of the tree, the root first."""
        return self.hedge.futures_tree.nodes

    @cached_property
    def children(self) -> Mapping[int, list[Node]]:
        """The nodes that follow each node, by its number."""
        found: dict[int, list[Node]] = {node.number: [] for node in self.nodes}
        for node in self.nodes:
            if node.before is not None:
                found[node.before].append(node)
        return found

    @cached_property
    def lines(self) -> Mapping[int, list[PolicyLine]]:
        """What is signed in each node, by its number, in the order of `signatures.csv`."""
        shown_in = self.hedge.case.settings.shown_in
        words = [
            {(each.day, each.offer): each for each in signatures(self.hedge.plans[future.name])}
            for future in self.hedge.futures_tree.futures
        ]
        found: dict[int, list[PolicyLine]] = {node.number: [] for node in self.nodes}
        for (number_, day, offer), rows in self._rows.items():
            node = self.nodes[number_]
            told = [words[i][day, offer] for i in node.futures if (day, offer) in words[i]]
            plainly = (_plainly(row, shown_in) for row in rows)
            size, terms = _together(told, shown_in) if told else (", ".join(plainly), "")
            counts = [int(row["own_plans"]) for row in rows if row["own_plans"]]
            found[number_].append(PolicyLine(day, offer or rows[0]["decision"], size, terms, max(counts, default=None)))
        return found

    @property
    def _rows(self) -> Mapping[tuple[int, str, str], list[Mapping[str, str]]]:
        """The rows of `signatures.csv` by node, day and offer."""
        found: dict[tuple[int, str, str], list[Mapping[str, str]]] = {}
        table = self.hedge.tables["signatures"]
        names = list(table)
        for cells in zip(*table.values(), strict=True):
            row = {name: str(cell) for name, cell in zip(names, cells, strict=True)}
            found.setdefault((int(row["node"]), row["date"], row["offer"]), []).append(row)
        return found

    @property
    def now(self) -> list[PolicyLine]:
        """What is signed before any news."""
        return self.lines[0]

    @cached_property
    def everywhere(self) -> list[PolicyLine]:
        """What is signed after news, on all branches."""
        return self._below(0)

    @cached_property
    def branches(self) -> tuple[PolicyBranch, ...]:
        """What is signed after news, branch by branch; branches that sign the same are one."""
        return self._branches(0, {each.same for each in self.everywhere})

    @property
    def later(self) -> list[Said]:
        """What is signed after news: what all branches share first, then branch by branch, in the order of the tree."""
        everywhere = [Said("whatever the news", 1.0, tuple(self.everywhere))] if self.everywhere else []
        return [*everywhere, *_flat(self.branches, ())]

    def _below(self, node: int) -> list[PolicyLine]:
        """What is signed on every branch that leaves a node."""
        branches = [[*self.lines[child.number], *self._below(child.number)] for child in self.children[node]]
        if not branches:
            return []
        shared = set.intersection(*({each.same for each in branch} for branch in branches))
        return sorted((each for each in branches[0] if each.same in shared), key=lambda each: each.day)

    def _branches(self, node: int, told: set[tuple[str, str, str]]) -> tuple[PolicyBranch, ...]:
        alike: dict[tuple[object, ...], list[PolicyBranch]] = {}
        for child in self.children[node]:
            mine = [*self.lines[child.number], *self._below(child.number)]
            lines = tuple(sorted((each for each in mine if each.same not in told), key=lambda each: each.day))
            following = self._branches(child.number, told | {each.same for each in lines})
            made = PolicyBranch((child,), "", frozenset(), child.probability, lines, following)
            alike.setdefault(made.content, []).append(made)
        groups = [first.joined(*rest) for first, *rest in alike.values()]
        if len(groups) < 2:  # the news of this day changes nothing
            return groups[0].branches if groups else ()
        found = []
        for each in groups:
            label, events = condition(each.nodes, self.children[node], self.nodes[node])
            found.append(replace(each, label=label, events=events))
        return tuple(found)

    @property
    def idle(self) -> list[str]:
        """The events on which nothing that is signed depends."""
        said = set(_events(self.branches))
        return [each.event for each in self.hedge.futures_tree.events if each.event not in said]

    @cached_property
    def signed_in(self) -> Mapping[str, list[int]]:
        """The positions of the futures in which each offer is signed at some time, in the order of the policy."""
        found: dict[str, set[int]] = {}
        for node in self.nodes:
            for line in self.lines[node.number]:
                found.setdefault(line.offer, set()).update(node.futures)
        return {offer: sorted(futures) for offer, futures in found.items()}

    def probability(self, offer: str) -> float:
        """How probably an offer is signed at some time."""
        futures = self.hedge.futures_tree.futures
        return sum(futures[i].probability for i in self.signed_in.get(offer, ()))

    @property
    def open(self) -> list[str]:
        """The offers that are not signed before any news but are signed later in some future."""
        now = {each.offer for each in self.now}
        return [offer for offer in self.signed_in if offer not in now]

    @property
    def open_by_probability(self) -> Mapping[float, list[str]]:
        """The same by how probably they are signed, the most probable last."""
        found: dict[float, list[str]] = {}
        for offer in self.open:
            found.setdefault(round(self.probability(offer), 9), []).append(offer)
        return dict(sorted(found.items()))

    @property
    def waits(self) -> list[str]:
        """The offers that the plan for the expected future signs before the news, and this plan does not."""
        now = {each.offer for each in self.now}
        return [offer for offer in self.hedge.record.expected_signs_now if offer not in now]

    @property
    def more_now(self) -> list[str]:
        """The offers that this plan signs before the news, and the plan for the expected future does not."""
        expected = self.hedge.record.expected_signs_now
        may = {each.offer for each in self.hedge.case.offers() if each.status is OfferStatus.OPEN}
        return [each for each in dict.fromkeys(line.offer for line in self.now) if each in may and each not in expected]

    @property
    def never(self) -> list[str]:
        """The offers that could be signed and are not, in any future."""
        seen: dict[str, bool] = {}
        for plan in self.hedge.plans.values():
            for row in plan.rows("offers"):
                signed = row.signed == "yes" or row.status == "closed"
                seen[str(row.offer)] = seen.get(str(row.offer), False) or signed
        return [offer for offer, signed in seen.items() if not signed and offer not in self.signed_in]


def _flat(branches: Sequence[PolicyBranch], before: tuple[str, ...]) -> Iterator[Said]:
    """Branches one after another; those on which only later news matters are left out."""
    for each in branches:
        path = (*before, each.label)
        if each.lines or not each.branches:
            yield Said(f"if {' and '.join(path)}", each.probability, each.lines)
        yield from _flat(each.branches, path)


def _events(branches: Sequence[PolicyBranch]) -> Iterator[str]:
    for each in branches:
        yield from each.events
        yield from _events(each.branches)


def _together(told: Sequence[Signature], display: Display) -> tuple[str, str]:
    """Size and terms of a signature in the words of several futures."""
    low, high = (display.number(of(each.gw for each in told), "GW") for of in (min, max))
    size = f"{low if low == high else f'{low} to {high}'} {display.power}"
    months = sorted({each.since for each in told})
    since = " or ".join(months) if len(months) < 3 else f"{months[0]} to {months[-1]}"
    return size, worded("", since, " or ".join(dict.fromkeys(display.told(each.terms) for each in told))).lstrip()


def _plainly(row: Mapping[str, str], display: Display) -> str:
    """A decision that is no signature of an offer by itself."""
    return row["what"] if row["unit"] == BINARY else f"{row['what']} {display.amount(float(row['value']), row['unit'])}"
