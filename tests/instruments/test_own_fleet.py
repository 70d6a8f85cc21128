"""Own fleet: which chips may run in which halls, at what price of power, and what stands idle."""

from pathlib import Path

import pytest

from planner.instruments.own_fleet.postings import pools
from tests.plans import cost, solved
from tests.small import by_date, demand, keys, owned, posted, profile, sites, small, sums

# 8.76e-3 of a price per MWh is the price of a GW-year: at 100, 0.876; with a PUE of 1.25 and a load factor of 0.8 the
# same, and at 200 twice.
CHEAP = {"offer": "cheap", "power_usd_per_mwh": 100, "pue": 1.25, "load_factor_share": 0.8}
DEAR = {"offer": "dear", "power_usd_per_mwh": 200}
TWO_CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,2026-01-01,20,0,20,0
    gpu_a,gpu,maker,2026-01-01,20,0,20,0
    """
EACH_ONE = """
    chip,workload,gw_equivalent
    tpu_a,training,1
    gpu_a,training,1
    """
NO_VALUE = """
    chip,age_years,value_share
    tpu_a,0,0
    gpu_a,0,0
    """


# Halls of equal cost of power are one class, whatever makes it up; of another cost, region or set of families not.
def test_classes_of_halls(tmp_path: Path) -> None:
    same = {**CHEAP, "offer": "same", "power_usd_per_mwh": 125, "load_factor_share": 0.64}
    case = small(
        tmp_path,
        site_leases=sites(
            CHEAP,
            same,
            DEAR,
            {**DEAR, "offer": "far", "region": "there"},
            {**DEAR, "offer": "fit", "families": "tpu|gpu"},
        ),
        **owned(1),
    )
    found = [(pool.region, pool.families, float(pool.power_class)) for pool in pools(posted(case))]
    assert found == [
        ("here", "tpu", pytest.approx(0.876)),
        ("here", "tpu", pytest.approx(1.752)),
        ("there", "tpu", pytest.approx(1.752)),
        ("here", "gpu|tpu", pytest.approx(1.752)),
    ]


# Half a year at 0.876 a GW-year; what runs is in use and gives the availability of it as compute, of nameplate.
def test_posts(tmp_path: Path) -> None:
    case = small(tmp_path, end="2026-07-01", months=6, site_leases=sites(CHEAP), **owned(1))
    ledgers = posted(case.change("chips[tpu_a].availability_share = 0.9"))
    assert profile(ledgers, "in_use", "run", chip="tpu_a", region="here") == {0: 1.0}
    assert profile(ledgers, "compute", "run", firm="firm") == {0: 0.9}
    assert profile(ledgers, "power", "draw") == {0: 1.0}
    assert sums(ledgers, "power") == [("cost", 0.25, pytest.approx(-0.438))]


# A chip runs from its first availability on, and while there are both halls and chips: halls from July 2026 to July
# 2028 are t = 1 … 4 of half-years. Of chips that are owned already and can run from August on, a sixth of t = 1 is
# lost.
def test_when_chips_may_run(tmp_path: Path) -> None:
    phase = {"ready_date": "2026-07-01", "term_years": 2}
    case = small(tmp_path, end=2029, months=6, site_leases=sites(phase), **owned(1))
    assert [key[3] for key in keys(posted(case), "own_fleet", "run")] == [1, 2, 3, 4]
    later = posted(case.change("chips[tpu_a].available_from = 2026-08-01"))
    assert [key[3] for key in keys(later, "own_fleet", "run")] == [1, 2, 3, 4]
    assert profile(later, "unavailable", "chips") == pytest.approx({1: 1 / 6})
    # The chips are held from the start all the same.
    assert profile(later, "chips", "chips") == dict.fromkeys(range(6), 1.0)
    assert [key[3] for key in keys(later, "own_fleet", "draw")] == [1, 2, 3, 4]


def test_chips_run_only_where_halls_admit_their_family(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        end=2027,
        site_leases=sites({"families": "gpu|trainium"}, {"offer": "both", "families": "tpu|gpu", "region": "there"}),
        chips=TWO_CHIPS,
        chip_performance=EACH_ONE,
        resale_values=NO_VALUE,
        owned_chips="""
            chip,in_service,gw,cost_usd_bn
            tpu_a,2026-01-01,1,0
            gpu_a,2026-01-01,1,0
            """,
    )
    assert keys(posted(case), "own_fleet", "run") == [
        ("tpu_a", "there", "gpu|tpu", 0),
        ("gpu_a", "here", "gpu|trainium", 0),
        ("gpu_a", "there", "gpu|tpu", 0),
    ]


# 0.75 GW asked for and owned; two halls of 0.5 GW, signed and free of rent. The cheap one is filled first:
# 0.5 · 0.876 + 0.25 · 1.752.
def test_cheap_power_first(tmp_path: Path) -> None:
    free = {"rent_usd_per_kw_month": 0, "status": "signed", "stage": "existing"}
    case = small(
        tmp_path, end=2027, demand=demand(0.75), site_leases=sites({**CHEAP, **free}, {**DEAR, **free}), **owned(0.75)
    )
    assert cost(solved(case)) == pytest.approx(0.876)


# Halls and chips arrive a year apart. In 2026 the halls, signed, stand empty: rent 0.6 and 50 of shortage. In 2027
# there are chips as well, with upkeep of 1 a GW-year on 0.8 GW, of which 0.5 runs: rent 0.6, upkeep 0.8, power 0.438.
def test_what_stands_idle_is_paid(tmp_path: Path) -> None:
    given = owned(0.8)
    case = small(
        tmp_path,
        demand=demand(0.5),
        site_leases=sites({**CHEAP, "status": "signed", "stage": "existing"}),
        **given,
    ).change("owned_chips[tpu_a,2026-01-01].in_service = 2027-01-01", "chips[tpu_a].opex_usd_bn_per_gw_year = 1")
    plan = solved(case)
    assert cost(plan) == pytest.approx(0.6 + 50 + 0.6 + 0.8 + 0.438)
    assert by_date(plan, "rent") == pytest.approx({"2026-01-01": -0.6, "2027-01-01": -0.6})
    assert by_date(plan, "power") == pytest.approx({"2027-01-01": -0.438})
    idle = plan.capacity[plan.capacity["measure"].str.startswith("idle") & (plan.capacity["gw"] > 0)]
    assert {(row.measure, row.period): pytest.approx(row.gw) for row in idle.itertuples()} == {
        ("idle_halls", "2026-01-01"): 0.5,
        ("idle_chips", "2027-01-01"): 0.3,
    }


# Where a move costs nothing and takes no time, 0.5 GW of chips follow what is asked for: here in the first year, there
# in the second, with halls signed in both and no link between the regions. Where it is forbidden, they stay.
def test_chips_move_between_halls(tmp_path: Path) -> None:
    free = {"rent_usd_per_kw_month": 0, "status": "signed", "stage": "existing"}
    case = small(
        tmp_path,
        demand="""
            from_date,region,workload,demand_gw
            2026-01-01,here,training,0.5
            2026-01-01,there,training,0
            2027-01-01,here,training,0
            2027-01-01,there,training,0.5
            """,
        site_leases=sites(free, {**free, "offer": "far", "region": "there"}),
        **owned(0.5),
    )
    assert cost(solved(case)) == pytest.approx(50.0)
    moving = case.change("chips[tpu_a].move_usd_bn_per_gw = 0", "chips[tpu_a].move_months = 0")
    assert cost(solved(moving)) == pytest.approx(0.0)


# A chip of availability 0.8 that does 2 for 1: 1 GW asked for takes 0.625 GW of nameplate, in halls and at the meter.
def test_availability_and_efficiency_are_of_nameplate(tmp_path: Path) -> None:
    case = small(tmp_path, end=2027, demand=demand(1), site_leases=sites({**CHEAP, "capacity_mw": 1000}), **owned(1))
    plan = solved(
        case.change("chips[tpu_a].availability_share = 0.8", "chip_performance[tpu_a,training].gw_equivalent = 2")
    )
    assert cost(plan) == pytest.approx(0.625 * (1.2 + 0.876))
