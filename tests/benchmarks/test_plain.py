import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.generate import write
from planner.interfaces.generation import SOURCE
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solver.highs import Options, load
from planner.solver.highs_search import run_highs
from tests.benchmarks.plain import STEPS, about_pools, plain
from tests.plans import cost, solved

GAP = 1e-5


def starter(_: Path) -> Case:
    return Case.read(path("starter"))


def generated(folder: Path) -> Case:
    """With a reserve margin, and so with a second service."""
    write(folder / "case", 6, periods=4, period_months=6, seed=4)
    policies = folder / "case" / "policies.csv"
    text = policies.read_text(encoding="utf-8")
    head = text.splitlines()[0].split(",")
    margin = {"policy": "margin", "kind": "reserve_margin_min", "from_date": "2027-07-01", "value": "0.1",
              "penalty": "5", "source": SOURCE}  # fmt: skip
    policies.write_text(f"{text}{','.join(margin.get(name, '') for name in head)}\n", encoding="utf-8")
    return Case.read(folder / "case").change(f"case.solver.gap = {GAP}")


@pytest.mark.parametrize("make", [starter, generated])
def test_the_plain_formulation_has_the_same_optimum(make: Callable[[Path], Case], tmp_path: Path) -> None:
    case = make(tmp_path)
    portfolio = Portfolio.of(case)
    pooled = model(portfolio).program()
    made = plain(portfolio, pooled)
    found = run_highs(load(made.program, Options(gap=GAP)), made.program, threading.Event())
    assert found.x is not None
    back = made.pooled(found.x)
    assert pooled.violation(back) <= 1e-5
    assert pooled.objective(back) == pytest.approx(made.program.objective(found.x), rel=1e-9)
    assert pooled.objective(back) == pytest.approx(cost(solved(case)), rel=3 * GAP)


def test_each_source_serves_each_demand_by_itself(tmp_path: Path) -> None:
    """Every column that takes the place of pooled ones is one work and one flow; there is one binary as before."""
    portfolio = Portfolio.of(generated(tmp_path))
    pooled = model(portfolio).program()
    made = plain(portfolio, pooled)
    for block, work, flow in (("serving", "work", "flow"), ("reserve", "reserve_work", "reserve_flow")):
        parts = []
        for name in (work, flow):
            family = portfolio.ledgers.find(block, name)
            parts.append(made.back.tocsr()[family.first : family.first + len(family.keys)])
        works, flows = (np.diff(part.tocsc().indptr) for part in parts)
        assert set(works) == {0, 1}
        assert (works == flows).all()
        assert all(np.diff(part.indptr).max() > 1 for part in parts)  # several stand for one
    steps = sum(label.component.endswith(".chosen_by") for label in pooled.variables)
    assert 0 < steps == pooled.integer.sum() - made.program.integer.sum()
    assert not made.program.implied


def test_what_any_other_rule_asks_is_asked_of_what_is_served(tmp_path: Path) -> None:
    """Rows of the pooled model that are kept say of a plain point what they say of the pooled point it stands for."""
    portfolio = Portfolio.of(generated(tmp_path))
    pooled = model(portfolio).program()
    made = plain(portfolio, pooled)
    x = np.random.default_rng(1).uniform(0.0, 2.0, len(made.program.cost))
    kept = [
        i for i, label in enumerate(pooled.rows)
        if not about_pools(label) and not label.component.endswith(STEPS)
    ]  # fmt: skip
    assert 0 < len(kept) < len(pooled.rows)
    assert made.program.activity(x)[: len(kept)] == pytest.approx(pooled.activity(made.pooled(x))[kept])
