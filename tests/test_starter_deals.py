"""Leased chips, idle machines, the loan and the covenants of the starter case: what changes to them do, by hand.

What machines and money cost is worked out in `tests/starter.py`. Mesa 1's TPUs cost 3.9496 as they are leased and 4.5
as they could be bought. Whatever makes the lease dearer by 0.5504 or more has them bought instead.
"""

import pytest

from planner.basics import finance
from tests.plans import decided, line, signed
from tests.starter import (
    ADVANTAGE,
    EVERYTHING,
    LAKE,
    LAKE_LATER,
    LEASED,
    assert_costs_more,
    backers,
    leased,
    orders,
    starts,
    tier,
    to_the_east,
    tranches,
    use,
    with_changes,
)

LATER = LAKE_LATER + 0.2 * 9.5 - LAKE
"""0.1092: lake from 2029, and cirrus_tpu over the link in its place in 2028"""
KEEP_LAKE = (
    "site_leases[lake].status = required",
    "site_leases[lake].min_share = 1",
    "site_leases[lake].ready_by = 2028-01-01",
)
"""lake is worth so little that a limit is met by less of it, or by lake a year later, before anything else moves"""


class TestSupport:
    """tpu_maker stands behind 0.79 of the loan's 4.8 less 3.2 for the chips, in 2030. It has room for 2 − 0.2 = 1.8.

    Without support the loan's rate is 12 %, and it may never be more than 0.9 of what the chips fetch. Three payments
    that leave 0.669 are (1 − 0.669 / 1.12³) / (1/1.12 + 1/1.12² + 1/1.12³) = 0.218091 each, and at the start of 2030,
    when chips fetch 3.2, (0.218091 + 0.669) / 1.12 = 0.792046 is outstanding.
    """

    NO_SUPPORT = "chip_leases[tpu_lease].support_guarantor = blank"
    PAYMENT = (1 - 0.669 / 1.12**3) / (1 / 1.12 + 1 / 1.12**2 + 1 / 1.12**3)
    OUTSTANDING = (PAYMENT + 0.669) / 1.12

    def test_no_room(self) -> None:
        # Nothing may be left to stand behind: 0.79 of the loan is 3.2, so 4.050633 is lent and 0.749367 more is equity,
        # which costs 0.1 a year more; no fee.
        plan = with_changes("guarantor_caps[tpu_maker,residual,*].cap_usd_bn = 0")
        loan = 3.2 / 0.79
        assert_costs_more(plan, 3 * 0.1 * (4.8 - loan) - 0.05 * 0.592)
        assert leased(plan) == {"tpu_maker": 6.4}
        assert tranches(plan) == {"senior": loan, "equity": 6.4 - loan}
        assert decided(plan, "support", "tpu_lease", "period") == {}

    def test_little_room(self) -> None:
        # 0.4 − 0.2 = 0.2: the loan is (3.2 + 0.2) / 0.79.
        plan = with_changes("guarantor_caps[tpu_maker,residual,*].cap_usd_bn = 0.4")
        loan = 3.4 / 0.79
        assert_costs_more(plan, 3 * 0.1 * (4.8 - loan) + 0.05 * (0.2 - 0.592))
        assert decided(plan, "support", "tpu_lease", "period") == {"2030-01-01": pytest.approx(0.2)}

    @pytest.mark.parametrize("advance", [0.9, 0.88])
    def test_taken_away(self, advance: float) -> None:
        # At 0.9 the loan is 0.9 · 3.2 / 0.792046 = 3.636154 and the lease 3 · (0.793013 + 0.829154) − 0.4 = 4.4665. At
        # 0.88 there is less debt, 3.555351, and more equity: 4.4864. Both are less than 4.5.
        plan = with_changes(self.NO_SUPPORT, f"chip_leases[tpu_lease].advance_share = {advance}")
        loan = advance * 3.2 / self.OUTSTANDING
        lease = 3 * (self.PAYMENT * loan + 0.3 * (6.4 - loan)) - 0.4
        assert_costs_more(plan, lease - LEASED)
        assert leased(plan) == {"(unsupported)": 6.4}
        assert tranches(plan) == {"senior": loan, "equity": 6.4 - loan}
        assert signed(plan) == EVERYTHING

    def test_advance_cut_until_chips_are_bought(self) -> None:
        # At 0.8 the loan is 3.232138: 3 · (0.704900 + 0.950359) − 0.4 = 4.5658 for the lease.
        plan = with_changes(self.NO_SUPPORT, "chip_leases[tpu_lease].advance_share = 0.8")
        assert_costs_more(plan, ADVANTAGE)
        assert signed(plan) == EVERYTHING - {"tpu_lease"}
        assert orders(plan, "tpu_order") == {"2027-01-01": 0.4, "2028-01-01": 0.4}

    def test_tranche_capped(self) -> None:
        # Half and half cost 0.25 a year instead of 0.225; 0.79 of 3.2 is less than the chips fetch, so there is no fee.
        plan = with_changes("spv_tranches[tpu_lease,senior].max_share = 0.5")
        assert_costs_more(plan, 3 * 0.025 * 6.4 - 0.05 * 0.592)
        assert tranches(plan) == {"senior": 3.2, "equity": 3.2}

    def test_tranche_capped_until_chips_are_bought(self) -> None:
        # A quarter lent: 0.275 · 6.4 · 3 − 0.4 = 4.88.
        plan = with_changes("spv_tranches[tpu_lease,senior].max_share = 0.25")
        assert_costs_more(plan, ADVANTAGE)
        assert signed(plan) == EVERYTHING - {"tpu_lease"}


