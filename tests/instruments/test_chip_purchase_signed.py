"""Orders that were placed before the start, as signed_deliveries states them, and what a plan leaves to a later day."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.chips import SignedDelivery
from planner.instruments.chip_purchase.contract_checks import contract_checks
from planner.instruments.chip_purchase.postings import vintages
from planner.instruments.chip_purchase.pricing import price
from planner.instruments.chip_purchase.tables import ChipPurchase, OwnedChip
from planner.interfaces.advance import Act
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.roll.identity import carried_out
from planner.studies.alternatives import alternatives
from planner.studies.prices import prices
from tests.plans import cost, solved
from tests.roll.holding import held, held_on_every_day
from tests.small import by_date, demand, posted, sites, small, values

CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,{available},20,0.19,{life},{opex}
    """
RESALE = """
    chip,age_years,value_share
    tpu_a,0,1
    tpu_a,1,0.6
    tpu_a,2,0.3
    """
ORDER = {
    "offer": "order", "chip": "tpu_a", "vendor": "maker", "status": "open", "sign_from": "", "sign_by": "2026-07-01",
    "min_gw": "0", "max_gw": "1", "deposit_share": "0.25",
}  # fmt: skip
HEADER = "offer,signed_on,delivered_on,gw,cost_usd_bn,deposit_paid_usd_bn,runs_from"
STATED = (
    "order,2025-07-01,2025-10-01,0.2,5,1,",
    "order,2025-07-01,2026-07-01,0.3,,1.5,",
    "order,2025-10-01,2026-04-01,0.1,2,,",
)
FREE_HALL = {"capacity_mw": 5000, "rent_usd_per_kw_month": 0, "min_share": 1, "status": "signed"}


def order_case(
    folder: Path,
    *stated: str,
    asked: str | None = None,
    available: str = "2026-01-01",
    life: float = 2,
    opex: float = 0,
    deliveries: str = "order,0,1",
    months: int = 6,
    end: int = 2028,
    rate: float = 0.0,
    toml: str = "",
    owned: str | None = None,
    **cells: str,
) -> Case:
    """Half-years from 2026 on; the chip's price falls by a tenth each half-year."""
    row = {**ORDER, **cells}
    return small(
        folder, end=end, months=months, rate=rate, toml=toml,
        chips=CHIPS.format(available=available, life=life, opex=opex),
        resale_values=RESALE,
        chip_purchases=f"{','.join(row)}\n{','.join(row.values())}\n",
        chip_deliveries=f"offer,months,delivered_share\n{deliveries}\n",
        signed_deliveries="\n".join([HEADER, *stated, ""]) if stated else None,
        site_leases=sites(FREE_HALL),
        owned_chips=owned,
        **({} if asked is None else {"demand": asked}),
    )  # fmt: skip


def of_what_is_signed(case: Case, ledger: str, line: str) -> dict[float, float]:
    """What everything that is fixed posts, by period, or by years after the start where it is cash [GW or USD bn]."""
    ledgers = posted(case)
    given = {
        group.first + i: float(low)
        for group in ledgers.groups
        for i, (low, high) in enumerate(zip(group.lower.tolist(), group.upper.tolist(), strict=True))
        if low == high
    }
    found: dict[float, float] = {}
    for post in ledgers.select(ledger, offer="order"):
        when = post.periods if post.years is None else post.years
        for variable, at, value in zip(post.variables.tolist(), when.tolist(), post.values.tolist(), strict=True):
            if post.line == line and given.get(variable):
                found[at] = found.get(at, 0.0) + value * given[variable]
    return found


