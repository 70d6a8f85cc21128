"""The order of rows and columns is no information: shuffled tables have the same cost and the same limits.

Several plans may cost the same, and which of them is found may depend on the order. So the plan of the one case is
also read as a plan of the other, where it must cost the same and use as much of every limit. Where the cost of both is
proven to a gap, they may differ by it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import click
import numpy as np

from planner.api import Case
from planner.basics.arrays import Vector
from planner.catalogue import CATALOGUE
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.tables import csvtext
from tests.invariance.cases import everything, generated, shipped
from tests.plans import solved

Limits = Mapping[tuple[str, str, int], tuple[float, float]]
"""used and allowed of each limit and period"""


def shuffled(files: Mapping[str, bytes], seed: int) -> dict[str, bytes]:
    """The files of a case with the rows and the columns of every table in another order."""
    rng, made = random.Random(seed), dict(files)
    for row in CATALOGUE.tables:
        if row.about.file not in files:
            continue
        raw = csvtext.parse(row.about.file, files[row.about.file])
        records, places = list(raw.records), list(range(len(raw.header)))
        rng.shuffle(records)
        rng.shuffle(places)
        made[row.about.file] = csvtext.render(
            csvtext.RawTable(
                tuple(raw.header[i] for i in places),
                tuple(each._replace(cells=tuple(each.cells[i] for i in places)) for each in records),
            )
        )
    return made


def differences(files: Mapping[str, bytes], seed: int, *, plans: bool = True) -> Iterator[str]:
    """What depends on the order; with `plans` both cases are solved, and their plans audited."""
    one, other = Case.made_of(files), Case.made_of(shuffled(files, seed))
    here, there = Portfolio.of(one), Portfolio.of(other)
    if sorted(here.ledgers.names) != sorted(there.ledgers.names):
        yield f"decisions differ: {sorted({*here.ledgers.names} ^ {*there.ledgers.names})[:3]}"
        return
    if plans:
        first, second = solved(one), solved(other)
        yield from _costs("the least cost", _ends(first), _ends(second))
        x = np.array([first.values.get(name, 0.0) for name in here.ledgers.names])
    else:
        x = np.random.default_rng(seed).uniform(0.0, 1.0, here.ledgers.size)
    place = {name: i for i, name in enumerate(here.ledgers.names)}
    y = x[[place[name] for name in there.ledgers.names]]
    ours, theirs = Solution(here, x), Solution(there, y)
    if not np.isclose(ours.objective, theirs.objective, rtol=1e-9, atol=1e-9):
        yield f"the same decisions cost {theirs.objective} instead of {ours.objective}"
    yield from _unlike(_limits(here, x), _limits(there, y))


def _ends(plan: object) -> tuple[float, float]:
    """Bound and cost of a plan."""
    record = plan.record  # type: ignore[attr-defined]
    return record.bound_usd_bn, record.objective_usd_bn


def _costs(what: str, one: tuple[float, float], other: tuple[float, float]) -> Iterator[str]:
    """Two intervals in which the same number lies must meet."""
    slack = 1e-9 * max(1.0, abs(one[1]))
    if one[0] > other[1] + slack or other[0] > one[1] + slack:
        yield f"{what} is from {other[0]} to {other[1]} instead of {one[0]} to {one[1]}"


def _limits(portfolio: Portfolio, x: Vector) -> Limits:
    found = {}
    for limit in portfolio.limits:
        used, allowed = limit.used.evaluate(x), limit.allowed.evaluate(x)
        found.update({(limit.rule, limit.subject, t): (float(used[t]), float(allowed[t])) for t in limit.periods})
    return found


def _unlike(one: Limits, other: Limits) -> Iterator[str]:
    if one.keys() != other.keys():
        yield f"limits differ: {sorted(one.keys() ^ other.keys())[:3]}"
        return
    for key, sides in one.items():
        if not np.allclose(sides, other[key], rtol=1e-9, atol=1e-9):
            yield f"{key}: {other[key]} instead of {sides}"


def run() -> int:
    """The small shipped cases and thirty generated ones, each in three orders; the number of differences."""
    wrong = 0
    cases = [(name, shipped(name)) for name in ("starter", "gpu-campus")]
    for name, files in (*cases, ("everything", everything()), *generated(30)):
        for seed in (1, 2, 3):
            for said in differences(files, seed):
                wrong += 1
                click.echo(f"{name}, order {seed}: {said}")
        click.echo(f"{name} is done")
    click.echo(f"{wrong} differences")
    return wrong
