"""Impossible cases of a few rows, with what mends them worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.explain.feasibility import feasible
from planner.explain.groups import chosen
from planner.explain.search import explain
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solver import Feasibility, Options, solve
from tests.explain.deals import alone, amounts, explained, largest
from tests.small import cloud, demand, owned, sites, small

FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share,"
GUARANTEED = {"needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8}
RUNOFF = "age_years,cover_share\n0,1\n"
BANK = {
    "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,\n",
    "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nbank,lease,2026-01-01,3,0\n",
    "cover_runoff": RUNOFF,
}


def halls(folder: Path, *phases: dict[str, str | float], gw: float, **tables: str) -> Case:
    """A GW-demand for two years, served by chips owned already in halls still to be leased; no shortage is allowed."""
    given = {**owned(gw), "demand": demand(gw, gw), "site_leases": sites(*phases), **tables}
    return small(folder, shortage=None, **given)


def clouds(folder: Path, *columns: str, **cells: str) -> Case:
    """Two clouds of 1 GW each, a and b, where 1.5 GW are asked for; further columns, blank or as given for both."""
    names = [*columns, *cells]
    more = ",".join(cells.get(name, "") for name in names)
    return small(
        folder, shortage=None, demand=demand(1.5, 1.5),
        cloud_commitments=(
            f"offer,provider,status,start_date,term_years,shortfall,{','.join(names)}\n"
            f"a,first,open,2026-01-01,2,forfeit,{more}\nb,second,open,2026-01-01,2,forfeit,{more}\n"
        ),
        cloud_tiers="offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\na,only,10,1,1\nb,only,10,1,1\n",
        cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\na,1,1,0\na,2,1,0\nb,1,1,0\nb,2,1,0\n",
        cloud_products=(
            "offer,chip,region,price_factor,from_date\na,tpu_a,here,1,2026-01-01\nb,tpu_a,here,1,2026-01-01\n"
        ),
    )  # fmt: skip


def test_cash(tmp_path: Path) -> None:
    """Nothing earned, nothing spent: 3 at the start, 5 to be held in the second year."""
    finance = f"{FINANCE}min_cash_usd_bn\n2026-01-01,0,0,1\n2027-01-01,0,0,5\n"
    case = small(tmp_path, toml="opening_cash_usd_bn = 3\n", demand=demand(1, 1), finance=finance)
    assert amounts(explained(case)) == {
        "finance[2027-01-01..].min_cash_usd_bn -=": pytest.approx(2),
        "case.opening_cash_usd_bn +=": pytest.approx(2),
    }


def test_a_loan_that_is_too_small(tmp_path: Path) -> None:
    """3 at the start and 1 to be borrowed at no interest, 5 to be held: the loan, the cash or the minimum, by 1."""
    loan = "facility,lender,limit_usd_bn,rate,repay_by\nbank_loan,bank,1,0,2030-01-01\n"
    case = small(
        tmp_path, toml="opening_cash_usd_bn = 3\n", demand=demand(1, 1), term_loans=loan,
        finance=f"{FINANCE}min_cash_usd_bn\n2026-01-01,0,0,5\n",
    )  # fmt: skip
    assert amounts(explained(case)) == {
        "finance[*].min_cash_usd_bn -=": pytest.approx(1),
        "case.opening_cash_usd_bn +=": pytest.approx(1),
        "term_loans[bank_loan].limit_usd_bn +=": pytest.approx(1),
    }


def test_a_debt_multiple_and_a_cover_broken_by_what_is_signed(tmp_path: Path) -> None:
    """A hall leased already costs 0.6 a year, of which revenue less other costs, 1, is to be twice as much.

    It is to be 1.2, or the cover 1 / 0.6 = 1.67: 0.333 less.
    """
    finance = f"{FINANCE}cover_min\n2026-01-01,2,0.5,2\n"
    case = small(tmp_path, demand=demand(1, 1), finance=finance, site_leases=sites({"status": "signed"}))
    assert amounts(explained(case)) == {"finance[*].cover_min -=": pytest.approx(1 / 3, rel=0.01)}


def test_a_debt_multiple(tmp_path: Path) -> None:
    """The lease is a debt of 0.6 · Σ_{y<10} 1.06^−(y+½) = 4.547 in the first year; net revenue 1 allows 4 of it."""
    finance = f"{FINANCE}debt_multiple_max,revenue_stress_share\n2026-01-01,2,0.5,4,1\n"
    case = small(tmp_path, demand=demand(1, 1), finance=finance, site_leases=sites({"status": "signed"}))
    debt = 0.6 * sum(1.06 ** -(y + 0.5) for y in range(10))
    found = explained(case)
    assert [repair.groups for repair in found.repairs] == [("debt",)]
    assert largest(found) == pytest.approx(debt - 4, rel=0.01)


def test_obligations_already_broken_by_what_is_signed(tmp_path: Path) -> None:
    """Ten years' rent of 0.6 are owed at the start, 5.4 a year later; 5 and 5.5 are allowed."""
    finance = f"{FINANCE}obligations_cap_usd_bn\n2026-01-01,2,0.5,5\n2027-01-01,2,0.5,5.5\n"
    case = small(tmp_path, demand=demand(1, 1), finance=finance, site_leases=sites({"status": "signed"}))
    assert amounts(explained(case)) == {"finance[2026-01-01..2027-01-01].obligations_cap_usd_bn +=": pytest.approx(1)}


