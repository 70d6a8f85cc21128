"""What becomes known in a world, as changes of the case of some day.

The case of a later day no longer has the rows that are used up, such as an offer that was not signed in time. What news
would change of them does not matter any more and is left out. So is what the remaining events say of them, so that the
case can be planned for. A waiver holds in every plan of a single future, as nobody can say of one future how probable
it may be: in worlds, what is broken is broken, at its price, and `breaches.csv` says how often.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from planner.case.case import Case
from planner.case.grammar import AddRow, SetSetting, parse
from planner.common.unknown import BETWEEN, OF, EventOutcome, UnknownEvent, split_changes
from planner.common.waivers import Waiver
from planner.futures import event_checks
from planner.futures.effects import happening
from planner.interfaces.advance import RowChange, changed, left_out
from planner.portfolio.outdated_waivers import without_outdated
from planner.roll.actuals.news_item import News
from planner.roll.rows import changed_case
from planner.roll.turned_out import turned_out
from planner.tables.cells import text_of
from planner.tables.table import Row

USED_UP = "it is about what is used up"


@dataclass(frozen=True)
class TurnedOut:
    """How an event turns out in a world."""

    event: str
    outcome: str
    """one of its outcomes; where it has a value, the outcome that stands for that value in the tree"""
    known_on: date
    value: float | None = None
    """drawn from a law"""
    changes: str = ""
    """what the value changes, in the words of `--set`; blank without a value"""
    effect: bool = True
    """whether it changes anything"""

    @classmethod
    def of(cls, event: UnknownEvent, outcome: EventOutcome) -> Self:
        """An outcome of an event."""
        return cls(event.event, outcome.outcome, event.known_on, effect=bool(outcome.effect))

    @property
    def name(self) -> str:
        """The event and its outcome in the tree, as `given` names them."""
        return f"{self.event}{OF}{self.outcome}"

    @property
    def text(self) -> str:
        """The event and how it turned out."""
        return self.name if self.value is None else f"{self.event}{OF}{self.value:.6g}"


def revealed(case: Case, told: Iterable[TurnedOut], base: Case) -> Case:
    """The case once something is known; `base` is the case at the start, which has every row.

    Raises DataError with every change that cannot be made.
    """
    for each in told:
        if each.event not in {row.event for row in case.rows(UnknownEvent)}:
            continue
        news = turned_out(case, each.name)
        asked = news.asked if each.value is None else tuple(split_changes(each.changes))
        still = tuple(text for text in asked if not moot(text, case, base))
        case = without_outdated(News(news.what, news.rows, still).of(case))
    return case


def moot(text: str, case: Case, base: Case) -> bool:
    """Whether a change is about rows that the base has and that are used up in a later case."""
    change = parse(text)
    if isinstance(change, SetSetting | AddRow):
        return False
    table = next((each for each in base.catalogue.tables if each.about.name == change.table), None)
    return table is not None and _any(table, change.keys, base) and not _any(table, change.keys, case)


def _any(table: type[Row], keys: tuple[str, ...], case: Case) -> bool:
    """Whether a table has a row with these keys; `*` and ranges of dates are those of any row."""
    named = [(name, key) for name, key in zip(table.about.key, keys, strict=False) if key != "*" and ".." not in key]
    return any(all(text_of(getattr(row, name)) == key for name, key in named) for row in case.rows(table))


def without_moot(case: Case, base: Case) -> Case:
    """A later case whose events say nothing of rows that are used up; an event that then changes nothing is none."""
    found = list(_moot_rows(case, base))
    made = changed_case(case, found) if found else case
    gone = [left_out(row, USED_UP) for row in _idle(made)]
    return changed_case(made, gone) if gone else made


def _moot_rows(case: Case, base: Case) -> Iterator[RowChange]:
    events = {row.event: row for row in case.rows(UnknownEvent)}
    for row in case.rows(EventOutcome):
        if row.kind is not None:
            event = happening(events[row.event], row, row.kind)
            if any(event_checks.problems(event, case)):
                yield changed(row, USED_UP, kind=None, subject=None, value=None)
            continue
        still = [text for text in row.texts if not moot(text, case, base)]
        if len(still) < len(row.texts):
            yield changed(row, USED_UP, changes=f"{BETWEEN} ".join(still) or None)


def _idle(case: Case) -> Iterator[Row]:
    """The rows of events that nothing distinguishes and that no other is given."""
    outcomes = case.rows(EventOutcome)
    asked = {row.given_event for row in outcomes}
    for event in case.rows(UnknownEvent):
        mine = [row for row in outcomes if row.event == event.event]
        same = len({row.effect for row in mine}) == 1 and len({row.outcome for row in mine}) > 1
        if same and not mine[0].effect and event.event not in asked:
            yield event
            yield from mine


def without_events(case: Case, names: Collection[str]) -> Case:
    """The case without some events; none of the others is given one of them."""
    rows: list[Row] = [row for row in case.rows(UnknownEvent) if row.event in names]
    rows += [row for row in case.rows(EventOutcome) if row.event in names]
    return changed_case(case, [left_out(row, "it is drawn from a law") for row in rows]) if rows else case


def for_one_future(case: Case) -> Case:
    """The case as plans for a single future see it: every waiver holds, whatever its probability_max."""
    if all(row.in_every_future for row in case.rows(Waiver)):
        return case
    return case.change("waivers[*,*].probability_max = blank")


def as_for_all(case: Case, base: Case) -> Case:
    """A case made from a plan for one future, with the probabilities that the waivers of the base have."""
    said = {row.key_values(): row.probability_max for row in base.rows(Waiver)}
    wrong = [row for row in case.rows(Waiver) if row.probability_max != said.get(row.key_values())]
    if not wrong:
        return case
    why = "as the waiver says"
    return changed_case(case, [changed(row, why, probability_max=said[row.key_values()]) for row in wrong])
