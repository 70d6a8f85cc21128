"""Programmes: money and capacity within their limits, in their dates, once they are entered; sums worked by hand."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.common.programmes import Programme
from planner.plan.plan import Plan
from planner.roll.advance import advance
from tests.explain.deals import amounts, explained
from tests.hedge.plans import hedged
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start
from tests.small import demand, sites, small, used, values

ROW: dict[str, str | float] = {
    "programme": "fund", "arranger": "A fund", "from_date": "", "to_date": "", "limit_usd_bn": "", "limit_gw": "",
    "commitment_fee_rate": "", "entered": "", "drawn_before_usd_bn": 0,
}  # fmt: skip


def programmes(**cells: str | float) -> str:
    row = ROW | cells
    return f"{','.join(row)}\n{','.join(map(str, row.values()))}\n"


def drawn(plan: Plan) -> dict[str, float]:
    """What is drawn of all loans, by period [USD bn]."""
    found: dict[str, float] = {}
    for key, value in values(plan, "draw", "period", "offer").items():
        period = key.split()[0]
        found[period] = found.get(period, 0.0) + value
    return found


class TestTwoVehicles:
    """One year in which 1 GW is asked for, at 100 a GW of shortage; a hall of 1 GW is there at 1.2.

    A GW of chips costs 20 and 0.5 of upkeep. Either vehicle raises 10 at most, which are paid back at the end of the
    year: `cheap` without interest, `dear` at a fifth.
    """

    def case(self, folder: Path, **cells: str | float) -> Case:
        lease = "{0},{0} SPV,tpu_a,open,2026-01-01,2026-01-01,0,10,1,1,,9,return,{1}\n"
        return small(
            folder, end=2027,
            site_leases=sites({"status": "signed", "stage": "existing", "capacity_mw": 1000}),
            chip_leases=(
                "offer,spv,chip,status,sign_from,sign_by,min_usd_bn,max_usd_bn,term_years,payment_cover,"
                "support_guarantor,advance_share,end_option,programme\n"
                + lease.format("cheap", "fund") + lease.format("dear", "fund")
            ),
            spv_tranches=(
                "offer,tranche,kind,seniority,min_share,max_share,rate\ncheap,A,debt,1,1,1,0\ndear,A,debt,1,1,1,0.2\n"
            ),
            chip_deliveries="offer,months,delivered_share\ncheap,0,1\ndear,0,1\n",
            resale_values="chip,age_years,value_share\ntpu_a,0,1\n",
            programmes=programmes(**cells),
        )  # fmt: skip

    # Without a limit 10 + 12 serve all. Within 15, 5 at a fifth come from `dear`, and a quarter is short.
    def test_money(self, tmp_path: Path) -> None:
        free = solved(self.case(tmp_path / "free"))
        assert cost(free) == pytest.approx(1.2 + 22 + 0.5)
        plan = solved(self.case(tmp_path, limit_usd_bn=15))
        assert values(plan, "amount", "offer") == {"cheap": pytest.approx(10), "dear": pytest.approx(5)}
        assert cost(plan) == pytest.approx(1.2 + 16 + 0.75 * 0.5 + 25)
        assert used(plan, "programme", "fund/raised_usd_bn") == {"2026-01-01": pytest.approx((15, 15))}
        # Money that was raised by what is no row any more counts too.
        before = solved(self.case(tmp_path / "before", limit_usd_bn=15, drawn_before_usd_bn=8))
        assert values(before, "amount", "offer") == {"cheap": pytest.approx(7)}

    # 0.6 GW of chips are 12. The halls are of no programme.
    def test_capacity(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, limit_gw=0.6))
        assert values(plan, "amount", "offer") == {"cheap": pytest.approx(10), "dear": pytest.approx(2)}
        # Halls under it are held to the same 0.6 for themselves: that of 1 GW, which is signed, breaks it.
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "both", limit_gw=0.6).change("site_leases[hall].programme = fund"))
        both = self.case(tmp_path / "open", limit_gw=0.6).change(
            "site_leases[hall].programme = fund", "site_leases[hall].status = open", "site_leases[hall].stage = loi"
        )
        assert values(solved(both), "share", "offer") == {"hall": pytest.approx(0.6)}

    # A hundredth of what is not drawn of 30, for a year; 20 are drawn on its first day.
    def test_entered_at_a_fee(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, limit_usd_bn=30, commitment_fee_rate=0.01))
        assert values(plan, "enter", "period") == {"2026-01-01": 1}
        assert line(plan, "commitment_fee") == pytest.approx(0.1)
        assert cost(plan) == pytest.approx(1.2 + 22 + 0.5 + 0.1)

    # It costs more than all it brings: 0.9 · (300 − 20) = 252 against 100. Then nothing under it is signed.
    def test_let_go(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, limit_usd_bn=300, commitment_fee_rate=0.9))
        assert values(plan, "amount", "offer") == {}
        assert cost(plan) == pytest.approx(1.2 + 100)

    # A hall and leases of a year stay in the case of a later day when they are over, as they count all the same.
    @pytest.mark.parametrize("months", [12, 6])
    def test_what_is_over_counts(self, tmp_path: Path, months: int) -> None:
        changes = (
            "case.end = 2028-01-01", f"case.period_months = {months}", "site_leases[hall].programme = fund",
            "site_leases[hall].term_years = 1", "site_leases[hall].status = open", "site_leases[hall].stage = loi",
        )  # fmt: skip
        plan = solved(self.case(tmp_path, limit_usd_bn=15, limit_gw=0.9).change(*changes))
        assert values(plan, "amount", "offer") == {"cheap": pytest.approx(10), "dear": pytest.approx(5)}
        at_every_start(plan, steps=4)
        later = advance(plan, date(2027, 1, 1)).case
        assert [row.offer for row in later.offers()] == ["hall", "cheap", "dear"]

    # What it takes to sign `dear` in full: 5 more.
    def test_what_to_loosen(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, limit_usd_bn=15).change("case.shortage_cost_usd_bn_per_gw_year = blank")
        assert amounts(explained(case, include=("loans",))) == {
            "programmes[fund].limit_usd_bn +=": pytest.approx(5, abs=0.01)
        }


class TestLoans:
    """Three years in which nothing is asked for. 6 are to be paid at the start of each of the first two, for which
    there is no cash. Both lenders lend 10 at 2 % until 2030, under one programme."""

    def case(
        self, folder: Path, tables: dict[str, str] | None = None, months: int = 12, early: str = "",
        **cells: str | float,
    ) -> Case:  # fmt: skip
        loan = "{0},{0} bank,10,0.02,2030-01-01,{1},fund\n"
        given: dict[str, str] = {
            "demand": demand(0),
            "finance": "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n",
            "other_cash": (
                "what,date,kind,amount_usd_bn\ntax,2026-01-01,tax,-6\ntax,2027-01-01,tax,-6\nround,2028-01-01,equity,9\n"
            ),
            "term_loans": (
                "facility,lender,limit_usd_bn,rate,repay_by,prepay_fee_rate,programme\n"
                + loan.format("one", early) + loan.format("two", "")
            ),
            "programmes": programmes(**cells),
        }  # fmt: skip
        return small(folder, end=2029, months=months, **(given | (tables or {})))  # type: ignore[arg-type]

    # 6 / 0.98 pays the first sum and the interest on it at the end of the year; so much is drawn again and again.
    def test_draws_add_up(self, tmp_path: Path) -> None:
        first = 6 / 0.98
        second = (6 + 0.02 * first) / 0.98
        plan = solved(self.case(tmp_path, limit_usd_bn=12.5))
        assert drawn(plan) == {"2026-01-01": pytest.approx(first), "2027-01-01": pytest.approx(second)}
        taken = list(used(plan, "programme", "fund/raised_usd_bn").values())
        assert taken == [pytest.approx((first, 12.5)), *[pytest.approx((first + second, 12.5))] * 2]
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "less", limit_usd_bn=first + second - 0.01))

    # 20 come in within 2026, so that what was drawn of `one` is repaid early. That does not give the programme its
    # money back: 10 more in 2028 are too much for 12, though only they are outstanding then.
    def test_what_is_repaid_early_counts(self, tmp_path: Path) -> None:
        head = "what,date,kind,amount_usd_bn\ntax,2026-01-01,tax,-6\nsale,2026-07-01,other,20\n"
        plan = solved(self.case(tmp_path, {"other_cash": head}, early="0", limit_usd_bn=12))
        first = drawn(plan)["2026-01-01"]
        assert values(plan, "prepay", "period") == {"2027-01-01": pytest.approx(first)}
        assert [each for each, _ in used(plan, "programme", "fund/raised_usd_bn").values()] == [
            pytest.approx(first)
        ] * 3
        later = {
            "other_cash": f"{head}bill,2028-01-01,other,-23\n",
            "finance": (
                "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,debt_cap_usd_bn\n"
                "2026-01-01,0,0,0,\n2027-01-01,0,0,0,0\n2028-01-01,0,0,0,\n"
            ),
        }
        assert sum(drawn(solved(self.case(tmp_path / "more", later, early="0", limit_usd_bn=20))).values()) > 12
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "later", later, early="0", limit_usd_bn=12))

    # Nothing is drawn in a period that does not start in its dates.
    def test_dates(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, to_date="2026-06-30"))
        assert drawn(plan) == {"2026-01-01": pytest.approx(12 / 0.96)}
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "late", from_date="2026-01-02"))

    # A hundredth a year of 20 less what is drawn, until the end of September 2027, beside the interest. In 2026
    # d − 6 − (20 − d) / 100 − d / 50 is 0; in 2027 the same with what is drawn so far, for three quarters of the fee.
    @pytest.mark.parametrize("months", [12, 3])
    def test_fee(self, tmp_path: Path, months: int) -> None:
        terms: dict[str, str | float] = {"limit_usd_bn": 20, "commitment_fee_rate": 0.01, "to_date": "2027-09-30"}
        plan = solved(self.case(tmp_path, months=months, **terms))
        if months == 12:
            first = 6.2 / 0.99
            second = (6.15 + 0.0125 * first) / 0.9875
            assert drawn(plan) == {"2026-01-01": pytest.approx(first), "2027-01-01": pytest.approx(second)}
            fee = (20 - first) / 100 + (20 - first - second) * 0.0075
            assert line(plan, "commitment_fee") == pytest.approx(fee)
        at_every_start(plan, steps=4)

    def test_later(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, limit_usd_bn=20, commitment_fee_rate=0.01))
        (row,) = advance(plan, date(2027, 1, 1)).case.rows(Programme)
        assert row.entered is True

    # With probability a half the second sum is not to be paid, as is known on its day. The programme is entered before
    # that; 1 % of what is not drawn is paid in both.
    def test_entered_before_the_news(self, tmp_path: Path) -> None:
        tables = {
            "events": "event,known_on\nclaim,2027-01-01\n",
            "outcomes": (
                "event,outcome,given,probability,changes\n"
                'claim,won,,0.5,"other_cash[tax, 2027-01-01].amount_usd_bn = 0"\n'
                'claim,lost,,0.5,"other_cash[tax, 2027-01-01].amount_usd_bn = -6"\n'
            ),
        }
        found = hedged(self.case(tmp_path, tables, limit_usd_bn=20, commitment_fee_rate=0.01))
        assert line(found.plan("won"), "commitment_fee") > line(found.plan("lost"), "commitment_fee")
        assert values(found.plan("won"), "enter", "period") == {"2026-01-01": 1}
        assert sum(drawn(found.plan("won")).values()) < 8

    def test_what_a_row_must_say(self, tmp_path: Path) -> None:
        def problems(**cells: str | float) -> list[str]:
            with pytest.raises(DataError) as refused:
                self.case(tmp_path, **cells)
            return [each.column for each in refused.value.problems]

        assert problems(from_date="2027-01-01", to_date="2026-01-01") == ["to_date"]
        assert problems(commitment_fee_rate=0.01) == ["limit_usd_bn"]
        assert problems(entered="true") == ["entered"]
        assert problems(limit_usd_bn=5, drawn_before_usd_bn=6) == ["drawn_before_usd_bn"]


class TestNoWayRound:
    # A hall under a programme that has to be entered is no way round its fee, though no limit of GW is given.
    def test_halls_need_the_entry_too(self, tmp_path: Path) -> None:
        case = small(
            tmp_path, end=2027, demand=demand(0),
            site_leases=sites({"status": "required", "programme": "fund", "min_share": 1}),
            programmes=programmes(limit_usd_bn=10, commitment_fee_rate=0.01),
        )  # fmt: skip
        plan = solved(case)
        assert line(plan, "commitment_fee") == pytest.approx(0.1)
        with pytest.raises(Infeasible):
            solved(case.change("programmes[fund].entered = false"))

    def test_what_is_signed_was_entered(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="whose entered is true, as hall is signed already"):
            small(
                tmp_path, end=2027,
                site_leases=sites({"status": "signed", "stage": "existing", "programme": "fund"}),
                programmes=programmes(limit_usd_bn=10, commitment_fee_rate=0.01),
            )  # fmt: skip
