"""What `planner sources` says of a case: how many rows rest on what, and where each source is used."""

import json
import re
from pathlib import Path

from click.testing import CliRunner

from planner.api import Case
from planner.case.shipped import names, path
from planner.catalogue import CATALOGUE
from planner.cli import main
from planner.common.given_names import GivenName
from planner.common.sources import Source
from planner.reports.sources import Sources, safe

ADDED = (
    r'+sources{key=rumour, kind=public, title="one | two", address="https://example.org/a|b", note="*a*, `b` and \c"}'
)

REFERENCE = path("frontier-lab")
PAGE = Path(REFERENCE, "ASSUMPTIONS.md").read_text(encoding="utf-8")


def starter(*changes: str) -> Sources:
    case = Case.read(path("starter"))
    return Sources(case.change(*changes) if changes else case)


def rows_of(page: str, heading: str) -> list[list[str]]:
    """Cells of the lines of the table under a heading, split at pipes that are not escaped."""
    body = page.partition(f"## {heading}\n\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in body.splitlines()]


def test_every_row_of_every_table_is_counted_once() -> None:
    for name in names():
        case = Case.read(path(name))
        found = Sources(case)
        rows = {
            table.about.name: len(case.rows(table)) for table in CATALOGUE.tables if table not in (Source, GivenName)
        }
        header, _, *counted = rows_of(found.markdown(), "Rows by kind of source")
        assert header == ["table", "seed", "public", "assumption", "none named", "rows"]
        expected = {f"`{table}`": count for table, count in rows.items() if count}
        assert {line[0]: int(line[-1]) for line in counted} == {**expected, "all": sum(rows.values())}
        for line in counted:
            assert sum(int(cell) for cell in line[1:-1] if cell != "-") == int(line[-1])
        assert sum(sum(uses.values()) for uses in found.uses().values()) == sum(rows.values())


def test_a_row_counts_under_the_kind_of_the_source_it_names() -> None:
    """Of the four halls one is said to be reported, and one to come from nowhere."""
    found = starter(ADDED, "site_leases[mill].source = rumour", "site_leases[lake].source = blank").json()
    assert found["rows_by_kind"]["site_leases"] == {"seed": 0, "public": 1, "assumption": 2, "none": 1}
    (rumour,) = [source for source in found["sources"] if source["key"] == "rumour"]
    assert rumour["rows_by_table"] == {"site_leases": 1}
    assert found["rows_without_source"] == {"site_leases": 1}


def test_sources_that_no_row_names_are_said_to_be_so() -> None:
    assert starter(ADDED).unused() == ["rumour"]
    assert "\nUsed by no row: `rumour`." in starter(ADDED).markdown()
    assert starter(ADDED, "site_leases[mill].source = rumour").unused() == []


def test_rows_without_a_source_are_said_to_be_so() -> None:
    assert "name no source: `site_leases` 1." in starter("site_leases[lake].source = blank").markdown()
    assert "Rows that name no source" not in starter().markdown()


def test_text_cannot_break_a_table() -> None:
    header, _, *lines = rows_of(starter(ADDED).markdown(), "Sources")
    assert {len(line) for line in lines} == {len(header)}
    assert lines[-1] == [
        "`rumour`", "public", r"one \| two", "<https://example.org/a%7Cb>", "no row", r"\*a\*, \`b\` and \\c"
    ]  # fmt: skip
    assert safe("a\nb\r\n c") == "a b c"
    assert safe(None) == ""


def test_settings_are_figures_without_a_source() -> None:
    assert starter().settings()["discount_rate"] == "0"
    assert "`discount_rate` 0.08" in starter("case.discount_rate = 0.08").markdown()
    assert "title" not in starter().settings()


def test_the_command_says_the_same_for_programs_and_takes_changes() -> None:
    folder = str(path("starter"))
    changed = ["--set", "site_leases[lake].source = blank"]
    printed = CliRunner().invoke(main, ["sources", folder, *changed])
    assert (printed.exit_code, printed.output) == (0, starter(changed[1]).markdown() + "\n")
    told = CliRunner().invoke(main, ["sources", folder, *changed, "--json"])
    assert json.loads(told.output) == starter(changed[1]).json()


def test_the_page_on_the_reference_case_shows_what_the_command_says() -> None:
    assert f"\n\n{Sources(Case.read(REFERENCE)).tables()}\n\n" in PAGE


def test_every_change_on_the_page_on_the_reference_case_can_be_made() -> None:
    changes = re.findall(r"`(?:--set )?'([^'`]+)'`", PAGE)
    assert changes
    case = Case.read(REFERENCE)
    for change in changes:
        assert case.change(change) != case, change