class TestStated:
    """0.2 GW came in October 2025 for 5; 0.3 of that day's order come in July 2026 at the price then, 20 · 0.9 a GW, so
    for 5.4, of which 1.5 are paid. 0.1 GW of October's order come in April 2026 for 2, a quarter of it paid.
    """

    def test_quantities_by_date_and_the_rest(self, tmp_path: Path) -> None:
        order = posted(order_case(tmp_path, *STATED)).find("chip_purchase", "order")
        bounds = dict(zip(order.keys, zip(order.lower, order.upper, strict=True), strict=True))
        assert bounds == {
            ("order", "2025-07-01"): pytest.approx((0.5, 0.5)), ("order", "2025-10-01"): pytest.approx((0.1, 0.1)),
            ("order", "2026-01-01"): pytest.approx((0.0, 0.4)), ("order", "2026-07-01"): pytest.approx((0.0, 0.4)),
        }  # fmt: skip

    def test_balances(self, tmp_path: Path) -> None:
        case = order_case(tmp_path, *STATED)
        assert of_what_is_signed(case, "cash", "balance") == pytest.approx({0.25: -1.5, 0.5: -3.9})
        assert of_what_is_signed(case, "dues", "balance") == pytest.approx({0.25: 1.5, 0.5: 3.9})
        assert of_what_is_signed(case, "obligations", "balance") == pytest.approx({0: 5.4})
        assert of_what_is_signed(case, "cash", "deposit") == {}

    # At 4 a GW the chips of July cost 0.3 · 3.6 = 1.08, less than the deposit: nothing is left to pay.
    def test_news_of_the_price(self, tmp_path: Path) -> None:
        case = order_case(tmp_path, *STATED)
        halved = case.change("chips[tpu_a].capex_usd_bn_per_gw = 10")
        assert of_what_is_signed(halved, "cash", "balance") == pytest.approx({0.25: -1.5, 0.5: -(2.7 - 1.5)})
        low = case.change("chips[tpu_a].capex_usd_bn_per_gw = 4")
        assert of_what_is_signed(low, "cash", "balance") == pytest.approx({0.25: -1.5})
        own = case.change("chip_purchases[order].price_usd_bn_per_gw = 30")
        assert of_what_is_signed(own, "cash", "balance") == pytest.approx({0.25: -1.5, 0.5: -(9 - 1.5)})

    # Two years each: October 2027, April 2028, July 2028.
    def test_chips(self, tmp_path: Path) -> None:
        held_gw = of_what_is_signed(order_case(tmp_path, *STATED), "chips", "chips")
        assert held_gw == pytest.approx({0: 0.25, 1: 0.6, 2: 0.6, 3: 0.5})

    # In January 2028 April's chips are 1¾ years old, 0.375 of 2; July's 1½, 0.45 of 5.4; October's are past their life.
    def test_resale(self, tmp_path: Path) -> None:
        assert of_what_is_signed(order_case(tmp_path, *STATED), "cash", "resale") == pytest.approx({2.0: 0.75 + 2.43})

    def test_no_cost_stated(self, tmp_path: Path) -> None:
        case = order_case(tmp_path, "order,2025-07-01,2025-10-01,0.2,,,")
        (placed, *_), notes = vintages(case)
        assert placed.deliveries[0].price_usd_bn == pytest.approx(20.0)
        assert notes == [("order", "no cost is stated of what came on 2025-10-01: the price at the start")]
        with_price = case.change("chip_purchases[order].price_usd_bn_per_gw = 30")
        assert vintages(with_price)[1] == []

    # Signed with the first of them; the fee is paid, and nothing can be signed again.
    def test_the_fee_is_sunk(self, tmp_path: Path) -> None:
        ledgers = posted(order_case(tmp_path, *STATED, signing_fee_usd_bn="1"))
        sign = ledgers.find("chip_purchase", "sign")
        assert dict(zip(sign.keys, zip(sign.lower, sign.upper, strict=True), strict=True)) == {
            ("order", "2025-07-01"): (1.0, 1.0), ("order", "2025-10-01"): (0.0, 0.0),
            ("order", "2026-01-01"): (0.0, 0.0), ("order", "2026-07-01"): (0.0, 0.0),
        }  # fmt: skip
        first = sign["order", "2025-07-01"]
        assert not [p for p in ledgers.select("cash") if p.line == "signing_fee" and first in p.variables.tolist()]

    # Signed for a fee in 2025, nothing ordered yet: all of it may still be ordered, and no fee is paid again.
    def test_a_signature_without_a_quantity(self, tmp_path: Path) -> None:
        case = order_case(
            tmp_path, "order,2025-07-01,2025-10-01,0,,,", asked=demand(0.5), signing_fee_usd_bn="1",
            price_usd_bn_per_gw="10",
        )  # fmt: skip
        plan = solved(case)
        assert values(plan, "sign", "ordered_on") == {"2025-07-01": 1.0}
        assert by_date(plan, "signing_fee") == {}
        assert values(plan, "order", "ordered_on") == pytest.approx({"2026-01-01": 0.5})

    # 1 GW is asked for in 2026 and 0.6 are ordered. At 15 a GW the other 0.4 cost 6; the balances are 1.5 and 3.
    def test_the_rest_is_ordered(self, tmp_path: Path) -> None:
        case = order_case(
            tmp_path, *STATED, asked=demand(1.0), end=2027, price_usd_bn_per_gw="15", deposit_share="0", life=1
        ).change(
            "resale_values[*,*].value_share = 0", "signed_deliveries[order,2025-10-01,2026-04-01].cost_usd_bn = 1.5"
        )
        plan = solved(case)
        assert values(plan, "order", "ordered_on") == pytest.approx(
            {"2025-07-01": 0.5, "2025-10-01": 0.1, "2026-01-01": 0.4}
        )
        assert by_date(plan, "balance") == pytest.approx({"2026-01-01": -7.5, "2026-07-01": -3.0})
        # First half: 0.2 + 0.05 + 0.4 of 1 GW. Second: October's 0.2 run for half of it.
        missing = 0.5 * 100 * (0.35 + 0.1)
        assert cost(plan) == pytest.approx(10.5 + missing)
        assert plan.offers.loc[plan.offers["offer"] == "order", ["signed", "signed_on"]].to_numpy().tolist() == [
            ["yes", ""]
        ]

    # July's chips wait until October 2026, or until January 2027.
    @pytest.mark.parametrize(
        ("runs_from", "idle"), [("2026-10-01", {1: 0.15}), ("2027-01-01", {1: 0.3}), ("2027-04-01", {1: 0.3, 2: 0.15})]
    )
    def test_installed_later(self, tmp_path: Path, runs_from: str, idle: dict[int, float]) -> None:
        case = order_case(tmp_path, "order,2025-07-01,2026-07-01,0.3,,1.5," + runs_from, status="signed", life=5)
        assert of_what_is_signed(case, "unavailable", "chips") == pytest.approx(idle)
        plan = solved(case.change("demand[2026-01-01,here,training].demand_gw = 0.3"))
        able = {1: 0.3, 2: 0.3, 3: 0.3}
        days = [case.calendar.start_of(t).isoformat() for t in able]
        runs = by_date(plan, "run", "in_use")
        wanted = {day: able[t] - idle.get(t, 0.0) for t, day in zip(able, days, strict=True)}
        assert runs == pytest.approx({day: gw for day, gw in wanted.items() if gw > 1e-9})

    # The chip is available from February 2026 on. What is delivered before waits until then, or longer if it is said.
    def test_before_the_chip_is_available(self, tmp_path: Path) -> None:
        row = "order,2025-07-01,2025-10-01,0.3,5,1,"
        case = order_case(tmp_path, row, available="2026-02-01", status="signed", life=5)
        assert of_what_is_signed(case, "unavailable", "chips") == pytest.approx({0: 0.3 / 6})
        later = case.change("signed_deliveries[order,2025-07-01,2025-10-01].runs_from = 2026-07-01")
        assert of_what_is_signed(later, "unavailable", "chips") == pytest.approx({0: 0.3})

    def test_price_is_that_of_what_the_plan_orders(self, tmp_path: Path) -> None:
        case = order_case(tmp_path, *STATED, asked=demand(1.0), life=5)
        plan = solved(case)
        (row,) = case.rows(ChipPurchase)
        assert price(plan, row).now == pytest.approx(20.0)


