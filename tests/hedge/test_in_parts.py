"""First prices of many futures by several linear programs, beside those of one."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner import solver
from planner.api import Case
from planner.case.shipped import path
from planner.futures.tree import Tree
from planner.hedge.by_future.in_parts import in_parts
from planner.hedge.by_future.tied import Relaxed, Tied, TiePrices, balanced
from planner.hedge.search import Watch
from planner.hedge.tree_program import TreeProgram, future_programs

OPTIONS = solver.Options(gap=1e-7)
NEAR = 1e-3
"""how far the bound of parts may lie below the linear program of the tree, as a share of it"""
THREE = {
    "cirrus": ("2028-01-01", "guarantor_caps[cirrus,lease,2028-01-01..].cap_usd_bn", (1.0, 0.75, 0.5)),
    "west": ("2029-01-01", "demand[2029-01-01..,west,training].demand_gw", (1.0, 1.2, 0.7)),
    "east": ("2030-01-01", "demand[2030-01-01..,east,interactive].demand_gw", (1.0, 1.5, 0.6)),
}
"""events: when each is known, and the factors of a column in its outcomes"""


def starter(events: int) -> Case:
    """The starter with so many events of three outcomes each."""
    known = list(THREE.items())[:events]
    rows = [f"{event},{day}\n" for event, (day, _, _) in known]
    outcomes = [
        f'{event},{event}_{k},{chance},"{column} *= {factor}"\n'
        for event, (_, column, factors) in known
        for k, (chance, factor) in enumerate(zip((0.5, 0.3, 0.2), factors, strict=True))
    ]
    files = {each.name: each.read_bytes() for each in path("starter").iterdir() if each.suffix in (".csv", ".toml")}
    files["events.csv"] = ("event,known_on\n" + "".join(rows)).encode()
    files["outcomes.csv"] = ("event,outcome,probability,changes\n" + "".join(outcomes)).encode()
    return Case.made_of(files)


@pytest.fixture(scope="module")
def nine() -> TreeProgram:
    """The nine futures of two events, without integers."""
    case = starter(2)
    tree = Tree.of(case)
    futures = [
        replace(each, program=replace(each.program, integer=np.zeros_like(each.program.integer), implied=None))
        for each in future_programs(case, tree)
    ]
    return TreeProgram.of(case, tree, futures)


def bound(tree: TreeProgram, most: int) -> float:
    """What the futures prove together at the prices of linear programs of at most so many futures."""
    watch = Watch.of(OPTIONS, lambda _: None, None)
    found = in_parts(tree, tree.program, watch, threading.Event(), most)
    assert found is not None
    tied = Tied.of(tree)
    at = np.searchsorted(found.variables, tied.place)
    prices = TiePrices(tree.merged.weights, balanced(found.multipliers[:, at], tied.there))
    relaxed, around = Relaxed.of(tree, tied, tree.program), found.x[at]
    bounds = [solver.solve(each, OPTIONS).bound for each in relaxed.priced(prices, around)]
    return float(relaxed.bounds(prices, around, [-np.inf if each is None else each for each in bounds]).sum())


def test_parts_are_nearly_as_good_as_the_whole(nine: TreeProgram) -> None:
    """One linear program gives the optimum; parts of three futures give less, but nearly as much."""
    optimum = solver.solve(nine.program, OPTIONS).objective
    assert optimum is not None
    assert bound(nine, 9) == pytest.approx(optimum, rel=1e-6)
    assert (1.0 - NEAR) * optimum <= bound(nine, 3) <= optimum * (1.0 + 1e-7)


@pytest.mark.parametrize("most", [1, 3])
def test_multipliers_add_up_to_nothing(nine: TreeProgram, most: int) -> None:
    """Without being balanced, up to the accuracy of the interior point method."""
    found = in_parts(nine, nine.program, Watch.of(OPTIONS, lambda _: None, None), threading.Event(), most)
    assert found is not None
    largest = np.abs(found.multipliers).max()
    assert largest > 0.01
    assert np.abs(found.multipliers.sum(axis=0)).max() <= 1e-9 * largest


def test_somebody_stops_it(nine: TreeProgram) -> None:
    stop = threading.Event()
    stop.set()
    assert in_parts(nine, nine.program, Watch.of(OPTIONS, lambda _: None, None), stop, 3) is None


def test_the_files_are_those_of_the_starter() -> None:
    assert Path(path("starter") / "case.toml").is_file()
    assert len(Tree.of(starter(3))) == 27
