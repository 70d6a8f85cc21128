"""Where own chips stand at the start of a case, as its tables say, and what of them is still being moved.

`chip_placements.csv` says how much of a chip stands in each region. Chips of `owned_chips.csv` that were in service
before the start are among them; where the tables leave some of these out, they stand in their region too, unless they
were moved away. No more can stand than is held. By chip c and region a, GW:

    stands_{ca}       gw_{ca}
    left_{ca}         moved_out_gw_{ca}
    missing_{ca}      max(0, owned_{ca} − gw_{ca})
    moved_{ca}        min(moved_out_gw_{ca}, missing_{ca}), all together at most Σ_a max(0, gw_{ca} − owned_{ca})
    besides_{ca}      missing_{ca} − moved_{ca}

where the chip has rows, and none of them where it has none. So chips count as moved away only as far as as many stand
elsewhere. If the sum of gw and besides exceeds what can be held in
the first period, both count for their part, and what is missing of the chips that are owned counts as moved away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import add_months, whole_months
from planner.basics.text import number
from planner.common.chips import Chip, OwnedChip
from planner.instruments.own_fleet.tables import ChipMove, ChipPlacement
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers

Place = tuple[str, str]
"""(chip, region)"""
NOISE = 1e-6
"""an excess that is a smaller share than this is rounding, of which nobody is told"""


@dataclass(frozen=True)
class Stood:
    """Chips that stand in a region at the start [GW]."""

    stands: float
    """as `chip_placements.csv` says"""
    besides: float
    """chips owned there that it leaves out"""
    left: float
    """chips owned there that were moved away"""


def openings(case: CaseData, ledgers: Ledgers) -> tuple[dict[Place, Stood], list[tuple[str, str]]]:
    """What stands in each region at the start, of chips that have rows, and remarks by chip."""
    rows: dict[str, dict[str, ChipPlacement]] = defaultdict(dict)
    for row in case.rows(ChipPlacement):
        rows[row.chip][row.region] = row
    owned = owned_before(case)
    found: dict[Place, Stood] = {}
    notes: list[tuple[str, str]] = []
    for chip, by_region in rows.items():
        regions = dict.fromkeys([*by_region, *(a for c, a in owned if c == chip)])
        mine = _standing(by_region, {a: owned.get((chip, a), 0.0) for a in regions})
        said = sum(each.stands + each.besides for each in mine.values())
        most = _most_held(ledgers, chip) - _coming(ledgers, owned, chip)
        if said > most:
            mine = {a: _part(each, max(0.0, most) / said, owned.get((chip, a), 0.0)) for a, each in mine.items()}
        if said > most + NOISE * said:
            notes.append(
                (chip, f"{number(said)} GW stand somewhere by {ChipPlacement.about.file}, and at most"
                 f" {number(max(0.0, most))} GW are held in the first period: each region counts for its part")
            )  # fmt: skip
        found |= {(chip, a): each for a, each in mine.items()}
    return found, notes


def _standing(rows: Mapping[str, ChipPlacement], owned: Mapping[str, float]) -> dict[str, Stood]:
    """What stands in each region by the rows of a chip, given what of it is owned there."""
    gw = {a: rows[a].gw if a in rows else 0.0 for a in owned}
    missing = {a: max(0.0, owned[a] - gw[a]) for a in owned}
    left = {a: rows[a].moved_out_gw if a in rows else 0.0 for a in owned}
    moved = {a: min(left[a], missing[a]) for a in owned}
    total, elsewhere = sum(moved.values()), sum(max(0.0, gw[a] - owned[a]) for a in owned)
    part = 1.0 if total <= elsewhere * (1 + NOISE) else elsewhere / total
    found = {}
    for a in owned:
        besides = missing[a] - part * moved[a]
        found[a] = Stood(gw[a], besides if besides > NOISE * owned[a] else 0.0, left[a])
    return found


def _part(opening: Stood, part: float, owned: float) -> Stood:
    """A part of what stands in a region; the rest of what is owned there counts as moved away."""
    stands, besides = part * opening.stands, part * opening.besides
    return Stood(stands, besides, max(opening.left, owned - stands - besides))


def _most_held(ledgers: Ledgers, chip: str) -> float:
    """The most chips of a kind that can be held in the first period [GW]."""
    balance = ledgers.balance("chips", chip=chip)
    variables, values = balance.by_period()[0]
    none = np.empty(0)
    lower = np.concatenate([none, *(group.lower for group in ledgers.groups)])[variables]
    upper = np.concatenate([none, *(group.upper for group in ledgers.groups)])[variables]
    bounds = np.where(values > 0, upper, lower)
    return float(balance.constant[0] + (values * bounds).sum())


def _coming(ledgers: Ledgers, owned: Mapping[Place, float], chip: str) -> float:
    """Chips owned in a region that are put in service in the first period [GW]."""
    there = sum(float(ledgers.balance("chips", chip=c, region=a).constant[0])
                for c, a in ledgers.accounts("chips", "chip", "region") if c == chip and a)  # fmt: skip
    return max(0.0, there - sum(gw for (c, _), gw in owned.items() if c == chip))


def owned_before(case: CaseData, t: int = 0) -> dict[Place, float]:
    """Chips owned in a region that were put in service before a period, as held in it [GW]."""
    found: dict[Place, float] = defaultdict(float)
    for place, by_period in _owned(case, t):
        found[place] += by_period.get(t, 0.0)
    return dict(found)


def came_late(case: CaseData, t: int) -> dict[Place, float]:
    """Chips owned in a region that were put in service before a period, but not held for all of the one before it.

    What is held more of them in the period than in the one before [GW].
    """
    found: dict[Place, float] = defaultdict(float)
    for place, by_period in _owned(case, t):
        found[place] += max(0.0, by_period.get(t, 0.0) - by_period.get(t - 1, 0.0))
    return dict(found)


def _owned(case: CaseData, t: int) -> Iterator[tuple[Place, dict[int, float]]]:
    """Place and GW held by period of each lot owned in a region that was put in service before a period."""
    for row, by_period in owned_lots(case):
        if row.region is not None and row.in_service < case.calendar.start_of(t):
            yield (row.chip, row.region), by_period


def owned_lots(case: CaseData) -> Iterator[tuple[OwnedChip, dict[int, float]]]:
    """Each lot of chips that are owned, and the GW that are held of it by period."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    for row in case.rows(OwnedChip):
        over = add_months(row.in_service, whole_months(chips[row.chip].life_years))
        held = case.calendar.overlap(row.in_service, over)
        yield row, dict(zip(held.periods, (row.gw * held.shares).tolist(), strict=True))


