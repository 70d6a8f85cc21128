"""A company without revenue that lives on two rounds of equity, in MW, USD m and prices per chip."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case.plausibility import slips
from planner.cli import main
from planner.plan.audit import audit

CASE = Path(__file__).parent / "case"
FIRST = ("regions", "workloads", "demand", "chips", "chip_performance", "spare_capacity", "finance")
"""with `case.toml` the eight files of a first plan"""


def test_the_whole_case(tmp_path: Path) -> None:
    """It has no slips, all demand is served, cash holds, and nothing that is printed is in GW or USD bn."""
    case = Case.read(CASE)
    assert slips(case) == []
    found = CliRunner().invoke(main, ["solve", str(CASE), "-o", str(tmp_path / "plan")])
    assert found.exit_code == 0, found.output
    assert "Proven" in found.output
    assert not re.search(r"\bGW\b|USD bn", found.output)
    assert audit(tmp_path / "plan").agrees
    plan = case.solve()
    signed = set(plan.offers.loc[plan.offers["signed"] == "yes", "offer"])
    assert {"colocation", "gpu_order", "reserved", "on_demand"} <= signed
    assert plan.record.penalties_usd_bn == pytest.approx(0.0, abs=1e-9)
    cash = plan.tables["cash"]
    assert float(cash["closing_usd_bn"].min()) >= 0.015 - 1e-9


def test_without_its_rounds_there_is_no_plan() -> None:
    """Costs other than compute are 135 USD m in three years; the opening balance is 90."""
    case = Case.read(CASE)
    poor = case.change("-other_cash[*,*]", "finance[*].min_cash_usd_m = 0")
    with pytest.raises(Infeasible):
        poor.solve()


def first_year(folder: Path) -> Case:
    """The eight files, for the year 2026 and undiscounted; the marketplace is firm."""
    folder.mkdir()
    for name in FIRST:
        (folder / f"{name}.csv").write_bytes((CASE / f"{name}.csv").read_bytes())
    chips = (folder / "chips.csv").read_text().replace(",a_chips", "").replace(",source", "")
    (folder / "chips.csv").write_text(chips)
    for name in set(FIRST) - {"chips"}:
        text = (folder / f"{name}.csv").read_text()
        (folder / f"{name}.csv").write_text(re.sub(r",(source|a_\w+)$", "", text, flags=re.MULTILINE))
    toml = (CASE / "case.toml").read_text().replace("2029-01-01", "2027-01-01").replace("0.15", "0.0")
    (folder / "case.toml").write_text(toml)
    return Case.read(folder).change("spare_capacity[marketplace].firm = true", "finance[*].min_cash_usd_m = 5")


def test_eight_files_make_a_plan(tmp_path: Path) -> None:
    """3 MW of H100 at 2.60 USD an hour: 2.6 × 8,766 / 1.3 = 17,532 USD per kW and year, so 52.596 USD m.

    90 USD m less 52.596 and less 30 of other costs leaves 7.404.
    """
    case = first_year(tmp_path / "case")
    assert len(case.files) == 8
    plan = case.solve()
    assert plan.record.objective_usd_bn == pytest.approx(3e-3 * 17.532, rel=1e-9)
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees
    left = float(plan.tables["cash"]["closing_usd_bn"].iloc[-1])
    assert left == pytest.approx(0.090 - 0.052596 - 0.030, rel=1e-6)
