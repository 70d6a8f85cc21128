"""What is over is left out of the case of a later day, unless something else still names it."""

from datetime import date
from pathlib import Path

from planner.common.chips import Chip
from planner.instruments.cloud_commitment.tables import CloudTerm, CloudTier
from planner.plan.plan import Plan
from planner.roll.advance import Advanced, advance
from tests.plans import solved
from tests.small import demand, small

PRICED = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year,reference_price_usd_bn_per_gw_year
    tpu_a,tpu,maker,2026-01-01,16,0,6,1,9
    """
"""the chip has a reference price of its own, so no offer is needed for its mean"""


def two(folder: Path, second: str = "", first: str = "first", **tables: str) -> Plan:
    """The plan with `first` for 2026, and `second` from 2027 on, of which the last columns are given."""
    header = "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall,exclusive_group,requires_offer"
    commitments = (
        f"{header}\nfirst,alpha,open,2026-01-01,2026-01-01,0,1,forfeit,,\n"
        f"second,beta,open,2027-01-01,2027-01-01,0,2,forfeit,{second or ','}\n"
    )
    case = small(
        folder, end=2029, demand=demand(1, 1, 1), chips=tables.pop("chips", PRICED),
        cloud_commitments=tables.pop("cloud_commitments", commitments),
        cloud_tiers="offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\n"
        f"{first},only,10,1,1\nsecond,only,10,1,1\n",
        cloud_terms=f"offer,contract_year,capacity_gw,floor_usd_bn\n{first},1,1,5\nsecond,1,1,5\nsecond,2,1,5\n",
        cloud_products="offer,chip,region,price_factor,from_date\n"
        f"{first},tpu_a,here,1,2026-01-01\nsecond,tpu_a,here,1,2026-01-01\n",
        **tables,
    )  # fmt: skip
    return solved(case)


def offers(made: Advanced) -> list[str]:
    return [row.offer for row in made.case.offers()]


def test_an_offer_that_is_over_is_left_out_with_its_rows(tmp_path: Path) -> None:
    made = advance(two(tmp_path), date(2027, 1, 1))
    assert offers(made) == ["second"]
    assert (
        {row.offer for row in made.case.rows(CloudTerm)}
        == {row.offer for row in made.case.rows(CloudTier)}
        == {"second"}
    )
    assert made.kept == {}


def test_it_stays_where_another_requires_it(tmp_path: Path) -> None:
    made = advance(two(tmp_path, ",first"), date(2027, 1, 1))
    assert offers(made) == ["first", "second"]
    assert made.kept == {"first": "cloud_commitments.csv second names it in requires_offer"}
    assert next(row.status for row in made.case.offers() if row.offer == "first") == "signed"


def test_it_stays_where_a_policy_is_about_its_provider(tmp_path: Path) -> None:
    policies = "policy,kind,subject,from_date,value\nless,provider_share_max,alpha,2026-01-01,1\n"
    made = advance(two(tmp_path, policies=policies), date(2027, 1, 1))
    assert made.kept == {"first": "the policy less is about alpha"}


def test_it_stays_as_long_as_the_other_runs(tmp_path: Path) -> None:
    plan = two(tmp_path, ",first")
    later = solved(advance(plan, date(2027, 1, 1)).case)
    assert offers(advance(later, date(2028, 1, 1))) == ["first", "second"]


def test_a_chip_of_the_same_name_keeps_its_price(tmp_path: Path) -> None:
    """The offer `tpu_a` is over; the chip `tpu_a` costs a quarter less than a year before."""
    plan = two(
        tmp_path, chips=PRICED.replace(",16,0,6,", ",16,0.25,6,"),
        cloud_commitments="offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
        "tpu_a,alpha,open,2026-01-01,2026-01-01,0,1,forfeit\nsecond,beta,open,2027-01-01,2027-01-01,0,2,forfeit\n",
        first="tpu_a",
    )  # fmt: skip
    made = advance(plan, date(2027, 1, 1))
    assert offers(made) == ["second"]
    assert [row.capex_usd_bn_per_gw for row in made.case.rows(Chip) if row.chip == "tpu_a"] == [12.0]
