"""Chip leases: profiles worked by hand, and plans whose cost is a few sums on paper."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.chip_lease.assignments import assignments
from planner.instruments.chip_lease.contract_checks import contract_checks
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.chip_lease.vintages import ChipLeaseVintage, liability, stressed_value, vintages
from planner.plan.plan import Plan
from tests.plans import cost, decided, line, lines, signed, solved
from tests.small import by_date, demand, keys, posted, profile, sites, small, sums, used

LEASE = {
    "offer": "spv", "spv": "SPV One", "chip": "tpu_a", "status": "open", "sign_from": "2026-01-01",
    "sign_by": "2026-01-01", "min_usd_bn": "0", "max_usd_bn": "40", "term_years": "2", "payment_cover": "1",
    "support_guarantor": "maker", "advance_share": "0.8", "end_option": "return", "end_price_share": "0",
}  # fmt: skip
TRANCHES = "offer,tranche,kind,seniority,min_share,max_share,rate,rate_unsupported,balloon_share,supported"
GUARANTOR = {
    "guarantors": "guarantor,kind,families,fee_rate\nmaker,residual,tpu,0.1\n",
    "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn\nmaker,residual,2026-01-01,100\n",
}


def lease_tables(
    tranches: tuple[str, ...], *, deliveries: str = "spv,0,1", resale: tuple[float, ...] = (1.0, 0.6, 0.3), **cells: str
) -> dict[str, str]:
    """Tables with one lease of `tpu_a`, which differs from `LEASE` in the cells given."""
    row = {**LEASE, **cells}
    return {
        "chip_leases": f"{','.join(row)}\n{','.join(row.values())}\n",
        "spv_tranches": "\n".join([TRANCHES, *(f"spv,{tranche}" for tranche in tranches), ""]),
        "chip_deliveries": f"offer,months,delivered_share\n{deliveries}\n",
        "resale_values": "\n".join(
            ["chip,age_years,value_share", *(f"tpu_a,{age},{share}" for age, share in enumerate(resale)), ""]
        ),
        **GUARANTOR,
    }


class TestProfiles:
    """Years from 2026 on. Half of the money is spent on 1 January 2026, t = 0, half a year later; two years each.

    Tranche A: 10 % and a balloon of 0.21, which is 0.21/1.21 at the start, so (1 − 0.21/1.21)/(1/1.1 + 1/1.21) = 10/21
    a year for each 1: 1 · 1.1 − 10/21 = 0.62381 is left after one payment, and · 1.1 − 10/21 = 0.21 after the second.
    Without support its rate is 25 %. Tranche B: no interest, ½ a year. Equity: 20 %, so 1/(1/1.2 + 1/1.44) = 36/55.
    Payments are 1.1 times that, at the end of each period. The chip costs 20 a GW and 0.5 a year; 0.1 is taken off its
    resale value.
    """

    A = "A,debt,1,0,1,0.1,0.25,0.21,true"
    PARTS = (A, "B,debt,2,0,1,0,,0,false", "equity,equity,3,0,1,0.2,,0,false")
    LEVEL = 10 / 21
    AFTER_ONE = 1.1 - 10 / 21

    def case(
        self, folder: Path, *, end: int = 2029, tranches: tuple[str, ...] = (A,), toml: str = "", **cells: str
    ) -> Case:
        tables = lease_tables(tranches, deliveries="spv,0,0.5\nspv,12,0.5", **{"payment_cover": "1.1", **cells})
        return small(folder, end=end, toml=f"resale_haircut_share = 0.1\n{toml}", **tables)

    def vintage(self, case: Case) -> ChipLeaseVintage:
        return vintages(case)[0][0]

    def test_vintages(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, sign_by="2027-06-30")
        found, notes = vintages(case)
        assert [vintage.key for vintage in found] == [
            ("spv", "2026-01-01", "maker"), ("spv", "2026-01-01", "(unsupported)"),
            ("spv", "2027-01-01", "maker"), ("spv", "2027-01-01", "(unsupported)"),
        ]  # fmt: skip
        assert notes == []
        assert vintages(case.change("chip_leases[spv].status = closed")) == ([], [])

    # Nobody named, a chip that the guarantor does not list, or nothing to support.
    @pytest.mark.parametrize(
        ("change", "notes"),
        [
            ("chip_leases[spv].support_guarantor = blank", []),
            ("guarantors[maker,residual].families = gpu", ["maker does not support tpu: unsupported only"]),
            ("spv_tranches[spv,A].supported = false", ["no tranche is supported: unsupported only"]),
        ],
    )
    def test_unsupported_only(self, tmp_path: Path, change: str, notes: list[str]) -> None:
        found, remarks = vintages(self.case(tmp_path).change(change))
        assert [vintage.backer for vintage in found] == ["(unsupported)"]
        assert remarks == [("spv", note) for note in notes]

    def test_a_guarantor_of_rents_is_no_supporter(self, tmp_path: Path) -> None:
        of_rents = {name: text.replace("residual", "lease") for name, text in GUARANTOR.items()}
        found, notes = vintages(small(tmp_path, **lease_tables((self.A,)) | of_rents))
        assert [vintage.backer for vintage in found] == ["(unsupported)"]
        assert notes == [("spv", "maker guarantees no residual values: unsupported only")]

    # A hundredth a year of what is owed on A: 1/2 in 2026, the rest of it and the second half in 2027, and so on.
    def test_a_fee_on_the_debt_supported(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, tranches=self.PARTS).change("guarantors[maker,residual].spread_rate = 0.01")
        owed = {0: 0.5, 1: 0.5 * self.AFTER_ONE + 0.5, 2: 0.5 * self.AFTER_ONE}
        ledgers = posted(case)
        assert sums(ledgers, "support_spread", counterparty="maker") == [
            ("cost", t + 0.5, pytest.approx(-0.01 * value)) for t, value in owed.items()
        ]
        assert {post.variables[0] for post in ledgers.select("cash") if post.line == "support_spread"} == {
            ledgers.find("chip_lease", "tranche")["spv", "2026-01-01", "maker", "A"]
        }
        with pytest.raises(DataError, match="spread_rate: expected a blank where kind is lease"):
            case.change("+guarantors{guarantor=bank, kind=lease, families=tpu, fee_rate=0, spread_rate=0.01}")

    def test_payments(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, tranches=self.PARTS)
        supported, unsupported = vintages(case)[0]
        for part, level in zip(supported.tranches, (self.LEVEL, 0.5, 36 / 55), strict=True):
            first, second = (supported.payments(part, case.calendar, batch) for batch in supported.batches)
            each = pytest.approx(0.55 * level)
            assert first == {0: (each, 1.0), 1: (each, 2.0)}
            assert second == {1: (each, 2.0), 2: (each, 3.0)}
        # 25 %: (1 − 0.21 · 0.64)/(0.8 + 0.64) = 0.8656/1.44.
        paid = unsupported.payments(unsupported.tranches[0], case.calendar, unsupported.batches[0])
        each = pytest.approx(0.55 * 0.8656 / 1.44)
        assert paid == {0: (each, 1.0), 1: (each, 2.0)}

    # Half-years: four payments a delivery at 1.1^½ − 1 a period, the second delivery from t = 2 on.
    def test_payments_by_half_years(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change("case.period_months = 6")
        vintage = self.vintage(case)
        level = (1 - 0.21 / 1.21) / sum(1.1 ** -(k / 2) for k in (1, 2, 3, 4))
        assert [list(vintage.payments(vintage.tranches[0], case.calendar, batch)) for batch in vintage.batches] == [
            [0, 1, 2, 3], [2, 3, 4, 5],
        ]  # fmt: skip
        first = vintage.payments(vintage.tranches[0], case.calendar, vintage.batches[0])[0]
        assert first == (pytest.approx(0.55 * level), 0.5)

    # The balloon is repaid before anything is measured in the period after the last payment.
    def test_outstanding_and_stressed_value(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, tranches=self.PARTS)
        vintage = self.vintage(case)
        a, b, _ = (vintage.outstanding(part, case.calendar) for part in vintage.tranches)
        assert a == pytest.approx(np.array([0.5, 0.5 * self.AFTER_ONE + 0.5, 0.5 * self.AFTER_ONE]))
        assert b == pytest.approx(np.array([0.5, 0.75, 0.25]))
        assert stressed_value(case, vintage) == pytest.approx(0.9 * np.array([0.5, 0.5 * 0.6 + 0.5, 0.5 * 0.6]))

    # Per USD bn 0.5/20 GW of each delivery for two years, with upkeep; at the end of 2028 the second is just over.
    def test_chips_go_back(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, support_guarantor=""))
        assert profile(ledgers, "chips", "chips") == pytest.approx({0: 0.025, 1: 0.05, 2: 0.025})
        assert sum(value for _, _, value in sums(ledgers, "upkeep")) == pytest.approx(-0.5 * 0.1)
        assert not sums(ledgers, "resale")
        assert not sums(ledgers, "buyout")

    # Bought out: the first at 2028, whose chips are kept and then worth 0.3 of 0.5 at the age of three; the second on
    # the last day of the horizon, when they are worth the same at the age of two.
    def test_chips_are_bought(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, support_guarantor="", end_option="buy", end_price_share="0.3"))
        assert profile(ledgers, "chips", "chips") == pytest.approx({0: 0.025, 1: 0.05, 2: 0.05})
        assert sums(ledgers, "buyout") == [("cost", 2.0, -0.5), ("cost", 3.0, -0.5)]
        assert sums(ledgers, "resale") == [("credit", 3.0, pytest.approx(0.15))] * 2
        (price,) = ledgers.maxima
        assert [(values.tolist(), constant) for _, values, constant in price.forms] == [([0.3], 0.0), ([0.21], 0.0)]

    # Due 0, 1, 2; everything from signing on, then what is left; the horizon of two years cuts off the last.
    def test_what_is_owed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, end=2028, support_guarantor="").change(
            "spv_tranches[spv,A].rate_unsupported = blank"
        )
        ledgers, each = posted(case), 0.55 * self.LEVEL
        assert profile(ledgers, "dues", "lease_payment") == pytest.approx({0: each, 1: 2 * each, 2: each})
        assert profile(ledgers, "obligations", "lease_payment") == pytest.approx({0: 4 * each, 1: 3 * each})
        assert profile(ledgers, "fixed_charges", "lease_payment") == pytest.approx({0: each, 1: 2 * each})
        assert sums(ledgers, "lease_payment") == [
            ("cost", 1.0, pytest.approx(-each)), ("cost", 2.0, pytest.approx(-2 * each)),
            ("beyond_horizon", 3.0, pytest.approx(-each)),
        ]  # fmt: skip

    # A horizon of one year: the second delivery never comes, nor are its payments due.
    def test_deliveries_after_the_horizon_are_dropped(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, end=2027, support_guarantor=""))
        assert profile(ledgers, "chips", "chips") == pytest.approx({0: 0.025})
        assert list(profile(ledgers, "dues", "lease_payment")) == [0, 1]

    # At 6 %, payments at the ends of years. Recognised by delivery, at t = 0 only the first's two count.
    def test_liability(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        vintage, each = self.vintage(case), 0.55 * self.LEVEL
        now, next_year, last = (1.06**-years for years in (1, 2, 3))
        from_delivery = liability(case, vintage, vintage.tranches[0])
        assert from_delivery == pytest.approx(each * np.array([now + next_year, 2 * now + next_year, now]))
        signing = case.change("case.recognise_leases = signing")
        whole = liability(signing, self.vintage(signing), vintage.tranches[0])
        assert whole == pytest.approx(each * np.array([now + 2 * next_year + last, 2 * now + next_year, now]))

    # Outstanding debt instead of payments, and no equity.
    def test_debt_of_a_consolidated_spv(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, support_guarantor="", toml="consolidate_spv = true\n")
        case = case.change("spv_tranches[spv,A].rate_unsupported = blank")
        ledgers = posted(case)
        owed = {0: 0.5, 1: 0.5 * self.AFTER_ONE + 0.5, 2: 0.5 * self.AFTER_ONE}
        assert profile(ledgers, "debt", "spv_debt", debt_class="spv") == pytest.approx(owed)
        assert not profile(ledgers, "debt", "lease_liability")
        equity = case.change("spv_tranches[spv,A].supported = false", "spv_tranches[spv,A].kind = equity")
        assert not list(posted(equity).select("debt"))

    # 0.5 of A and 0.62381 · 0.5 + 0.5, less the chips: one maximum over both deliveries, in each period.
    def test_exposure_and_its_fee(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, end=2028))
        support = keys(ledgers, "chip_lease", "support")
        assert support == [("spv", "2026-01-01", "maker", 0), ("spv", "2026-01-01", "maker", 1)]
        forms = [top.forms[0] for top in ledgers.maxima]
        # Variables in order: the amount, then the tranche.
        assert [values.tolist() for _, values, _ in forms] == [
            [pytest.approx(-0.45), pytest.approx(0.5)],
            [pytest.approx(-0.72), pytest.approx(0.5 * self.AFTER_ONE + 0.5)],
        ]
        assert [fee for _, _, fee in sums(ledgers, "guarantee_fee")] == [-0.1, -0.1]
        assert ledgers.balance("guarantees", guarantor="maker", cover="residual").possible() == [0, 1]

    # Signed a year before the start for 4: the first delivery is one payment old. Nothing is decided, no fee is paid.
    def test_a_lease_signed_already(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path, status="signed", sign_from="2025-01-01", sign_by="", min_usd_bn="4", max_usd_bn="4",
            signing_fee_usd_bn="1", tranches=("A,debt,1,1,1,0.1,,0.21,true",),
        )  # fmt: skip
        ledgers, vintage = posted(case), self.vintage(case)
        assert [vintage.key for vintage in vintages(case)[0]] == [("spv", "2025-01-01", "maker")]
        assert [batch.first for batch in vintage.batches] == [-1, 0]
        each = 0.55 * self.LEVEL
        assert profile(ledgers, "dues", "lease_payment") == pytest.approx({0: 2 * each, 1: each})
        assert profile(ledgers, "chips", "chips") == pytest.approx({0: 0.05, 1: 0.025})
        assert vintage.outstanding(vintage.tranches[0], case.calendar)[0] == pytest.approx(0.5 * self.AFTER_ONE + 0.5)
        assert stressed_value(case, vintage)[0] == pytest.approx(0.9 * (0.5 * 0.6 + 0.5))
        assert not sums(ledgers, "signing_fee")
        assert [(f.lower.tolist(), f.upper.tolist()) for f in ledgers.groups if f.block == "chip_lease"][:3] == [
            ([1.0], [1.0]), ([4.0], [4.0]), ([4.0], [4.0]),
        ]  # fmt: skip

    def test_signing_fee(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, support_guarantor="", signing_fee_usd_bn="1"))
        assert sums(ledgers, "signing_fee") == [("cost", 0.0, -1.0)]


class TestAssignment:
    """An order of up to 1 GW at 15, on 1 January 2026: 0.4 at once, 0.6 a year later; the SPV buys at 20 in 2027."""

    def case(self, folder: Path, **cells: str) -> Case:
        tables = lease_tables(
            ("A,debt,1,0,1,0.1,,0,false",), deliveries="spv,12,1\norder,0,0.4\norder,12,0.6",
            **{"buys_from": "order", "support_guarantor": "", **cells},
        )  # fmt: skip
        return small(folder, end=2029, **tables, chip_purchases=ORDER)

    # Either delivery may go over in 2027, at t = 1: chips and upkeep leave the order then. The first would be three
    # years old at the end and worth 0.3 of 15, the second two years: the same. For the first, a year old then, the lab
    # gets 0.6 of 15, for the second all of it.
    def test_what_leaves_the_order(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        on = ("spv", "2026-01-01", "(unsupported)", "2027-01-01", "2026-01-01")
        assert keys(ledgers, "chip_lease", "assign") == [(*on, "2026-01-01"), (*on, "2027-01-01")]
        handed = [
            (post.line, dict(zip(post.periods.tolist(), post.values.tolist(), strict=True)))
            for post in ledgers.posts
            if (post.labels.offer, post.labels.instrument) == ("order", "chip_lease")
        ]
        balance = [("balance", {1: pytest.approx(-15.0)})]
        assert handed == [
            each
            for price, more in ((9.0, []), (15.0, balance))
            for each in (
                ("chips", {1: -1.0, 2: -1.0}), ("upkeep", {1: 0.5, 2: 0.5}), ("resale", {3: pytest.approx(-4.5)}),
                ("assignment", {1: pytest.approx(price)}), *more,
            )
        ]  # fmt: skip

    # The SPV holds the GW itself for its term of two years, and 9/20 or 15/20 of a GW of new chips less.
    def test_what_the_spv_holds(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        for received, fewer in (("2026-01-01", 0.45), ("2027-01-01", 0.75)):
            variable = ledgers.find("chip_lease", "assign")[
                "spv", "2026-01-01", "(unsupported)", "2027-01-01", "2026-01-01", received
            ]
            held = [
                dict(zip(post.periods.tolist(), post.values.tolist(), strict=True))
                for post in ledgers.select("chips", offer="spv")
                if variable in post.variables.tolist()
            ]
            assert held == [{1: 1.0, 2: 1.0}, pytest.approx({1: -fewer, 2: -fewer})]

    # What it pays: the cost of young chips, and the value of older ones, or of all of them where the lease says so.
    @pytest.mark.parametrize(
        ("cells", "prices"),
        [
            ({}, (9.0, 15.0)),
            ({"assign_within_months": "13"}, (15.0, 15.0)),
            ({"assign_within_months": "12"}, (9.0, 15.0)),
            ({"assign_price": "value", "assign_within_months": "99"}, (9.0, 15.0)),
        ],
    )
    def test_what_it_pays(self, tmp_path: Path, cells: dict[str, str], prices: tuple[float, ...]) -> None:
        ledgers = posted(self.case(tmp_path, **cells))
        assert [value for _, _, value in sums(ledgers, "assignment")] == pytest.approx(prices)

    # No haircut. A year after the SPV's delivery, at t = 2, the older chips are worth 0.3 · 15 = 4.5, new ones for 9
    # would be worth 0.6 · 9 = 5.4. At their delivery both are worth 9. The younger are worth what new ones for 15 are.
    def test_value_under_stress_runs_from_their_own_delivery(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        found = [each.chips.stressed(case) for each in assignments(case, posted(case), vintages(case)[0])]
        assert found == [pytest.approx({1: 0.0, 2: -0.9}), pytest.approx({1: 0.0, 2: 0.0})]

    # What comes after the SPV's delivery cannot go over; past its life neither.
    def test_what_can_be_handed_over(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        early = case.change("chip_deliveries[spv,12].months = 6")
        assert len(keys(posted(early), "chip_lease", "assign")) == 2  # rounded forward to 2027
        now = case.change("chip_deliveries[spv,12].months = 0")
        assert [key[-1] for key in keys(posted(now), "chip_lease", "assign")] == ["2026-01-01"]
        short = case.change("chips[tpu_a].life_years = 1")
        assert [key[-1] for key in keys(posted(short), "chip_lease", "assign")] == ["2027-01-01"]
        assert not keys(posted(case.change("chip_leases[spv].buys_from = blank")), "chip_lease", "assign")

    # Of 1 GW ordered 0.6 come in 2027, for 9; 20 of money pay for them, 8 do not.
    @pytest.mark.parametrize(
        ("ordered", "money", "broken"),
        [
            (1.0, 20.0, set()),
            (0.9, 20.0, {"order of 2026-01-01: GW handed over within its delivery on 2027-01-01"}),
            (
                1.0,
                8.0,
                {
                    "spv signed on 2026-01-01, (unsupported): the price of what it takes over on 2027-01-01 within its"
                    " money"
                },
            ),
        ],
    )
    def test_what_is_handed_over_was_ordered_and_is_paid_for(
        self, tmp_path: Path, ordered: float, money: float, broken: set[str]
    ) -> None:
        case = self.case(tmp_path)
        ledgers = posted(case)
        x = np.zeros(ledgers.size)
        on = ("spv", "2026-01-01", "(unsupported)")
        x[ledgers.find("chip_lease", "sign")[on]] = 1.0
        x[ledgers.find("chip_lease", "amount")[on]] = x[ledgers.find("chip_lease", "tranche")[*on, "A"]] = money
        x[ledgers.find("chip_lease", "assign")[*on, "2027-01-01", "2026-01-01", "2027-01-01"]] = 0.6
        x[ledgers.find("chip_purchase", "order")["order", "2026-01-01"]] = ordered
        says = {check.says for check in contract_checks(case, ledgers, x) if check.broken and "over" in check.says}
        assert says == broken


ORDER = (
    "offer,chip,vendor,status,sign_from,sign_by,max_gw,price_usd_bn_per_gw\n"
    "order,tpu_a,maker,open,2026-01-01,2026-01-01,1,15\n"
)


class TestPlans:
    """Two years; 1 GW asked for, at 100 a GW-year if it is missing; halls are free, a leased GW costs the SPV 20.

    Tranche A, up to 0.8 of the money: no interest with support, so 0.5 a year for each 1; 25 % without, 25/36 a year
    and 5/9 outstanding after the first. Equity: 50 %, 0.9 a year. Chips are worth 0.7 of their cost new, 0.3 after a
    year. So supported: 16 of A and 4 of equity cost 8 + 3.6 a year, 23.2. The supporter stands behind 16 − 14 = 2, then
    8 − 6 = 2; its fee is a tenth: 23.6 in all.
    """

    def case(self, folder: Path, **cells: str) -> Case:
        tables = lease_tables(
            ("A,debt,1,0,0.8,0,0.25,0,true", "equity,equity,2,0,1,0.5,,0,false"), resale=(0.7, 0.3, 0.0), **cells
        )
        return self.made(folder, tables)

    def made(self, folder: Path, tables: dict[str, str]) -> Case:
        chips = (
            "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,"
            "opex_usd_bn_per_gw_year\ntpu_a,tpu,maker,2026-01-01,20,0,5,0\n"
        )
        halls = sites({"capacity_mw": 2000, "rent_usd_per_kw_month": 0, "ready_by": "2026-01-01"})
        return small(folder, demand=demand(1.0), chips=chips, site_leases=halls, **tables)

    def test_supported(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert cost(plan) == pytest.approx(23.6)
        assert lines(plan) == pytest.approx({"lease_payment": 23.2, "guarantee_fee": 0.4})
        assert decided(plan, "amount", "spv", "backer") == pytest.approx({"maker": 20.0})
        assert by_date(plan, "support", "guarantees") == pytest.approx({"2026-01-01": 2.0, "2027-01-01": 2.0})
        liability = {"2026-01-01": 11.6 * (1.06**-1 + 1.06**-2), "2027-01-01": 11.6 * 1.06**-1}
        assert by_date(plan, "lease_liability", "debt") == pytest.approx(liability)

    # Debt may be 0.8 of 14, and 5/9 of it 0.8 of 6: 8.64. It costs 6 a year, the other 11.36 cost 10.224.
    def test_support_taken_away(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("chip_leases[spv].support_guarantor = blank"))
        assert cost(plan) == pytest.approx(32.448)
        assert decided(plan, "tranche", "spv", "backer") == pytest.approx({"(unsupported)": 20.0})
        assert tranches(plan) == pytest.approx({"A": 8.64, "equity": 11.36})

    # One more of A saves 0.8; it adds 1 to the first exposure from 14 on and ½ to the second from 12 on. At a fee of
    # 0.5 that costs 0.75, at a fee of 1 it costs 1.5, so that 14 of A are left: 7 + 5.4 a year, and 1 to stand behind.
    @pytest.mark.parametrize(("fee", "total"), [(0.5, 23.2 + 0.5 * 4), (1.0, 24.8 + 1.0)])
    def test_dear_support_is_used_less(self, tmp_path: Path, fee: float, total: float) -> None:
        plan = solved(self.case(tmp_path).change(f"guarantors[maker,residual].fee_rate = {fee}"))
        assert cost(plan) == pytest.approx(total)

    # 0.5 of 6 is 3: 5.4 of debt. 3.75 and 14.6 · 0.9 a year.
    def test_advance_share_cut(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, support_guarantor="", advance_share="0.5")
        plan = solved(case)
        assert cost(plan) == pytest.approx(2 * (3.75 + 14.6 * 0.9))
        assert tranches(plan) == pytest.approx({"A": 5.4, "equity": 14.6})

    # Half and half: 5 + 9 a year, and nothing for the supporter to stand behind.
    def test_tranche_capped(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("spv_tranches[spv,A].max_share = 0.5"))
        assert cost(plan) == pytest.approx(28.0)
        assert not by_date(plan, "support", "guarantees")

    # Worth 0.1 after a year: 8 − 2 = 6 to stand behind, another 0.4 of fee.
    def test_residual_curve_lowered(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("resale_values[tpu_a,1].value_share = 0.1"))
        assert cost(plan) == pytest.approx(24.0)
        assert by_date(plan, "support", "guarantees") == pytest.approx({"2026-01-01": 2.0, "2027-01-01": 6.0})

    # Room for 1: half of A less 6 is 1 at 14 of A. 7 + 5.4 a year, and a fee of 0.1 in the second.
    def test_supporter_with_little_room(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("guarantor_caps[maker,residual,2026-01-01].cap_usd_bn = 1"))
        assert cost(plan) == pytest.approx(24.9)
        of_room = used(plan, "guarantor_cap", "maker/residual")
        assert of_room["2026-01-01"] == pytest.approx((0.0, 1.0))
        assert of_room["2027-01-01"] == pytest.approx((1.0, 1.0))

    # Three quarters of a GW at least, or nothing: with 0.5 GW asked for, 7.5 too much is paid for all the same.
    def test_least_amount(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, min_usd_bn="15").change("demand[*,*,*].demand_gw = 0.5")
        assert cost(solved(case)) == pytest.approx(0.75 * 23.6)
        assert "spv" not in signed(solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 17")))

    # The SPV's debt of 16, then 8, instead of the payments.
    def test_consolidated(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("case.consolidate_spv = true"))
        assert cost(plan) == pytest.approx(23.6)
        assert by_date(plan, "spv_debt", "debt") == pytest.approx({"2026-01-01": 16.0, "2027-01-01": 8.0})
        assert not by_date(plan, "lease_liability", "debt")

    # Chips a year late: nothing is debt before, unless it is from signing on. Demand of 2026 goes missing, at 100.
    def test_recognised_at_signing(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, deliveries="spv,12,1")
        plan = solved(case)
        assert cost(plan) == pytest.approx(100 + 11.6 + 0.2)
        value = 11.6 * (1.06**-1 + 1.06**-2)
        assert by_date(plan, "lease_liability", "debt") == pytest.approx({"2027-01-01": value})
        at_signing = by_date(solved(case.change("case.recognise_leases = signing")), "lease_liability", "debt")
        assert at_signing == pytest.approx({"2026-01-01": value / 1.06, "2027-01-01": value})

    # One year each: bought at the end for a tenth of the cost, or for A's balloon where that is more.
    # With a balloon of 0.25: A costs 0.75 in the year without interest; equity 1.5. 16 · 0.75 + 4 · 1.5 = 18; then the
    # balloon, 4, against 2. The chips serve 2027 too, and are worth nothing at the end. Exposure: 16 − 14 = 2, fee 0.2.
    def test_bought_at_the_end(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, term_years="1", end_option="buy", end_price_share="0.1")
        # Without balloons 20 · 0.1 = 2, and A costs 16, equity 6.
        assert cost(solved(case)) == pytest.approx(16 + 6 + 2 + 0.2)
        plan = solved(case.change("spv_tranches[spv,A].balloon_share = 0.25"))
        assert line(plan, "buyout") == pytest.approx(4.0)
        assert cost(plan) == pytest.approx(18 + 4 + 0.2)
        # The price is owed from signing on, and paid at the start of 2027; it is no payment of the next twelve months.
        owed = plan.ledger[plan.ledger["line"] == "buyout"].groupby(["ledger", "period"])["value"].sum().to_dict()
        assert owed == pytest.approx(
            {("cash", "2027-01-01"): -4.0, ("obligations", "2026-01-01"): 4.0, ("dues", "2027-01-01"): 4.0}
        )

    # A term of three years ends after the horizon: a tenth of 20 is owed all the time, and falls due in 2029.
    def test_a_price_after_the_end_is_owed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, term_years="3", end_option="buy", end_price_share="0.1")
        plan = solved(case)
        assert by_date(plan, "buyout", "obligations") == pytest.approx({"2026-01-01": 2.0, "2027-01-01": 2.0})
        due = plan.maturities[plan.maturities["kind"] == "buyout"]
        assert dict(zip(due["year"], due["owed_usd_bn"], strict=True)) == pytest.approx({"2029": 2.0})
        assert not by_date(plan, "buyout")

    # The lab has 13 a year and no cash: too little for an order at 15. Handed over to the SPV, the order brings 15 at
    # once, and payments and fee of 0.75 · 11.8 a year are met: 17.7. Not assignable, nothing of the order can be paid
    # on the first day, and the SPV buys 1 GW for 20: 11.8 a year.
    def test_order_novated(self, tmp_path: Path) -> None:
        tables = lease_tables(
            ("A,debt,1,0,0.8,0,0.25,0,true", "equity,equity,2,0,1,0.5,,0,false"), resale=(0.7, 0.3, 0.0),
            deliveries="spv,0,1\norder,0,1", buys_from="order", min_usd_bn="15", max_usd_bn="20",
        )  # fmt: skip
        tables |= {
            "chip_purchases": ORDER,
            "finance": "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,13,0,0\n",
        }
        case = self.made(tmp_path, tables)
        plan = solved(case)
        assert cost(plan) == pytest.approx(17.7)
        assert decided(plan, "assign", "spv", "backer") == pytest.approx({"maker": 1.0})
        assert line(plan, "assignment") == pytest.approx(-15.0)
        alone = solved(case.change("chip_leases[spv].buys_from = blank"))
        assert cost(alone) == pytest.approx(2 * 11.8)
        assert signed(alone) == {"spv", "hall"}

    # Delivered a year later to the lab or to the SPV: the lab owes the order's 15 until the SPV takes it over and pays
    # all of them; nothing of it falls due to the lab, which pays 0.75 · 11.6 = 8.7 for two years from 2027 on.
    def test_a_balance_that_the_spv_pays_is_not_due(self, tmp_path: Path) -> None:
        tables = lease_tables(
            ("A,debt,1,0,0.8,0,0.25,0,true", "equity,equity,2,0,1,0.5,,0,false"), resale=(0.7, 0.3, 0.0),
            deliveries="spv,12,1\norder,12,1", buys_from="order", min_usd_bn="15", max_usd_bn="15",
        )  # fmt: skip
        tables |= {
            "chip_purchases": ORDER,
            "finance": "from_date,revenue_usd_bn_per_year,other_cost_share,obligations_cap_usd_bn\n2026-01-01,0,0,\n",
        }
        plan = solved(self.made(tmp_path, tables))
        assert decided(plan, "assign", "spv", "backer") == pytest.approx({"maker": 1.0})
        owed = plan.ledger[plan.ledger["ledger"] == "obligations"].groupby(["line", "period"])["value"].sum()
        assert owed["lease_payment"].to_dict() == pytest.approx({"2026-01-01": 17.4, "2027-01-01": 17.4})
        assert owed["balance"].to_dict() == pytest.approx({"2026-01-01": 15.0})
        due = plan.maturities[plan.maturities["kind"] == "balance"]
        assert due["owed_usd_bn"].tolist() == pytest.approx([0.0])

    # Signed in 2025 for 20 with 16 of A, half a GW delivered at once, half in 2026: one payment of each half's 11.6 / 2
    # is left of the first, two of the second. The second half comes on the day of the start, when the first is worth
    # 0.3: 4 + 8 are outstanding against 3 + 7, a year later 4 against 3. 2026: 1 GW; 2027: half, half is short.
    def test_signed_already(self, tmp_path: Path) -> None:
        tables = lease_tables(
            ("A,debt,1,0.8,0.8,0,0.25,0,true", "equity,equity,2,0.2,0.2,0.5,,0,false"), resale=(0.7, 0.3, 0.0),
            deliveries="spv,0,0.5\nspv,12,0.5", status="signed", sign_from="2025-01-01", sign_by="",
            min_usd_bn="20", max_usd_bn="20",
        )  # fmt: skip
        plan = solved(self.made(tmp_path, tables))
        assert by_date(plan, "support", "guarantees") == pytest.approx({"2026-01-01": 2.0, "2027-01-01": 1.0})
        assert cost(plan) == pytest.approx(3 * 5.8 + 0.3 + 50.0)


def tranches(plan: Plan) -> dict[str, float]:
    """Money by tranche [USD bn]."""
    return decided(plan, "tranche", "spv", "tranche")


class TestTable:
    """What `check` says of leases."""

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ("chip_leases[spv].min_usd_bn = 50", "max_usd_bn: expected a number not below min_usd_bn 50, found '40'"),
            ("chip_leases[spv].status = required", "min_usd_bn: expected a number above 0 where status is required"),
            (
                "chip_leases[spv].status = signed",
                "max_usd_bn: expected the same as min_usd_bn 0 where status is signed",
            ),
            ("chip_leases[spv].sign_by = 2025-01-01", "sign_by: expected a date not before sign_from 2026-01-01"),
            ("-spv_tranches[spv,*]", "offer: expected a lease with at least one row in spv_tranches.csv"),
            ("spv_tranches[spv,A].max_share = 0.9", "max_share: expected parts that add to 1 at least over all rows"),
            ("spv_tranches[spv,A].kind = equity", "supported: expected false where kind is equity"),
            ("-chip_deliveries[spv,*]", "offer: expected a lease with at least one row in chip_deliveries.csv"),
            ("chip_deliveries[spv,0].delivered_share = 0.9", "delivered_share: expected parts that add to 1"),
            ("chips[tpu_a].capex_decline_rate = 1", "chip: expected a chip with a price above 0 at every date"),
            ("-resale_values[tpu_a,*]", "chip: expected a chip with rows in resale_values.csv"),
        ],
    )
    def test_problems(self, tmp_path: Path, change: str, problem: str) -> None:
        case = small(tmp_path, **lease_tables(("A,debt,1,0,1,0.1,,0,true",)))
        (row,) = case.rows(ChipLease)
        assert row.spv == "SPV One"
        with pytest.raises(DataError) as raised:
            case.change(change)
        assert problem in str(raised.value)

    def test_an_order_of_other_chips(self, tmp_path: Path) -> None:
        tables = lease_tables(("A,debt,1,0,1,0.1,,0,true",), deliveries="spv,0,1\norder,0,1", buys_from="order")
        chips = (
            "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,"
            "opex_usd_bn_per_gw_year\ntpu_a,tpu,maker,2026-01-01,20,0,5,0\ngpu_b,gpu,maker,2026-01-01,20,0,5,0\n"
        )
        tables["resale_values"] += "gpu_b,0,1\n"
        with pytest.raises(DataError, match="buys_from: expected an order of tpu_a, found order, an order of gpu_b"):
            small(tmp_path, chips=chips, chip_purchases=ORDER.replace("tpu_a", "gpu_b"), **tables)
