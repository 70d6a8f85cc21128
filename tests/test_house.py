"""The house is in order: style, types, the direction of imports, and what starting up loads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CHECKS = {
    "lint": ("-m", "ruff", "check"),
    "format": ("-m", "ruff", "format", "--check"),
    "types": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command([])"),
}

STARTS = {
    "import": "import planner",
    "help": "from planner.cli import main; main(['--help'], standalone_mode=False)",
}


def run(*arguments: str) -> str:
    """What this Python prints when run on the arguments in the checkout; shown in full where it fails."""
    ended = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_check_passes(check: tuple[str, ...]) -> None:
    run(*check)


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_starting_up_loads_nothing_slow(start: str) -> None:
    loaded = run("-c", f"{start}; import sys; print('LOADED', *sys.modules)").rpartition("LOADED")[2].split()
    assert not {"highspy", "networkx", "pandas", "pyomo"} & set(loaded)


def test_a_solve_loads_no_data_frames(tmp_path: Path) -> None:
    """They take longer to import than a small case to solve."""
    arguments = ["solve", "data/starter", "-o", str(tmp_path / "plan")]
    ending = "import atexit, sys; atexit.register(lambda: print('LOADED', *sys.modules))"
    loaded = run("-c", f"{ending}; from planner.cli import main; main({arguments})").rpartition("LOADED")[2].split()
    assert "highspy" in loaded
    assert "pandas" not in loaded
