"""Schedules that others have published, and a calculator by somebody else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from ifrs16kit import LeaseInputs, cross_check

from planner.accounts.books import Books, Standard
from planner.accounts.leases import Lease, LeaseContract
from planner.accounts.liability import roll_forward
from planner.accounts.right_of_use import right_of_use
from planner.api import Case
from planner.basics.calendar import Calendar
from planner.case import shipped
from planner.interfaces.debt import LeaseLiability
from tests.accounts.reconciled import reconciled
from tests.plans import solved


def lease(*payments: float, in_advance: bool = False, ends: float | None = None) -> Lease:
    """A lease from the start on, with a payment a year; those in advance begin with the second year."""
    years = np.arange(1.0, len(payments) + 1)
    return Lease(0, False, ends or len(payments) + in_advance, years, np.array(payments, dtype=float))


def contract(*leases: Lease, direct: float = 0.0) -> LeaseContract:
    costs = ((0.0, direct),) if direct else ()
    return LeaseContract("lease", "lessor", "lease", LeaseLiability("rent"), 0, leases, costs)


def calendar(years: int) -> Calendar:
    return Calendar(date(2026, 1, 1), date(2026 + years, 1, 1), 12)


class TestIllustrativeExamplesOfIfrs16:
    """https://www.ifrs.org, IFRS 16 Illustrative Examples; figures in the example's own currency units."""

    # Ten payments of 50,000 in advance at 5 %, direct costs 20,000, incentive 5,000; the first is paid at once.
    def test_example_13(self) -> None:
        ours = contract(lease(*[50_000] * 9, in_advance=True), direct=50_000 + 20_000 - 5_000)
        owed = roll_forward(ours, calendar(10), 0.05)
        asset = right_of_use(ours, owed, calendar(10), 0.05, straight=True)
        assert owed.additions[0] == pytest.approx(355_391, abs=1)
        assert asset.additions[0] == pytest.approx(420_391, abs=1)
        assert owed.interest[:2] == pytest.approx([17_770, 16_158], abs=1)
        assert owed.closing[5] + 50_000 == pytest.approx(186_165, abs=5)  # before the payment of the seventh year
        assert asset.closing[5] == pytest.approx(168_156, abs=1)

    # The same lease, extended after six years at 6 %: four payments of 50,000 and five of 55,000, in advance.
    def test_example_13_extended(self) -> None:
        longer = contract(lease(*[50_000] * 3, *[55_000] * 5, in_advance=True))
        assert roll_forward(longer, calendar(9), 0.06).additions[0] + 50_000 == pytest.approx(378_174, abs=1)

    # Seven payments left of the lease of example 13, at the start of the third year; then of 54,000.
    def test_example_14(self) -> None:
        owed = roll_forward(contract(lease(*[50_000] * 9, in_advance=True)), calendar(10), 0.05)
        assert owed.closing[1] + 50_000 == pytest.approx(339_319, abs=1)
        raised = roll_forward(contract(lease(*[54_000] * 7, in_advance=True)), calendar(8), 0.05)
        assert raised.additions[0] + 54_000 == pytest.approx(366_464, abs=1)

    def test_example_16(self) -> None:
        owed = roll_forward(contract(lease(*[100_000] * 10)), calendar(10), 0.06)
        assert owed.closing[5] == pytest.approx(346_511, abs=1)

    def test_example_17(self) -> None:
        ours = contract(lease(*[50_000] * 10))
        owed = roll_forward(ours, calendar(10), 0.06)
        asset = right_of_use(ours, owed, calendar(10), 0.06, straight=True)
        assert (asset.closing[4], owed.closing[4]) == (
            pytest.approx(184_002, abs=1), pytest.approx(210_618, abs=1),
        )  # fmt: skip


# Exercises on ASC 842 of which answers are in print: present value, yearly cost of an operating lease, first interest.
@pytest.mark.parametrize(
    ("payments", "value", "cost"),
    [((17_000, 22_000, 27_000, 32_000), 81_556, 24_500), ((11_000, 16_000, 21_000, 26_000), 61_233, 18_500)],
)
def test_operating_leases_under_asc_842(payments: tuple[float, ...], value: float, cost: float) -> None:
    ours = contract(lease(*payments))
    owed = roll_forward(ours, calendar(4), 0.07)
    asset = right_of_use(ours, owed, calendar(4), 0.07, straight=False)
    assert owed.additions[0] == pytest.approx(value, abs=1)
    assert asset.lease_cost == pytest.approx([cost] * 4)
    assert asset.amortisation + owed.interest == pytest.approx(asset.lease_cost)
    assert asset.closing[-1] == pytest.approx(0.0, abs=1e-6)


