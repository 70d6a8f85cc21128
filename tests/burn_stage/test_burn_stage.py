"""A company without revenue that lives on two rounds of equity, in MW, USD m and prices per chip."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case.plausibility import slips
from planner.cli import main
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.plan.audit import audit
from planner.roll.advance import advance

CASE = Path(__file__).parent / "case"


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


def test_the_fewest_files(tmp_path: Path) -> None:
    """Without sources, resale values and workloads, and so with a firm marketplace, nine files are enough."""
    case = Case.read(CASE)
    assert len(case.files) == 12
    files = {name: re.sub(rb",(source|a_\w+)$", b"", data, flags=re.MULTILINE) for name, data in case.files.items()}
    for name in ("sources.csv", "resale_values.csv", "workloads.csv"):
        del files[name]
    fewer = Case.made_of(files).change("spare_capacity[marketplace].firm = true")
    assert len(fewer.files) == 9
    plan = fewer.solve()
    signed = set(plan.offers.loc[plan.offers["signed"] == "yes", "offer"])
    assert {"colocation", "gpu_order"} <= signed
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees


def test_rolled_forward() -> None:
    """At the start of 2027 the order is placed and the hall is leased; the time to come costs the same."""
    found = advance(Case.read(CASE).solve(), date(2027, 1, 1))
    assert found.identity.error < 1e-9
    assert not found.identity.broken
    assert {str(row.status) for row in found.case.rows(ChipPurchase)} <= {"signed", "open"}
    assert found.case.solve().record.objective_usd_bn == pytest.approx(found.identity.rest, rel=1e-5)
