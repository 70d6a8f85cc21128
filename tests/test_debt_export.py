"""`debt.csv`: in every class opening, additions and interest, less what is paid, make what a period closes at."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.catalogue import CATALOGUE
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.plan.exports.debt import explained, table
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from tests.plans import solved
from tests.small import cloud, owned, sites, small

MOVES = ["opening_usd_bn", "additions_usd_bn", "interest_usd_bn", "repayment_usd_bn", "closing_usd_bn"]
LOANS = """
    facility,lender,from_date,to_date,limit_usd_bn,rate,fee_rate,repay_by,amortises,drawn_usd_bn
    bank,A bank,2026-01-01,2026-12-31,20,0.1,0,{repay_by},{amortises},{drawn}
    """


def by_class(debt: pd.DataFrame) -> dict[str, list[list[float]]]:
    """Rows of moves by class, once every class was seen to add up, from each period to the next."""
    found = {}
    for name, rows in debt.groupby("class", sort=False):
        opening, added, accrued, paid, closing = rows[MOVES].fillna(0.0).to_numpy().T
        assert opening + added + accrued - paid == pytest.approx(closing)
        assert opening[1:] == pytest.approx(closing[:-1])
        found[str(name)] = rows[MOVES].to_numpy().tolist()
    return found


def loan(folder: Path, *revenue: float, repay_by: str, amortises: str = "false", drawn: float = 0) -> Case:
    """A cloud at 10 a year that must serve, and a loan at 10 %."""
    rows = [f"{2026 + year}-01-01,{value},0,0\n" for year, value in enumerate(revenue)]
    return small(
        folder,
        end=2026 + len(revenue),
        shortage=None,
        finance="from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n" + "".join(rows),
        term_loans=LOANS.format(repay_by=repay_by, amortises=amortises, drawn=drawn),
        **cloud(floors=(0.0,) * len(revenue)),
    )


# 10 is drawn at once, as 1 of it is interest: 1 + 9 of revenue. At the end of 2027 it is repaid, with interest.
def test_a_loan(tmp_path: Path) -> None:
    plan = solved(loan(tmp_path, 1, 30, repay_by="2028-01-01"))
    assert by_class(plan.debt) == {"loan": [pytest.approx([0, 10, 1, 1, 10]), pytest.approx([10, 0, 1, 11, 0])]}


# 6 outstanding at the start, half of it repaid at the end of 2026 and half at the end of 2027.
def test_instalments_of_what_was_drawn_before(tmp_path: Path) -> None:
    plan = solved(loan(tmp_path, 30, 30, 30, repay_by="2028-01-01", amortises="true", drawn=6))
    assert by_class(plan.debt)["loan"] == [
        pytest.approx([6, 0, 0.6, 3.6, 3]),
        pytest.approx([3, 0, 0.3, 3.3, 0]),
        pytest.approx([0, 0, 0, 0, 0]),
    ]


# Rent of 0.6 in the middle of each year, over two years, at 6 %: worth 0.6/1.06^½ + 0.6/1.06^1½ on signing.
def test_a_lease_beside_a_loan(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        site_leases=sites({"term_years": 2, "status": "required", "min_share": 1}),
        term_loans=LOANS.format(repay_by="2028-01-01", amortises="false", drawn=4),
        **owned(0.5),
    )
    found = by_class(solved(case).debt)
    worth = 0.6 / 1.06**0.5 + 0.6 / 1.06**1.5
    left = 0.6 / 1.06**0.5
    assert found["lease"] == [
        pytest.approx([0, worth, left - worth + 0.6, 0.6, left]),
        pytest.approx([left, 0, 0.6 - left, 0.6, 0], abs=1e-9),
    ]
    assert found["loan"] == [pytest.approx([4, 0, 0.4, 0.4, 4]), pytest.approx([4, 0, 0.4, 4.4, 0])]


class TestOtherClasses:
    """Posts made by hand in three years: a chip lease of 5 a year, and an SPV's debt that rises and falls."""

    def solution(self, case: Case) -> Solution:
        ledgers = Ledgers(case.calendar)
        column = ledgers.declare("lease", "amount", ("offer",), [("spv",)], unit="USD bn", decided=Moment.OUTSET)[
            ("spv",)
        ]
        labels = Labels(instrument="chip_lease", offer="spv", debt_class="chip_lease")
        growth = 1.06
        worth = [5 * sum(growth ** -(k + 0.5) for k in range(n)) for n in (3, 2, 1)]
        ledgers.post("debt", labels, "lease_liability", column, range(3), worth)
        ledgers.flow(Kind.COST, labels, "lease_payment", column, range(3), -5.0)
        owing = Labels(instrument="chip_lease", offer="spv", debt_class="spv")
        ledgers.post("debt", owing, "spv_debt", column, range(3), [10.0, 16.0, 7.0])
        return Solution(Portfolio(case, ledgers, ()), np.array([2.0]))

    def test_a_chip_lease_is_as_a_lease(self, tmp_path: Path) -> None:
        found = by_class(pd.DataFrame(table(self.solution(small(tmp_path, end=2029)))))["chip_lease"]
        assert [row[3] for row in found] == [10.0, 10.0, 10.0]
        assert found[0][1] == pytest.approx(10 * (1.06**-0.5 + 1.06**-1.5 + 1.06**-2.5))
        assert [row[1] for row in found[1:]] == [0.0, 0.0]
        assert found[2][4] == pytest.approx(0.0)

    # What its lenders earn is not known to the lab: a blank.
    def test_an_spv(self, tmp_path: Path) -> None:
        found = by_class(pd.DataFrame(table(self.solution(small(tmp_path, end=2029)))))["spv"]
        assert np.isnan([row[2] for row in found]).all()
        assert [[row[i] for i in (0, 1, 3, 4)] for row in found] == [[0, 20, 0, 20], [20, 12, 0, 32], [32, 0, 18, 14]]


def test_no_debt(tmp_path: Path) -> None:
    plan = solved(small(tmp_path, **cloud()))
    assert plan.debt.empty


def test_every_class_of_debt_that_is_explained_is_posted() -> None:
    posted = set[tuple[str, str]]()
    for consolidated in ("true", "false"):
        case = Case.read(path("starter")).change(f"case.consolidate_spv = {consolidated}")
        posted |= set(explained(Portfolio.of(case)))
    assert posted == {(name, each.name) for each in CATALOGUE.instruments for name in each.debt}
