"""Offer choice: what must be signed, what excludes what, and what needs what."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from tests.plans import cost, solved
from tests.small import cloud, demand, owned, sites, small, values

TWO_DEALS = {
    "cloud_commitments": """
        offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall
        first,cloud,open,,,0,1,forfeit
        second,cloud,open,,,0,1,forfeit
        """,
    "cloud_tiers": """
        offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max
        first,only,10,1,1
        second,only,20,1,1
        """,
    "cloud_terms": """
        offer,contract_year,capacity_gw,floor_usd_bn
        first,1,0.5,5
        second,1,0.5,10
        """,
    "cloud_products": """
        offer,chip,region,price_factor,from_date
        first,tpu_a,here,1,2026-01-01
        second,tpu_a,here,1,2026-01-01
        """,
}
"""Half a GW each for a year, at 10 and at 20 a GW-year, paid whether used or not."""


# Nothing is asked for. A floor of 10 is paid only where the offer must be signed.
def test_required(tmp_path: Path) -> None:
    case = small(tmp_path, end=2027, demand=demand(0), **cloud(floors=(10,)))
    assert cost(solved(case)) == pytest.approx(0.0)
    assert cost(solved(case.change("cloud_commitments[deal].status = required"))) == pytest.approx(10.0)


# Required, but not before the second year: a floor of 10 is paid then.
def test_required_later(tmp_path: Path) -> None:
    case = small(tmp_path, demand=demand(0), **cloud(floors=(10,), status="required")).change(
        "cloud_commitments[deal].sign_from = 2027-01-01", "cloud_commitments[deal].sign_by = 2027-01-01"
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(10.0)
    assert values(plan, "sign", "offer", "starts_on") == {"deal 2027-01-01": 1.0}


# Required where it cannot be: a site whose decision date is past.
def test_required_but_not_offered(tmp_path: Path) -> None:
    case = small(
        tmp_path, end=2027, site_leases=sites({"status": "required", "decide_by": "2025-12-31", "min_share": 1})
    )
    with pytest.raises(Infeasible, match="must_sign/hall"):
        solved(case)


class TestGroups:
    def case(self, folder: Path) -> Case:
        return small(folder, end=2027, **TWO_DEALS)

    # 1 GW asked for: both, 5 + 10. Of one group the cheaper, and 0.5 GW short: 55.
    def test_one_of_a_group(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert cost(solved(case)) == pytest.approx(15.0)
        plan = solved(case.change("cloud_commitments[*].exclusive_group = either"))
        assert cost(plan) == pytest.approx(55.0)
        assert values(plan, "sign", "offer") == {"first": 1.0}

    # 0.5 GW asked for in two years, in each of which one of two deals of a year can be signed. One of a group leaves
    # the other year short, though they are never signed in the same period.
    def test_one_of_a_group_whenever_it_is_signed(self, tmp_path: Path) -> None:
        case = small(tmp_path, demand=demand(0.5), **TWO_DEALS).change(
            "cloud_commitments[first].sign_by = 2026-01-01", "cloud_commitments[second].sign_from = 2027-01-01"
        )
        assert cost(solved(case)) == pytest.approx(15.0)
        grouped = case.change("cloud_commitments[*].exclusive_group = either")
        assert cost(solved(grouped)) == pytest.approx(55.0)

    # Where the dearer is signed by requirement, the other is out: 10 + 50.
    def test_the_place_is_taken(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change(
            "cloud_commitments[*].exclusive_group = either", "cloud_commitments[second].status = required"
        )
        assert cost(solved(case)) == pytest.approx(60.0)

    # 1 GW takes two of three: the hall, 0.6 a year with chips of one's own, the first deal at 5, the second at 10.
    # Where hall and first deal exclude each other, hall and second deal.
    def test_across_instruments(self, tmp_path: Path) -> None:
        case = small(tmp_path, end=2027, site_leases=sites({"exclusive_group": ""}), **TWO_DEALS, **owned(0.5))
        assert cost(solved(case)) == pytest.approx(5.6)
        grouped = case.change(
            "cloud_commitments[first].exclusive_group = either", "site_leases[hall].exclusive_group = either"
        )
        assert cost(solved(grouped)) == pytest.approx(10.6)

    # An order of chips may be a member, although nothing else about it is yes or no: 0.5 GW at 4 a GW for the hall cost
    # 2, with the rent 2.6, and serve half of the demand; the first or else the second deal serves the other.
    def test_an_order_as_member(self, tmp_path: Path) -> None:
        case = small(
            tmp_path,
            end=2027,
            site_leases=sites({}),
            resale_values="chip,age_years,value_share\ntpu_a,0,0\n",
            chip_purchases="""
                offer,chip,vendor,status,max_gw,price_usd_bn_per_gw,exclusive_group
                order,tpu_a,maker,open,1,4,
                """,
            chip_deliveries="offer,months,delivered_share\norder,0,1\n",
            **TWO_DEALS,
        ).change("chips[tpu_a].opex_usd_bn_per_gw_year = 0")
        assert cost(solved(case)) == pytest.approx(2.6 + 5)
        grouped = case.change(
            "cloud_commitments[first].exclusive_group = either", "chip_purchases[order].exclusive_group = either"
        )
        assert cost(solved(grouped)) == pytest.approx(2.6 + 10)


class TestRequirements:
    # 0.5 GW asked for. The first deal, at 5, asks for the second, at 10: rather the second by itself.
    def test_what_it_requires_is_signed_too(self, tmp_path: Path) -> None:
        case = small(tmp_path, end=2027, demand=demand(0.5), **TWO_DEALS)
        assert cost(solved(case)) == pytest.approx(5.0)
        tied = case.change("cloud_commitments[first].requires_offer = second")
        assert cost(solved(tied)) == pytest.approx(10.0)
        # Asked for 1 GW both are signed anyway.
        assert cost(solved(tied.change("demand[*,here,training].demand_gw = 1"))) == pytest.approx(15.0)
        # The second is closed: so is the first, and 0.5 GW is short.
        assert cost(solved(tied.change("cloud_commitments[second].status = closed"))) == pytest.approx(50.0)

    # Each deal runs for one of two years, and 0.5 GW is asked for in both. The second can be signed from 2027 only, so
    # that nothing can be signed in 2026: 50 short, then the second alone.
    def test_not_before_what_it_requires(self, tmp_path: Path) -> None:
        case = small(tmp_path, demand=demand(0.5), **TWO_DEALS)
        # By itself the first serves 2026 or 2027 for 5, the second the other year for 10.
        assert cost(solved(case)) == pytest.approx(15.0)
        tied = case.change(
            "cloud_commitments[first].requires_offer = second", "cloud_commitments[second].sign_from = 2027-01-01"
        )
        assert cost(solved(tied)) == pytest.approx(60.0)
        # Signed in the same period it is not too late: from 2026 on, the second serves 2026 and the first 2027.
        both = tied.change("cloud_commitments[second].sign_from = 2026-01-01")
        assert cost(solved(both)) == pytest.approx(15.0)

    # A lease that requires a deal of no use, with a floor of 5: 0.6 + 5 rather than 50 short.
    def test_across_instruments(self, tmp_path: Path) -> None:
        tables = {**TWO_DEALS, **owned(0.5)}
        case = small(
            tmp_path, end=2027, demand=demand(0.5), site_leases=sites({"requires_offer": "first"}), **tables
        ).change("cloud_terms[*,*].capacity_gw = 0", "cloud_commitments[second].status = closed")
        plan = solved(case)
        assert cost(plan) == pytest.approx(5.6)
        assert values(plan, "sign", "offer") == {"first": 1.0}
