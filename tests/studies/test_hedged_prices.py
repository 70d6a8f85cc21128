"""Prices of plans for all futures, worked out by hand in `hedged_case`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.basics.errors import DataError
from planner.cli import main
from planner.studies.engine import InThisProcess
from planner.studies.hedged.prices import HedgedPrices, prices_hedged
from planner.studies.prices.walkaway import PriceSearchEnd
from tests.hedges import confirmed
from tests.studies.hedged_case import uncertain


def priced(folder: Path, *changes: str, **options: object) -> HedgedPrices:
    case = uncertain(folder)
    hedge = confirmed((case.change(*changes) if changes else case).hedge(values=False))
    return prices_hedged(hedge, engine=InThisProcess, **options)  # type: ignore[arg-type]


# Without spot it costs 30 instead of 27.5. At 12 per GW-year, 2.5 GW-years of it on average cost 30 too.
def test_offers(tmp_path: Path) -> None:
    deal, spot = priced(tmp_path, with_limits=False).offers
    assert (spot.signed, deal.signed) == (True, False)
    assert spot.worth_usd_bn == pytest.approx((2.5, 2.5), abs=1e-5)
    assert deal.worth_usd_bn == pytest.approx((-2.5, -2.5), abs=1e-5)
    assert spot.walk_away == pytest.approx(12, rel=0.01)


# With weight 1 the dearest future counts: 30 with the deal, 33 without, which is 3 p at 11. Spot beside it saves 0.
def test_with_weight_on_the_dearest_future(tmp_path: Path) -> None:
    deal, spot = priced(tmp_path, "case.risk.weight = 1", with_limits=False).offers
    assert deal.worth_usd_bn == pytest.approx((3, 3), abs=1e-3)
    assert deal.walk_away == pytest.approx(11, rel=0.01)
    assert spot.worth_usd_bn == pytest.approx((0, 0), abs=1e-3)
    assert spot.found is PriceSearchEnd.WITHIN_GAP


# The deal owes 20, which is half too much. With one more allowed it is signed: 30 instead of 33 in the high future.
def test_limits(tmp_path: Path) -> None:
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share,obligations_cap_usd_bn\n2026-01-01,100,0,19.5\n"
    hedge = confirmed(uncertain(tmp_path, finance=finance).change("case.risk.weight = 1").hedge(values=False))
    found = prices_hedged(hedge, offers=["deal"], engine=InThisProcess)
    (limit,) = found.limits
    assert limit.step.change == "finance[*].obligations_cap_usd_bn += 1"
    assert limit.worth_usd_bn == pytest.approx((3, 3), abs=1e-3)
    assert limit.by_duals_usd_bn is None
    assert found.offers[0].remark == "with it: infeasible"
    assert "By duals: not worked out for a plan for all futures" in found.text()


def test_unknown_offer(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="spott"):
        priced(tmp_path, offers=["spott"])


def test_command(tmp_path: Path) -> None:
    case = uncertain(tmp_path / "case")
    case.hedge(values=False).write(tmp_path / "hedge")
    case.solve().write(tmp_path / "plan")
    arguments = ["--hedge", "--no-limits", "--offer", "spot", "--workers", "1", "--json"]
    ended = CliRunner().invoke(main, ["prices", str(tmp_path / "plan"), *arguments])
    assert (ended.exit_code, "a plan for all futures" in ended.output) == (3, True)
    ended = CliRunner().invoke(main, ["prices", str(tmp_path / "hedge"), *arguments])
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert told["expected_cost_usd_bn"] == pytest.approx(27.5)
    assert [row["name"] for row in told["rows"]] == ["spot"]
    (tmp_path / "hedge" / "risk.csv").write_text("")
    assert CliRunner().invoke(main, ["prices", str(tmp_path / "hedge"), *arguments]).exit_code == 7
