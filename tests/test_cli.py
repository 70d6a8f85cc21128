"""Every command as a user types it: what it prints, what it leaves behind, and its exit status."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.case.shipped import path
from planner.cli import main
from tests.inputs import TOML, write_case

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")
"""Nothing is on offer, so 1 GW is not served for two years: 60 a year, in the middle of four half-years."""

COST = 30 * sum(1.1**-years for years in (0.25, 0.75, 1.25, 1.75))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_case(tmp_path / "case", PRICED)


def test_check_shows_the_case(case: Path) -> None:
    result = run("check", case)
    assert result.exit_code == 0
    assert "4 periods of 6 months, 2026-01-01 to 2028-01-01; 1 series of demand" in result.output
    assert "Tables absent, taken as none" in result.output
    looked = json.loads(run("check", case, "--json").output)
    assert looked["demand_gw"] == [1.0, 1.0, 1.0, 1.0]
    assert looked["on_offer_gw"] == {"cloud": [0.0] * 4, "halls": [0.0] * 4, "chips": [0.0] * 4}


def test_solve_writes_a_plan_that_audits(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    result = run("solve", case, "-o", plan)
    assert result.exit_code == 0
    assert "Proven: no plan costs less than" in result.output
    assert "not served: 2 of 2 reference GW-years" in result.output
    record = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "proven"
    assert record["objective_usd_bn"] == pytest.approx(COST, rel=1e-9)
    assert run("audit", plan).exit_code == 0
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_options_reach_the_case_as_solved(case: Path, tmp_path: Path) -> None:
    plan, mps = tmp_path / "plan", tmp_path / "model.mps"
    words = ("--set", "demand[*,here,training].demand_gw *= 2", "--period-months", "12", "--gap", "0.01")
    result = run(
        "solve",
        case,
        "-o",
        plan,
        *words,
        "--seed",
        "7",
        "--threads",
        "2",
        "--search",
        "race",
        "--write-mps",
        mps,
        "--json",
    )
    assert result.exit_code == 0
    record = json.loads(result.output)
    assert record["options"] == {"gap": 0.01, "time_limit_s": 600.0, "threads": 2, "seed": 7, "search": "race"}
    assert record["objective_usd_bn"] == pytest.approx(2 * 60 * (1.1**-0.5 + 1.1**-1.5), rel=1e-9)
    assert "period_months = 12" in (plan / "case" / "case.toml").read_text(encoding="utf-8")
    assert "ROWS" in mps.read_text(encoding="utf-8")


def test_a_plan_is_replaced_only_when_forced_and_only_by_a_plan(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert run("solve", case, "-o", plan).exit_code == 0
    before = {file.name: file.read_bytes() for file in plan.glob("*.csv")}
    refused = run("solve", case, "-o", plan, "--set", "demand[*,here,training].demand_gw *= 2")
    assert refused.exit_code == 2
    assert f"Nothing was written: {plan} exists; --force replaces it" in refused.output
    assert {file.name: file.read_bytes() for file in plan.glob("*.csv")} == before
    forced = run("solve", case, "-o", plan, "--force", "--set", "demand[*,here,training].demand_gw *= 2")
    assert forced.exit_code == 0
    assert run("audit", plan).exit_code == 0
    assert {file.name: file.read_bytes() for file in plan.glob("*.csv")} != before
    other = run("solve", case, "-o", case, "--force")
    assert other.exit_code == 2
    assert "is not a plan and is not replaced" in other.output
    assert (case / "demand.csv").exists()


def test_all_problems_of_a_case_come_at_once(case: Path, tmp_path: Path) -> None:
    (case / "demand.csv").write_text(
        "from_date,region,workload,demand_gw\n2026-1-1,heer,training,x\n", encoding="utf-8"
    )
    for words in (("check", case), ("solve", case, "-o", tmp_path / "plan")):
        result = run(*words)
        assert result.exit_code == 3
        assert "demand.csv:2 from_date: expected a date such as 2027-01-31, found '2026-1-1'" in result.output
        assert "demand.csv:2 demand_gw: expected a number of at least 0, found 'x'" in result.output
        assert "2 problems; nothing was done" in result.output
    assert not (tmp_path / "plan").exists()


def test_a_mistyped_change_is_an_invalid_case(case: Path) -> None:
    result = run("check", case, "--set", "demnad[*,*,*].demand_gw = 1")
    assert result.exit_code == 3
    assert "did you mean 'demand'?" in result.output


def test_an_impossible_case_is_infeasible(case: Path, tmp_path: Path) -> None:
    unpriced = "case.shortage_cost_usd_bn_per_gw_year = blank"
    result = run("solve", case, "-o", tmp_path / "plan", "--set", unpriced)
    assert result.exit_code == 4
    assert "meet_demand demand/here/training: 1 reference GW against 0 in period 0" in result.output
    assert not (tmp_path / "plan").exists()


def test_wrong_usage(tmp_path: Path) -> None:
    assert run("solve", "somewhere").exit_code == 2
    assert run("prophesy").exit_code == 2
    assert run("new", tmp_path / "mine", "--like", "nothing").exit_code == 2


def test_a_case_that_is_not_there(tmp_path: Path) -> None:
    result = run("check", tmp_path / "nowhere")
    assert result.exit_code == 3
    assert "expected a folder with a case, found no such folder" in result.output


def test_an_audit_that_does_not_agree(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    run("solve", case, "-o", plan)
    service = plan / "service.csv"
    service.write_text(
        service.read_text(encoding="utf-8").replace("2027-07-01,1.0,", "2027-07-01,0.5,"), encoding="utf-8"
    )
    result = run("audit", plan)
    assert result.exit_code == 7
    assert "service.csv" in result.output


def test_schema_names_every_column() -> None:
    assert "| `rent_usd_per_kw_month` |" in run("schema").output
    assert "site_leases" in json.dumps(json.loads(run("schema", "--json").output))


def test_new_copies_the_starter(tmp_path: Path) -> None:
    assert run("new", tmp_path / "mine").exit_code == 0
    assert run("check", tmp_path / "mine").exit_code == 0
    again = run("new", tmp_path / "mine")
    assert again.exit_code == 2
    assert "exists" in again.output


def test_a_plan_to_start_from(case: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("solve", case, "-o", first)
    assert run("solve", case, "-o", second, "--start", first).exit_code == 0
    assert (first / "decisions.csv").read_bytes() == (second / "decisions.csv").read_bytes()


def test_as_a_process() -> None:
    ended = subprocess.run([sys.executable, "-m", "planner.cli", "--help"], capture_output=True, text=True, check=True)
    assert "Commands:" in ended.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_the_best_plan_so_far_is_kept(tmp_path: Path, number: signal.Signals) -> None:
    """The reference case to a gap it cannot reach soon; Ctrl-C or SIGTERM once the terminal shows an incumbent."""
    plan = tmp_path / "plan"
    terminal, inside = pty.openpty()
    words = ("solve", path("frontier-lab"), "-o", plan, "--gap", "0")
    process = subprocess.Popen(
        [sys.executable, "-m", "planner.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=inside,
        env={**os.environ, "COLUMNS": "120"},
    )
    os.close(inside)
    screen = b""
    while b"solving  best 6" not in screen and b"solving  best 7" not in screen:
        screen = screen[-500:] + os.read(terminal, 1000)
    process.send_signal(number)
    while process.poll() is None:
        try:
            os.read(terminal, 1000)
        except OSError:  # the other side is closed
            break
    printed = process.communicate()[0].decode()
    os.close(terminal)
    assert process.returncode == 6
    assert "stopped by interruption" in printed
    record = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    assert (record["status"], record["stopped_by"]) == ("stopped", "interruption")
    assert run("audit", plan).exit_code == 0
