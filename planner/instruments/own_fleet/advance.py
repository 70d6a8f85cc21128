"""Own chips in the case of a later day: where they stand, and what is still being moved.

Of chip c in region a, in periods of the plan, the day being the first of period k:

    gw              placed_{c,a,k−1} − given_up_{c,a,k−1} + what is owned there and came in service within k − 1
    moved_out_gw    Σ_{t < k} moved_out_{cat} and what was moved away before the plan, where chips are owned

Chips that can stand in one region only have no such variables. Of those as many stand there as ran at a time, as far as
they have not left the stock since. So chips that ran in a region do not stand elsewhere when halls are offered there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.basics.words import bracketed
from planner.common.chips import Chip
from planner.instruments.own_fleet.opening import Place, came_late, idle_until, owned_before, owned_lots
from planner.instruments.own_fleet.tables import ChipMove, ChipPlacement
from planner.interfaces.advance import Roll, RowChange, added, changed, left_out

VALUE = "value"
"""column of the ledger"""
SMALL = 1e-9
"""fewer GW are rounding"""
LEDGERS = ("placed", "given_up", "moved_in", "moved_out", "in_use", "chips")
"""the ledgers that say where chips stand"""
Amounts = dict[str, dict[tuple[str, str, int], float]]
"""GW by ledger, then by chip, region and period"""


def advance(roll: Roll) -> Iterator[RowChange]:
    """The rows of chips that stand somewhere, and of those that are being moved."""
    amounts = _amounts(roll)
    yield from _placements(roll, amounts)
    yield from _moves(roll, amounts)


def _amounts(roll: Roll) -> Amounts:
    """What the plan says by chip, region and period."""
    table = roll.plan.ledger
    mine = table[table["ledger"].isin(LEDGERS) & ((table["ledger"] != "in_use") | (table["families"] != ""))]
    found: Amounts = {name: defaultdict(float) for name in LEDGERS}
    for row in mine[["ledger", "chip", "region", "period", VALUE]].to_dict("records"):
        t = roll.case.calendar.forward(date.fromisoformat(str(row["period"])))
        found[str(row["ledger"])][str(row["chip"]), str(row["region"]), t] += float(row[VALUE])
    return found


def _placements(roll: Roll, amounts: Amounts) -> Iterator[RowChange]:
    """Rows for chips that stand somewhere."""
    rows = {(row.chip, row.region): row for row in roll.case.rows(ChipPlacement)}
    placed = dict.fromkeys(c for c, _, _ in amounts["placed"])
    stands: dict[Place, tuple[float, float]] = {}
    for chip in roll.case.rows(Chip):
        where = _placed(roll, amounts, chip.chip) if chip.chip in placed else _alone(roll, amounts, chip.chip)
        stands |= {(chip.chip, region): gw for region, gw in where.items()}
    for place, (gw, left) in stands.items():
        cells = {"gw": gw, "moved_out_gw": left}
        if place not in rows:
            why = f"{place[0]} in {place[1]} on {roll.day}"
            yield added(ChipPlacement, why, chip=place[0], region=place[1], gw=gw, moved_out_gw=left or None)
        elif news := {name: value for name, value in cells.items() if value != getattr(rows[place], name)}:
            yield changed(rows[place], f"what stands there on {roll.day}", **news)
    for place, row in rows.items():
        if place not in stands:
            yield left_out(row, f"none stands there on {roll.day}")


def _placed(roll: Roll, amounts: Amounts, chip: str) -> dict[str, tuple[float, float]]:
    """(GW, GW moved away) by region, of a chip whose regions are decided on."""
    k, last = roll.period, roll.period - 1
    late = came_late(roll.case, k)
    owned = {a for (c, a, t), gw in amounts["chips"].items() if c == chip and a and t >= k and gw > 0}
    said = {row.region: row for row in roll.case.rows(ChipPlacement) if row.chip == chip}
    found: dict[str, tuple[float, float]] = {}
    for region in dict.fromkeys(a for c, a, _ in amounts["placed"] if c == chip):
        here = (chip, region)
        gw = amounts["placed"].get((*here, last), 0.0) - amounts["given_up"].get((*here, last), 0.0)
        gw += late.get(here, 0.0)
        left = sum(value for (c, a, t), value in amounts["moved_out"].items() if (c, a) == here and t < k)
        left += said[region].moved_out_gw if region in said else 0.0
        left = left if region in owned and left > SMALL else 0.0
        if gw > SMALL or left or _waits(amounts, here, k):
            found[region] = (gw if gw > SMALL else 0.0, left)
    return found


def _waits(amounts: Amounts, place: Place, k: int) -> bool:
    """Whether chips are placed in a region from the day on before any of that kind runs there."""
    at = [t for (c, a, t), gw in amounts["placed"].items() if (c, a) == place and t >= k and gw > SMALL]
    runs = [t for (c, a, t), gw in amounts["in_use"].items() if (c, a) == place and t >= k and gw > SMALL]
    return bool(at) and (not runs or min(at) < min(runs))


def _alone(roll: Roll, amounts: Amounts, chip: str) -> dict[str, tuple[float, float]]:
    """(GW, 0) by region, of a chip that can stand in one region only; none where owned_chips.csv says the same."""
    k = roll.period
    said = {row.region: row.gw for row in roll.case.rows(ChipPlacement) if row.chip == chip}
    regions = dict.fromkeys([*said, *(a for c, a, _ in amounts["in_use"] if c == chip)])
    if len(regions) != 1:
        return {}
    (region,) = regions
    here, leaves = (chip, region), _leaving(roll, chip)
    held = [sum(gw for (c, _, at), gw in amounts["chips"].items() if (c, at) == (chip, t)) for t in range(k + 1)]
    stood = said.get(region, 0.0)
    for t in range(k + 1):
        stays = max(0.0, min(stood - leaves.get(t, 0.0), held[t]))
        runs = amounts["in_use"].get((*here, t), 0.0) if t < k else 0.0
        stood = max(stays, owned_before(roll.case, t).get(here, 0.0), runs)
    owned = owned_before(roll.case, k).get(here, 0.0)
    return {region: (stood, 0.0)} if stood > owned + SMALL else {}


def _leaving(roll: Roll, chip: str) -> dict[int, float]:
    """GW of a chip that leave the stock by the period from which they are gone, whoever holds them by then."""
    lots = [by_period for row, by_period in owned_lots(roll.case) if row.chip == chip]
    table = roll.plan.ledger
    mine = table[(table["ledger"] == "chips") & (table["chip"] == chip) & ~table["offer"].map(bracketed)]
    by_offer: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in mine[["offer", "decision", "period", VALUE]].to_dict("records"):
        decision = str(row["decision"])
        whose = ("", decision) if decision else (str(row["offer"]), "")
        by_offer[whose][roll.case.calendar.forward(date.fromisoformat(str(row["period"])))] += float(row[VALUE])
    found: dict[int, float] = defaultdict(float)
    for lot in [*lots, *by_offer.values()]:
        for t in range(1, roll.period + 1):
            found[t] += max(0.0, lot.get(t - 1, 0.0) - lot.get(t, 0.0))
    return found


def _moves(roll: Roll, amounts: Amounts) -> Iterator[RowChange]:
    """Rows for chips that were moved before the day and still stand idle, without those that can run again."""
    case, k = roll.case, roll.period
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    for row in case.rows(ChipMove):
        if idle_until(case, chips[row.chip], row.moved_on) <= k:
            yield left_out(row, f"they can run again by {roll.day}")
    for (chip, region, t), gw in amounts["moved_in"].items():
        day = case.calendar.start_of(t)
        if t < k < idle_until(case, chips[chip], day) and gw > SMALL:
            why = f"{chip} moved to {region} on {day}"
            yield added(ChipMove, why, chip=chip, region=region, moved_on=day, gw=gw)
