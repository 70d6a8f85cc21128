"""The changes that a plan's record names: exact, in order, needed, and checked as far as the case can tell."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.cli import main
from planner.plan.audit import audit
from planner.plan.audit.changes import unlike_changes
from planner.plan.plan import Plan
from planner.reports.compare import Comparison
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.sweep import sweep
from tests.plans import solved
from tests.small import cloud, demand, small

PRICE = "cloud_tiers[deal,only].price_usd_bn_per_gw_year"


def case(folder: Path) -> Case:
    return small(folder, demand=demand(1), **cloud())


def test_texts_are_kept_exactly_and_in_order(tmp_path: Path) -> None:
    texts = (f"{PRICE}  *= 2", "case.opening_cash_usd_bn = 5", f"{PRICE} = 12")
    changed = case(tmp_path / "case").change(*texts[:1]).change(*texts[1:])
    plan = solved(changed)
    assert plan.record.changes == texts
    assert solved(case(tmp_path / "other")).record.changes == ()


def test_the_command_line_and_its_options_are_changes(tmp_path: Path) -> None:
    case(tmp_path / "case")
    words = ["solve", tmp_path / "case", "-o", tmp_path / "plan", "--set", f"{PRICE} += 1", "--period-months", "6"]
    assert CliRunner().invoke(main, list(map(str, words))).exit_code == 0
    assert Plan.read(tmp_path / "plan").record.changes == (f"{PRICE} += 1", "case.period_months = 6")


def test_runs_of_a_sweep_name_those_of_the_study_and_their_own(tmp_path: Path) -> None:
    base = case(tmp_path / "case").change(f"{PRICE} = 12")
    found = sweep(base, design({"grid": ["demand: demand[*,*,*].demand_gw *= 2"]}, "s"), engine=InThisProcess)
    changes = [outcome.plan.record.changes for outcome in found.outcomes]
    assert changes == [(f"{PRICE} = 12",), (f"{PRICE} = 12", "demand[*,*,*].demand_gw *= 2")]


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ([f"{PRICE} = 12"], None),
        ([f"{PRICE} = 13"], 0),
        ([f"{PRICE} = 13", f"{PRICE} = 12"], None),
        ([f"{PRICE} = 12", f"{PRICE} = 13"], 1),
        ([f"{PRICE} = 5", f"{PRICE} *= 2"], None),  # the case before the changes is not known
        (["case.opening_cash_usd_bn = 3", f"{PRICE} = 12"], 0),
        (["cloud_tiers[none,only].price_usd_bn_per_gw_year = 12"], 0),
        (["lower the price"], 0),
        ([f"-{PRICE.partition('.')[0]}"], None),  # what is gone cannot be told from what never was
    ],
)
def test_what_was_set_last_must_stand_in_the_case(texts: list[str], named: int | None, tmp_path: Path) -> None:
    found = list(unlike_changes(texts, case(tmp_path / "case").change(f"{PRICE} = 12")))
    assert len(found) == (named is not None)
    assert all(repr(texts[named or 0]) in str(each) for each in found)


def test_an_audit_reads_them(tmp_path: Path) -> None:
    plan = solved(case(tmp_path / "case").change(f"{PRICE} = 12"))
    replace(plan, record=replace(plan.record, changes=(f"{PRICE} = 11",))).write(tmp_path / "plan")
    (finding,) = audit(tmp_path / "plan").findings
    assert str(finding) == f"plan.json changes: says '{PRICE} = 11', which the case does not hold"
    told = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    del told["changes"]
    (tmp_path / "plan" / "plan.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(DataError, match="changes"):
        Plan.read(tmp_path / "plan")


def test_a_comparison_lists_cells_and_changes(tmp_path: Path) -> None:
    first = solved(case(tmp_path / "case"))
    texts = (f"{PRICE} = 12", "case.opening_cash_usd_bn = 5")
    second = solved(first.case.change(*texts))
    found = Comparison(first, second)
    assert [(each.item, each.column, each.first, each.second) for each in found.cells] == [
        ("case", "opening_cash_usd_bn", "0", "5"),
        ("cloud_tiers[deal,only]", "price_usd_bn_per_gw_year", "10", "12"),
    ]
    text = found.text()
    assert f"Second: its case was changed by --set '{texts[0]}' --set '{texts[1]}'" in text.replace("\n ", "")
    assert "  cloud_tiers[deal,only].price_usd_bn_per_gw_year: 10, 12" in text
    assert "First: its case" not in text
    assert found.json()["changes"] == {"first": [], "second": [*texts]}
    cells = found.table[found.table["section"] == "cells"]
    assert cells["difference"].tolist() == [5.0, 2.0]
    found.write(tmp_path / "all.csv")
    assert "cells" in set(pd.read_csv(tmp_path / "all.csv")["section"])


def test_rows_that_only_one_case_has(tmp_path: Path) -> None:
    first = solved(Case.read(shipped.path("starter")))
    second = solved(first.case.change("-site_leases[mesa_2]"))
    told = {(each.item, each.column): (each.first, each.second) for each in Comparison(first, second).cells}
    assert told[("site_leases[mesa_2]", "row")] == ("a row", "no such row")
    assert len(told) == 1
