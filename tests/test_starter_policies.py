"""What the policies of the starter case cost once they bind: effects worked out by hand, as in `tests/starter.py`."""

import pytest

from tests.plans import line, signed
from tests.starter import (
    EVERYTHING,
    LAKE,
    LAKE_LATER,
    assert_costs_more,
    backers,
    orders,
    starts,
    to_the_east,
    use,
    with_changes,
)

NO_LAKE = 0.2 * 3 * 9.5 - LAKE
"""0.2374: cirrus_tpu over the link in its place"""


class TestLossOfAProvider:
    """Without cirrus 1.2 GW of 2.0 are left from 2029 on: mill, lake and both phases of Mesa. 0.65 asks for 1.3."""

    def test_missed_at_a_price(self) -> None:
        # 0.1 in each of two years, at 1, costs less than machines of others: 0.1 · (13 − 9.5).
        plan = with_changes("policies[lose_cirrus].value = 0.65")
        assert_costs_more(plan, 2 * 0.1)
        assert line(plan, "survive_loss_of_provider") == pytest.approx(0.2)

    def test_kept(self) -> None:
        plan = with_changes("policies[lose_cirrus].value = 0.65", "policies[lose_cirrus].penalty = blank")
        assert_costs_more(plan, 2 * 0.1 * (13 - 9.5))
        assert use(plan, "on_demand", "east") == {"2027": 0.2, "2029": 0.1, "2030": 0.1}

    def test_any_provider(self) -> None:
        # Half of the demand from 2027 on, whoever is lost. Without cirrus 0.4 of 1.4 GW are left in 2027, 0.8 of 1.6 in
        # 2028. on_demand gives 0.3 more in 2027, in the west, instead of 0.3 of cirrus_tpu: 0.3 · (13 − 9).
        plan = with_changes(
            "policies[lose_cirrus].subject = blank",
            "policies[lose_cirrus].from_date = 2027-01-01",
            "policies[lose_cirrus].value = 0.5",
            "policies[lose_cirrus].penalty = blank",
        )
        assert_costs_more(plan, 0.3 * (13 - 9))
        assert use(plan, "cirrus_tpu", "west") == {"2027": 0.7, "2028": 0.8, "2029": 0.8, "2030": 0.8}


class TestShares:
    def test_provider(self) -> None:
        # 0.6 of 1.4 GW is 0.84 in 2027; on_demand gives the other 0.16 of the west. After that cirrus has half or less.
        plan = with_changes("policies[cirrus_share].value = 0.6")
        assert_costs_more(plan, 0.16 * (13 - 9))
        assert use(plan, "cirrus_tpu", "west") == {"2027": 0.84, "2028": 0.8, "2029": 0.8, "2030": 0.8}
        assert use(plan, "on_demand", "west") == {"2027": 0.16}

    def test_family(self) -> None:
        # 0.75 of 2 GW is 1.5 from 2029 on, where TPUs are 1.6. So 0.1 GW of mesa_2 holds GPUs, at 6 a year instead of
        # 3.75, and cirrus guarantees no halls of GPUs: the bank backs a quarter, at 1 % more of 9.28. In 2028 1.2 of
        # 1.6 are TPUs, just as many as may be.
        plan = with_changes("policies[tpu_share].value = 0.75")
        assert_costs_more(plan, 2 * 0.1 * (6 - 3.75) + 0.01 * 0.25 * 9.28)
        assert backers(plan, "mesa_2") == {"cirrus": 0.75, "bank": 0.25}
        assert orders(plan, "tpu_order") == {"2027-01-01": 0.4, "2028-01-01": 0.3}
        assert orders(plan, "gpu_order") == {"2027-01-01": 0.2, "2028-01-01": 0.1}


