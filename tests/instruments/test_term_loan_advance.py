"""Term loans in the case of a later day: several draws become one sum, to the last digit."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.term_loan.contract_checks import contract_checks
from planner.instruments.term_loan.tables import TermLoan
from planner.ledgers.ledgers import CONSTANT
from tests.plans import solved
from tests.roll.holding import at_every_start, kept, still_best
from tests.small import demand, posted, sites, small, values

LOAN: dict[str, str | float] = {
    "facility": "bank", "lender": "A bank", "from_date": "", "to_date": "2027-12-31", "limit_usd_bn": 12,
    "rate": 0.21, "fee_rate": 0.02, "repay_by": "2029-01-01", "amortises": "false", "drawn_usd_bn": 0,
    "repaid_usd_bn": 0,
}  # fmt: skip
"""At 21 % a year, a tenth a half-year. It may be drawn in 2026 and 2027."""
FINANCE = """
    from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn
    2026-01-01,10,0,0
    2027-01-01,11.5,0,0
    2028-01-01,80,0,0
    """
"""The rent is 12 a year: 2 are missing in 2026, a half in 2027, and what the loan itself costs."""


def loans(**cells: str | float) -> str:
    row = LOAN | cells
    return f"{','.join(row)}\n{','.join(str(value) for value in row.values())}\n"


def case(folder: Path, months: int = 6, **cells: str | float) -> Case:
    """Five years of rent, of which the first two need a loan."""
    return small(
        folder, end=2031, months=months, rate=0.08, demand=demand(0), finance=FINANCE, term_loans=loans(**cells),
        site_leases=sites({"status": "signed", "rent_usd_per_kw_month": 2000}),
    )  # fmt: skip


@pytest.mark.parametrize("months", [12, 6, 3, 1])
@pytest.mark.parametrize("amortises", ["false", "true"])
@pytest.mark.parametrize("repay_by", ["2029-01-01", "2029-02-15", "2032-03-01"])
def test_at_every_length_of_period(tmp_path: Path, months: int, amortises: str, repay_by: str) -> None:
    plan = solved(case(tmp_path, months, amortises=amortises, repay_by=repay_by, limit_usd_bn=60, drawn_usd_bn=1))
    assert len(values(plan, "draw", "period")) > 1
    at_every_start(plan, steps=8)


# Even instalments: of 6 and 3 drawn in January and July 2026, five half-years before July 2028, 6 · 3/5 + 3 · 3/4 are
# left in January 2027. Interest on it and instalments are those of the two draws, which each lose a third of what is
# left in each half-year.
def test_a_lump_in_even_instalments(tmp_path: Path) -> None:
    terms = {"amortises": "true", "repay_by": "2028-07-01", "to_date": ""}
    old = posted(small(tmp_path / "old", end=2029, months=6, term_loans=loans(**terms)))
    draw = old.find("term_loan", "draw")
    lump = 6 * 3 / 5 + 3 * 3 / 4
    new = posted(
        small(
            tmp_path / "new", end=2029, months=6, term_loans=loans(**terms, drawn_usd_bn=lump, repaid_usd_bn=9 - lump)
        ).change("case.start = 2027-01-01")
    )
    assert new.find("term_loan", "draw").upper.tolist() == pytest.approx([3.0, 3.0, 3.0])
    for ledger, line in (
        ("cash", "repayment"), ("cash", "interest"), ("debt", "outstanding"), ("fixed_charges", "debt_service"),
    ):  # fmt: skip
        before, after = [0.0] * 6, [0.0] * 4
        for post in old.select(ledger, offer="bank"):
            if post.line == line:
                for j, t, value in zip(post.variables, post.periods, post.values, strict=True):
                    before[t] += value * {draw["bank", 0]: 6.0, draw["bank", 1]: 3.0}.get(int(j), 0.0)
        for post in new.select(ledger, offer="bank"):
            if post.line == line:
                for j, t, value in zip(post.variables, post.periods, post.values, strict=True):
                    after[t] += value * (j == CONSTANT)
        assert after == pytest.approx(before[2:], rel=1e-12)
        if line == "repayment":
            assert after == pytest.approx([-lump / 3] * 3 + [0.0])


# All at once on 1 January 2029: on that day it is still to be repaid. A day later it is gone, and so is the facility.
def test_repaid_on_the_day(tmp_path: Path) -> None:
    plan = solved(case(tmp_path, fee_rate=0.0))
    drawn = sum(values(plan, "draw", "period").values())
    later = at_every_start(plan)
    said = {
        day: [(row.drawn_usd_bn, row.repaid_usd_bn) for row in each.case.rows(TermLoan)] for day, each in later.items()
    }
    assert said["2028-07-01"] == [pytest.approx((drawn, 0.0))]
    assert said["2029-01-01"] == [pytest.approx((drawn, 0.0))]
    assert said["2029-07-01"] == []
    still_best(plan, "2026-07-01", "2027-07-01", "2029-01-01")
    # In instalments, the last one is paid by then.
    even = solved(case(tmp_path / "even", amortises="true", limit_usd_bn=30))
    assert kept(even, "2028-07-01").case.rows(TermLoan)[0].repaid_usd_bn > 0
    assert kept(even, "2029-01-01").case.rows(TermLoan) == ()
    still_best(even, "2026-07-01", "2027-07-01", "2028-07-01")


# Without a last day it costs a fee to the end, if there is one and not all is drawn.
@pytest.mark.parametrize(("fee", "limit", "stays"), [(0.02, 30, True), (0.0, 30, False), (0.02, 2, False)])
def test_a_fee_after_it_is_repaid(tmp_path: Path, fee: float, limit: float, stays: bool) -> None:
    made = case(tmp_path, fee_rate=fee, limit_usd_bn=limit, drawn_usd_bn=2, to_date="", repay_by="2027-01-01")
    plan = solved(made.change("finance[*].revenue_usd_bn_per_year = 50"))
    later = at_every_start(plan)
    assert later["2027-01-01"].case.rows(TermLoan)[0].drawn_usd_bn == 2.0
    assert bool(later["2028-01-01"].case.rows(TermLoan)) == stays


# What is drawn and repaid cannot be drawn again, neither before nor after the day, and no fee is paid on it.
def test_what_is_repaid_stays_used(tmp_path: Path) -> None:
    table = loans(drawn_usd_bn=4, repaid_usd_bn=5, to_date="2026-12-31")
    ledgers = posted(small(tmp_path, months=6, term_loans=table))
    assert ledgers.find("term_loan", "draw").upper.tolist() == [3.0, 3.0]
    fee = [post for post in ledgers.select("cash") if post.line == "undrawn_fee" and CONSTANT in post.variables]
    assert [value for post in fee for value in post.values.tolist()] == pytest.approx([-0.03, -0.03])


def test_the_audit_counts_what_is_repaid(tmp_path: Path) -> None:
    made = small(tmp_path, months=6, term_loans=loans(drawn_usd_bn=4, repaid_usd_bn=5))
    ledgers = posted(made)
    x = np.zeros(ledgers.size)
    x[ledgers.find("term_loan", "draw")["bank", 1]] = 3.1
    broken = {check.says for check in contract_checks(made, ledgers, x) if check.broken}
    assert broken == {"bank: all that is drawn within its limit"}


def test_no_more_is_repaid_than_was_lent(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match="repaid_usd_bn: expected a number not above limit_usd_bn 12 less drawn_usd_bn 8"
    ):
        small(tmp_path, term_loans=loans(drawn_usd_bn=8, repaid_usd_bn=5))
