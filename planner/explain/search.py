"""From a case to the repairs that would make it possible; each repair is tested on the case itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from planner.basics.deadline import Deadline
from planner.basics.errors import LONGER, DataError, Infeasible, Stopped
from planner.case.case import Case
from planner.explain.elastic import Elastic, Repair
from planner.explain.feasibility import UNWATCHED, Watching, feasible
from planner.interfaces.groups import GROUPS
from planner.interfaces.lines import Line
from planner.solve.progress import Clock

REPAIRS = 4
"""repairs that are sought: the cheapest and up to three others"""
TRIES = 8
"""the most repairs that are tested on the case"""
LARGER = (1.0, 1.001, 1.01, 1.1)
"""factors on the amounts, tried in turn: a table's number may move a limit by less than expected"""
NOTHING = "no plan satisfies everything that is given, and nothing that may be touched mends that"
INSTEAD = "Instead of being changed, a limit may be broken at a price, as a row of waivers.csv says."
HALVINGS = 8
"""steps of bisection in the search for the smallest amounts"""


@dataclass(frozen=True)
class Tried:
    """A repair with which the case was solved and has a plan."""

    lines: tuple[Line, ...]
    price: float
    cheapest: bool
    """True: it is proven that no repair is cheaper, among those that differ from the repairs before it"""
    minimal: bool | None
    """True: there is no plan without one of the lines, nor with half of the amounts; None: time ended before that"""

    @property
    def touched(self) -> frozenset[str]:
        """Keys of the items that the repair changes."""
        return frozenset(line.item for line in self.lines)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the repair touches."""
        return tuple(dict.fromkeys(line.item.partition(":")[0] for line in self.lines))

    @property
    def changes(self) -> tuple[str, ...]:
        """What is typed after `--set`."""
        return tuple(line.text for line in self.lines)

    def json(self) -> dict[str, object]:
        """The repair for programs."""
        return {
            "set": list(self.changes),
            "words": [line.words for line in self.lines],
            "groups": list(self.groups),
            "price": round(self.price, 6),
            "cheapest": self.cheapest,
            "minimal": self.minimal,
        }


@dataclass
class Explanation:
    """What would make a case possible."""

    title: str
    feasible: bool
    proven: bool = True
    """True: it is proven that the case has no plan; False: none was found in time"""
    repairs: list[Tried] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """wall time by phase [s]"""
    others: bool = True
    """True: there may be more repairs"""

    def text(self) -> str:
        """The explanation for a terminal."""
        if self.feasible:
            return f"{self.title}\nThere is a plan: nothing has to be changed."
        none = "No plan satisfies everything that is given." if self.proven else "No plan was found in time."
        lines = [self.title, f"{none} There is one with", ""]
        for number, repair in enumerate(self.repairs, start=1):
            begins = f"{number}." if number == 1 else f"{number}. or"
            lines.append(f"{begins} {'; and '.join(line.words for line in repair.lines)}")
            lines += [f"     --set '{change}'" for change in repair.changes]
            if not repair.cheapest:
                lines.append("     (time ended before it was proven that nothing else is cheaper)")
            if repair.minimal is None:
                lines.append("     (time ended before it was settled whether less would do)")
        lines += ["", "Each was made on the case and solved. " + self._less(), INSTEAD]
        if not self.others and len(self.repairs) < REPAIRS:
            lines.append("Nothing else that may be touched, and is not much dearer, makes a plan possible.")
        lines.append("It took " + ", ".join(f"{seconds:.1f} s {name}" for name, seconds in self.seconds.items()))
        return "\n".join(lines)

    def _less(self) -> str:
        if any(line.is_amount for repair in self.repairs for line in repair.lines):
            return "Without any one line, or with half of the amounts, there is no plan."
        return "Without any one line there is no plan."

    def json(self) -> dict[str, object]:
        """The explanation for programs."""
        return {
            "title": self.title,
            "feasible": self.feasible,
            "proven": self.proven,
            "repairs": [repair.json() for repair in self.repairs],
            "seconds": self.seconds,
        }


def explain(
    case: Case,
    groups: Iterable[str] = GROUPS,
    *,
    on_phase: Callable[[str], None] | None = None,
    watch: Watching = UNWATCHED,
    most: int = REPAIRS,
) -> Explanation:
    """What would make an impossible case possible: the cheapest repair, and others, `most` in all.

    Each touches other items. Only items of `groups` are touched. `on_phase` is called with the name of each phase as it
    begins. All of it has the case's time limit, unless `watch` has a deadline; threads and seed are the case's.
    Raises Infeasible where no item that may be touched makes a plan possible, and Stopped where the time limit or
    Ctrl-C ends the search before a repair is found.
    """
    phase = on_phase or (lambda _: None)
    watch = watch.until(Deadline().within(case.settings.solver.time_limit_s))
    clock = Clock()
    found = Explanation(case.settings.title, feasible=False, seconds=clock.seconds)
    phase("looking for a plan")
    plan = feasible(case, watch.for_half())
    clock.lap("looking for a plan")
    found.feasible, found.proven = plan is True, plan is not None
    if plan:
        return found
    phase("building the elastic model")
    try:
        with watch.working():
            elastic = Elastic(case, frozenset(groups))
    except Infeasible as error:
        raise Infeasible(f"{NOTHING}: {error.why}", "") from None
    known: list[Repair] = []
    clock.lap("searching for repairs")
    try:
        while len(found.repairs) < most and len(known) < TRIES:
            phase(f"searching for repair {len(found.repairs) + 1}")
            repair = elastic.cheapest(known, watch)
            clock.lap("searching for repairs")
            if repair is None:
                found.others = False
                break
            if not repair.touched:
                raise _nothing_to_mend(found.proven)
            phase(f"trying repair {len(found.repairs) + 1}")
            tried = _tried(case, repair, watch)
            clock.lap("trying them")
            known.append(repair if tried is None else replace(repair, touched=tried.touched))
            if tried is not None:
                found.repairs.append(tried)
    except Stopped:
        if not found.repairs:
            raise
    if not found.repairs and watch.is_over:
        raise Stopped("stopped by time limit before a repair was found", LONGER)
    if not found.repairs:
        raise Infeasible(NOTHING, "")
    return found


def _nothing_to_mend(proven: bool) -> Exception:
    """The error where the elastic model has a plan with no item touched."""
    if proven:
        return RuntimeError("the elastic model has a plan with nothing touched, the case has none")
    return Stopped("time ended before a plan was found, though there is one", LONGER)


def _tried(case: Case, repair: Repair, watch: Watching) -> Tried | None:
    """The repair without the lines and amounts that it does not need; None where the case with it has no plan."""
    lines = next((larger for larger in _larger(repair.lines) if _works(case, larger, watch, repair)), None)
    if lines is None:
        return None
    settled = True
    for line in repair.lines if len(lines) > 1 else ():
        rest = tuple(each for each in lines if each.where != line.where)
        works = _works(case, rest, watch)
        settled &= works is not None
        lines = rest if works else lines
    if any(line.is_amount for line in lines):
        half = _works(case, _times(lines, 0.5), watch)
        settled &= half is not None
        lines = _least(case, lines, watch) if half else lines
    return Tried(lines, repair.price, repair.proven, True if settled else None)


def _larger(lines: Sequence[Line]) -> Iterable[tuple[Line, ...]]:
    """The lines with their amounts times each factor; once only where there are no amounts."""
    return (_times(lines, factor) for factor in (LARGER if any(line.is_amount for line in lines) else LARGER[:1]))


def _times(lines: Sequence[Line], factor: float) -> tuple[Line, ...]:
    return tuple(line.times(factor) for line in lines)


def _least(case: Case, lines: Sequence[Line], watch: Watching) -> tuple[Line, ...]:
    """The lines with the smallest amounts that still work, in the same proportions, found between 0 and a half."""
    low, high = 0.0, 0.5
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _works(case, _times(lines, middle), watch):
            high = middle
        else:
            low = middle
    return _times(lines, high)


def _works(case: Case, lines: Sequence[Line], watch: Watching, repair: Repair | None = None) -> bool | None:
    """True where the case with these lines has a plan; None where the time limit ended the search.

    The search starts from the decisions of `repair`, where one is given.
    """
    try:
        changed = case.change(*(line.text for line in lines)) if lines else case
    except DataError:
        return False
    return feasible(changed, watch, None if repair is None else repair.decisions)
