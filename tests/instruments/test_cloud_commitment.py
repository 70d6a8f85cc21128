"""Cloud commitments: profiles worked by hand, and optima that only show once solved."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.cloud_commitment.vintages import vintages
from tests.plans import cost, line, lines, solved
from tests.small import by_date, demand, keys, posted, profile, small, sums, values

OFFERS = "offer,provider,status,sign_from,sign_by,start_date,lead_months,term_years,shortfall,rollover_share"
TIERS = "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max"
TERMS = "offer,contract_year,capacity_gw,floor_usd_bn"
PRODUCTS = """
    offer,chip,region,price_factor,from_date
    deal,tpu_a,here,1,2026-01-01
    """
TWO_CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,2026-01-01,20,0,5,0.5
    tpu_b,tpu,maker,{},20,0,5,0.5
    """


def deal(
    folder: Path,
    *,
    floors: tuple[float, ...],
    shortfall: str = "forfeit",
    rollover: float | str = "",
    end: int = 2029,
    status: str = "required",
    **tables: str,
) -> Case:
    """One commitment from the start on, a year per floor; 5 GW at 10 a GW-year."""
    years = [f"deal,{year},5,{floor}" for year, floor in enumerate(floors, start=1)]
    given = {
        "cloud_commitments": (
            f"{OFFERS}\ndeal,cloud,{status},2026-01-01,2026-01-01,,0,{len(floors)},{shortfall},{rollover}"
        ),
        "cloud_tiers": f"{TIERS}\ndeal,only,10,1,1",
        "cloud_terms": "\n".join([TERMS, *years]),
        "cloud_products": PRODUCTS,
        **tables,
    }
    return small(folder, end=end, **given)


LEFT = (
    "prepaid_left_usd_bn is blank: 9 USD bn of the prepayment are left to draw, which is what its floors and its spend"
    " before the start leave"
)
"""a fifth of 2 · (8 + 10 + 12) is prepaid, 12, of which 3 have been spent"""


