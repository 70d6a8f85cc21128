"""What terms are worth, by hand: tiers, sums on signing, floors; and that each can be struck by the change it names."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.studies.engine import InThisProcess
from planner.studies.prices import Prices, prices
from planner.studies.prices.terms import TermPrice, terms
from tests.plans import solved
from tests.rules.deals import BETA, asking

ONE_YEAR: dict[str, str | float] = {"years": 1}


def priced(case: Case, *offers: str) -> Prices:
    return prices(solved(case), offers=offers, with_limits=False, with_terms=True, engine=InThisProcess)


def named(found: Prices, of: str, name: str) -> TermPrice:
    (mine,) = [each for each in found.terms if (each.term.of, each.term.name) == (of, name)]
    return mine


def two_tiers(folder: Path) -> Case:
    """1 GW for a year: the full tier asks 10 a GW-year and 3 on signing, the half one 14; beta asks 20."""
    case = asking(folder, "", ONE_YEAR, {**BETA, **ONE_YEAR})
    return case.change(
        "cloud_tiers[alpha_deal,only].upfront_usd_bn = 3",
        "+cloud_tiers{offer=alpha_deal, tier=half, price_usd_bn_per_gw_year=14, scale_min=0.5, scale_max=0.5}",
    )


# The full tier costs 10 + 3, the half one 14: without the full one the year is 1 dearer, without the half one the same.
# Without the sum on signing the full one costs 10.
def test_tiers_and_a_sum_on_signing(tmp_path: Path) -> None:
    found = priced(two_tiers(tmp_path), "alpha_deal")
    assert named(found, "alpha_deal", "cloud_tiers only").worth_usd_bn == pytest.approx((1, 1))
    assert named(found, "alpha_deal", "cloud_tiers half").worth_usd_bn == pytest.approx((0, 0), abs=1e-6)
    upfront = named(found, "alpha_deal", "cloud_tiers.upfront_usd_bn")
    assert upfront.worth_usd_bn == pytest.approx((-3, -3))
    assert (upfront.term.now, upfront.term.without) == ("3 … 0", "0")
    assert [each.term.name for each in found.terms][:2] == ["cloud_tiers.upfront_usd_bn", "cloud_tiers only"]
    assert "alpha_deal  cloud_tiers.upfront_usd_bn" in found.text()
    told = [row for row in found.rows() if row["section"] == "term"]
    assert len(told) == len(found.terms)


# 10 are used of a floor of 12.
def test_a_floor(tmp_path: Path) -> None:
    case = asking(tmp_path, "", {**ONE_YEAR, "floor": 12.0}, {**BETA, **ONE_YEAR})
    floor = named(priced(case), "alpha_deal", "cloud_terms.floor_usd_bn")
    assert floor.worth_usd_bn == pytest.approx((-2, -2))


# Terms alone need no solve without each offer.
def test_terms_alone(tmp_path: Path) -> None:
    plan = solved(two_tiers(tmp_path))
    found = prices(plan, with_offers=False, with_limits=False, with_terms=True, engine=InThisProcess)
    assert found.offers == found.limits == ()
    assert named(found, "alpha_deal", "cloud_tiers only").worth_usd_bn == pytest.approx((1, 1))
    assert "Offers:" not in found.text()


# What is not signed, or is signed already, has no terms to negotiate unless its name is given.
def test_terms_are_those_of_what_the_plan_signs(tmp_path: Path) -> None:
    case = two_tiers(tmp_path).change("cloud_tiers[beta_deal,*].upfront_usd_bn = 5")
    assert {each.term.of for each in priced(case).terms} == {"alpha_deal"}
    assert {each.term.of for each in priced(case, "beta_deal").terms} == {"beta_deal"}


# With beta's tier struck beta could not be signed at all: a contract keeps its last tier.
def test_the_last_tier_is_no_term(tmp_path: Path) -> None:
    found = terms(two_tiers(tmp_path), ["beta_deal"], others=False)
    assert [each.name for each in found] == []


# What is signed already has no terms to negotiate, and every change that strikes a term leaves a valid case.
def test_every_term_of_the_shipped_case_names_a_change_that_can_be_read() -> None:
    case = Case.read(path("starter"))
    found = terms(case, [offer.offer for offer in case.offers()], others=True)
    assert len(found) > 20
    assert {each.of for each in found} >= {"cirrus_tpu", "mesa_1", "tpu_lease", "bank"}
    assert not [each for each in found if each.of == "mill"]  # signed already
    for each in found:
        assert case.change(each.change) != case
