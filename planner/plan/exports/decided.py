"""Decisions that stand in `capacity.csv` or `service.csv`: each that is not zero stands in one row, which names it.

A decision that posts itself to a ledger of what is decided has the row of that post, with its line as the measure and
with its labels. A decision that does not has a row of its own: its measure is `block.name`, such as `barter.standby`,
and its labels are those parts of its key that the file has a column for. Other posts to those ledgers have a row that
names no decision, for instance a fixed amount, or half a GW for each GW decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from planner.basics.frames import Part
from planner.ledgers.ledgers import CONSTANT
from planner.ledgers.posts import Entries, Post
from planner.ledgers.variables import PlanFile
from planner.portfolio.solution import Solution

VALUE = "gw"


def decided(
    solution: Solution,
    file: PlanFile,
    ledgers: Sequence[str],
    labels: Mapping[str, str],
    measure: Callable[[Post], str] = lambda post: post.line,
) -> list[Part]:
    """The rows of the decisions that are declared for a file, and of all posts to some ledgers.

    `labels` is the label in each column of the file, `measure` what the row of a post is called.
    """
    posts = solution.ledger(*ledgers)
    mine = _themselves(solution, file, posts)
    named: Part = {
        "measure": posts.each(measure),
        **{column: posts.labels(label) for column, label in labels.items()},
        "period": solution.dates(posts.period),
        VALUE: posts.value,
        "decision": solution.decision_names(np.where(mine, posts.variable, CONSTANT)),
    }
    return [named, _others(solution, file, set(posts.variable[mine].tolist()), labels)]


def _themselves(solution: Solution, file: PlanFile, posts: Entries) -> npt.NDArray[np.bool_]:
    """Which entries are a decision of the file itself: the first of each variable that has the variable's value."""
    of_file = np.zeros(len(solution.x) + 1, dtype=np.bool_)  # CONSTANT = -1 takes the last
    for group in solution.portfolio.ledgers.groups:
        of_file[group.first : group.first + len(group.keys)] = group.file is file
    equal = of_file[posts.variable] & (np.append(solution.x, np.nan)[posts.variable] == posts.value)
    places = np.flatnonzero(equal)
    _, first = np.unique(posts.variable[places], return_index=True)
    chosen = np.zeros(len(posts), dtype=np.bool_)
    chosen[places[first]] = True
    return chosen


def _others(solution: Solution, file: PlanFile, named: set[int], labels: Mapping[str, str]) -> Part:
    """A row for each decision of the file that is not zero and is not named yet."""
    rows: list[dict[str, str]] = []
    values: list[float] = []
    for group in solution.portfolio.ledgers.groups:
        if group.file is not file:
            continue
        found = solution.of(group)
        for i in np.flatnonzero(found).tolist():
            if group.first + i not in named:
                of_key = group.key_words(i)
                rows.append(
                    {
                        **{column: of_key.get(column, of_key.get(label, "")) for column, label in labels.items()},
                        "measure": f"{group.block}.{group.name}",
                        "period": of_key.get("period", ""),
                        "decision": solution.names[group.first + i],
                    }
                    | ({"instrument": group.block} if "instrument" in labels else {})
                )
                values.append(float(found[i]))
    columns = ("measure", *labels, "period", "decision")
    return {**{name: [row[name] for row in rows] for name in columns}, VALUE: np.array(values, dtype=float)}
