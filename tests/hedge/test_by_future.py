"""One future at a time: bounds, plans and certificates beside the program of the whole tree."""

import os
import signal
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from planner import solver
from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.futures.tree import Tree
from planner.hedge.by_future.first_prices import first_prices
from planner.hedge.by_future.search import ByFuture, search_by_future
from planner.hedge.by_future.tied import Relaxed, Tied, balanced, within
from planner.hedge.hedge import hedge
from planner.hedge.risk_program import with_risk
from planner.hedge.search import Watch, wait_and_see
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.hedge.valuing import ValuesAsked
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.studies.engine import InThisProcess, local
from tests.hedge import generated
from tests.hedge.plans import confirmed, costs, policy
from tests.hedge.test_by_hand import growing, of_growth

QUICK = ValuesAsked(usual=False)
SLACK = 3.0 * generated.GAP


def by_future(case: Case, workers: int = 1, on_phase: Callable[[str], None] = lambda _: None) -> Hedge:
    """The hedge that is made one future at a time, once its audit has agreed."""
    return confirmed(hedge(case, asked=QUICK, by_future=local(workers), on_phase=on_phase))


def random_tree(seed: int, weight: float = 0.0) -> Case:
    plain = generated.case_of(seed)
    case = generated.unknowns_of(plain, seed).of(plain)
    return case.change("case.risk.level = 0.6", f"case.risk.weight = {weight}")


@pytest.mark.parametrize(("weight", "objective"), [(0.0, 5.1), (0.5, 5.85), (1.0, 6.0)])
def test_the_letter_worked_out_by_hand(weight: float, objective: float, tmp_path: Path) -> None:
    """`now` costs 2.4 in both futures. With w on it in the high one and −w in the low one each sees

        high    min(½ · 6.0 + w, ½ · 6.6)          low    min(½ · 3.6, ½ · 6.0 − w)

    in the objective of both. So any w from 0.3 to 1.2 gives 3.3 + 1.8 = 5.1, which is what the tree costs: there is no
    duality gap.
    """
    found = by_future(growing(tmp_path, of_growth(0.5), weight=weight))
    assert found.proven
    assert found.record.objective_usd_bn == pytest.approx(objective, abs=1e-6)
    assert found.record.bound_usd_bn == pytest.approx(objective, abs=1e-3)
    assert found.record.solver["method"] == "by future"
    assert found.certificate is not None
    assert found.certificate.bound == pytest.approx(found.record.bound_usd_bn, abs=1e-9)
    if weight == 0.0:
        assert costs(found) == pytest.approx({"high": 6.6, "low": 3.6}, abs=1e-6)
        assert policy(found, "exercise") == {("growth:high", "letter"): 1.0}
        told = {each.future: each.value for each in found.certificate.multipliers if "[now," in each.decision}
        assert 0.3 <= told["high"] <= 1.2
        assert told["low"] == -told["high"]


@pytest.mark.parametrize(("seed", "weight"), [(12, 0.0), (7, 0.5), (3, 1.0)])
def test_random_trees(seed: int, weight: float) -> None:
    """Bound ≤ optimum of the whole program ≤ plan; and nearer than the plans for single futures say."""
    case = random_tree(seed, weight)
    whole = hedge(case, asked=QUICK).record
    found = by_future(case).record
    assert found.bound_usd_bn is not None
    assert whole.bound_usd_bn is not None
    size = SLACK * max(1.0, abs(whole.objective_usd_bn))
    assert found.bound_usd_bn <= whole.objective_usd_bn + size
    assert found.objective_usd_bn >= whole.bound_usd_bn - size
    assert found.objective_usd_bn <= whole.objective_usd_bn * (1.0 + 1e-3)
    assert found.status == ("proven" if found.gap is not None and found.gap <= generated.GAP else "stopped")
    assert found.stopped_by in ("", "duality gap")


