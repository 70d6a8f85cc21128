"""Deal terms stay on the machine: no connection is opened, no input is run, no name leads out of its folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.case.shipped import path
from planner.cli import main
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.tables.csvtext import guarded, restored
from tests.inputs import TOML, write_case
from tests.plans import solved
from tests.small import sites

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")

OFFLINE = """
import sys

def refuse(event, arguments):
    here = event == "socket.gethostname" or (event == "socket.__new__" and arguments[1] == 1)  # 1: within this machine
    if event in ("socket.bind", "socket.connect"):
        here = isinstance(arguments[1], (str, bytes))
    if event.startswith("socket.") and not here:
        raise RuntimeError(f"the network is touched: {event} {arguments}")

sys.addaudithook(refuse)
"""
"""Python runs this first. Afterwards every socket that leaves this machine raises, also in worker processes."""


def offline(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Python run on the words without a network."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    paths = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


def test_no_local_command_opens_a_connection(tmp_path: Path) -> None:
    case, plan = tmp_path / "case", tmp_path / "plan"
    needed: dict[str, tuple[str | Path, ...]] = {
        "new": (case,),
        "check": (case,),
        "solve": (case, "-o", plan),
        "audit": (plan,),
        "compare": (plan, plan, "--csv", tmp_path / "differences.csv"),
        "report": (plan, "-o", tmp_path / "report.html", "--figures", tmp_path / "figures"),
        "network": (plan, "--graphml", tmp_path / "network.graphml"),
        "prices": (plan, "--offer", "cirrus_tpu", "--limits", "--workers", "2"),
        "formulation": (),
        "schema": (),
        "generate": (tmp_path / "random", "--offers", "5", "--seed", "1"),
        "explain": (case,),
    }
    for name in sorted(main.commands, key=[*needed, *main.commands].index):
        ended = offline(tmp_path / "offline", "-m", "planner.cli", name, *needed.get(name, ("--help",)))
        assert ended.returncode == 0, f"{name}: {ended.stderr}"


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ],
)
def test_a_connection_would_be_noticed(code: str, tmp_path: Path) -> None:
    assert "the network is touched" in offline(tmp_path, "-c", code).stderr


@pytest.mark.parametrize(
    "change",
    [
        "__import__('os').system('touch hacked')",
        "case.title = __import__('os').getcwd(); import os",
        "demand[*,*,*].demand_gw = 1 + 1",
        "demand[*,*,*].demand_gw *= 2**3",
        "demand[*,*,*].demand_gw = __import__('os').system('touch hacked')",
        "demand[*,*,*].demand_gw = {1}",
        "../demand[*,*,*].demand_gw = 1",
        "+../../etc/passwd{user=root}",
        "case.solver.__class__ = 1",
        "case.__dict__ = 1",
        "demand[*,*,*].__class__ = 1",
    ],
)
def test_changes_are_parsed_and_never_run(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    case = Case.read(path("starter"))
    try:
        changed = case.change(change)
    except DataError:
        pass
    else:
        assert changed.settings.title == "__import__('os').getcwd(); import os"
    assert list(tmp_path.iterdir()) == []


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    """Only tables of the catalogue are read, and only the exports of a plan are written."""
    folder = write_case(tmp_path / "case", PRICED)
    (folder / "..evil.csv").write_text("a\n1\n", encoding="utf-8")
    assert Case.read(folder).absent  # hidden files are ignored
    (folder / "evil..csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"evil\.\.csv: expected a table of a case"):
        Case.read(folder)
    (folder / "evil..csv").unlink()
    plan = solved(Case.read(folder))
    Plan(plan.case, plan.record, {**plan.tables, "../evil": plan.cash}).write(tmp_path / "plans" / "plan")
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*evil*")) == ["case/..evil.csv"]
    result = CliRunner().invoke(main, ["new", str(tmp_path / "mine"), "--like", "../../data/starter"])
    assert result.exit_code == 2


TEXTS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+A1",
    "-A1",
    "@SUM(A1)",
    "'=1+1",
    "''@x",
    "'tis",
    "＝1",
    "-",
    "Hall",
    "-5",
    "nan",
)


@pytest.mark.parametrize("text", [*TEXTS, "\t=1", "\r=1", "\n=1", "'", "", "x=1"])
def test_formulas_are_neutralised_and_restored(text: str) -> None:
    assert restored(guarded(text)) == text
    bare = text.lstrip("'")
    if bare[:1] and bare[0] in "=+-@\t\r\n＝" and bare != "-5":
        assert guarded(text) == f"'{text}"
    else:
        assert guarded(text) == text


def test_a_plan_that_names_formulas_reads_back_and_audits(tmp_path: Path) -> None:
    """Landlords named like formulas are backed by nobody and paid rent: their names stand in the ledger."""
    rows = [{"offer": f"h{n}", "phase": n + 1, "capacity_mw": 100, "min_share": 1, "status": "signed", "developer":
             '"' + text.replace('"', '""') + '"', "site": "x"} for n, text in enumerate(TEXTS)]  # fmt: skip
    plan = solved(Case.read(write_case(tmp_path / "case", PRICED, site_leases=sites(*rows))))
    plan.write(tmp_path / "plan")
    text = (tmp_path / "plan" / "ledger.csv").read_text(encoding="utf-8")
    assert ",'=1+1," in text
    assert ",=1+1," not in text
    again = Plan.read(tmp_path / "plan")
    assert set(TEXTS) <= set(plan.ledger["counterparty"])
    assert again.ledger["counterparty"].tolist() == plan.ledger["counterparty"].tolist()
    assert audit(tmp_path / "plan").agrees
    unguarded = text.replace("'=1+1,", "=1+2,", 1)
    (tmp_path / "plan" / "ledger.csv").write_text(unguarded, encoding="utf-8")
    assert not audit(tmp_path / "plan").agrees


@pytest.mark.parametrize(
    ("file", "data", "status", "message"),
    [
        ("plan.json", b"\xff", 3, "plan.json: expected the record of a plan, found another file"),
        ("plan.json", b"", 3, "plan.json: expected the record of a plan, found an empty file"),
        ("plan.json", b'{"title": "a\\u001b[2J"}', 7, "plan.json title: expected text without control characters"),
        ("cash.csv", b"", 7, "cash.csv: expected a header and rows, found an empty file"),
        ("cash.csv", b"a,b\n1,2\n1,2,3\n", 7, "cash.csv:3: has 3 cells, the header has 2"),
        ("cash.csv", b"a\n\xff\n", 7, "cash.csv:2: expected UTF-8 text, found the byte 0xff"),
        ("cash.csv", b"a\n\x1b[2J\n", 7, "cash.csv:1 a: is no column of this file"),
    ],
)
def test_a_spoilt_plan_is_refused_not_shown(tmp_path: Path, file: str, data: bytes, status: int, message: str) -> None:
    plan = solved(Case.read(write_case(tmp_path / "case", PRICED)))
    plan.write(tmp_path / "plan")
    (tmp_path / "plan" / file).write_bytes(data)
    result = CliRunner().invoke(main, ["compare", str(tmp_path / "plan"), str(tmp_path / "plan")])
    assert result.exit_code == status
    assert message in result.stderr
    assert "\x1b" not in result.stderr


def test_messages_show_what_would_move_the_cursor(tmp_path: Path) -> None:
    demand = "from_date,region,workload,demand_gw\n2026-01-01,he\x1b[2Jre,training,1\n"
    result = CliRunner().invoke(main, ["check", str(write_case(tmp_path, demand=demand))])
    assert "found 'he\\x1b[2Jre'" in result.output
    assert "\x1b" not in result.output


def test_the_same_case_gives_the_same_plan_byte_for_byte(tmp_path: Path) -> None:
    """In two processes with different hash seeds, apart from the seconds in plan.json."""
    for seed in ("1", "2"):
        words = ["solve", path("starter"), "-o", tmp_path / seed, "--period-months", "6"]
        subprocess.run(
            [sys.executable, "-m", "planner.cli", *map(str, words)],
            check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
    one, two = (folder_without_times(tmp_path / seed) for seed in ("1", "2"))
    assert len(one) > 25
    assert one == two


def folder_without_times(folder: Path) -> dict[str, bytes]:
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    record = json.loads(files["plan.json"])
    assert record.pop("seconds")
    assert record["solver"].pop("seconds") > 0
    files["plan.json"] = json.dumps(record).encode()
    return files