class TestUnderWay:
    """Signed on 1 October 2025 for three years; the case runs from 2026 to 2028 in half-years.

    Contract years are read at the start of a period:
        year 1, to October 2026      January and July 2026                        t = 0, 1
        year 2, to October 2027      January and July 2027                        t = 2, 3
        year 3, to October 2028      January and July 2028, after the end         t = 4, 5
    """

    @pytest.fixture
    def case(self, tmp_path: Path) -> Case:
        return small(
            tmp_path,
            months=6,
            toml='horizon = "charge"\n',
            cloud_commitments="""
                offer,provider,status,start_date,term_years,shortfall,prepay_share,signing_fee_usd_bn,equity_usd_bn
                deal,cloud,signed,2025-10-01,3,forfeit,0.2,1,4
                """,
            cloud_tiers="""
                offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,upfront_usd_bn
                deal,only,10,2,2,3
                """,
            cloud_terms="""
                offer,contract_year,capacity_gw,floor_usd_bn,spent_usd_bn
                deal,1,1,8,3
                deal,2,2,10,
                deal,3,3,12,
                """,
            cloud_products=PRODUCTS,
        )

    def test_contract_years(self, case: Case) -> None:
        ((vintage,), notes) = vintages(case)
        assert notes == [("deal", LEFT)]
        assert [
            (year.number, list(year.periods), list(year.shares), list(year.within)) for year in vintage.years
        ] == [
            (1, [0, 1], [1.0, 0.5], [0, 1]),
            (2, [1, 2, 3], [0.5, 1.0, 0.5], [1, 2, 3]),
            (3, [3, 4, 5], [0.5, 1.0, 0.5], [3]),
        ]  # fmt: skip
        # At scale 2 the first floor is 16, of which 3 is spent: 13, or 6.5 per unit of scale, is left to spend in the
        # period and a half that are left of its year. A quarter of the third year lies in the horizon.
        assert [year.due_usd_bn for year in vintage.years] == [8.0, 10.0, 3.0]
        assert [year.left_usd_bn for year in vintage.years] == [6.5, 10.0, 3.0]
        # Half of the spend of a period that touches two years counts for each.
        assert vintage.spend_of == {1: {0: 1.0, 1: 0.5}, 2: {1: 0.5, 2: 1.0, 3: 0.5}, 3: {3: 0.5}}
        assert vintage.key == ("deal", "2025-10-01", "only")

    # Signed rows are fixed at their scale, and what was paid on signing or on the start is sunk.
    def test_nothing_sunk_is_posted(self, case: Case) -> None:
        ledgers = posted(case)
        sign, scale = ledgers.find("cloud_commitment", "sign"), ledgers.find("cloud_commitment", "scale")
        assert (list(sign.lower), list(scale.lower), list(scale.upper)) == ([1.0], [2.0], [2.0])
        for sunk in ("signing_fee", "equity", "upfront", "prepayment"):
            assert not sums(ledgers, sunk)
        assert [key[3] for key in keys(ledgers, "cloud_commitment", "drawn")] == [0, 1, 2, 3, 4, 5]
        assert profile(ledgers, "signed", "signed") == {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}

    def test_rights_follow_the_contract_year(self, case: Case) -> None:
        assert profile(posted(case), "rights", "right") == {0: 1.0, 1: 1.5, 2: 2.0, 3: 2.5}

    # Floors of 8, 10 and 12 over two periods each, of which half a period of the first year has passed: 6 of it are to
    # come, whatever was spent. At the start of each period, all that is to come, 28 in total.
    def test_obligations_and_dues(self, case: Case) -> None:
        ledgers = posted(case.change("cloud_commitments[deal].prepay_share = 0"))
        assert profile(ledgers, "dues", "floor") == {0: 4.0, 1: 4.5, 2: 5.0, 3: 5.5, 4: 6.0, 5: 3.0}
        assert profile(ledgers, "obligations", "floor") == {0: 28.0, 1: 24.0, 2: 19.5, 3: 14.5}

    # The rest of the third year's floor, in the middle of the two half-years after the end.
    def test_floors_beyond_the_horizon(self, case: Case) -> None:
        assert sums(posted(case), "floor") == [("beyond_horizon", 2.25, -6.0), ("beyond_horizon", 2.75, -3.0)]

    # More spent than the floor asks: no shortfall can arise. The floor accrues all the same.
    def test_a_floor_already_spent(self, case: Case) -> None:
        spent = case.change("cloud_terms[deal,1].spent_usd_bn = 18")
        assert vintages(spent)[0][0].years[0].left_usd_bn == -1.0
        ledgers = posted(spent.change("cloud_commitments[deal].prepay_share = 0"))
        assert profile(ledgers, "obligations", "floor") == {0: 28.0, 1: 24.0, 2: 19.5, 3: 14.5}
        # 18 have been spent, which is more than the 12 that were prepaid.
        assert not keys(posted(spent), "cloud_commitment", "drawn")

    # What is said to be spent of a year that has not begun does not count, and that is remarked on.
    def test_only_a_year_under_way_is_spent(self, case: Case) -> None:
        none_left = "cloud_commitments[deal].prepaid_left_usd_bn = 0"
        later = case.change("cloud_terms[deal,2].spent_usd_bn = 4", none_left)
        assert [year.left_usd_bn for year in vintages(later)[0][0].years] == [6.5, 10.0, 3.0]
        assert posted(later).notes == [
            ("deal", "contract year 2 is not under way at the start: its spent_usd_bn does not count"),
        ]