def idle_until(case: CaseData, chip: Chip, moved_on: date) -> float:
    """The time at which chips that were moved on a day can run again [periods after the start]."""
    return case.calendar.position(moved_on) + chip.move_months / case.calendar.period_months


def under_way(
    case: CaseData, found: Mapping[Place, Stood]
) -> tuple[list[tuple[Place, float, float]], list[tuple[str, str]]]:
    """(place, GW, time at which they can run again) of chips moved before the start that are idle; remarks by chip."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    moves: list[tuple[Place, float, float]] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipMove):
        until = idle_until(case, chips[row.chip], row.moved_on)
        if row.moved_on >= case.calendar.start:
            notes.append((row.chip, f"moved_on {row.moved_on} is not before the start: the move does not count"))
        elif until > 0:
            moves.append(((row.chip, row.region), row.gw, until))
    return _within(moves, found, notes), notes


def _within(
    moves: list[tuple[Place, float, float]], found: Mapping[Place, Stood], notes: list[tuple[str, str]]
) -> list[tuple[Place, float, float]]:
    """The moves, of which no more can be on the way to a region than stands there."""
    total: dict[Place, float] = defaultdict(float)
    for place, gw, _ in moves:
        total[place] += gw
    part = dict.fromkeys(total, 1.0)
    for (chip, region), gw in total.items():
        stands = found[chip, region].stands
        if gw > stands:
            part[chip, region] = stands / gw
        if gw > stands + NOISE * gw:
            text = f"{number(gw)} GW are being moved to {region}, and {number(stands)} GW stand there: no more count"
            notes.append((chip, text))
    return [(place, part[place] * gw, until) for place, gw, until in moves]


def idle_shares(until: float, periods: int) -> Iterator[tuple[int, float]]:
    """(period, part of it) in which chips are idle that can run again at a time [periods after the start]."""
    for t in range(min(periods, int(np.ceil(until)))):
        yield t, min(1.0, until - t)