def _without_integers(case: Case) -> tuple[TreeProgram, Watch]:
    tree = Tree.of(case)
    futures = [
        replace(each, program=replace(each.program, integer=np.zeros_like(each.program.integer), implied=None))
        for each in future_programs(case, tree)
    ]
    options = solver.Options(gap=1e-7)
    return TreeProgram.of(case, tree, futures), Watch.of(options, lambda _: None, None)


@pytest.mark.parametrize(("seed", "weight"), [(12, 0.0), (7, 0.5)])
def test_without_integers_the_first_prices_give_the_optimum(seed: int, weight: float) -> None:
    case = random_tree(seed, weight)
    program, watch = _without_integers(case)
    risk = case.settings.risk
    optimum = solver.solve(with_risk(program, program.program, risk), watch.options).objective
    assert optimum is not None
    found = _searched(program, case, watch)
    assert found.answer.bound == pytest.approx(optimum, rel=1e-6)
    assert found.answer.objective == pytest.approx(optimum, rel=1e-6)


@pytest.mark.parametrize("seed", [4, 9])
def test_the_first_prices_alone_give_the_optimum_without_integers(seed: int) -> None:
    """In these trees some shared variables follow from others, so that their multipliers are carried over."""
    case = random_tree(seed)
    program, watch = _without_integers(case)
    optimum = solver.solve(program.program, watch.options).objective
    assert _first_bound(program, case, watch) == pytest.approx(optimum, rel=1e-6)


def _first_bound(program: TreeProgram, case: Case, watch: Watch) -> float:
    """The bound of the first prices, without a step that improves them."""
    tied = Tied.of(program)
    relaxed = Relaxed.of(program, tied, program.program)
    prices, around = first_prices(program, tied, case.settings.risk, program.program, watch, threading.Event())
    bounds = [solver.solve(each, watch.options).bound for each in relaxed.priced(prices, around)]
    return float(relaxed.bounds(prices, around, [-np.inf if each is None else each for each in bounds]).sum())


def _searched(program: TreeProgram, case: Case, watch: Watch) -> ByFuture:
    alone = wait_and_see(program.futures, watch)
    return search_by_future(program, alone, case.settings.risk, watch, None, InThisProcess)


def test_any_multipliers_give_a_bound() -> None:
    """Random ones too, and the closer to the best the better."""
    case = random_tree(9)
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    tied, options = Tied.of(program), solver.Options(gap=1e-7)
    relaxed = Relaxed.of(program, tied, program.program)
    optimum = solver.solve(program.program, options).objective
    assert optimum is not None
    watch = Watch.of(options, lambda _: None, None)
    prices, around = first_prices(program, tied, case.settings.risk, program.program, watch, threading.Event())
    dice = np.random.default_rng(9)
    for spread in (0.0, 0.01, 0.1):
        noise = spread * dice.standard_normal(prices.multipliers.shape)
        other = replace(prices, multipliers=balanced(prices.multipliers + noise * tied.there, tied.there))
        answers = [solver.solve(each, options) for each in relaxed.priced(other, around)]
        bounds = relaxed.bounds(other, around, [-np.inf if each.bound is None else each.bound for each in answers])
        assert bounds.sum() <= optimum * (1.0 + 1e-7)
        assert abs(other.multipliers.sum(axis=0)).max() < 1e-9


def test_weights_that_cvar_allows() -> None:
    risk = random_tree(2, 0.5).settings.risk
    p = np.array([0.5, 0.3, 0.2])
    for told in (p, np.array([0.0, 0.0, 9.0]), np.array([0.3, 0.2, 0.1])):
        weights = within(told, p, risk)
        assert weights.sum() == pytest.approx(1.0, abs=1e-12)
        assert (weights >= 0.5 * p - 1e-12).all()
        assert (weights <= 0.5 * p + 0.5 * p / 0.4 + 1e-12).all()


