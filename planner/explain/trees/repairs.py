"""Changes of a case with events with which one plan serves all of its futures. Each is tried on the case.

of futures    what mends each impossible future, one after another, as changes of the case that all futures share
news          an event that is known earlier: the latest first day of a period that is early enough
waivers       limits that somebody set and that break as little as possible, in futures of so much probability, may
              be broken there at a price; the price is for the user to set
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planner.basics.errors import DataError, Infeasible
from planner.basics.text import number
from planner.case.case import Case
from planner.common.unknown import UnknownEvent
from planner.explain.feasibility import Watching, feasible
from planner.explain.search import HALVINGS, Tried, explain
from planner.explain.trees.feasibility import PostedFutures, all_futures_have_a_plan
from planner.futures.cases import case_of
from planner.futures.tree import Tree
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.interfaces.lines import Line
from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.portfolio.solution import Solution
from planner.portfolio.waived import breached
from planner.solve.answers import options, with_exact_maxima
from planner.solve.study_options import StudyOptions
from planner.solver import Feasibility, solve

PRICE = 1.0
"""price of a waiver that is proposed [USD bn per unit and year]"""
FACTORS = (1.0, 1.01, 1.1, 1.5, 2.0, 4.0)
"""on the amounts of a repair: an outcome may make a change of the case smaller in its future"""
FUTURES, NEWS, WAIVERS = "futures", "news", "waivers"
"""kinds of repairs"""
Phase = Callable[[str], None]


@dataclass(frozen=True)
class TreeRepair:
    """Changes of a case with which one plan serves all futures; they were made, and it has one."""

    kind: str
    """FUTURES, NEWS or WAIVERS"""
    changes: tuple[str, ...]
    """what is typed after `--set`"""
    words: tuple[str, ...]
    """what each of them says"""

    def json(self) -> dict[str, object]:
        """The repair for programs."""
        return {"kind": self.kind, "set": list(self.changes), "words": list(self.words)}


def repairs_of_futures(
    case: Case, impossible: Sequence[int], groups: Collection[str], watch: Watching, on_phase: Phase
) -> Iterator[TreeRepair]:
    """The repairs of the first impossible future, each with what the other futures need besides."""
    tree = Tree.of(case)
    name = tree.futures[impossible[0]].name
    on_phase(f"repairs of {name}")
    try:
        first = explain(case_of(case, tree, tree.futures[impossible[0]]), groups, watch=watch).repairs
    except Infeasible:
        return
    seen: set[tuple[str, ...]] = set()
    for i, repair in enumerate(first, start=1):
        on_phase(f"repair {i} of {name} in all futures")
        lines = _in_all(case, impossible[0], repair, groups, watch)
        if lines is None or not _works(case, lines, watch):
            continue
        lines = _needed(case, lines, watch)
        changes = tuple(line.text for line in lines)
        if changes not in seen:
            seen.add(changes)
            yield TreeRepair(FUTURES, changes, tuple(line.words for line in lines))


def _in_all(
    case: Case, future: int, repair: Tried, groups: Collection[str], watch: Watching
) -> tuple[Line, ...] | None:
    """The lines of a repair of one future, with lines that mend each other future; None where some cannot be mended."""
    lines: tuple[Line, ...] = ()
    mending: Sequence[Line] = repair.lines
    for _ in range(len(Tree.of(case)) + 1):
        more = _as_much_as_needed(case, lines, mending, future, watch)
        if more is None:
            return None
        lines = (*lines, *more)
        with watch.working():
            posted = PostedFutures.of(case.change(*(line.text for line in lines)))
        left = [i for i in range(len(posted.tree)) if posted.possible(i, watch) is False]
        if not left:
            return lines
        future = left[0]
        try:
            found = explain(case_of(posted.case, posted.tree, posted.tree.futures[future]), groups, watch=watch, most=1)
        except Infeasible:
            return None
        mending = found.repairs[0].lines
    return None


def _as_much_as_needed(
    case: Case, lines: tuple[Line, ...], mending: Sequence[Line], future: int, watch: Watching
) -> tuple[Line, ...] | None:
    """The lines that mend one future, with the smallest amounts that do so; None where none do.

    An outcome may follow the changes of the case, so more may be needed than in the case of the future, or less.
    """
    tree = Tree.of(case)

    def mends(factor: float) -> bool | None:
        tried = [*lines, *(line.times(factor) for line in mending)]
        try:
            changed = case.change(*(line.text for line in tried))
            return feasible(case_of(changed, tree, tree.futures[future]), watch)
        except DataError:
            return False

    amounts = any(line.is_amount for line in mending)
    high = next((factor for factor in (FACTORS if amounts else FACTORS[:1]) if mends(factor)), None)
    if high is None:
        return None
    low = 0.0
    for _ in range(HALVINGS if amounts else 0):
        middle = 0.5 * (low + high)
        if mends(middle):
            high = middle
        else:
            low = middle
    return tuple(line.times(high) for line in mending)


def _works(case: Case, lines: Sequence[Line], watch: Watching) -> bool | None:
    try:
        changed = case.change(*(line.text for line in lines)) if lines else case
    except DataError:
        return False
    return all_futures_have_a_plan(changed, watch)


def _needed(case: Case, lines: tuple[Line, ...], watch: Watching) -> tuple[Line, ...]:
    """The lines without those that are not needed."""
    for line in lines if len(lines) > 1 else ():
        rest = tuple(each for each in lines if each is not line)
        lines = rest if rest and _works(case, rest, watch) else lines
    return lines


def earlier_news(case: Case, watch: Watching, on_phase: Phase) -> Iterator[TreeRepair]:
    """For each event the latest first day of a period at which its news would be early enough, where there is one."""
    for event in case.rows(UnknownEvent):
        on_phase(f"earlier news of {event.event}")
        calendar = case.calendar
        days = [day for t in calendar.periods if (day := calendar.start_of(t)) < event.known_on]
        if not days or not _known(case, event, days[0], watch):
            continue
        low, high = 0, len(days)  # early enough at low, too late at high
        while high - low > 1:
            middle = (low + high) // 2
            if _known(case, event, days[middle], watch):
                low = middle
            else:
                high = middle
        day = days[low]
        yield TreeRepair(NEWS, (_news(event, day),), (f"news of {event.event} by {day} instead of {event.known_on}",))


def _news(event: UnknownEvent, day: date) -> str:
    return f"events[{event.event}].known_on = {day}"


def _known(case: Case, event: UnknownEvent, day: date, watch: Watching) -> bool | None:
    try:
        return all_futures_have_a_plan(case.change(_news(event, day)), watch)
    except DataError:
        return False


def waiving(case: Case, watch: Watching, on_phase: Phase) -> TreeRepair | None:
    """A waiver for each limit that breaks where limits break as little as possible; None where that does not help."""
    on_phase("limits that would break")
    broken = _broken(case, watch)
    if not broken:
        return None
    changes, words = [], []
    for (rule, subject), (probability, unit) in broken.items():
        most = f", probability_max={probability:.6g}" if probability < 1.0 else ""
        price = f"price_usd_bn_per_unit_year={number(PRICE)}"
        changes.append(f'+waivers{{rule={rule}, subject="{subject}", {price}{most}}}')
        words.append(
            f"{rule} {subject} may be broken in futures of probability {probability:.4g}, at a price that you set:"
            f" here USD {number(PRICE)} bn per {unit} and year"
        )
    try:
        works = all_futures_have_a_plan(case.change(*changes), watch)
    except DataError:
        works = False
    return TreeRepair(WAIVERS, tuple(changes), tuple(words)) if works else None


def _broken(case: Case, watch: Watching) -> dict[tuple[str, str], tuple[float, str]]:
    """Probability and unit of each limit that breaks where limits break as little as they can in all futures."""

    def loose(limit: Limit) -> bool:
        return limit.rule in case.catalogue.set_by_somebody and not limit.physical

    tree = Tree.of(case)
    try:
        with watch.working():
            futures = future_programs(case, tree, StudyOptions(leeway=Leeway(loose)))
            whole = TreeProgram.of(case, tree, futures)
    except Infeasible:
        return {}
    asked = options(case, case.settings.solver.gap, deadline=watch.deadline)
    answer = solve(whole.program, asked, on_progress=watch.on_progress)
    if answer.x is None or answer.feasibility is not Feasibility.FEASIBLE:
        return {}
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for each, x in zip(futures, whole.decisions(answer.x), strict=True):
        solution = Solution(each.portfolio, with_exact_maxima(each.portfolio, x))
        waived = {(limit.rule, limit.subject) for limit, _, _ in breached(each.portfolio.limits, solution.x)}
        mine = {(limit.rule, limit.subject): limit.unit for limit, _ in solution.breaches()}
        for key, unit in mine.items():
            if key not in waived:
                before = found.get(key, (0.0, unit))[0]
                found[key] = (min(1.0, before + each.future.probability), unit)
    return found