class TestSigning:
    """Half-years from 2026 to 2028: t = 0 … 3."""

    def case(self, folder: Path, offer: str, **tables: str) -> Case:
        given = {
            "cloud_commitments": f"{OFFERS},prepay_share,signing_fee_usd_bn,equity_usd_bn\ndeal,cloud,{offer}",
            "cloud_tiers": f"{TIERS},upfront_usd_bn\ndeal,only,10,0.5,2,3",
            "cloud_terms": f"{TERMS}\ndeal,1,1,8\ndeal,2,2,10",
            "cloud_products": PRODUCTS,
            **tables,
        }
        return small(folder, months=6, **given)

    # Signed in January 2026, it starts in July. Fee and equity are whole, the upfront sum goes with the scale, all on
    # signing; a quarter of the floors, (8 + 10) / 4 = 4.5, is prepaid on the start.
    def test_sums_on_signing_and_on_the_start(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, "open,2026-01-01,2026-01-01,,6,2,forfeit,,0.25,1,4"))
        assert sums(ledgers, "signing_fee") == [("cost", 0.0, -1.0)]
        assert sums(ledgers, "equity") == [("funding", 0.0, 4.0)]
        assert sums(ledgers, "upfront") == [("cost", 0.0, -3.0)]
        assert sums(ledgers, "prepayment") == [("cost", 0.5, -4.5)]
        assert [key[3] for key in keys(ledgers, "cloud_commitment", "drawn")] == [1, 2, 3, 4]

    # The second contract year holds t = 3 and one period after the end: half of its floor is asked for, the whole is
    # owed. From signing on: 8 + 10; the same when it starts; less 4 a period later; then the second year alone.
    def test_a_floor_cut_by_the_end(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "open,2026-01-01,2026-01-01,,6,2,forfeit,,0,0,0")
        ((vintage,), _) = vintages(case)
        assert [year.due_usd_bn for year in vintage.floor_years] == [8.0, 5.0]
        assert profile(posted(case), "obligations", "floor") == {0: 18.0, 1: 18.0, 2: 14.0, 3: 10.0}

    # With lead_months, one vintage per period start in the window, March 2026 to July 2027: t = 1, 2, 3. It starts 9
    # months on, rounded forward: April 2027 → t = 3, October 2027 → after the end, April 2028 → after the end.
    def test_each_date_of_the_window(self, tmp_path: Path) -> None:
        found, notes = vintages(self.case(tmp_path, "open,2026-03-01,2027-07-01,,9,2,forfeit,,0,0,0"))
        assert [(vintage.signed, vintage.starts.isoformat()) for vintage in found] == [(1, "2027-07-01")]
        assert notes == [
            ("deal", "signed on 2027-01-01 it would start after the horizon: not offered"),
            ("deal", "signed on 2027-07-01 it would start after the horizon: not offered"),
        ]

    # With a start date it is signed in the first period of its window, July 2026; 10 February 2027 rounds forward.
    def test_a_start_date(self, tmp_path: Path) -> None:
        found, notes = vintages(self.case(tmp_path, "open,2026-03-01,2027-07-01,2027-02-10,,2,forfeit,,0,0,0"))
        assert [(vintage.signed, vintage.starts.isoformat()) for vintage in found] == [(1, "2027-07-01")]
        assert not notes

    # It should have started more than a period before the first day on which it can be signed, the case's start.
    def test_a_start_before_it_can_be_signed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "open,,,2025-06-30,,2,forfeit,,0,0,0")
        assert vintages(case) == (
            [],
            [("deal", "signed on 2026-01-01 it would start before it can be signed: not offered")],
        )

    def test_a_window_without_a_period_start(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "open,2026-02-01,2026-05-31,,0,2,forfeit,,0,0,0")
        missed = "the window from 2026-02-01 to 2026-05-31 holds no period start"
        assert vintages(case) == ([], [("deal", f"{missed}: not offered")])
        found, notes = vintages(case.change("cloud_commitments[deal].status = required"))
        assert [(vintage.signed, vintage.starts.isoformat()) for vintage in found] == [(1, "2026-07-01")]
        assert notes == [("deal", f"{missed}: signed on 2026-07-01")]

    def test_closed_is_ignored(self, tmp_path: Path) -> None:
        assert vintages(self.case(tmp_path, "closed,2026-01-01,2026-01-01,,6,2,forfeit,,0,0,0")) == ([], [])

    # A chip is usable from the later of its own date and the product's, at the start of a period: a date in August
    # counts from January on.
    def test_products_arrive_by_date(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path,
            "open,2026-01-01,2026-01-01,,0,2,forfeit,,0,0,0",
            chips=TWO_CHIPS.format("2026-08-15"),
        )
        later = case.change("cloud_products[deal,tpu_a,here].chip = tpu_b")
        assert [key[5] for key in keys(posted(later), "cloud_commitment", "use")] == [2, 3]
        later = case.change("cloud_products[deal,tpu_a,here].from_date = 2026-07-01")
        assert [key[5] for key in keys(posted(later), "cloud_commitment", "use")] == [1, 2, 3]

    # What use delivers and costs: available 0.9 of it; 10 · 1.2 a GW-year, half a year.
    def test_use(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "open,2026-01-01,2026-01-01,,0,2,forfeit,,0,0,0").change(
            "cloud_products[deal,tpu_a,here].price_factor = 1.2",
            "chips[tpu_a].available_from = 2027-07-01",
            "chips[tpu_a].availability_share = 0.9",
        )
        ledgers = posted(case)
        assert profile(ledgers, "in_use", "use") == {3: 1.0}
        assert profile(ledgers, "compute", "use", firm="firm") == {3: 0.9}
        assert sums(ledgers, "spend") == [("cost", 1.75, pytest.approx(-6.0))]

    # A year's capacity of 2 goes to the dearest product first, 0.5 at 12, then 1.5 at 10: 21 a year.
    def test_the_most_that_can_be_spent(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path,
            "open,2026-01-01,2026-01-01,,0,2,forfeit,,0,0,0",
            cloud_products="""
                offer,chip,region,price_factor,from_date,max_gw
                deal,tpu_a,here,1,2026-01-01,
                deal,tpu_a,there,1.2,2026-01-01,0.5
                """,
        )
        ((vintage,), _) = vintages(case)
        assert vintage.most_spend(case.calendar, vintage.years[1]) == pytest.approx(21.0)