def test_two_limits_that_clash_only_together(tmp_path: Path) -> None:
    """Own halls of 0.4 GW are asked for and the grid carries 0.3; each by itself can be had."""
    case = small(
        tmp_path, demand=demand(1, 1), site_leases=sites({}), regions="region,grid_limit_gw\nhere,0.3\nthere,\n",
        policies="policy,kind,subject,from_date,value,penalty\ngoal,own_capacity_min,,2026-01-01,0.4,\n",
    )  # fmt: skip
    assert feasible(case.change("policies[goal].value = 0"))
    assert feasible(case.change("regions[here].grid_limit_gw = blank"))
    assert amounts(explained(case)) == {
        "policies[goal].value -=": pytest.approx(0.1),
        "regions[here].grid_limit_gw +=": pytest.approx(0.1),
    }


def test_a_hard_goal_of_own_capacity(tmp_path: Path) -> None:
    """The one hall on offer has 0.5 GW of the 0.6."""
    case = small(
        tmp_path, demand=demand(1, 1), site_leases=sites({"ready_date": "2027-01-01"}),
        policies="policy,kind,subject,from_date,value,penalty\ngoal,own_capacity_min,,2027-01-01,0.6,\n",
    )  # fmt: skip
    assert amounts(explained(case)) == {"policies[goal].value -=": pytest.approx(0.1)}


def test_a_hard_reserve_margin(tmp_path: Path) -> None:
    """1.5 GW are held where 1 GW is asked for: half as much more, not 0.7, or 1.5 / 1.7 GW of demand."""
    case = small(
        tmp_path, shortage=None, demand=demand(1, 1), **cloud(floors=(0.0, 0.0), capacity=1.5),
        policies="policy,kind,subject,from_date,value,penalty\nspare,reserve_margin_min,here,2026-01-01,0.7,\n",
    )  # fmt: skip
    assert amounts(explained(case)) == {
        "policies[spare].value -=": pytest.approx(0.2),
        "demand[*,here,training].demand_gw -=": pytest.approx(1 - 1.5 / 1.7, rel=0.01),
    }


def test_a_hard_reserve_margin_elsewhere(tmp_path: Path) -> None:
    """1.5 GW are held. There are asked for 1 GW here and 0.4 GW there, half as much more of the latter held ready."""
    case = small(
        tmp_path, shortage=None, **cloud(floors=(0.0, 0.0), capacity=1.5),
        demand=demand(1, 1) + "2026-01-01,there,training,0.4\n",
        links="region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,1,0\n",
        policies="policy,kind,subject,from_date,value,penalty\nspare,reserve_margin_min,there,2026-01-01,0.5,\n",
    )  # fmt: skip
    assert amounts(explained(case)) == {
        "policies[spare].value -=": pytest.approx(0.25),
        "demand[*,here,training].demand_gw -=": pytest.approx(0.1),
        "demand[*,there,training].demand_gw -=": pytest.approx(0.1 / 1.5, rel=0.01),
    }