class TestTables:
    """Each slip has a message of its own."""

    @pytest.mark.parametrize(
        ("rows", "cells", "message"),
        [
            (["order,2025-07-01,2025-10-01,,5,1,"], {}, "signed_deliveries.csv:2 gw: expected the GW of this delivery"),
            (["order,2025-07-01,2025-06-01,1,5,1,"], {}, "2 delivered_on: expected a date not before signed_on"),
            (["order,2025-07-01,2025-10-01,1,5,1,2025-09-01"], {}, "2 runs_from: expected a date not before delivered"),
            (
                ["order,2025-07-01,2025-10-01,1,5,6,"],
                {},
                "deposit_paid_usd_bn: expected a number not above cost_usd_bn",
            ),
            (["order,2025-07-01,2025-10-01,0,5,,"], {}, "2 cost_usd_bn: expected 0 or a blank where gw is 0"),
            (
                ["order,2025-07-01,2025-10-01,0.6,5,,", "order,2025-08-01,2025-10-01,0.6,5,,"],
                {},
                "2 gw: expected no more than max_gw 1 over all rows of order, found 1.2",
            ),
            (
                ["order,2025-07-01,2025-10-01,0.6,5,,"],
                {"min_gw": "0.5"},
                "chip_purchases.csv:2 status: expected signed, as signed_deliveries.csv says that it is ordered",
            ),
            (
                ["order,2025-07-01,2025-10-01,0.3,5,,", "order,2025-08-01,2025-10-01,0.3,5,,"],
                {"min_gw": "0.5", "status": "signed"},
                "2 signed_on: expected one day for all rows of order, as its min_gw is above 0",
            ),
            (
                ["order,2025-07-01,2025-10-01,0,,,"],
                {"min_gw": "0.5", "status": "signed"},
                "2 gw: expected a number above 0, as order has a min_gw",
            ),
            (["other,2025-07-01,2025-10-01,1,5,,"], {}, "signed_deliveries.csv:2 offer: expected an offer of chip_"),
            (["order,2025-07-01,2025-10-01,-1,5,,"], {}, "signed_deliveries.csv:2 gw: expected a number of at least 0"),
        ],
    )
    def test_refused(self, tmp_path: Path, rows: list[str], cells: dict[str, str], message: str) -> None:
        with pytest.raises(DataError) as caught:
            order_case(tmp_path, *rows, **cells)
        assert message in str(caught.value)

    # With rows the size may be a range and the day of signing blank; without them as before.
    def test_signed(self, tmp_path: Path) -> None:
        case = order_case(tmp_path / "a", *STATED, status="signed", sign_by="")
        assert [each.key[1] for each in vintages(case)[0]] == ["2025-07-01", "2025-10-01"]
        with pytest.raises(DataError) as caught:
            order_case(tmp_path / "b", status="signed", sign_by="")
        assert "max_gw: expected the same as min_gw 0 where status is signed, or rows in signed_deliveries.csv" in str(
            caught.value
        )
        assert "sign_from: expected the date on which it was ordered" in str(caught.value)


