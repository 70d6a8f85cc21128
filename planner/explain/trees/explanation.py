"""From a case with events to what is known of its futures, and what would make one plan for all of them possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from planner.basics.deadline import Deadline
from planner.basics.errors import LONGER, Infeasible, Stopped
from planner.case.case import Case
from planner.explain.feasibility import UNWATCHED, Watching
from planner.explain.search import Explanation, explain
from planner.explain.trees.conflicts import Conflict, conflicts
from planner.explain.trees.feasibility import PostedFutures
from planner.explain.trees.repairs import TreeRepair, earlier_news, repairs_of_futures, waiving
from planner.interfaces.groups import GROUPS
from planner.solve.progress import Clock

NOTHING = "no plan serves all futures, and nothing that may be touched mends that"
EXPECTED_ONLY = (
    "This is about the expected future. Whether one plan serves all futures is told once the expected one has a plan."
)
POSSIBLE = {True: "has a plan", False: "has no plan", None: "was stopped before that was known"}


@dataclass
class TreeExplanation:
    """What is known of the futures of a case, and what would make one plan for all of them possible."""

    title: str
    expected: Explanation
    """of the expected future; what follows is empty where it has no plan"""
    futures: dict[str, tuple[float, bool | None]] = field(default_factory=dict)
    """probability of each future, and whether it has a plan by itself; None where time ended before that was known"""
    together: bool | None = None
    """whether one plan serves all futures; None where time ended before that was known"""
    conflicts: list[Conflict] = field(default_factory=list)
    repairs: list[TreeRepair] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """wall time by phase [s]"""

    @property
    def feasible(self) -> bool:
        """Whether one plan serves all futures, and the expected one too."""
        return self.expected.feasible and self.together is True

    def text(self) -> str:
        """The explanation for a terminal."""
        if not self.expected.feasible:
            return f"{self.expected.text()}\n{EXPECTED_ONLY}"
        if self.feasible:
            return f"{self.title}\nThere is a plan for all futures: nothing has to be changed."
        none = "No plan serves all futures." if self.together is False else "No plan for all futures was found in time."
        lines = [self.title, none, ""]
        lines += [
            f"  {name} (probability {probability:.4g}) {POSSIBLE[found]} by itself"
            for name, (probability, found) in self.futures.items()
        ]
        lines += [each.text() for each in self.conflicts]
        lines += ["", "There is one with", ""]
        for i, repair in enumerate(self.repairs, start=1):
            lines.append(f"{i}.{' or' * (i > 1)} {'; and '.join(repair.words)}")
            lines += [f"     --set '{change}'" for change in repair.changes]
        lines += ["", "Each was made on the case, and one plan then serves all futures."]
        lines.append("It took " + ", ".join(f"{seconds:.1f} s {name}" for name, seconds in self.seconds.items()))
        return "\n".join(lines)

    def json(self) -> dict[str, object]:
        """The explanation for programs: that of the expected future, and what is known of all."""
        told = self.expected.json()
        if self.expected.feasible:
            told |= {
                "feasible": self.feasible,
                "proven": self.together is not None,
                "repairs": [repair.json() for repair in self.repairs],
                "seconds": self.seconds,
            }
        futures = [
            {"name": name, "probability": probability, "possible": found}
            for name, (probability, found) in self.futures.items()
        ]
        return {**told, "futures": futures, "conflicts": [each.json() for each in self.conflicts]}


def explain_futures(
    case: Case,
    groups: Iterable[str] = GROUPS,
    *,
    on_phase: Callable[[str], None] | None = None,
    watch: Watching = UNWATCHED,
) -> TreeExplanation:
    """What would make one plan for all futures of a case possible.

    Where the expected future has no plan, it is that alone that is explained. Arguments are those of `explain`. Raises
    DataError where the events or a future are not valid, Infeasible where no change mends it, and Stopped as `explain`
    does.
    """
    phase = on_phase or (lambda _: None)
    chosen, clock = frozenset(groups), Clock()
    watch = watch.until(Deadline().within(case.settings.solver.time_limit_s))
    expected = explain(case, chosen, on_phase=phase, watch=watch)
    found = TreeExplanation(case.settings.title, expected, seconds=clock.seconds)
    clock.lap("the expected future")
    if not expected.feasible:
        return found
    with watch.working():
        posted = PostedFutures.of(case)
    for i, future in enumerate(posted.tree.futures):
        phase(f"looking for a plan in {future.name}")
        found.futures[future.name] = (future.probability, posted.possible(i, watch))
    impossible = [i for i, (_, possible) in enumerate(found.futures.values()) if possible is False]
    phase("looking for a plan for all futures")
    found.together = False if impossible else posted.together(watch=watch)
    clock.lap("looking for a plan")
    if found.together:
        return found
    if not impossible and found.together is False:
        found.conflicts = conflicts(posted, watch, phase)
        clock.lap("conflicts")
    try:
        if impossible:
            found.repairs += repairs_of_futures(case, impossible, chosen, watch, phase)
        else:
            found.repairs += earlier_news(case, watch, phase)
        waived = waiving(case, watch, phase)
        found.repairs += [] if waived is None else [waived]
    except Stopped:
        if not found.repairs:
            raise
    clock.lap("repairs")
    if not found.repairs and watch.is_over:
        raise Stopped("stopped by time limit before a repair was found", LONGER)
    if not found.repairs:
        said = [f"{name} has no plan by itself" for name, (_, possible) in found.futures.items() if possible is False]
        raise Infeasible("; ".join([NOTHING, *said, *(each.text() for each in found.conflicts)]), "")
    return found
