"""The scenarios for mpi-sppy: its extensive form and its progressive hedging beside our program of all futures."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.hedge.hedge import hedge
from planner.hedge.sppy import Scenarios
from planner.hedge.valuing import ValuesAsked
from tests.hedge import test_by_hand
from tests.hedge.test_by_future import random_tree
from tests.hedge.test_by_hand import growing, of_growth

ROOT = Path(__file__).parents[2]
BY_SPPY = ROOT / "tests" / "hedge" / "by_sppy.py"
MPIEXEC = shutil.which("mpiexec", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
WITHOUT = [name for name in ("mpisppy", "mpi4py") if find_spec(name) is None] + ["mpiexec"] * (MPIEXEC is None)
needs_the_extra = pytest.mark.skipif(bool(WITHOUT), reason=f"the extra mpi is not installed: no {', '.join(WITHOUT)}")
AS_ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "PYTHONPATH": str(ROOT)}


def told(words: Sequence[str], case: Path) -> dict[str, float]:
    """What mpi-sppy says of a case."""
    with tempfile.TemporaryDirectory() as logs:  # mpi-sppy writes some into its folder
        done = subprocess.run(
            [*words, str(BY_SPPY), str(case)],
            env=os.environ | AS_ROOT, cwd=logs, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def on_three_ranks(case: Path) -> dict[str, float]:
    assert MPIEXEC is not None
    return told([MPIEXEC, "-n", "3", "--oversubscribe", sys.executable, "-m", "mpi4py"], case)


def several_stages(folder: Path) -> Case:
    stages = test_by_hand.TestSeveralStages
    return growing(folder, stages.OUTCOMES, stages.EVENTS)


@needs_the_extra
@pytest.mark.parametrize(("weight", "objective"), [(0.0, 5.1), (0.5, 5.85)])
def test_the_extensive_form_of_the_case_worked_out_by_hand(weight: float, objective: float, tmp_path: Path) -> None:
    growing(tmp_path, of_growth(0.5), weight=weight)
    assert told([sys.executable], tmp_path) == {"cost": pytest.approx(objective, abs=1e-6)}


@needs_the_extra
def test_three_ranks_on_several_stages(tmp_path: Path) -> None:
    """4.95 by hand: futures part on two days, and one of them on the first day only."""
    several_stages(tmp_path)
    assert on_three_ranks(tmp_path) == {"cost": pytest.approx(4.95, abs=1e-5), "bound": pytest.approx(4.95, abs=1e-5)}


@needs_the_extra
def test_a_random_tree_both_ways(tmp_path: Path) -> None:
    """The extensive form has our optimum; the bound on three ranks does not lie above it, nor the cost below."""
    case = random_tree(12)
    case.write(tmp_path / "case")
    ours = hedge(case, asked=ValuesAsked(usual=False)).record
    whole = told([sys.executable], tmp_path / "case")["cost"]
    ranks = on_three_ranks(tmp_path / "case")
    assert whole == pytest.approx(ours.objective_usd_bn, rel=1e-5)
    assert ours.bound_usd_bn is not None
    assert ours.bound_usd_bn <= whole * (1.0 + 1e-6)
    assert 0.99 * whole <= ranks["bound"] <= ours.objective_usd_bn * (1.0 + 1e-6)
    assert ours.bound_usd_bn * (1.0 - 1e-6) <= ranks["cost"] <= 1.01 * whole


def test_nodes_of_several_stages(tmp_path: Path) -> None:
    """Cold reception has one future, which goes on by itself when growth becomes known."""
    of = Scenarios.of(several_stages(tmp_path))
    assert of.names == ["warm/high", "warm/low", "mixed/high", "mixed/low", "cold/none"]
    assert of.nodes == [
        "ROOT", "ROOT_0", "ROOT_0_0", "ROOT_0_1", "ROOT_1", "ROOT_1_0", "ROOT_1_1", "ROOT_2", "ROOT_2_0",
    ]  # fmt: skip


@needs_the_extra
def test_a_scenario(tmp_path: Path) -> None:
    """In a process of its own, as this one must not begin MPI."""
    several_stages(tmp_path)
    says = (
        "import sys; from planner.api import Case; from planner.hedge.sppy import Scenarios\n"
        "of = Scenarios.of(Case.read(sys.argv[1]))\n"
        "for name in of.names:\n"
        "    m = of.creator(name)\n"
        "    for node in m._mpisppy_node_list:\n"
        "        print(name, m._mpisppy_probability, node.name, round(node.cond_prob, 9), node.parent_name,\n"
        "              len(node.nonant_vardata_list), sep=';')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", says, str(tmp_path)],
        env=os.environ | AS_ROOT, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [line.split(";") for line in done.stdout.splitlines() if line.count(";") == 5]
    nodes = {(name, node): (float(chance), parent) for name, _, node, chance, parent, _ in rows}
    assert nodes["warm/high", "ROOT"] == (1.0, "None")
    assert nodes["mixed/low", "ROOT_1"] == (0.5, "ROOT")
    assert nodes["cold/none", "ROOT_2"] == (0.25, "ROOT")
    assert {name: float(chance) for name, chance, *_ in rows}["warm/low"] == pytest.approx(0.025)
    sizes = Counter((node.count("_"), int(size)) for _, _, node, _, _, size in rows)
    assert sorted(sizes.values()) == [5, 5]  # as many in each stage for all five futures


def test_what_ties_futures_together_is_refused(tmp_path: Path) -> None:
    case = growing(tmp_path, of_growth(0.5))
    waiver = b"rule,subject,price_usd_bn_per_unit_year,most,probability_max\ngrid_limit,here,1,1,0.5\n"
    regions = b"region,grid_limit_gw\nhere,1\nthere,\n"
    with pytest.raises(DataError, match="probability_max"):
        Scenarios.of(Case.made_of({**case.files, "waivers.csv": waiver, "regions.csv": regions}))
