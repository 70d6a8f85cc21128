"""What knowing, planning for all futures and deciding anew are worth, each with what it means in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.basics.display import Display
from planner.plan.hedges.hedge import Hedge
from planner.plan.hedges.record import EVPI, EXPECTED_SIDE, PRUDENCE, TREE_SIDE, VMS, VSS, Interval
from planner.reports.hedged.words import interval

MEANINGS = {
    EVPI: ("perfect information (EVPI)", "what it would save to know at the start how everything turns out"),
    VSS: ("planning for all futures (VSS)", "what is saved against signing now what suits the expected future"),
    VMS: ("deciding anew (VMS)", "what is saved by waiting for news, against settling all signatures at the start"),
    PRUDENCE: ("prudence", "what the expected cost rises by, because bad futures weigh more"),
}
UNKNOWN, NO_PLAN = "not known", "no plan"
OPTION = "what it saves to have this offer"
NEWS = "what it would save to know today how it turns out"
ALONE = "the same, if only the expected future were possible"


@dataclass(frozen=True)
class WorthLine:
    """A value, what it means, and why it is not known or what else is to be said of it."""

    name: str
    """as `plan.json` has it: `evpi`, `news.demand`, `options.lake`"""
    value: Interval | None
    short: str
    """what it is called"""
    meaning: str
    reason: str = ""

    def figure_in(self, display: Display) -> str:
        """The value: one figure, an interval, or that it is not known."""
        if self.value is not None:
            return display.moved(interval(*self.value), "USD bn")
        return NO_PLAN if self.reason.startswith(NO_PLAN) else UNKNOWN

    @property
    def says(self) -> str:
        """What it means, and the reason where there is one."""
        return f"{self.meaning}; {self.reason}" if self.reason else self.meaning


def worths(hedge: Hedge) -> Iterator[WorthLine]:
    """The values of a hedge and the news of each event, in order."""
    record = hedge.record
    for name, (short, meaning) in MEANINGS.items():
        value, reason = record.values.get(name), record.reasons.get(name, "")
        if name != PRUDENCE or record.risk["weight"] > 0.0:
            yield WorthLine(name, value, short, meaning, reason)
    for event, value in record.news.items():
        reason = record.reasons.get(event, "")
        yield WorthLine(f"news.{event}", value, f"news of {event}", NEWS, reason)


def option_worths(hedge: Hedge) -> Iterator[tuple[str, WorthLine, WorthLine]]:
    """What each offer that was asked for is worth: in all futures, and if only the expected future were possible."""
    reasons = hedge.record.reasons
    for offer, sides in hedge.record.options.items():
        name, why = f"options.{offer}", reasons.get(f"{offer} {EXPECTED_SIDE}", "")
        yield (
            offer,
            WorthLine(name, sides[TREE_SIDE], offer, OPTION, reasons.get(offer, "")),
            WorthLine(f"{name}.{EXPECTED_SIDE}", sides[EXPECTED_SIDE], f"{offer}, expected future", ALONE, why),
        )