# Each fixed quantity moved, and more ordered of what is signed in full, is found.
@pytest.mark.parametrize("status", ["open", "signed"])
def test_the_audit_knows_what_was_ordered(tmp_path: Path, status: str) -> None:
    case = order_case(tmp_path, *STATED, status=status, signing_fee_usd_bn="1")
    ledgers = Portfolio.of(case).ledgers
    order, sign = ledgers.find("chip_purchase", "order"), ledgers.find("chip_purchase", "sign")

    def broken(number: int, by: float) -> set[str]:
        x = [0.0] * ledgers.size
        for group in (order, sign):
            for key, low in zip(group.keys, group.lower.tolist(), strict=True):
                x[group[key]] = low
        x[number] += by
        return {check.says for check in contract_checks(case, ledgers, np.array(x)) if check.broken}

    first = order["order", "2025-07-01"]
    assert broken(first, 0.0) == set()
    assert broken(first, 0.1) == {"order: no more than was ordered on 2025-07-01"}
    assert broken(first, -0.1) == {"order: no less than was ordered on 2025-07-01"}
    assert "order: signed on 2025-07-01" in broken(sign["order", "2025-07-01"], -1.0)
    if status == "open":
        assert broken(order["order", "2026-01-01"], 0.4) == set()
        assert broken(order["order", "2026-01-01"], 0.5) == {"order: all that is ordered within max_gw"}


