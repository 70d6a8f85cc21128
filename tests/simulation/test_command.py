"""`planner simulate` and `Case.simulate`: what they write and say, and what they refuse."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from planner.basics.errors import DataError
from planner.cli import main
from tests.simulation.worlds import staying
from tests.tampering import FOUND


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *words])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A folder that the command has written, and how it ended."""
    place = tmp_path_factory.mktemp("done")
    staying(place / "case")
    words = ["--worlds", "4", "--every", "12", "--workers", "1", "--policy", "hedge", "--policy", "at_start"]
    return place / "out", run(str(place / "case"), "-o", str(place / "out"), *words)


def test_files(done: tuple[Path, Result]) -> None:
    folder, ended = done
    assert ended.exit_code == 0, ended.output
    results = pd.read_csv(folder / "results.csv")
    assert len(results) == 8
    assert set(results["policy"]) == {"hedge", "at_start"}
    assert results["regret_usd_bn"].isna().all()  # nobody has foresight
    told = json.loads((folder / "simulate.json").read_text())
    assert (told["worlds"], told["every_months"], told["seed"]) == (4, 12, 1)
    assert told["comparisons"][0]["saved"]["value"] == pytest.approx(8.5)
    assert {"planner", "highspy"} <= set(told["versions"])


def test_what_is_printed(done: tuple[Path, Result]) -> None:
    _, ended = done
    assert "4 worlds (2 different ones, seed 1); policies plan again every 12 months" in ended.output
    assert "Not clearly: the hedge beats signing everything at the start in 50 % of worlds, by 8.500 USD bn on" in (
        ended.output
    )


def test_results_for_programs(done: tuple[Path, Result]) -> None:
    folder, _ = done
    words = ["--worlds", "4", "--every", "12", "--workers", "1", "--policy", "hedge", "--policy", "at_start"]
    again = run(str(folder.parent / "case"), "-o", str(folder), *words, "--json")
    assert json.loads(again.stdout) == json.loads((folder / "simulate.json").read_text())


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    staying(tmp_path / "case")
    words = ["--worlds", "0", "--every", "7", "--seed", "-1", "--policy", "hegde", "--law", "growth: 1"]
    ended = run(str(tmp_path / "case"), "-o", str(tmp_path / "out"), *words)
    assert ended.exit_code in FOUND
    assert "--worlds: expected a whole number from 1 to 100,000, found 0" in ended.output
    assert "--every: expected whole periods of the case: 12, 24, … months, found 7" in ended.output
    assert "--seed: expected a whole number of at least 0, found -1" in ended.output
    assert "'hegde'; did you mean 'hedge'?" in ended.output
    assert "--law" in ended.output
    assert "5 problems; nothing was done" in ended.output
    assert not (tmp_path / "out").exists()


def test_python(tmp_path: Path) -> None:
    case = staying(tmp_path / "case")
    found = case.simulate(2, 12, policies=["expected"], workers=1, folder=tmp_path / "runs")
    assert sorted(found.costs(found.asked.policies[0])) == pytest.approx([3.6, 6.6])
    with pytest.raises(DataError, match="did you mean 'wait'"):
        case.simulate(2, 12, policies=["wiat"])
