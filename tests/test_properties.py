"""What holds for any case: variations of a small one with every instrument in it, each solved twice.

The case runs for two years. What is asked for here and there may come from a deal with two tiers, two phases of halls
under a guarantor's cover, an order of chips and a lot that is owned. Nothing need be signed, so that there is always a
plan.
"""

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.catalogue import CATALOGUE
from planner.common.settings import FILE
from tests.plans import cost, solved
from tests.small import sites, small

few = settings(max_examples=10)
CLOSE = {"rel": 1e-6, "abs": 1e-5}

steps = st.sampled_from


@dataclass(frozen=True)
class Variation:
    """What differs between cases."""

    here: tuple[float, float]
    there: tuple[float, float]
    price: float
    floors: tuple[float, float]
    shortfall: str
    prepaid: float
    rent: float
    least_share: float
    order: str
    """its min_gw, lot_gw, signing fee and deposit share"""
    guarantor: str
    """what it requires"""
    cap: float
    shortage: float


variations = st.builds(
    Variation,
    here=st.tuples(steps((0.0, 0.4, 0.9)), steps((0.5, 1.0))),
    there=st.tuples(steps((0.0, 0.3)), steps((0.0, 0.6))),
    price=steps((6.0, 9.0, 14.0)),
    floors=st.tuples(steps((0.0, 3.0, 6.0)), steps((2.0, 8.0))),
    shortfall=steps(("forfeit,", "credit,", "rollover,0.5")),
    prepaid=steps((0.0, 0.3)),
    rent=steps((50.0, 150.0, 400.0)),
    least_share=steps((0.0, 0.7)),
    order=steps(("0,,0,0", "0,,0.5,0.2", "0.2,,0.1,0.2", "0,0.25,0,0")),
    guarantor=steps(("", "deal")),
    cap=steps((1.0, 3.0, 9.0)),
    shortage=steps((8.0, 30.0, 100.0)),
)

TREASURY = """
    from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,obligations_cap_usd_bn
    2026-01-01,6,0.25,1,12
    2027-01-01,12,0.25,3,14
    """


def varied(
    folder: Path, given_: Variation, *, months: int = 6, rate: float = 0.1, finance: str | None = TREASURY
) -> Case:
    """The case in periods of so many months. Contracts, windows and demand turn with the year."""
    phase = {
        "ready_by": "2026-01-01", "capacity_mw": 400, "min_share": given_.least_share, "diligence_usd_bn": 0.1,
        "rent_usd_per_kw_month": given_.rent, "escalator_rate": 0.1, "term_years": 3, "deposit_months": 6, "pue": 1.2,
        "power_usd_per_mwh": 60, "families": "tpu|gpu", "needs_guarantee": "true", "cover_measure": "termination",
        "cover_usd_bn_per_gw": 8,
    }  # fmt: skip
    wanted = [
        f"{2026 + year}-01-01,{region},training,{gw}"
        for region, asked in (("here", given_.here), ("there", given_.there))
        for year, gw in enumerate(asked)
    ]
    return small(
        folder,
        months=months,
        rate=rate,
        shortage=given_.shortage,
        toml="opening_cash_usd_bn = 10",
        finance=finance,
        regions="""
            region,grid_limit_gw
            here,0.5
            there,
            """,
        links="""
            region_a,region_b,latency_ms,egress_usd_bn_per_gw_year
            here,there,60,0.4
            """,
        workloads="""
            workload,max_latency_ms,interruptible_share
            training,50,0
            """,
        demand="\n".join(["from_date,region,workload,demand_gw", *wanted]),
        resale_values="""
            chip,age_years,value_share
            tpu_a,0,1
            tpu_a,2,0.4
            """,
        cloud_commitments=f"""
            offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall,rollover_share,prepay_share,signing_fee_usd_bn,equity_usd_bn
            deal,cloud,open,2026-01-01,2026-01-01,0,2,{given_.shortfall},{given_.prepaid},0.2,1
            """,
        cloud_tiers=f"""
            offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step,upfront_usd_bn
            deal,small,{given_.price * 1.2},0.2,0.6,,0
            deal,large,{given_.price},0.8,1.2,0.2,0.1
            """,
        cloud_terms=f"""
            offer,contract_year,capacity_gw,floor_usd_bn
            deal,1,0.7,{given_.floors[0]}
            deal,2,1,{given_.floors[1]}
            """,
        cloud_products="""
            offer,chip,region,price_factor,from_date,max_gw
            deal,tpu_a,here,1,2026-01-01,0.5
            deal,tpu_a,there,1.1,2026-01-01,
            """,
        site_leases=sites(
            {**phase, "offer": "first"},
            {**phase, "offer": "second", "phase": 2, "after": "first", "ready_by": "2027-01-01", "region": "here"},
        ),
        cover_runoff="""
            age_years,cover_share
            0,1
            """,
        guarantors=f"""
            guarantor,kind,families,fee_rate,requires_offer
            bank,lease,tpu,0.01,{given_.guarantor}
            """,
        guarantor_caps=f"""
            guarantor,kind,from_date,cap_usd_bn,used_usd_bn
            bank,lease,2026-01-01,{given_.cap},0.5
            bank,lease,2027-01-01,{given_.cap + 1},0.5
            """,
        chip_purchases=f"""
            offer,chip,vendor,status,sign_from,sign_by,max_gw,price_usd_bn_per_gw,min_gw,lot_gw,signing_fee_usd_bn,deposit_share
            order,tpu_a,maker,open,2026-01-01,2026-01-01,0.8,,{given_.order}
            """,
        chip_deliveries="""
            offer,months,delivered_share
            order,0,0.5
            order,12,0.5
            """,
        owned_chips="""
            chip,in_service,gw,cost_usd_bn
            tpu_a,2025-01-01,0.2,4
            """,
    )  # fmt: skip


