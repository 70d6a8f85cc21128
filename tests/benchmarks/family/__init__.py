"""Our search against HiGHS's on programs that nobody chose to please us.

There are portfolios and trees of futures, textbook problems as tables of a case, and programs of other trades: facility
location, knapsacks, assignment, lot-sizing, set cover, network design, unit commitment, bin packing. Generators of the
literature make them, four of each shape. Rules of the search may be tuned on odd seeds; even seeds are held out.

    building         programs put together by groups of variables and rows
    members          the shapes and their seeds
    searching        one program, searched in three ways
    summary          means, the worst, shares, shapes
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.benchmarks.family.members import Member, members
from tests.benchmarks.family.searching import WAYS
from tests.benchmarks.family.summary import Found, compared, rows
from tests.benchmarks.measure import task
from tests.benchmarks.result import Row, Size

GAPS = (0.001, 0.0001)


def measure(size: Size) -> Sequence[Row]:
    """Every member by every way to every gap, once each."""
    seeds = size.pick((1,), (1, 2, 3, 4), tuple(range(1, 9)))
    gaps = size.pick(GAPS[:1], GAPS, GAPS)
    found = [each for member in members(seeds) for each in _searched(member, gaps, size.limit_s)]
    return rows(found, size.limit_s)


def _searched(member: Member, gaps: Sequence[float], limit_s: float) -> list[Found]:
    asked = {"name": member.name, "ways": WAYS, "gaps": gaps, "limit_s": limit_s}
    said = json.loads(task("family.searching", json.dumps(asked)).out)
    found = [Found(member, gap, said["gaps"][str(gap)]) for gap in gaps]
    for each in found:
        compared(each)
    return found
