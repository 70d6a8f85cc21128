"""What the planner takes of Pyomo beyond what its documentation promises. A release that changes it fails here."""

import gc
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.core as pyo
import pytest
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression, SumExpression

import planner
from planner.api import Case
from planner.case.shipped import path
from planner.model.pyomo import whole
from planner.portfolio.portfolio import Portfolio
from planner.solver import compile  # noqa: A004 - the word of the trade
from planner.solver.array_rows import component
from planner.solver.expressions import ExpressionReader, sides
from planner.solver.labels import Label

PRIVATE = re.compile(r"\b_args_\b|\b_nargs\b|\.__new__\(")
SLOW = {
    "starter": {"cloud_commitment.short_exactly"},
    "gpu-campus": {"cloud_commitment.short_exactly", "cloud_commitment.rolled_from_excess"},
}
"""constraints with a product of a number and a sum, by case"""


def names() -> pyo.ConcreteModel:
    """Components whose names Pyomo writes in different ways."""
    m = pyo.ConcreteModel()
    m.b = pyo.Block()
    m.b.add_component("with.dot", pyo.Var(["plain", "a/b", "a.b", "2027-01-01", "7", "it's", "ä"]))
    m.b.pair = pyo.Var(["a", "b,c"], [0, 1])
    m.alone = pyo.Var()
    m.c = pyo.Constraint([0, 1], rule=lambda m, i: m.alone >= i)
    return m


def test_labels_have_the_names_that_pyomo_gives() -> None:
    m = names()
    data = [*m.component_data_objects(pyo.Var), *m.component_data_objects(pyo.Constraint)]
    assert len(data) == 14
    assert [Label(each.parent_component().name, each.index()).name for each in data] == [each.name for each in data]
    assert component(("b", "with.dot")) == m.b.component("with.dot").name


def test_constraints_come_block_by_block_in_the_order_of_declaration() -> None:
    m = pyo.ConcreteModel()
    m.first, m.second, m.x = pyo.Block(), pyo.Block(), pyo.Var()
    m.second.late = pyo.Constraint(["z", "a"], rule=lambda b, _: m.x >= 1)
    m.first.early = pyo.Constraint(expr=m.x >= 2)
    m.top = pyo.Constraint(expr=m.x >= 3)
    m.cost = pyo.Objective(expr=m.x)
    assert compile(m, [m.x]).row_names() == ["top", "first.early", "second.late[z]", "second.late[a]"]


def test_sums_are_made_of_the_terms_that_are_read_fast() -> None:
    m = pyo.ConcreteModel()
    m.x = pyo.Var([0, 1])
    sums = [2 * m.x[0] + m.x[1], pyo.quicksum([3 * m.x[0], 4 * m.x[1]]), sum(m.x[i] for i in (0, 1)) + 1.5]
    assert {each.__class__ for each in sums} <= {LinearExpression, SumExpression}
    term = sums[0].args[0]
    assert term.__class__ is MonomialTermExpression
    assert term.args[0] == 2
    assert term.args[1] is m.x[0]


@pytest.mark.parametrize("name", ["starter", "gpu-campus"])
def test_nearly_every_expression_of_a_shipped_case_is_read_fast(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = set()
    read = ExpressionReader._add_any

    def noted(reader: ExpressionReader, of: Any, expression: Any, factor: float) -> None:
        slow.add(of.parent_component().name)
        read(reader, of, expression, factor)

    built, variables = whole(Portfolio.of(Case.read(path(name))))
    monkeypatch.setattr(ExpressionReader, "_add_any", noted)
    assert len(compile(built, variables).value) > 1000
    assert slow == SLOW[name]


def test_any_other_linear_expression_is_read_too() -> None:
    m = pyo.ConcreteModel()
    m.x = pyo.Var([0, 1])
    m.p = pyo.Param(initialize=3.0, mutable=True)
    m.cost = pyo.Objective(expr=(m.x[0] + 2 * m.x[1] + 1) * m.p / 2)
    m.row = pyo.Constraint(expr=-(m.x[0] - 4) <= m.p * m.x[1])
    program = compile(m, [*m.x.values()])
    assert (program.cost.tolist(), program.constant) == ([1.5, 3.0], 1.5)
    assert program.activity(np.array([1.0, 10.0])).tolist() == [-31.0]
    assert program.row_upper.tolist() == [-4.0]


def test_constraints_have_two_sides() -> None:
    m = pyo.ConcreteModel()
    m.x = pyo.Var()
    for name, said in {"a": m.x <= 2, "b": m.x == 3, "c": (1, m.x, 4), "d": 5 >= m.x, "e": (6, m.x, None)}.items():
        m.add_component(name, pyo.Constraint(expr=said))
    found = {each.name: sides(each) for each in m.component_data_objects(pyo.Constraint)}
    ends = {name: (least, most) for name, (least, _, right, most) in found.items() if right is None}
    inf = float("inf")
    assert ends == {"a": (-inf, 2), "b": (3, 3), "c": (1, 4), "d": (-inf, 5), "e": (6, inf)}


def test_the_garbage_collector_can_be_paused() -> None:
    with PauseGC():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_nothing_private_of_pyomo_is_used() -> None:
    """Not by name, at least."""
    root = Path(planner.__file__).parent
    rooms = ("model", "solver", "explain", "instruments", "rules")
    texts = {file: file.read_text(encoding="utf-8") for room in rooms for file in (root / room).rglob("*.py")}
    assert [str(file) for file, text in texts.items() if PRIVATE.search(text)] == []
    assert PRIVATE.search("coefficient, variable = argument._args_")
