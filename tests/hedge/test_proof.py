"""The bound of a hedge, proven again from its certificate."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.cli import main
from planner.hedge.by_future.proof import prove, with_proof
from planner.hedge.hedge import hedge
from planner.hedge.valuing import ValuesAsked
from planner.plan.hedges.audit import audit
from planner.plan.hedges.certificate import Certificate
from planner.plan.hedges.hedge import Hedge
from planner.solver import Stop
from planner.studies.engine import local
from tests.hedge.test_by_future import random_tree
from tests.hedge.test_by_hand import growing, of_growth

ALONE = local(1)


def by_future(case: Case) -> Hedge:
    return hedge(case, asked=ValuesAsked(usual=False), by_future=ALONE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hedge")
    by_future(growing(place / "case", of_growth(0.5))).write(place / "plan")
    return place / "plan"


@pytest.mark.parametrize(("seed", "weight"), [(12, 0.0), (7, 0.5)])
def test_bounds_of_random_trees_are_proven_again(seed: int, weight: float) -> None:
    claims = prove(by_future(random_tree(seed, weight)), ALONE)
    assert [claim.stop for claim in claims] == [Stop.TARGET_MISSED] * 2


@pytest.mark.parametrize("gap", [0.02, 0.05])
def test_bounds_to_a_wide_gap_are_proven_again(gap: float) -> None:
    """Where the plan of a step before closes the gap of the next one at once, it is no bound of that future."""
    claims = prove(by_future(random_tree(3).change(f"case.solver.gap = {gap}")), ALONE)
    assert [claim.proven for claim in claims] == [True, True]


def test_a_bound_that_is_too_high_is_refuted_by_a_plan(folder: Path) -> None:
    """All futures cost 5.1 on average, and the bounds of both leave nothing open; so none of them can be higher."""
    found = Hedge.read(folder)
    assert found.certificate is not None
    high, low = found.certificate.futures
    assert high.bound + low.bound == pytest.approx(5.1, abs=1e-3)
    raised = replace(found.certificate, futures=(replace(high, bound=high.bound + 0.1), low))
    claims = prove(replace(found, certificate=raised), ALONE)
    assert [claim.proven for claim in claims] == [False, True]
    assert claims[0].stop is Stop.TARGET_MET
    assert claims[0].found == pytest.approx(high.bound, abs=1e-3)
    told = with_proof(audit(folder), claims)
    assert [(each.file, each.line) for each in told.findings] == [("bounds.csv", 2)]
    assert "but a plan of high comes to" in str(told.findings[0])
    assert any("no plan of a future does better" in each for each in told.not_derived)


def test_multipliers_that_are_too_large_are_refuted(folder: Path) -> None:
    """All tampered with alike, they still add up to 0, and the plan of the hedge is within the bounds."""
    found = Hedge.read(folder)
    assert found.certificate is not None
    moved = [
        replace(each, value=each.value + (5.0 if each.future == "high" else -5.0)) if "[now," in each.decision else each
        for each in found.certificate.multipliers
    ]
    claims = prove(replace(found, certificate=Certificate(found.certificate.futures, tuple(moved))), ALONE)
    assert [claim.proven for claim in claims] == [True, False]  # low growth is paid to sign `now`
    assert claims[1].found is not None
    assert claims[1].found < 0.0


def test_the_command(folder: Path) -> None:
    done = CliRunner().invoke(main, ["audit", str(folder), "--prove", "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "Proven again, by solving 2 futures" in done.output
    assert "On the search's word, as no file can confirm it: that no plan" not in done.output


def test_what_it_is_not_for(folder: Path) -> None:
    of_one = next((folder / "futures").iterdir())
    for words in (["audit", str(of_one), "--prove"], ["audit", str(folder), "--workers", "1"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 2, done.output
        assert "is of use with --prove only" in done.output or "--by-future" in done.output
