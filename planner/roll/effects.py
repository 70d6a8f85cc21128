"""What each difference from the plan costs: the plan's signatures held, and day-to-day operation decided anew.

    effect_i = cost with the differences 1 … i − cost with the differences 1 … i − 1

Both are costs of the time to come, at the later day. What was paid before it is in the words of the difference. So the
effects add up to what all differences cost together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.basics.display import AS_IT_IS, Display
from planner.case.case import Case
from planner.roll.replanning.held import HeldCost, held_cost
from planner.roll.replanning.signings import OldPlan


@dataclass(frozen=True)
class Effect:
    """A difference from the plan and its effect [USD bn, at the later day]."""

    what: str
    by: float | None
    """by how much the time to come costs more; None where there is no plan before it or after it"""
    error: float
    """by how much that may be wrong, as costs are known up to their gaps"""
    says: str
    """what of the plan could not be held, or which limits are broken; blank: nothing"""

    @property
    def text(self) -> str:
        """The difference and its effect in one line [USD bn]."""
        return self.text_in(AS_IT_IS)

    def text_in(self, display: Display) -> str:
        """The difference and its effect in one line, in the units that are printed."""
        if self.by is None:
            return f"{self.what}: no plan{f' ({self.says})' if self.says else ''}"
        about = f" ± {display.fixed(self.error, 'USD bn')}" if self.error >= SHOWN else ""
        same = abs(self.by) < SHOWN and not about
        by = "the same"
        if not same:
            more = "more" if self.by >= 0.0 else "less"
            by = f"{display.fixed(abs(self.by), 'USD bn')}{about} {display.money} {more}"
        return f"{display.told(self.what)}: the time to come costs {by}{f' ({self.says})' if self.says else ''}"


SHOWN = 5e-4
"""the smallest sum that is printed as more than 0 [USD bn]"""


def effects(planned: Case, values: Mapping[str, float], steps: Iterable[tuple[str, Case]]) -> list[Effect]:
    """The effect of each difference, which is given with the case after it, in their order; solves once for each.

    `planned` is the case without them, and `values` are the plan's decisions by name.
    """
    old = OldPlan(planned, values)
    before, found = held_cost(planned, old), []
    for what, case in steps:
        after = held_cost(case, old)
        found.append(_effect(what, before, after))
        before = after
    return found


def _effect(what: str, before: HeldCost | None, after: HeldCost | None) -> Effect:
    if before is None or after is None:
        return Effect(what, None, 0.0, "" if after is None else after.says)
    gaps = [each.cost - (each.cost if each.low is None else each.low) for each in (before, after)]
    return Effect(what, after.cost - before.cost, max(0.0, *gaps), after.says)
