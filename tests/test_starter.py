"""The starter case by hand: its best plan, and what changes to clouds, halls, guarantors, cash and periods do to it.

What machines cost is worked out in `tests/starter.py`; leases of chips, loans, covenants and policies have modules of
their own.
"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.basics.errors import Infeasible
from planner.case.shipped import path
from planner.cli import main
from planner.common.sources import Source
from planner.plan.plan import Plan
from tests.plans import cost, decided, line, lines, signed, solved
from tests.starter import (
    BASE,
    EVERYTHING,
    LAKE,
    LAKE_LATER,
    LEASED,
    MESA_1,
    MESA_2,
    assert_costs_more,
    backers,
    leased,
    orders,
    starter,
    starts,
    tier,
    to_the_east,
    tranches,
    use,
    with_changes,
)


class TestBestPlan:
    """Demand is 1.4, 1.6, 2.0, 2.0 GW; mill gives 0.2, lake 0.2 and mesa_1 0.4 from 2028, mesa_2 0.4 from 2029.

    So 1.2, 0.8, 0.8, 0.8 GW come from clouds: cirrus_tpu at scale 1, its smallest volume, and 0.2 of on_demand in 2027.
        cirrus_tpu     9 · (1.0 + 3 · 0.8) + 5 = 35.6
        on_demand      13 · 0.2 + 0.05 = 2.65
        halls, chips   6.8652 + 4.96 + 5.4626 + 4 · 0.4276 = 18.9982
        loan           0.005 · 3 = 0.015 for holding 3 ready in 2028, of which nothing is drawn
        link           0.5 · 0.2 · 3 = 0.3, as the east asks for 0.6 and has 0.4 from 2028
    """

    @pytest.fixture(scope="class")
    @staticmethod
    def plan() -> Plan:
        return solved(starter())

    def test_cost(self, plan: Plan) -> None:
        assert 35.6 + 2.65 + MESA_1 + MESA_2 + LAKE + 4 * 0.4276 + 0.3 + 0.015 == pytest.approx(BASE, rel=1e-12)
        assert cost(plan) == pytest.approx(BASE, rel=1e-6)
        assert plan.proven

    def test_every_line(self, plan: Plan) -> None:
        # Chips: TPUs 0.8 · 15 = 12 and GPUs 0.2 · 24 = 4.8, a quarter on order. Half of the TPUs, which cost 6, go to
        # the SPV for 6.4. At the end the GPUs are three years old and fetch 1/4 of 4.8, the other TPUs two years and
        # 1/2 of 6.
        # Deposits of six months' rent: 0.24 for each phase of Mesa, 0.18 for Lake; they come back in 2033, 2034, 2038.
        assert lines(plan) == pytest.approx(
            {
                "spend": 30.6 + 2.6,
                "upfront": 5.0,
                "signing_fee": 0.05,
                "rent": 4 * 0.24 + 1.5132 + 0.984 + 3 * 0.36,
                "power": 0.438 * (4 * 0.2 + 3 * 0.4 + 2 * 0.4 + 3 * 0.2),
                "upkeep": 0.5 * (4 * 0.2 + 3 * 0.4 + 2 * 0.4 + 3 * 0.2),
                "diligence": 0.04 + 0.04 + 0.02,
                "guarantee_fee": 0.02 * (3.2 + 6.4 + 6.08 + 5.44) + 0.03 * 6.66 + 0.05 * 0.592,
                "deposit": 0.25 * (12.0 + 4.8) + 0.66,
                "deposit_returned": -0.66,
                "balance": 0.75 * (12.0 + 4.8),
                "lease_payment": 3 * 1.44,
                "assignment": -6.0,
                "assignment_difference": -0.4,
                "resale": -(3.0 + 1.2),
                "undrawn_fee": 0.015,
                "egress": 0.3,
            },
            rel=1e-6,
        )

    def test_decisions(self, plan: Plan) -> None:
        assert signed(plan) == EVERYTHING
        assert tier(plan) == {"volume": 1.0}
        assert backers(plan, "mesa_1") == {"cirrus": 1.0}
        assert backers(plan, "mesa_2") == {"cirrus": 1.0}
        assert backers(plan, "lake") == {"bank": 1.0}
        assert starts(plan, "lake") == {"2028-01-01": 1.0}
        assert orders(plan, "tpu_order") == {"2027-01-01": 0.4, "2028-01-01": 0.4}
        assert orders(plan, "gpu_order") == {"2027-01-01": 0.2}
        assert leased(plan) == {"tpu_maker": 6.4}
        assert tranches(plan) == {"senior": 4.8, "equity": 1.6}
        assert decided(plan, "assign", "tpu_lease", "ordered_on") == {"2027-01-01": pytest.approx(0.4)}
        assert decided(plan, "support", "tpu_lease", "period") == {"2030-01-01": pytest.approx(0.592)}
        assert use(plan, "cirrus_tpu", "west") == {"2027": 1.0, "2028": 0.8, "2029": 0.8, "2030": 0.8}
        assert use(plan, "on_demand", "east") == {"2027": 0.2}
        assert to_the_east(plan) == {"2028": 0.2, "2029": 0.2, "2030": 0.2}

    def test_cash(self, plan: Plan) -> None:
        # Paid in 2027: cirrus_tpu 9 + 5, on_demand 2.65, mill 0.4276, diligence 0.06, deposits 0.42, a quarter of chips
        # 0.25 · (6 + 4.8), fees 0.02 · 3.2 + 0.03 · 1.8. Then:
        #   2028   7.2, 0.1, 0.4276, lake 0.5476, mesa_1 0.8552, fees 0.128 + 0.054, chips 4.5 + 3.6 + 1.5 less 6.4 from
        #          the SPV, lease 1.44, mesa_2 0.28, loan 0.015
        #   2029   7.2, 0.1, 0.4276, 0.5476, 0.8792, 0.8552, fees 0.1216 + 0.0486, chips 4.5, lease 1.44
        #   2030   7.2, 0.1, 0.4276, 0.5476, 0.9044, 0.8792, fees 0.1088 + 0.0432 + 0.0296, lease 1.44
        # where a year of lake is 0.36 + 0.1 + 0.0876 and of Mesa rent + 0.2 + 0.1752. Of revenue 0.6 is left.
        paid = [20.3756, 14.2474, 16.1198, 11.6804]
        assert -plan.cash["cost_usd_bn"].to_numpy() == pytest.approx(paid)
        assert plan.cash["operating_usd_bn"].to_numpy() == pytest.approx([15.0, 18.0, 24.0, 24.0])
        assert plan.cash["funding_usd_bn"].to_numpy() == pytest.approx([2.0, 0.0, 0.0, 0.0])
        assert plan.cash["closing_usd_bn"].to_numpy() == pytest.approx([16.6244, 20.377, 28.2572, 40.5768])
        # On the first day of 2027 5 up front, 0.05, diligence 0.06, deposits 0.42 and 2.7 for chips are paid, of 20 and
        # 2 of equity. On that of 2028 chips 4.5 + 3.6 + 1.5 less 6.4, and mesa_2 0.28; on that of 2029 chips 4.5.
        first = [22 - 8.23, 16.6244 - 3.48, 20.377 - 4.5, 28.2572]
        assert plan.cash["first_day_usd_bn"].to_numpy() == pytest.approx(first)

    def test_limits(self, plan: Plan) -> None:
        # Owed at the start of 2027: floors 3 + 5 + 5 + 5, mill 8 · 0.24, mesa_1 0.48 · (1.05⁵ − 1) / 0.05 = 2.652303,
        # lake 3.6, balances 0.75 · 10.8, lease 4.32. In 2028 the balances due that day are paid, mesa_2 and its TPUs
        # are owed. Fixed charges, of which 1.25 are to be earned: floors, rents, and from 2028 on 1.44 for the lease.
        mesa = 0.48 * (1.05**5 - 1) / 0.05
        used = {
            f"{limit} {subject}": list(rows["used"])
            for (limit, subject), rows in plan.limits.groupby(["limit", "subject"])
        }
        assert used["obligations all"][:2] == pytest.approx(
            [18 + 1.92 + mesa + 3.6 + 8.1 + 4.32, 15 + 1.68 + 2 * mesa + 3.6 + 4.5 + 4.32]
        )
        assert used["guarantor_cap cirrus/lease"] == pytest.approx([3.2, 6.4, 6.08, 5.44])
        assert used["guarantor_cap bank/lease"] == pytest.approx([1.8, 1.8, 1.62, 1.44])
        assert used["guarantor_cap tpu_maker/residual"] == pytest.approx([0.0, 0.0, 0.0, 0.592])
        rents = [0.24, 0.24 + 0.48 + 0.36, 0.24 + 0.504 + 0.48 + 0.36, 0.24 + 0.5292 + 0.504 + 0.36]
        fixed = [3 + rents[0], 5 + rents[1] + 1.44, 5 + rents[2] + 1.44, 5 + rents[3] + 1.44]
        assert used["fixed_charge_cover net_revenue"] == pytest.approx([1.25 * charge for charge in fixed])

    def test_every_figure_is_called_an_assumption(self, plan: Plan) -> None:
        assert {str(source.kind) for source in plan.case.rows(Source)} == {"assumption"}
        assert set(plan.case.check().assumptions()["site_leases"]) == {"assumption"}
        assert plan.case.absent == ()


def test_readme_is_right() -> None:
    text = (path("starter") / "README.md").read_text(encoding="utf-8")
    assert f"**{BASE}**" in text
    promised = re.findall(r"--set '(.+?)' +# ([+−][0-9.]+)", text)
    assert len(promised) == text.count("--set '") - 1
    for change, amount in promised:
        assert_costs_more(with_changes(change), float(amount.replace("−", "-")))


def test_without_mesa_2() -> None:
    # 0.4 GW more from cirrus_tpu in 2029 and 2030, 1.2 in all, so at scale 1.2 it takes on_demand's place in 2027 too:
    # 5 · 0.2 + 0.2 · 9.5 − 2.65 + 0.8 · 9 − 4.96.
    plan = with_changes("site_leases[mesa_2].status = closed")
    assert_costs_more(plan, 1.0 + 1.9 - 2.65 + 7.2 - MESA_2)
    assert tier(plan) == {"volume": 1.2}
    assert signed(plan) == EVERYTHING - {"mesa_2", "on_demand"}


def test_with_lake_later() -> None:
    # From 2029 it costs 3.6718; in 2028 cirrus_tpu gives the 0.2 GW over the link.
    plan = with_changes("site_leases[lake].ready_date = 2029-01-01")
    assert_costs_more(plan, LAKE_LATER + 0.2 * 9.5 - LAKE)
    assert starts(plan, "lake") == {"2029-01-01": 1.0}


class TestGuarantors:
    """A year's fee is 2 % with cirrus and 3 % with the bank.

    Exposure if Mesa is exercised whole, by year from 2027:
        mesa_1    3.2   3.2   2.88   2.56     together 11.84
        mesa_2    -     3.2   3.2    2.88     together  9.28     both 21.12
    """

    def test_cap_halved(self) -> None:
        # 8 / 2 − 1.6 = 2.4 of room. In 2028 a share of either phase takes 3.2, so shares of 2.4 / 3.2 = 0.75 in all,
        # best spent on mesa_1, whose exposure lasts a year longer. The bank takes the rest, at 1 % more.
        plan = with_changes("guarantor_caps[cirrus,lease,*].cap_usd_bn *= 0.5")
        assert_costs_more(plan, 0.01 * (21.12 - 0.75 * 11.84))
        assert backers(plan, "mesa_1") == {"cirrus": 0.75, "bank": 0.25}
        assert backers(plan, "mesa_2") == {"bank": 1.0}

    def test_fee_doubled(self) -> None:
        # At 4 % cirrus is dearer than the bank, which has the room: 6.4 + 1.8 of lake in 2028, against 9.
        plan = with_changes("guarantors[cirrus,lease].fee_rate *= 2")
        assert_costs_more(plan, 0.01 * 21.12)
        assert backers(plan, "mesa_1") == {"bank": 1.0}
        assert backers(plan, "mesa_2") == {"bank": 1.0}
        assert "cirrus_tpu" in signed(plan)

    def test_required_offer_taken_away(self) -> None:
        # Without cirrus_tpu its provider guarantees nothing, so the bank backs Mesa; stratus_trainium trains instead,
        # at 12 a reference GW, with no upfront sum: 12 · 3.4 − 35.6. The TPUs of Mesa still serve the east.
        plan = with_changes("cloud_commitments[cirrus_tpu].status = closed")
        assert_costs_more(plan, (12 * 3.4 - 35.6) + 0.01 * 21.12)
        assert signed(plan) == EVERYTHING - {"cirrus_tpu"} | {"stratus_trainium"}
        assert backers(plan, "mesa_1") == {"bank": 1.0}
        assert backers(plan, "mesa_2") == {"bank": 1.0}
        assert use(plan, "stratus_trainium", "west") == {"2027": 1.25, "2028": 1.0, "2029": 1.0, "2030": 1.0}


class TestSites:
    def test_decision_date_passed(self) -> None:
        # No day is left on which lake can be exercised. For three years cirrus_tpu gives its 0.2 GW, over the link.
        plan = with_changes("site_leases[lake].decide_by = 2026-12-31")
        assert_costs_more(plan, 0.2 * 3 * 9.5 - LAKE)
        assert signed(plan) == EVERYTHING - {"lake", "gpu_order"}
        assert use(plan, "cirrus_tpu", "west") == {"2027": 1.0, "2028": 1.0, "2029": 1.0, "2030": 1.0}
        assert any(note.startswith("lake: ") for note in plan.record.notes)

    def test_predecessor_closed(self) -> None:
        # Without mesa_1 no mesa_2. The clouds give 1.2, 1.2, 1.6, 1.6 GW, and cirrus_tpu as much of it as it may, 1.5:
        # the last tenth costs 0.5 and saves 0.1 · (13 − 9.5) in each of 2029 and 2030.
        #   up front 5 · 0.5; 2027: 0.2 · (9.5 − 13); 2028: 0.4 · 9;
        #   2029 and 2030: 0.7 · 9, and 0.1 of on_demand in the east, so that 0.1 less is sent there, and the policy
        #   own_halls is missed by 0.4 of 0.8 GW, at 1
        plan = with_changes("site_leases[mesa_1].status = closed")
        assert_costs_more(plan, 2.5 - 0.7 + 3.6 + 2 * (6.3 + 1.3 - 0.05 + 0.4) - MESA_1 - MESA_2)
        assert signed(plan) == EVERYTHING - {"mesa_1", "mesa_2", "tpu_lease", "tpu_order"}
        assert tier(plan) == {"volume": 1.5}
        assert use(plan, "on_demand", "east") == {"2029": 0.1, "2030": 0.1}

    def test_delayed(self) -> None:
        # Both phases start in 2029. Saved: a year of mesa_1, 0.3752 and its dearest rent 0.5292. Its chips come a year
        # later, when no lease can be had: bought for two years they cost 3.0 instead of 3.9496. Its exposure runs off a
        # year later: 0.32 more in 2029 and in 2030, so that cirrus stands behind 6.4 in 2029. cirrus_tpu gives the 0.4
        # GW in 2028, 1.2 in all, and at scale 1.2 saves on_demand's 13 in 2027 as above.
        plan = with_changes("site_leases[mesa_1].delay_months = 12")
        assert_costs_more(plan, 1.0 + 1.9 - 2.65 + 0.4 * 9 - 0.3752 - 0.5292 + 2 * 1.5 - LEASED + 0.02 * 0.64)
        assert starts(plan, "mesa_1") == {"2029-01-01": 1.0}
        assert orders(plan, "tpu_order") == {"2028-01-01": 0.8}
        assert tier(plan) == {"volume": 1.2}
        assert signed(plan) == EVERYTHING - {"on_demand", "tpu_lease"}

    def test_power_of_a_region_doubled(self) -> None:
        # 0.438 more a GW-year in the east: 4 · 0.0876 for mill. lake was worth 0.2374 (above) and would cost 3 · 0.0876
        # more, or 2 · 0.0876 from 2029 on, when it was worth 0.2 · 2 · 9.5 − 3.6718 = 0.1282: it is left.
        plan = with_changes(
            "site_leases[mill].power_usd_per_mwh *= 2",
            "site_leases[lake].power_usd_per_mwh *= 2",
        )
        assert_costs_more(plan, 4 * 0.0876 + 0.2 * 3 * 9.5 - LAKE)
        assert signed(plan) == EVERYTHING - {"lake", "gpu_order"}
        assert line(plan, "power") == pytest.approx(0.876 * 0.8 + 0.438 * 2.0, rel=1e-6)

    @pytest.mark.parametrize(
        ("years", "back_after", "kind"),
        [(2, 3, "cost"), (3, 4, "cost"), (5, 6, "credit")],
        ids=["inside", "on the last day", "outside"],
    )
    def test_deposit(self, years: int, back_after: int, kind: str) -> None:
        # mesa_1, whole whatever it costs, at 25 % a year: 0.24 is paid on 2027-01-01 and comes back at the end of the
        # term, after the years of lead and lease, worth 0.8 to their power. Inside the horizon and on its last day it
        # is cash.
        changes = (
            "case.discount_rate = 0.25",
            "site_leases[mesa_1].status = required",
            "site_leases[mesa_1].min_share = 1",
            f"site_leases[mesa_1].term_years = {years}",
        )
        plan = with_changes(*changes)
        without = with_changes(*changes, "site_leases[mesa_1].deposit_months = 0")
        assert cost(plan) - cost(without) == pytest.approx(0.24 * (1 - 0.8**back_after), abs=1e-6 * cost(plan))
        assert line(plan, "deposit", "mesa_1") == pytest.approx(0.24, rel=1e-6)
        assert line(plan, "deposit_returned", "mesa_1") == pytest.approx(-0.24 * 0.8**back_after, rel=1e-6)
        ledger = plan.ledger
        back = ledger[(ledger["line"] == "deposit_returned") & (ledger["offer"] == "mesa_1")]
        assert back["kind"].to_list() == [kind]
        closing = plan.cash["closing_usd_bn"].iloc[-1] - without.cash["closing_usd_bn"].iloc[-1]
        assert closing == pytest.approx(0.0 if kind == "cost" else -0.24, abs=1e-6)


class TestPastTheEnd:
    """Rent due from 2031 on: mill 4 · 0.24, mesa_1 its lease years 4 and 5, mesa_2 3 to 5, lake 7 · 0.36."""

    MILL = 4 * 0.24
    MESA_1 = 0.48 * (1.05**3 + 1.05**4)
    MESA_2 = 0.48 * (1.05**2 + 1.05**3 + 1.05**4)

    def test_reported_and_not_charged(self) -> None:
        # A sixth lease year of mesa_1 changes nothing but what is owed.
        plan = with_changes("site_leases[mesa_1].term_years = 6")
        assert_costs_more(plan, 0.0)
        assert signed(plan) == EVERYTHING
        beyond = plan.ledger[plan.ledger["kind"].isin(["beyond_horizon", "horizon_value"])]
        assert (beyond["present_value_usd_bn"] == 0).all()
        owed = plan.maturities.astype({"year": int}).query("kind == 'rent' and year >= 2031")["owed_usd_bn"].sum()
        assert owed == pytest.approx(self.MILL + self.MESA_1 + 0.48 * 1.05**5 + self.MESA_2 + 2.52)

    @pytest.mark.parametrize(("term", "longer"), [(5, 0.0), (6, 0.48 * 1.05**5)])
    def test_charged(self, term: int, longer: float) -> None:
        # lake, worth 0.2374, would owe 2.52 and is left. mesa_2 owes 1.6683 and stays: cirrus_tpu in its place would
        # cost 0.8 · 9 + 5 · 0.4 up front − 0.75 saved in 2027, which is 3.49 more than mesa_2.
        plan = with_changes("case.horizon = charge", f"site_leases[mesa_1].term_years = {term}")
        charged = self.MILL + self.MESA_1 + self.MESA_2 + longer
        assert_costs_more(plan, 0.2 * 3 * 9.5 - LAKE + charged)
        assert signed(plan) == EVERYTHING - {"lake", "gpu_order"}
        ledger = plan.ledger
        beyond = ledger[ledger["kind"] == "beyond_horizon"]
        assert beyond["present_value_usd_bn"].sum() == pytest.approx(charged, rel=1e-6)


class TestFloors:
    """The floor of cirrus_tpu for 2028 is raised from 5 to 10; at scale 1 at most 9 can be spent in the west, on 1 GW.

    Where what is not spent is lost, all of the 1 GW is used, 0.2 more than before. Of the ways to need 0.2 GW less of
    one's own in 2028 the best is to put lake off to 2029, which saves 5.4626 − 3.6718 and takes 0.2 · 0.5 for the link:
    1.6908. Leaving machines idle would save 0.0876 of power, giving lake up 5.4626 − 0.1 − 0.2 · 2 · 9.5 = 1.5626. And
    as the floor is paid in any case, the dearer 0.1 GW of cirrus_tpu in the east costs no more and saves 0.05 of the
    link. So 9 · 0.9 + 9.9 · 0.1 = 9.09 is spent instead of 9 · 0.8 = 7.2.
    """

    DOUBLED = "cloud_terms[cirrus_tpu,2].floor_usd_bn *= 2"

    def test_forfeit(self) -> None:
        # 10 is paid instead of 7.2.
        plan = with_changes(self.DOUBLED)
        assert_costs_more(plan, (10 - 7.2) - (LAKE - LAKE_LATER - 0.1) - 0.05)
        assert starts(plan, "lake") == {"2029-01-01": 1.0}
        assert decided(plan, "short", "cirrus_tpu", "contract_year") == {"2": pytest.approx(0.91)}
        assert use(plan, "cirrus_tpu", "east") == {"2028": 0.1}
        assert line(plan, "shortfall") == pytest.approx(0.91, rel=1e-6)

    def test_credit(self) -> None:
        # Spend stays 7.2, and the 2.8 paid for nothing in 2028 pay for spend above the floors of 2029 and 2030, of
        # which there is 2 · (7.2 − 5) = 4.4. Without interest that costs nothing (nor does paying more and
        # getting it back).
        plan = with_changes("cloud_commitments[cirrus_tpu].shortfall = credit", self.DOUBLED)
        assert_costs_more(plan, 0.0)
        assert starts(plan, "lake") == {"2028-01-01": 1.0}
        assert decided(plan, "short", "cirrus_tpu", "contract_year")["2"] >= 2.8 - 1e-6
        assert line(plan, "shortfall") + line(plan, "shortfall_credit") == pytest.approx(0.0, abs=1e-6)

    def test_rollover(self) -> None:
        # Of the 9 − 3 spent above the floor of 2027, 0.05 · 10 = 0.5 counts towards that of 2028: 9.5 is paid.
        plan = with_changes(
            "cloud_commitments[cirrus_tpu].shortfall = rollover",
            "cloud_commitments[cirrus_tpu].rollover_share = 0.05",
            self.DOUBLED,
        )
        assert_costs_more(plan, (9.5 - 7.2) - (LAKE - LAKE_LATER - 0.1) - 0.05)
        assert starts(plan, "lake") == {"2029-01-01": 1.0}
        assert decided(plan, "short", "cirrus_tpu", "contract_year") == {"2": pytest.approx(0.41)}
        assert decided(plan, "rolled_in", "cirrus_tpu", "contract_year")["2"] == pytest.approx(0.5)


class TestClouds:
    def test_minimum_of_a_tier_raised(self) -> None:
        # 5 · 0.25 up front; 0.2 GW of on_demand in 2027 is not needed, 9.5 instead of 13 and its fee.
        plan = with_changes("cloud_tiers[cirrus_tpu,volume].scale_min = 1.25")
        assert_costs_more(plan, 1.25 + 1.9 - 2.65)
        assert tier(plan) == {"volume": 1.25}
        assert signed(plan) == EVERYTHING - {"on_demand"}

    def test_minimum_of_a_tier_raised_out_of_reach(self) -> None:
        # At 2, volume costs 5 + 1.9 − 2.65 = 4.25 more, standard only (11 · 3.2 + 13 · 0.2) − 35.6 = 2.2: 0.8 GW each
        # year, no upfront sum, and in 2027 another 0.2 of on_demand, in the west (idle_gpus would cost 2.52 + 0.1).
        plan = with_changes(
            "cloud_tiers[cirrus_tpu,volume].scale_max = 2", "cloud_tiers[cirrus_tpu,volume].scale_min = 2"
        )
        assert_costs_more(plan, 11 * 3.2 + 2.6 - 35.6)
        assert tier(plan) == {"standard": 0.8}
        assert use(plan, "on_demand", "west") == {"2027": 0.2}
        assert backers(plan, "mesa_1") == {"cirrus": 1.0}

    def test_exclusive_group(self) -> None:
        # on_demand may not be signed besides cirrus_tpu. That at 1.2 would cost 5 · 0.2 + 0.2 · 9.5 = 2.9; idle_gpus
        # train for the west in 2027 and leave room for the east's 0.2 GW there, for 2.52 + 2 · 0.2 · 0.5 for the link.
        plan = with_changes("cloud_commitments[on_demand].exclusive_group = main_cloud")
        assert_costs_more(plan, 2.52 + 0.2 - 2.65)
        assert signed(plan) == EVERYTHING - {"on_demand"} | {"idle_gpus"}
        assert tier(plan) == {"volume": 1.0}
        assert use(plan, "idle_gpus", "east") == {"2027": 0.2}

    def test_chip_twice_as_efficient_at_one_workload(self) -> None:
        # A GPU answers for two. mill's give the east 0.4, and 0.1 GW of lake the other 0.2 from 2028: half of lake,
        # whose other half would have to train for the west over the link. That is worth 9 − 0.5 = 8.5 and costs
        # (5.4626 − 0.02) / 0.6 = 9.07. So on_demand is not needed, nothing is sent, and cirrus_tpu gives 0.6 from 2028.
        plan = with_changes("chip_performance[gpu_a,interactive].gw_equivalent *= 2")
        assert_costs_more(plan, -2.65 - (LAKE - 0.02) / 2 - 0.2 * 3 * 9 - 0.3)
        assert starts(plan, "lake") == {"2028-01-01": 0.5}
        assert orders(plan, "gpu_order") == {"2027-01-01": 0.1}
        assert signed(plan) == EVERYTHING - {"on_demand"}
        assert use(plan, "cirrus_tpu", "west") == {"2027": 1.0, "2028": 0.6, "2029": 0.6, "2030": 0.6}
        assert to_the_east(plan) == {}

    def test_latency_above_a_limit(self) -> None:
        # The west is too far to answer the east. Of the 0.2 GW sent there from 2028, 0.1 comes from cirrus_tpu in the
        # east, all it has, at 9 · 1.1 = 9.9, and 0.1 from on_demand, instead of 9.5 for both.
        plan = with_changes("links[west,east].latency_ms = 120")
        assert_costs_more(plan, 3 * (0.1 * 9.9 + 0.1 * 13 - 0.2 * 9.5))
        assert use(plan, "cirrus_tpu", "east") == {"2028": 0.1, "2029": 0.1, "2030": 0.1}
        assert use(plan, "on_demand", "east") == {"2027": 0.2, "2028": 0.1, "2029": 0.1, "2030": 0.1}
        assert to_the_east(plan) == {}


class TestCash:
    def test_minimum_that_can_be_held(self) -> None:
        # The least that the best plan holds is 13.1444, after the payments of the first day of 2028.
        plan = with_changes("finance[*].min_cash_usd_bn = 13.144")
        assert_costs_more(plan, 0.0)
        assert signed(plan) == EVERYTHING

    def test_minimum_raised_until_nothing_is_feasible(self, tmp_path: Path) -> None:
        # 20 + 15 + 2 of equity is all the cash there can be at the end of 2027, before the loan; mill is to be paid.
        change = "finance[*].min_cash_usd_bn = 37"
        with pytest.raises(Infeasible):
            starter(change).solve()
        words = ["solve", str(path("starter")), "-o", str(tmp_path / "plan"), "--set", change]
        ended = CliRunner().invoke(main, words)
        assert ended.exit_code == 4
        assert not (tmp_path / "plan").exists()

    def test_equity_lowers_no_cost(self) -> None:
        # With no minimum cash and no policy on it, 12 of equity instead of 2 is money received and nothing else.
        plan = with_changes(
            "finance[*].min_cash_usd_bn = blank",
            "cloud_commitments[cirrus_tpu].equity_usd_bn = 12",
            "-policies[cirrus_equity]",
        )
        assert_costs_more(plan, 0.0)
        assert signed(plan) == EVERYTHING
        assert plan.cash["funding_usd_bn"].sum() == pytest.approx(12.0)
        assert plan.cash["closing_usd_bn"].iloc[-1] == pytest.approx(40.5768 + 10.0)


class TestPeriods:
    """All dates are the first of a year, and rent, spend and upkeep are the same in parts as whole.

    Fees are not: a fee is paid on the exposure at the start of each period. Within a lease year of Mesa the exposure
    falls by 0.32, within one of lake by 0.18. With n periods a year (n − 1) / 2n of that comes off on average, in 3 + 2
    lease years of Mesa and in 3 of lake:
        0.02 · 0.32 · 5 · (n − 1) / 2n + 0.03 · 0.18 · 3 · (n − 1) / 2n = 0.0241 · (n − 1) / n

    Nor is the lease, whose tranches are paid back by so much sooner. With i the rate of a period, (1 + i)^3n = 1.331,
    so each of the 3n payments on 1 of the loan is 0.669 · i + 0.331 · i · 1.331 / 0.331 = 2i, and what is outstanding
    after y years 2 − 1.1^y. In the same way the equity is paid 0.636 · i + 0.364 · i · 1.728 / 0.364 = 1.5i.
    """

    @staticmethod
    def lease(n: int) -> float:
        """Payments of three years on 4.8 of the loan and 1.6 of equity."""
        return 3 * n * (2 * (1.1 ** (1 / n) - 1) * 4.8 + 1.5 * (1.2 ** (1 / n) - 1) * 1.6)

    @staticmethod
    def support(n: int) -> float:
        """The supporter's fee on its exposure, period by period."""
        ages = [k / n for k in range(3 * n)]
        return 0.05 * sum(max(0.0, 4.8 * (2 - 1.1**age) - 6.4 * (1 - age / 4)) for age in ages) / n

    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    def test_fees_and_lease_follow_the_periods(self, months: int) -> None:
        plan = with_changes(f"case.period_months = {months}")
        n = 12 // months
        fees = -0.0241 * (n - 1) / n + self.support(n) - 0.0296
        assert_costs_more(plan, fees + self.lease(n) - 4.32)
        assert signed(plan) == EVERYTHING
        assert orders(plan, "tpu_order") == {"2027-01-01": 0.4, "2028-01-01": 0.4}
        assert line(plan, "guarantee_fee") == pytest.approx(0.6518 + fees, rel=1e-6)
        assert line(plan, "lease_payment") == pytest.approx(self.lease(n), rel=1e-6)

    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    def test_the_rest_costs_the_same(self, months: int) -> None:
        plan = with_changes(f"case.period_months = {months}", "guarantors[*,*].fee_rate = 0")
        assert_costs_more(plan, self.lease(12 // months) - 4.32 - 0.6518)
