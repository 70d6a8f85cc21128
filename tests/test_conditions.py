"""Conditions: what has to be signed of an offer before it opens another, pays equity or gives a guarantor room."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from tests.plans import cost, decided, signed, solved
from tests.small import demand, owned, sites, small, used, values

TWO = {
    "cloud_terms": "offer,contract_year,capacity_gw,floor_usd_bn\nframework,1,1,5\ncheap,1,1,0\n",
    "cloud_products": (
        "offer,chip,region,price_factor,from_date\nframework,tpu_a,here,1,2026-01-01\ncheap,tpu_a,here,1,2026-01-01\n"
    ),
}


class TestSize:
    """A framework of 1 GW with a floor of 5 opens 1 GW at 1, where shortage costs 4."""

    def case(self, folder: Path, *, least: float = 0.0, share: str = "", step: str = "") -> Case:
        return small(
            folder, end=2027, shortage=4.0, demand=demand(1),
            cloud_commitments=(
                "offer,provider,status,sign_by,lead_months,term_years,shortfall,requires_offer,requires_scale_min\n"
                f"framework,cloud,open,2026-01-01,0,1,forfeit,,\n"
                f"cheap,cloud,open,2026-01-01,0,1,forfeit,framework,{share}\n"
            ),
            cloud_tiers=(
                "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step\n"
                f"framework,only,5,{least},1,{step}\ncheap,only,1,1,1,\n"
            ),
            **TWO,
        )  # fmt: skip

    # Any size may be signed, so all of it has to be: 5 for 1 GW, which is dearer than 4.
    def test_nothing_opens_nothing(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert cost(plan) == pytest.approx(4.0)
        assert signed(plan) == set()

    # Half of it is asked for: 0.5 GW for 2.5 and 0.5 GW at 1. A tenth: 0.5 and 0.9.
    @pytest.mark.parametrize(("share", "expected"), [("0.5", 3.0), ("0.1", 1.4)])
    def test_a_part_is_required(self, tmp_path: Path, share: str, expected: float) -> None:
        plan = solved(self.case(tmp_path, share=share))
        assert cost(plan) == pytest.approx(expected)
        assert decided(plan, "scale", "framework", "tier") == {"only": pytest.approx(float(share))}

    # Its smallest size is 0.4, which is a contract: 2 and 0.6 at 1. In steps of 0.3 from there 0.7: 3.5 and 0.3.
    def test_its_smallest_size_is_enough(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, least=0.4))) == pytest.approx(2.6)
        assert cost(solved(self.case(tmp_path, least=0.4, share="0.5", step="0.3"))) == pytest.approx(3.8)

    def test_a_share_of_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="requires_scale_min: expected a number above 0 and at most 1"):
            self.case(tmp_path, share="0")
        with pytest.raises(DataError, match="requires_scale_min: expected a blank where requires_offer is blank"):
            self.case(tmp_path, share="0.5").change("cloud_commitments[cheap].requires_offer = blank")


# Two contracts without floors can serve 1 GW, at 1 and at 2. The dear one is not signed, for anything or for nothing.
# At the same price either serves it: half of each would be two signatures.
def test_fewest_signatures(tmp_path: Path) -> None:
    case = small(
        tmp_path, end=2027, demand=demand(1),
        cloud_commitments=(
            "offer,provider,status,sign_by,lead_months,term_years,shortfall\n"
            "framework,cloud,open,2026-01-01,0,1,forfeit\ncheap,cloud,open,2026-01-01,0,1,forfeit\n"
        ),
        cloud_tiers=(
            "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\nframework,only,2,0,1\ncheap,only,1,0,1\n"
        ),
        **TWO,
    ).change("cloud_terms[framework,1].floor_usd_bn = 0")  # fmt: skip
    plan = solved(case)
    assert (cost(plan), signed(plan)) == (pytest.approx(1.0), {"cheap"})
    assert values(plan, "sign", "offer") == {"cheap": 1.0}
    plan = solved(case.change("cloud_tiers[framework,only].price_usd_bn_per_gw_year = 1"))
    assert (cost(plan), len(signed(plan))) == (pytest.approx(1.0), 1)


class TestEquity:
    """1 GW at 10 for a year; the provider pays 6 of equity for scale 1 or more."""

    def case(self, folder: Path, gw: float, least: float = 0.1, most: float = 2.0, **cells: str) -> Case:
        extra = "".join(f",{name}" for name in cells), "".join(f",{value}" for value in cells.values())
        return small(
            folder, end=2027, demand=demand(gw),
            cloud_commitments=(
                f"offer,provider,status,sign_by,lead_months,term_years,shortfall,equity_usd_bn{extra[0]}\n"
                f"deal,cloud,open,2026-01-01,0,1,forfeit,6{extra[1]}\n"
            ),
            cloud_tiers=f"offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,{least},{most}\n",
            cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,1,10\n",
            cloud_products="offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
        )  # fmt: skip

    # A quarter brings a quarter of 6, one and a half no more than 6; where it does not scale, always 6.
    @pytest.mark.parametrize(("gw", "equity"), [(0.25, 1.5), (1.0, 6.0), (1.5, 6.0)])
    def test_in_proportion(self, tmp_path: Path, gw: float, equity: float) -> None:
        plan = solved(self.case(tmp_path, gw))
        assert plan.cash["funding_usd_bn"].tolist() == pytest.approx([equity])
        plan = solved(self.case(tmp_path, gw, scales="false"))
        assert plan.cash["funding_usd_bn"].tolist() == pytest.approx([6.0])

    # The policy allows equity of half of the spend. It must not be met by taking less than the provider pays. Below
    # scale 1 it is 6 against 5 for each unit of scale. So 1.2 is signed where 0.9 would do: 6 is half of a floor of 12.
    @pytest.mark.parametrize(("gw", "scale"), [(0.9, 1.2), (1.5, 1.5)])
    def test_neither_less_nor_more(self, tmp_path: Path, gw: float, scale: float) -> None:
        case = self.case(tmp_path, gw).change(
            "+policies{policy=p, kind=funding_from_provider_max, subject=cloud, from_date=2026-01-01, value=0.5}"
        )
        plan = solved(case)
        assert sum(values(plan, "scale", "tier").values()) == pytest.approx(scale)
        assert cost(plan) == pytest.approx(10 * scale)

    def test_the_audit_restates_it(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 1.5))
        portfolio = Portfolio.of(plan.case)
        ledgers = portfolio.ledgers
        x = np.array([plan.values.get(name, 0.0) for name in ledgers.names])
        granted = ledgers.find("cloud_commitment", "granted")
        (check,) = (each for each in plan.case.catalogue.instruments if each.name == "cloud_commitment")
        for value in (0.9, 1.1):
            x[granted[granted.keys[0]]] = value
            found = [each for each in check.contract_checks(plan.case, ledgers, x) if each.broken]
            assert [each for each in found if "granted" in each.says]
        assert Solution(portfolio, x).names[granted[granted.keys[0]]].startswith("cloud_commitment.granted")


COVERED = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "term_years": 2, "ready_by": ""
}  # fmt: skip


class TestTies:
    """A bank with room of 4 is tied to a deal that costs nothing; halls of 0.5 GW under a cover of 4 cost 0.6 a year.

    0.5 GW is asked for and owned, and a GW-year short costs 100.
    """

    def case(
        self, folder: Path, *, years: float = 1, scale: str = "0.25,0.25", end: int = 2028, tie: str = "", **site: str
    ) -> Case:
        return small(
            folder, end=end, demand=demand(*[0.5] * (end - 2026)), site_leases=sites({**COVERED, **site}),
            cover_runoff="age_years,cover_share\n0,1\n",
            guarantors=(
                "guarantor,kind,families,fee_rate,requires_offer,scales,requires_scale_min\n"
                f"bank,lease,tpu,0,deal,{tie or 'true,'}\n"
            ),
            guarantor_caps="guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nbank,lease,2026-01-01,4,0\n",
            cloud_commitments=(
                "offer,provider,status,sign_by,lead_months,term_years,shortfall\n"
                f"deal,cloud,open,2026-01-01,0,{years},forfeit\n"
            ),
            cloud_tiers=f"offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,{scale}\n",
            cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\n"
            + "".join(f"deal,{year},0,0\n" for year in range(1, int(np.ceil(years)) + 1)),
            cloud_products="offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
            **owned(0.5),
        )  # fmt: skip

    # A quarter of the deal brings a quarter of the room, so a quarter of the halls: 0.15 a year, and 0.375 GW short.
    # Where it does not scale, all of it: 0.6.
    def test_in_proportion(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, years=2))
        assert cost(plan) == pytest.approx(2 * (0.15 + 37.5))
        assert used(plan, "guarantor_cap", "bank/lease")["2026-01-01"] == pytest.approx((1.0, 1.0))
        assert cost(solved(self.case(tmp_path, years=2, tie="false,"))) == pytest.approx(2 * 0.6)

    # Half of the deal is asked for, and at most a quarter can be signed, which is all there is of it; of a deal with a
    # tier up to 1 that is signed for a quarter at most, it would be too little.
    def test_a_part_is_required(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, years=2, scale="0,1", tie="false,0.5")
        plan = solved(case)
        assert cost(plan) == pytest.approx(2 * 0.6)
        assert sum(values(plan, "scale", "offer").values()) >= 0.5 - 1e-9
        # Of a deal of any size all is required where the share is blank: with scale 0.5 at most there is half of it.
        whole = solved(self.case(tmp_path, years=2, scale="0,1", tie="false,"))
        assert sum(values(whole, "scale", "offer").values()) == pytest.approx(1.0)

    # The deal runs through 2026. Halls signed then stay backed to the end of 2027; halls of 2027 cannot be signed.
    # With a deal of 18 months, the second half of 2027 is without it: the strictest of the period counts.
    @pytest.mark.parametrize(("years", "short"), [(1, 50.0), (1.5, 50.0), (2, 0.0)])
    def test_until_the_end_of_its_term(self, tmp_path: Path, years: float, short: float) -> None:
        early = solved(self.case(tmp_path, years=years, tie="false,"))
        assert cost(early) == pytest.approx(2 * 0.6)
        late = self.case(tmp_path, years=years, tie="false,", ready_date="2027-01-01")
        assert cost(solved(late)) == pytest.approx(50.0 + (short or 0.6))

    # In half-years a deal of 18 months runs through the first half of 2027.
    def test_until_the_last_whole_period(self, tmp_path: Path) -> None:
        late = self.case(tmp_path, years=1.5, tie="false,", ready_date="2027-01-01").change("case.period_months = 6")
        assert cost(solved(late)) == pytest.approx(50.0 + 0.6)

    # Signed in 2026 for halls of 2027: the guarantee is of 2026.
    def test_signed_while_it_runs(self, tmp_path: Path) -> None:
        late = self.case(tmp_path, tie="false,", ready_date="2027-01-01").change("site_leases[hall].lead_months = 12")
        assert cost(solved(late)) == pytest.approx(50.0 + 0.6)

    # A contract that renews the deal from 2027 on reopens the room.
    def test_a_renewal(self, tmp_path: Path) -> None:
        late = self.case(tmp_path, tie="false,", ready_date="2027-01-01").change(
            "+cloud_commitments{offer=renewal, provider=cloud, status=open, sign_from=2027-01-01, sign_by=2027-01-01,"
            " lead_months=0, term_years=1, shortfall=forfeit, requires_offer=deal, renews=true}",
            "+cloud_tiers{offer=renewal, tier=only, price_usd_bn_per_gw_year=10, scale_min=0.25, scale_max=0.25}",
            "+cloud_terms{offer=renewal, contract_year=1, capacity_gw=0, floor_usd_bn=0}",
            "+cloud_products{offer=renewal, chip=tpu_a, region=here, price_factor=1, from_date=2026-01-01}",
        )
        assert cost(solved(late)) == pytest.approx(50.0 + 0.6)
        assert cost(solved(late.change("cloud_commitments[renewal].renews = false"))) == pytest.approx(100.0)


class TestSpareTakenLater:
    """1 GW of spare capacity opens a deal at 1 a GW-year in 2027; shortage costs 4. Demand is 0, then 1 and 1."""

    def case(self, folder: Path, site: str | None = None, **cells: str | float) -> Case:
        row = {
            "offer": "spare", "provider": "rival", "chip": "tpu_a", "region": "here", "max_gw": 1, "firm": "true",
            "signing_fee_usd_bn": 0.5, **cells,
        }  # fmt: skip
        return small(
            folder, end=2029, shortage=4.0, rate=0.25, demand=demand(0, 1, 1),
            spare_capacity=f"{','.join(row)}\n{','.join(map(str, row.values()))}\n", site_leases=site,
        )  # fmt: skip

    # Taken from 2027 on, by use at 2: the fee is paid then, 0.5 / 1.25, not in 2026.
    @pytest.mark.parametrize("terms", [{"price_usd_bn_per_gw_year": 2}, {"fee_usd_bn_per_month": 2 / 12}])
    def test_its_fee_is_paid_when_it_is_first_taken(self, tmp_path: Path, terms: dict[str, float]) -> None:
        plan = solved(self.case(tmp_path, **terms))
        assert cost(plan) == pytest.approx(0.5 / 1.25 + 2 / 1.25**1.5 + 2 / 1.25**2.5)
        assert set(plan.offers.set_index("offer")["signed_on"]) == {"2027-01-01"}

    # It requires an offer that can only be signed in 2027, which is soon enough.
    def test_what_it_requires_need_not_be_there_before(self, tmp_path: Path) -> None:
        hall = sites({"ready_date": "2027-01-01", "rent_usd_per_kw_month": 0, "min_share": 1})
        terms: dict[str, str | float] = {"price_usd_bn_per_gw_year": 2, "signing_fee_usd_bn": 0}
        plan = solved(self.case(tmp_path, hall, requires_offer="hall", **terms))
        assert cost(plan) == pytest.approx(2 / 1.25**1.5 + 2 / 1.25**2.5)
        assert signed(plan) == {"spare", "hall"}

    def test_required_by_use_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="status: expected open, signed or closed where use is paid for"):
            self.case(tmp_path, price_usd_bn_per_gw_year=2, status="required")


# A floor of 5 is met by use, and equity of 2 is more than a tenth of 5 + 5: paying the floor a second time would not be
# a shortfall. So the deal is not signed: 0.5 GW short for two years at 60, or what is missed is too dear.
def test_no_shortfall_where_nothing_is_short(tmp_path: Path) -> None:
    case = small(
        tmp_path, shortage=60.0, demand=demand(0.5, 0.5),
        cloud_commitments=(
            "offer,provider,status,sign_by,lead_months,term_years,shortfall,equity_usd_bn\n"
            "deal,cloud,open,2026-01-01,0,2,forfeit,2\n"
        ),
        cloud_tiers="offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,1,1\n",
        cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,0.6,5\ndeal,2,0.6,5\n",
        cloud_products="offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
        policies="policy,kind,subject,from_date,value,penalty\np,funding_from_provider_max,cloud,2026-01-01,0.1,\n",
    )  # fmt: skip
    assert cost(solved(case)) == pytest.approx(60.0)
    # A fifth of 10 is 2.
    assert cost(solved(case.change("policies[p].value = 0.2"))) == pytest.approx(10.0)
    with pytest.raises(Infeasible):
        solved(case.change("cloud_commitments[deal].status = required", "policies[p].value = 0.01"))
