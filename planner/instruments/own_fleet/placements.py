"""Placements: in which region own chips stand, where they can stand in more than one.

Chips that were delivered can be placed in any region, free of charge, and there they stay. They leave it when they are
moved, where the chip has a cost of moving, or when chips of that kind leave the stock: at the end of their life, or as
a lease takes them back. Which region then gives chips up is free, but chips owned at the start that stand in a region
are given up for no others. Apart from these, chips of one kind are told apart by region, not by age. By chip c, region
a and period t, GW:

    placed[c, a, t]       placed in a
    given_up[c, a, t]     no longer in a after t, as so many leave the stock at its end
    moved_in[c, a, t]     moved to a at the start of t; idle for move_months
    moved_out[c, a, t]    moved away from a at the start of t

Where chips stand at the start of the case, `opening` says. The rule `placement` says how they hang together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.common.chips import Chip
from planner.instruments.own_fleet.opening import NOISE, idle_shares, openings, owned_before, under_way
from planner.instruments.own_fleet.tables import ChipPlacement
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped

BLOCK = "own_fleet"
DIMS = ("chip", "region", "period")
BEFORE = {"placed": 1.0, "given_up": -1.0}
"""what counts of a variable in what stands in a region from the period before"""


@dataclass(frozen=True)
class Standings:
    """The regions in which a chip can stand, and from when on there can be any."""

    chip: Chip
    regions: tuple[str, ...]
    first: int

    @property
    def movable(self) -> bool:
        """Whether it may be moved."""
        return self.chip.move_usd_bn_per_gw is not None


def places(case: CaseData, ledgers: Ledgers, run: list[Key]) -> list[Standings]:
    """The chips that can stand in several regions, given the keys (chip, region, families, period) of what can run.

    A region counts as soon as some phase may bring halls there, however late these come: what is placed where is
    decided before that is known.
    """
    found: dict[str, dict[str, None]] = {}
    first: dict[str, int] = {}
    for c, a, _, t in run:
        found.setdefault(str(c), {})[str(a)] = None
        first[str(c)] = min(int(t), first.get(str(c), int(t)))
    for row in case.rows(ChipPlacement):
        found.setdefault(row.chip, {})[row.region] = None
        first[row.chip] = 0
    for c, a, t, _ in _standing(ledgers):
        if c in found:
            found[c][a] = None
            first[c] = min(first[c], t)
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    for a, admitted in ledgers.sites:
        for c, regions in found.items():
            if chips[c].family in admitted.split("|"):
                regions.setdefault(a, None)
    return [Standings(chips[c], tuple(regions), first[c]) for c, regions in found.items() if len(regions) > 1]


def post(case: CaseData, ledgers: Ledgers, run: list[Key]) -> None:
    """Declare where chips are placed, and post it with the chips that leave the stock and the cost of moves."""
    found = places(case, ledgers, run)
    leaving = {each.chip.chip: _leaving(ledgers, each.chip.chip) for each in found}
    T = case.calendar.T
    placed = [(p.chip.chip, a, t) for p in found for a in p.regions for t in range(p.first, T)]
    given = [(c, a, t - 1) for c, a, t in placed if t in leaving[c]]
    movable = {p.chip.chip for p in found if p.movable}
    moved = [key for key in placed if key[0] in movable]
    for name, keys in (("placed", placed), ("given_up", given), ("moved_in", moved), ("moved_out", moved)):
        decided = Moment.PERIOD_END if name == "given_up" else Moment.PERIOD_START
        group = ledgers.declare(BLOCK, name, DIMS, keys, unit="GW", decided=decided, file=PlanFile.CAPACITY)
        for (c, a), periods in grouped(keys).items():
            labels = Labels(instrument=BLOCK, chip=c, region=a)
            variables = [group[c, a, t] for t in periods]
            ledgers.post(name, labels, name, variables, periods, 1.0)
            if name in BEFORE:
                ledgers.post("placed_before", labels, name, variables, [t + 1 for t in periods], BEFORE[name])
            if name == "moved_in":
                _post_moves(case, ledgers, labels, variables, periods)
    for c, posts in leaving.items():
        for t, entries in posts.items():
            for variable, gw in entries:
                ledgers.post("leaving", Labels(instrument=BLOCK, chip=c), "leaving", variable, [t - 1], gw)
    _post_opening(case, ledgers, set(leaving))


def _post_opening(case: CaseData, ledgers: Ledgers, placed: set[str]) -> None:
    """Post what stands in a region without a decision: from before the start, and as chips owned there come.

    Chips owned there before the start come in the first period where no row says where chips of that kind stand.
    """
    T = case.calendar.T
    found, notes = openings(case, ledgers)
    moves, of_moves = under_way(case, found)
    ledgers.notes.extend(each for each in [*notes, *of_moves] if each[0] in placed)
    before = owned_before(case)
    comes: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for c, a, t, gw in _standing(ledgers):
        comes[c, a][t] += gw
    for (c, a), opening in found.items():
        comes[c, a][0] = _less(comes[c, a][0], before.get((c, a), 0.0)) + opening.besides
        if c in placed:
            labels = Labels(instrument=BLOCK, chip=c, region=a)
            ledgers.post("placed_before", labels, "placed", CONSTANT, [0], opening.stands)
            ledgers.post("moved_out_before", labels, "moved_out", CONSTANT, range(T), opening.left)
    for (c, a), by_period in comes.items():
        if c in placed:
            labels = Labels(instrument=BLOCK, chip=c, region=a)
            ledgers.post("arrives", labels, "arrives", CONSTANT, list(by_period), list(by_period.values()))
    for (c, a), gw, until in moves:
        if c in placed:
            idle = dict(idle_shares(until, T))
            labels = Labels(instrument=BLOCK, chip=c, region=a)
            ledgers.post("moving", labels, "moving", CONSTANT, list(idle), [gw * share for share in idle.values()])


def _less(gw: float, other: float) -> float:
    """A quantity without a part of it; 0 where only rounding is left."""
    return gw - other if gw - other > NOISE * gw else 0.0


def _post_moves(case: CaseData, ledgers: Ledgers, labels: Labels, variables: list[int], periods: list[int]) -> None:
    """Post what a move costs, and for how long what was moved is idle."""
    chip = next(row for row in case.rows(Chip) if row.chip == labels.chip)
    price, calendar = chip.move_usd_bn_per_gw or 0.0, case.calendar
    idle = chip.move_months / calendar.period_months
    for variable, t in zip(variables, periods, strict=True):
        ledgers.dated(Kind.COST, labels, "chip_move", variable, calendar.start_years(t), -price)
        later = range(t, min(calendar.T, t + int(np.ceil(idle))))
        ledgers.post("moving", labels, "moving", variable, later, [min(1.0, idle - (at - t)) for at in later])


def _standing(ledgers: Ledgers) -> list[tuple[str, str, int, float]]:
    """(chip, region, period, GW) of chips that come to stand in a region at the start of a period without a decision.

    Chips that are held for a part of their first period come in two steps.
    """
    return [
        (post.labels.chip, post.labels.region, t, gw)
        for post in ledgers.select("chips")
        if post.labels.region
        for t, gw in _rises(post.periods, post.values)
    ]


def _leaving(ledgers: Ledgers, chip: str) -> dict[int, list[tuple[int, float]]]:
    """(variable, GW) by the period at whose start chips leave the stock.

    A post below 0 says that chips have another holder from its first period on; they leave with that holder's.
    """
    found: dict[int, list[tuple[int, float]]] = {}
    for post in ledgers.select("chips", chip=chip):
        for variable in np.unique(post.variables).tolist():
            mine, sign = post.variables == variable, float(np.sign(post.values[0]))
            for t, gw in _rises(post.periods[mine], -sign * post.values[mine]):
                if t < ledgers.calendar.T:
                    found.setdefault(t, []).append((variable, sign * gw))
    return found


def _rises(periods: Index, values: Vector) -> Iterator[tuple[int, float]]:
    """(period, GW) of each rise of a quantity that is 0 before and after its periods, which follow one another."""
    steps = np.diff(np.concatenate([[0.0], values, [0.0]]))
    first = int(periods[0])
    for t in np.flatnonzero(steps > 0.0).tolist():
        yield first + t, float(steps[t])