class TestScale:
    """One year, 1.3 GW asked for. Per unit of scale 1 GW at 10 a GW-year with a floor of 10."""

    def case(self, folder: Path, tier: str, **tables: str) -> Case:
        return small(
            folder,
            end=2027,
            demand=demand(1.3),
            cloud_commitments=f"{OFFERS}\ndeal,cloud,open,,,,0,1,forfeit,",
            cloud_tiers=f"{TIERS},scale_step\n{tier}",
            cloud_terms=f"{TERMS}\ndeal,1,1,10",
            cloud_products=PRODUCTS,
            **tables,
        )

    # Continuous: 1.3 · 10.
    # Steps of 0.25 from 0.4: 0.4, 0.65, 0.9, 1.15, 1.4. At 1.4 the floor is 14; at 1.15 it is 11.5 and 0.15 GW short
    # cost 15. With shortage at 15: 11.5 + 2.25 = 13.75 is less than 14.
    def test_steps_count_from_the_least_scale(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path / "free", "deal,only,10,0.4,2,"))) == pytest.approx(13.0)
        case = self.case(tmp_path / "steps", "deal,only,10,0.4,2,0.25")
        plan = solved(case)
        assert cost(plan) == pytest.approx(14.0)
        assert values(plan, "scale", "tier") == pytest.approx({"only": 1.4})
        plan = solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 15"))
        assert cost(plan) == pytest.approx(13.75)
        assert values(plan, "scale", "tier") == pytest.approx({"only": 1.15})

    # Small: 1 GW at 12 and 0.3 short. Large: scale 2, floor 20, of which 13 is used and 7 is not. With shortage
    # at 20, small: 12 + 6 = 18; at 30, 12 + 9 = 21 is more than 20.
    def test_a_larger_tier_is_cheaper_but_has_a_least_scale(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "deal,small,12,0,1,\ndeal,large,10,2,4,")
        plan = solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 20"))
        assert (cost(plan), values(plan, "sign", "tier")) == (pytest.approx(18.0), {"small": 1.0})
        plan = solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 30"))
        assert (cost(plan), values(plan, "sign", "tier")) == (pytest.approx(20.0), {"large": 1.0})

    # No floor, two chips, the cheap one at half the price and up to 0.4 GW per unit of scale. At scale 1, 1 GW serves
    # 0.4 · 5 + 0.6 · 10 = 8 and 0.3 is short; at scale 2: 0.8 · 5 + 0.5 · 10 = 9; at 3.25 all of it is cheap: 6.5.
    @pytest.mark.parametrize(("most", "expected"), [(1, 38.0), (2, 9.0), (4, 6.5)])
    def test_a_product_limit_grows_with_the_scale(self, tmp_path: Path, most: float, expected: float) -> None:
        case = self.case(
            tmp_path,
            f"deal,only,10,0,{most},",
            chips=TWO_CHIPS.format("2026-01-01"),
            chip_performance="""
                chip,workload,gw_equivalent
                tpu_a,training,1
                tpu_b,training,1
                """,
        ).change(
            "cloud_terms[deal,1].floor_usd_bn = 0",
            "+cloud_products{offer=deal, chip=tpu_b, region=here, price_factor=0.5, from_date=2026-01-01, max_gw=0.4}",
        )
        assert cost(solved(case)) == pytest.approx(expected)


