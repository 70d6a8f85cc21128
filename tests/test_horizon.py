"""What outlives the horizon, worked by hand: one contract at the market's price, one below it, one above it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.ledgers.objective import Horizon
from planner.plan.plan import Plan
from planner.reports.summary import text
from planner.studies.other_horizons import other_horizons
from tests.plans import cost, line, solved
from tests.small import demand, sites, small

CLOUD = {
    "cloud_commitments": """
        offer,provider,status,lead_months,term_years,shortfall,prepay_share,signing_fee_usd_bn
        deal,cloud,required,0,4,forfeit,{prepaid},{fee}
        """,
    "cloud_terms": "offer,contract_year,capacity_gw,floor_usd_bn\n"
    + "".join(f"deal,{year},1,{{price}}\n" for year in (1, 2, 3, 4)),
    "cloud_tiers": """
        offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,upfront_usd_bn
        deal,only,{price},1,1,{upfront}
        """,
    "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
}
MARKET = "chips[tpu_a].reference_price_usd_bn_per_gw_year = 10"


def deal(
    folder: Path,
    horizon: str,
    *,
    price: float,
    rate: float = 0.0,
    prepaid: float = 0,
    fee: float = 0,
    upfront: float = 0,
) -> Case:
    """1 GW for four years, of which the case is the first two; the floor is what 1 GW costs. The market asks 10."""
    cells = {"price": price, "prepaid": prepaid, "fee": fee, "upfront": upfront}
    tables = {name: table.format(**cells) for name, table in CLOUD.items()}
    case = small(folder, toml=f'horizon = "{horizon}"\n', rate=rate, demand=demand(1, 1), **tables)
    return case.change(MARKET, "cloud_commitments[deal].sign_by = 2026-01-01")


class TestThreeTreatments:
    """Two years inside, two after. A year's floor is paid on average in the middle of the year."""

    @pytest.mark.parametrize(
        ("price", "costs"),
        [
            # At the market: 2 · 10 inside; 2 · 10 are owed, and what they buy is worth as much.
            (10, {"cut": 20, "charge": 40, "fair": 20}),
            # Below it: what is owed is not charged, but nothing is earned either.
            (8, {"cut": 16, "charge": 32, "fair": 16}),
            # Above it: 2 · 12 are owed for what is worth 2 · 10.
            (12, {"cut": 24, "charge": 48, "fair": 28}),
        ],
    )
    def test_one_contract(self, tmp_path: Path, price: float, costs: dict[str, float]) -> None:
        for horizon, expected in costs.items():
            plan = solved(deal(tmp_path / horizon, horizon, price=price))
            assert cost(plan) == pytest.approx(expected)
            assert plan.record.horizon == horizon
            # The same decisions cost the same under each treatment, whichever was planned for.
            assert plan.record.present_cost_by_horizon_usd_bn == pytest.approx(costs)
            assert plan.record.owed_after_end_usd_bn == pytest.approx(2 * price)

    # At 21 % the middles of the four years lie 1.1, 1.1 · 1.21, … away: Σ = 1/1.1 + 1/1.331 = 1.660405 inside, and that
    # over 1.4641 after the end. 12 a year, of which 10 is the market's.
    def test_discounted(self, tmp_path: Path) -> None:
        inside = 1 / 1.1 + 1 / 1.331
        after = inside / 1.21**2
        plan = solved(deal(tmp_path, "fair", price=12, rate=0.21))
        assert cost(plan) == pytest.approx(12 * inside + 2 * after)
        assert line(plan, "value_after_end") == pytest.approx(-10 * after)
        assert line(plan, "floor") == pytest.approx(12 * after)

    # Half of the market's price is assumed to hold: 2 · 10 owed for what is worth 2 · 5.
    def test_a_smaller_share_of_the_reference(self, tmp_path: Path) -> None:
        case = deal(tmp_path, "fair", price=10).change("cloud_commitments[deal].horizon_value_share = 0.5")
        assert cost(solved(case)) == pytest.approx(30)

    # A floor of 30 for 1 GW at 10 buys no more than 1 GW, which is worth 10: 2 · 20 of what is owed is for nothing.
    def test_a_floor_beyond_the_capacity_buys_nothing(self, tmp_path: Path) -> None:
        case = deal(tmp_path, "fair", price=10)
        case = case.change("cloud_terms[deal,3].floor_usd_bn = 30", "cloud_terms[deal,4].floor_usd_bn = 30")
        assert cost(solved(case)) == pytest.approx(20 + 2 * 20)

    # Without a price of its own, the reference is the mean of the offers by capacity: 12 for 1 GW and 6 for 2 GW are 8.
    def test_the_mean_of_the_offers(self, tmp_path: Path) -> None:
        case = deal(tmp_path, "fair", price=12).change(
            "chips[tpu_a].reference_price_usd_bn_per_gw_year = blank",
            "+cloud_commitments{offer=other, provider=else, status=open, lead_months=0, term_years=1,"
            " shortfall=forfeit, sign_by=2026-01-01}",
            "+cloud_tiers{offer=other, tier=only, price_usd_bn_per_gw_year=6, scale_min=2, scale_max=2}",
            "+cloud_terms{offer=other, contract_year=1, capacity_gw=1, floor_usd_bn=12}",
            "+cloud_products{offer=other, chip=tpu_a, region=there, price_factor=1, from_date=2026-01-01}",
        )
        assert cost(solved(case)) == pytest.approx(24 + 2 * (12 - 8))


