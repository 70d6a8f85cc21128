"""The folder of a case: what is not read although it looks as if it were is named by every command."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.cli import main
from tests.inputs import TOML, write_case
from tests.plans import solved

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")


def ended(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


def starter(folder: Path) -> Path:
    Case.read(shipped.path("starter")).write(folder)
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(DataError) as error:
        Case.read(folder)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("policies.csv.txt", "a table as text, policies.csv, found 'policies.csv.txt'"),
        ("policies.csv.gz", "a table as text, policies.csv, found 'policies.csv.gz'"),
        ("policies.csv~", "a table as text, policies.csv, found 'policies.csv~'"),
        ("policies", "a table as text, policies.csv, found 'policies'"),
        ("policies.tsv", "a table as text, policies.csv, found 'policies.tsv'"),
        ("Policies.csv", "a table of a case, found 'Policies.csv'; did you mean 'policies.csv'?"),
        (".policies.csv", "a table as text, policies.csv, found '.policies.csv'"),
        ("policies_old.csv", "a table of a case, found 'policies_old.csv'; did you mean 'policies.csv'?"),
    ],
)
def test_a_table_under_another_name_is_an_error(tmp_path: Path, name: str, expected: str) -> None:
    folder = starter(tmp_path)
    (folder / "policies.csv").rename(folder / name)
    assert problems(folder) == [f"{name}: expected {expected}"]


def test_a_folder_named_like_a_table_is_an_error(tmp_path: Path) -> None:
    folder = starter(tmp_path)
    (folder / "policies.csv").unlink()
    (folder / "policies").mkdir()
    assert problems(folder) == ["policies: expected a table as text, policies.csv, found a folder 'policies'"]


def test_settings_under_another_name(tmp_path: Path) -> None:
    folder = starter(tmp_path)
    (folder / "case.toml").rename(folder / "case.tml")
    assert problems(folder) == [
        "case.tml: expected case.toml, the settings, found 'case.tml'",
        "case.toml: expected the settings of the case, found no such file",
    ]


BESIDE = {
    "policies.csv.bak": "only policies.csv, which is read, found 'policies.csv.bak' too",
    "demand 2027.xlsx": "only demand.csv, which is read, found 'demand 2027.xlsx' too",
    "case.toml.orig": "only case.toml, which is read, found 'case.toml.orig' too",
    "forecast.parquet": "a file of a case or a document, found 'forecast.parquet'",
}


def test_files_beside_the_tables_are_named(tmp_path: Path) -> None:
    folder = starter(tmp_path)
    for name in BESIDE:
        (folder / name).write_bytes(b"x")
    (folder / "more").mkdir()
    (folder / "more" / "links.csv").touch()
    assert (folder / "links.csv").is_file()
    said = {problem.file: str(problem) for problem in Case.read(folder).unread}
    expected = {name: f"{name}: expected {words}" for name, words in BESIDE.items()}
    assert said == {**expected, "more": "more: expected links.csv beside case.toml, found it in a folder 'more'"}


@pytest.mark.parametrize(
    "name",
    [
        "README.md", "LICENSE", "notes.txt", "terms of policies.pdf", "policies.md", "chart.png", "case.ipynb",
        ".DS_Store", ".gitignore", "._policies.csv", ".~lock.policies.csv#", "~$policies.xlsx", ".policies.csv.swp",
    ],
)  # fmt: skip
def test_documents_and_what_systems_leave_are_passed_over(tmp_path: Path, name: str) -> None:
    folder = starter(tmp_path)
    (folder / name).write_bytes(b"x")
    (folder / "plans").mkdir()
    assert Case.read(folder).unread == ()


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_cases_hold_nothing_that_is_not_read(name: str) -> None:
    assert Case.read(shipped.path(name)).unread == ()


def test_every_command_names_what_it_does_not_read(tmp_path: Path) -> None:
    folder, plan = write_case(tmp_path / "case", PRICED), tmp_path / "plan"
    (folder / "policies.old").write_bytes(b"x")
    (folder / "demand.csv.bak").write_bytes(b"x")
    lines = [
        "demand.csv.bak: expected only demand.csv, which is read, found 'demand.csv.bak' too",
        "policies.old: expected a table as text, policies.csv, found 'policies.old'",
    ]
    assert ended("check", folder)[0] == 3
    (folder / "policies.old").unlink()
    status, printed, _ = ended("check", folder)
    assert status == 0
    assert f"Looks like a slip (an error with --strict)\n  {lines[0]}\n" in printed
    assert json.loads(ended("check", folder, "--json")[1])["slips"] == lines[:1]
    strict = (3, "", f"{lines[0]}\n1 problem; nothing was done\n")
    assert ended("check", folder, "--strict") == strict
    assert ended("solve", folder, "-o", plan, "--strict") == strict
    warned = f"Looks like a slip: {lines[0]}\n"
    assert ended("solve", folder, "-o", plan)[::2] == (0, warned)
    assert ended("audit", plan)[0] == 0
    assert ended("sources", folder)[::2] == (0, warned)
    assert ended("explain", folder)[2] == warned
    changed = Case.read(folder).change("case.discount_rate = 0.2")
    assert [str(problem) for problem in changed.unread] == lines[:1]


def test_what_was_added_to_the_case_of_a_plan_is_named(tmp_path: Path) -> None:
    plan = solved(Case.read(write_case(tmp_path / "case", PRICED)))
    plan.write(tmp_path / "plan")
    (tmp_path / "plan" / "case" / "demand.csv.bak").write_bytes(b"x")
    status, _, said = ended("compare", tmp_path / "plan", tmp_path / "plan")
    assert status == 7
    assert "case/demand.csv.bak" in said
    status, printed, _ = ended("audit", tmp_path / "plan")
    assert status == 7
    assert "case/demand.csv.bak" in printed


def test_many_files_are_counted(tmp_path: Path) -> None:
    folder = starter(tmp_path)
    for n in range(30):
        (folder / f"part{n}.bin").touch()
    unread = Case.read(folder).unread
    assert len(unread) == 26
    assert str(unread[-1]) == "…: expected files of a case or documents, found 5 more"


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a named pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to("nowhere"), "no such file or directory"),
    ],
)
def test_what_is_no_file(tmp_path: Path, make: Callable[[Path], None], found: str) -> None:
    folder = starter(tmp_path)
    (folder / "policies.csv").unlink()
    make(folder / "policies.csv")
    assert problems(folder) == [f"policies.csv: expected a file that can be read, found {found}"]
