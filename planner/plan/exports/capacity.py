"""`capacity.csv`: GW held and in use, by period.

Measures: `right` (what a contract lets the lab use), `use` (of it, by chip and region), `halls` and `chips` held by
offer, `run` (own chips running), `power` (drawn in halls of one power cost), `idle_halls` and `idle_chips`; where chips
can stand in several regions, `placed`, `given_up`, `moved_in` and `moved_out`; `let` (to a tenant: halls, or own chips
that run); and decisions of an instrument that are none of these, each under its own name, as `exports.decided` says.

Own machines are those whose posts name the chip families that their halls admit, as in `rules.hosting`.
"""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Part, Table, stacked
from planner.ledgers.posts import Entries
from planner.ledgers.variables import PlanFile
from planner.plan.exports.decided import VALUE, decided
from planner.plan.exports.sums import labelled, sums
from planner.portfolio.solution import Solution

COLUMNS = (
    "measure", "instrument", "offer", "chip", "region", "families", "power_usd_bn_per_gw_year", "period",
    VALUE, "decision",
)  # fmt: skip
NUMBERS = (VALUE,)
LABELS = {name: name for name in COLUMNS[1:6]} | {"power_usd_bn_per_gw_year": "power_class"}
"""label by column"""
DECIDED = ("in_use", "power", "placed", "given_up", "moved_in", "moved_out", "let")
"""ledgers to which decisions of this file post themselves"""
HELD = ("rights", "halls", "chips")
"""ledgers of what is held"""
MEASURES = {"draw": "power", "rights": "right"}
"""measure by line or ledger, where it is another word"""


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    own = solution.posts.where(solution.posts.those(lambda post: post.ledger != "in_use" or bool(post.labels.families)))
    parts: list[Part] = [
        *decided(solution, PlanFile.CAPACITY, DECIDED, LABELS, lambda post: MEASURES.get(post.line, post.line)),
        _held(solution, solution.ledger(*HELD)),
        _idle(solution, own, "halls", ("power", "let"), ("region", "families", "power_usd_bn_per_gw_year")),
        _idle(solution, own, "chips", ("in_use",), ("chip",)),
    ]
    return stacked(COLUMNS, NUMBERS, *parts)


def _held(solution: Solution, held: Entries) -> Part:
    """What is held, summed over the posts whose measure and labels are the same."""
    said = labelled(*LABELS.values())
    found = sums(held, lambda post: (MEASURES.get(post.ledger, post.ledger), *said(post)))
    names = ("measure", *LABELS)
    words = {name: [key[i] for (key, _) in found] for i, name in enumerate(names)}
    return {**words, **_by_period(solution, [t for _, t in found], list(found.values()))}


def _idle(solution: Solution, posts: Entries, held: str, used: tuple[str, ...], by: tuple[str, ...]) -> Part:
    """What is held less what runs, in pools and periods in which anything is held."""
    pool = labelled(*(LABELS[name] for name in by))
    have = dict(sorted(sums(posts.where(posts.of(held)), pool).items()))
    busy = sums(posts.where(posts.of(*used)), pool)
    idle = [value - busy.get(key, 0.0) for key, value in have.items()]
    return {
        "measure": [f"idle_{held}"] * len(have),
        **{name: [key[i] for (key, _) in have] for i, name in enumerate(by)},
        **_by_period(solution, [t for _, t in have], [value if abs(value) > 1e-9 else 0.0 for value in idle]),
    }


def _by_period(solution: Solution, periods: list[int], values: list[float]) -> Part:
    return {"period": solution.dates(np.array(periods, dtype=np.int64)), VALUE: np.array(values, dtype=float)}
