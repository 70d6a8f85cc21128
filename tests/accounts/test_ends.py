"""Books of plans whose leases end early, are renewed, or commence inside a period."""

from pathlib import Path

import pytest

from planner.accounts.books import Books, Standard
from planner.accounts.disclosures import tables
from tests.accounts.reconciled import reconciled
from tests.instruments import test_chip_lease_endings as chips
from tests.instruments import test_lease_endings as halls
from tests.instruments import test_lease_renewals as renewals
from tests.plans import solved


# Rent of 0.6 and 0.66, then the end at the start of 2028 with a fee of 0.342, told half a year before.
def test_halls_given_back(tmp_path: Path) -> None:
    plan = solved(halls.leased(tmp_path, 0.5, 0.5, 0, 0))
    reconciled(plan)
    books = Books(plan, Standard.IFRS16)
    (entry,) = books.entries
    assert entry.liability.payments.sum() == pytest.approx(0.6 + 0.66 + halls.FEE)
    assert entry.liability.closing[3] == pytest.approx(halls.FEE)
    assert entry.liability.closing[4:] == pytest.approx([0.0] * 4, abs=1e-12)
    due = tables(books)["maturity"].query("as_of == '2027-12-31'").set_index("due")["value_usd_bn"]
    assert due[["year 1", "total", "lease liability"]].tolist() == pytest.approx([halls.FEE] * 3)


@pytest.mark.parametrize("months", [12, 6, 3])
def test_ends_inside_periods(tmp_path: Path, months: int) -> None:
    cells = halls.SIGNED | {"ready_date": "2024-04-01", "ends_on": "2027-04-01", "deposit_held_usd_bn": 0.2}
    reconciled(solved(halls.leased(tmp_path / "halls", 0.5, 0.5, 0, months=months, **cells)))
    lease = chips.leased(
        tmp_path / "chips", 0, 0, 0, months=months, status="signed", sign_from="2024-04-01", sign_by="",
        ends_on="2027-04-01", debt="A,debt,1,0.5,0.5,0,,0,false,6,,,,",
    )  # fmt: skip
    reconciled(solved(lease))


@pytest.mark.parametrize("months", [12, 6, 3])
def test_halls_that_commence_inside_a_period(tmp_path: Path, months: int) -> None:
    cells = halls.SIGNED | {"ready_date": "2026-10-01"}
    plan = solved(halls.leased(tmp_path, 0, 0.5, 0.5, months=months, right="offer,from_year\n", **cells))
    reconciled(plan)
    (entry,) = Books(plan, Standard.ASC842).entries
    before = 0.6 / 4 if months in (12, 6) else 0.0
    assert entry.liability.before.sum() == pytest.approx(before)
    assert (entry.liability.closing > -1e-12).all()


def test_halls_kept(tmp_path: Path) -> None:
    plan = solved(renewals.leased(tmp_path, 0.5, 0.5, 0.5, 0.5))
    reconciled(plan)
    (entry,) = Books(plan, Standard.IFRS16).entries
    assert any(each.first > 0 for each in entry.contract.leases)
