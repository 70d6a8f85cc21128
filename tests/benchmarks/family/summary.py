"""What is said of the searches of a family: means, the worst, shares, shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.family.members import Member
from tests.benchmarks.result import Row, geometric_mean, same_optimum

SHIFT_S = 1.0
"""of the geometric means [s]"""
PENALTY = 10.0
"""a search that does not come to its end within the limit counts as so many times the limit (PAR-10)"""
LEAST_S = 0.01
"""shortest time that is told from another [s]"""
GOAL, GOAL_OURS, GOAL_SHAPE = 0.5, 0.2, 1.2
"""against HiGHS's default: of all, of our own shapes, of the mean of any shape"""
AGAINST = {"default": "HiGHS's default", "highs": "HiGHS as set here"}


@dataclass(frozen=True)
class Found:
    """The searches of one member to one gap, by way."""

    member: Member
    gap: float
    ways: Mapping[str, Mapping[str, Any]]

    def seconds(self, way: str, limit_s: float) -> float:
        """Of the processor, with the penalty where the search was stopped [s]."""
        said = self.ways[way]
        return max(LEAST_S, float(said["cpu"])) if said["proven"] else PENALTY * limit_s

    def ratio(self, other: str, limit_s: float) -> float:
        """Ours ÷ the other way's."""
        return self.seconds("ours", limit_s) / self.seconds(other, limit_s)


def compared(found: Found) -> None:
    """Raise RuntimeError where two ways prove different optima."""
    known = [way for way, said in found.ways.items() if said["objective"] is not None and said["bound"] is not None]
    for other in known[1:]:
        same_optimum(found.ways[known[0]], found.ways[other], f"{found.member.name}, {known[0]} and {other}")


def shifted_mean(seconds: Sequence[float]) -> float:
    """The geometric mean with a shift, in which a search of a hundredth of a second does not weigh much.

    >>> round(shifted_mean([1.0, 7.0]), 9)
    3.0
    """
    return math.exp(math.fsum(math.log(each + SHIFT_S) for each in seconds) / len(seconds)) - SHIFT_S


def rows(found: Sequence[Found], limit_s: float) -> list[Row]:
    """By gap and half the means against HiGHS, the worst and the share that is slower; then the shapes."""
    made = []
    for gap in dict.fromkeys(each.gap for each in found):
        of_gap = [each for each in found if each.gap == gap]
        for half, held_out in (("tuning", False), ("held out", True)):
            chosen = [each for each in of_gap if each.member.held_out == held_out]
            if chosen:
                made += _of_half(chosen, f"{gap:.2%}, {half}", limit_s)
        made += _of_shapes(of_gap, f"{gap:.2%}", limit_s)
    return made


def _of_half(found: Sequence[Found], where: str, limit_s: float) -> Iterator[Row]:
    ours = [each for each in found if each.member.shape.ours]
    for other, name in AGAINST.items():
        goal = GOAL if other == "default" else None
        yield _mean(found, other, f"{where}: ours / {name}", goal, limit_s)
        if ours:
            own_goal = GOAL_OURS if other == "default" else None
            yield _mean(ours, other, f"{where}, portfolios: ours / {name}", own_goal, limit_s)
        worst = max(found, key=lambda each: each.ratio(other, limit_s))
        yield Row(f"{where}, worst: ours / {name}", worst.ratio(other, limit_s), beside=worst.member.name)
        slower = [each for each in found if each.ratio(other, limit_s) > 1.0]
        yield Row(f"{where}, share slower than {name}", len(slower) / len(found), beside=f"{len(slower)} programs")


def _mean(found: Sequence[Found], other: str, what: str, goal: float | None, limit_s: float) -> Row:
    """The ratio of the shifted geometric means, with that of the ratios themselves beside."""
    mine, its = (shifted_mean([each.seconds(way, limit_s) for each in found]) for way in ("ours", other))
    plain = geometric_mean([each.ratio(other, limit_s) for each in found])
    stopped = [sum(not each.ways[way]["proven"] for each in found) for way in ("ours", other)]
    beside = f"{mine:.2f} s against {its:.2f} s; of the ratios {plain:.2f}; stopped {stopped[0]} and {stopped[1]}"
    return Row(what, mine / its, goal, beside=f"{beside}; of {len(found)}")


def _of_shapes(found: Sequence[Found], where: str, limit_s: float) -> Iterator[Row]:
    for shape in dict.fromkeys(each.member.shape for each in found):
        chosen = [each for each in found if each.member.shape == shape]
        ratio = geometric_mean([each.ratio("default", limit_s) for each in chosen])
        beside = "; ".join(
            f"{each.member.seed}: " + " ".join(f"{each.ways[way]['cpu']:.2f}" + _mark(each, way) for way in each.ways)
            for each in chosen
        )
        measured = {str(each.member.seed): dict(each.ways) for each in chosen}
        yield Row(f"{where}, {shape.name}", ratio, GOAL_SHAPE, beside=f"s {beside}", measured=measured)


def _mark(found: Found, way: str) -> str:
    return "" if found.ways[way]["proven"] else "+"
