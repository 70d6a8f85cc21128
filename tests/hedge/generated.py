"""Random trees of futures over generated cases of every instrument.

A case of 4 to 8 offers and 3 to 5 periods gets one to three events, known on the first day of a period or within one,
with two or three outcomes each, some of them given another. An outcome changes demand, prices, delays, caps or revenue
from its day on, closes an offer, is of a kind of `planner stress`, or leaves all as expected. What the check of a case
refuses is drawn again.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError
from planner.common.indices import IndexLevel
from planner.futures.effects import kind_problems
from planner.futures.tree import Tree
from planner.interfaces.index_events import INDEX_EVENTS
from planner.reports.check import Check
from planner.tables.offer import OfferStatus

GAP = 1e-7
ROUNDS = 40
MOST_FUTURES = 8
COLUMNS = ("event", "outcome", "given", "probability", "changes", "kind", "subject", "value")


@dataclass(frozen=True)
class Row:
    """An outcome of an event."""

    event: str
    outcome: str
    probability: float = 1.0
    given: str = ""
    changes: str = ""
    kind: str = ""
    subject: str = ""
    value: str = ""


@dataclass(frozen=True)
class Unknowns:
    """The two tables of what is not known."""

    events: tuple[tuple[str, date], ...]
    """name and day"""
    rows: tuple[Row, ...]

    def of(self, case: Case) -> Case:
        """The case with these tables."""
        events, outcomes = io.StringIO(), io.StringIO()
        csv.writer(events, lineterminator="\n").writerows([("event", "known_on"), *self.events])
        rows = [[getattr(row, name) for name in COLUMNS] for row in self.rows]
        csv.writer(outcomes, lineterminator="\n").writerows([COLUMNS, *rows])
        tables = {"events.csv": events.getvalue().encode(), "outcomes.csv": outcomes.getvalue().encode()}
        return Case.made_of({**case.files, **tables})

    def only(self, event: str, outcome: str) -> Unknowns:
        """The same with one outcome of an event for certain."""
        rows = []
        for row in self.rows:
            if row.event == event:
                row = replace(row, probability=1.0 if row.outcome == outcome else 0.0)  # noqa: PLW2901 - the row that is kept
            rows.append(row)
        return replace(self, rows=tuple(rows))


def case_of(seed: int) -> Case:
    """A case without events, under any treatment of what outlives the horizon."""
    dice = random.Random(seed)
    offers, periods, months = dice.randint(4, 8), dice.randint(3, 5), dice.choice((3, 6, 12))
    files = generate.case_files(offers, periods=periods, period_months=months, seed=seed)
    horizon = dice.choice(("fair", "cut", "charge"))
    changes = f"case.solver.gap = {GAP}", "case.solver.time_limit_s = 36000", f"case.horizon = {horizon}"
    return Case.made_of(files).change(*changes)


def unknowns_of(case: Case, seed: int) -> Unknowns:
    """Random events of a case with 2 to 8 futures.

    Raises RuntimeError where none is found that the check of the case accepts.
    """
    dice = random.Random(f"unknown {seed}")
    for _ in range(ROUNDS):
        found = _drawn(case, dice)
        if found is not None and _accepted(case, found):
            return found
    raise RuntimeError(f"no events for seed {seed}")


def _accepted(case: Case, found: Unknowns) -> bool:
    try:
        made = found.of(case)
        if any(kind_problems(made)):
            return False
        Check.of(made)
    except DataError:
        return False
    return 2 <= len(Tree.of(made)) <= MOST_FUTURES


def _drawn(case: Case, dice: random.Random) -> Unknowns | None:
    events: list[tuple[str, date]] = []
    rows: list[Row] = []
    for number in range(dice.choice((1, 1, 2, 2, 3))):
        calendar = case.calendar
        day = calendar.start_of(dice.randrange(calendar.T))
        if dice.random() < 0.2:
            day += timedelta(days=dice.randint(1, 25))
        name = f"event_{number}"
        before = [row for row in rows if not row.given and dict(events)[row.event] <= day]
        events.append((name, day))
        rows += _outcomes(case, name, day, dice)
        if before and dice.random() < 0.5:
            given = dice.choice(before)
            rows += [replace(row, given=f"{given.event}:{given.outcome}") for row in _outcomes(case, name, day, dice)]
    return Unknowns(tuple(events), tuple(rows))


def _outcomes(case: Case, event: str, day: date, dice: random.Random) -> list[Row]:
    parts = [dice.randint(1, 9) for _ in range(dice.choice((2, 2, 3)))]
    shares = [round(part / sum(parts), 4) for part in parts[1:]]
    shares = [round(1.0 - sum(shares), 4), *shares]
    rows = [Row(event, f"as_{k}", share) for k, share in enumerate(shares)]
    first = 0 if dice.random() < 0.3 else 1  # often one is as expected
    return [*rows[:first], *(_changing(case, row, day, dice) for row in rows[first:])]


def _changing(case: Case, row: Row, day: date, dice: random.Random) -> Row:
    """The row with a change or a kind that may happen on the day."""
    for _ in range(ROUNDS):
        made = replace(row, **_effect(case, day, dice))
        alone = replace(made, given="", probability=0.5)
        other = Row(row.event, "other", 0.5)
        if _accepted(case, Unknowns(((row.event, day),), (alone, other))):
            return made
    return row


def _effect(case: Case, day: date, dice: random.Random) -> dict[str, str]:
    """A random effect, which may not fit the case or the day."""
    if dice.random() < 0.35:
        without = {kind.name for kind in INDEX_EVENTS} if not case.rows(IndexLevel) else set[str]()
        kinds = [
            name
            for name, kind in case.catalogue.event_kinds.items()
            if kind.changes is not None and name not in without
        ]
        return {
            "kind": dice.choice(kinds),
            "subject": dice.choice(["", *_names(case)]),
            "value": dice.choice(["", "0.2", "0.5", "3", "6", "12"]),
        }
    texts = [text for _ in range(dice.choice((1, 1, 2))) if (text := _change(case, day, dice))]
    return {"changes": "; ".join(texts)}


def _change(case: Case, day: date, dice: random.Random) -> str:
    offers = [row for row in case.offers() if row.status is OfferStatus.OPEN]
    offer = dice.choice(offers) if offers else None
    factor = dice.choice((0.0, 0.5, 0.7, 1.2, 1.5, 2.0))
    general = (
        f"demand[{day}..,*,*].demand_gw *= {factor}",
        f"demand[{day}..,*,training].demand_gw *= {factor}",
        f"guarantor_caps[*,lease,{day}..].cap_usd_bn *= {factor}",
        f"finance[{day}..].revenue_usd_bn_per_year *= {max(factor, 0.7)}",
    )
    if offer is None or dice.random() < 0.5:
        return dice.choice(general)
    table, name = offer.about.name, offer.offer
    special = {
        "cloud_commitments": (f"cloud_tiers[{name},*].price_usd_bn_per_gw_year *= {max(factor, 0.5)}",),
        "site_leases": (
            f"site_leases[{name}].delay_months = {dice.choice((3, 6, 12))}",
            f"site_leases[{name}].rent_usd_per_kw_month *= {max(factor, 0.5)}",
        ),
        "chip_purchases": (f"chip_purchases[{name}].max_gw *= {max(factor, 1.0)}",),
        "spare_capacity": (f"spare_capacity[{name}].max_gw *= {max(factor, 0.5)}",),
    }
    return dice.choice((f"{table}[{name}].status = closed", *special.get(table, ())))


def _names(case: Case) -> Sequence[str]:
    """Anything that an event may be about."""
    return sorted({*(row.offer for row in case.offers()), *_others(case)})


def _others(case: Case) -> Iterator[str]:
    for row in case.offers():
        for column in ("provider", "vendor", "spv", "site"):
            if isinstance(found := getattr(row, column, None), str):
                yield found
    for rows in (case.files.get("guarantors.csv", b""), case.files.get("chips.csv", b"")):
        yield from (line.split(",")[0] for line in rows.decode().splitlines()[1:])
