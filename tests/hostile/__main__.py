"""Judge all mutants of the shipped cases and print what was passed over."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from pathlib import Path

from planner.api import Case
from planner.case import shipped
from tests.hostile import commands, contents, names, units
from tests.hostile.judge import judged, table

SECONDS = 60
"""after which a mutant hangs"""
MEMORY = 6_000_000_000
"""bytes that this process may have; more than that is a crash"""


def main() -> int:
    """The exit status: 0 where nothing went wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    draw = random.Random(1)
    verdicts = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in shipped.names():
            case = Case.read(shipped.path(name))
            share = 1.0 if name == "starter" else 0.1
            found = [*names.mutants(case, folder / "named", share, draw), *units.mutants(case, 1.0, draw)]
            if name == "starter":
                found += contents.mutants(case, folder / "odd")
            verdicts += [judged(case, mutant, SECONDS) for mutant in found]
        ends = list(commands.runs(shipped.path("starter"), folder / "commands", SECONDS))
    wrong = [*(each for each in verdicts if not each.right), *(each for each in ends if not each.right)]
    print(*wrong, table(verdicts), f"{len(ends)} commands", f"{len(wrong)} wrong", sep="\n")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
