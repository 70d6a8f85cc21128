"""Sublet: constraints on the variables, by name.

    placed        let_{ot} = Σ_{c,F,p} place_{ocFpt}
    begun         let_{ot} − let_{o,t−1} ≤ begins_{ot}
    lasts         kept_{ot} + Σ_{s ≤ t < u_s} begins_{os} ≤ let_{ot}

u_s is the first period that begins notice_months or more after the start of s. Before the first period of a sublet,
let_{o,t−1} is what is let at the case's start, and kept_{ot} what of that may not be taken back yet. The end of the
case, and to_date, cut a notice short. The rule `hosting` says that there are enough halls, and machines that run.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.instruments.sublet.postings import lettings
from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    calendar, rows = case.calendar, {each.row.offer: each for each in lettings(case)[0]}
    places: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for o, *pool, t in b.place:
        places[o, t].append(b.place[(o, *pool, t)])

    @b.Constraint(list(b.let))
    def placed(b: pyo.Block, o: str, t: int) -> Any:
        return b.let[o, t] == sum(places[o, t])

    @b.Constraint(list(b.let))
    def begun(b: pyo.Block, o: str, t: int) -> Any:
        before = b.let[o, t - 1] if t - 1 in rows[o].periods else rows[o].before
        return b.let[o, t] - before <= b.begins[o, t]

    @b.Constraint(list(b.let))
    def lasts(b: pyo.Block, o: str, t: int) -> Any:
        each = rows[o]
        begun = sum(
            b.begins[o, s]
            for s in range(each.periods.start, t + 1)
            if s == t or calendar.start_of(t) < each.until(calendar, s)
        )
        return each.kept(t, calendar) + begun <= b.let[o, t]
