"""Building a model and loading it into HiGHS, against Pyomo's own interfaces on the same model.

The same model goes both ways, up to the moment at which HiGHS holds it. The planner's way is `planner.model.model`, in
which limits are arrays, then `Model.program` and `load`. The other way is the whole model in Pyomo, from
`planner.model.pyomo`, then `set_instance` of `pyomo.contrib.appsi` or of `pyomo.contrib.solver`. What HiGHS then holds
is compared by sizes, coefficients, sums of rows and columns, costs, sides and bounds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tests.benchmarks.cases import generated
from tests.benchmarks.measure import ROOT, Sample, task, timed
from tests.benchmarks.result import Row, Size, ratio

PLANNER = "planner"
APPSI = "appsi"
CONTRIB = "contrib.solver"
EQUAL = 1e-10
"""how far apart numbers may be, as the planner rounds to 13 digits"""


def measure(size: Size) -> Sequence[Row]:
    """Parts of one process: everything is imported before."""
    data = ROOT / "data"
    offers, periods = size.pick((30, 10), (100, 40), (300, 40))
    cases = {
        "starter": data / "starter",
        "gpu-campus": data / "gpu-campus",
        "frontier-lab": data / "frontier-lab",
        f"{offers} offers, {periods} periods": generated(size.folder, offers, periods),
    }
    rows = []
    for name, case in cases.items():
        said = json.loads(task("loading", case, size.repeats).out)
        found = {
            key: Sample(tuple(wall for wall, _ in values), tuple(cpu for _, cpu in values))
            for key, values in said["seconds"].items()
        }
        for peer in (APPSI, CONTRIB):
            both = {way: Sample.added([found[f"build {way}"], found[f"load {way}"]]) for way in (PLANNER, peer)}
            also = {"entries": said["entries"], "columns": said["columns"], "rows": said["rows"]}
            ours, theirs = found[f"load {PLANNER}"], found[f"load {peer}"]
            rows.append(ratio(f"{name}: load / {peer}", ours, theirs, goal=0.35, also=also))
            rows.append(ratio(f"{name}: build and load / {peer}", both[PLANNER], both[peer], goal=0.35, also=also))
    return rows


@dataclass(frozen=True)
class Way:
    """One way from a portfolio to the HiGHS that holds its model."""

    build: Callable[[Any], Any]
    """a portfolio's model"""
    load: Callable[[Any], Any]
    """the HiGHS that holds that model"""


def ways() -> dict[str, Way]:
    """All of them by name."""
    from pyomo.contrib.appsi.solvers.highs import Highs as Appsi
    from pyomo.contrib.solver.solvers.highs import Highs as Contrib

    from planner.model.model import model
    from planner.model.pyomo import whole
    from planner.solver.highs import load

    def instance(solver: Any, built: Any) -> Any:
        solver.set_instance(built)
        return solver._solver_model

    def in_pyomo(portfolio: Any) -> Any:
        return whole(portfolio)[0]

    return {
        PLANNER: Way(model, lambda built: load(built.program())),
        APPSI: Way(in_pyomo, lambda built: instance(Appsi(), built)),
        CONTRIB: Way(in_pyomo, lambda built: instance(Contrib(), built)),
    }


def held(highs: Any) -> dict[str, Any]:
    """What HiGHS holds, in an order that does not depend on that of rows and columns: sums of powers, sorted numbers.

    Constants that stand in rows or in the objective are moved to the right-hand sides and the offset by all alike.
    """
    import numpy as np

    lp = highs.getLp()
    matrix = lp.a_matrix_
    value, start, index = (np.array(part) for part in (matrix.value_, matrix.start_, matrix.index_))
    lines = len(start) - 1
    line = np.repeat(np.arange(lines), np.diff(start))
    by_row = matrix.format_.name == "kRowwise"
    row, column = (line, index) if by_row else (index, line)
    present = value != 0.0
    row, column, value = row[present], column[present], value[present]
    low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
    used = np.zeros(len(low), dtype=bool)
    used[row] = True
    sides = np.sort(np.abs(np.concatenate([low[used], high[used]])))
    costs = np.array(lp.col_cost_)
    in_use = np.zeros(len(costs), dtype=bool)
    in_use[column] = True
    in_use |= costs != 0.0
    bounds = np.concatenate([np.array(lp.col_lower_)[in_use], np.array(lp.col_upper_)[in_use]])
    return {
        "rows": int(used.sum()),
        "columns": int(in_use.sum()),
        "entries": len(value),
        "values": np.sort(np.abs(value)),
        "by column": np.sort(np.bincount(column, weights=np.abs(value))[np.bincount(column) > 0]),
        "by row": np.sort(np.bincount(row, weights=np.abs(value))[np.bincount(row) > 0]),
        "costs": np.sort(costs[costs != 0.0]),
        "sides": sides,
        "bounds": np.sort(bounds),
    }


def differences(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """In which respects what two HiGHS hold differs."""
    import numpy as np

    found = []
    for name, mine in first.items():
        other = second[name]
        if np.shape(mine) != np.shape(other) or not np.allclose(mine, other, rtol=EQUAL, atol=EQUAL):
            found.append(name)
    return found


def seconds(case_folder: Path, repeats: int) -> dict[str, Any]:
    """(wall, processor) seconds of building and loading by each way, by turns.

    Raises RuntimeError where HiGHS is given different models.
    """
    from planner.api import Case
    from planner.portfolio.portfolio import Portfolio

    portfolio = Portfolio.of(Case.read(case_folder))
    taken: dict[str, list[tuple[float, float]]] = {}
    first: dict[str, Any] | None = None
    for again in range(repeats + 1):
        for name, way in ways().items():
            build, load = (taken.setdefault(f"{part} {name}", []) for part in ("build", "load"))
            with timed(build):
                built = way.build(portfolio)
            with timed(load):
                highs = way.load(built)
            if again == 0:  # a round to import and to compare
                holds = held(highs)
                first = holds if first is None else first
                if differences(first, holds):
                    raise RuntimeError(f"{name} gives HiGHS another model: {differences(first, holds)}")
                build.clear()
                load.clear()
            del built, highs
    assert first is not None, "there is at least one way"
    return {"seconds": taken, **{name: first[name] for name in ("rows", "columns", "entries")}}


if __name__ == "__main__":
    click.echo(json.dumps(seconds(Path(sys.argv[1]), int(sys.argv[2]))))
