"""The tree as a model in Pyomo has the optimum of the merged program, and says what is the same in which futures."""

from pathlib import Path

import pyomo.environ as pyo
import pytest
from click.testing import CliRunner
from pyscipopt import Model

from planner import solver
from planner.api import Case
from planner.cli import main
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.readable import in_pyomo, with_names
from planner.hedge.risk_program import with_risk
from planner.hedge.tree_program import TreeProgram, future_programs
from tests.hedge import generated
from tests.hedge.test_by_hand import TestSeveralStages, growing, of_growth

OPTIONS = solver.Options(gap=1e-9)


def optimum(m: pyo.ConcreteModel) -> float:
    answer = solver.solve(solver.compile(m, []), OPTIONS)
    assert answer.proven
    assert answer.objective is not None
    return answer.objective


@pytest.mark.parametrize(("weight", "objective"), [(0.0, 5.1), (0.5, 5.85), (1.0, 6.0)])
def test_the_case_worked_out_by_hand(weight: float, objective: float, tmp_path: Path) -> None:
    m = in_pyomo(growing(tmp_path, of_growth(0.5), weight=weight))
    assert optimum(m) == pytest.approx(objective, abs=1e-9)


def test_what_is_the_same(tmp_path: Path) -> None:
    """`now` is signed at the root, in both futures; the letter of 2027 in each by itself."""
    m = in_pyomo(growing(tmp_path, of_growth(0.5)))
    names = {str(name) for _, name, _ in m.same}
    assert "site_lease.exercise[now,2027-01-01]" in names
    assert not any("exercise[letter,2027-01-01]" in name for name in names)
    assert {future for _, _, future in m.same} == {"low"}
    assert len(m.missing) == 0
    assert list(m.future) == ["high", "low"]


def test_several_stages(tmp_path: Path) -> None:
    m = in_pyomo(growing(tmp_path, TestSeveralStages.OUTCOMES, TestSeveralStages.EVENTS))
    assert optimum(m) == pytest.approx(4.95, abs=1e-9)


@pytest.mark.parametrize("seed", [2, 3, 9])
def test_random_trees_of_every_instrument(seed: int) -> None:
    plain = generated.case_of(seed)
    case = generated.unknowns_of(plain, seed).of(plain)
    case = case.change("case.risk.level = 0.6", f"case.risk.weight = {0.5 * (seed % 2)}")
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    answer = solver.solve(with_risk(program, program.program, case.settings.risk), solver.Options(gap=1e-8))
    assert answer.objective == pytest.approx(optimum(in_pyomo(case)), rel=2e-8)


@pytest.mark.parametrize(("probability", "objective"), [(1, 6.1), (0.5, 6.1), (0.4, 13.6)])
def test_a_limit_that_may_be_broken_in_some_futures_only(probability: float, objective: float, tmp_path: Path) -> None:
    """The grid has 1 GW, and 1 more for 1 USD bn a year where the limit may be broken.

    With the letter, high growth costs 6.6 + 2 and low growth 3.6: 6.1. High growth has 0.5. Where it may not break the
    limit, it is not served: (23.6 + 3.6) / 2 = 13.6.
    """
    case = growing(tmp_path, of_growth(0.5))
    waiver = f"rule,subject,price_usd_bn_per_unit_year,most,probability_max\ngrid_limit,here,1,1,{probability}\n"
    regions = "region,grid_limit_gw\nhere,1\nthere,\n"
    case = Case.made_of({**case.files, "waivers.csv": waiver.encode(), "regions.csv": regions.encode()})
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    assert solver.solve(program.program, OPTIONS).objective == pytest.approx(objective, abs=1e-6)
    assert optimum(in_pyomo(case)) == pytest.approx(objective, abs=1e-6)


def test_decisions_of_the_merged_program_have_names(tmp_path: Path) -> None:
    case = growing(tmp_path, of_growth(0.5))
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    names = with_names(program, program.program).variable_names()
    assert "site_lease.exercise[now,2027-01-01]" in names
    assert "site_lease.exercise[letter,2027-01-01]@growth:high" in names
    assert "site_lease.exercise[letter,2027-01-01]@growth:low" in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_the_file_of_the_program_has_its_optimum(weight: float, tmp_path: Path) -> None:
    """Another solver finds it: SCIP, which shares nothing with HiGHS but the file."""
    found = hedge(growing(tmp_path / "case", of_growth(0.5), weight=weight), mps=tmp_path / "tree.mps")
    model = Model()
    model.hideOutput()
    model.readProblem(str(tmp_path / "tree.mps"))
    model.optimize()
    assert model.getObjVal() == pytest.approx(found.record.objective_usd_bn, rel=1e-6)
    assert any(each.name == "site_lease.exercise[letter,2027-01-01]@growth:high" for each in model.getVars())


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    case = growing(tmp_path / "case", of_growth(0.5))
    assert case.settings.title == "small"
    words = ["hedge", str(tmp_path / "case"), "-o", str(tmp_path / "plan"), "--no-values", "--write-mps"]
    done = CliRunner().invoke(main, [*words, str(tmp_path / "tree.mps")])
    assert done.exit_code == 0, done.output
    assert b"@growth:high" in (tmp_path / "tree.mps").read_bytes()
