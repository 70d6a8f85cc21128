"""What the records of instruments and rules say of loosening is complete, and fits the model."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyomo.core as pyo
import pytest

from planner import generate
from planner.api import Case
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.explain import loosening_items
from planner.explain.groups import chosen
from planner.explain.search import explain
from planner.interfaces.case_data import CaseData
from planner.interfaces.groups import GROUPS
from planner.interfaces.instrument import Instrument
from planner.interfaces.lines import Line, always
from planner.interfaces.loosening import Item, Loosening
from planner.interfaces.rule import Rule
from planner.ledgers.variables import Domain
from planner.portfolio.portfolio import Portfolio
from planner.solve.solve import solve
from planner.tables.fields import value_type
from planner.tables.offer import Offer
from tests.barter import BARTER, WITH_BARTER
from tests.small import demand, small

HARD = ("case.shortage_cost_usd_bn_per_gw_year = blank", "policies[*].penalty = blank")
DOMAINS = {
    Domain.BINARY: pyo.Binary, Domain.INTEGER: pyo.NonNegativeIntegers, Domain.NONNEGATIVE: pyo.NonNegativeReals,
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Cases in which every instrument and every rule has something to say."""
    folder = tmp_path_factory.mktemp("cases") / "random"
    generate.write(folder, 100, periods=6, period_months=12)
    found = [*(Case.read(shipped.path(name)) for name in shipped.names()), Case.read(folder)]
    return [case.change("case.period_months = 12", *HARD) for case in found]


def blocks(case: Case) -> pyo.ConcreteModel:
    """The instruments' blocks of the model."""
    ledgers = Portfolio.of(case).ledgers
    model = pyo.ConcreteModel()
    for instrument in case.catalogue.posting:
        groups = [group for group in ledgers.groups if group.block == instrument.name]
        if groups:
            block = pyo.Block(concrete=True)
            model.add_component(instrument.name, block)
            for group in groups:
                block.add_component(group.name, pyo.Var(list(group.keys), domain=DOMAINS[group.domain]))
            instrument.build(block, case)
    return model


def test_every_loosening_meets_rows_of_a_constraint(cases: list[Case]) -> None:
    met: dict[tuple[str, str], int] = {}
    for case in cases:
        model = blocks(case)
        for instrument in CATALOGUE.instruments:
            for each in instrument.loosened_by(case) if instrument.loosened_by else ():
                assert each.block == instrument.name
                block = model.component(each.block)
                assert isinstance(block.component(each.constraint), pyo.Constraint), each.constraint
                assert not each.endless or isinstance(block.component(each.endless), pyo.Var)
                keys = [key if isinstance(key, tuple) else (key,) for key in block.component(each.constraint)]
                name = (each.block, each.constraint)
                met[name] = met.get(name, 0) + sum(each.about(key) for key in keys)
    assert met
    assert all(met.values()), met
    assert {block for block, _ in met} == {each.name for each in CATALOGUE.instruments if each.loosened_by}


def test_every_limit_that_somebody_sets_has_an_item(cases: list[Case]) -> None:
    seen = set()
    for case in cases:
        portfolio = Portfolio.of(case)
        items = loosening_items.on_limits(portfolio, frozenset(GROUPS))
        effects = [effect for item in items for effect in (*item.effects, *(e for s in item.slots for e in s.effects))]
        touched = {name for name, _, _ in effects}
        for limit in portfolio.limits:
            if limit.rule in CATALOGUE.set_by_somebody:
                seen.add(limit.rule)
                assert (limit.rule, limit.subject) in touched
    assert seen == CATALOGUE.set_by_somebody


def test_every_last_day_of_an_offer_can_be_moved() -> None:
    for instrument in CATALOGUE.instruments:
        columns = {
            name
            for row in instrument.tables
            if issubclass(row, Offer)
            for name, cell in row.fields().items()
            if value_type(cell.annotation) is date and name.endswith("_by")
        }
        assert {each.column for each in instrument.last_days} == columns, instrument.name


