"""What offers and limits are worth, by hand; and that decisions flip at the price that is named."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.case.shipped import path
from planner.cli import main
from planner.studies.engine import InThisProcess
from planner.studies.prices import OfferPrice, Prices, prices
from planner.studies.prices.walkaway import PriceSearchEnd
from tests.plans import cost, signed, solved
from tests.rules.deals import ALPHA, BETA, asking
from tests.small import demand, owned, sites, small

NO_POLICY = "provider_share_max,alpha,2026-01-01,1,"


def deals(folder: Path, *changes: str) -> Case:
    """1 GW for a year, from alpha at 10 or from beta at 20."""
    case = asking(folder, NO_POLICY, ALPHA, BETA)
    return case.change(*changes) if changes else case


def priced(case: Case, *offers: str, with_limits: bool = False) -> Prices:
    return prices(solved(case), offers=offers, with_limits=with_limits, engine=InThisProcess)


def one(found: Prices, offer: str) -> OfferPrice:
    (mine,) = [each for each in found.offers if each.offer == offer]
    return mine


# Without alpha 1 GW costs 20; beta would have to be as cheap as alpha.
def test_either_at_the_others_price(tmp_path: Path) -> None:
    found = priced(deals(tmp_path))
    alpha, beta = one(found, "alpha_deal"), one(found, "beta_deal")
    assert alpha.signed
    assert alpha.worth_usd_bn == pytest.approx((10, 10))
    assert (alpha.found, alpha.walk_away) == (PriceSearchEnd.PRICE, pytest.approx(20, rel=0.003))
    assert beta.worth_usd_bn == pytest.approx((0, 0), abs=1e-6)  # nothing has to be bought of it


# A fee of 2 on signing leaves 18 for the price, and beta has to make up for its own fee of 3 and saves alpha's.
def test_fees_count(tmp_path: Path) -> None:
    fees = [f"cloud_commitments[{o}_deal].signing_fee_usd_bn = {fee}" for o, fee in (("alpha", 2), ("beta", 3))]
    found = priced(deals(tmp_path, *fees))
    alpha, beta = one(found, "alpha_deal"), one(found, "beta_deal")
    assert alpha.worth_usd_bn == pytest.approx((23 - 12, 23 - 12))
    assert alpha.walk_away == pytest.approx(21, rel=0.003)
    assert beta.worth_usd_bn == pytest.approx((-3, -3))
    assert beta.walk_away == pytest.approx(9, rel=0.003)


# Beta's fee of 13 is more than all that alpha asks for.
def test_not_even_free(tmp_path: Path) -> None:
    found = one(
        priced(deals(tmp_path, "cloud_commitments[beta_deal].signing_fee_usd_bn = 13"), "beta_deal"), "beta_deal"
    )
    assert (found.found, found.walk_away) == (PriceSearchEnd.NEVER, None)
    assert found.worth_usd_bn == pytest.approx((-13, -13))


# Beta's floor of 6 buys at most 0.5 GW, which alpha sells for 5: however low the price, beta is not worth signing. With
# a capacity of 1 GW and a fee of 2.5 it is, up to 7.5.
@pytest.mark.parametrize(("capacity", "fee", "walk_away"), [(0.5, 0, None), (1, 2.5, 7.5), (1, 0, 10), (2, 2.5, 7.5)])
@pytest.mark.parametrize("price", [5.0, 9.0, 20.0])
def test_a_floor_bends_the_line(
    tmp_path: Path, capacity: float, fee: float, walk_away: float | None, price: float
) -> None:
    beta = {**BETA, "years": 1, "price": price, "capacity": capacity, "floor": 6.0}
    case = asking(tmp_path, "", {"years": 1}, beta)
    found = one(
        priced(case.change(f"cloud_commitments[beta_deal].signing_fee_usd_bn = {fee}"), "beta_deal"), "beta_deal"
    )
    if walk_away is None:
        assert found.found is PriceSearchEnd.NEVER
    else:
        assert (found.found, found.walk_away) == (PriceSearchEnd.PRICE, pytest.approx(walk_away, rel=0.003))


# Alpha needs beta to be signed, which costs nothing as long as nothing is taken from it.
def test_at_any_price(tmp_path: Path) -> None:
    case = deals(tmp_path, "cloud_commitments[alpha_deal].requires_offer = beta_deal")
    found = one(priced(case, "beta_deal"), "beta_deal")
    assert found.signed
    assert found.worth_usd_bn == pytest.approx((90, 90))  # shortage at 100 instead
    assert found.found is PriceSearchEnd.ALWAYS


def test_signed_and_closed_offers_have_no_price(tmp_path: Path) -> None:
    case = deals(tmp_path, "cloud_commitments[beta_deal].status = closed")
    found = one(priced(case, "beta_deal"), "beta_deal")
    assert (found.worth_usd_bn, found.remark) == (None, "closed")


def test_an_offer_that_can_no_longer_be_signed_has_no_price(tmp_path: Path) -> None:
    window = ("sign_from", "sign_by")
    case = deals(tmp_path, *(f"cloud_commitments[beta_deal].{name} = 2025-01-01" for name in window))
    found = one(priced(case, "beta_deal"), "beta_deal")
    missed = "the window to 2025-01-01 lies before the case's start: not offered"
    assert (found.worth_usd_bn, found.remark) == (None, missed)


# Without alpha and beta there is no plan where shortage is not allowed.
def test_there_is_no_plan_without_it(tmp_path: Path) -> None:
    case = deals(
        tmp_path, "case.shortage_cost_usd_bn_per_gw_year = blank", "cloud_commitments[beta_deal].status = closed"
    )
    found = one(priced(case, "alpha_deal"), "alpha_deal")
    assert (found.worth_usd_bn, found.remark) == (None, "without it: infeasible")


def test_unknown_offers_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean 'alpha_deal'"):
        priced(deals(tmp_path), "alfa_deal")


# Halls of 0.5 GW for own chips, at 1.2 a GW-year instead of alpha's 10. The region's grid carries 0.3 GW: 0.1 more
# saves 0.1 · (10 − 1.2), by solving again and by duals. Its limit beyond 0.5 is worth nothing.
def test_a_limit(tmp_path: Path) -> None:
    mine = owned(1)
    mine["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
    case = asking(tmp_path, NO_POLICY, ALPHA, site_leases=sites({}), **mine).change("regions[here].grid_limit_gw = 0.3")
    found = prices(solved(case), offers=["hall"], engine=InThisProcess)
    grid = next(each for each in found.limits if each.step.limit == "grid limit of here")
    assert grid.worth_usd_bn == pytest.approx((0.88, 0.88))
    assert grid.by_duals_usd_bn == pytest.approx(0.88)
    free = prices(solved(case.change("regions[here].grid_limit_gw = 0.5")), offers=["hall"], engine=InThisProcess)
    grid = next(each for each in free.limits if each.step.limit == "grid limit of here")
    assert grid.worth_usd_bn == pytest.approx((0, 0), abs=1e-6)
    # Its rent may rise until a GW costs 10: 10 / 1.2 · 100 USD per kW and month.
    assert one(found, "hall").walk_away == pytest.approx(833.3, rel=0.003)


# Cash: 1 more at the start lets nothing be cheaper where nothing binds.
def test_cash(tmp_path: Path) -> None:
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,30,0,0\n"
    spot = "offer,provider,chip,region,max_gw,price_usd_bn_per_gw_year,firm\nidle,gamma,tpu_a,here,5,10,true\n"
    case = small(tmp_path, end=2027, demand=demand(1), finance=finance, spare_capacity=spot)
    found = prices(solved(case), engine=InThisProcess)
    assert [each.step.limit for each in found.limits] == ["cash"]
    assert found.limits[0].worth_usd_bn == pytest.approx((0, 0), abs=1e-6)
    assert found.limits[0].by_duals_usd_bn == pytest.approx(0, abs=1e-6)
    # Unpaid work costs 100: 0.2 GW more for each 2 bn more. Of 5 earned and 3 at the start 0.8 GW are paid.
    tight = case.change("finance[*].revenue_usd_bn_per_year = 5", "case.opening_cash_usd_bn = 3")
    (cash,) = prices(solved(tight), offers=["idle"], engine=InThisProcess).limits
    assert cash.worth_usd_bn == pytest.approx((9, 9))
    assert cash.by_duals_usd_bn == pytest.approx(9)


# At 1 % on either side of the price that is named the decision is another, or costs the same.
def test_decisions_flip_at_the_price(tmp_path: Path) -> None:
    case = Case.read(path("starter"))
    plan = solved(case)
    found = prices(plan, with_limits=False, engine=InThisProcess)
    named = [each for each in found.offers if each.found is PriceSearchEnd.PRICE]
    assert len(named) >= 5
    assert {each.signed for each in named} == {True, False}
    for each in named[:6]:
        assert each.price is not None
        assert each.walk_away is not None
        dearer = solved(case.change(*each.price.at(1.01 * each.walk_away)))
        cheaper = solved(case.change(*each.price.at(0.99 * each.walk_away)))
        assert each.offer in signed(cheaper), each
        assert each.offer not in signed(dearer), each
        assert cost(cheaper) < cost(dearer)


def test_the_command(tmp_path: Path) -> None:
    solved(deals(tmp_path / "case")).write(tmp_path / "plan")
    runner = CliRunner()
    words = ["prices", str(tmp_path / "plan"), "--workers", "1", "--keep", str(tmp_path / "kept")]
    result = runner.invoke(main, [*words, "--csv", str(tmp_path / "prices.csv")])
    assert result.exit_code == 0, result.output
    assert "alpha_deal  signed" in result.output
    assert (tmp_path / "prices.csv").read_text().startswith("section,name,signed,worth_from_usd_bn")
    kept = sorted(each.name for each in (tmp_path / "kept").iterdir())
    again = runner.invoke(main, words)
    assert again.output == result.output
    assert sorted(each.name for each in (tmp_path / "kept").iterdir()) == kept