class TestResaleCurve:
    """After two years a TPU fetches 0.4 of its price instead of 0.5, after one 0.7 instead of 0.75, after three 0.25.

    Mesa 2's TPUs are two years old at the end, so that costs 0.1 · 6 = 0.6 in any case. In 2030 the SPV's chips are
    worth 2.56.
    """

    LOWER = (
        "+resale_values{chip=tpu_a, age_years=2, value_share=0.4}",
        "+resale_values{chip=tpu_a, age_years=3, value_share=0.25}",
    )

    def test_more_to_stand_behind(self) -> None:
        # 3.792 − 2.56 = 1.232 instead of 0.592; in 2029 0.9 · 4.8 is still less than 0.7 · 6.4.
        plan = with_changes(*self.LOWER)
        assert_costs_more(plan, 0.6 + 0.05 * 0.64)
        assert decided(plan, "support", "tpu_lease", "period") == {"2030-01-01": pytest.approx(1.232)}

    def test_beyond_the_guarantors_room(self) -> None:
        # With room for 1.2 − 0.2 = 1 the loan is (2.56 + 1) / 0.79 = 4.506329.
        plan = with_changes(*self.LOWER, "guarantor_caps[tpu_maker,residual,*].cap_usd_bn = 1.2")
        loan = 3.56 / 0.79
        assert_costs_more(plan, 0.6 + 3 * 0.1 * (4.8 - loan) + 0.05 * (1 - 0.592))
        assert tranches(plan) == {"senior": loan, "equity": 6.4 - loan}

    def test_advance_without_support(self) -> None:
        # The loan is at most 0.9 · 2.56 / 0.792046 = 2.908923 and the lease 3 · (0.634410 + 1.047323) − 0.4 = 4.6452.
        plan = with_changes(*self.LOWER, TestSupport.NO_SUPPORT)
        assert_costs_more(plan, 0.6 + ADVANTAGE)
        assert signed(plan) == EVERYTHING - {"tpu_lease"}


class TestAssignment:
    def test_order_not_assignable(self) -> None:
        # The SPV buys its own chips: the lab does not earn 1 on each of 0.4 GW, and orders only for mesa_2.
        plan = with_changes("chip_leases[tpu_lease].buys_from = blank")
        assert_costs_more(plan, 0.4)
        assert orders(plan, "tpu_order") == {"2028-01-01": 0.4}
        assert leased(plan) == {"tpu_maker": 6.4}

    def test_order_as_dear_as_the_list(self) -> None:
        # Bought at 16, a GW costs 4 a year: mesa_2's 0.4 GW 0.2 more in each of two years, and nothing is earned.
        plan = with_changes("chip_purchases[tpu_order].price_usd_bn_per_gw = 16")
        assert_costs_more(plan, 0.4 * 0.25 * 2 + 0.4)
        assert leased(plan) == {"tpu_maker": 6.4}

    def test_order_cheaper_than_the_lease(self) -> None:
        # At 12 a GW costs 3 a year: 2 · 0.3 less for mesa_2. Leased, mesa_1's chips cost 4.3496 − 4 · 0.4 = 2.7496;
        # bought, 3.6. What the SPV pays is worth more the cheaper the order. Not assignable, they are bought: 4.3496.
        cheap = "chip_purchases[tpu_order].price_usd_bn_per_gw = 12"
        plan = with_changes(cheap)
        assert_costs_more(plan, -0.6 - 1.2)
        assert leased(plan) == {"tpu_maker": 6.4}
        alone = with_changes(cheap, "chip_leases[tpu_lease].buys_from = blank")
        assert_costs_more(alone, -0.6 + 3.6 - LEASED)
        assert signed(alone) == EVERYTHING - {"tpu_lease"}


