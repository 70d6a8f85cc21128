"""Generated cases of every instrument, taken to later days.

    python -m tests.roll.generated --count 100 --seed 1

Each case is solved and taken to every later start of a period. There the plan's remaining decisions must say the same,
and on three of the days the case is solved again: its plan must cost what the old one has left to pay.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from planner import generate
from planner.api import Case
from planner.roll.advance import advance
from planner.solve.solve import solve

EXACT, OPTIMAL = 1e-9, 1e-6


@dataclass(frozen=True)
class Taken:
    """A case on a later day."""

    about: str
    decisions: float
    """relative difference of the cost of the plan's own decisions"""
    mismatches: tuple[str, ...]
    """numbers of ledgers and limits that differ, and what the decisions break"""
    optimum: float | None
    """relative difference of the least cost; None where it was not looked for"""

    @property
    def right(self) -> bool:
        """Whether the identity holds."""
        return self.decisions <= EXACT and not self.mismatches and (self.optimum or 0.0) <= OPTIMAL


def case_of(seed: int) -> Case:
    """A case of 4 to 12 offers and 3 to 7 periods of any length, under any treatment of what outlives the horizon."""
    dice = random.Random(seed)
    offers, periods, months = dice.randint(4, 12), dice.randint(3, 7), dice.choice((1, 3, 6, 12))
    files = generate.case_files(offers, periods=periods, period_months=months, seed=seed)
    horizon = dice.choice(("fair", "cut", "charge"))
    return Case.made_of(files).change("case.solver.gap = 0.0000001", f"case.horizon = {horizon}")


def taken(seed: int) -> Iterator[Taken]:
    """A case on every later day of its plan."""
    case, dice = case_of(seed), random.Random(seed)
    plan = solve(case)
    T = case.calendar.T
    solved_on = {1, T - 1, dice.randrange(1, T)}
    for t in range(1, T):
        made = advance(plan, case.calendar.start_of(t))
        identity = made.identity
        optimum = None
        if t in solved_on:
            least = solve(made.case).record.objective_usd_bn
            size = max(abs(least), abs(identity.rest), 1e-3 * abs(identity.cost))
            optimum = abs(least - identity.rest) / size
        said = [f"{each.what} on {each.period}: {each.before} {each.after}" for each in identity.differences(EXACT)]
        yield Taken(f"seed {seed} on {made.day}", identity.error, (*said, *identity.broken), optimum)


def main() -> None:
    """Take as many cases to later days as the command line says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=100)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    days = solved = wrong = 0
    decisions = optimum = 0.0
    for seed in range(asked.seed, asked.seed + asked.count):
        for each in taken(seed):
            days += 1
            decisions = max(decisions, each.decisions)
            solved += each.optimum is not None
            optimum = max(optimum, each.optimum or 0.0)
            if not each.right:
                wrong += 1
                sys.stdout.write(
                    f"{each.about}: {each.decisions:.1e}, {each.optimum}, {'; '.join(each.mismatches[:3])}\n"
                )
    sys.stdout.write(
        f"{asked.count} cases on {days} later days: largest relative difference {decisions:.1e} by decisions, "
        f"{optimum:.1e} of {solved} optima; {wrong} wrong\n"
    )


if __name__ == "__main__":
    main()
