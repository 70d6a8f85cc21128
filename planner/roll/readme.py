"""What became what: the `README.md` of the case of a later day, and the same for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.basics.text import number
from planner.interfaces.advance import Act, RowChange
from planner.roll.identity import Identity
from planner.tables.cells import shown, text_of

if TYPE_CHECKING:
    from planner.roll.advance import Advanced


def text(advanced: Advanced) -> str:
    """The README, in Markdown."""
    case, record = advanced.case, advanced.plan.record
    lines = [
        f"# {case.settings.title}",
        "",
        f"The case of {advanced.day}, made by `planner advance` from a plan of {advanced.plan.case.calendar.start}:"
        f" {record.title!r}, {record.objective_usd_bn:,.6f} USD bn, plan.json {advanced.plan.digest}.",
        "",
        "What the plan signs before the day is signed here. What is under way has its opening balance. Terms of"
        " contracts are as they were offered.",
        "",
        *identity_lines(advanced.identity),
        "",
        f"Opening cash: {case.settings.opening_cash_usd_bn:,.6f} USD bn.",
        "",
        "## What became what",
        "",
        *_by_table(advanced),
        *news_lines(advanced, "## What was not as planned", "- "),
    ]
    if advanced.kept:
        lines += ["", "## Over, but kept", "", "These are used up. They stay because something else names them."]
        lines += ["", *(f"- `{name}`: {why}" for name, why in advanced.kept.items())]
    return "\n".join(lines) + "\n"


def summary(advanced: Advanced) -> str:
    """What is said in the terminal: the identity, and how many rows of each table are not as they were."""
    counts = Counter((change.table.about.file, change.act) for change in advanced.changes)
    lines = [f"{advanced.case.settings.title}: the case of {advanced.day}", *identity_lines(advanced.identity)]
    lines.append(f"Opening cash {advanced.case.settings.opening_cash_usd_bn:,.3f} USD bn")
    for table in advanced.case.catalogue.tables:
        said = [f"{counts[table.about.file, act]} {act}" for act in Act if counts[table.about.file, act]]
        if said:
            lines.append(f"{table.about.file}: {', '.join(said)}")
    lines += news_lines(advanced, "Not as planned:", "  ")
    lines += [f"{name} is over, but kept: {why}" for name, why in advanced.kept.items()]
    return "\n".join(lines)


def identity_lines(identity: Identity) -> list[str]:
    """The identity with its figures."""
    calendar = identity.old.portfolio.case.calendar
    return [
        f"Present cost of the plan on {calendar.start}: {identity.cost:,.6f} USD bn",
        f"= {identity.posted:,.6f} posted before {calendar.start_of(identity.period)}",
        f"+ {identity.rest:,.6f} × {identity.discount:.6f} for the plan's remaining decisions"
        f" (relative difference {identity.error:.1e})",
    ]


def news_lines(advanced: Advanced, heading: str, mark: str) -> list[str]:
    """Each difference from the plan, one a line; none where everything went as planned."""
    return ["", heading, "", *(f"{mark}{each.what}" for each, _ in advanced.news)] if advanced.news else []


def _by_table(advanced: Advanced) -> Iterator[str]:
    """The changes, table by table in the order of the catalogue."""
    for table in advanced.case.catalogue.tables:
        mine = [change for change in advanced.changes if change.table is table]
        if not mine:
            continue
        counts = Counter(change.act for change in mine)
        said = ", ".join(f"{counts[act]} {act}" for act in Act if counts[act])
        yield from (f"### {table.about.file}: {said}", "")
        for change in mine:
            yield f"- {_row(change)}: {change.act}{_cells(change)}. {_sentence(change.why)}"
        yield ""


def _row(change: RowChange) -> str:
    return " ".join(f"`{text_of(value)}`" for value in change.key)


def _cells(change: RowChange) -> str:
    given: Mapping[str, object] = {
        name: value for name, value in change.cells.items() if name not in change.table.about.key
    }
    told = [f"{name} {_value(value)}" for name, value in given.items()]
    return f", {', '.join(told)}" if told else ""


def _value(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return "blank" if value is None else shown(value).strip("'")


def _sentence(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}."
