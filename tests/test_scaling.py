"""Remarks on a program's numbers, and our own check of what HiGHS calls whole and feasible."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.case import shipped
from planner.case.shipped import path
from planner.cli import main
from planner.reports.check import Check
from planner.solver import Feasibility, Options, Program, Stop, scaling, solve
from planner.solver.exact_integers import solution_from, with_exact_integers
from planner.solver.supervision import supervise
from tests.inputs import TOML, write_case
from tests.plans import solved
from tests.small import cloud

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")


def program(entry: float = -2.0, cost: float = 1.0, whole: bool = False, rest: float = 0.5) -> Program:
    """min cost·x0 − x1 with entry·x0 + x1 ≤ 0, x0 ≤ 1, rest ≤ x1 ≤ 2."""
    return Program(
        cost=np.array([cost, -1.0]),
        constant=0.0,
        lower=np.array([0.0, rest]),
        upper=np.array([1.0, 2.0]),
        integer=np.array([whole, False]),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([0.0]),
        start=np.array([0, 1, 2], dtype=np.int32),
        index=np.array([0, 0], dtype=np.int32),
        value=np.array([entry, 1.0]),
    )


def test_what_rounding_leaves_of_a_cost_is_not_its_smallest_number() -> None:
    """1e-17 beside 1 changes no sum; 1e-10 does, and is told."""
    assert scaling(program(cost=1e-17)).ranges[1].least == 1.0
    assert not scaling(program(cost=1e-17)).remarks
    assert any("cost" in remark for remark in scaling(program(cost=1e-10)).remarks)


def test_ranges_leave_out_zeros_and_infinities() -> None:
    found = scaling(program())
    assert [(each.what, each.least, each.most) for each in found.ranges] == [
        ("matrix", 1.0, 2.0),
        ("cost", 1.0, 1.0),
        ("bounds", 0.5, 2.0),
    ]
    assert (found.ranges[0].least_at, found.ranges[0].most_at) == ("x1 in row0", "x0 in row0")
    assert found.ranges[0].ratio == 2.0
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("of", "remarks"),
    [
        (program(entry=-1e9), ()),
        (
            program(entry=-2e9),
            (
                "matrix: 2e+09 (x0 in row0) is more than 1e+09 times 1 (x1 in row0)",
                "matrix: 2e+09 (x0 in row0) is more than 1e+09",
            ),
        ),
        (
            program(entry=1e-10),
            (
                "1 below 1e-09 in the matrix, which HiGHS treats as zero: x0 in row0",
                "matrix: 1 (x1 in row0) is more than 1e+09 times 1e-10 (x0 in row0)",
            ),
        ),
        (program(cost=1e-10), ("cost: 1 (x1) is more than 1e+09 times 1e-10 (x0)",)),
        (program(entry=-1e6), ()),
        (program(entry=-1e6, whole=True), ("1 of 1e+06 or more before a whole number: x0 in row0",)),
    ],
)
def test_numbers_that_cannot_be_trusted_are_named(of: Program, remarks: tuple[str, ...]) -> None:
    assert scaling(of).remarks == remarks


@pytest.mark.parametrize("name", shipped.names())
def test_the_shipped_cases_can_be_trusted_to_highs(name: str) -> None:
    found = Check(Case.read(path(name))).numerics
    assert found.remarks == ()
    assert max(each.ratio for each in found.ranges) < 1e6


def test_numerics_are_shown_when_asked_for(tmp_path: Path) -> None:
    """A floor of 1e-8 a year at a price of 1e-8 is lost among sums of 60."""
    case = write_case(tmp_path / "case", PRICED, **cloud(floors=(1e-8, 1e-8), price=1e-8))
    said = CliRunner().invoke(main, ["check", str(case), "--numerics"])
    assert said.exit_code == 0
    assert "Numbers of the model" in said.output
    assert "HiGHS cannot be trusted with this case" in said.output
    looked = json.loads(CliRunner().invoke(main, ["check", str(case), "--numerics", "--json"]).output)["numerics"]
    assert any("more than 1e+09 times" in remark for remark in looked["remarks"])
    assert looked["ranges"][0]["what"] == "matrix"
    plan = solved(Case.read(case))
    assert [note for note in plan.record.notes if "cannot be trusted with the numbers: " in note]
    result = CliRunner().invoke(main, ["solve", str(case), "-o", str(tmp_path / "plan")])
    assert "The solver cannot be trusted with the numbers: " in result.stderr
    assert "HiGHS can be trusted" in CliRunner().invoke(main, ["check", str(path("starter")), "--numerics"]).output


# Nearly whole integers


def test_a_nearly_whole_integer_becomes_whole_where_the_rows_allow_it() -> None:
    assert with_exact_integers(program(whole=True), np.array([0.9999998, 1.9999996]), Options()).tolist() == [1.0, 2.0]
    assert with_exact_integers(program(whole=True, rest=0.0), np.array([2e-7, 4e-7]), Options()).tolist() == [0.0, 0.0]


def test_a_nearly_whole_integer_is_not_rounded_where_that_violates_a_row() -> None:
    """x1 ≥ 0.5 needs x0. HiGHS has 5e-7 of it, which counts as 0, and with 0 the row is violated: there is no plan."""
    x = np.array([5e-7, 0.5])
    tight = program(entry=-1e6, whole=True)
    assert tight.fulfilled(x, 1e-6)
    assert with_exact_integers(tight, x, Options()).tolist() == x.tolist()


def test_a_solution_with_a_fractional_integer_is_not_feasible(monkeypatch: pytest.MonkeyPatch) -> None:
    tight = program(entry=-1e6, whole=True)

    def loose(*arguments: Any) -> Any:
        return replace(supervise(*arguments), x=np.array([5e-7, 0.5]), bound=-0.5)

    monkeypatch.setattr("planner.solver.solving.supervise", loose)
    answer = solve(tight, Options(gap=0.0))
    assert (answer.stop, answer.feasibility, answer.integrality) == (Stop.INEXACT, Feasibility.VIOLATED, 5e-7)
    assert not answer.proven


def test_a_nearly_whole_start_is_made_whole() -> None:
    found = solution_from(program(whole=True), np.array([0.9999998, 1.9999996]), Options())
    assert found is not None
    assert found.tolist() == [1.0, 2.0]
    assert solution_from(program(entry=-1e6, whole=True), np.array([5e-7, 0.5]), Options()) is None
