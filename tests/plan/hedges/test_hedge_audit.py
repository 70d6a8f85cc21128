"""The audit of a hedge: what it finds, and that it finds nothing where the core's search made the hedge."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.cli import main
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge as hedged
from planner.plan.audit import audit as audit_plan
from planner.plan.hedges.audit import HedgeAudit, audit
from planner.plan.hedges.hedge import Hedge
from tests.hedge_tampering import drawn
from tests.hedges import alone, confirmed, led, made
from tests.plan.hedges.test_hedge import CASH, DEMAND, OFFERS, case
from tests.small import small


def written(hedge: Hedge, folder: Path) -> HedgeAudit:
    hedge.write(folder, force=True)
    return audit(folder)


def said(audited: HedgeAudit) -> list[str]:
    return [str(finding) for finding in audited.findings]


def test_what_is_decided_before_the_news_is_one_decision(tmp_path: Path) -> None:
    """`early` is signed in the future high and not in low, each of which is the best plan for its future."""
    chosen = case(tmp_path / "case")
    tree = Tree.of(chosen)
    own = alone(chosen, tree)
    found = written(made(chosen, tree, own, own), tmp_path / "hedge")
    apart = [
        line
        for line in said(found)
        if line.startswith("futures/low/decisions.csv decision: cloud_commitment.sign[early,2027-01-01,only] is ")
        or line.startswith("futures/high/decisions.csv decision: cloud_commitment.sign[early,2027-01-01,only] is ")
    ]
    assert len(apart) == 1
    assert "nothing tells the two apart (known is nothing)" in apart[0]
    for name in ("high", "low"):  # each is a plan that agrees with itself
        assert audit_plan(tmp_path / "hedge" / "futures" / name).agrees


def test_decisions_after_the_news_may_differ(tmp_path: Path) -> None:
    """Known before the first day, nothing is decided in common."""
    chosen = case(tmp_path / "case", known="2026-01-01")
    tree = Tree.of(chosen)
    own = alone(chosen, tree)
    hedge = confirmed(made(chosen, tree, own, own))
    assert hedge.record.expected_cost_usd_bn == pytest.approx(7.0)
    assert set(hedge.signatures["node"]) == {1}


@pytest.mark.parametrize(
    ("key", "value", "finding"),
    [
        ("expected_cost_usd_bn", 9.0, "plan.json expected_cost_usd_bn: says 9, the costs of the futures give 10"),
        ("cvar_usd_bn", 11.0, "plan.json cvar_usd_bn: says 11, the costs of the futures give 10"),
        ("bound_usd_bn", 10.1, "plan.json bound_usd_bn: says 10.1, more than the objective 10"),
        ("gap", 0.1, "plan.json gap: says 0.1, objective and bound give 0"),
        ("title", "large", "plan.json title: says 'large', the case is 'small'"),
        ("status", "stopped", "plan.json stopped_by: is blank, but the status is stopped"),
    ],
)
def test_the_record(tmp_path: Path, key: str, value: object, finding: str) -> None:
    hedge = led(case(tmp_path / "case"), "high", bound=10.0)
    found = written(replace(hedge, record=replace(hedge.record, **{key: value})), tmp_path / "hedge")
    assert finding in said(found)
    assert not found.agrees


def test_costs_that_cannot_be(tmp_path: Path) -> None:
    """Σ p · own bound above the objective, a bound above the cost, and the value of information that follows."""
    hedge = led(case(tmp_path / "case"), "high", bound=10.0)
    high, low = hedge.record.futures
    record = replace(hedge.record, futures=(high, replace(low, own_bound_usd_bn=10.5, own_cost_usd_bn=10.2)))
    found = said(written(replace(hedge, record=record), tmp_path / "hedge"))
    assert "plan.json futures[1].own_bound_usd_bn: says 10.5, more than own_cost_usd_bn 10.2" in found
    assert "plan.json futures[1].own_bound_usd_bn: says 10.5, more than cost_usd_bn 10" in found
    assert "plan.json objective_usd_bn: says 10, less than the bounds of the futures give, 10.15" in found
    assert "plan.json values.evpi: says 3 to 3, costs and bounds give 0 to 0" in found


def test_names_that_are_not_those_of_the_case(tmp_path: Path) -> None:
    """A record that names fewer futures than the case has is a finding, not an error."""
    hedge = led(case(tmp_path / "case"), "high")
    record = replace(hedge.record, futures=hedge.record.futures[:1])
    hedge.write(tmp_path / "hedge")
    (tmp_path / "hedge" / "plan.json").write_text(record.json())
    assert any(line.startswith("plan.json futures: are high; the events") for line in said(audit(tmp_path / "hedge")))


def test_a_limit_is_broken_more_probably_than_is_waived(tmp_path: Path) -> None:
    """Cash falls to 90 in both futures where `early` is signed; 95 must be kept, which is waived with 0.5 at most."""
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,95\n"
    waivers = "rule,subject,price_usd_bn_per_unit_year,most,probability_max\nliquidity,,0.01,,{}\n"
    events = {
        "events": "event,known_on\ndemand,2027-01-01\n",
        "outcomes": "event,outcome,probability,changes\ndemand,high,0.7,\n"
        'demand,low,0.3,"demand[2027-01-01,*,*].demand_gw = 0"\n',
    }
    for most, agrees in ((0.5, False), (1.0, True)):
        folder = tmp_path / str(most)
        chosen = small(
            folder / "case", toml=CASH, demand=DEMAND, finance=finance, waivers=waivers.format(most), **events, **OFFERS
        )
        hedge = led(chosen, "high")
        found = written(hedge, folder / "hedge")
        assert found.agrees is agrees, said(found)
        cash = hedge.risk[(hedge.risk["subject"] == "cash") & (hedge.risk["period"] == "2027-01-01")]
        assert cash["probability_of_breach"].tolist() == pytest.approx([1.0])
        assert cash["headroom_p50"].tolist() == pytest.approx([-5.0])
        if not agrees:
            assert said(found)[0].startswith(
                "case/waivers.csv:2 probability_max: says 0.5, but liquidity cash is broken with probability 1"
            )


def test_the_search_of_the_tree(tmp_path: Path) -> None:
    """What `planner hedge` makes agrees with itself, and is what a pencil gives."""
    for high, expected in ((0.7, 10.0), (0.3, 6.0)):
        found = confirmed(hedged(case(tmp_path / str(high), high)))
        assert found.record.expected_cost_usd_bn == pytest.approx(expected)
        assert found.record.values["evpi"] == pytest.approx((3.0, 3.0))


def test_one_future(tmp_path: Path) -> None:
    """Without events, and with events of which one future is left, the hedge is that of one plan."""
    certain = small(tmp_path / "certain", toml=CASH, demand=DEMAND, **OFFERS)
    assert confirmed(hedged(certain)).plan("expected").record.hedge is None
    assert confirmed(hedged(case(tmp_path / "case", 1.0))).plan("high").record.hedge is None


def test_the_command(tmp_path: Path) -> None:
    led(case(tmp_path / "case"), "high").write(tmp_path / "hedge")
    good = CliRunner().invoke(main, ["audit", str(tmp_path / "hedge")])
    assert good.exit_code == 0
    assert good.output.startswith("The hedge agrees with itself: 2 futures with ")
    told = json.loads(CliRunner().invoke(main, ["audit", str(tmp_path / "hedge"), "--json"]).output)
    assert (told["agrees"], told["kind"], sorted(told["futures"])) == (True, "hedge", ["high", "low"])
    one = CliRunner().invoke(main, ["audit", str(tmp_path / "hedge" / "futures" / "low")])
    assert one.exit_code == 0
    assert "This is the plan of 'low' (probability 0.3), one of 2 futures of a hedge" in one.output
    shutil.rmtree(tmp_path / "hedge" / "futures" / "low")
    bad = CliRunner().invoke(main, ["audit", str(tmp_path / "hedge")])
    assert bad.exit_code == 7
    assert "futures/low: is missing" in bad.output
    (tmp_path / "hedge" / "plan.json").unlink()
    assert CliRunner().invoke(main, ["audit", str(tmp_path / "hedge")]).exit_code == 3


def test_other_commands_say_that_it_is_a_hedge(tmp_path: Path) -> None:
    led(case(tmp_path / "case"), "high").write(tmp_path / "hedge")
    result = CliRunner().invoke(main, ["network", str(tmp_path / "hedge")])
    assert result.exit_code == 3
    assert "found that of a hedge, which holds a plan for each future" in result.output


def test_a_future_is_reported_as_one(tmp_path: Path) -> None:
    """The summary, the comparison and the report of one future do not call its plan the cheapest."""
    hedge = led(case(tmp_path / "case"), "high", bound=10.0)
    hedge.write(tmp_path / "hedge")
    low, high = (str(tmp_path / "hedge" / "futures" / name) for name in ("low", "high"))
    compared = CliRunner().invoke(main, ["compare", high, low]).output
    assert (
        "The hedge is proven: no plan for this future alone costs less than 0.000; this one costs 10 more" in compared
    )
    assert "One future of a hedge: 'low' (probability 0.3)" in compared
    page = tmp_path / "page.html"
    assert CliRunner().invoke(main, ["report", low, "-o", str(page)]).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "no plan for this future alone costs less" in text
    assert "the hedge to the gap asked for" in text


def test_spoilt_hedges_are_found(tmp_path: Path) -> None:
    verdicts = list(drawn(tmp_path, 7, 30))
    assert [f"{each.kind}: {each.why}" for each in verdicts if not each.found] == []


def test_a_plan_of_a_future_is_no_start_of_a_study(tmp_path: Path) -> None:
    from planner.basics.errors import DataError
    from planner.studies.given_plan import checked

    hedge = led(case(tmp_path / "case"), "high")
    plan = hedge.plan("low")
    with pytest.raises(DataError, match="one future of a hedge"):
        checked(Case.made_of(plan.case.files, plan.case.catalogue), plan)
