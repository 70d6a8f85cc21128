"""What the README shows is what happens."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_plan_shown_is_the_plan_made(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    result = CliRunner().invoke(main, ["solve", str(ROOT / "data" / "starter"), "-o", str(plan)])
    (shown,) = blocks("text")
    assert result.output.replace(str(plan), "plans/starter") == shown


def test_the_python_shown_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = blocks("python")
    names: dict[str, object] = {}
    exec(shown, names)
    assert {"case", "plan", "half"} <= set(names)


def test_every_file_of_a_plan_is_explained(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    CliRunner().invoke(main, ["solve", str(ROOT / "data" / "starter"), "-o", str(plan)])
    for file in plan.iterdir():
        assert f"| `{file.name}{'/' * file.is_dir()}` |" in README