# Capacity of 1, 2 and 3 GW against 3 asked for throughout: (1 + 2 + 3) · 10 and (2 + 1) · 100 for what is missing.
def test_a_ramp(tmp_path: Path) -> None:
    case = deal(tmp_path, floors=(0, 0, 0), demand=demand(3)).change(
        *(f"cloud_terms[deal,{year}].capacity_gw = {year}" for year in (1, 2, 3))
    )
    assert cost(solved(case)) == pytest.approx(360.0)


# 2 GW asked for, capacity of 1 GW. The old chip does 1 for 1 at 10; the new one, from 2027, does 2 for 1 at 12.
# 2026: 10 + 100 short; 2027: 12. Offered by the provider only from mid-2027, it is there from 2028: twice 110.
def test_a_better_chip_arrives(tmp_path: Path) -> None:
    case = deal(
        tmp_path,
        floors=(0, 0),
        end=2028,
        demand=demand(2),
        chips=TWO_CHIPS.format("2027-01-01"),
        chip_performance="""
            chip,workload,gw_equivalent
            tpu_a,training,1
            tpu_b,training,2
            """,
        cloud_products="""
            offer,chip,region,price_factor,from_date
            deal,tpu_a,here,1,2026-01-01
            deal,tpu_b,here,1.2,2026-01-01
            """,
    ).change("cloud_terms[deal,*].capacity_gw = 1")
    assert cost(solved(case)) == pytest.approx(110.0 + 12.0)
    assert cost(solved(case.change("cloud_products[deal,tpu_b,here].from_date = 2027-07-01"))) == pytest.approx(220.0)