class TestResidency:
    """Of the 0.6 GW that answer the east from 2028 on 0.4 stand there, two thirds."""

    def test_some_machines_nearer(self) -> None:
        # 0.8 of 0.6 is 0.48: 0.08 of cirrus_tpu in the east, at 9.9 instead of 9.5.
        plan = with_changes("policies[east_near].value = 0.8")
        assert_costs_more(plan, 3 * 0.08 * (9.9 - 9.5))
        assert use(plan, "cirrus_tpu", "east") == {"2028": 0.08, "2029": 0.08, "2030": 0.08}
        assert to_the_east(plan) == {"2028": 0.12, "2029": 0.12, "2030": 0.12}

    def test_all_machines_near(self) -> None:
        # cirrus has 0.1 GW in the east; the rest is on_demand, as if the east were too far away.
        plan = with_changes("policies[east_near].value = 1")
        assert_costs_more(plan, 3 * (0.1 * 9.9 + 0.1 * 13 - 0.2 * 9.5))
        assert to_the_east(plan) == {}


class TestOwnHalls:
    """With power three times as dear lake costs 2 · 0.0876 more a year and is left, so 1.0 GW of own halls are there.

    1.2 asked for from 2029 on can only be had with lake, best from 2029, when it has two dear years instead of three.
    """

    DEAR = "site_leases[lake].power_usd_per_mwh *= 3"
    MORE = "policies[own_halls].value = 1.2"

    def test_not_asked_for(self) -> None:
        plan = with_changes(self.DEAR)
        assert_costs_more(plan, NO_LAKE)
        assert signed(plan) == EVERYTHING - {"lake", "gpu_order"}

    def test_missed_at_a_price(self) -> None:
        # 0.25 · 0.2 a year.
        plan = with_changes(self.DEAR, self.MORE, "policies[own_halls].penalty = 0.25")
        assert_costs_more(plan, NO_LAKE + 2 * 0.25 * 0.2)
        assert signed(plan) == EVERYTHING - {"lake", "gpu_order"}
        assert line(plan, "own_capacity_min") == pytest.approx(0.1)

    def test_kept(self) -> None:
        plan = with_changes(self.DEAR, self.MORE, "policies[own_halls].penalty = blank")
        assert_costs_more(plan, LAKE_LATER + 0.2 * 9.5 + 2 * 2 * 0.0876 - LAKE)
        assert starts(plan, "lake") == {"2029-01-01": 1.0}


class TestCircularEquity:
    """cirrus pays in 2 and is paid 9 · 3.4 + 5 = 35.6, up front and for use: 2 is 0.0562 of it.

    A share of lake given up for cirrus_tpu adds 9 · 0.2 · 3 = 5.4 to what cirrus is paid and costs 5.7 − 5.4426, or
    0.2574, as the diligence stays. cirrus_tpu in 2027 instead of on_demand would add 14 for each GW, and cost 1.5.
    """

    def test_more_is_spent(self) -> None:
        # 2 / 0.055 = 36.363636.
        plan = with_changes("policies[cirrus_equity].value = 0.055")
        less = (2 / 0.055 - 35.6) / 5.4
        assert_costs_more(plan, 0.2574 * less)
        assert starts(plan, "lake") == {"2028-01-01": 1 - less}

    def test_missed_at_a_price(self) -> None:
        # 2 − 0.055 · 35.6 = 0.042 too much, at 0.5; less of lake would cost 0.2574 / (0.055 · 5.4) = 0.87 for each.
        plan = with_changes("policies[cirrus_equity].value = 0.055", "policies[cirrus_equity].penalty = 0.5")
        assert_costs_more(plan, 0.5 * 0.042)
        assert line(plan, "funding_from_provider_max") == pytest.approx(0.021)

    def test_none_accepted(self) -> None:
        # Equity comes with cirrus_tpu. Instead stratus_trainium trains, and the bank backs Mesa, at 1 % more of 21.12.
        plan = with_changes("policies[cirrus_equity].value = 0")
        assert_costs_more(plan, (12 * 3.4 - 35.6) + 0.01 * 21.12)
        assert signed(plan) == EVERYTHING - {"cirrus_tpu"} | {"stratus_trainium"}
