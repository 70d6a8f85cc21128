"""What is on for part of a period counts for that part: a case costs the same whatever the length of its periods.

Four years from 2026 on, in which 1 GW is asked for, at 100 for each GW-year that is short. Money costs nothing, so that
only the length of the periods could make a difference. Each cost is worked out by hand.
"""

from pathlib import Path

import pytest

from planner.api import Case
from tests.plans import cost, solved
from tests.small import owned, sites, small

MONTHS = (12, 6, 3, 1)
FREE = {"capacity_mw": 1000, "rent_usd_per_kw_month": 0, "status": "signed", "stage": "existing"}
"""a hall for 1 GW at no cost"""
CHIPS = (
    "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year\n"
    "tpu_a,tpu,maker,{available},20,0,{life},0.5\n"
)
WORTHLESS = "chip,age_years,value_share\ntpu_a,0,0\n"
OFFERS = "offer,provider,status,sign_from,sign_by,start_date,term_years,shortfall"
PRODUCTS = "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,{}\n"


def made(folder: Path, **tables: str) -> Case:
    """The case with chips that can run from 2026 on for five years."""
    given = {"chips": CHIPS.format(available="2026-01-01", life=5), "resale_values": WORTHLESS, **tables}
    return small(folder, end=2030, **given)


def order(status: str, signed: str, deposit: float, months: int) -> dict[str, str]:
    """Tables with an order of 1 GW at 20, delivered some months on."""
    return {
        "chip_purchases": (
            "offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,price_usd_bn_per_gw,deposit_share\n"
            f"order,tpu_a,maker,{status},{signed},{signed},1,1,20,{deposit}\n"
        ),
        "chip_deliveries": f"offer,months,delivered_share\norder,{months},1\n",
    }


def lease(status: str, signed: str) -> dict[str, str]:
    """Tables with a lease of 1 GW for two and a half years, without interest."""
    return {
        "chip_leases": (
            "offer,spv,chip,status,sign_from,sign_by,min_usd_bn,max_usd_bn,term_years,payment_cover,advance_share,"
            f"end_option\nspv,SPV,tpu_a,{status},{signed},{signed},20,20,2.5,1,9,return\n"
        ),
        "spv_tranches": (
            "offer,tranche,kind,seniority,min_share,max_share,rate,balloon_share,supported\nspv,e,equity,1,1,1,0,0,false\n"
        ),
        "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        "site_leases": sites(FREE),
    }


def cloud(row: str, *terms: str, provided: str = "2025-01-01") -> dict[str, str]:
    """Tables with one commitment at 10 a GW-year."""
    return {
        "cloud_commitments": f"{OFFERS}\ndeal,cloud,{row},forfeit\n",
        "cloud_tiers": "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,1,1\n",
        "cloud_terms": "\n".join(["offer,contract_year,capacity_gw,floor_usd_bn,spent_usd_bn", *terms, ""]),
        "cloud_products": PRODUCTS.format(provided),
    }


def same(folder: Path, expected: float, **tables: str) -> None:
    """The case costs what is expected at every length of period."""
    for months in MONTHS:
        case = made(folder, **tables).change(f"case.period_months = {months}")
        assert cost(solved(case)) == pytest.approx(expected, rel=1e-9), f"periods of {months} months"


# Chips in service since July 2023 last until July 2028, and so does a lease of 4¾ years from October 2023. Rent of 1.2
# rises by a tenth each October: 1.2 · (¾ · 1.21 + 1.331 + ¾ · 1.4641) = 4.00389. Upkeep 1.25. A guarantor stands behind
# 10 for 2 % a year: 0.5. The deposit, 0.6, comes back in July 2028. One and a half years are short.
def test_halls_and_chips_that_end(tmp_path: Path) -> None:
    hall = {
        "capacity_mw": 1000, "status": "signed", "stage": "existing", "ready_date": "2023-10-01", "term_years": 4.75,
        "escalator_rate": 0.1, "deposit_months": 6, "needs_guarantee": "true", "cover_measure": "termination",
        "cover_usd_bn_per_gw": 10,
    }  # fmt: skip
    same(
        tmp_path,
        4.00389 + 1.25 + 0.5 - 0.6 + 150,
        owned_chips="chip,in_service,gw,cost_usd_bn\ntpu_a,2023-07-01,1,0\n",
        site_leases=sites(hall),
        guarantors="guarantor,kind,families,fee_rate\nbank,lease,tpu,0.02\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,100\n",
        cover_runoff="age_years,cover_share\n0,1\n",
    )


# Signed already and commencing in April 2026, for a year and a quarter: rent of 1.2, a tenth more in the last quarter.
# With chips that are there all along, the rest of the four years is short.
def test_a_hall_that_begins_inside_a_period(tmp_path: Path) -> None:
    hall = {
        "capacity_mw": 1000, "status": "signed", "stage": "existing", "ready_date": "2026-04-01", "term_years": 1.25,
        "escalator_rate": 0.1,
    }  # fmt: skip
    tables = {**owned(1), "chips": CHIPS.format(available="2026-01-01", life=20), "resale_values": WORTHLESS}
    same(tmp_path, 1.2 * (1 + 0.25 * 1.1) + 0.5 * 4 + 275, site_leases=sites(hall), **tables)