class TestShortfall:
    """Three years with a floor of 10 each; a GW-year costs 10, so the floor is 1 GW-year. Shortage costs 100."""

    def plan_cost(self, folder: Path, gw: tuple[float, ...], shortfall: str, rollover: float | str = "") -> float:
        floors = (10.0,) * len(gw)
        case = deal(
            folder, floors=floors, shortfall=shortfall, rollover=rollover, end=2026 + len(gw), demand=demand(*gw)
        )
        return cost(solved(case))

    # Spend 5, 15, 10, and 5 paid for the first year's shortfall, gone.
    def test_forfeit(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (0.5, 1.5, 1.0), "forfeit") == pytest.approx(35.0)

    # The 5 paid pay for the 5 above the second year's floor.
    def test_credit_on_spend_above_a_later_floor(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (0.5, 1.5, 1.0), "credit") == pytest.approx(30.0)

    # Spend of 10 in the later years is all below their floor: the credit lapses. It would be 25 if it counted.
    def test_credit_lapses_where_nothing_is_above_a_floor(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (0.5, 1.0, 1.0), "credit") == pytest.approx(30.0)

    # 5 + 5, then 12 less 2, then 18 less the 3 that are left of the credit: 35.
    def test_credit_is_used_over_several_years(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (0.5, 1.2, 1.8), "credit") == pytest.approx(35.0)

    # Spend above a floor earns no credit for a later shortfall: 15, then 5 + 5.
    def test_credit_does_not_work_backwards(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (1.5, 0.5), "credit") == pytest.approx(25.0)

    # 20 in the first year, of which 10 is above its floor and meets the whole second floor; the third is short.
    def test_rollover(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (2.0, 0.0, 0.0), "rollover", 1.0) == pytest.approx(30.0)

    # Half of the second floor may be met so: 20, then 5 short, then 10 short.
    def test_rollover_up_to_its_share(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (2.0, 0.0, 0.0), "rollover", 0.5) == pytest.approx(35.0)

    # Twice the first year's floor is spent, the floor itself in the second, nothing in the third. The second floor is
    # met by its own spend, so there is nothing above it to carry on: 20 + 10 + 10 short = 40. A model that lets the 10
    # rolled in meet the second floor and carries the 10 spent then into the third would say 30.
    def test_rollover_does_not_roll_twice(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (2.0, 1.0, 0.0), "rollover", 1.0) == pytest.approx(40.0)

    # 15 is spent in the second year: 5 above its own floor, whatever was rolled in. 20 + 15 + 5 short = 40; read
    # wrongly, all of the third floor is met and it would be 35.
    def test_rollover_carries_own_spend_above_the_floor(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (2.0, 1.5, 0.0), "rollover", 1.0) == pytest.approx(40.0)

    # Half of the second floor is spent and half of it met from the first year: 20 + 5 and then 10 short = 35. Read
    # wrongly, 10 rolled in and 5 spent would leave 5 for the third year: 30.
    def test_rolled_in_is_not_spend(self, tmp_path: Path) -> None:
        assert self.plan_cost(tmp_path, (2.0, 0.5, 0.0), "rollover", 1.0) == pytest.approx(35.0)

    # A shortfall is paid in the last period of its contract year: of a year of half-years, in July.
    def test_when_a_shortfall_is_paid(self, tmp_path: Path) -> None:
        case = deal(tmp_path, floors=(10,), end=2027, demand=demand(0.5))
        plan = solved(case.change("case.period_months = 6", "cloud_terms[deal,1].capacity_gw = 0.5"))
        assert by_date(plan, "shortfall") == pytest.approx({"2026-07-01": -5.0})

    # The end cuts the contract year in two: half of the floor is asked for, 5, of which 2.5 is spent in half a year.
    def test_a_floor_cut_by_the_end(self, tmp_path: Path) -> None:
        case = deal(tmp_path, floors=(10,), end=2027, demand=demand(0.5))
        case = case.change("case.period_months = 6", "case.end = 2026-07-01", "cloud_terms[deal,1].capacity_gw = 0.5")
        plan = solved(case)
        assert cost(plan) == pytest.approx(5.0)
        assert by_date(plan, "shortfall") == pytest.approx({"2026-01-01": -2.5})


class TestPrepayment:
    """Half of two floors of 10 is prepaid: 10."""

    def case(self, folder: Path, gw: float, rate: float = 0.0) -> Case:
        return deal(folder, floors=(10, 10), end=2028, demand=demand(gw)).change(
            "cloud_commitments[deal].prepay_share = 0.5", f"case.discount_rate = {rate}"
        )

    # It is drawn as early as spend allows, not year by year: at 21 % a year, half a year is a factor of 1.1. Paid at
    # once 10; the first year's spend of 10 is met out of it; the second's 10 is paid a year and a half on.
    def test_drawn_freely(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 1.0, 0.21))
        assert cost(plan) == pytest.approx(10 + 10 / 1.1**3)
        assert by_date(plan, "prepayment_drawn") == pytest.approx({"2026-01-01": 10.0})

    # With 0.25 GW on offer, spend of 2.5 a year is met out of it; the shortfalls of 7.5 a year are not, and 5 of it are
    # lost at the end: 10 + 2 · 7.5 = 25. With more on offer, more is taken than there is use for, which draws the
    # prepayment down and costs no more than the floors: 20.
    def test_not_against_shortfalls_and_lost_at_the_end(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0.25)
        assert cost(solved(case)) == pytest.approx(20.0)
        plan = solved(case.change("cloud_terms[deal,*].capacity_gw = 0.25"))
        assert cost(plan) == pytest.approx(25.0)
        assert by_date(plan, "prepayment_drawn") == pytest.approx({"2026-01-01": 2.5, "2027-01-01": 2.5})

    # Floors of 10, 10 and 10, prepaid by a half: 15. A shortfall of 10 in the first year becomes credit; 20 a year is
    # spent in the other two, 10 of it above the floor, and each dollar of it is met once: by credit 10, by prepayment
    # 15, by new money 15. 15 + 10 + 15 = 40.
    def test_spend_is_met_once_by_credit_or_prepayment(self, tmp_path: Path) -> None:
        case = deal(tmp_path, floors=(10, 10, 10), shortfall="credit", demand=demand(0, 2, 2))
        plan = solved(case.change("cloud_commitments[deal].prepay_share = 0.5"))
        assert cost(plan) == pytest.approx(15 + 10 + 40 - 10 - 15)


