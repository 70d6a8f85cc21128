"""What `planner events` is asked for in words: a case with the outcomes of laws, and with a few of its futures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import numpy as np

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.unknown import UnknownEvent
from planner.futures import selection
from planner.futures.correlated import Correlation, read_correlation
from planner.futures.kept_tree import kept_rows
from planner.futures.laws import WHERE, Law, read_law
from planner.futures.points import Points
from planner.futures.selection import Selection
from planner.futures.tree import Tree
from planner.futures.written import KNOWN_ON, law_rows, with_unknown
from planner.tables import cells
from planner.tables.references import suggestion

C = TypeVar("C", bound=Case)


def with_laws(
    case: C,
    laws: Sequence[str],
    count: int,
    points: str,
    correlations: Sequence[str] = (),
    known_on: Sequence[str] = (),
    *,
    force: bool = False,
) -> C:
    """The case with events that have so many outcomes for each law, as `planner.futures.laws` writes them.

    `points` is one of `Points`; `correlations` are such as `demand:chips=0.6`; `known_on` are dates, or dates of single
    laws such as `demand=2028-07-01`. Raises DataError with everything wrong with the words, FileExistsError where the
    case has an event of the name of a law and `force` is false.
    """
    problems: list[Problem] = []
    read: list[Law] = []
    for text in laws:
        try:
            read.append(read_law(text))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    names = [law.name for law in read]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems += [Problem(f"{WHERE} '{name}'", None, "", "one law of each name", "several") for name in twice]
    pairs: list[Correlation] = []
    for text in correlations:
        try:
            pairs.append(read_correlation(text, names))
        except DataError as error:
            problems += error.problems
    days = _days(known_on, names, problems)
    if problems:
        raise DataError(problems)
    there = [row.event for row in case.rows(UnknownEvent) if row.event in names]
    if there and not force:
        raise FileExistsError(f"the case has the event {', '.join(there)} already; --force replaces it")
    return with_unknown(case, *law_rows(read, count, Points(points), pairs, days))


def _days(texts: Sequence[str], names: Sequence[str], problems: list[Problem]) -> dict[str, date]:
    """The days on which laws become known, by name; what is wrong with the words is added to `problems`."""
    every, single = dict[str, date](), dict[str, date]()
    for text in texts:
        name, equals, day = (part.strip() for part in text.rpartition("="))
        if equals and name not in names:
            expected, found = f"the name of a law ({', '.join(names)})", cells.shown(name) + suggestion(name, names)
            problems.append(Problem(KNOWN_ON, None, "", expected, found))
            continue
        try:
            (single if equals else every).update(dict.fromkeys([name] if equals else names, cells.day(day)))
        except ValueError:
            problems.append(Problem(KNOWN_ON, None, "", "a date such as 2028-07-01", cells.shown(day)))
    return every | single


def with_few(case: C, count: int) -> tuple[C, Selection | None]:
    """The case with at most so many of its futures, and what was kept; None where it has no more than that.

    Raises DataError where there are too many to choose from.
    """
    tree = Tree.of(case, selection.MOST)
    if len(tree) <= count:
        return case, None
    chances = np.array([each.probability for each in tree.futures])
    kept = selection.fast_forward(selection.coordinates(tree), chances, count)
    weights = dict(sorted(zip(kept.positions, kept.probabilities.tolist(), strict=True)))
    return with_unknown(case, *kept_rows(case, tree, weights), instead=True), kept