def test_demand_in_a_region_that_nothing_reaches(tmp_path: Path) -> None:
    tables = cloud(capacity=5.0, floors=(0.0, 0.0))
    asked = demand(1, 1) + "2026-01-01,there,training,0.3\n2027-01-01,there,training,0.4\n"
    case = small(tmp_path, shortage=None, demand=asked, **tables)
    (repair,) = explained(case).repairs
    assert repair.groups == ("demand",)
    (change,) = repair.changes
    assert change == "demand[*,there,training].demand_gw *= 0"


def test_too_little_room_of_a_guarantor(tmp_path: Path) -> None:
    """0.5 GW at 8 per GW are 4 to be guaranteed, and the bank has 3: 1 more, or a quarter of the 0.5 GW less."""
    case = halls(tmp_path, GUARANTEED, gw=0.5, **BANK)
    assert amounts(explained(case)) == {
        "guarantor_caps[bank,lease,*].cap_usd_bn +=": pytest.approx(1),
        "demand[*,here,training].demand_gw -=": pytest.approx(0.125),
    }


def test_a_cap_that_is_overdrawn(tmp_path: Path) -> None:
    """With 5 used of 3 there is no room; 4 of it takes 6 more."""
    case = halls(tmp_path, GUARANTEED, gw=0.5, **BANK).change("guarantor_caps[bank,lease,*].used_usd_bn = 5")
    found = amounts(explained(case, include=("guarantors",)))
    assert found == {"guarantor_caps[bank,lease,*].cap_usd_bn +=": pytest.approx(6)}


def test_a_guarantor_who_requires_an_offer_that_is_closed(tmp_path: Path) -> None:
    """The bank has room, but asks for the cloud, which is closed: opened, or not asked for, or half a GW less."""
    tables = {**BANK, **cloud(floors=(0.0, 0.0), status="closed", region="there", capacity=0.1)}
    case = halls(tmp_path, GUARANTEED, gw=0.5, **tables).change(
        "guarantor_caps[bank,lease,*].cap_usd_bn = 4", "guarantors[bank,lease].requires_offer = deal"
    )
    assert alone(explained(case)) == {
        "guarantors[bank,lease].requires_offer = blank",
        "cloud_commitments[deal].status = open",
        "demand[*,here,training].demand_gw -= 0.5",
    }


def test_two_exclusive_offers_that_are_both_needed(tmp_path: Path) -> None:
    case = clouds(tmp_path, exclusive_group="either")
    found = alone(explained(case))
    assert "demand[*,here,training].demand_gw -= 0.5" in found
    assert found & {f"cloud_commitments[{o}].exclusive_group = blank" for o in "ab"}


def test_an_offer_that_requires_one_whose_day_is_over(tmp_path: Path) -> None:
    case = clouds(tmp_path, "requires_offer", "sign_by").change(
        "+cloud_commitments{offer=c,provider=third,status=open,sign_by=2025-06-30,start_date=2025-07-01,term_years=1,"
        "shortfall=forfeit}",
        "+cloud_tiers{offer=c,tier=only,price_usd_bn_per_gw_year=1,scale_min=1,scale_max=1}",
        "+cloud_terms{offer=c,contract_year=1,capacity_gw=1,floor_usd_bn=0}",
        "+cloud_products{offer=c,chip=tpu_a,region=there,price_factor=1,from_date=2026-01-01}",
        "cloud_commitments[b].requires_offer = c",
    )
    assert alone(explained(case)) == {
        "cloud_commitments[b].requires_offer = blank",
        "cloud_commitments[c].sign_by = 2026-01-01",
        "demand[*,here,training].demand_gw -= 0.5",
    }