# Equity is money received, not a lower cost: 10 for a GW-year and the fee of 2, whatever the equity.
def test_equity_lowers_no_cost(tmp_path: Path) -> None:
    case = deal(tmp_path, floors=(10,), end=2027).change("cloud_commitments[deal].signing_fee_usd_bn = 2")
    richer = case.change("cloud_commitments[deal].equity_usd_bn = 7")
    assert (cost(solved(case)), cost(solved(richer))) == pytest.approx((12.0, 12.0))
    assert solved(richer).cash["closing_usd_bn"].tolist() == pytest.approx([-12.0 + 7.0])


@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_a_contract_year_without_a_period_start_counts(tmp_path: Path, months: int) -> None:
    """Signed on 1 October 2025 for 15 months: year 1 to October 2026, a floor of 8; year 2 to 2027, a floor of 5.

    1 GW is asked for, 0.75 of a year in year 1 and 0.25 in year 2: 7.5 and 2.5 of spend, so 0.5 and 2.5 short.
    """
    case = small(
        tmp_path,
        end=2027,
        months=months,
        cloud_commitments="""
            offer,provider,status,start_date,term_years,shortfall
            deal,cloud,signed,2025-10-01,1.25,forfeit
            """,
        cloud_tiers=f"{TIERS}\ndeal,only,10,1,1",
        cloud_terms=f"{TERMS}\ndeal,1,1,8\ndeal,2,1,5",
        cloud_products=PRODUCTS,
    )
    assert vintages(case)[1] == []
    plan = solved(case)
    assert values(plan, "short", "contract_year") == pytest.approx({"1": 0.5, "2": 2.5})
    assert cost(plan) == pytest.approx(13.0)


# A wash of credit: paying 1 more of shortfall and taking it back as credit in the same year. Floors 8, 4, 4 at scale 1;
# use is worth 3 a GW-year at most, so the floors of 16 are met by shortfalls alone, and nothing is taken back twice.
def test_a_shortfall_is_never_more_than_the_floor(tmp_path: Path) -> None:
    case = deal(tmp_path, floors=(8, 4, 4), shortfall="credit", demand=demand(0.3, 0.01, 1.5))
    plan = solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 3"))
    for year, paid in values(plan, "short", "contract_year").items():
        assert paid <= {"1": 8.0, "2": 4.0, "3": 4.0}[year] + 1e-6


# Floors of 10 for four years, of which two are in the case, and 1 GW a year at 10: 40 whether prepaid or not, once what
# is owed after the end is charged. All 40 are prepaid on the start, 20 are drawn down by use and 20 by later floors.
@pytest.mark.parametrize("prepay", [0, 0.5, 1])
def test_what_is_prepaid_is_not_charged_again_after_the_end(tmp_path: Path, prepay: float) -> None:
    case = deal(tmp_path, floors=(10, 10, 10, 10), end=2028, demand=demand(1, 1))
    case = case.change("case.horizon = charge", f"cloud_commitments[deal].prepay_share = {prepay}")
    assert cost(solved(case)) == pytest.approx(40.0)