def worth(*rents: float) -> float:
    """Value at the lease rate of 6 % of yearly rents to come, each paid in mid-year."""
    return sum(rent * 1.06 ** -(year + 0.5) for year, rent in enumerate(rents))


def worth_in_arrears(*payments: float) -> float:
    """Value at the lease rate of 6 % of yearly payments to come, each paid at the end of its year."""
    return sum(payment * 1.06 ** -(year + 1) for year, payment in enumerate(payments))


class TestDebt:
    """Leases count as debt at the value of what is still to be paid, from their commencement on.

    mill pays 0.24 to 2034, lake 0.36 for ten years, each phase of Mesa 0.48 rising by 5 % for five, the lease of chips
    1.44 for three. That is 10.243995 at the start of 2028, 10.594223 at that of 2029 and less after; the cap is 15.

    Each USD bn of leasing that is given up for chips bought costs 0.5504 / 6.4 = 0.086.
    """

    MESA = tuple(0.48 * 1.05**year for year in range(5))
    HALLS_2028 = worth(*[0.24] * 7) + worth(*[0.36] * 10) + worth(*MESA)
    HALLS_2029 = worth(*[0.24] * 6) + worth(*[0.36] * 9) + worth(*MESA[1:]) + worth(*MESA)
    CAP = "finance[*].debt_cap_usd_bn = 12"

    def test_by_commencement(self) -> None:
        plan = with_changes(self.CAP, *KEEP_LAKE)
        assert_costs_more(plan, 0.0)
        limits = plan.limits.query("limit == 'debt_cap' and subject == 'cap'")
        debt = [self.HALLS_2028 + worth_in_arrears(1.44, 1.44, 1.44), self.HALLS_2029 + worth_in_arrears(1.44, 1.44)]
        assert limits["used"].to_list()[1:3] == pytest.approx(debt)
        assert debt == pytest.approx([10.243995, 10.594223])

    def test_consolidated(self) -> None:
        # The SPV's loan of 4.8, of which 4.32 is outstanding at the start of 2029, counts instead of its payments:
        # 7.954136 + 4.32 = 12.274136. Each USD bn leased less is 0.9 · 0.75 = 0.675 of debt less; equity in place of
        # loan would cost 0.3 − 0.05 · 0.79 for 0.9.
        plan = with_changes(self.CAP, "case.consolidate_spv = true", *KEEP_LAKE)
        less = (self.HALLS_2029 + 4.32 - 12) / 0.675
        assert_costs_more(plan, ADVANTAGE / 6.4 * less)
        assert leased(plan) == {"tpu_maker": 6.4 - less}
        assert orders(plan, "tpu_order") == {"2027-01-01": 0.4, "2028-01-01": 0.4}

    def test_recognised_at_signing(self) -> None:
        # At the start of 2028 mesa_2 is signed too, a year before it commences: 10.243995 + 2.287516 / 1.06. Each bn
        # leased less is 0.225 a year less, worth 0.225 · 2.673012 at 6 %.
        plan = with_changes(self.CAP, "case.recognise_leases = signing", *KEEP_LAKE)
        debt = self.HALLS_2028 + worth_in_arrears(1.44, 1.44, 1.44) + worth(*self.MESA) / 1.06
        less = (debt - 12) / worth_in_arrears(0.225, 0.225, 0.225)
        assert_costs_more(plan, ADVANTAGE / 6.4 * less)
        assert leased(plan) == {"tpu_maker": 6.4 - less}

    def test_multiple_halved(self) -> None:
        # Half of what is earned in 2028 is 9: lake, 2.73 of debt then, is put off to 2029, when it is 12.
        plan = with_changes("finance[*].debt_multiple_max *= 0.5")
        assert_costs_more(plan, LATER)
        assert starts(plan, "lake") == {"2029-01-01": 1.0}