def test_an_offer_that_is_closed_and_one_whose_day_is_over(tmp_path: Path) -> None:
    closed = clouds(tmp_path, "sign_by").change("cloud_commitments[b].status = closed")
    assert alone(explained(closed)) == {
        "cloud_commitments[b].status = open",
        "demand[*,here,training].demand_gw -= 0.5",
    }
    over = closed.change("cloud_commitments[b].status = open", "cloud_commitments[b].sign_by = 2025-12-31")
    assert alone(explained(over)) == {
        "cloud_commitments[b].sign_by = 2026-01-01",
        "demand[*,here,training].demand_gw -= 0.5",
    }
    both = over.change("cloud_commitments[b].status = closed")
    assert {
        repair.changes for repair in explained(both, exclude=("demand",)).repairs
    } == {("cloud_commitments[b].status = open", "cloud_commitments[b].sign_by = 2026-01-01")}  # fmt: skip


def test_a_phase_whose_predecessor_has_lapsed(tmp_path: Path) -> None:
    """The second phase is on offer, but only after the first, whose day of decision was before the start."""
    first = {"offer": "hall_1", "decide_by": "2025-06-30"}
    second = {"offer": "hall_2", "phase": 2, "after": "hall_1"}
    case = halls(tmp_path, first, second, gw=0.5)
    assert alone(explained(case)) == {
        "site_leases[hall_2].after = blank",
        "site_leases[hall_1].decide_by = 2026-01-01",
        "demand[*,here,training].demand_gw -= 0.5",
    }


def test_a_required_offer_that_cannot_be_afforded(tmp_path: Path) -> None:
    """A floor of 4 a year is owed for two years; 5 may be."""
    tables = cloud(floors=(4.0, 4.0), status="required")
    finance = f"{FINANCE}obligations_cap_usd_bn\n2026-01-01,2,0.5,5\n"
    case = small(tmp_path, demand=demand(1, 1), finance=finance, **tables)
    assert alone(explained(case)) >= {
        "finance[2026-01-01..2027-01-01].obligations_cap_usd_bn += 3",
        "cloud_tiers[deal,only].scale_min -= 0.375",
        "cloud_commitments[deal].status = open",
    }


def test_what_only_whole_blocks_make_impossible(tmp_path: Path) -> None:
    """Blocks of 0.1 GW, room for 0.15 and 0.13 asked for: with parts of blocks there would be a plan."""
    block = {"capacity_mw": 100, "min_share": 1}
    case = halls(tmp_path, block, block | {"offer": "other", "site": "Other"}, gw=0.13).change(
        "regions[here].grid_limit_gw = 0.15"
    )
    program = model(Portfolio.of(case)).program()
    relaxed = program.__class__(**{**vars(program), "integer": np.zeros_like(program.integer)})
    assert solve(relaxed, Options()).feasibility is Feasibility.FEASIBLE
    found = amounts(explained(case))
    assert found["regions[here].grid_limit_gw +="] == pytest.approx(0.05)
    assert found["demand[*,here,training].demand_gw -="] == pytest.approx(0.03)
    smaller = {by for change, by in found.items() if change.endswith("min_share -=")}
    assert smaller == {0.5}


def test_what_only_lots_make_impossible(tmp_path: Path) -> None:
    """Chips come in lots of 0.1 GW, 0.15 at most, and 0.13 are asked for from the first day on."""
    chips = owned(0.0)
    case = small(
        tmp_path, shortage=None, demand=demand(0.13, 0.13), site_leases=sites({}), chips=chips["chips"],
        resale_values=chips["resale_values"], chip_deliveries="offer,months,delivered_share\nlots,0,1\n",
        chip_purchases="offer,chip,vendor,status,min_gw,max_gw,lot_gw\nlots,tpu_a,maker,open,0,0.15,0.1\n",
    )  # fmt: skip
    assert alone(explained(case)) == {
        "chip_purchases[lots].lot_gw = blank",
        "demand[*,here,training].demand_gw -= 0.03",
    }


def test_a_case_that_has_a_plan_needs_nothing(tmp_path: Path) -> None:
    found = explain(small(tmp_path))
    assert (found.feasible, found.repairs) == (True, [])
    assert found.text() == "small\nThere is a plan: nothing has to be changed."


def test_groups_that_are_no_groups(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no group is called dat; there are guarantors"):
        chosen((), ("dat",))
