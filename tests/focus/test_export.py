"""Cloud commitments of plans as rows of FOCUS, worked by hand.

The deal runs for four years from 2026 on at 10 a GW-year, with floors of 6, 8, 10 and 12 and 1 GW, in a case from
2026 to 2029.
"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.focus.columns import OF_1_4
from planner.focus.export import contract_commitments, focus_file
from tests.focus.exported import column, rows_of, signing_all
from tests.instruments.test_cloud_endings import deal
from tests.plans import solved
from tests.small import demand, small

DAY = "T00:00:00Z"


def changed(folder: Path, *changes: str, **cells: str | float) -> Case:
    return deal(folder, 1, 1, 1, right=None, months=12, **cells).change(*changes)


def test_each_contract_year_is_a_commitment_to_its_floor(tmp_path: Path) -> None:
    """A scale of 1 is signed, so the floors are those of the table, in USD."""
    rows = rows_of(solved(changed(tmp_path)))
    assert column(rows, "Cost") == ["6000000000", "8000000000", "10000000000", "12000000000"]
    assert column(rows, "PeriodStart", "PeriodEnd") == [
        (f"{year}-01-01{DAY}", f"{year + 1}-01-01{DAY}") for year in range(2026, 2030)
    ]
    assert column(rows, "Id") == ["deal/1", "deal/2", "deal/3", "deal/4"]
    assert {*column(rows, "ContractId", "ContractPeriodStart", "ContractPeriodEnd")} == {
        ("deal", f"2026-01-01{DAY}", f"2030-01-01{DAY}")
    }
    for name, text in {
        "Category": "Spend", "LifecycleStatus": "Proposed", "DurationType": "1 Year", "PaymentModel": "No Upfront",
        "PaymentUpfrontPercentage": "0", "ServiceProviderName": "cloud", "x_TermYears": "4", "x_ChosenTier": "only",
        "BillingCurrency": "USD", "x_Shortfall": "forfeit", "x_YearCapacityGw": "1", "x_LeadMonths": "0",
    }.items():  # fmt: skip
        assert {*column(rows, name)} == {text}, name


def test_all_thirty_columns_come_first(tmp_path: Path) -> None:
    header = contract_commitments(signing_all(changed(tmp_path))).header
    assert header[:30] == OF_1_4
    assert len({*OF_1_4}) == 30
    assert all(name.startswith("x_") for name in header[30:])


def test_the_scale_multiplies_floors_and_capacity(tmp_path: Path) -> None:
    """Half of it: 3, 4, 5 and 6 bn, and half a GW."""
    rows = rows_of(signing_all(changed(tmp_path, "cloud_tiers[deal,only].scale_max = 0.5", tier="0.25,1")))
    assert column(rows, "Cost") == ["3000000000", "4000000000", "5000000000", "6000000000"]
    assert {*column(rows, "x_ChosenScale", "x_ChosenCommittedGw", "x_YearCapacityGw")} == {("0.5", "0.5", "1")}


@pytest.mark.parametrize(
    ("share", "model", "interval"), [(0, "No", "Custom"), (0.2, "Partial", "Custom"), (1, "All", "One-Time")]
)
def test_a_prepayment_is_a_payment_model(tmp_path: Path, share: float, model: str, interval: str) -> None:
    rows = rows_of(signing_all(changed(tmp_path, prepay_share=share)))
    said = {*column(rows, "PaymentModel", "PaymentUpfrontPercentage", "PaymentInterval")}
    assert said == {(f"{model} Upfront", str(share), interval)}


def test_years_that_are_over_have_expired_and_later_ones_are_pending(tmp_path: Path) -> None:
    """Signed for four years from October 2024 on: the second is under way in January 2026."""
    rows = rows_of(signing_all(changed(tmp_path, status="signed", sign_by="", lead_months="", start_date="2024-10-01")))
    assert column(rows, "LifecycleStatus") == ["Expired", "Active", "Pending", "Pending"]
    assert {*column(rows, "Created", "LastUpdated")} == {(f"2024-10-01{DAY}", f"2026-01-01{DAY}")}


def test_years_after_an_early_end_and_a_failure_are_canceled(tmp_path: Path) -> None:
    case = changed(tmp_path, status="signed", sign_by="", lead_months="", start_date="2025-01-01")
    gone = rows_of(signing_all(case.change("cloud_commitments[deal].gone_from = 2027-01-01")))
    assert column(gone, "LifecycleStatus") == ["Expired", "Active", "Canceled", "Canceled"]
    early = case.change(
        "+terminations{offer=deal, from_year=2, notice_months=0}", "cloud_commitments[deal].ends_on = 2028-01-01"
    )
    rows = rows_of(signing_all(early))
    assert column(rows, "LifecycleStatus") == ["Expired", "Active", "Pending", "Canceled"]
    assert {*column(rows, "ContractPeriodEnd")} == {f"2028-01-01{DAY}"}


def test_a_contract_whose_renewal_runs_is_superseded(tmp_path: Path) -> None:
    case = changed(tmp_path, status="signed", sign_by="", lead_months="", start_date="2025-01-01")
    case = case.change(
        "+cloud_commitments{offer=more, provider=cloud, status=signed, start_date=2026-01-01, term_years=1,"
        " shortfall=forfeit, renews=true, requires_offer=deal}",
        "+cloud_tiers{offer=more, tier=only, price_usd_bn_per_gw_year=9, scale_min=1, scale_max=1}",
        "+cloud_terms{offer=more, contract_year=1, capacity_gw=1, floor_usd_bn=1}",
        "+cloud_products{offer=more, chip=tpu_a, region=here, price_factor=1}",
    )
    said = column(rows_of(signing_all(case)), "ContractId", "LifecycleStatus")
    assert said == [("deal", "Expired"), *[("deal", "Superseded")] * 3, ("more", "Active")]


def test_a_planned_end_is_said_of_the_contract(tmp_path: Path) -> None:
    """Nothing is asked for from 2028 on, so the plan ends the deal then, for a fee of 3 instead of floors of 22."""
    rows = rows_of(solved(deal(tmp_path, 1, 1, 0, 0)))
    assert {*column(rows, "x_ChosenPlannedEnd")} == {"2028-01-01"}
    assert {*column(rows, "LifecycleStatus")} == {"Proposed"}


def test_what_the_spend_may_be_for_is_told_where_every_chip_is_in_every_region(tmp_path: Path) -> None:
    case = changed(tmp_path)
    (told, *_) = column(rows_of(signing_all(case)), "Applicability")
    assert [each["Values"] for each in json.loads(told)["Inclusions"]] == [["tpu_a"], ["here"]]


def test_a_plan_without_commitments_is_refused(tmp_path: Path) -> None:
    case = small(tmp_path, demand=demand(0, 0))
    with pytest.raises(DataError, match="a plan that signs a commitment to spend"):
        contract_commitments(signing_all(case))


# the command


def test_the_command_writes_the_file_that_the_room_makes(tmp_path: Path) -> None:
    plan, file = solved(changed(tmp_path / "case")), tmp_path / "a.csv"
    plan.write(tmp_path / "plan")
    words = ["export", str(tmp_path / "plan"), "--focus", str(file)]
    first = CliRunner().invoke(main, words)
    assert (first.exit_code, first.output) == (0, f"Written to {file}\n")
    assert file.read_bytes() == focus_file(plan)
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 2
    assert "--force replaces it" in again.output
    assert CliRunner().invoke(main, [*words, "--force"]).exit_code == 0
    assert CliRunner().invoke(main, [*words[:3], str(tmp_path / "a.txt")]).exit_code == 2
    assert "give -o FILE.xlsx, --focus FILE.csv or both" in CliRunner().invoke(main, words[:2]).output
