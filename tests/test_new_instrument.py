"""An instrument and a rule of one's own, in a folder of one's own: no file of the planner is touched.

`tests/new_instrument` is copied to a temporary folder and read from there. At the starter's east the mill's 0.2 GW of
halls run from 2027 on and the lake's 0.2 GW from 2028 on. Half of the power that they draw must be clean, and each
contract is signed once, so 0.2 GW are bought from the start on: 4 years at 0.1 are 0.08 more than the best plan of the
starter costs.
"""

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.case import schema, shipped
from planner.catalogue import CATALOGUE
from planner.explain import loosening_items
from planner.explain.groups import chosen
from planner.explain.search import explain
from planner.interfaces.catalogue import Catalogue
from planner.ledgers.posts import Kind
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.reports import formulation
from planner.reports.counterparties.flows import Tie, flows
from planner.roll.advance import advance
from planner.solve.solve import solve
from planner.solve.start import starting_values
from planner.studies.engine import InThisProcess
from planner.studies.prices import prices
from planner.studies.stress import read, stress
from tests.contract.blocks import Block
from tests.contract.test_files import files_of
from tests.roll.holding import rolls
from tests.starter import BASE

POWER = (
    "offer,status,region,seller,sign_from,sign_by,term_years,min_gw,max_gw,price_usd_bn_per_gw_year\n"
    "wind,open,east,wind_farm,2027-01-01,2028-01-01,4,0.05,0.5,0.1\n"
)
CLEAN = "region,from_date,min_share\neast,2027-01-01,0.5\n"


@dataclass(frozen=True)
class Own:
    """The instrument and the rule, and a plan of the starter with them."""

    modules: dict[str, ModuleType]
    catalogue: Catalogue
    case: Case
    plan: Plan


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(Path(__file__).parent / "new_instrument", home / "own_parts")
    sys.path.insert(0, str(home))
    try:
        power = importlib.import_module("own_parts.power_purchase")
        clean = importlib.import_module("own_parts.clean_power")
        catalogue = CATALOGUE.extended(instruments=[power.INSTRUMENT], rules=[clean.RULE])
        shutil.copytree(shipped.path("starter"), home / "case")
        (home / "case/power_purchases.csv").write_text(POWER, encoding="utf-8")
        (home / "case/clean_power.csv").write_text(CLEAN, encoding="utf-8")
        case = Case.read(home / "case", catalogue)
        yield Own({"power": power, "clean": clean}, catalogue, case, solve(case))
    finally:
        sys.path.remove(str(home))


def test_it_is_solved_and_audited(own: Own, tmp_path: Path) -> None:
    assert own.plan.record.objective_usd_bn == pytest.approx(BASE + 0.08)
    own.plan.write(tmp_path / "plan")
    audited = audit(tmp_path / "plan", own.catalogue)
    assert audited.agrees, audited.text()
    bought = own.plan.decisions[own.plan.decisions["what"] == "size"]
    assert bought["value"].tolist() == pytest.approx([0.2])
    limits = own.plan.limits[own.plan.limits["limit"] == "clean_power"]
    assert limits["used"].tolist() == pytest.approx([0.1, 0.2, 0.2, 0.2])
    assert Plan.read(tmp_path / "plan", own.catalogue).record.objective_usd_bn == own.plan.record.objective_usd_bn


