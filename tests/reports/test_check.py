"""What `check` says of a case, on the starter and on cases made to look wrong."""

from pathlib import Path
from shutil import copytree

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.reports.check import Check


def looked(*changes: str) -> Check:
    return Case.read(path("starter")).change(*changes).check()


def test_gw_on_offer_takes_the_largest_of_an_exclusive_group() -> None:
    """Clouds: cirrus_tpu at 1.5 × 1 GW is larger than stratus, its rival; on_demand adds 0.5 and idle_gpus 0.2.

    Halls: mill 0.2 from 2027, mesa_1 0.4 and lake 0.2 from 2028, mesa_2 0.4 from 2029.
    Chips: 0.2 owned; orders of at most 1 and 0.5, and a lease of at most 8 / 16 = 0.5, delivered a year after the first
    date of 2027.
    """
    offered = looked().on_offer()
    assert offered["cloud"].tolist() == pytest.approx([2.2, 2.2, 2.2, 2.2])
    assert offered["halls"].tolist() == pytest.approx([0.2, 0.8, 1.2, 1.2])
    assert offered["chips"].tolist() == pytest.approx([0.2, 2.2, 2.2, 2.2])


def test_demand_and_room() -> None:
    """Training 1, 1, 1.4, 1.4 and interactive 0.4, 0.6, 0.6, 0.6; cirrus has 8 − 1.6, the bank 9, tpu_maker 2 − 0.2."""
    check = looked()
    assert check.demand().tolist() == pytest.approx([1.4, 1.6, 2.0, 2.0])
    rooms = {name: room.tolist() for name, room in check.guarantor_room().items()}
    assert rooms == {
        "cirrus/lease": pytest.approx([6.4] * 4),
        "bank/lease": pytest.approx([9.0] * 4),
        "tpu_maker/residual": pytest.approx([1.8] * 4),
    }


def test_nothing_looks_wrong_with_the_starter() -> None:
    check = looked()
    assert (check.broken_by_signed(), check.floors_out_of_reach(), check.notes()) == ([], [], [])
    assert check.assumptions()["site_leases"] == {"assumption": 4}


def test_signed_rows_that_break_a_limit_by_themselves() -> None:
    """mill owes 0.2 GW × 1.2 a year for the eight years left of its ten: 1.92."""
    check = looked("finance[*].obligations_cap_usd_bn = 1")
    assert check.broken_by_signed() == ["obligations all: 1.92 against 1 USD bn from 2027-01-01"]


def test_floors_that_can_never_be_used_up() -> None:
    """In 2028 stratus gives 1.25 GW at 9.6, so at most 12 can be spent."""
    check = looked("cloud_terms[stratus_trainium,2].floor_usd_bn = 12.5")
    expected = "stratus_trainium, tier single, starting 2027-01-01: contract years 2 (12.5 against 12) USD bn"
    assert check.floors_out_of_reach() == [expected]


def test_windows_without_a_period_start() -> None:
    check = looked("chip_purchases[gpu_order].sign_from = 2027-02-01", "chip_purchases[gpu_order].sign_by = 2027-11-01")
    text = "gpu_order: the window from 2027-02-01 to 2027-11-01 holds no period start: not offered"
    assert check.notes() == [text]
    assert text in check.text()


def test_absent_tables_are_named(tmp_path: Path) -> None:
    case = copytree(path("starter"), tmp_path / "case")
    for name in ("spare_capacity", "term_loans"):
        (case / f"{name}.csv").unlink()
    check = Case.read(case).check()
    assert check.case.absent == ("spare_capacity", "term_loans")
    assert "spare_capacity, term_loans" in check.text()
    assert check.json()["title"] == "Starter: a small lab, 2027-2030"


def test_deliveries_and_lots_add_up() -> None:
    """Half of the TPU order comes a year after its date, half two years after; the second owned lot arrives in 2028.

    At most 0.2 owned, 1 + 0.5 ordered on the first date, 0.5 leased: 0.2; 0.2 + 0.3 + 0.5 + 0.5 + 0.5; then 0.5 more.
    """
    check = looked(
        "chip_deliveries[tpu_order,12].delivered_share = 0.5",
        "+chip_deliveries{offer=tpu_order, months=24, delivered_share=0.5}",
        "+owned_chips{chip=gpu_a, gw=0.3, in_service=2028-01-01, cost_usd_bn=7.2}",
    )
    assert check.on_offer()["chips"].tolist() == pytest.approx([0.2, 2.0, 2.5, 2.5])


def test_a_signed_lease_behind_which_a_guarantor_stands_counts() -> None:
    """mesa_1 signed already for 2028 is 0.4 GW in the west, whose grid carries 0.3."""
    check = looked(
        "site_leases[mesa_1].status = signed", "site_leases[mesa_1].families = gpu", "regions[west].grid_limit_gw = 0.3"
    )
    assert check.broken_by_signed() == ["grid_limit west: 0.4 against 0.3 GW from 2028-01-01"]


def test_a_lease_that_nobody_can_back() -> None:
    check = looked("guarantors[bank,lease].families = tpu", "site_leases[lake].families = gpu")
    remark = "lake: no guarantor of leases backs chips of its families: it cannot be exercised"
    assert check.notes() == [remark]


def test_a_lease_of_chips_without_its_supporter_and_a_loan_that_comes_too_late() -> None:
    check = looked("guarantors[tpu_maker,residual].families = gpu", "term_loans[bridge].repay_by = 2028-01-01")
    assert check.notes() == [
        "tpu_lease: tpu_maker does not support tpu: unsupported only",
        "bridge: it cannot be drawn: no period starts within its dates and before it is repaid",
    ]
