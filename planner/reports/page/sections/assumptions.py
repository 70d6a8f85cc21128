"""What the plan rests on: how much of each table is announced, reported or assumed, the settings, and all sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.common.sources import Source
from planner.reports.names import spaced
from planner.reports.page.parts import Column, Part, Sentences, Sheet
from planner.reports.page.plan_view import View
from planner.reports.page.runs.differences import swings
from planner.reports.page.study_view import Study
from planner.reports.sources import KINDS, Sources, by_kind

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "assumptions", "Assumptions and sources"
LEAD = (
    "Each row of the case names where its figures are from: announced by the parties, reported in public, or assumed "
    "by whoever made the case. A row that mixes them counts under its weightiest source; the note there says which."
)
MOST = 10
"""largest number of things on which the plan is said to hang"""
NOT_RUN = "Which assumptions the plan hangs on most was not worked out for this report."


def parts(view: View) -> list[Part]:
    """Rows by table and kind of source, what the plan hangs on, the settings, and every source."""
    sources = Sources(view.plan.case)
    columns = (
        Column("table", "Table"), Column("seed", "Announced", 0), Column("public", "Reported", 0),
        Column("assumption", "Assumed", 0), Column("none", "Not said", 0), Column("rows", "Rows", 0),
    )  # fmt: skip
    kinds = rows_by_kind(view)
    total = kinds.drop(columns="table").sum().to_frame().T.assign(table="All")
    found: list[Part] = [
        *hangs_on(view),
        Sheet("kinds", "Rows of the case by kind of source", kinds, columns, shown=len(kinds), total=total),
        Sentences("settings", (f"Assumed for the case as a whole: {_settings(sources)}.",)),
    ]
    listed = (
        Column("title", "Source", beside="key"), Column("kind", "Kind"), Column("address", "Where"),
        Column("used", "Used for, rows"), Column("note", "Note"),
    )  # fmt: skip
    table = sources_table(sources)
    if len(table):
        found.append(Sheet("sources", "All sources", table, listed, shown=len(table), detail=True))
    return found


def rows_by_kind(view: View) -> pd.DataFrame:
    """Rows of each table by kind of source: table, one column for each kind, rows."""
    import pandas as pd

    rows = [
        {"table": spaced(name), **{kind: float(counts[kind]) for kind in KINDS}, "rows": float(counts.total())}
        for name, counts in by_kind(view.plan.case).items()
    ]
    return pd.DataFrame(rows, columns=["table", *KINDS, "rows"])


def sources_table(sources: Sources) -> pd.DataFrame:
    """Every source: key, title, kind, address, used, note."""
    import pandas as pd

    uses = sources.uses()
    rows = [
        {"key": row.key, "title": row.title, "kind": str(row.kind), "address": row.address or "",
         "used": ", ".join(f"{spaced(table)} {count}" for table, count in uses[row.key].items()) or "no row",
         "note": row.note or ""}
        for row in sources.case.rows(Source)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["key", "title", "kind", "address", "used", "note"])


def hangs_on(view: View) -> list[Part]:
    """What moves the cost most, from a sweep where one is given."""
    if view.study is None:
        return [Sentences("hangs", (NOT_RUN,))]
    table = moving(view.study)
    if not len(table):
        return [Sentences("hangs", ("The sweep that was given changes nothing one at a time.",))]
    columns = (
        Column("what", "What is changed"), Column("best", "To"), Column("low_usd_bn", "Least cost moves by, USD bn", 1),
        Column("worst", "To"), Column("high_usd_bn", "Least cost moves by, USD bn", 1),
    )  # fmt: skip
    says = "One change at a time; the ten that move the least cost most, each by the middle of what is proven."
    return [Sheet("hangs", "What the plan hangs on", table, columns, says=says)]


def moving(study: Study) -> pd.DataFrame:
    """The things that move the cost most: what, best, low_usd_bn, worst, high_usd_bn."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for swing in swings(study):
        if swing.intervals:
            ends = sorted(swing.intervals, key=lambda each: each.low + each.high)
            low, high = ((each.low + each.high) / 2 for each in (ends[0], ends[-1]))
            rows.append({"what": swing.label, "best": ends[0].label, "low_usd_bn": low,
                         "worst": ends[-1].label, "high_usd_bn": high})  # fmt: skip
    rows.sort(key=lambda row: -max(abs(float(row["low_usd_bn"])), abs(float(row["high_usd_bn"]))))
    return pd.DataFrame(rows[:MOST], columns=["what", "best", "low_usd_bn", "worst", "high_usd_bn"])


def _settings(sources: Sources) -> str:
    return ", ".join(f"{spaced(name)} {value}" for name, value in sources.settings().items() if value != "blank")
