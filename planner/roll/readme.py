"""What became what: the `README.md` of the case of a later day, and the same for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from planner.basics.text import counted, number
from planner.interfaces.advance import Act, RowChange
from planner.roll.identity import Identity
from planner.tables.cells import shown, text_of
from planner.tables.table import Row

if TYPE_CHECKING:
    from planner.roll.advance import Advanced

PRINTED = 1e-12
"""part of the cost down to which both sides are said to agree; below it all is rounding"""
NAMED = 6
"""most limits that are named"""


def text(advanced: Advanced) -> str:
    """The README, in Markdown."""
    case, record = advanced.case, advanced.plan.record
    lines = [
        f"# {case.settings.title}: the case of {advanced.day}",
        "",
        f"Made by `planner advance` from the plan {record.title!r} of {advanced.plan.case.calendar.start}.",
        f"It costs {case.settings.shown_in.usd(record.objective_usd_bn, 6)}; the SHA-256 of its `plan.json` is",
        f"`{advanced.plan.digest}`.",
        "",
        "What the plan signs before the day is signed here. What is under way has its opening balance. Terms of",
        "contracts are as they were offered. `planner schema` says what each column means.",
        "",
        *(f"    {line}" for line in identity_lines(advanced.identity)),
        "",
        *(f"{each}.\n" for each in _broken(advanced)),
        f"Opening cash: {case.settings.shown_in.usd(case.settings.opening_cash_usd_bn, 6)}.",
        "",
        "## What became what",
        "",
        "Numbers are rounded here; the tables hold all digits.",
        *_by_table(advanced),
        *news_lines(advanced, "## What was not as planned", "- "),
    ]
    if advanced.unknown:
        lines += ["", "## Not known yet", "", *(f"- {each}" for each in advanced.unknown)]
    if advanced.kept:
        lines += ["", "## Over, but kept", "", "These are used up. They stay because something else names them."]
        lines += ["", *(f"- `{name}`: {why}" for name, why in advanced.kept.items())]
    return "\n".join(lines) + "\n"


def summary(advanced: Advanced) -> str:
    """What is said in the terminal: the identity, and how many rows of each table are not as they were."""
    counts = Counter((change.table.about.file, change.act) for change in advanced.changes)
    lines = [f"{advanced.case.settings.title}: the case of {advanced.day}", *identity_lines(advanced.identity)]
    lines.append(f"Opening cash {advanced.case.settings.shown_in.usd(advanced.case.settings.opening_cash_usd_bn)}")
    if counts:
        lines.append("Rows that are not as they were; README.md lists them:")
    for table in advanced.case.catalogue.tables:
        said = [f"{counts[table.about.file, act]} {act}" for act in Act if counts[table.about.file, act]]
        if said:
            lines.append(f"  {table.about.file}: {', '.join(said)}")
    lines += _broken(advanced)
    lines += news_lines(advanced, "Not as planned:", "  ")
    lines += advanced.unknown
    lines += [f"{name} is over, but kept: {why}" for name, why in advanced.kept.items()]
    return "\n".join(lines)


def identity_lines(identity: Identity) -> list[str]:
    """The identity with its figures."""
    old = identity.old.portfolio.case
    calendar, usd = old.calendar, partial(old.settings.shown_in.fixed, unit="USD bn", decimals=6)
    return [
        f"Present cost of the plan on {calendar.start}: {usd(identity.cost)} {old.settings.shown_in.money}",
        f"= {usd(identity.posted)} posted before {calendar.start_of(identity.period)}",
        f"+ {usd(identity.rest)} × {identity.discount:.6f} for the plan's remaining decisions"
        f" (both sides agree to {max(identity.error, PRINTED):.0e} of the cost)",
    ]


def _broken(advanced: Advanced) -> list[str]:
    """The limits that the plan's remaining decisions break, as those of a stress plan may; no line where none is."""
    breaches = advanced.identity.new.breaches()
    names = list(dict.fromkeys(f"{limit.rule} {limit.subject}" for limit, _ in breaches))
    if not names:
        return []
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return [f"The plan's remaining decisions BREAK {counted(len(names), 'limit')}: {', '.join(names[:NAMED])}{more}"]


def news_lines(advanced: Advanced, heading: str, mark: str) -> list[str]:
    """Each difference from the plan with its effect, one a line; none where everything went as planned."""
    return (
        ["", heading, "", *(f"{mark}{each.text_in(advanced.case.settings.shown_in)}" for each in advanced.effects)]
        if advanced.news
        else []
    )


def _by_table(advanced: Advanced) -> Iterator[str]:
    """The changes, table by table in the order of the catalogue."""
    for table in advanced.case.catalogue.tables:
        mine = [change for change in advanced.changes if change.table is table]
        if not mine:
            continue
        counts = Counter(change.act for change in mine)
        said = ", ".join(f"{counts[act]} {act}" for act in Act if counts[act])
        yield from ("", f"### {table.about.file}: {said}", "")
        before = {row.key_values(): row for row in advanced.plan.case.rows(table)}
        for change in mine:
            yield f"- {_row(change)}: {change.act}{_cells(change, before.get(change.key))}. {_sentence(change.why)}"


def _row(change: RowChange) -> str:
    return " ".join(f"`{text_of(value)}`" for value in change.key)


def _cells(change: RowChange, before: Row | None) -> str:
    """The cells that are not as they were, or not blank in a row that is added."""
    given: Mapping[str, object] = {
        name: value
        for name, value in change.cells.items()
        if name not in change.table.about.key and value != getattr(before, name, None)
    }
    told = [f"{name} {_value(value)}" for name, value in given.items()]
    return f", {', '.join(told)}" if told else ""


def _value(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return "blank" if value is None else shown(value).strip("'")


def _sentence(why: str) -> str:
    """A sentence with a capital letter, unless it begins with a name such as `tpu_order`."""
    first = why.partition(" ")[0]
    return f"`{first}`{why[len(first) :]}." if "_" in first else f"{why[:1].upper()}{why[1:]}."