# Under way since July 2025 with floors of 10 and 14 already spent in its first year: 4 more than the floor, of which
# rollover takes half of the next floor, 5, at most, so 4 count towards it. No demand: 6 are paid instead of 10.
def test_spend_before_the_start_rolls_over(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        months=6,
        end="2027-07-01",
        demand=demand(0),
        cloud_commitments=f"{OFFERS}\ndeal,cloud,signed,,,2025-07-01,,2,rollover,0.5",
        cloud_tiers=f"{TIERS}\ndeal,only,10,1,1",
        cloud_terms=f"{TERMS},spent_usd_bn\ndeal,1,5,10,14\ndeal,2,5,10,",
        cloud_products=PRODUCTS,
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(6.0)
    assert values(plan, "rolled_in", "contract_year") == {"2": pytest.approx(4.0)}


class TestPrepaidUnderWay:
    """Four years with a floor of 10 each and all of it prepaid, 1 GW at 10 a year; the case has the last three.

    As the first floor was due before, 30 of the 40 are left, and nothing is to be paid any more.
    """

    def case(self, folder: Path, starts: str = "2025-01-01", status: str = "signed") -> Case:
        terms = [f"deal,{year},1,10," for year in (1, 2, 3, 4)]
        return small(
            folder,
            end=2029,
            cloud_commitments=(
                "offer,provider,status,start_date,term_years,shortfall,prepay_share,prepaid_left_usd_bn\n"
                f"deal,cloud,{status},{starts},4,forfeit,1,\n"
            ),
            cloud_tiers=f"{TIERS}\ndeal,only,10,1,1",
            cloud_terms="\n".join([f"{TERMS},spent_usd_bn", *terms]),
            cloud_products=PRODUCTS.replace("2026-01-01", "2025-01-01"),
        )

    def test_what_is_left_is_drawn(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert lines(plan) == pytest.approx({"spend": 30.0, "prepayment_drawn": -30.0})
        remark = "prepaid_left_usd_bn is blank: 30 USD bn of the prepayment are left to draw"
        assert any(note.startswith(f"deal: {remark}") for note in plan.record.notes)

    # As if a contract like it began with the case: what was paid before does not change what is decided now.
    def test_as_anew(self, tmp_path: Path) -> None:
        anew = solved(self.case(tmp_path, starts="2026-01-01", status="required").change("-cloud_terms[deal,4]",
                      "cloud_commitments[deal].term_years = 3"))  # fmt: skip
        assert lines(anew) == pytest.approx({"prepayment": 30.0, "spend": 30.0, "prepayment_drawn": -30.0})

    def test_what_a_row_says_counts(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change("cloud_commitments[deal].prepaid_left_usd_bn = 12")
        plan = solved(case)
        assert cost(plan) == pytest.approx(18.0)
        assert not plan.record.notes
        # At twice the scale it is the same sum.
        twice = case.change("cloud_tiers[deal,only].scale_max = 2", "cloud_tiers[deal,only].scale_min = 2")
        assert line(solved(twice), "prepayment_drawn") == pytest.approx(-12.0)

    # From July 2025: of the first floor 5 are spent, which were drawn; 35 are left, more than 30 can use.
    def test_a_year_under_way(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "2025-07-01").change("cloud_terms[deal,1].spent_usd_bn = 5")
        ((vintage,), _) = vintages(case)
        assert (vintage.prepaid_usd_bn, vintage.drawable_usd_bn) == (0.0, 35.0)
        assert cost(solved(case)) == pytest.approx(0.0)

    def test_what_a_row_must_say(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        with pytest.raises(
            DataError, match="prepaid_left_usd_bn: expected a number not above the whole prepayment of 40"
        ):
            case.change("cloud_commitments[deal].prepaid_left_usd_bn = 41")
        with pytest.raises(DataError, match="prepaid_left_usd_bn: expected a blank where status is not signed"):
            case.change("cloud_commitments[deal].prepaid_left_usd_bn = 1", "cloud_commitments[deal].status = required")
        later = case.change(
            "cloud_commitments[deal].prepaid_left_usd_bn = 1", "cloud_commitments[deal].start_date = 2026-07-01"
        )
        remark = "it is not under way at the start: its prepaid_left_usd_bn does not count"
        assert vintages(later)[1] == [("deal", remark)]