class TestCover:
    """In 2028 a floor of 5, rents of 0.24 + 0.36 + 0.48 and 1.44 for the lease are fixed, 7.52, and 18 is earned."""

    def test_lake_later(self) -> None:
        # 18 / 2.5 = 7.2: without lake 7.16. In 2029 24 is earned and 8.024 fixed.
        plan = with_changes("finance[*].cover_min = 2.5")
        assert_costs_more(plan, LATER)
        assert starts(plan, "lake") == {"2029-01-01": 1.0}
        assert leased(plan) == {"tpu_maker": 6.4}

    def test_some_chips_bought(self) -> None:
        # If lake stays, 0.32 less of the lease, at 0.225 a year for each USD bn raised.
        plan = with_changes("finance[*].cover_min = 2.5", *KEEP_LAKE)
        assert_costs_more(plan, ADVANTAGE / 6.4 * 0.32 / 0.225)
        assert leased(plan) == {"tpu_maker": 6.4 - 0.32 / 0.225}

    def test_all_chips_bought(self) -> None:
        # 18 / 2.9 = 6.206897 leaves 0.126897 for a lease, and the least that may be leased, 1.6, takes 0.36.
        plan = with_changes("finance[*].cover_min = 2.9", *KEEP_LAKE)
        assert_costs_more(plan, ADVANTAGE)
        assert signed(plan) == EVERYTHING - {"tpu_lease"}

    def test_chips_bought_and_cash_borrowed(self) -> None:
        # Where 8.7444 is to be held in 2028, the lease leaves 13.1444 after the payments of the first day and no loan
        # is needed. Chips bought are not paid back by the SPV: 13.1444 − 6.4 = 6.7444, and the 2 that lack are
        # borrowed, for 0.08 (below). Interest, 0.09, is a fixed charge too.
        reserve = "finance[2028-01-01].min_cash_usd_bn = 8.7444"
        assert_costs_more(with_changes(reserve, *KEEP_LAKE), 0.0)
        plan = with_changes(reserve, "finance[*].cover_min = 2.9", *KEEP_LAKE)
        assert_costs_more(plan, ADVANTAGE + 0.04 * 2)
        assert decided(plan, "draw", "bridge", "period") == {"2028-01-01": pytest.approx(2.0)}
        assert signed(plan) == EVERYTHING - {"tpu_lease"}


class TestLoan:
    """In 2028 15.1444 is to be held, 2 more than there is after the payments of its first day.

    Of 1 drawn at the start of 2028 and paid back a year later 0.045 goes for interest, and 0.005 less for the fee on
    what is not drawn. So 2 is drawn, for 0.08. Less of lake would do too: by the first day of 2028 all of it takes 4.8
    for its chips, 0.18 for the deposit and 0.054 of fees. A part of 2 / 5.034 = 0.397298 is given up, for what it is
    better than cirrus_tpu over the link: 0.2 · 3 · 9.5 − 5.4426 = 0.2574 for all of it, without the diligence.
    """

    GIVEN_UP = 2 / 5.034
    LESS_LAKE = GIVEN_UP * (0.2 * 3 * 9.5 - (LAKE - 0.02))

    RESERVE = "finance[2028-01-01].min_cash_usd_bn = 15.1444"

    def test_bridges_a_year(self) -> None:
        plan = with_changes(self.RESERVE)
        assert_costs_more(plan, 0.08)
        assert decided(plan, "draw", "bridge", "period") == {"2028-01-01": pytest.approx(2.0)}
        assert plan.cash["funding_usd_bn"].to_list() == pytest.approx([2.0, 2.0, -2.0, 0.0])
        assert plan.cash["first_day_usd_bn"].iloc[1] == pytest.approx(15.1444)
        assert plan.cash["closing_usd_bn"].iloc[1] == pytest.approx(20.377 + 0.96 * 2)
        assert starts(plan, "lake") == {"2028-01-01": 1.0}

    @pytest.mark.parametrize("withdrawn", ["term_loans[bridge].limit_usd_bn = 0", "-term_loans[bridge]"])
    def test_withdrawn(self, withdrawn: str) -> None:
        # Without the loan there is no fee of 0.015 either.
        plan = with_changes(self.RESERVE, withdrawn)
        assert_costs_more(plan, self.LESS_LAKE - 0.015)
        assert starts(plan, "lake") == {"2028-01-01": 1 - self.GIVEN_UP}

    def test_dearer_than_less_of_lake(self) -> None:
        # At 8.5 % 2 would cost 0.16.
        plan = with_changes(self.RESERVE, "term_loans[bridge].rate = 0.085")
        assert_costs_more(plan, self.LESS_LAKE)
        assert "bridge" not in set(plan.decisions["offer"])