def test_it_does_not_depend_on_the_workers(tmp_path: Path) -> None:
    case = growing(tmp_path, of_growth(0.5))
    one, two = by_future(case), by_future(case, workers=2)
    assert one.certificate is not None
    assert two.certificate is not None
    assert one.certificate.files() == two.certificate.files()
    assert costs(one) == costs(two)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_leaves_plan_and_bound(workers: int) -> None:
    """Ctrl-C in the second step: the plan and the certificate of the first."""

    def on_phase(name: str) -> None:
        if name == "every future at its prices, step 2":
            os.kill(os.getpid(), signal.SIGINT)

    found = by_future(random_tree(2), workers, on_phase)
    assert (found.record.status, found.record.stopped_by) == ("stopped", "interruption")
    assert found.record.bound_usd_bn is not None
    assert found.record.solver["steps"] == 2


def test_a_waiver_with_a_probability_is_refused(tmp_path: Path) -> None:
    case = growing(tmp_path, of_growth(0.5))
    waived = case.change("+waivers{rule=obligations, price_usd_bn_per_unit_year=1, probability_max=0.3}")
    with pytest.raises(DataError) as refused:
        hedge(waived, by_future=InThisProcess)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.column) == ("waivers.csv", 2, "probability_max")


def test_the_command(tmp_path: Path) -> None:
    growing(tmp_path / "case", of_growth(0.5)).write(tmp_path / "written")
    result = CliRunner().invoke(
        main, ["hedge", str(tmp_path / "written"), "-o", str(tmp_path / "h"), "--by-future", "--workers", "1"]
    )
    assert result.exit_code == 0, result.output
    assert {"bounds.csv", "multipliers.csv"} <= {path.name for path in (tmp_path / "h").iterdir()}
    assert audit(tmp_path / "h").agrees
    words = ["hedge", str(tmp_path / "written"), "-o", str(tmp_path / "g"), "--whole", "--no-values"]
    result = CliRunner().invoke(main, [*words, "--workers", "1"])
    assert result.exit_code == 2
    assert "--whole" in result.output
    assert CliRunner().invoke(main, words).exit_code == 0
    assert not (tmp_path / "g" / "bounds.csv").exists()


def test_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small futures are one program; as many as are many are planned one at a time."""
    case = random_tree(12)
    assert hedge(case, asked=QUICK, by_future=InThisProcess, where_it_pays=True).certificate is None
    monkeypatch.setattr("planner.hedge.hedge.MANY_FUTURES", 2)
    monkeypatch.setattr("planner.hedge.hedge.MANY_COEFFICIENTS", 0)
    found = confirmed(hedge(case, asked=QUICK, by_future=InThisProcess, where_it_pays=True))
    assert found.certificate is not None
    assert found.proven


def test_a_duality_gap_is_closed_by_the_whole_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a step the bound is that of plans for single futures. Who asked for one at a time is left with that."""
    monkeypatch.setattr("planner.hedge.hedge.MANY_FUTURES", 2)
    monkeypatch.setattr("planner.hedge.hedge.MANY_COEFFICIENTS", 0)
    monkeypatch.setattr("planner.hedge.by_future.search.MOST_STEPS", 0)
    case = random_tree(12)
    asked_for = confirmed(hedge(case, asked=QUICK, by_future=InThisProcess))
    assert asked_for.record.stopped_by == "duality gap"
    found = confirmed(hedge(case, asked=QUICK, by_future=InThisProcess, where_it_pays=True))
    assert found.proven
    assert found.certificate is None
    assert found.record.objective_usd_bn <= asked_for.record.objective_usd_bn + 1e-6


def test_a_folder_keeps_the_certificate(tmp_path: Path) -> None:
    found = by_future(growing(tmp_path / "case", of_growth(0.5)))
    with tempfile.TemporaryDirectory() as folder:
        found.write(Path(folder) / "hedge")
        read = Hedge.read(Path(folder) / "hedge")
    assert read.certificate is not None
    assert found.certificate is not None
    assert read.certificate.files() == found.certificate.files()
