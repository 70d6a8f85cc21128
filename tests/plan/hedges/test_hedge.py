"""The folder of a hedge: what stands in its tables, worked out by hand, and how it is written and read.

The lab needs nothing in 2026. In 2027 it needs 1 GW where demand turns out high, which it learns on the first day of
2027, and nothing where it turns out low. `early` is signed in 2026 and costs 10 in 2027, used or not. `late` is signed
in 2027 and costs 20 for each GW-year that is used. Nothing is discounted.

    signed early    high 10    low 10
    signed late     high 20    low  0
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge, is_hedge
from planner.plan.plan import Plan
from planner.solve.solve import solve
from tests.hedges import alone, confirmed, led, made
from tests.plans import cost
from tests.small import small

EARLY = "early"
OFFERS = {
    "cloud_commitments": (
        "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
        "early,cloud,open,2026-01-01,2026-01-01,12,1,forfeit\n"
        "late,cloud,open,2027-01-01,2027-01-01,0,1,forfeit\n"
    ),
    "cloud_tiers": ("offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\nearly,only,10,1,1\nlate,only,20,1,1\n"),
    "cloud_terms": "offer,contract_year,capacity_gw,floor_usd_bn\nearly,1,1,10\nlate,1,1,0\n",
    "cloud_products": (
        "offer,chip,region,price_factor,from_date\nearly,tpu_a,here,1,2026-01-01\nlate,tpu_a,here,1,2026-01-01\n"
    ),
}
DEMAND = "from_date,region,workload,demand_gw\n2026-01-01,here,training,0\n2027-01-01,here,training,1\n"
CASH = "\nopening_cash_usd_bn = 100.0\n"


def case(folder: Path, high: float = 0.7, known: str = "2027-01-01", toml: str = CASH) -> Case:
    """The case above, where demand is high with a probability and known from a day on."""
    return small(
        folder,
        toml=toml,
        demand=DEMAND,
        events=f"event,known_on\ndemand,{known}\n",
        outcomes=(
            "event,outcome,probability,changes\n"
            f'demand,high,{high},\ndemand,low,{1 - high},"demand[2027-01-01,*,*].demand_gw = 0"\n'
        ),
        **OFFERS,
    )


def rows(hedge: Hedge, table: str) -> list[dict[str, object]]:
    return [dict(row) for row in getattr(hedge, table).astype(object).to_dict("records")]


def test_signed_early(tmp_path: Path) -> None:
    """0.7 · 10 + 0.3 · 10 = 10, against 0.7 · 10 = 7 with perfect information."""
    hedge = confirmed(led(case(tmp_path / "case"), "high", bound=10.0))
    record = hedge.record
    assert (record.expected_cost_usd_bn, record.cvar_usd_bn, record.gap) == pytest.approx((10.0, 10.0, 0.0))
    assert record.values["evpi"] == pytest.approx((3.0, 3.0))
    assert record.cost_quantiles_usd_bn == pytest.approx({"p10": 10.0, "p50": 10.0, "p90": 10.0})
    assert rows(hedge, "tree") == [
        {"node": 0, "date": "2026-01-01", "before": None, "known": "",
         "probability": 1.0},
        {"node": 1, "date": "2027-01-01", "before": 0, "known": "demand:high", "probability": 0.7},
        {"node": 2, "date": "2027-01-01", "before": 0, "known": "demand:low", "probability": pytest.approx(0.3)},
    ]  # fmt: skip
    assert [(row["node"], row["date"], row["offer"], row["what"], row["value"], row["own_plans"])
            for row in rows(hedge, "signatures")] == [
        (0, "2026-01-01", "early", "sign", 1.0, 1),
        (0, "2026-01-01", "early", "scale", 1.0, 1),
    ]  # fmt: skip
    high, low = rows(hedge, "futures")
    assert (high["future"], high["cost_usd_bn"], high["own_cost_usd_bn"], high["regret_usd_bn"]) == ("high", 10, 10, 0)
    assert (low["future"], low["cost_usd_bn"], low["own_cost_usd_bn"], low["regret_usd_bn"]) == ("low", 10, 0, 10)
    assert hedge.plan("low").record.hedge is not None
    assert hedge.plan("low").record.hedge.known == ("demand:low",)
    assert hedge.values["evpi"] == record.values["evpi"]


def test_signed_late(tmp_path: Path) -> None:
    """0.3 · 20 = 6, against 0.3 · 10 = 3; what is signed depends on the news."""
    hedge = confirmed(led(case(tmp_path / "case", 0.3), "low", bound=6.0))
    record = hedge.record
    assert (record.expected_cost_usd_bn, record.cvar_usd_bn) == pytest.approx((6.0, 20.0))
    assert record.values["evpi"] == pytest.approx((3.0, 3.0))
    assert record.cost_quantiles_usd_bn == pytest.approx({"p10": 0.0, "p50": 0.0, "p90": 20.0})
    assert [(row["node"], row["known"], row["offer"], row["what"], row["own_plans"])
            for row in rows(hedge, "signatures")] == [
        (1, "demand:high", "late", "sign", 0), (1, "demand:high", "late", "scale", 0),
    ]  # fmt: skip
    assert [row["regret_usd_bn"] for row in rows(hedge, "futures")] == [10.0, 0.0]


def test_the_weight_on_risk_chooses(tmp_path: Path) -> None:
    """All weight on CVaR at 0.9: late has 20 in the dearest tenth, early 10."""
    risky = case(tmp_path / "case", 0.3, toml=CASH + "[risk]\nlevel = 0.9\nweight = 1.0\n")
    early, late = led(risky, "high"), led(risky, "low")
    assert confirmed(early).record.objective_usd_bn == pytest.approx(10.0)
    assert confirmed(late).record.objective_usd_bn == pytest.approx(20.0)
    assert early.record.values["evpi"] == pytest.approx((0.0, 0.0))  # own costs 10 and 0 have a CVaR of 10


def test_written_and_read(tmp_path: Path) -> None:
    hedge = led(case(tmp_path / "case"), "high", bound=10.0)
    hedge.write(tmp_path / "hedge")
    assert is_hedge(tmp_path / "hedge")
    again = Hedge.read(tmp_path / "hedge")
    assert again.record == hedge.record
    for name in ("tree", "signatures", "futures", "risk"):
        assert getattr(again, name).equals(getattr(hedge, name)), name
    assert list(again.plans) == ["high", "low"]
    assert again.plan("low").record == hedge.plan("low").record
    again.write(tmp_path / "again")
    files = {path.relative_to(tmp_path / "hedge") for path in (tmp_path / "hedge").rglob("*") if path.is_file()}
    for file in files:
        assert (tmp_path / "hedge" / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file
    assert files == {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()}


def test_what_is_replaced(tmp_path: Path) -> None:
    hedge = led(case(tmp_path / "case"), "high")
    hedge.write(tmp_path / "hedge")
    with pytest.raises(FileExistsError, match="--force"):
        hedge.write(tmp_path / "hedge")
    hedge.write(tmp_path / "hedge", force=True)
    plan = hedge.plan("high")
    plan.write(tmp_path / "hedge", force=True)
    assert not is_hedge(tmp_path / "hedge")
    hedge.write(tmp_path / "hedge", force=True)
    assert audit(tmp_path / "hedge").agrees
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "diary.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not replaced"):
        hedge.write(tmp_path / "other", force=True)
    assert (tmp_path / "other" / "diary.txt").read_text() == "mine"


def test_the_folder_of_a_hedge_is_no_plan(tmp_path: Path) -> None:
    led(case(tmp_path / "case"), "high").write(tmp_path / "hedge")
    with pytest.raises(
        DataError, match=r"plan\.json: expected the record of a plan, such as .*high, found that of a hedge"
    ):
        Plan.read(tmp_path / "hedge")


def test_every_problem_of_a_folder_is_named(tmp_path: Path) -> None:
    led(case(tmp_path / "case"), "high").write(tmp_path / "hedge")
    (tmp_path / "hedge" / "risk.csv").unlink()
    text = (tmp_path / "hedge" / "plan.json").read_text().replace('"stopped"', '"done"')
    (tmp_path / "hedge" / "plan.json").write_text(text)
    with pytest.raises(DataError) as error:
        Hedge.read(tmp_path / "hedge")
    assert {problem.file for problem in error.value.problems} == {"risk.csv", "plan.json"}


def test_one_future_is_a_plan(tmp_path: Path) -> None:
    """Where nothing is unknown, the one plan of the hedge is that of `planner solve`, byte for byte."""
    certain = small(tmp_path / "case", toml=CASH, demand=DEMAND, **OFFERS)
    plan = solve(certain)
    one = plan.record
    hedge = made_of_one(certain, plan)
    assert hedge.plan("expected").record is one
    assert one.hedge is None
    hedge.write(tmp_path / "hedge")
    plan.write(tmp_path / "plan")
    for path in (tmp_path / "plan").rglob("*"):
        if path.is_file():
            there = tmp_path / "hedge" / "futures" / "expected" / path.relative_to(tmp_path / "plan")
            assert there.read_bytes() == path.read_bytes()
    assert audit(tmp_path / "hedge").agrees, audit(tmp_path / "hedge").text()
    assert hedge.record.expected_cost_usd_bn == hedge.record.cvar_usd_bn == cost(plan)


def made_of_one(certain: Case, plan: Plan) -> Hedge:
    from planner.futures.tree import Tree

    return made(certain, Tree.of(certain), {"expected": plan}, {"expected": plan}, bound=plan.record.bound_usd_bn)


def test_own_plans_that_are_not_known(tmp_path: Path) -> None:
    """The count is blank where a future of the node has no plan of its own."""
    from planner.futures.tree import Tree
    from planner.plan.hedges.record import HedgeRecord

    chosen = case(tmp_path / "case")
    hedge = led(chosen, "high")
    own = alone(chosen, Tree.of(chosen))
    record = HedgeRecord.made(
        chosen, hedge.futures_tree, [10.0, 10.0], bound=None, status="stopped", stopped_by="time limit",
        own={"high": (10.0, 10.0)},
    )  # fmt: skip
    half = Hedge.of(chosen, hedge.futures_tree, hedge.plans, record, {"high": own["high"], "low": None})
    assert half.signatures["own_plans"].isna().all()
    assert half.record.values["evpi"] is None
    assert half.record.reasons["evpi"]
    assert half.plan("low").record.bound_usd_bn is None
    confirmed(half)
