"""Waivers in several futures: how probably a limit may be broken."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.arrays import Index
from planner.basics.errors import DataError
from planner.case import shipped
from planner.common.waivers import Waiver
from planner.futures.cases import case_of
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.largest_breaches import with_largest
from planner.hedge.waived import Ration, WithRations
from planner.model.model import model
from planner.plan.hedges.audit import audit
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import LimitName, Rationed, rationed, too_probable
from planner.solver import Options, solve
from planner.solver.program import Program
from tests.plans import cost, solved
from tests.waived import QUARTER, SECOND, WHOLE, leased

CAP = ("debt_cap", "cap")
OUTCOMES = (
    "event,outcome,given,probability,changes\n"
    "lender,as_now,,0.5,finance[*].debt_cap_usd_bn = 9\n"
    "lender,low,,0.3,\n"
    "lender,lower,,0.2,finance[*].debt_cap_usd_bn *= 0.5\n"
)
"""a cap that binds nobody, that of QUARTER, and half of it"""


def tree(folder: Path, waivers: str, outcomes: str = OUTCOMES) -> Case:
    """A lender may allow debt for all halls, for a quarter or for an eighth."""
    return leased(folder, QUARTER, waivers, events="event,known_on\nlender,2026-01-01\n", outcomes=outcomes)


def of_futures(case: Case) -> tuple[list[Portfolio], list[Program], list[dict[LimitName, Rationed]]]:
    """The portfolio and program of each future, and its limits that may be broken in some futures only."""
    futures = Tree.of(case)
    portfolios = [Portfolio.of(case_of(case, futures, each)) for each in futures.futures]
    programs = [model(each).program() for each in portfolios]
    asked = [rationed(case, each.ledgers, each.limits) for each in portfolios]
    found = [with_largest(*each) for each in zip(portfolios, programs, asked, strict=True)]
    return portfolios, programs, found


def beside(programs: Sequence[Program], weights: Sequence[float]) -> tuple[Program, list[Index]]:
    """The programs side by side, nothing of one being the same as of another; where the variables of each stand."""
    columns = np.cumsum([0, *(len(each.cost) for each in programs)])
    rows = np.cumsum([0, *(len(each.row_lower) for each in programs)])
    entries = np.cumsum([0, *(len(each.value) for each in programs)])

    def joined(name: str) -> np.ndarray:  # type: ignore[type-arg]
        return np.concatenate([getattr(each, name) for each in programs])

    made = Program(
        np.concatenate([weight * each.cost for each, weight in zip(programs, weights, strict=True)]),
        sum(weight * each.constant for each, weight in zip(programs, weights, strict=True)),
        *(joined(name) for name in ("lower", "upper", "integer", "row_lower", "row_upper")),
        np.append(
            np.concatenate([each.start[:-1] + at for each, at in zip(programs, entries, strict=False)]), entries[-1]
        ).astype(np.int32),
        np.concatenate([each.index + at for each, at in zip(programs, rows, strict=False)]).astype(np.int32),
        joined("value"),
    )
    return made, [np.arange(a, b) for a, b in pairwise(columns)]


def expected_cost(case: Case) -> tuple[float, list[bool]]:
    """The least expected cost of all futures, and in which of them the cap is broken."""
    futures = Tree.of(case)
    weights = [each.probability for each in futures.futures]
    _, programs, found = of_futures(case)
    whole, places = beside(programs, weights)
    rations = [
        Ration(weight, {name: each.at(place) for name, each in mine.items()})
        for weight, mine, place in zip(weights, found, places, strict=True)
    ]
    with_binaries = WithRations.of(whole, rations)
    answer = solve(with_binaries.program, Options(gap=1e-9))
    assert answer.x is not None
    assert answer.objective is not None
    x = with_binaries.without(answer.x)
    start = with_binaries.start(x)
    assert with_binaries.program.fulfilled(start, 1e-6)
    assert with_binaries.program.objective(start) == pytest.approx(answer.objective)
    return answer.objective, [bool((x[each.limits[CAP].variables] > 1e-9).any()) for each in rations]


def kept(share: float) -> float:
    """Cost where this share of the halls is leased and the rest of demand is not served."""
    return 1.2 * share + 100 * (1 - share)


def broken(share: float) -> float:
    """Cost where all halls are leased under a cap for a share of them, at 2 a unit and year."""
    return 1.2 + 2 * (WHOLE - share * WHOLE + SECOND - share * WHOLE)


# Breaking saves 0.3 · 71.8 in the one future and 0.2 · 83.6 in the other.
@pytest.mark.parametrize(
    ("most", "breaks"),
    [
        ("", (False, True, True)),
        ("1", (False, True, True)),
        ("0.5", (False, True, True)),
        ("0.49", (False, True, False)),
        ("0.3", (False, True, False)),
        ("0.29", (False, False, True)),
        ("0.19", (False, False, False)),
    ],
)
@pytest.mark.parametrize("largest", ["", "1.5"])
def test_probabilities_add_up_to_no_more(tmp_path: Path, most: str, breaks: tuple[bool, ...], largest: str) -> None:
    case = tree(tmp_path, f"debt_cap,cap,2,{largest},{most}\n")
    if most in ("", "1"):
        futures = Tree.of(case)
        assert [each.probability for each in futures.futures] == [0.5, 0.3, 0.2]
        assert of_futures(case)[2] == [{}, {}, {}]
        costs = [cost(solved(case_of(case, futures, each))) for each in futures.futures]
        assert costs == pytest.approx([1.2, broken(0.25), broken(0.125)])
        return
    found, where = expected_cost(case)
    costs = [1.2, *(broken(share) if breaks[i] else kept(share) for i, share in ((1, 0.25), (2, 0.125)))]
    assert where == list(breaks)
    assert found == pytest.approx(0.5 * costs[0] + 0.3 * costs[1] + 0.2 * costs[2])


# The plan for all futures finds the same, and its audit agrees; in each future's own plan the limit is waived.
@pytest.mark.parametrize("most", ["0.49", "0.29"])
def test_the_plan_for_all_futures(tmp_path: Path, most: str) -> None:
    found = hedge(tree(tmp_path / "case", f"debt_cap,cap,2,,{most}\n"))
    costs = [1.2, broken(0.25), kept(0.125)] if most == "0.49" else [1.2, kept(0.25), broken(0.125)]
    assert [each.cost_usd_bn for each in found.record.futures] == pytest.approx(costs)
    assert found.record.expected_cost_usd_bn == pytest.approx(0.5 * costs[0] + 0.3 * costs[1] + 0.2 * costs[2])
    own = [each.own_cost_usd_bn for each in found.record.futures]
    assert own == pytest.approx([1.2, broken(0.25), broken(0.125)])
    found.write(tmp_path / "plan")
    audited = audit(tmp_path / "plan")
    assert audited.agrees, audited.text()
    broken_in = "low" if most == "0.49" else "lower"
    assert Plan.read(tmp_path / "plan" / "futures" / broken_in).limits["waived"].max() > 0.5


def test_a_start_whose_breaches_are_not_known(tmp_path: Path) -> None:
    _, programs, found = of_futures(tree(tmp_path, "debt_cap,cap,2,,0.5\n"))
    made = WithRations.of(programs[1], [Ration(1.0, found[1])])
    x = np.zeros(len(programs[1].cost))
    first, second = found[1][CAP].variables.tolist()
    assert made.start(x)[-1] == 0.0
    x[first] = np.nan
    assert np.isnan(made.start(x)[-1])
    x[second] = 0.1
    assert made.start(x)[-1] == 1.0


# All that can be leased is all halls, so no more than the rest of their debt can be broken.
def test_the_largest_breach_follows_from_the_decisions(tmp_path: Path) -> None:
    _, _, found = of_futures(tree(tmp_path, "debt_cap,cap,2,,0.5\n"))
    assert found[0][CAP].most == pytest.approx([0.0, 0.0], abs=1e-5)
    assert found[1][CAP].most == pytest.approx([WHOLE * 3 / 4, SECOND - WHOLE / 4], abs=1e-5)
    assert found[2][CAP].most == pytest.approx([WHOLE * 7 / 8, SECOND - WHOLE / 8], abs=1e-5)
    _, _, given = of_futures(tree(tmp_path / "given", "debt_cap,cap,2,0.4,0.5\n"))
    assert given[1][CAP].most.tolist() == [0.4, 0.4]


# Shortfalls are the largest of other decisions and have no bound of their own, but those others have.
def test_the_largest_breach_of_cash() -> None:
    plain = Case.read(shipped.path("starter"))
    case = plain.change("+waivers{rule=liquidity, price_usd_bn_per_unit_year=1, probability_max=0.5}")
    portfolio = Portfolio.of(case.change("waivers[*,*].probability_max = blank"))
    asked = rationed(case, portfolio.ledgers, portfolio.limits)
    assert set(asked) == {("liquidity", "cash"), ("liquidity", "cash_first_day")}
    assert not any(np.isfinite(each.most).any() for each in asked.values())
    found = with_largest(portfolio, model(portfolio).program(), asked)
    assert all(np.isfinite(each.most).all() for each in found.values())
    assert max(found["liquidity", "cash"].most) > 0.0


# A variable that nothing bounds enters the limit: the waiver has to say how much at most.
def test_a_breach_without_an_end_is_named(tmp_path: Path) -> None:
    case = tree(tmp_path, "debt_cap,cap,2,,0.5\n")
    portfolios, programs, _ = of_futures(case)
    portfolio, program = portfolios[1], programs[1]
    asked = rationed(case, portfolio.ledgers, portfolio.limits)
    endless = replace(
        program,
        upper=np.full_like(program.upper, np.inf),
        row_upper=np.where(np.abs(program.row_upper) == 0.0, np.inf, program.row_upper),
    )
    with pytest.raises(DataError, match=r"waivers.csv:2 most: expected the largest breach of debt_cap cap"):
        with_largest(portfolio, endless, asked)
    with pytest.raises(ValueError, match="nothing bounds by how much debt_cap cap may be broken"):
        WithRations.of(program, [Ration(1.0, asked)])


def test_nothing_is_added_where_no_limit_is_rationed(tmp_path: Path) -> None:
    _, programs, found = of_futures(tree(tmp_path, "debt_cap,cap,2,,\n"))
    made = WithRations.of(programs[0], [Ration(1.0, found[0])])
    assert made.program is programs[0]
    x = np.zeros(len(programs[0].cost))
    assert made.without(made.start(x)).tolist() == x.tolist()


# The case of a future says nothing of probabilities; where there is only one future, it is the case as it was written.
def test_the_case_of_a_future(tmp_path: Path) -> None:
    case = tree(tmp_path / "several", "debt_cap,cap,2,,0.5\ndebt_cap,,1,0.3,\n")
    futures = Tree.of(case)
    for each in futures.futures:
        rows = case_of(case, futures, each).rows(Waiver)
        assert [(row.subject, row.most, row.probability_max) for row in rows] == [
            ("cap", None, None),
            (None, 0.3, None),
        ]
    alone = leased(tmp_path / "one", QUARTER, "debt_cap,cap,2,,0.5\n")
    assert case_of(alone, Tree.of(alone), Tree.of(alone).futures[0]) is alone


# In one of the futures the lender asks for nothing: the waiver of what he asked for goes.
def test_a_waiver_goes_with_its_limit(tmp_path: Path) -> None:
    outcomes = (
        "event,outcome,given,probability,changes\n"
        "lender,gone,,0.5,finance[*].debt_cap_usd_bn = blank\n"
        "lender,stays,,0.5,\n"
    )
    case = tree(tmp_path, "debt_cap,cap,2,,0.5\nliquidity,,3,,\n", outcomes)
    futures = Tree.of(case)
    gone, stays = (case_of(case, futures, each) for each in futures.futures)
    assert [row.rule for row in gone.rows(Waiver)] == ["liquidity"]
    assert [row.rule for row in stays.rows(Waiver)] == ["debt_cap", "liquidity"]
    assert cost(solved(gone)) == pytest.approx(1.2)
    assert cost(solved(stays)) == pytest.approx(broken(0.25))
    # As somebody wrote it, it is a mistake.
    with pytest.raises(DataError, match=r"waivers.csv:2 subject"):
        Portfolio.of(case.change("finance[*].debt_cap_usd_bn = blank"))


def test_what_is_broken_too_probably(tmp_path: Path) -> None:
    case = tree(tmp_path, "debt_cap,cap,2,,0.5\ndebt_cap,,1,0.3,\n")
    other = ("debt_cap", "multiple")

    def found(*broken: tuple[float, set[LimitName]]) -> Mapping[LimitName, float]:
        return {name: probability for name, probability, _ in too_probable(case, broken)}

    assert found((0.3, {CAP}), (0.2, {CAP})) == {}
    assert found((0.5, {CAP, other}), (0.2, {CAP}), (0.3, {other})) == {CAP: pytest.approx(0.7)}
