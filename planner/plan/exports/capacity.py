"""`capacity.csv`: GW held and in use, by period.

Measures: `right` (what a cloud contract lets one use), `use` (of it, by chip and region), `halls` and `chips` held by
offer, `run` (own chips running), `power` (drawn in halls of one power cost), `idle_halls` and `idle_chips`.
"""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Part, Table, stacked
from planner.ledgers.posts import Entries
from planner.plan.exports.sums import labelled, sums
from planner.portfolio.solution import Solution

VALUE = "gw"
COLUMNS = (
    "measure", "instrument", "offer", "chip", "region", "families", "power_usd_bn_per_gw_year", "period",
    VALUE, "decision",
)  # fmt: skip
LABELS = {name: name for name in COLUMNS[1:6]} | {"power_usd_bn_per_gw_year": "power_class"}
"""label by column"""
DECIDED = ("in_use", "power")
"""ledgers whose posts are the decisions themselves, GW for GW"""
HELD = ("rights", "halls", "chips")
"""ledgers of what is held"""
MEASURES = {"draw": "power", "rights": "right"}
"""measure by line or ledger, where it is another word"""
OTHERS = ("cloud_commitment", "spare_capacity")
"""instruments of others' chips"""


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    decided, held = solution.ledger(*DECIDED), solution.ledger(*HELD)
    mine = solution.posts.where(solution.posts.those(lambda post: post.labels.instrument not in OTHERS))
    parts: list[Part] = [
        {
            "measure": decided.each(lambda post: MEASURES.get(post.line, post.line)),
            **{column: decided.labels(label) for column, label in LABELS.items()},
            "period": solution.dates(decided.period),
            VALUE: decided.value,
            "decision": solution.decision_names(decided.variable),
        },
        _held(solution, held),
        _idle(solution, solution.posts, "halls", "power", ("region", "families", "power_usd_bn_per_gw_year")),
        _idle(solution, mine, "chips", "in_use", ("chip",)),
    ]
    return stacked(COLUMNS, (VALUE,), *parts)


def _held(solution: Solution, held: Entries) -> Part:
    """What is held, by everything that is said of it."""
    said = labelled(*LABELS.values())
    found = sums(held, lambda post: (MEASURES.get(post.ledger, post.ledger), *said(post)))
    names = ("measure", *LABELS)
    words = {name: [key[i] for (key, _) in found] for i, name in enumerate(names)}
    return {**words, **_by_period(solution, [t for _, t in found], list(found.values()))}


def _idle(solution: Solution, posts: Entries, held: str, used: str, by: tuple[str, ...]) -> Part:
    """What is held less what runs, where anything is held."""
    pool = labelled(*(LABELS[name] for name in by))
    have = dict(sorted(sums(posts.where(posts.of(held)), pool).items()))
    busy = sums(posts.where(posts.of(used)), pool)
    idle = [value - busy.get(key, 0.0) for key, value in have.items()]
    return {
        "measure": [f"idle_{held}"] * len(have),
        **{name: [key[i] for (key, _) in have] for i, name in enumerate(by)},
        **_by_period(solution, [t for _, t in have], [value if abs(value) > 1e-9 else 0.0 for value in idle]),
    }


def _by_period(solution: Solution, periods: list[int], values: list[float]) -> Part:
    return {"period": solution.dates(np.array(periods, dtype=np.int64)), VALUE: np.array(values, dtype=float)}
