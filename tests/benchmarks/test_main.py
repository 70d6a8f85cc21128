import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import startup
from tests.benchmarks.__main__ import main
from tests.benchmarks.result import Row, Size


def test_results_are_shown_written_and_compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = iter((1.75, 1.25))
    asked: list[Size] = []

    def measured(size: Size) -> Sequence[Row]:
        asked.append(size)
        return [Row("help / click", next(values), 1.5)]

    monkeypatch.setattr(startup, "measure", measured)
    file = str(tmp_path / "then.json")
    first = CliRunner().invoke(main, ["startup", "--quick", "--limit", "7", "--json", file])
    assert first.exit_code == 0, first.output
    assert asked[0].name == "quick"
    assert asked[0].limit_s == 7
    said = json.loads(Path(file).read_text(encoding="utf-8"))
    assert {"planner", "pyomo", "highspy", "python", "cores"} <= said["versions"].keys()
    (row,) = said["results"]["startup"]
    assert (row["value"], row["met"]) == (1.75, False)
    second = CliRunner().invoke(main, ["startup", "--compare", file])
    assert second.exit_code == 0, second.output
    assert asked[1].name == "default"
    assert "1.75" in second.output
    assert "1.25" in second.output


def test_a_name_that_there_is_not_is_refused() -> None:
    assert CliRunner().invoke(main, ["nothing"]).exit_code == 2
