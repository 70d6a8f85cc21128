"""Brute force: every way to sign at the root is tried, and none is cheaper than the plan for all futures.

    python -m tests.hedge.brute --count 50 --seed 1

The tree is the model in Pyomo with one block for each future and rows that say what is the same, not the program in
which they are merged. Its signatures at the root that are 0 or 1 are fixed in each way, and HiGHS alone solves the
rest. The least of these is what the hedge costs. For the first trees SCIP solves the merged program as well.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from pyscipopt import Model

from planner import solver
from planner.api import Case
from planner.basics.arrays import Index
from planner.basics.errors import Infeasible
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.readable import in_pyomo
from planner.hedge.risk_program import with_risk
from planner.hedge.tree_program import ROOT, FutureProgram, TreeProgram, future_programs
from planner.hedge.valuing import ValuesAsked
from planner.solver.highs import load
from planner.solver.program import Program
from tests.hedge import generated

AGREE = 1e-6
"""relative difference of two objectives up to which they agree"""
MOST_BINARIES, MOST_FUTURES = 5, 4
SCIP_GAP = 1e-7


@dataclass(frozen=True, eq=False)
class Tried:
    """A tree that was small enough, and what it costs by each way [USD bn]; infinite where there is no plan."""

    seed: int
    futures: int
    ways: int
    """to sign at the root"""
    least: float
    hedge: float
    scip: float | None

    @property
    def agrees(self) -> bool:
        """Whether all ways find the same."""
        others = [each for each in (self.hedge, self.scip) if each is not None]
        return all(_same(self.least, each) for each in others)


def _same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= AGREE * max(1.0, abs(one), abs(other))


def signing_at_the_root(first: FutureProgram, tree: Tree) -> Index:
    """The variables of the first future that sign at the root and are 0 or 1."""
    program = first.program
    free = (program.integer & (program.lower < program.upper))[: len(first.names)]
    return np.flatnonzero(first.signs & (first.nodes(tree, 0) == ROOT) & free)


def in_full(case: Case, first: FutureProgram) -> Program:
    """The model of all futures as a program; the decisions of the first future come first."""
    m = in_pyomo(case)
    block = m.future[first.future.name]
    decisions = [
        block.component(group.block).component(group.name)[key]
        for group in first.portfolio.ledgers.groups
        for key in group.keys
    ]
    return solver.compile(m, decisions).without_names()


def least(program: Program, signing: Index) -> float:
    """The least cost of all ways to sign; infinite where there is no plan.

    Each way is solved to its end: a row that bounds the cost by the best way so far has made HiGHS miss a better one.
    """
    best = float("inf")
    for way in product((0.0, 1.0), repeat=len(signing)):
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[signing] = upper[signing] = way
        best = min(best, by_highs(replace(program, lower=lower, upper=upper)))
    return best


def by_highs(program: Program) -> float:
    """The least cost as HiGHS alone finds it; infinite where there is no solution."""
    from highspy import HighsModelStatus

    highs = load(replace(program, implied=None))
    highs.setOptionValue("mip_rel_gap", 1e-9)
    highs.setOptionValue("threads", 1)
    highs.run()
    status = highs.getModelStatus()
    if status == HighsModelStatus.kOptimal:
        return float(highs.getInfo().objective_function_value)
    assert status in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible), status
    return float("inf")


def by_scip(case: Case) -> float:
    """The optimum of the merged program as SCIP finds it."""
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    model = Model()
    model.hideOutput()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tree.mps"
        solver.write_mps(with_risk(program, program.program, case.settings.risk), file)
        model.readProblem(str(file))
    model.setParam("limits/gap", SCIP_GAP)
    model.optimize()
    return float("inf") if model.getStatus() == "infeasible" else float(model.getObjVal())


def tried(seed: int, *, scip: bool) -> Tried | None:
    """A random tree by brute force; None where it is too large for that."""
    plain = generated.case_of(seed)
    unknowns = generated.unknowns_of(plain, seed)
    case = unknowns.of(plain)
    futures = len(Tree.of(case))
    if futures > MOST_FUTURES:
        return None
    case = case.change("case.risk.level = 0.7", f"case.risk.weight = {0.4 * (seed % 3 == 0)}")
    tree = Tree.of(case)
    try:
        first = future_programs(case, tree)[0]
        signing = signing_at_the_root(first, tree)
        if not 1 <= len(signing) <= MOST_BINARIES:
            return None
        whole = in_full(case, first)
    except Infeasible:
        return None
    best = least(whole, signing)
    try:
        found = hedge(case, asked=ValuesAsked(usual=False)).record.objective_usd_bn
    except Infeasible:
        found = float("inf")
    return Tried(seed, futures, 2 ** len(signing), best, found, by_scip(case) if scip else None)


def several(count: int, seed: int, scip: int) -> Iterator[Tried]:
    """As many trees as asked for, the first of them with SCIP."""
    made = 0
    while made < count:
        found = tried(seed, scip=made < scip)
        seed += 1
        if found is not None:
            made += 1
            yield found


def main() -> None:
    """Try as many trees as the command line says."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int, default=50)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--scip", type=int, default=20, help="how many of them SCIP solves too")
    asked = words.parse_args()
    wrong = ways = by_scip_too = 0
    for each in several(asked.count, asked.seed, asked.scip):
        ways += each.ways
        by_scip_too += each.scip is not None
        wrong += not each.agrees
        if not each.agrees:
            sys.stdout.write(f"seed {each.seed}: brute force {each.least}, hedge {each.hedge}, SCIP {each.scip}\n")
            sys.stdout.flush()
    sys.stdout.write(
        f"{asked.count} trees, {ways} ways to sign at the root; {by_scip_too} with SCIP too; {wrong} disagree\n"
    )


if __name__ == "__main__":
    main()
