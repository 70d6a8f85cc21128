"""Guarantors that are tied to an offer, and offers that require or exclude others, in the case of a later day."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.site_lease.tables import SiteLease
from planner.portfolio.portfolio import Portfolio
from tests.plans import solved
from tests.roll.holding import at_every_start, still_best
from tests.small import demand, owned, sites, small, values

COVERED: dict[str, str | float] = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "term_years": 5,
    "min_share": 0.1,
}  # fmt: skip
ANCHOR: dict[str, str | float] = {
    "offer": "anchor", "site": "Anchor", "needs_guarantee": "false", "cover_measure": "", "cover_usd_bn_per_gw": "",
    "ready_date": "2026-07-01", "min_share": 0.2, "term_years": 1.5, "rent_usd_per_kw_month": 300,
}  # fmt: skip
"""Dear halls, which are leased for what they open. They run from July 2026 to the end of 2027."""


def tied(
    folder: Path, tie: str, *phases: dict[str, str | float], months: int = 6, deal: str = "", **tables: str
) -> Case:
    """Four years. 0.5 GW are asked for and owned; a bank with room for 4 and more is tied to an offer."""
    given = {
        "demand": demand(0.5, 0.5, 0.5, 0.5),
        "site_leases": sites(*(COVERED | phase for phase in phases)),
        "cover_runoff": "age_years,cover_share\n0,1\n2,0.5\n",
        "guarantors": (
            f"guarantor,kind,families,fee_rate,requires_offer,scales,requires_scale_min\nbank,lease,tpu,0.01,{tie}\n"
        ),
        "guarantor_caps": (
            "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\n"
            "bank,lease,2026-01-01,5,1\nbank,lease,2027-07-01,7,2\nbank,lease,2028-03-01,9,1.5\n"
        ),
        **owned(0.5),
        **tables,
    }
    if deal:
        given |= {
            "cloud_commitments": (
                "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall,start_date\n"
                f"deal,cloud,signed,,,,{deal},forfeit,2026-01-01\n"
            ),
            "cloud_tiers": "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,1,1\n",
            "cloud_terms": "offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,0,0\ndeal,2,0,0\n",
            "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
        }
    return small(folder, end=2030, months=months, rate=0.1, **given)


HALL: dict[str, str | float] = {"ready_date": "2026-07-01", "ready_by": "2027-07-01"}
LATE: dict[str, str | float] = {
    "offer": "late",
    "site": "Late",
    "ready_date": "2028-01-01",
    "rent_usd_per_kw_month": 50,
}


class TestTies:
    # The bank takes on new leases until the anchor's term is over, at the end of 2027, and stands by those that it has.
    @pytest.mark.parametrize("tie", ["anchor,true,", "anchor,false,", "anchor,true,0.6", "anchor,false,0.6"])
    def test_tied_to_halls(self, tmp_path: Path, tie: str) -> None:
        plan = solved(tied(tmp_path, tie, ANCHOR, HALL, LATE))
        exercised = values(plan, "exercise", "offer")
        assert exercised == {"anchor": 1.0, "hall": 1.0}
        later = at_every_start(plan)
        # The anchor is over from 2028 on, and stands in the case because the bank is tied to it.
        for day in ("2028-01-01", "2028-07-01", "2029-07-01"):
            assert str(later[day].case.rows(SiteLease)[0].status) == "signed"
        still_best(plan, "2026-07-01", "2027-01-01", "2028-01-01", "2028-07-01")

    # Nothing new is backed once the deal is over, nor in the later case; what was backed before is.
    @pytest.mark.parametrize("months", [12, 6, 3])
    @pytest.mark.parametrize("tie", ["deal,true,", "deal,false,", "deal,true,0.5", "deal,false,0.5"])
    def test_tied_to_a_deal_that_is_over(self, tmp_path: Path, tie: str, months: int) -> None:
        plan = solved(tied(tmp_path, tie, HALL | {"ready_by": ""}, LATE, months=months, deal="2"))
        assert values(plan, "exercise", "offer") == {"hall": 1.0}
        later = at_every_start(plan)
        over = later["2028-01-01"].case
        assert [row.offer for row in over.rows(CloudCommitment)] == ["deal"]
        limits = {(limit.rule, limit.subject) for limit in Portfolio.of(over).limits}
        assert ("guarantor_tie", "bank/lease/new") in limits
        still_best(plan, "2027-01-01", "2028-01-01")

    # Room for new leases while the deal runs, by the largest room from then on: 7.5 from March 2028.
    def test_backed_while_it_runs(self, tmp_path: Path) -> None:
        plan = solved(tied(tmp_path, "deal,true,", HALL | {"lead_months": 6}, LATE, deal="2"))
        assert values(plan, "exercise", "offer") == {"hall": 1.0}
        at_every_start(plan)
        still_best(plan, "2026-07-01", "2027-07-01")


class TestChoice:
    """The hall requires some of the anchor; two halls of one group exclude each other."""

    # 0.6 of the anchor is signed for 0.6 of it that is asked for: in the later case as well, to the last digit.
    @pytest.mark.parametrize("least", ["", "0.6"])
    def test_an_offer_that_requires_another(self, tmp_path: Path, least: str) -> None:
        case = tied(tmp_path, ",true,", ANCHOR, HALL | {"requires_offer": "anchor", "requires_scale_min": least})
        plan = solved(case)
        assert values(plan, "exercise", "offer") == {"anchor": 1.0, "hall": 1.0}
        later = at_every_start(plan)
        assert {row.offer for row in later["2029-07-01"].case.rows(SiteLease)} == {"anchor", "hall"}
        still_best(plan, "2026-07-01", "2027-01-01", "2028-07-01")

    # The one that was signed and is over still excludes the other.
    def test_a_group(self, tmp_path: Path) -> None:
        first = {"offer": "first", "term_years": 1, "exclusive_group": "either", "rent_usd_per_kw_month": 20}
        second = LATE | {"exclusive_group": "either", "rent_usd_per_kw_month": 20, "term_years": 1}
        case = tied(tmp_path, ",true,", first, second).change("regions[*].reference_rent_usd_per_kw_month = 100")
        plan = solved(case)
        assert values(plan, "exercise", "offer") == {"first": 1.0}
        later = at_every_start(plan)
        assert {row.offer for row in later["2027-07-01"].case.rows(SiteLease)} == {"first", "late"}
        assert {row.offer for row in later["2028-07-01"].case.rows(SiteLease)} == set()
        still_best(plan, "2026-07-01", "2027-07-01")
        free = later["2027-07-01"].case.change("site_leases[first].exclusive_group = blank")
        assert values(solved(free), "exercise", "offer") == {"first": 1.0, "late": 1.0}