def test_what_comes_after_the_end(own: Own) -> None:
    """Signed in 2028, it has a year left in 2031, for 0.1 a GW. At the mean price, its own, it is worth as much.

    A share of 0.4 of that is 0.04. Of a signing fee of 0.04 a quarter is for that year.
    """
    case = own.case.change(
        "power_purchases[wind].horizon_value_share = 0.4", "power_purchases[wind].signing_fee_usd_bn = 0.04"
    )
    ledgers = Portfolio.of(case).ledgers
    found = {
        (ledgers.names[variable], post.kind, post.line): value
        for post in ledgers.select("cash")
        if post.labels.instrument == "power_purchase" and post.kind in {Kind.BEYOND_HORIZON, Kind.HORIZON_VALUE}
        for variable, value in zip(post.variables.tolist(), post.values.tolist(), strict=True)
    }
    sign, size = (f"power_purchase.{name}[wind,2028-01-01]" for name in ("sign", "size"))
    assert found == pytest.approx(
        {
            (size, Kind.BEYOND_HORIZON, "power_fee"): -0.1,
            (size, Kind.HORIZON_VALUE, "value_after_end"): 0.04,
            (sign, Kind.HORIZON_VALUE, "unused_part"): 0.01,
        }
    )


def test_its_tables_are_read_and_refused(own: Own) -> None:
    with pytest.raises(DataError, match="expected a number from 0 to 1 as min_share, found '2'"):
        own.case.change("clean_power[east,2027-01-01].min_share = 2")
    with pytest.raises(DataError, match=r"power_purchases\.csv:2 max_gw: expected a number not below min_gw 0\.05"):
        own.case.change("power_purchases[wind].max_gw = 0.01")
    with pytest.raises(DataError, match=r"power_purchases\.csv: expected a table of a case"):
        Case.made_of(own.case.files)


def test_each_of_its_constraints_broken_is_found(own: Own, tmp_path: Path) -> None:
    portfolio = Portfolio.of(own.case)
    x = starting_values(portfolio, own.plan)
    instrument = own.modules["power"].INSTRUMENT
    block = Block(portfolio, instrument)
    assert block.fulfilled(x)
    assert set(block.families()) == {"chosen_once", "size_at_least", "size_at_most"}
    for name, rows in block.families().items():
        broken = next(block.broken(rows, x))
        Plan.of(Solution(portfolio, broken), replace(own.plan.record)).write(tmp_path / name)
        found = audit(tmp_path / name, own.catalogue).findings
        assert any("wind" in finding.what and "does not hold" in finding.what for finding in found), name


def test_its_limit_broken_is_found(own: Own, tmp_path: Path) -> None:
    portfolio = Portfolio.of(own.case)
    x = starting_values(portfolio, own.plan)
    size = portfolio.ledgers.find("power_purchase", "size")
    x[size.first : size.first + len(size.keys)] *= 0.5
    Plan.of(Solution(portfolio, x), replace(own.plan.record)).write(tmp_path / "plan")
    found = audit(tmp_path / "plan", own.catalogue).findings
    assert any(finding.what.startswith("clean_power east on") for finding in found)


def test_each_decision_stands_in_one_file(own: Own) -> None:
    portfolio = Portfolio.of(own.case)
    expected = {name: [str(group.file)] for group in portfolio.ledgers.groups for name in group.names}
    assert files_of(portfolio) == expected


