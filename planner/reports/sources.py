"""Which figures of a case are public and which assumed, as `planner sources` prints it: Markdown, or JSON.

Rows are counted, not figures: a row counts under the kind of the one source that it names, and the note of the source
says which of its columns are of another kind. The settings of `case.toml` name no source at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.basics.words import OwnWord
from planner.case.case import Case
from planner.common.given_names import GivenName
from planner.common.settings import Settings, setting_fields
from planner.common.sources import Source, SourceKind
from planner.tables.cells import text_of

NONE = "none"
"""the kind of a row that names no source"""


class NoSource(OwnWord):
    """Stands for the source of a row that names none."""

    NONE = "(none)"


KINDS = (*map(str, SourceKind), NONE)

INTRODUCTION = """\
A row counts under the kind of the source that it names: `seed` (announced), `public` (reported) or `assumption`. Single
columns of a row may be of another kind; the note of its source says which."""


def by_source(case: Case) -> dict[str, Counter[str]]:
    """Number of rows by table and by the key of their source, in the case's order.

    Names, and tables without rows, are left out.
    """
    found: dict[str, Counter[str]] = {}
    for table in case.catalogue.tables:
        for row in case.rows(table) if table not in (Source, GivenName) else ():
            found.setdefault(row.about.name, Counter())[row.source or NoSource.NONE] += 1
    return found


def by_kind(case: Case) -> dict[str, Counter[str]]:
    """Number of rows by table and by the kind of their source."""
    kinds = {source.key: str(source.kind) for source in case.rows(Source)}
    found: dict[str, Counter[str]] = {}
    for table, counts in by_source(case).items():
        for key, count in counts.items():
            found.setdefault(table, Counter())[kinds.get(key, NONE)] += count
    return found


@dataclass(frozen=True)
class Sources:
    """Where a case's figures come from."""

    case: Case

    def uses(self) -> dict[str, dict[str, int]]:
        """Number of rows that name each source, by table. The last entry, `(none)`, counts rows that name no source."""
        found: dict[str, dict[str, int]] = {source.key: {} for source in self.case.rows(Source)}
        for table, counts in by_source(self.case).items():
            for key, count in counts.items():
                found.setdefault(key, {})[table] = count
        return found

    def unused(self) -> list[str]:
        """Sources that no row names."""
        return [key for key, uses in self.uses().items() if not uses]

    def settings(self) -> dict[str, str]:
        """All settings but the title, as text; `blank` where one has no value. They name no source."""
        values = self.case.settings
        return {name: text_of(getattr(values, name)) or "blank" for name in setting_fields(Settings) if name != "title"}

    def tables(self) -> str:
        """A table in Markdown: the number of rows by table and kind of source."""
        counts = by_kind(self.case)
        total = Counter[str]()
        for count in counts.values():
            total.update(count)
        header = ["table", *KINDS[:-1], "none named", "rows"]
        rows = [[f"`{name}`", *_counted(count)] for name, count in counts.items()]
        return "\n".join(_table(header, [*rows, ["all", *_counted(total)]], numbers=len(KINDS) + 1))

    def markdown(self) -> str:
        """The whole report."""
        uses = self.uses()
        rows = [
            [
                f"`{row.key}`",
                str(row.kind),
                safe(row.title),
                _address(row.address),
                _uses(uses[row.key]),
                safe(row.note),
            ]
            for row in self.case.rows(Source)
        ]
        unused = ", ".join(f"`{key}`" for key in self.unused())
        settings = ", ".join(f"`{name}` {value}" for name, value in self.settings().items())
        parts = [
            f"# Sources: {safe(self.case.settings.title)}",
            INTRODUCTION,
            "## Rows by kind of source",
            self.tables(),
            f"The settings of `case.toml` name no source: {settings}.",
            "## Sources",
            "\n".join(_table(["source", "kind", "title", "address", "used for (rows)", "note"], rows)),
            f"Used by no row: {unused or 'none'}.",
        ]
        if NoSource.NONE in uses:
            parts.append(f"Rows that name no source: {_uses(uses[NoSource.NONE])}.")
        return "\n\n".join(parts)

    def json(self) -> dict[str, object]:
        """The whole report for programs."""
        uses = self.uses()
        sources = [
            {
                "key": row.key,
                "kind": str(row.kind),
                "title": row.title,
                "address": row.address,
                "rows_by_table": uses[row.key],
                "note": row.note,
            }
            for row in self.case.rows(Source)
        ]
        return {
            "title": self.case.settings.title,
            "rows_by_kind": {name: {kind: count[kind] for kind in KINDS} for name, count in by_kind(self.case).items()},
            "settings_without_source": self.settings(),
            "sources": sources,
            "unused": self.unused(),
            "rows_without_source": uses.get(NoSource.NONE, {}),
        }


def safe(text: str | None) -> str:
    r"""Text as one cell of a Markdown table, which shows it as it is.

    >>> print(safe("tpu|gpu * 2\nand <b>"))
    tpu\|gpu \* 2 and \<b\>
    """
    return re.sub(r"([\\`*<>\[\]|])", r"\\\1", " ".join((text or "").split()))


def _address(text: str | None) -> str:
    """An address as a link where it is one."""
    if text is not None and re.fullmatch(r"https?://[^\s<>]+", text):
        return f"<{text.replace('|', '%7C')}>"
    return safe(text)


def _counted(count: Counter[str]) -> Iterator[str]:
    """Number of rows of each kind, then of all."""
    yield from (str(count[kind] or "-") for kind in KINDS)
    yield str(count.total())


def _uses(uses: dict[str, int]) -> str:
    return ", ".join(f"`{table}` {count}" for table, count in uses.items()) or "no row"


def _table(header: list[str], rows: Iterable[list[str]], *, numbers: int = 0) -> Iterator[str]:
    """Lines of a Markdown table, the last `numbers` columns to the right."""
    yield f"| {' | '.join(header)} |"
    yield "|" + "---|" * (len(header) - numbers) + "---:|" * numbers
    for row in rows:
        yield f"| {' | '.join(row)} |"
