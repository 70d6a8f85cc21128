"""Early repayment of term loans: what it saves and costs, worked by hand, and what it is no way round."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Infeasible
from planner.instruments.term_loan.contract_checks import contract_checks
from planner.instruments.term_loan.tables import TermLoan
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.roll.advance import advance
from tests.hedge.plans import costs, hedged
from tests.plans import cost, solved
from tests.roll.holding import at_every_start
from tests.small import by_date, demand, posted, sites, small, used, values

LOAN: dict[str, str | float] = {
    "facility": "bank", "lender": "A bank", "from_date": "", "to_date": "", "limit_usd_bn": 10, "rate": 0.1,
    "repay_by": "2030-01-01", "amortises": "false", "drawn_usd_bn": 6, "repaid_usd_bn": 0, "prepay_fee_rate": 0.05,
    "prepay_from": "",
}  # fmt: skip
"""6 outstanding at 10 % a year until 2030, which may be repaid early at a fee of 5 %."""


def loans(*rows: dict[str, str | float]) -> str:
    made = [LOAN | row for row in rows]
    return "\n".join([",".join(LOAN), *(",".join(str(value) for value in row.values()) for row in made), ""])


def case(
    folder: Path,
    *rows: dict[str, str | float],
    cash: float = 10,
    earned: float = 10,
    months: int = 12,
    cap: str = "",
    end: int = 2029,
) -> Case:
    """Three years in which nothing is asked for, with so much at the start and earned a year; no cash below 0."""
    return small(
        folder, end=end, months=months, toml=f"opening_cash_usd_bn = {cash}", demand=demand(0),
        finance=(
            "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,debt_cap_usd_bn,cover_min\n"
            f"2026-01-01,{earned},0,0,{cap},\n"
        ),
        term_loans=loans(*rows or ({},)),
    )  # fmt: skip


def total(ledgers: Ledgers, line: str, x: Vector, ledger: str = "cash") -> float:
    """Sum of a line over all periods at the decisions x."""
    return sum(
        float(np.dot(post.values, np.where(post.variables == CONSTANT, 1.0, x[post.variables])))
        for post in ledgers.select(ledger)
        if post.line == line
    )


class TestWorth:
    # Interest of 0.6 three times, or 0.3 of fee at once: all is repaid as early as can be.
    def test_at_once(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path))
        assert values(plan, "prepay", "period") == {"2026-01-01": pytest.approx(6)}
        assert cost(plan) == pytest.approx(0.3)
        assert by_date(plan, "early_repayment") == {"2026-01-01": pytest.approx(-6)}
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([13.7, 23.7, 33.7])
        assert plan.cash["first_day_usd_bn"].tolist() == pytest.approx([3.7, 13.7, 23.7])
        debt = plan.debt[["opening_usd_bn", "repayment_usd_bn", "closing_usd_bn"]].to_numpy().tolist()
        assert debt[0] == pytest.approx([6, 6, 0])
        assert not np.any(debt[1:])
        owed = plan.maturities[(plan.maturities["kind"] == "principal") & (plan.maturities["owed_usd_bn"].abs() > 1e-9)]
        assert owed[["year", "owed_usd_bn"]].to_numpy().tolist() == [["2026", pytest.approx(6)]]

    # From 2028 on it saves 0.6 for a fee of 0.3; a fee of 12 % would be 0.72.
    def test_the_first_day(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path, {"prepay_from": "2027-06-01"}))
        assert values(plan, "prepay", "period") == {"2028-01-01": pytest.approx(6)}
        assert cost(plan) == pytest.approx(1.2 + 0.3)
        dear = solved(case(tmp_path / "dear", {"prepay_from": "2027-06-01", "prepay_fee_rate": 0.12}))
        assert values(dear, "prepay", "period") == {}
        assert cost(dear) == pytest.approx(1.8)

    # No more than there is cash for on the day: 3.15 pays for 3 and the fee on them. 1 earned less 0.3 of interest is
    # there on the first day of 2027, and in 2028 what is earned in 2027 less a tenth of what is left.
    def test_as_much_as_there_is(self, tmp_path: Path) -> None:
        repaid = values(solved(case(tmp_path, cash=3.15, earned=1)), "prepay", "period")
        second = 0.7 / 1.05
        assert repaid == {
            "2026-01-01": pytest.approx(3),
            "2027-01-01": pytest.approx(second),
            "2028-01-01": pytest.approx((1 - (3 - second) / 10) / 1.05),
        }

    # Thirds of 6 drawn and quarters of the rest: 6 falls by 1.5 a year to 2030. 1.5 repaid at the start of 2027, when
    # 4.5 are left, leaves 3, which falls by 1.
    def test_instalments_that_are_left_stay_even(self, tmp_path: Path) -> None:
        found = case(tmp_path, {"amortises": "true"})
        ledgers = posted(found)
        x = np.zeros(ledgers.size)
        x[ledgers.find("term_loan", "prepay")["bank", 1]] = 1.5
        assert ledgers.balance("debt").evaluate(x).tolist() == pytest.approx([6, 3, 2])
        paid = {name: total(ledgers, name, x) for name in ("repayment", "interest", "early_repayment", "prepay_fee")}
        assert paid["interest"] == pytest.approx(-(0.6 + 0.3 + 0.2))
        assert paid["repayment"] == pytest.approx(-(1.5 + 1 + 1))
        assert paid["early_repayment"] == pytest.approx(-1.5)
        assert paid["prepay_fee"] == pytest.approx(-0.075)
        # Within twelve months of 2027: interest on 3 and the instalment of 1.
        assert ledgers.balance("fixed_charges").evaluate(x).tolist()[1] == pytest.approx(0.3 + 1)

    # Two draws and an early repayment between: 4 drawn in 2026 and 3 in 2027, in instalments to 2030. Of 4, 3 are left
    # in 2027 of which 2 are repaid; 1 + 3 falls to 8/3 in 2028.
    def test_several_draws(self, tmp_path: Path) -> None:
        ledgers = posted(case(tmp_path, {"amortises": "true", "drawn_usd_bn": 0}))
        draw, prepay = ledgers.find("term_loan", "draw"), ledgers.find("term_loan", "prepay")
        assert prepay.keys == (("bank", 1), ("bank", 2))
        x = np.zeros(ledgers.size)
        x[draw["bank", 0]], x[draw["bank", 1]], x[prepay["bank", 1]] = 4, 3, 2
        assert ledgers.balance("debt").evaluate(x).tolist() == pytest.approx([4, 4, 8 / 3])
        assert total(ledgers, "principal", x, "dues") == pytest.approx(7)

    @pytest.mark.parametrize("months", [6, 3, 1])
    @pytest.mark.parametrize("amortises", ["true", "false"])
    def test_at_every_length_of_period(self, tmp_path: Path, months: int, amortises: str) -> None:
        terms = {"amortises": amortises, "repay_by": "2028-05-15", "prepay_from": "2027-01-01"}
        at_every_start(solved(case(tmp_path, terms, months=months, cash=4, earned=2)), steps=4)


class TestNoWayRound:
    # A cap of 5 on debt: paying 1 early opens it. What is repaid cannot be drawn again: of the limit of 10, 4 are left.
    def test_a_repaid_sum_is_gone(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path, {"prepay_fee_rate": 0.5, "rate": 0}, cap="5"))
        assert used(plan, "debt_cap", "cap")["2026-01-01"] == pytest.approx((5, 5))
        assert cost(plan) == pytest.approx(0.5)
        with pytest.raises(Infeasible):
            solved(case(tmp_path / "none", {"prepay_fee_rate": ""}, cap="5"))
        found = case(tmp_path / "drawn", {})
        ledgers = posted(found)
        x = np.zeros(ledgers.size)
        x[ledgers.find("term_loan", "prepay")["bank", 0]] = 6
        x[ledgers.find("term_loan", "draw")["bank", 1]] = 4.5
        assert {check.says for check in contract_checks(found, ledgers, x) if check.broken} == {
            "bank: all that is drawn within its limit"
        }

    # Repaid on the day of a test and drawn elsewhere on the same day, the debt is what it was: a cap of 5 stays broken.
    def test_moved_to_another_lender_it_stays_debt(self, tmp_path: Path) -> None:
        other: dict[str, str | float] = {
            "facility": "club", "lender": "A club", "drawn_usd_bn": 0, "prepay_fee_rate": "", "rate": 0,
        }  # fmt: skip
        with pytest.raises(Infeasible):
            solved(case(tmp_path, {"prepay_fee_rate": 0}, other, cash=0, earned=0, cap="5"))
        # At a cap of 6 the dear loan is repaid out of the free one, once and in full.
        plan = solved(case(tmp_path / "moved", {"prepay_fee_rate": 0}, other, cash=0, earned=0, cap="6"))
        assert cost(plan) == pytest.approx(0)
        assert list(used(plan, "debt_cap", "cap").values()) == [pytest.approx((6, 6))] * 3

    # What the audit says of sums that no loan allows.
    def test_what_is_broken(self, tmp_path: Path) -> None:
        found = case(tmp_path, {"amortises": "true"})
        ledgers = posted(found)
        prepay = ledgers.find("term_loan", "prepay")
        x = np.zeros(ledgers.size)
        x[prepay["bank", 0]], x[prepay["bank", 1]] = 2, 3.1  # 6 − 2, of which 3 are left
        broken = [check for check in contract_checks(found, ledgers, x) if check.broken]
        assert [(check.says, check.used) for check in broken] == [("bank: repaid early within what is owed", 3.1)]
        assert broken[0].allowed == pytest.approx(3)
        late = found.change("term_loans[bank].prepay_from = 2026-02-01")
        x[prepay["bank", 1]] = 0
        assert {check.says for check in contract_checks(late, ledgers, x) if check.broken} == {
            "bank: repaid early when it may be"
        }

    def test_what_a_row_must_say(self, tmp_path: Path) -> None:
        with pytest.raises(DataError) as refused:
            case(
                tmp_path,
                {"prepay_fee_rate": "", "prepay_from": "2027-01-01"},
                {"facility": "club", "prepay_from": "2031-01-01"},
            )
        assert [(each.line, each.column) for each in refused.value.problems] == [(2, "prepay_from"), (3, "repay_by")]


class TestLater:
    def test_what_is_left_on_a_later_day(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path, {"amortises": "true"}, cash=3.15, earned=3))
        later = advance(plan, date(2027, 1, 1))
        assert later.identity.error < 1e-12
        (row,) = later.case.rows(TermLoan)
        assert (row.drawn_usd_bn, row.repaid_usd_bn) == pytest.approx((3 * 0.75, 6 - 3 * 0.75))

    # Revenue of 10 or nothing from 2027 on is known on 1 January 2027; rent of 2.4 a year is to be paid from then on.
    # 6.6 are there for 4.8 of rent and 1.8 of interest: whatever is repaid at once is missing where revenue fails, so
    # it waits for the news of the day.
    def test_news_comes_first(self, tmp_path: Path) -> None:
        found = small(
            tmp_path, end=2029, toml="opening_cash_usd_bn = 6.6", demand=demand(0),
            finance="from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n2027-01-01,10,0,0\n",
            term_loans=loans({"prepay_fee_rate": 0, "limit_usd_bn": 6}),
            site_leases=sites(
                {"status": "signed", "ready_date": "2027-01-01", "rent_usd_per_kw_month": 400, "term_years": 2}
            ),
            events="event,known_on\nsales,2027-01-01\n",
            outcomes=(
                "event,outcome,given,probability,changes\n"
                'sales,good,,0.5,"finance[2027-01-01].revenue_usd_bn_per_year = 10"\n'
                'sales,bad,,0.5,"finance[2027-01-01].revenue_usd_bn_per_year = 0"\n'
            ),
        )  # fmt: skip
        plan = hedged(found)
        assert costs(plan) == pytest.approx({"good": 4.8 + 0.6, "bad": 4.8 + 1.8})
        assert values(plan.plan("good"), "prepay", "period") == {"2027-01-01": pytest.approx(6)}
        assert values(plan.plan("bad"), "prepay", "period") == {}


# In binary 0.6 − 6 · 0.1 is not 0 but 4e-16: a right-hand side of that is no small number, but none.
def test_a_side_that_rounding_leaves_is_none(tmp_path: Path) -> None:
    plan = solved(case(tmp_path, cash=3.15, earned=0.6))
    more = solved(case(tmp_path / "more", cash=3.15, earned=0.6 + 1e-9))
    assert plan.record.objective_usd_bn == pytest.approx(more.record.objective_usd_bn, abs=1e-7)
