"""Each run against the base: how far their least costs can differ, and what moves the cost most."""

from __future__ import annotations

from planner.reports.page.bars import Interval, Intervals, Swing, Tornado
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.study_view import ONE_AT_A_TIME, SAMPLE, Study

NAME, TITLE = "differences", "Against the base"
LEAD = (
    "Least cost of each run less that of the base, as far as the two proofs settle it: what lies within the gaps may "
    "be nothing at all."
)
MOST = 60
"""largest number of runs that are drawn; the table has all of them"""


def parts(study: Study) -> list[Part]:
    """A tornado of what is varied one at a time, and each run that is not a sample, in the order of the design."""
    found: list[Part] = []
    tornado = Tornado(tuple(swings(study)), "USD bn")
    if tornado.swings:
        says = (
            "What is varied by itself, the widest first: from the value that saves most to the one that costs most, "
            "which are written at the ends; white ticks are values between."
        )
        found.append(Figure("tornado", "What moves the cost", says, tornado.span(), tornado.draw))
    runs = study.compared[study.compared["by"] != SAMPLE]
    bars = Intervals(
        tuple(
            Interval(study.labels[row["run"]], row["difference_from_usd_bn"], row["difference_to_usd_bn"])
            for row in runs.head(MOST).to_dict("records")
        ),
        "USD bn",
    )
    if bars.intervals:
        says = "In the order of the design. Dark: what is certain. Light: what the gaps leave open." + study.key
        found.append(Figure("runs", "Each run against the base", says, bars.span(), bars.draw))
    if len(runs) > MOST:
        found.append(Sentences("more", (f"The first {MOST} of {len(runs)} runs; all are in the table.",)))
    return found


def swings(study: Study) -> list[Swing]:
    """What is varied one at a time, with the difference that each of its values makes."""
    rows = {row["run"]: row for row in study.compared.to_dict("records")}
    found = []
    for name in dict.fromkeys(each.name for each in study.record.varied if each.by == ONE_AT_A_TIME):
        intervals, without = [], []
        for ran in study.record.runs:
            if ran.by == ONE_AT_A_TIME and name in ran.values:
                row = rows.get(ran.run)
                if row is None:
                    without.append(ran.values[name])
                else:
                    ends = (row["difference_from_usd_bn"], row["difference_to_usd_bn"])
                    intervals.append(Interval(ran.values[name], *ends))
        note = f"{', '.join(without)}: no plan" if without else ""
        found.append(Swing(name, tuple(intervals), note))
    return found
