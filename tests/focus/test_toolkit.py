"""Our files under a validator of others, and samples that it makes read into a case."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from planner.api import Case
from planner.case import shipped
from tests.focus.exported import into, rows_of, signing_all
from tests.focus.test_import import left
from tests.instruments.test_cloud_commitment import TestUnderWay
from tests.instruments.test_cloud_endings import deal

validator = pytest.importorskip("focus_data_toolkit.model.validator")
UNTOLD = {
    "cloud_commitments.csv shortfall", "cloud_terms.csv capacity_gw", "cloud_tiers.csv price_usd_bn_per_gw_year",
    "cloud_products.csv chip", "cloud_products.csv region", "cloud_products.csv price_factor",
}  # fmt: skip
"""what no file of FOCUS tells of a commitment"""


def toolkit(*words: object, folder: Path) -> None:
    """Run a command of the toolkit in a folder."""
    command = [sys.executable, "-m", "focus_data_toolkit", *map(str, words)]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)


def violations(rows: list[dict[str, str]]) -> list[str]:
    return list(validator.lint_focus_1_4_structure("Contract Commitment", rows).messages())


@pytest.mark.parametrize("name", shipped.names())
def test_commitments_of_shipped_cases_are_valid(name: str) -> None:
    rows = rows_of(signing_all(Case.read(shipped.path(name))))
    assert rows
    assert violations(rows) == []


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_prepayments_parts_of_years_and_contracts_under_way_are_valid(tmp_path: Path, share: float) -> None:
    case = deal(tmp_path / "a", 1, 1, 1, right=None, months=12, prepay_share=share)
    case = case.change("cloud_commitments[deal].term_years = 3.5")
    under_way = TestUnderWay.case.__wrapped__(TestUnderWay(), tmp_path / "b")  # type: ignore[attr-defined]
    assert violations(rows_of(signing_all(case))) == []
    assert violations(rows_of(signing_all(under_way))) == []


def test_a_slip_is_noticed() -> None:
    rows = rows_of(signing_all(Case.read(shipped.path("starter"))))
    assert violations([{**rows[0], "ContractCommitmentLifecycleStatus": "Signed"}])
    assert violations([{**rows[0], "ContractCommitmentPaymentUpfrontPercentage": "0.5"}])


def test_samples_of_both_versions_are_read_and_what_is_missing_is_listed(tmp_path: Path) -> None:
    """The sample of 1.3 has twelve commitments of a year each; the converted one tells provider and lifecycle too."""
    words = ("--provider", "aws", "--focus-version", "1.3", "--rows", "100")
    toolkit("generate", *words, folder=tmp_path)
    (old,) = tmp_path.rglob("*1_3_contract_commitment*.csv")
    (bill,) = tmp_path.rglob("*1_3_cost_and_usage*.csv")
    asked = ("--cost-and-usage", bill, "--contract-commitment", old, "--mode", "synthetic", "--exit-policy", "pipeline")
    toolkit("convert", *asked, "--out", "new", folder=tmp_path)
    (new,) = (tmp_path / "new").rglob("*1_4_contract_commitment*.csv")
    for file, more in ((old, {"cloud_commitments.csv status", "cloud_commitments.csv provider"}), (new, set())):
        count = len(list(csv.DictReader(file.read_text(encoding="utf-8").splitlines())))
        folder = tmp_path / file.stem
        deal(folder, 1, 1, right=None)
        found = into(file, folder)
        assert len(found.offers) == found.rows["cloud_commitments.csv"] == count > 0
        assert left(found) == UNTOLD | more
        assert found.elsewhere == 0
        assert (len(found.notes) > count) == (file is old)