# 3 years of 10 at no interest, of which the last is ended at the end of the second for a fee of 4; notice at the start
# of the second. The liability is 30, and 20 after a year; the end takes 10 and adds 4. So does that of the asset.
@pytest.mark.parametrize("straight", [True, False])
def test_an_early_end(straight: bool) -> None:
    whole = lease(10, 10, 10)
    ended = Lease(1, False, 2.0, np.array([3.0]), np.array([-10.0]))
    fee = Lease(1, False, 2.0, np.array([2.0]), np.array([4.0]), fee=True)
    ours = contract(whole, ended, fee)
    owed = roll_forward(ours, calendar(4), 0.0)
    asset = right_of_use(ours, owed, calendar(4), 0.0, straight=straight)
    assert owed.closing.tolist() == [20.0, 4.0, 0.0, 0.0]
    assert owed.payments.tolist() == [10.0, 10.0, 4.0, 0.0]
    assert owed.additions.tolist() == [30.0, -6.0, 0.0, 0.0]
    assert asset.closing == pytest.approx([20.0, 0.0, 0.0, 0.0])
    assert asset.amortisation == pytest.approx([10.0, 14.0, 0.0, 0.0])


# 20 owed and an asset of 10, as half of it was used up: an end that takes 20 takes the asset and is a gain of 10.
def test_an_end_beyond_the_asset() -> None:
    whole = replace(lease(0, 20), ends=2.0)
    ended = Lease(1, False, 1.0, np.array([2.0]), np.array([-20.0]))
    ours = contract(whole, ended)
    owed = roll_forward(ours, calendar(2), 0.0)
    asset = right_of_use(ours, owed, calendar(2), 0.0, straight=True)
    assert (asset.gain.tolist(), asset.closing.tolist()) == ([0.0, 10.0], [10.0, 0.0])


@pytest.fixture(scope="module")
def books() -> Books:
    """The starter's books by months of three, with two tranches of five deliveries of a chip lease."""
    later = [f"+chip_deliveries{{offer=tpu_lease, months={3 * k}, delivered_share=0.2}}" for k in range(4)]
    plan = solved(
        Case.read(shipped.path("starter")).change(
            "case.period_months = 3", "case.recognise_leases = commencement",
            "chip_leases[tpu_lease].status = required", "chip_deliveries[tpu_lease,12].delivered_share = 0.2", *later,
        )
    )  # fmt: skip
    reconciled(plan)
    return Books(plan, Standard.IFRS16)


def test_a_calculator_by_others_agrees_on_ten_leases(books: Books) -> None:
    agreed = 0
    h = books.calendar.h
    for entry in books.entries:
        for each in entry.contract.leases:
            level = np.ptp(each.payments) < 1e-9
            on_ends = np.allclose(each.years / h, np.round(each.years / h))
            if each.first >= books.calendar.T or not level or not on_ends:
                continue
            asked = LeaseInputs(
                commencement=date(2026, 1, 1), term_years=0, term_extra_months=round(len(each.years) * h * 12),
                freq=round(1 / h), payment=float(each.payments[0]), is_advance=False, ibr_annual=books.rate, idc=0.0,
                useful_life_months=1200,
            )  # fmt: skip
            theirs, start = cross_check(asked), books.calendar.start_years(each.first)
            if abs(each.years[0] - start - h) > 1e-9:
                continue
            alone = replace(entry.contract, leases=(each,), direct_costs=())
            longer = Calendar(books.calendar.start, date(2060, 1, 1), books.calendar.period_months)
            owed = roll_forward(alone, longer, books.rate)
            asset = right_of_use(alone, owed, longer, books.rate, straight=True)
            assert owed.additions.sum() == pytest.approx(theirs["liability"], rel=1e-9)
            assert owed.interest.sum() == pytest.approx(theirs["total_interest"], rel=1e-9)
            assert asset.amortisation.sum() == pytest.approx(theirs["total_depreciation"], rel=1e-9)
            agreed += 1
    assert agreed >= 10