class TestPaidForTheWholeTerm:
    """Half of four years lies inside; half of what was paid for the whole is credited at the end."""

    # Fee 1 and upfront 4 are paid in 2026; at 21 % half of them is credited two years later.
    def test_fees_and_upfront(self, tmp_path: Path) -> None:
        inside = 10 * (1 / 1.1 + 1 / 1.331)
        plan = solved(deal(tmp_path / "fair", "fair", price=10, rate=0.21, fee=1, upfront=4))
        assert cost(plan) == pytest.approx(inside + 5 - 2.5 / 1.21**2)
        assert line(plan, "unused_part") == pytest.approx(-2.5 / 1.21**2)
        assert cost(solved(deal(tmp_path / "cut", "cut", price=10, rate=0.21, fee=1, upfront=4))) == pytest.approx(
            inside + 5
        )

    # Prepaid or not, two years of four cost 20. Where the horizon cuts, a prepayment of all 40 costs all of it.
    def test_a_prepayment(self, tmp_path: Path) -> None:
        assert cost(solved(deal(tmp_path / "fair", "fair", price=10, prepaid=1))) == pytest.approx(20)
        assert cost(solved(deal(tmp_path / "none", "fair", price=10))) == pytest.approx(20)
        assert cost(solved(deal(tmp_path / "cut", "cut", price=10, prepaid=1))) == pytest.approx(40)

    # Signed already, the fee is sunk, but its unused half is still worth as much at the end.
    def test_what_is_sunk_is_credited_too(self, tmp_path: Path) -> None:
        case = deal(tmp_path, "fair", price=10, fee=1, upfront=4)
        case = case.change(
            "cloud_commitments[deal].status = signed",
            "cloud_commitments[deal].start_date = 2026-01-01",
            "cloud_commitments[deal].lead_months = blank",
        )
        assert cost(solved(case)) == pytest.approx(20 - 2.5)