class TestIdleMachines:
    """idle_gpus could take on_demand's place in 2027, 2.65, for 2.52 if they answered users, which they may not.

    To train for the west instead they cost 2.52 + 0.2 for the link.
    """

    FIRM = "spare_capacity[idle_gpus].firm = true"
    LONGER = "spare_capacity[idle_gpus].notice_months = 18"
    ALONE = ("cloud_commitments[on_demand].status = closed", "cloud_tiers[cirrus_tpu,volume].scale_max = 1")
    """nothing else can serve the last 0.2 GW of 2027"""

    def test_firm(self) -> None:
        plan = with_changes(self.FIRM)
        assert_costs_more(plan, 2.52 - 2.65)
        assert use(plan, "idle_gpus", "east") == {"2027": 0.2}
        assert signed(plan) == EVERYTHING - {"on_demand"} | {"idle_gpus"}

    def test_kept_for_two_years(self) -> None:
        # 6 months and then 18 of notice: 5.04, less 1.9 for cirrus_tpu over the link in 2028, is more than 2.65.
        plan = with_changes(self.FIRM, self.LONGER)
        assert_costs_more(plan, 0.0)
        assert signed(plan) == EVERYTHING

    def test_kept_for_two_years_and_needed(self) -> None:
        one = with_changes(self.FIRM, *self.ALONE)
        assert_costs_more(one, 2.52 - 2.65)
        two = with_changes(self.FIRM, self.LONGER, *self.ALONE)
        assert_costs_more(two, 2 * 2.52 - 0.2 * 9.5 - 2.65)
        assert use(two, "idle_gpus", "east") == {"2027": 0.2, "2028": 0.2}
        assert to_the_east(two) == {"2029": 0.2, "2030": 0.2}

    def test_that_can_be_recalled_and_are_needed(self) -> None:
        plan = with_changes(*self.ALONE)
        assert_costs_more(plan, 2.52 + 0.2 - 2.65)
        assert line(plan, "egress") == pytest.approx(0.3 + 0.2)
        assert tier(plan) == {"volume": 1.0}
        assert backers(plan, "mesa_1") == {"cirrus": 1.0}


class TestDefault:
    """The lab pays no more from 2030 on: the chips are sold for what they are worth, and pay who is owed, in order.

    The loan stands at 0.79 · 4.8 = 3.792, the equity at 0.78 of 1.6, as 1 · 1.2 − 0.3 = 0.9 and 0.9 · 1.2 − 0.3 = 0.78.
    """

    OWED = (3.792, 1.248)

    def test_supported(self) -> None:
        # The lenders get 3.2 from the chips and 0.592 from tpu_maker, which is what the plan says it stands behind.
        plan = with_changes()
        paid = finance.waterfall(3.2, 0.0, self.OWED, (True, False))
        assert paid.paid == pytest.approx((3.792, 0.0))
        assert decided(plan, "support", "tpu_lease", "period") == {"2030-01-01": pytest.approx(paid.support)}
        assert paid.support == pytest.approx(0.592)

    def test_not_supported(self) -> None:
        # The same loan without support would lose 0.592. Without support so much is not lent: at most 0.9 of 3.2, so
        # that the lenders are paid in full and the owners keep a tenth of what the chips fetch.
        lost = finance.waterfall(3.2, 0.0, self.OWED, (False, False))
        assert (lost.paid, lost.support) == (pytest.approx((3.2, 0.0)), 0.0)
        plan = with_changes(TestSupport.NO_SUPPORT)
        loan = decided(plan, "tranche", "tpu_lease", "tranche")["senior"]
        equity = decided(plan, "tranche", "tpu_lease", "tranche")["equity"]
        owed = (TestSupport.OUTSTANDING * loan, 0.78 * equity)
        assert finance.waterfall(3.2, 0.0, owed, (False, False)).paid == pytest.approx((2.88, 0.32))
