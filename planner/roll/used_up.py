"""What is used up by a day: dated rows that no longer hold, and offers that are over and that nobody names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import cast

from planner.case.case import Case
from planner.common.policies import OF_PROVIDER, Policy
from planner.interfaces.advance import Act, RowChange, left_out
from planner.tables.fields import ALTERNATIVES, DELIVERED, ENDED_EARLY, OFFERS
from planner.tables.offer import Offer
from planner.tables.table import Row


def past_rows(case: Case, day: date) -> Iterator[RowChange]:
    """Rows that hold from a date until the next, where the next has come by the day."""
    for table in case.catalogue.tables:
        if not table.about.dated or table.about.remembers:
            continue
        others = [name for name in table.about.key if name != "from_date"]
        series: dict[tuple[object, ...], list[tuple[date, Row]]] = {}
        for row in case.rows(table):
            key = tuple(getattr(row, name) for name in others)
            series.setdefault(key, []).append((cast(date, row.key_values()[table.about.key.index("from_date")]), row))
        for rows in series.values():
            rows.sort(key=lambda each: each[0])
            for (_, row), (until, _) in pairwise(rows):
                if until <= day:
                    yield left_out(row, f"another row holds from {until}")


def without_needed(case: Case, changes: Sequence[RowChange]) -> tuple[list[RowChange], dict[str, str]]:
    """The changes without those that leave out an offer which somebody still names; by offer, who names it.

    Rows that belong to an offer that is left out, such as its tiers, are left out with it.
    """
    over = {str(change.key[0]): change for change in changes if change.act is Act.LEAVE_OUT and _is_named(change.table)}
    gone = {(change.table, change.key) for change in changes if change.act is Act.LEAVE_OUT}
    kept: dict[str, str] = {}
    while needed := dict(_needed(case, over, gone)):
        for name in needed:
            change = over.pop(name)
            gone.discard((change.table, change.key))
        kept |= needed
    children = [
        left_out(row, f"{owner} is left out")
        for table in case.catalogue.tables
        for row in case.rows(table)
        if (table, row.key_values()) not in gone and (owner := _belongs_to(row, over)) is not None
    ]
    return [*(change for change in changes if _counts(change, over, kept)), *children], kept


def _counts(change: RowChange, over: Mapping[str, RowChange], kept: Mapping[str, str]) -> bool:
    """Whether a change is made: not to what is left out, nor the leaving out of what is kept."""
    name = str(change.key[0])
    if change.act is Act.LEAVE_OUT:
        return not (_is_named(change.table) and name in kept)
    if _is_named(change.table):
        return name not in over or over[name].table is not change.table
    return not _of_child(change, over)


def _is_named(table: type[Row]) -> bool:
    """Whether the first column of the key is a name by which other rows know it."""
    return table.fields()[table.about.key[0]].about.identifier


def _belongs_to(row: Row, over: Mapping[str, RowChange]) -> str | None:
    """The offer of those left out to which a row belongs by its key."""
    for column in row.about.key:
        if _refers_to_offers(type(row), column, over) and (name := str(getattr(row, column))) in over:
            return name
    return None


def _of_child(change: RowChange, over: Mapping[str, RowChange]) -> bool:
    """Whether a row that is changed or added belongs to an offer that is left out."""
    return any(
        str(value) in over and _refers_to_offers(change.table, column, over)
        for column, value in zip(change.table.about.key, change.key, strict=True)
    )


def _refers_to_offers(row: type[Row], column: str, over: Mapping[str, RowChange]) -> bool:
    """Whether a column names rows of one of the tables of what is left out."""
    refers = row.fields()[column].about.refers
    if refers in (OFFERS, DELIVERED, ENDED_EARLY):
        return True
    tables = {change.table.about.name for change in over.values()}
    return any(target.split(".")[0] in tables for target in refers.split(ALTERNATIVES))


def _needed(
    case: Case, over: Mapping[str, RowChange], gone: Iterable[tuple[type[Row], tuple[object, ...]]]
) -> Iterator[tuple[str, str]]:
    """(offer, who names it) of those that are over and that a remaining row still names."""
    if not over:
        return
    away = set(gone)
    remaining = [
        row
        for table in case.catalogue.tables
        for row in case.rows(table)
        if (table, row.key_values()) not in away and _belongs_to(row, over) is None
    ]
    for row in remaining:
        for column in row.fields():
            if column not in row.about.key and _refers_to_offers(type(row), column, over):
                name = str(getattr(row, column))
                if name in over:
                    yield name, f"{_called(row)} names it in {column}"
    offers = [row for row in remaining if isinstance(row, Offer)]
    yield from _shared_groups(case, over, offers)
    yield from _only_of_a_provider(case, over, offers)


def _called(row: Row) -> str:
    return f"{row.about.file} {', '.join(map(str, row.key_values()))}"


def _shared_groups(case: Case, over: Mapping[str, RowChange], offers: Iterable[Offer]) -> Iterator[tuple[str, str]]:
    """Offers that are over but forbid others of their group."""
    groups = {row.exclusive_group: row.offer for row in offers if row.exclusive_group}
    for row in case.offers():
        if row.offer in over and row.exclusive_group in groups:
            yield row.offer, f"{groups[row.exclusive_group]} is of its group {row.exclusive_group}"


def _only_of_a_provider(
    case: Case, over: Mapping[str, RowChange], offers: Iterable[Offer]
) -> Iterator[tuple[str, str]]:
    """Offers of a provider that a policy is about and that has no other offer."""
    others = {getattr(row, "provider", None) for row in offers}
    about = {row.subject: row.policy for row in case.rows(Policy) if row.kind in OF_PROVIDER and row.subject}
    for row in case.offers():
        provider = getattr(row, "provider", None)
        if row.offer in over and provider in about and provider not in others:
            yield row.offer, f"the policy {about[provider]} is about {provider}"