class TestHalls:
    """0.5 GW at 100 USD per kW and month, 0.6 USD bn a year, for four years of which two lie inside."""

    HALL = {"term_years": 4, "status": "required", "diligence_usd_bn": 0.4, "min_share": 1}  # noqa: RUF012

    def case(self, folder: Path, horizon: str = "fair", **cells: float | str) -> Case:
        return small(folder, toml=f'horizon = "{horizon}"\n', demand=demand(0, 0), site_leases=sites(self.HALL | cells))

    def test_at_the_market(self, tmp_path: Path) -> None:
        # 2 · 0.6 and the diligence, half of which is for the years after the end.
        assert cost(solved(self.case(tmp_path))) == pytest.approx(1.2 + 0.2)

    @pytest.mark.parametrize(("market", "charged"), [(100, 0.0), (150, 0.0), (75, 0.3), (0, 1.2)])
    def test_below_and_above_it(self, tmp_path: Path, market: float, charged: float) -> None:
        case = self.case(tmp_path).change(f"regions[here].reference_rent_usd_per_kw_month = {market}")
        plan = solved(case)
        assert cost(plan) == pytest.approx(1.4 + charged)
        assert plan.record.present_cost_by_horizon_usd_bn == pytest.approx(
            {"fair": 1.4 + charged, "cut": 1.6, "charge": 2.8}
        )

    # A second lease of the same size at 50: the mean is 75, as above.
    def test_the_mean_of_the_leases(self, tmp_path: Path) -> None:
        other = {"offer": "cheap", "site": "other", "status": "open", "rent_usd_per_kw_month": 50}
        case = small(tmp_path, toml='horizon = "fair"\n', demand=demand(0, 0), site_leases=sites(self.HALL, other))
        assert cost(solved(case)) == pytest.approx(1.4 + 0.3)


LEASE = {
    "chip_leases": """
        offer,spv,chip,status,sign_from,sign_by,min_usd_bn,max_usd_bn,term_years,payment_cover,advance_share,end_option,end_price_share
        spv,SPV,tpu_a,required,2026-01-01,2026-01-01,20,20,4,1,1,{end},{price}
        """,
    "spv_tranches": """
        offer,tranche,kind,seniority,min_share,max_share,rate,balloon_share,supported
        spv,all,equity,1,1,1,0,0,false
        """,
    "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
    "resale_values": """
        chip,age_years,value_share
        tpu_a,0,1
        tpu_a,2,{value}
        tpu_a,4,0.1
        """,
}


class TestLeasedChips:
    """20 is raised for 1 GW that costs 20: four payments of 5, two of them inside. Upkeep of 0.5 a year."""

    def case(self, folder: Path, *, value: float, end: str = "return", price: float = 0) -> Case:
        tables = {name: text.format(value=value, end=end, price=price) for name, text in LEASE.items()}
        return small(folder, toml='horizon = "fair"\n', demand=demand(0, 0), **tables)

    # After two years the chips are worth 0.5 · 20 = 10, after four 2: their use is worth 8 of the 10 that are owed.
    def test_given_back(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, value=0.5))
        assert cost(plan) == pytest.approx(10 + 1 + 10 - 8)
        assert line(plan, "value_after_end") == pytest.approx(-8)

    # 0.8 · 20 − 2 = 14 is more than the 10 that are owed: no more than these are made good.
    def test_worth_more_than_is_owed(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, value=0.8))) == pytest.approx(10 + 1)

    # Bought at 0.1 · 20: 12 is owed in all, and the chips are the lab's for good, worth 10 at the end.
    def test_bought(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, value=0.5, end="buy", price=0.1))
        assert cost(plan) == pytest.approx(10 + 1 + 12 - 10)
        assert plan.record.owed_after_end_usd_bn == pytest.approx(12)


class TestOrderedChips:
    """1 GW is ordered for 20, a quarter of it at once; it comes three years later, a year after the end."""

    def case(self, folder: Path, price: float) -> Case:
        return small(
            folder,
            toml='horizon = "fair"\n',
            demand=demand(0, 0),
            chip_purchases="offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,price_usd_bn_per_gw,deposit_share\n"
            f"order,tpu_a,maker,required,2026-01-01,2026-01-01,1,1,{price},0.25\n",
            chip_deliveries="offer,months,delivered_share\norder,36,1\n",
            resale_values="chip,age_years,value_share\ntpu_a,0,1\n",
        )

    # At the market's 20 the deposit of 5 and the balance of 15 buy what they cost. At 24 they buy 20; at 16, no gain.
    @pytest.mark.parametrize(("price", "charged"), [(20, 0.0), (24, 4.0), (16, 0.0)])
    def test_after_the_end(self, tmp_path: Path, price: float, charged: float) -> None:
        plan = solved(self.case(tmp_path, price))
        assert cost(plan) == pytest.approx(charged)
        assert line(plan, "deposit") == pytest.approx(0.25 * price)
        assert plan.record.owed_after_end_usd_bn == pytest.approx(0.75 * price)


