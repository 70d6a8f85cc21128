"""Each two ways of planning beside one another: in how many worlds one is cheaper, and by how much on average."""

from __future__ import annotations

from planner.basics.text import fine
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.simulation_view import Beside, SimulationView
from planner.reports.page.whiskers import Whisker, Whiskers

NAME, TITLE = "beside", "Which way does better"
LEAD = "Differences of cost in the same worlds, of two ways of planning at a time."


def parts(view: SimulationView) -> list[Part]:
    """The mean differences with their intervals, and the same in sentences; empty where there is one policy only."""
    if not view.record.comparisons:
        return []
    chart = Whiskers(
        tuple(found for each in view.record.comparisons if (found := whisker(each)) is not None), "USD bn", zero=True
    )
    said = Sentences("sentences", tuple(each.text for each in view.record.comparisons), "In words", listed=True)
    if not chart.whiskers:
        return [said]
    says = (
        "By how much the first costs less than the second on average of the worlds in which both have a plan: the dot, "
        "with its interval at 95 %. Right of the dashed line the first is cheaper."
    )
    return [Figure("saved", "What the first saves", says, chart.span(), chart.draw), said]


def whisker(each: Beside) -> Whisker | None:
    """The mean difference with its interval; None where in no world both have a plan."""
    saved = each.saved
    if saved.value is None:
        return None
    near = (float("nan"), float("nan")) if saved.low is None or saved.high is None else (saved.low, saved.high)
    if each.cheaper == each.dearer == 0:
        text = "the same"
    else:
        text = ("−" if saved.value < 0.0 else "+") + fine(abs(saved.value)) + ("" if each.clear else ", not clearly")
    return Whisker(f"{each.one} or {each.other}", saved.value, near, (float("nan"), float("nan")), text)