# Signed in 2026 for two and a half years: rent 1.2 · (1 + 1.1 + ½ · 1.21); chips for 20 that last as long.
def test_what_may_be_signed_ends_on_its_day(tmp_path: Path) -> None:
    hall = {"capacity_mw": 1000, "status": "required", "min_share": 1, "term_years": 2.5, "escalator_rate": 0.1}
    tables = {"chips": CHIPS.format(available="2026-01-01", life=2.5), **order("required", "2026-01-01", 0, 0)}
    same(tmp_path, 1.2 * (1 + 1.1 + 0.5 * 1.21) + 20 + 1.25 + 150, site_leases=sites(hall), **tables)


# Ordered in October 2025 and delivered in April 2026: half is paid, 10 is due then; a quarter of a year is short.
def test_a_delivery_inside_a_period(tmp_path: Path) -> None:
    same(tmp_path, 10 + 0.5 * 3.75 + 25, site_leases=sites(FREE), **order("signed", "2025-10-01", 0.5, 6))


# A lease of chips for 20 over 30 months. Signed in April 2025, 21 of them are left.
@pytest.mark.parametrize(("status", "signed", "left"), [("required", "2026-01-01", 30), ("signed", "2025-04-01", 21)])
def test_a_chip_lease(tmp_path: Path, status: str, signed: str, left: int) -> None:
    years = left / 12
    same(tmp_path, 20 * left / 30 + 0.5 * years + 100 * (4 - years), **lease(status, signed))


# From April 2025 for two and a half years at a capacity of 0.8. Of the first floor of 8 5 are spent, 2 more can be: 1
# is short. Of the second, 12, 4; of the third, 5 in half a year, 1. So 14 is spent and 6 paid for nothing.
def test_a_cloud_under_way(tmp_path: Path) -> None:
    terms = ("deal,1,0.8,8,5", "deal,2,0.8,12,", "deal,3,0.8,5,")
    same(tmp_path, 14 + 6 + 260, **cloud("signed,,,2025-04-01,2.5", *terms))


# From 2026 for two and a half years: 25 is spent; of the last floor, 10 in half a year, 5 is short.
def test_a_cloud_that_ends(tmp_path: Path) -> None:
    terms = ("deal,1,1,10,", "deal,2,1,10,", "deal,3,1,10,")
    same(tmp_path, 25 + 5 + 150, **cloud("required,2026-01-01,2026-01-01,2026-01-01,2.5", *terms))


# Capacity grows in April of each year: 0.2, 0.6 and 1 GW for 3, 12 and 33 months, so 0.05 + 0.6 + 2.75 GW-years.
def test_a_ramp_inside_periods(tmp_path: Path) -> None:
    terms = ("deal,1,0.2,0,", "deal,2,0.6,0,", *(f"deal,{year},1,0," for year in range(3, 7)))
    same(tmp_path, 34 + 60, **cloud("signed,,,2025-04-01,6", *terms))


# The contract runs, but its product is there from October 2026 on only.
def test_a_product_that_becomes_available(tmp_path: Path) -> None:
    terms = (f"deal,{year},1,0," for year in range(1, 7))
    same(tmp_path, 32.5 + 75, **cloud("signed,,,2025-01-01,6", *terms, provided="2026-10-01"))


# The same of chips that are owned already, and kept up all the same.
def test_chips_that_become_available(tmp_path: Path) -> None:
    tables = {**owned(1), "chips": CHIPS.format(available="2026-10-01", life=20), "resale_values": WORTHLESS}
    same(tmp_path, 2 + 75, site_leases=sites(FREE), **tables)


# Offered from March 2026 to October 2027, 19 months at 1 for all of it, or at 10 a GW-year.
@pytest.mark.parametrize(("fee", "price", "paid"), [("1", "", 19.0), ("", "10", 190 / 12)])
def test_spare_machines(tmp_path: Path, fee: str, price: str, paid: float) -> None:
    spare = (
        "offer,provider,chip,region,from_date,to_date,max_gw,fee_usd_bn_per_month,price_usd_bn_per_gw_year,firm\n"
        f"spare,rival,tpu_a,here,2026-03-01,2027-10-01,1,{fee},{price},true\n"
    )
    same(tmp_path, paid + 100 * 29 / 12, spare_capacity=spare)


# 10 can be drawn from March 2026 to the end of September 2027, for 2 % a year of what is not drawn. Nothing is: at 50 %
# that would be dearer.
def test_a_loan(tmp_path: Path) -> None:
    loan = (
        "facility,lender,from_date,to_date,limit_usd_bn,rate,fee_rate,repay_by\n"
        "bank,A bank,2026-03-01,2027-09-30,10,0.5,0.02,2029-08-16\n"
    )
    same(tmp_path, 0.02 * 10 * 19 / 12 + 400, term_loans=loan)
