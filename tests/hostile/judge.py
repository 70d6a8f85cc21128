"""What the planner makes of a case: refused, warned of, read as before, passed over, or a fault."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from planner.api import Case
from planner.basics.errors import DataError, Problem
from planner.case.plausibility import slips


class Outcome(StrEnum):
    REFUSED = "refused"
    WARNED = "warned"
    SAME = "same"
    SILENT = "silent"
    CRASH = "crash"
    HANG = "hang"


SAID = frozenset({Outcome.REFUSED, Outcome.WARNED})
REFUSED = frozenset({Outcome.REFUSED})
SAME = frozenset({Outcome.SAME})


@dataclass(frozen=True)
class Mutant:
    """Something done to a case, and what may come of it."""

    kind: str
    about: str
    """what was done, for the list of what went wrong"""
    read: Callable[[], Case]
    """reads the case, or raises"""
    names: Callable[[Problem], bool]
    """whether a problem is about what was done"""
    allowed: frozenset[Outcome]


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    outcome: Outcome
    why: str = ""

    @property
    def right(self) -> bool:
        return self.outcome in self.mutant.allowed

    def __str__(self) -> str:
        return f"{self.mutant.kind}: {self.mutant.about}: {self.outcome} {self.why}".rstrip()


class _TooLongError(Exception):
    """The time is over."""


@contextmanager
def within(seconds: int | None) -> Iterator[None]:
    """A block that is stopped after so many seconds; None: never."""
    if seconds is None:
        yield
        return

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judged(original: Case, mutant: Mutant, seconds: int | None = None) -> Verdict:
    """The verdict on a mutant of a case."""
    try:
        with within(seconds):
            case = mutant.read()
            said = slips(case)
    except DataError as error:
        if any(map(mutant.names, error.problems)):
            return Verdict(mutant, Outcome.REFUSED)
        return Verdict(mutant, Outcome.CRASH, f"no problem names it: {str(error)[:300]}")
    except _TooLongError:
        return Verdict(mutant, Outcome.HANG)
    except Exception as error:  # every other error is a fault, whatever it is
        return Verdict(mutant, Outcome.CRASH, f"{type(error).__name__}: {str(error)[:300]}")
    if any(map(mutant.names, said)):
        return Verdict(mutant, Outcome.WARNED)
    same = case.tables.by_class == original.tables.by_class and case.settings == original.settings
    return Verdict(mutant, Outcome.SAME if same and Outcome.SAME in mutant.allowed else Outcome.SILENT)


def table(verdicts: Sequence[Verdict]) -> str:
    """How many mutants there were by kind and outcome."""
    counts = Counter((each.mutant.kind, each.outcome) for each in verdicts)
    kinds = sorted({kind for kind, _ in counts})
    width = max(map(len, kinds))
    lines = [f"{'':{width}} " + "".join(f"{outcome:>9}" for outcome in Outcome)]
    lines += [f"{kind:{width}} " + "".join(f"{counts[kind, each] or '-':>9}" for each in Outcome) for kind in kinds]
    total = Counter(each.outcome for each in verdicts)
    lines.append(f"{f'{len(verdicts)} mutants':{width}} " + "".join(f"{total[each] or '-':>9}" for each in Outcome))
    return "\n".join(lines)
