"""The instrument and the rule of CONTRIBUTING.md work when they are pasted into the files that the page names."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

FILES = re.findall(r"`(planner/[^`]+\.py)`:\n\n```python\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
DIFFS = re.findall(r"`(planner/[^`]+\.py)`[^`]*\n\n```diff\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)

POWER = 0.4
"""GW of clean power that the case demands"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the planner with what the page pastes."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "planner", folder / "planner", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILES:
        assert not (folder / name).exists()
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, diff in DIFFS:
        text = (folder / name).read_text(encoding="utf-8")
        for hunk in diff.strip("\n").split("\n\n"):
            lines = hunk.split("\n")
            old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
            assert text.count(old) == 1, old
            text = text.replace(old, "".join(f"{line[1:]}\n" for line in lines))
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def planner(checkout: Path, *words: str | Path) -> str:
    """What the copy prints."""
    ended = subprocess.run(
        [sys.executable, "-m", "planner.cli", *map(str, words)],
        cwd=checkout, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(checkout)},
    )  # fmt: skip
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def with_tables(folder: Path) -> Path:
    """The starter with power contracts and a demand for clean power."""
    shutil.copytree(ROOT / "data" / "starter", folder)
    (folder / "power_contracts.csv").write_text(
        "offer,seller,region,status,max_gw,price_usd_bn_per_gw_year,signing_fee_usd_bn\n"
        "wind,wind_farm,west,open,2,0.01,0.02\nsun,sun_farm,west,open,0.1,0.5,0\n",
        encoding="utf-8",
    )
    (folder / "clean_power.csv").write_text("region,min_gw\nwest,0.4\n", encoding="utf-8")
    return folder


def test_the_page_names_its_files() -> None:
    folder = "planner/instruments/power_contract"
    modules = ("tables", "postings", "constraints", "contract_checks", "advance", "__init__")
    assert [name for name, _ in FILES] == [*(f"{folder}/{name}.py" for name in modules), "planner/rules/clean_power.py"]
    assert [name for name, _ in DIFFS] == ["planner/catalogue.py", "planner/ledgers/ledgers.py"]


def test_the_contract_is_signed_paid_and_audited(checkout: Path, tmp_path: Path) -> None:
    case, plan, base = with_tables(tmp_path / "case"), tmp_path / "plan", tmp_path / "base"
    planner(checkout, "solve", ROOT / "data" / "starter", "-o", base)
    planner(checkout, "solve", case, "-o", plan)
    planner(checkout, "advance", plan, "--to", "2028-01-01", "-o", tmp_path / "later")
    assert ",signed," in (tmp_path / "later" / "power_contracts.csv").read_text(encoding="utf-8")
    planner(checkout, "audit", plan)
    cost, before = (
        json.loads((folder / "plan.json").read_text(encoding="utf-8"))["objective_usd_bn"] for folder in (plan, base)
    )
    # Wind sells it for four years, at 0.01 a year without discounting, after a fee of 0.02. Sun is dearer.
    assert cost - before == pytest.approx(0.02 + 4 * 0.01 * POWER, rel=1e-2)
    text = (plan / "decisions.csv").read_text(encoding="utf-8")
    assert "power_contract.size[wind]" in text
    assert "power_contract.size[sun]" not in text


def test_the_audit_finds_power_without_a_signature(checkout: Path, tmp_path: Path) -> None:
    """Without its constraint the model buys power and does not pay the fee for signing."""
    shutil.copytree(checkout / "planner", tmp_path / "planner")
    build = tmp_path / "planner" / "instruments" / "power_contract" / "constraints.py"
    text = build.read_text(encoding="utf-8")
    assert text.count("* b.sign[o]\n") == 1
    build.write_text(text.replace("* b.sign[o]\n", "+ 0 * b.sign[o]\n"), encoding="utf-8")
    case, plan = with_tables(tmp_path / "case"), tmp_path / "plan"
    planner(tmp_path, "solve", case, "-o", plan)
    with pytest.raises(AssertionError, match=r"wind: at most max_gw, and 0 if not signed"):
        planner(tmp_path, "audit", plan)


def test_explain_finds_the_rule(checkout: Path, tmp_path: Path) -> None:
    """Wind and sun sell 0.2 GW together, half of what the rule demands."""
    case = with_tables(tmp_path / "case")
    less = ("--set", "power_contracts[wind].max_gw = 0.1")
    printed = planner(checkout, "explain", case, *less, "--include", "policies")
    assert "1. 0.2 GW less clean power in west" in printed
    assert "--set 'clean_power[west].min_gw -= 0.2'" in printed
