"""Term loans: profiles worked by hand, and plans that only a loan makes possible."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.instruments.term_loan.contract_checks import contract_checks
from planner.instruments.term_loan.postings import facilities
from planner.ledgers.ledgers import CONSTANT, Ledgers
from tests.plans import cost, line, solved
from tests.small import by_date, cloud, keys, posted, small, used, values

FACILITY = {
    "facility": "bank", "lender": "A bank", "from_date": "2026-01-01", "to_date": "2026-12-31", "limit_usd_bn": 10,
    "rate": 0.21, "fee_rate": 0.02, "repay_by": "2027-07-01",
}  # fmt: skip
"""At 21 % a year, a tenth a half-year."""


def table(**cells: str | float) -> str:
    """A table with a facility that differs from `FACILITY` in the cells given."""
    row = FACILITY | cells
    return f"{','.join(row)}\n{','.join(str(value) for value in row.values())}\n"


class TestProfiles:
    """Half-years from 2026 to 2028, t = 0 … 3. Drawn at t = 0 or 1, and repaid at the start of t = 3."""

    def case(self, folder: Path, **cells: str | float) -> Case:
        return small(folder, months=6, term_loans=table(**cells))

    def of(self, ledgers: Ledgers, line: str, ledger: str = "cash", t: int | None = 0) -> dict[float, float]:
        """By years after the start (or by period), what is posted per unit drawn at t, or whatever is drawn (None)."""
        variable = CONSTANT if t is None else ledgers.find("term_loan", "draw")["bank", t]
        return {
            when: value
            for post in ledgers.select(ledger, offer="bank")
            if post.line == line
            for j, when, value in zip(
                post.variables.tolist(),
                (post.periods if post.years is None else post.years).tolist(),
                post.values.tolist(),
                strict=True,
            )
            if j == variable
        }

    def test_repaid_at_once(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        assert keys(ledgers, "term_loan", "draw") == [("bank", 0), ("bank", 1)]
        assert self.of(ledgers, "drawdown") == {0.0: 1.0}
        assert self.of(ledgers, "repayment") == {1.5: -1.0}
        tenth = pytest.approx(-0.1)
        assert self.of(ledgers, "interest") == {0.5: tenth, 1.0: tenth, 1.5: tenth}
        assert self.of(ledgers, "interest", t=1) == {1.0: tenth, 1.5: tenth}
        assert self.of(ledgers, "outstanding", "debt") == {0: 1.0, 1: 1.0, 2: 1.0}
        # Interest of two half-years, of one in the last; the repayment does not count.
        assert self.of(ledgers, "debt_service", "fixed_charges") == pytest.approx({0: 0.2, 1: 0.2, 2: 0.1})
        assert self.of(ledgers, "principal", "dues") == {1.5: 1.0}
        assert {str(post.kind) for post in ledgers.select("cash") if post.line in ("drawdown", "repayment")} == {
            "funding"
        }
        assert not list(ledgers.select("obligations"))

    # 2 % a year on 10, less what is drawn by then, in both half-years of the window.
    def test_fee_on_what_is_not_drawn(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        assert self.of(ledgers, "undrawn_fee", t=None) == pytest.approx({0.25: -0.1, 0.75: -0.1})
        assert self.of(ledgers, "undrawn_fee") == pytest.approx({0.25: 0.01, 0.75: 0.01})
        assert self.of(ledgers, "undrawn_fee", t=1) == pytest.approx({0.75: 0.01})

    # Drawn at 0 in thirds, at 1 in halves. At t = 0 the next year brings interest of 0.1 + 0.2/3 and two thirds.
    def test_even_instalments(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, amortises="true"))
        third = -1 / 3
        assert self.of(ledgers, "repayment") == pytest.approx({0.5: third, 1.0: third, 1.5: third})
        assert self.of(ledgers, "repayment", t=1) == pytest.approx({1.0: -0.5, 1.5: -0.5})
        assert self.of(ledgers, "outstanding", "debt") == pytest.approx({0: 1.0, 1: 2 / 3, 2: 1 / 3})
        assert self.of(ledgers, "interest") == pytest.approx({0.5: -0.1, 1.0: -0.2 / 3, 1.5: -0.1 / 3})
        charges = {0: 0.1 + 0.2 / 3 + 2 / 3, 1: 0.1 + 2 / 3, 2: 0.1 / 3 + 1 / 3}
        assert self.of(ledgers, "debt_service", "fixed_charges") == pytest.approx(charges)
        assert sum(self.of(ledgers, "principal", "dues").values()) == pytest.approx(1.0)

    # 6 outstanding: instalments from the end of the first period on.
    def test_drawn_before_the_start(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, amortises="true", drawn_usd_bn=6))
        assert self.of(ledgers, "drawdown", t=None) == {}
        assert self.of(ledgers, "repayment", t=None) == pytest.approx({0.5: -2.0, 1.0: -2.0, 1.5: -2.0})
        assert self.of(ledgers, "outstanding", "debt", None) == pytest.approx({0: 6.0, 1: 4.0, 2: 2.0})
        assert self.of(ledgers, "interest", t=None) == pytest.approx({0.5: -0.6, 1.0: -0.4, 1.5: -0.2})
        assert self.of(ledgers, "undrawn_fee", t=None) == pytest.approx({0.25: -0.04, 0.75: -0.04})
        assert ledgers.find("term_loan", "draw").upper.tolist() == [4.0, 4.0]

    # Repaid after the end: nothing within it, but due on 1 January 2030 and counted in the next twelve months. An
    # instalment on the last day of the horizon counts in its last period.
    def test_repaid_beyond_the_horizon(self, tmp_path: Path) -> None:
        once = posted(self.case(tmp_path / "once", repay_by="2030-01-01"))
        assert self.of(once, "repayment") == {}
        assert self.of(once, "outstanding", "debt") == dict.fromkeys(range(4), 1.0)
        assert self.of(once, "principal", "dues") == {4.0: 1.0}
        even = posted(self.case(tmp_path / "even", repay_by="2030-01-01", amortises="true"))
        assert self.of(even, "repayment") == pytest.approx({0.5: -0.125, 1.0: -0.125, 1.5: -0.125, 2.0: -0.125})
        assert {t for post in even.select("cash") if post.line == "repayment" for t in post.periods.tolist()} == {
            0, 1, 2, 3
        }  # fmt: skip
        assert self.of(even, "debt_service", "fixed_charges")[3] == pytest.approx(0.0625 + 0.05 + 0.25)

    def test_repaid_by_the_start(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, drawn_usd_bn=6, from_date="", repay_by="2025-06-30")
        found, notes = facilities(case)
        assert not found[0].draws
        assert notes == [
            ("bank", "it cannot be drawn: no period starts within its dates and before it is repaid"),
            ("bank", "repay_by 2025-06-30 lies before the case's start: it is repaid on 2026-01-01"),
        ]
        ledgers = posted(case)
        assert self.of(ledgers, "repayment", t=None) == {0.0: -6.0}
        assert not list(ledgers.select("debt"))


class TestPlans:
    """A cloud at 10 a year that must serve; revenue of 5 in the first year then enough, cash never below 0.

    The loan costs 10 % a year, may be drawn in the first and is repaid on 1 January 2028, unless said otherwise.
    """

    def case(self, folder: Path, *revenue: float, **cells: str | float) -> Case:
        rows = [f"{2026 + year}-01-01,{value},0,0\n" for year, value in enumerate(revenue)]
        facility: dict[str, str | float] = {"limit_usd_bn": 20, "rate": 0.1, "fee_rate": 0, "repay_by": "2028-01-01"}
        return small(
            folder,
            end=2026 + len(revenue),
            shortage=None,
            finance="from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n" + "".join(rows),
            term_loans=table(**facility | cells),
            **cloud(floors=(0.0,) * len(revenue)),
        )

    # 5 short, and the interest on what is drawn: draw − 0.1 · draw = 5. It is repaid on the last day of the horizon,
    # which counts in its last period.
    def test_a_loan_that_bridges_a_year(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 5, 30)
        plan = solved(case)
        drawn = 5 / 0.9
        assert values(plan, "draw", "offer", "period") == {"bank 2026-01-01": pytest.approx(drawn)}
        assert cost(plan) == pytest.approx(20 + 0.2 * drawn)
        assert by_date(plan, "repayment") == {"2027-01-01": pytest.approx(-drawn)}
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([0.0, 20 - 1.1 * drawn])
        owed = plan.maturities[plan.maturities["kind"] == "principal"]
        assert owed[["year", "counterparty"]].to_numpy().tolist() == [["2028", "A bank"]]
        with pytest.raises(Infeasible):
            solved(case.change("-term_loans[bank]"))
        with pytest.raises(Infeasible):
            solved(case.change("term_loans[bank].limit_usd_bn = 5.5"))

    # 1 % of 20 where nothing is drawn, of 20 − draw where it bridges: draw · (1 − 0.1 + 0.01) = 5 + 0.2;
    # interest is paid twice.
    def test_fee_on_what_is_not_drawn(self, tmp_path: Path) -> None:
        rich = solved(self.case(tmp_path / "rich", 30, 30, fee_rate=0.01))
        assert cost(rich) == pytest.approx(20.2)
        assert by_date(rich, "undrawn_fee") == {"2026-01-01": pytest.approx(-0.2)}
        poor = solved(self.case(tmp_path / "poor", 5, 30, fee_rate=0.01))
        assert cost(poor) == pytest.approx(20.2 + 0.19 * 5.2 / 0.91)

    # 6 drawn before the start and repaid on 1 January 2028: interest of 0.6 twice, or 0.6 and 0.3. In 2026 only 10.6
    # comes in, which pays the cloud and the interest, but no instalment of 3. On the first day of 2028 there must be 6.
    def test_once_or_in_instalments(self, tmp_path: Path) -> None:
        once = self.case(tmp_path, 10.6, 16.6, 30, drawn_usd_bn=6, limit_usd_bn=6, repay_by="2028-01-01")
        with pytest.raises(Infeasible):
            solved(once.change("finance[2027-01-01].revenue_usd_bn_per_year = 16.5"))
        plan = solved(once)
        assert line(plan, "interest") == pytest.approx(1.2)
        assert by_date(plan, "repayment") == {"2028-01-01": pytest.approx(-6.0)}
        even = once.change("term_loans[bank].amortises = true")
        with pytest.raises(Infeasible):
            solved(even)
        plan = solved(even.change("finance[2026-01-01].revenue_usd_bn_per_year = 13.6"))
        assert line(plan, "interest") == pytest.approx(0.9)
        assert by_date(plan, "repayment") == {"2026-01-01": pytest.approx(-3.0), "2027-01-01": pytest.approx(-3.0)}

    # A loan is debt: at a cap of 5 on it, 5 / 0.9 cannot be drawn.
    def test_a_debt_cap(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 5, 30).change("finance[*].debt_cap_usd_bn = 6")
        assert used(solved(case), "debt_cap", "cap")["2026-01-01"] == pytest.approx((5 / 0.9, 6.0))
        with pytest.raises(Infeasible):
            solved(case.change("finance[*].debt_cap_usd_bn = 5"))


def test_what_a_row_must_say(tmp_path: Path) -> None:
    def problem(**cells: str | float) -> str:
        with pytest.raises(DataError) as raised:
            small(tmp_path, term_loans=table(**cells), **cloud())
        return str(raised.value)

    assert "facility: expected a name that no offer has (cloud_commitments.csv:2 has this one)" in problem(
        facility="deal"
    )
    assert "to_date: expected a date not before from_date" in problem(to_date="2025-12-31")
    assert "repay_by: expected a date not before from_date" in problem(repay_by="2025-12-31")
    assert "drawn_usd_bn: expected a number not above limit_usd_bn 10" in problem(drawn_usd_bn=11)


# What the audit asks for, of decisions that no facility allows.
def test_terms_say_what_is_broken(tmp_path: Path) -> None:
    case = small(tmp_path, months=6, term_loans=table())
    ledgers = posted(case)
    x = np.zeros(ledgers.size)
    draw = ledgers.find("term_loan", "draw")
    x[draw["bank", 0]] = x[draw["bank", 1]] = 6.0
    assert {check.says for check in contract_checks(case, ledgers, x) if check.broken} == {
        "bank: all that is drawn within its limit"
    }
    late = case.change("term_loans[bank].repay_by = 2026-07-01", "term_loans[bank].from_date = 2026-02-01")
    assert {check.says for check in contract_checks(late, ledgers, x / 2) if check.broken} == {
        "bank: drawn before it is repaid", "bank: drawn within its dates",
    }  # fmt: skip