def of(record: Instrument | Rule, *without: str) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in without}


@pytest.mark.parametrize("field", ["loosened_by", "last_days", "generate"])
def test_an_instrument_that_says_nothing_is_an_error(field: str) -> None:
    with pytest.raises(TypeError, match=field):
        Instrument(**of(CATALOGUE.instruments[0], field))


@pytest.mark.parametrize("field", ["loosened_by", "follows_demand"])
def test_a_rule_that_says_nothing_is_an_error(field: str) -> None:
    with pytest.raises(TypeError, match=field):
        Rule(**of(CATALOGUE.rules[0], field))


def test_records_can_be_sent_to_another_process() -> None:
    for record in (*WITH_BARTER.instruments, *WITH_BARTER.rules):
        assert pickle.loads(pickle.dumps(record)).name == record.name


def test_who_sets_a_limit_can_give_way_on_it() -> None:
    rule = next(rule for rule in CATALOGUE.rules if rule.set_by_somebody)
    with pytest.raises(ValueError, match=f"somebody sets the limits of {rule.name}"):
        replace(rule, loosened_by=None)
    assert replace(rule, loosened_by=None, set_by_somebody=False).loosened_by is None


def test_a_constraint_that_the_model_lacks_is_an_error(tmp_path: Path) -> None:
    def mistyped(case: CaseData) -> Iterator[Loosening]:
        for each in BARTER.loosened_by(case) if BARTER.loosened_by else ():
            yield replace(each, constraint="signed_at_last")

    catalogue = CATALOGUE.extended(instruments=[replace(BARTER, loosened_by=mistyped)])
    case = Case.made_of(barters(tmp_path, "a,open,friend,tpu_a,here,2025-12-31,0.1,1,10").files, catalogue)
    with pytest.raises(RuntimeError, match="barter has no constraint signed_at_last"):
        explain(case)


def test_an_item_belongs_to_a_group_with_a_price() -> None:
    with pytest.raises(ValueError, match="no group is called barter; there are guarantors"):
        Item("barter", "a", always(Line("t[a].x", "=", "blank", "a")))


HEADER = "offer,status,provider,chip,region,sign_by,least_gw,max_gw,price_usd_bn_per_gw_year"


def barters(folder: Path, row: str, *changes: str, **tables: str) -> Case:
    """A case in which a barter alone can serve the 0.5 GW that are asked for in two years."""
    first = small(folder, shortage=None, demand=demand(0.5, 0.5), **tables)
    files = {**first.files, "barters.csv": f"{HEADER}\n{row}\n".encode()}
    return Case.made_of(files, WITH_BARTER).change(*changes)


def repairs(case: Case) -> set[str]:
    """The repairs of one line, without less demand; each of them makes a plan possible."""
    found = explain(case, chosen((), ("demand",))).repairs
    for repair in found:
        assert solve(case.change(*repair.changes)).record.gap is not None
    return {repair.changes[0] for repair in found if len(repair.changes) == 1}


def test_the_last_day_of_an_instrument_of_ones_own(tmp_path: Path) -> None:
    over = barters(tmp_path, "a,open,friend,tpu_a,here,2025-12-31,0,1,10")
    assert repairs(over) == {"barters[a].sign_by = 2026-01-01"}


def test_the_smallest_size_of_an_instrument_of_ones_own(tmp_path: Path) -> None:
    """0.6 GW cost 12 in two years and there is cash of 10, which pays 0.5 GW."""
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n"
    large = barters(
        tmp_path, "a,open,friend,tpu_a,here,,0.6,1,10", "case.opening_cash_usd_bn = 10", finance=finance
    )  # fmt: skip
    assert repairs(large) == {"barters[a].least_gw -= 0.1", "case.opening_cash_usd_bn += 2"}
