"""Impossible cases made of the shipped ones: what mends them is found, whatever their figures are."""

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case.shipped import path
from planner.explain.groups import chosen
from planner.explain.search import explain
from planner.instruments.site_lease.vintages import vintages
from planner.rules.serving import demands
from planner.rules.shared.revenue import net_revenue
from planner.tables.offer import OfferStatus
from tests.explain.deals import explained, largest


def starter(*changes: str) -> Case:
    return Case.read(path("starter")).change(*changes)


def owed_already(case: Case) -> float:
    """Rent left at the start under leases that are signed [USD bn]."""
    return sum(terms.rent_left(0) for terms in vintages(case)[0] if terms.row.status is OfferStatus.SIGNED)


def test_cash_that_no_plan_can_hold() -> None:
    case = starter("finance[*].min_cash_usd_bn = 500")
    found = explained(case, include=("cash", "opening_cash"))
    assert [repair.groups for repair in found.repairs[:2]] in (
        [("cash",), ("opening_cash",)],
        [("opening_cash",), ("cash",)],
    )


def test_obligations_broken_by_the_lease_that_is_signed() -> None:
    case = starter("finance[*].obligations_cap_usd_bn = 0.5", "case.shortage_cost_usd_bn_per_gw_year = 40")
    found = explained(case, include=("obligations",))
    assert largest(found) == pytest.approx(owed_already(case) - 0.5, rel=0.01)


def test_a_cover_broken_by_the_lease_that_is_signed() -> None:
    """Whatever is earned, a hundredth of a year's fixed charges more is asked for."""
    case = starter()
    rent = sum(terms.rent[0] for terms in vintages(case)[0] if terms.row.status is OfferStatus.SIGNED)
    asked = 1.01 * float(net_revenue(case).max()) / rent
    found = explained(case.change(f"finance[*].cover_min = {asked:.6f}"), include=("cover",))
    assert {repair.groups for repair in found.repairs} == {("cover",)}


def test_a_debt_multiple_broken_by_the_lease_that_is_signed() -> None:
    found = explained(starter("finance[*].debt_multiple_max = 0.001"), include=("debt",))
    assert [repair.groups for repair in found.repairs] == [("debt",)]


def test_a_hard_goal_beyond_all_halls() -> None:
    goal = "+policies{policy=hard_goal,kind=own_capacity_min,from_date=2030-01-01,value=9}"
    found = explained(starter(goal), include=("policies", "grid"))
    assert [repair.groups for repair in found.repairs] == [("policies",)]


def test_more_demand_than_anybody_offers() -> None:
    case = starter("case.shortage_cost_usd_bn_per_gw_year = blank")
    first = demands(case)[0]
    asked = case.change(f"demand[*,{first.region},{first.workload.workload}].demand_gw = 50")
    found = explained(asked, include=("demand",))
    assert all(repair.groups == ("demand",) for repair in found.repairs)


def test_what_may_not_be_touched_is_not() -> None:
    case = starter("finance[*].obligations_cap_usd_bn = 0.5")
    with pytest.raises(Infeasible, match="nothing that may be touched mends that"):
        explain(case, chosen((), ("obligations",)))


def test_the_reference_case() -> None:
    """The floors of signed contracts are owed already; half a year each, so that it does not take long."""
    case = Case.read(path("frontier-lab")).change("case.period_months = 12", "finance[*].obligations_cap_usd_bn = 5")
    found = explain(case, chosen(("obligations",), ()))
    (repair,) = found.repairs
    assert all(".obligations_cap_usd_bn += " in change for change in repair.changes)
    assert repair.minimal