def read(given_: Variation, **options: object) -> Case:
    """The case of a variation."""
    with tempfile.TemporaryDirectory() as folder:
        return varied(Path(folder), given_, **options)  # type: ignore[arg-type]


def doubled(case: Case) -> Case:
    """The case with every column in USD doubled, in tables and settings: prices, sums, caps and cash."""
    changes = [
        f"{row.about.name}[{','.join('*' for _ in row.about.key)}].{name} *= 2"
        for row in CATALOGUE.tables
        for name in row.fields()
        if "_usd_" in name and any(getattr(each, name) is not None for each in case.rows(row))
    ]
    changes += ["case.opening_cash_usd_bn *= 2", "case.shortage_cost_usd_bn_per_gw_year *= 2"]
    return case.change(*changes)


@few
@given(variations)
def test_twice_the_prices_twice_the_cost(given_: Variation) -> None:
    case = read(given_)
    assert cost(solved(doubled(case))) == pytest.approx(2 * cost(solved(case)), **CLOSE)


@few
@given(variations, steps(("deal", "first", "second", "order")))
def test_closing_an_offer_never_helps(given_: Variation, offer: str) -> None:
    case = read(given_)
    (table,) = (each.about.name for each in case.offers() if each.offer == offer)
    closed = case.change(f"{table}[{offer}].status = closed")
    assert cost(solved(case)) <= cost(solved(closed)) + 1e-5


LOOSER = (
    "guarantor_caps[bank,lease,*].cap_usd_bn += 2",
    "guarantors[bank,lease].requires_offer = blank",
    "finance[*].min_cash_usd_bn = blank",
    "finance[*].obligations_cap_usd_bn += 5",
    "case.opening_cash_usd_bn += 10",
    "regions[here].grid_limit_gw += 0.5",
    "workloads[training].max_latency_ms = 100",
    "site_leases[*].min_share = 0",
    "site_leases[first].ready_by = 2027-01-01",
    "chip_purchases[order].min_gw = 0",
    "chip_purchases[order].sign_by = 2027-12-31",
    "cloud_tiers[deal,small].scale_max = 0.8",
    "cloud_products[deal,tpu_a,here].max_gw = blank",
)


@few
@given(variations, steps(LOOSER))
def test_loosening_a_limit_never_hurts(given_: Variation, change: str) -> None:
    case = read(given_)
    assert cost(solved(case.change(change))) <= cost(solved(case)) + 1e-5


@few
@given(variations, st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(given_: Variation, seed: int) -> None:
    case = read(given_)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case.files.items():
            head, *rows = content.decode().splitlines()
            if name != FILE:
                random.Random(seed).shuffle(rows)
            (Path(folder) / name).write_text("\n".join([head, *rows, ""]))
        shuffled = Case.read(folder)
    assert cost(solved(shuffled)) == pytest.approx(cost(solved(case)), **CLOSE)


# Everything turns with the year and nothing is discounted. Treasury's limits are left out: cash is looked at as often
# as there are periods.
@few
@given(variations, steps((3, 6)))
def test_shorter_periods_change_nothing_where_dates_are_aligned(given_: Variation, months: int) -> None:
    case = read(given_, months=12, rate=0.0, finance=None)
    yearly = case.change("site_leases[second].ready_by = 2026-01-01")
    finer = yearly.change(f"case.period_months = {months}")
    assert cost(solved(finer)) == pytest.approx(cost(solved(yearly)), **CLOSE)
