"""Waivers: a limit that somebody set may be broken at a price.

    used_t ≤ allowed_t + breach_t        0 ≤ breach_t ≤ most

The variable is

    breach[rule, subject, t]    by how much the limit is broken, in its unit

and the post, by ledger and line:

    cash penalty    waiver    −price · h · breach

What may be waived is what a stress plan may break (`planner.portfolio.may_break`): limits that somebody set, and demand
where a shortage has no price. A limit on the whole horizon is stated in one period, and is charged for that period
alone. A breach follows from the other decisions and from the data, so it is no decision of its own: in several futures
it may differ before they part, where the data of a limit look ahead.

`probability_max` speaks of several futures. A portfolio is of one future, whose probability is 1 as far as it knows. So
a waiver whose probability_max is below 1 waives nothing in it, and a note of the plan says so. Who plans for many
futures clears the column in the case of each (`planner.futures.cases.case_of` does), so that every limit may be broken
in each future by itself, and sees to the probabilities with what `rationed` gives:

    breach_{s,t} ≤ most_{s,t} · broken_s        for each limit that it lists, each future s and period t
    Σ_s p_s · broken_s ≤ probability_max        broken_s is 0 or 1

The plan of each future is then an ordinary plan of the future's case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.waivers import Waiver, waiver_of
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines
from planner.ledgers.balances import Balance
from planner.ledgers.contract_checks import exceeds
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit, sizes
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import VariableGroup
from planner.portfolio.may_break import loose_in
from planner.tables.cells import shown
from planner.tables.references import suggestion

NAME, BREACH, LINE = "waivers", "breach", "waiver"
"""block, group of variables, and line of the ledger"""
PLAIN_LINES: PlainLines = {
    LINE: PlainLine(
        "Limits broken under waivers", "The price of a limit that is broken under a waiver, which nobody is paid.",
        Meaning.PENALTIES,
    )
}  # fmt: skip
ROUNDING = 1e-9
"""a breach that is smaller beside what the limit compares is rounding"""
SAME_PROBABILITY = 1e-9
"""difference up to which two probabilities are the same"""
LimitName: TypeAlias = tuple[str, str]
"""rule and subject"""


@dataclass(frozen=True, eq=False)
class Rationed:
    """A limit that may be broken in some futures only, in one of them."""

    periods: tuple[int, ...]
    variables: Index
    """number of the breach of each period"""
    most: Vector
    """the largest breach of each; infinite where the waiver says none"""
    probability_max: float
    line: int
    """of the waiver, in its file"""

    def at(self, places: Index) -> Rationed:
        """The same limit in a program in which variable j of the future has the number places[j]."""
        return replace(self, variables=places[self.variables])


def waived(case: Case, ledgers: Ledgers, limits: tuple[Limit, ...]) -> tuple[Ledgers, tuple[Limit, ...]]:
    """Ledgers and limits of a case after its waivers: others where it has any, as nothing is added to those given.

    Raises DataError with every waiver that is about no limit that may be waived.
    """
    rows = case.rows(Waiver)
    if not rows:
        return ledgers, limits
    loose = loose_in(case)
    wrong = list(unfit(case, limits))
    if wrong:
        raise DataError(problem for _, problem in wrong)
    ledgers = ledgers.up_to(ledgers.counts)
    ledgers.notes += [(_words(row), KEPT) for row in rows if not row.in_every_future]
    of = {
        (limit.rule, limit.subject): row
        for limit in limits
        if loose(limit) and (row := waiver_of(rows, limit.rule, limit.subject)) is not None and row.in_every_future
    }
    asked = [(limit, of[limit.rule, limit.subject]) for limit in limits if (limit.rule, limit.subject) in of]
    if not any(limit.periods for limit, _ in asked):
        return ledgers, limits
    breach = _declared(ledgers, asked)
    by_name = {(limit.rule, limit.subject): _posted(ledgers, breach, limit, row) for limit, row in asked}
    return ledgers, tuple(by_name.get((limit.rule, limit.subject), limit) for limit in limits)


KEPT = (
    "is not waived in this plan, as the waiver has a probability_max below 1 and the plan is for a single future,"
    " which is certain"
)
"""the note of a waiver that waives nothing in a plan for a single future"""


def _declared(ledgers: Ledgers, asked: Sequence[tuple[Limit, Waiver]]) -> VariableGroup:
    """The variables, one for each period of each limit that is waived."""
    keys = [(limit.rule, limit.subject, t) for limit, _ in asked for t in limit.periods]
    most = [np.inf if row.most is None else row.most for limit, row in asked for _ in limit.periods]
    unit = " or ".join(dict.fromkeys(limit.unit for limit, _ in asked))
    return ledgers.declare(
        NAME, BREACH, ("rule", "subject", "period"), keys, unit=unit, decided=Moment.FOLLOWS, upper=np.array(most)
    )


def _posted(ledgers: Ledgers, breach: VariableGroup, limit: Limit, row: Waiver) -> Limit:
    """The limit with its waiver, and what its breaches cost."""
    periods = np.array(limit.periods, dtype=np.int64)
    variables = np.array([breach[limit.rule, limit.subject, t] for t in limit.periods], dtype=np.int64)
    price = row.price_usd_bn_per_unit_year * ledgers.calendar.h
    labels = Labels(instrument=NAME, about=f"{limit.rule} {limit.subject}")
    ledgers.flow(Kind.PENALTY, labels, LINE, variables, periods, -price)
    return replace(limit, waived=Balance(periods, variables, np.ones(len(periods)), np.zeros(ledgers.calendar.T)))


def unfit(case: Case, limits: Iterable[Limit]) -> Iterator[tuple[Waiver, Problem]]:
    """Waivers that are about none of the limits of a case, or about none that may be waived."""
    loose = loose_in(case)
    stated, may_break = _subjects(limits), _subjects(limit for limit in limits if loose(limit))
    for row in case.rows(Waiver):
        mine, all_of_rule = may_break.get(row.rule, []), stated.get(row.rule, [])
        if row.subject is None:
            if all_of_rule and not mine:
                yield row, row.problem("rule", "a rule with limits that somebody has set", f"{row.rule}, {PHYSICAL}")
        elif row.subject in all_of_rule and row.subject not in mine:
            yield (
                row,
                row.problem("subject", f"a limit of {row.rule} that somebody has set", f"{row.subject}, {PHYSICAL}"),
            )
        elif row.subject not in mine:
            some = f"one of {', '.join(mine)}" if mine else "none is stated in this case"
            expected = f"a limit that {row.rule} states ({some}), or a blank for all"
            yield row, row.problem("subject", expected, shown(row.subject) + suggestion(row.subject, mine))


PHYSICAL = "which is what machines, halls and contracts can do"
"""why a limit may not be waived"""


def _subjects(limits: Iterable[Limit]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for limit in limits:
        found.setdefault(limit.rule, []).append(limit.subject)
    return found


def _words(row: Waiver) -> str:
    """What a waiver is about."""
    return f"{row.rule} {'of any subject' if row.subject is None else row.subject}"


def with_exact_breaches(limits: Sequence[Limit], x: Vector) -> Vector:
    """The decisions, of which no breach is larger than its limit is broken; the result is x where none is.

    A breach that is larger by no more than the tolerance of the audit stays as it is: it is what was paid for. What is
    rounding becomes 0.
    """
    asked = [limit for limit in limits if limit.waived is not None]
    if not asked:
        return x
    exact, of_unit = x.copy(), sizes(limits, x)
    for limit in asked:
        assert limit.waived is not None
        by, used = limit.breach(x), limit.used.evaluate(x)
        for t, j in zip(limit.waived.periods.tolist(), limit.waived.variables.tolist(), strict=True):
            size = max(abs(used[t]), abs(used[t] - by[t]), of_unit[limit.unit])
            if exceeds(x[j], by[t], size):
                exact[j] = by[t]
            if exact[j] <= ROUNDING * size:
                exact[j] = 0.0
    return x if np.array_equal(exact, x, equal_nan=True) else exact


def breached(limits: Iterable[Limit], x: Vector) -> Iterator[tuple[Limit, int, float]]:
    """The limits that decisions x break under a waiver, each with a period and by how much."""
    for limit in limits:
        if limit.waived is not None:
            for t, j in zip(limit.waived.periods.tolist(), limit.waived.variables.tolist(), strict=True):
                if x[j] > 0.0:
                    yield limit, int(t), float(x[j])


def rationed(case: Case, ledgers: Ledgers, limits: Iterable[Limit]) -> dict[LimitName, Rationed]:
    """The limits of a future that may be broken in some futures only.

    `case` is the one that still has the probabilities, `ledgers` and `limits` are those of the future's portfolio.
    """
    rows = case.rows(Waiver)
    upper = np.concatenate([np.empty(0), *(group.upper for group in ledgers.groups)])
    found = {}
    for limit in limits:
        row = waiver_of(rows, limit.rule, limit.subject)
        if limit.waived is not None and row is not None and not row.in_every_future:
            variables = limit.waived.variables
            most = upper[variables]
            assert row.probability_max is not None
            periods = tuple(limit.waived.periods.tolist())
            found[limit.rule, limit.subject] = Rationed(periods, variables, most, row.probability_max, row.line)
    return found


def too_probable(
    case: Case, broken: Iterable[tuple[float, Collection[LimitName]]]
) -> Iterator[tuple[LimitName, float, Waiver]]:
    """The limits that are broken more probably than their waiver allows: name, probability and the waiver.

    `broken` holds for each future its probability and the limits that its plan breaks under a waiver; `case` is the one
    that has the probabilities.
    """
    sums: dict[LimitName, float] = {}
    for probability, names in broken:
        for name in names:
            sums[name] = sums.get(name, 0.0) + probability
    for name, probability in sums.items():
        row = waiver_of(case.rows(Waiver), *name)
        most = None if row is None else row.probability_max
        if row is not None and most is not None and probability > most + SAME_PROBABILITY:
            yield name, probability, row
