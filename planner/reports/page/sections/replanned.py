"""A re-planned plan: what is due before the next plan, what has changed since the last, and the bridge of cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from planner.basics.frames import frame
from planner.plan.replanned import Replanned
from planner.reports import replanned
from planner.reports.page.bars import WaterfallBar, WaterfallChart
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet, Tile, Tiles
from planner.reports.page.plan_view import View

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "replanned", "What changed since the last plan"
LEAD = "What must be signed before the next plan, what is signed otherwise, and how the cost came from the last plan's."


def parts(view: View) -> list[Part]:
    """What is due, the index of change, the bridge, and the signatures that changed; none if it is not re-planned."""
    record = view.plan.record
    replan = record.replan
    if replan is None:
        return []
    shown_in = view.plan.case.settings.shown_in
    said = [line.strip() for line in replanned.changed(replan, shown_in, most=0) if not line.startswith("  ")]
    found: list[Part] = [
        Sentences("since", tuple(said)),
        *_due(replan),
        *_tiles(replan),
        waterfall(replan),
        steps(replan),
    ]
    if replan.changes:
        columns = (
            Column("signature", "Signature"), Column("day", "On"), Column("was", "Was"), Column("now", "Is now"),
            Column("change", "Change", 3), Column("weight", "Weight", 3),
        )  # fmt: skip
        found.append(Sheet("changes", "What is signed otherwise", _frame([asdict(e) for e in replan.changes]), columns))
    return found


def _due(replan: Replanned) -> list[Part]:
    if not replan.due:
        return [Sentences("due", (f"Nothing must be decided before the next plan on {replan.next_plan}.",))]
    rows = [{**asdict(each), "signed": "sign" if each.signed else "let lapse"} for each in replan.due]
    columns = (
        Column("offer", "Offer"), Column("signed", "Decision"), Column("last_day", "By"),
        Column("low_usd_bn", "To wait costs at least, USD bn", 3), Column("cost_usd_bn", "To wait costs, USD bn", 3),
        Column("high_usd_bn", "At most, USD bn", 3), Column("says", "Remark"),
    )  # fmt: skip
    return [Sheet("due", f"To be decided before the next plan on {replan.next_plan}", _frame(rows), columns, shown=15)]


def _tiles(replan: Replanned) -> list[Part]:
    more = replan.bridge[-1].cumulative_usd_bn - replan.least_cost_usd_bn
    return [
        Tiles("figures", (
            Tile("replan.index", "Index of change", f"{replan.index:.3f}", repr(replan.index), "0: the same is signed"),
            Tile("replan.index_of_least_cost", "Index of the cheapest", f"{replan.index_of_least_cost:.3f}",
                 repr(replan.index_of_least_cost), "of the plan of least cost"),
            Tile("least_change", "Paid for less change", f"{more:,.3f} USD bn", note="above the least cost"),
        ))
    ]  # fmt: skip


def waterfall(replan: Replanned) -> Figure:
    """The bridge as a chart."""
    bars = WaterfallChart(
        tuple(
            WaterfallBar(each.label, each.before, each.after, each.whole,
                 f"{each.after:,.3f}" if each.whole else replanned.signed_sum(each.after - each.before))
            for each in replanned.falls(replan, None)
        ),
        "USD bn",
    )  # fmt: skip
    says = (
        "From the cost of the plan before to that of this one. Signatures are held while the data change, table by "
        "table; then they are decided anew. The steps add up."
    )
    return Figure("bridge", "Where the cost moves", says, bars.span(), bars.draw)


def steps(replan: Replanned) -> Sheet:
    """The steps of the bridge as a table."""
    columns = (
        Column("step", "Step"), Column("group", "Data"), Column("low_usd_bn", "At least, USD bn", 3),
        Column("change_usd_bn", "Change, USD bn", 3), Column("high_usd_bn", "At most, USD bn", 3),
        Column("cumulative_usd_bn", "Cost after it, USD bn", 3), Column("says", "Remark"),
    )  # fmt: skip
    rows = frame(replanned.table(replan))
    rows["step"] = [
        replanned.STEP_NAMES.get(each.step, each.step).format(day=replan.plan_start) for each in replan.bridge
    ]
    return Sheet("steps", "Steps of the bridge", rows, columns, shown=15)


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)
