"""Finance against published tables, against numpy-financial and against its own identities."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basics import finance
from planner.basics.arrays import Vector

rates = st.one_of(st.just(0.0), st.floats(1e-4, 0.5))
money = st.floats(0.01, 1e3)
terms = st.integers(1, 240)


class TestPublished:
    """Figures as printed by others."""

    # A published amortisation schedule, printed to the cent: 10 000 over 48 months at 7.5 % nominal, charged monthly.
    def test_loan_of_48_months(self) -> None:
        monthly = 0.075 / 12
        assert finance.annuity_payment(10_000.0, monthly, 48) == pytest.approx(241.79, abs=0.005)
        after = finance.annuity_balance(10_000.0, monthly, 48, np.array([0.0, 1.0, 2.0, 47.0, 48.0]))
        assert after == pytest.approx(np.array([10_000.0, 9_820.71, 9_640.30, 240.29, 0.0]), abs=0.005)

    # The same loan with its rate stated as an effective one, as the planner's tables state theirs.
    def test_nominal_rate_to_effective_and_back(self) -> None:
        effective = finance.effective_rate(0.075, 12)
        assert effective == pytest.approx(0.0776, abs=0.00005)
        assert finance.rate_per_period(effective, 1 / 12) == pytest.approx(0.075 / 12, rel=1e-12)

    # A published worked example of lease accounting: ten payments of 2 000 000 at the end of each year, 12 %, and a
    # guaranteed residual of 1 000 000. It works with tabulated factors of four places, 5.6502 and .3220, so its
    # liability of 11 622 400 is met exactly with the factors rounded like that, and to their rounding without.
    def test_lease_with_guaranteed_residual(self) -> None:
        annuity, single = finance.annuity_factor(0.12, 10), finance.discount_factor(0.12, 10.0)
        assert (round(annuity, 4), round(single, 4)) == (5.6502, 0.3220)
        liability = 2_000_000 * round(annuity, 4) + 1_000_000 * round(single, 4)
        assert liability == pytest.approx(11_622_400)
        exact = 2_000_000 * annuity + 1_000_000 * single
        assert exact == pytest.approx(liability, abs=2_000_000 * 5e-5 + 1_000_000 * 5e-5)

        interest = 0.12 * liability
        assert (interest, 2_000_000 - interest) == pytest.approx((1_394_688, 605_312))

        # And the planner's way round: the payment that leaves the residual as a balloon, and its first principal.
        assert finance.annuity_payment(exact, 0.12, 10, balloon=1_000_000) == pytest.approx(2_000_000)
        after = finance.annuity_balance(exact, 0.12, 10, 1, balloon=1_000_000)
        assert exact - after == pytest.approx(605_312, abs=100)
        assert finance.annuity_balance(exact, 0.12, 10, 10, balloon=1_000_000) == pytest.approx(1_000_000)

    # IFRS 16 Leases, Illustrative Examples, Example 13: a lease of ten years at 50 000 a year in advance, 5 %. Once
    # the first payment is made the liability is the value of the nine that remain, 355 391.
    def test_lease_paid_in_advance(self) -> None:
        nine = finance.present_value(np.full(9, 50_000.0), 0.05, np.arange(1.0, 10.0))
        assert nine == pytest.approx(355_391, abs=0.5)
        assert finance.annuity_payment(nine + 50_000, 0.05, 10, in_advance=True) == pytest.approx(50_000)
        assert finance.annuity_balance(nine + 50_000, 0.05, 10, 1, in_advance=True) == pytest.approx(nine)


@pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning")  # numpy-financial's, at rate 0
class TestAgainstNumpyFinancial:
    """The same sums by another library, whose payments carry the opposite sign."""

    @given(money, rates, terms, st.floats(0.0, 1.0), st.booleans())
    def test_payment(self, principal: float, rate: float, n: int, balloon_share: float, in_advance: bool) -> None:
        balloon = balloon_share * principal
        expected = -npf.pmt(rate, n, principal, -balloon, when="begin" if in_advance else "end")
        payment = finance.annuity_payment(principal, rate, n, balloon, in_advance=in_advance)
        assert payment == pytest.approx(float(expected), rel=1e-9, abs=1e-9)

    @given(money, rates, st.integers(1, 120), st.floats(0.0, 1.0), st.data())
    def test_balance(self, principal: float, rate: float, n: int, balloon_share: float, data: st.DataObject) -> None:
        balloon = balloon_share * principal
        paid = data.draw(st.integers(0, n))
        payment = finance.annuity_payment(principal, rate, n, balloon)
        expected = -npf.fv(rate, paid, -payment, principal)
        # fv compounds forward, which loses digits as (1 + rate)^paid grows.
        assert finance.annuity_balance(principal, rate, n, paid, balloon) == pytest.approx(
            float(expected), rel=1e-9, abs=1e-12 * principal * (1 + rate) ** paid + 1e-9
        )

    @given(rates, st.lists(money, min_size=1, max_size=40))
    def test_present_value(self, rate: float, flows: list[float]) -> None:
        years = np.arange(len(flows), dtype=float)
        assert finance.present_value(np.array(flows), rate, years) == pytest.approx(npf.npv(rate, flows), rel=1e-9)

    @given(rates, terms)
    def test_factors(self, rate: float, n: int) -> None:
        assert finance.annuity_factor(rate, n) == pytest.approx(float(-npf.pv(rate, n, 1.0)), rel=1e-9)
        assert finance.discount_factor(rate, float(n)) == pytest.approx(float(-npf.pv(rate, n, 0.0, 1.0)), rel=1e-9)

    @given(money, st.floats(1e-3, 0.2), st.integers(1, 60))
    def test_term(self, principal: float, rate: float, n: int) -> None:
        payment = finance.annuity_payment(principal, rate, n)
        assert float(npf.nper(rate, -payment, principal)) == pytest.approx(n, rel=1e-6)


class TestIdentities:
    @given(money, rates, st.integers(1, 60), st.floats(0.0, 1.0), st.booleans())
    def test_balances_follow_interest_and_payments(
        self, principal: float, rate: float, n: int, balloon_share: float, in_advance: bool
    ) -> None:
        balloon = balloon_share * principal
        payment = finance.annuity_payment(principal, rate, n, balloon, in_advance=in_advance)
        balance = finance.annuity_balance(
            principal, rate, n, np.arange(n + 1, dtype=float), balloon, in_advance=in_advance
        )
        assert balance[0] == pytest.approx(principal)
        if in_advance:
            assert balance[1] == pytest.approx(principal - payment, abs=1e-9 * principal)
            steps, last = balance[1:], balloon / (1 + rate)
        else:
            steps, last = balance, balloon
        assert steps[1:] == pytest.approx(steps[:-1] * (1 + rate) - payment, rel=1e-9, abs=1e-9 * principal)
        assert balance[n] == pytest.approx(last, abs=1e-9 * principal)

    @given(money, rates, st.integers(1, 60), st.floats(0.0, 1.0))
    def test_payments_and_balloon_are_worth_the_principal(
        self, principal: float, rate: float, n: int, balloon_share: float
    ) -> None:
        balloon = balloon_share * principal
        flows = np.full(n, finance.annuity_payment(principal, rate, n, balloon))
        flows[-1] += balloon
        assert finance.present_value(flows, rate, np.arange(1.0, n + 1)) == pytest.approx(principal)

    @given(st.floats(0.0, 1.0), st.sampled_from([1, 3, 6, 12]))
    def test_periods_compound_to_the_year(self, rate: float, months: int) -> None:
        per_period = finance.rate_per_period(rate, months / 12)
        assert (1 + per_period) ** (12 / months) == pytest.approx(1 + rate)

    def test_a_tiny_rate_is_nearly_none(self) -> None:
        assert finance.annuity_payment(1.0, 1e-14, 120) == pytest.approx(finance.annuity_payment(1.0, 0.0, 120))

    @pytest.mark.parametrize("age", [2.0, np.array([2.0, 3.0])])
    def test_floats_give_floats_and_vectors_vectors(self, age: float | Vector) -> None:
        kind = type(age)
        for value in (
            finance.discount_factor(0.1, age),
            finance.annuity_factor(0.1, age),
            finance.annuity_balance(1.0, 0.1, 4, age),
            finance.escalated(0.1, age),
            finance.declined_price(1.0, 0.1, age),
            finance.interpolate([0.0, 4.0], [1.0, 0.0], age),
        ):
            assert type(value) is kind


class TestSteps:
    def test_rent_rises_with_each_whole_year(self) -> None:
        assert [finance.escalated(0.03, k) for k in (0, 1, 2)] == pytest.approx([1.0, 1.03, 1.0609])
        assert finance.escalated(0.0, 9) == 1.0

    def test_a_price_declines_from_its_date_only(self) -> None:
        assert finance.declined_price(20.0, 0.1, -2.0) == 20.0
        assert finance.declined_price(20.0, 0.1, 1.5) == pytest.approx(20.0 * 0.9**1.5)
        assert finance.declined_price(20.0, 0.0, 3.0) == 20.0


class TestInterpolate:
    def test_before_between_and_after(self) -> None:
        ages, shares = [1.0, 2.0, 4.0], [0.8, 0.6, 0.2]
        values = {-1.0: 0.8, 1.0: 0.8, 1.5: 0.7, 2.0: 0.6, 3.0: 0.4, 4.0: 0.2, 30.0: 0.2}
        for age, share in values.items():
            assert finance.interpolate(ages, shares, age) == pytest.approx(share)

    def test_a_single_age_holds_always(self) -> None:
        assert finance.interpolate([3.0], [0.4], 0.0) == finance.interpolate([3.0], [0.4], 9.0) == 0.4

    @pytest.mark.parametrize("ages", [[], [1.0, 1.0], [2.0, 1.0]])
    def test_ages_must_ascend(self, ages: list[float]) -> None:
        with pytest.raises(ValueError, match="ages must ascend"):
            finance.interpolate(ages, [0.5] * len(ages), 1.0)


def test_an_annuity_has_payments() -> None:
    with pytest.raises(ValueError, match="at least one payment, not 0"):
        finance.annuity_payment(1.0, 0.1, 0)


class TestWaterfall:
    """A default by hand, in USD bn: owed 20 senior in two tranches of 4 and 16, 3 junior and 2 of equity.

    Chips that cost 30 fetch 17 once a haircut is off; lawyers and the agent take 1. So 16 are left: 4 for the first
    tranche, 12 of the second, nothing for the others.
    """

    claims = (4.0, 16.0, 3.0, 2.0)

    def test_without_support(self) -> None:
        found = finance.waterfall(17.0, 1.0, self.claims, (False,) * 4)
        assert (found.fees, found.paid, found.support, found.left) == (1.0, (4.0, 12.0, 0.0, 0.0), 0.0, 0.0)

    # The support makes the seniors whole, 4 more for the second tranche, and does nothing for junior or equity.
    def test_with_support(self) -> None:
        found = finance.waterfall(17.0, 1.0, self.claims, (True, True, False, False))
        assert found.from_resale == (4.0, 12.0, 0.0, 0.0)
        assert found.from_support == (0.0, 4.0, 0.0, 0.0)
        assert found.paid == (4.0, 16.0, 0.0, 0.0)

    def test_a_supporter_that_pays_no_more_than_its_limit(self) -> None:
        found = finance.waterfall(2.0, 1.0, self.claims, (True, True, False, False), support_limit=10.0)
        assert found.from_support == (3.0, 7.0, 0.0, 0.0)

    # With support up to 3, the seniors get 3 of the 4 that the chips leave owing, and what is not backed by it nothing.
    def test_a_limit_below_what_is_owed(self) -> None:
        found = finance.waterfall(17.0, 1.0, self.claims, (True, True, True, False), support_limit=3.0)
        assert found.paid == (4.0, 15.0, 0.0, 0.0)
        assert (found.support, found.left) == (3.0, 0.0)

    # Support of the junior 3 only: the chips go to the seniors first, who lose 4, and the junior is paid in full. The
    # supporter pays 3 where the chips fetch more than it stands behind.
    def test_support_of_a_claim_that_stands_behind_others(self) -> None:
        found = finance.waterfall(17.0, 1.0, self.claims, (False, False, True, False))
        assert found.paid == (4.0, 12.0, 3.0, 0.0)
        assert found.support == 3.0

    # Chips that fetch 27 pay everyone, 25, and the fee; 1 is left for the owners. With ½ not even the fee is paid.
    def test_more_and_less_than_is_owed(self) -> None:
        rich = finance.waterfall(27.0, 1.0, self.claims, (True, True, False, False))
        assert (rich.paid, rich.support, rich.left) == (self.claims, 0.0, 1.0)
        poor = finance.waterfall(0.5, 1.0, self.claims, (False,) * 4)
        assert (poor.fees, poor.paid) == (0.5, (0.0, 0.0, 0.0, 0.0))

    def test_sums_are_not_negative(self) -> None:
        with pytest.raises(ValueError, match="not negative"):
            finance.waterfall(-1.0, 0.0, [1.0], [False])

    @given(st.floats(0.0, 100.0), st.floats(0.0, 5.0), st.lists(st.tuples(money, st.booleans()), max_size=5))
    def test_nothing_is_lost(self, resale: float, fees: float, owed: list[tuple[float, bool]]) -> None:
        claims, supported = [claim for claim, _ in owed], [covers for _, covers in owed]
        found = finance.waterfall(resale, fees, claims, supported)
        assert found.fees + sum(found.from_resale) + found.left == pytest.approx(resale)
        for claim, paid, covers in zip(claims, found.paid, supported, strict=True):
            assert paid <= claim + 1e-9
            assert not covers or paid == pytest.approx(claim)

    # Where the claims covered come first and fees are paid, the support is the exposure of the model.
    @given(st.floats(0.0, 100.0), st.lists(money, max_size=3), st.lists(money, max_size=3))
    def test_support_is_the_exposure(self, resale: float, senior: list[float], junior: list[float]) -> None:
        supported = [True] * len(senior) + [False] * len(junior)
        found = finance.waterfall(resale, 0.0, [*senior, *junior], supported)
        assert found.support == pytest.approx(max(0.0, sum(senior) - resale), abs=1e-9)