class TestLaterDay:
    """A plan that orders 0.4 GW in 2026 and 0.6 in 2027, each of them in two deliveries, half a year apart."""

    def case(self, folder: Path, **cells: str) -> Case:
        given = {"sign_by": "", "signing_fee_usd_bn": "0.3", **cells}
        return order_case(
            folder, asked=demand(0.4, 0.4, 1.0), end=2029, rate=0.08, life=5, opex=3,
            deliveries="order,0,0.5\norder,6,0.5", **given,
        )  # fmt: skip

    def rows(self, case: Case) -> dict[tuple[str, str], tuple[float, float | None, float]]:
        return {
            (str(row.signed_on), str(row.delivered_on)): (
                row.gw or 0.0,
                row.cost_usd_bn,
                row.deposit_paid_usd_bn or 0.0,
            )
            for row in case.rows(SignedDelivery)
        }

    # What has come has its cost, what comes on the day or later the price of then.
    def test_what_is_written(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        gw = values(plan, "order", "ordered_on")
        (first, ordered), *_ = gw.items()
        assert first == "2026-01-01"
        later = held(plan, date(2026, 7, 1)).case
        assert later.rows(ChipPurchase)[0].status == "open"
        half = ordered / 2
        assert self.rows(later) == {
            ("2026-01-01", "2026-01-01"): pytest.approx((half, half * 20, half * 5)),
            ("2026-01-01", "2026-07-01"): (pytest.approx(half), None, pytest.approx(half * 18 * 0.25)),
        }
        own = solved(self.case(tmp_path / "own", price_usd_bn_per_gw="15"))
        row = held(own, date(2026, 7, 1)).case.rows(SignedDelivery)[1]
        assert row.cost_usd_bn == pytest.approx(15 * (row.gw or 0.0))

    @pytest.mark.parametrize(
        ("horizon", "cells"),
        [
            ("fair", {}),
            ("fair", {"price_usd_bn_per_gw": "15", "signing_fee_usd_bn": "0", "deposit_share": "1"}),
            ("charge", {"lot_gw": "0.2", "horizon_value_share": "0.5"}),
            ("fair", {"min_gw": "0.1", "deposit_share": "0"}),
            ("cut", {"sign_by": "2026-01-01"}),
        ],
    )
    def test_every_day(self, tmp_path: Path, cells: dict[str, str], horizon: str) -> None:
        case = self.case(tmp_path, **cells).change(f"case.horizon = {horizon}")
        held_on_every_day(solved(case))

    # The second delivery comes after the end: its deposit, its balance and its part of the fee outlive the horizon.
    @pytest.mark.parametrize(
        ("horizon", "deposit"), [("fair", "0"), ("fair", "0.25"), ("fair", "1"), ("cut", "0.25"), ("charge", "0.25")]
    )
    def test_deliveries_after_the_end(self, tmp_path: Path, horizon: str, deposit: str) -> None:
        case = self.case(tmp_path, deposit_share=deposit).change(
            "chip_deliveries[order,6].months = 40", f"case.horizon = {horizon}"
        )
        held_on_every_day(solved(case))

    # Five months are rounded forward to half a year; the chip is available from the middle of a period on.
    @pytest.mark.parametrize("available", ["2026-03-01", "2026-10-16", "2027-02-01"])
    def test_days_that_were_rounded(self, tmp_path: Path, available: str) -> None:
        case = self.case(tmp_path).change(
            "chip_deliveries[order,6].months = 5", f"chips[tpu_a].available_from = {available}"
        )
        rolled = held_on_every_day(solved(case))
        assert {row.delivered_on.day for each in rolled for row in each.case.rows(SignedDelivery)} == {1}

    # Ordered in September 2025: one delivery has come in December, the other comes in the middle of March.
    @pytest.mark.parametrize("price_of_order", ["", "15"])
    def test_an_order_placed_already(self, tmp_path: Path, price_of_order: str) -> None:
        case = order_case(
            tmp_path, asked=demand(1, 1), status="signed", sign_from="2025-09-16", sign_by="", min_gw="1", life=1.5,
            deliveries="order,3,0.5\norder,6,0.5", price_usd_bn_per_gw=price_of_order, rate=0.08, opex=1,
        )  # fmt: skip
        rolled = held_on_every_day(solved(case))
        assert [row.delivered_on for row in rolled[0].case.rows(SignedDelivery)] == [
            date(2025, 12, 16), date(2026, 3, 16),
        ]  # fmt: skip

    # Signed in 2026 for a fee, and nothing is ordered until July 2027.
    def test_signed_and_not_ordered(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change("demand[2026-01-01,here,training].demand_gw = 0")
        case = case.change(
            "demand[2027-01-01,here,training].demand_gw = 0", "chip_purchases[order].sign_by = 2028-12-31"
        )
        plan = solved(case)
        moved = plan.values | {"chip_purchase.sign[order,2026-01-01]": 1.0}
        assert moved.pop("chip_purchase.sign[order,2027-07-01]") == 1.0
        early = Plan.of(carried_out(Portfolio.of(case), moved), plan.record)
        later = held(early, date(2027, 1, 1)).case
        assert [(row.gw, row.cost_usd_bn) for row in later.rows(SignedDelivery)] == [(0.0, None)]
        assert later.rows(ChipPurchase)[0].status == "open"

    # Rolled to July and then to January 2027 is rolled to January 2027.
    @pytest.mark.parametrize("available", ["2026-01-01", "2026-10-16"])
    def test_twice_is_once(self, tmp_path: Path, available: str) -> None:
        plan = solved(self.case(tmp_path).change(f"chips[tpu_a].available_from = {available}"))
        once = held(plan, date(2027, 1, 1)).case
        halfway = solved(held(plan, date(2026, 7, 1)).case)
        twice = held(halfway, date(2027, 1, 1)).case
        assert self.rows(twice).keys() == self.rows(once).keys()
        for key, cells in self.rows(once).items():
            assert self.rows(twice)[key] == pytest.approx(cells)

    # One-year chips: once their life is over, so is the order; and chips owned from the start.
    def test_what_is_over(self, tmp_path: Path) -> None:
        case = order_case(
            tmp_path, asked=demand(0.4, 0.0), life=1, sign_by="2026-01-01", min_gw="0.1",
            owned="chip,in_service,gw,cost_usd_bn\ntpu_a,2025-07-01,0.1,2\n",
        )  # fmt: skip
        plan = solved(case)
        assert values(plan, "order", "ordered_on") == pytest.approx({"2026-01-01": 0.4})
        july, january = held(plan, date(2026, 7, 1)), held(plan, date(2027, 1, 1))
        assert july.case.rows(ChipPurchase)[0].status == "signed"
        assert not july.case.rows(OwnedChip)
        assert (january.case.rows(ChipPurchase), january.case.rows(SignedDelivery)) == ((), ())
        assert {change.act for change in january.changes if change.table is ChipPurchase} == {Act.LEAVE_OUT}


# A part is ordered, so what the order is worth is not asked, nor whether a plan may do without it.
def test_studies_leave_it_alone(tmp_path: Path) -> None:
    plan = solved(order_case(tmp_path, *STATED, asked=demand(1.0), life=5))
    (found,) = prices(plan, offers=["order"], with_limits=False).offers
    assert found.remark == "a part of it is ordered already"
    assert alternatives(plan.case, count=1).reasons["order"] == "a part of it is ordered already"