def test_a_stress_holds_its_signature(own: Own, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("event,kind,subject,from_date,value\nless,revenue_down,,2028-01-01,0.1\n", encoding="utf-8")
    after = stress(own.plan, read(file, own.plan)).outcomes[0].after
    assert after is not None
    name = "power_purchase.size[wind,2027-01-01]"
    assert after.values[name] == pytest.approx(own.plan.values[name])


def test_prices_price_it_and_its_rule(own: Own) -> None:
    """Without it the halls in the east stand idle. A hundredth less of clean power saves 0.004 GW, so 0.0016."""
    found = prices(own.plan, offers=["wind"], engine=InThisProcess)
    (offer,) = found.offers
    assert offer.signed
    assert offer.worth_usd_bn is not None
    assert offer.price is not None
    without = solve(own.case.change("power_purchases[wind].status = closed")).record.objective_usd_bn
    assert offer.worth_usd_bn == pytest.approx((without - BASE - 0.08,) * 2, abs=1e-4)
    assert offer.price.now == 0.1
    assert offer.walk_away is not None
    assert offer.walk_away > 0.1
    steps = {limit.step.limit: limit.worth_usd_bn for limit in found.limits}
    assert steps["clean power in east"] is not None
    least, most = steps["clean power in east"]
    assert least - 1e-6 <= 0.0016 <= most + 1e-6
    assert most - least < 0.0005


def test_explain_loosens_it(own: Own) -> None:
    """5 GW at 10 that must be signed are more than the cash allows; so they become fewer."""
    asked = own.case.change(
        "power_purchases[wind].status = required",
        "power_purchases[wind].max_gw = 5",
        "power_purchases[wind].min_gw = 5",
        "power_purchases[wind].price_usd_bn_per_gw_year = 10",
    )
    with pytest.raises(Infeasible):
        solve(asked)
    found = explain(asked, chosen(("sizes",), ()))
    (line,) = [line.text for repair in found.repairs for line in repair.lines]
    assert line.startswith("power_purchases[wind].min_gw -= ")
    solve(asked.change(line))


def test_explain_loosens_its_rule(own: Own) -> None:
    items = loosening_items.on_limits(Portfolio.of(own.case), frozenset({"policies"}))
    (item,) = [item for item in items if item.name == "clean_power/east"]
    assert {name for slot in item.slots for name, _, _ in slot.effects} == {("clean_power", "east")}


def test_the_network_names_both_ends(own: Own) -> None:
    paid = {(flow.giver, flow.taker, flow.kind) for flow in flows(own.plan) if flow.tie is Tie.PAYS}
    assert ("the lab", "wind_farm", "clean power") in paid


def test_it_takes_part_in_generated_cases(own: Own, tmp_path: Path) -> None:
    files = generate.case_files(20, periods=6, period_months=12, seed=1, catalogue=own.catalogue)
    assert files["power_purchases.csv"].count(b"\n") == 3, "a header and a tenth of 20 offers"
    case = Case.made_of(files, own.catalogue).change("case.solver.gap = 0.05")
    solve(case).write(tmp_path / "plan")
    assert audit(tmp_path / "plan", own.catalogue).agrees


def test_it_is_taken_to_later_days(own: Own) -> None:
    for made in rolls(own.plan):
        (row,) = made.case.rows(own.modules["power"].tables.PowerPurchase)
        assert (row.status, row.signed_gw) == ("signed", pytest.approx(0.2))


def test_what_it_leaves_to_a_later_day_must_be_said(own: Own) -> None:
    """Otherwise its contracts would be forgotten."""
    silent = replace(own.modules["power"].INSTRUMENT, advance=None)
    catalogue = CATALOGUE.extended(instruments=[silent], rules=[own.modules["clean"].RULE])
    plan = replace(own.plan, case=replace(own.plan.case, catalogue=catalogue))
    with pytest.raises(DataError, match="offers of power_purchase, which does not say it"):
        advance(plan, date(2028, 1, 1))


def test_it_is_documented(own: Own) -> None:
    page = formulation.markdown(own.catalogue)
    assert "## Power purchase · `power_purchase`" in page
    assert "### Constraints of `power_purchase`" in page
    assert "· `clean_power`" in page
    assert "## power_purchases.csv" in schema.markdown(own.catalogue)
    assert "## clean_power.csv" in schema.markdown(own.catalogue)
    assert "power_purchases" not in schema.markdown(CATALOGUE)


def test_its_records_say_what_is_read(own: Own) -> None:
    from tests.watched_case import WatchedCase

    instrument, rule = own.modules["power"].INSTRUMENT, own.modules["clean"].RULE
    ledgers = Portfolio.of(own.case).ledgers
    for record, act in ((instrument, instrument.post), (rule, rule.limits)):
        watched = WatchedCase(own.case)
        list(act(watched, replace(ledgers, groups=[], posts=type(ledgers.posts)())) or ())
        assert watched.read - set(record.tables) == set(record.reads)
