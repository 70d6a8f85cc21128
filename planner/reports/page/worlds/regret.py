"""By how much each way of planning costs more than perfect foresight, future by future."""

from __future__ import annotations

import math

from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.simulation_view import FORESIGHT, SimulationView

NAME, TITLE = "regret", "Regret"
LEAD = "What a policy costs more than perfect foresight does in the same world."
MOST = 40
"""most futures that are drawn"""


def parts(view: SimulationView) -> list[Part]:
    """Futures × policies; empty where nobody had foresight."""
    if FORESIGHT not in view.policies or len(view.policies) < 2:
        return []
    matrix = by_future(view)
    says = (
        "USD bn, the futures that were drawn most often first, with the number of worlds; the darker, the more. A "
        "cross: no plan. Small amounts may be gaps of plans."
    )
    found: list[Part] = [
        Figure("futures", "Regret, by future and policy", says, matrix.span(), matrix.draw)
    ]  # fmt: skip
    if (count := view.worlds["future"].nunique()) > MOST:
        found.append(Sentences("more", (f"The first {MOST} of {count} futures; all are in the table of results.",)))
    return found


def by_future(view: SimulationView) -> Matrix:
    """The mean regret in the worlds of each future; a policy has a plan in all of them or in none."""
    counts = view.worlds["future"].value_counts(sort=False)
    order = sorted(counts.index, key=lambda future: -int(counts[future]))[:MOST]
    label = {future: f"{future} ({counts[future]})" for future in order}
    columns = tuple(policy for policy in view.policies if policy != FORESIGHT)
    cells = []
    for policy in columns:
        means = view.by_policy[policy].groupby("future", sort=False)["regret_usd_bn"].mean()
        for future in order:
            value = float(means[future])
            cells.append(MatrixCell(label[future], policy, None if math.isnan(value) else max(0.0, value)))
    return Matrix(tuple(label.values()), columns, tuple(cells), "USD bn")
