"""`python -m tests.invariance [KIND ...] [--cases N]`: many random cases, each told in other ways."""

from __future__ import annotations

import argparse
import sys

from planner.basics.errors import NoPlan
from planner.plan.plan import Plan
from tests.invariance import names, order, periods, split
from tests.invariance.kinds import KINDS, Variant, compared, generated, solved

WHOLE = {"names": names.run, "order": order.run, "periods": periods.run, "split": split.run}
"""kinds that choose their cases themselves; each gives the number of differences"""


def main() -> int:
    """Compare each case with its variants; the exit status is 1 where one differs."""
    asked = argparse.ArgumentParser(prog="python -m tests.invariance", description=__doc__)
    asked.add_argument(
        "kinds", nargs="*", choices=[*KINDS, *WHOLE, []], metavar="KIND", help=f"of {', '.join((*KINDS, *WHOLE))}"
    )
    asked.add_argument("--cases", type=int, default=20, help="random cases for each kind")
    asked.add_argument("--first", type=int, default=1, help="number of the first of them")
    given = asked.parse_args()
    differ = 0
    for kind in given.kinds or (*KINDS, *WHOLE):
        if kind in WHOLE:
            differ += WHOLE[kind]()
            continue
        variants = 0
        for number in range(given.first, given.first + given.cases):
            case = generated(number)
            plan = solved(case)
            for each in KINDS[kind](case):
                variants += 1
                found = _difference(plan, each)
                if found:
                    differ += 1
                    print(f"{kind}, case {number}, {each.says}: {found}", flush=True)  # noqa: T201
        print(f"{kind}: {variants} variants of {given.cases} cases")  # noqa: T201
    return 1 if differ else 0


def _difference(plan: Plan | None, each: Variant) -> str:
    """How the plan of a case and that of its variant differ; an error is a difference too."""
    try:
        return compared(plan, solved(each.case), each.cost)
    except (AssertionError, RuntimeError, NoPlan) as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
