"""Reserves of SPVs, equity of the lab's own, and tests of debt for which it waits; sums worked by hand."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.chip_lease.tables import ChipLease
from planner.roll.advance import advance
from tests.hedge.plans import hedged
from tests.instruments.test_chip_lease import lease_tables
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start
from tests.small import by_date, demand, posted, small, sums

COLUMNS = ",reserve_months,dscr_min,llcr_min,lab_share,rate_index"
VALUES = (1.0, 0.8, 0.6, 0.4, 0.2)


class Spv:
    """10 raised on 1 January 2026 for four years: debt of 5 and equity of 5, neither with interest.

    So 2.5 a year are paid, of which 1.25 are the debt's. 0.5 GW cost 0.25 a year to keep up. When they go back in 2030
    they fetch 0.2 of 10.
    """

    def case(
        self, folder: Path, *, debt: str = ",,", lab: float = 1, end: int | str = 2031, rate: float = 0.0,
        months: int = 12, toml: str = "", mix: str = "0.5,0.5", index: str = "",
        more: dict[str, str] | None = None, **cells: str,
    ) -> Case:  # fmt: skip
        tables = lease_tables(
            (f"A,debt,1,{mix},0,,0,false,{debt},,{index}", f"equity,equity,2,{mix},0,,0,false,,,,{lab},"),
            resale=VALUES,
            **{"status": "required", "min_usd_bn": "10", "max_usd_bn": "10", "term_years": "4",
               "support_guarantor": "", "advance_share": "1.5"} | cells,
        )  # fmt: skip
        tables["spv_tranches"] = tables["spv_tranches"].replace(",supported\n", f",supported{COLUMNS}\n", 1)
        del tables["guarantors"], tables["guarantor_caps"]
        given: dict[str, str] = tables | {"demand": demand(0)} | (more or {})
        return small(folder, end=end, rate=rate, months=months, toml=toml, **given)  # type: ignore[arg-type]


class TestByHand(Spv):
    """Sums and their days."""

    # 10 of payments and 1 of upkeep.
    def test_of_others(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, lab=0))
        assert cost(plan) == pytest.approx(11)
        assert "distribution" not in set(plan.ledger["line"])

    # 5 paid in; 1.25 a year and 2 of resale come back.
    def test_of_the_lab(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert by_date(plan, "equity_paid_in") == {"2026-01-01": pytest.approx(-5)}
        assert by_date(plan, "distribution") == {
            "2026-01-01": pytest.approx(1.25), "2027-01-01": pytest.approx(1.25), "2028-01-01": pytest.approx(1.25),
            "2029-01-01": pytest.approx(1.25), "2030-01-01": pytest.approx(2),
        }  # fmt: skip
        assert cost(plan) == pytest.approx(11 + 5 - 5 - 2)
        half = solved(self.case(tmp_path / "half", lab=0.5))
        assert cost(half) == pytest.approx(11 - 1)

    # Six months of 1.25, for four years at a tenth. They are not in cash meanwhile.
    def test_a_reserve(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, debt="6,,", lab=0, rate=0.1))
        assert line(plan, "reserve") == pytest.approx(0.625)
        assert line(plan, "reserve_returned") == pytest.approx(-0.625 / 1.1**4)
        assert plan.cash["first_day_usd_bn"].tolist()[0] == pytest.approx(-0.625)
        assert sums(posted(self.case(tmp_path / "short", debt="6,,", end=2028)), "reserve_returned") == [
            ("credit", 4.0, pytest.approx(0.125))
        ]

    # All income to come, and 2 of resale, over what is owed: 9.5 / 3.75 = 2.53 after the first payment, 7 / 2.5 = 2.8
    # after the second. So with 2.7 the first sum waits a year.
    def test_a_sum_waits_for_the_cover_of_the_loan(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, debt=",,2.7", rate=0.1))
        assert by_date(plan, "distribution") == {
            "2027-01-01": pytest.approx(2.5), "2028-01-01": pytest.approx(1.25), "2029-01-01": pytest.approx(1.25),
            "2030-01-01": pytest.approx(2),
        }  # fmt: skip
        worth = 2.5 / 1.1**2 + 1.25 / 1.1**3 + 1.25 / 1.1**4 + 2 / 1.1**4
        assert line(plan, "distribution") == pytest.approx(-worth)
        assert any("not kept in 1 periods, from 2026-01-01" in note for note in plan.record.notes)

    # 2.5 / 1.25 = 2 each year, and (2.5 + 2) / 1.25 in the last: all waits for that. Debt is paid all the same.
    def test_sums_wait_for_the_cover_of_a_year(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, debt=",2.1,"))
        assert by_date(plan, "distribution") == {"2029-01-01": pytest.approx(5), "2030-01-01": pytest.approx(2)}
        assert list(by_date(plan, "lease_payment").values()) == [pytest.approx(-2.5)] * 4
        kept = solved(self.case(tmp_path / "kept", debt=",2,"))
        assert by_date(kept, "distribution")["2026-01-01"] == pytest.approx(1.25)

    # Others' equity waits too; that costs the lab nothing, and is said.
    def test_waiting_of_others_is_said(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, debt=",2.1,", lab=0))
        assert cost(plan) == pytest.approx(11)
        assert any("not kept in 3 periods, from 2026-01-01 to 2028-01-01" in note for note in plan.record.notes)

    # What the lab pays for the chips at the end comes back to it as the owner, above the balloons of the debt.
    def test_bought(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, end_option="buy", end_price_share="0.3"))
        assert by_date(plan, "buyout") == {"2030-01-01": pytest.approx(-3)}
        assert by_date(plan, "distribution")["2030-01-01"] == pytest.approx(3)

    @pytest.mark.parametrize("months", [6, 3, 1])
    def test_at_every_length_of_period(self, tmp_path: Path, months: int) -> None:
        plan = solved(self.case(tmp_path, debt="6,,2.7", months=months))
        assert cost(plan) == pytest.approx(11 + 5 - 5 - 2)
        at_every_start(plan, steps=4)

    @pytest.mark.parametrize("debt", ["6,,2.7", ",2.1,"])
    def test_what_waits_on_a_later_day(self, tmp_path: Path, debt: str) -> None:
        plan = solved(self.case(tmp_path, debt=debt))
        later = advance(plan, date(2027, 1, 1))
        assert later.case.rows(ChipLease)[0].trapped_usd_bn == pytest.approx(1.25)
        at_every_start(plan, steps=5)

    # A fall of resale values that is known in 2027 only changes what is distributed from then on: after the payment of
    # 2026 the test is made at the values of that year.
    def test_news_comes_in_time(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path, debt=",,2.5", rate=0.1,
            more={
                "events": "event,known_on\nmarket,2027-01-01\n",
                "outcomes": (
                    "event,outcome,given,probability,kind,subject,value,changes\n"
                    "market,down,,0.5,resale_down,,0.5,\nmarket,same,,0.5,,,,\n"
                ),
            },
        )  # fmt: skip
        found = hedged(case)
        same, down = (by_date(found.plan(name), "distribution") for name in ("same", "down"))
        assert same["2026-01-01"] == down["2026-01-01"] == pytest.approx(1.25)
        # 6 / 2.5 = 2.4 is too little after the payment of 2027, 3.5 / 1.25 = 2.8 is enough a year later.
        assert same["2027-01-01"] == pytest.approx(1.25)
        assert "2027-01-01" not in down
        assert down["2028-01-01"] == pytest.approx(2.5)
        assert down["2030-01-01"] == pytest.approx(1)


class TestNoMachine(Spv):
    """What the lab pays to itself is no gain, and equity cannot be had at a size of its choice."""

    # Twice the payments: they come back.
    def test_cover_paid_to_oneself(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, payment_cover="2"))) == pytest.approx(9)

    # The case ends after two years: 5 are still to be paid, of which 2.5 come back with 2 of resale. The use of the
    # chips from then on is worth 4, but no more is credited than the 0.5 that it costs.
    def test_after_the_end(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, end=2028, toml='horizon = "fair"\n'))
        assert line(plan, "value_after_end") == pytest.approx(-0.5)
        assert cost(plan) == pytest.approx(5 + 0.5 + 5 - 2.5)
        others = solved(self.case(tmp_path / "others", end=2028, toml='horizon = "fair"\n', lab=0))
        assert line(others, "value_after_end") == pytest.approx(-4)

    def problems(self, folder: Path, **how: object) -> list[tuple[str, str]]:
        with pytest.raises(DataError) as refused:
            self.case(folder, **how)  # type: ignore[arg-type]
        return [(each.column, each.expected) for each in refused.value.problems]

    def test_what_rows_must_say(self, tmp_path: Path) -> None:
        free = self.problems(tmp_path, mix="0.4,0.6")
        assert (
            free
            == [("min_share", "the same as max_share 0.6 in all tranches of spv, as some of its equity is the lab's")]
            * 2
        )
        tested = self.problems(tmp_path, mix="0.4,0.6", lab=0, debt=",2,")
        assert {column for column, _ in tested} == {"min_share"}
        floating = self.problems(
            tmp_path, debt=",,2", index="base", lab=0, more={"indices": "index,from_date,level\nbase,2026-01-01,0.03\n"}
        )
        assert [column for column, _ in floating] == ["llcr_min"]
        open_ = self.problems(tmp_path, trapped_usd_bn="1")
        assert open_ == [("trapped_usd_bn", "a blank where status is not signed")]