# Machines taken for the last half-year, to be kept for a year: 6 is paid inside, 6 are owed for what is worth 5.
def test_spare_machines_taken_shortly_before_the_end(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        months=6,
        toml='horizon = "fair"\n',
        demand="from_date,region,workload,demand_gw\n2026-01-01,here,training,0\n2027-07-01,here,training,1\n",
        spare_capacity="offer,provider,status,chip,region,max_gw,firm,fee_usd_bn_per_month,min_months,notice_months\n"
        "spare,rival,open,tpu_a,here,1,true,1,9,3\n",
    )
    assert cost(solved(case.change(MARKET))) == pytest.approx(6 + 6 - 5)
    # Without a market price the offer itself is the market.
    assert cost(solved(case)) == pytest.approx(6)


def headline(plan: Plan) -> str:
    """The line of the summary about what outlives the horizon."""
    (found,) = [said for said in text(plan).splitlines() if said.startswith("After ")]
    return found


def test_the_headline_says_what_is_owed(tmp_path: Path) -> None:
    plan = solved(deal(tmp_path, "fair", price=12))
    assert headline(plan) == (
        "After 2028-01-01 24.000 USD bn are still owed; horizon = fair. The same plan costs 24.000 with horizon = cut "
        "and 48.000 with horizon = charge"
    )


def test_the_key_of_earlier_versions(tmp_path: Path) -> None:
    case = small(tmp_path / "true", toml="charge_beyond_horizon = true\n")
    assert case.settings.horizon_treatment is Horizon.CHARGE
    case = small(tmp_path / "false", toml="charge_beyond_horizon = false\n")
    assert case.settings.horizon_treatment is Horizon.FAIR
    with pytest.raises(DataError) as error:
        small(tmp_path / "both", toml='charge_beyond_horizon = true\nhorizon = "cut"\n')
    assert [str(problem) for problem in error.value.problems] == [
        "case.toml:9 horizon: expected 'charge' where charge_beyond_horizon is true; leave charge_beyond_horizon out, "
        "found 'cut'"
    ]


def test_another_treatment_may_sign_something_else(tmp_path: Path) -> None:
    """Of two contracts one costs 1 a year inside and owes 200 a year after the end, the other 8 a year and nothing."""
    case = small(
        tmp_path / "case",
        toml='horizon = "fair"\n',
        demand=demand(1, 1),
        cloud_commitments="offer,provider,status,sign_by,lead_months,term_years,shortfall\n"
        "plain,cloud,open,2026-01-01,0,2,forfeit\ntrap,other,open,2026-01-01,0,4,forfeit\n",
        cloud_tiers="offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\nplain,only,8,1,1\ntrap,only,1,1,1\n",
        cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\nplain,1,1,0\nplain,2,1,0\n"
        "trap,1,1,0\ntrap,2,1,0\ntrap,3,1,200\ntrap,4,1,200\n",
        cloud_products="offer,chip,region,price_factor,from_date\nplain,tpu_a,here,1,2026-01-01\n"
        "trap,tpu_a,here,1,2026-01-01\n",
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(16)
    plan.write(tmp_path / "plan")
    result = CliRunner().invoke(main, ["horizons", str(tmp_path / "plan")])
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "With horizon = cut the plan that is chosen costs 2.000 USD bn: it signs trap too and leaves out plain",
        "With horizon = charge the plan that is chosen costs 16.000 USD bn: it signs the same offers",
    ]
    (cut, _) = other_horizons(plan)
    assert (cut.signs_too, cut.leaves_out) == (("trap",), ("plain",))
