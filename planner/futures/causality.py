"""What an outcome may change: only what happens once it is known.

News of a day comes before the signatures of that day. So an outcome that is known on a day must leave everything before
it as it is expected. Otherwise the news comes too late: somebody would have seen it happen before. Refused are

    settings         those of `case.toml` hold for the whole case
    dated values     a value that holds before the day
    other values     of a table without dates that is about no offer; resale values, which go by age, are none of them,
                     nor are sums of other cash on the day or later
    dates            a day that moves, where the old or the new one lies before the day
    terms            of an offer whose last possible signature comes before the day, but for its delay
    anything else    decisions that are taken before the day, their bounds, and what they and the case post to a ledger
                     in periods that have ended by the day; `anticipation` compares two portfolios

Of an outcome with a kind only the last is looked at, as its kind says what changes from the day on.
An outcome is looked at by itself, after the outcomes that it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.case.grammar import SetSetting, parse
from planner.common.chips import ResaleValue
from planner.common.treasury import OtherCash
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.anticipation import first_difference, signature_days
from planner.futures.cases import case_of
from planner.futures.effects import changes_of, kind_problems
from planner.futures.tree import Tree
from planner.portfolio.portfolio import Portfolio
from planner.tables.cells import shown
from planner.tables.offer import Offer
from planner.tables.table import Row

TRIED = 100
"""up to how many futures the case of each is made"""
HAPPENS_LATER = frozenset({"delay_months"})
"""columns of an offer that say what becomes of it once it is signed"""
BY_AGE = frozenset({ResaleValue})
"""tables of the case as a whole whose rows hold by age"""
OF_A_DAY = frozenset({OtherCash})
"""tables of the case as a whole whose rows happen on the day in their key"""
LAST_DAY = "_by"
"""at the end of the name of a column that holds a last day: the day after it is the first that differs"""


@dataclass(frozen=True)
class OutcomeFindings:
    """What there is to say of the outcomes of a case."""

    problems: tuple[Problem, ...]
    """changes that cannot be made, and what is known too late"""
    remarks: tuple[str, ...]
    """what is allowed and may not be meant, in sentences"""


def problems_of_tree(case: Case, tree: Tree) -> list[Problem]:
    """Everything wrong with the outcomes of a case: changes that cannot be made, and what is known too late."""
    return list(examined(case, tree).problems)


def examined(case: Case, tree: Tree) -> OutcomeFindings:
    """Everything wrong with the outcomes of a case, and what may not be meant."""
    of_kinds = list(kind_problems(case))
    outcomes = _Outcomes(case, kinds=not of_kinds)
    found = [*of_kinds, *outcomes.problems()]
    if not found and 1 < len(tree) <= TRIED:
        found = list(_of_futures(case, tree))
    return OutcomeFindings(tuple(found), tuple(dict.fromkeys(outcomes.remarks)))


def _of_futures(case: Case, tree: Tree) -> Iterator[Problem]:
    """Problems that outcomes only have together: changes that cannot be made after those of others."""
    told: set[tuple[int, str]] = set()
    for future in tree.futures:
        try:
            case_of(case, tree, future)
        except DataError as error:
            last = [outcome for outcome in future.outcomes if outcome is not None and outcome.effect][-1]
            for problem in error.problems:
                if (last.line, said := _said(problem)) not in told:
                    told.add((last.line, said))
                    expected = f"changes that can be made one after another in the future {future.name}"
                    yield last.problem(_column(last), expected, said)


def _column(outcome: EventOutcome) -> str:
    return "changes" if outcome.kind is None else "kind"


def _said(problem: Problem) -> str:
    """A problem of a changed case within another message."""
    where = ":".join(str(part) for part in (problem.file, problem.line) if part)
    column = f", column {problem.column}" if problem.column else ""
    return f"{problem.found} in {where}{column}, where {problem.expected} is expected"


@dataclass(frozen=True, eq=False)
class _Outcomes:
    """The outcomes of a case, looked at one by one."""

    case: Case
    kinds: bool
    """whether those with a kind are looked at"""
    remarks: list[str] = field(default_factory=list)
    """filled by `problems`"""

    @cached_property
    def portfolio(self) -> Portfolio:
        return Portfolio.of(self.case)

    @cached_property
    def _by_name(self) -> Mapping[str, EventOutcome]:
        return {row.name: row for row in self.case.rows(EventOutcome)}

    @cached_property
    def _events(self) -> Mapping[str, UnknownEvent]:
        return {row.event: row for row in self.case.rows(UnknownEvent)}

    def problems(self) -> Iterator[Problem]:
        """The problems of events and outcomes, in their order."""
        for event in self._events.values():
            if event.known_on >= self.case.settings.end:
                yield event.problem("known_on", f"a day before the end of the case, {self.case.settings.end}")
        compared: set[tuple[str, tuple[object, ...]]] = set()
        for outcome in self.case.rows(EventOutcome):
            if outcome.effect and (self.kinds or outcome.kind is None):
                key = (outcome.event, outcome.effect)
                problem = next(self._of(outcome, compared=key in compared), None)
                compared.add(key)
                if problem is not None:
                    yield problem

    def _of(self, outcome: EventOutcome, *, compared: bool) -> Iterator[Problem]:
        """The problems of one outcome; the first is the one to be told.

        Where the same effect of the event was compared with what is expected already, that is not done again.
        """
        event = self._events[outcome.event]
        yield from _of_settings(outcome)
        try:
            before = self._after_given(outcome)
        except DataError:  # told of the outcome that it is given
            return
        try:
            after = before.change(*changes_of(event, outcome, before))
        except DataError as error:
            for problem in error.problems:
                yield outcome.problem(_column(outcome), "changes that can be made", _said(problem))
            return
        if not compared and self.case.settings.start < event.known_on < self.case.settings.end:
            yield from self._early(outcome, event.known_on, before, after)

    def _after_given(self, outcome: EventOutcome) -> Case:
        """The case after the outcomes that an outcome is given."""
        if outcome.given is None:
            return self.case
        given = self._by_name[outcome.given]
        if given.kind is not None and not self.kinds:
            return self.case
        before = self._after_given(given)
        changes = changes_of(self._events[given.event], given, before)
        return before.change(*changes) if changes else before

    def _early(self, outcome: EventOutcome, day: date, before: Case, after: Case) -> Iterator[Problem]:
        """What an outcome changes before it is known."""
        expected = f"what happens from {day} on, when {outcome.event} becomes known"
        old = self.portfolio if before is self.case else Portfolio.of(before, like=self.portfolio)
        days = signature_days(old.ledgers)
        for table in before.catalogue.tables if outcome.kind is None else ():
            name = table.about.name
            if before.own.get(name) is after.own.get(name):
                continue
            self.remarks.extend(_spanning(table, before, after, outcome, day, days))
            for found in _of_table(table, before, after, day, days):
                yield outcome.problem(_column(outcome), expected, f"{found}: the news would come too late")
        early = first_difference(old, Portfolio.of(after, like=old), day)
        if early is not None:
            yield outcome.problem(_column(outcome), expected, f"{early}: the news would come too late")


def _of_settings(outcome: EventOutcome) -> Iterator[Problem]:
    """Settings and tables that an outcome may not change."""
    for text in outcome.texts:
        try:
            change = parse(text)
        except DataError:  # told where the changes are made
            continue
        if isinstance(change, SetSetting):
            expected = "a change of a table: the settings of case.toml hold for the whole case, in every future"
            yield outcome.problem("changes", expected, shown(text))
        elif change.table in (UnknownEvent.about.name, EventOutcome.about.name):
            yield outcome.problem("changes", "a change of what happens, not of what is unknown", shown(text))


def _of_table(
    table: type[Row], before: Case, after: Case, day: date, days: Mapping[str, tuple[date, date]]
) -> Iterator[str]:
    """What differs in a table before a day, in words; `days` are the first and the last to sign each offer."""
    if table.about.dated:
        yield from _dated(table, before, after, day)
        return
    for key, one, other in _pairs(table, before, after):
        named = ", ".join(map(str, key))
        if one is not None and other is not None:
            yield from _dates(one, other, named, day)
        offer = _offer_of(table, key)
        if table in OF_A_DAY:
            if not _begins(key, day) and (columns := _terms(one, other)):
                yield f"{', '.join(columns)} of {named} in {table.about.file}"
        elif not offer and table in before.catalogue.common and table not in BY_AGE and (columns := _terms(one, other)):
            yield f"{', '.join(columns)} of {named} in {table.about.file}, which holds from the start of the case"
        later = _begins(key, day)
        if offer in days and days[offer][1] < day and not later and (columns := _terms(one, other)):
            what = f"{', '.join(columns)} of {named} in {table.about.file}"
            yield f"{what}, which can be signed on {days[offer][1]} for the last time"


def _spanning(
    table: type[Row], before: Case, after: Case, outcome: EventOutcome, day: date, days: Mapping[str, tuple[date, date]]
) -> Iterator[str]:
    """Terms of offers that can be signed before the day and after it, in sentences."""
    if table.about.dated:
        return
    for key, one, other in _pairs(table, before, after):
        offer = _offer_of(table, key)
        first, last = days.get(offer, (day, day))
        if first < day <= last and not _begins(key, day) and (columns := _terms(one, other)):
            what = f"{', '.join(columns)} of {', '.join(map(str, key))}"
            yield (
                f"{outcome.name} changes {what} also where {offer} is signed before {day}, from {first} on; two offers,"
                " one to be signed before that day and one after it, say otherwise"
            )


def _begins(key: tuple[object, ...], day: date) -> bool:
    """Whether a row holds from a date of its key on that is not before a day."""
    return any(isinstance(part, date) and part >= day for part in key)


def _pairs(table: type[Row], before: Case, after: Case) -> Iterator[tuple[tuple[object, ...], Row | None, Row | None]]:
    """The keys of a table, each with its row in two cases."""
    old, new = ({row.key_values(): row for row in case.rows(table)} for case in (before, after))
    for key in dict.fromkeys([*old, *new]):
        yield key, old.get(key), new.get(key)


def _dated(table: type[Row], before: Case, after: Case, day: date) -> Iterator[str]:
    """Series of dated rows that are not the same on every day before a day."""
    series: dict[tuple[object, ...], list[dict[date, Row]]] = {}
    at = table.about.key.index("from_date")
    for i, case in enumerate((before, after)):
        for row in case.rows(table):
            key = row.key_values()
            since = key[at]
            assert isinstance(since, date)
            series.setdefault((*key[:at], *key[at + 1 :]), [{}, {}])[i][since] = row
    for name, both in series.items():
        for since in sorted(since for since in {*both[0], *both[1]} if since < day):
            one, other = (_on(rows, since) for rows in both)
            columns = _columns(one, other)
            if columns:
                what = f" of {', '.join(map(str, name))}" if name else ""
                yield f"{', '.join(columns)}{what} in {table.about.file} from {since} on"
                break


def _on(rows: Mapping[date, Row], day: date) -> Row | None:
    """The row that holds on a day."""
    since = max((since for since in rows if since <= day), default=None)
    return None if since is None else rows[since]


def _columns(one: Row | None, other: Row | None) -> list[str]:
    """The columns in which two rows differ, but for their date and source."""
    if one is None or other is None:
        return [] if one is other else ["a row"]
    apart = ("source", "from_date")
    return [name for name in one.fields() if name not in apart and getattr(one, name) != getattr(other, name)]


def _dates(one: Row, other: Row, named: str, day: date) -> Iterator[str]:
    """Days that move, of which the earlier lies before a day."""
    for column in _columns(one, other):
        days = [getattr(row, column) for row in (one, other)]
        there = [each for each in days if isinstance(each, date)]
        if there and min(there) + timedelta(column.endswith(LAST_DAY)) < day:
            said = " to ".join("a blank" if each is None else str(each) for each in days)
            yield f"{column} of {named} in {one.about.file} from {said}"


def _offer_of(table: type[Row], key: tuple[object, ...]) -> str:
    """The offer to which a row belongs by its key; empty where it belongs to none."""
    if issubclass(table, Offer):
        return str(key[0])
    return str(key[table.about.key.index("offer")]) if "offer" in table.about.key else ""


def _terms(one: Row | None, other: Row | None) -> list[str]:
    """The terms in which two rows of an offer differ: no dates, and nothing that happens later."""
    return [
        name
        for name in _columns(one, other)
        if name not in HAPPENS_LATER
        and not any(isinstance(getattr(row, name, None), date) for row in (one, other) if row is not None)
    ]
