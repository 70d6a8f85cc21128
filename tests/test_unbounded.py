"""Programs without a least cost are called so by every search, with the variables that have no end."""

from pathlib import Path

import numpy as np
import pytest

from planner.basics.errors import Unbounded
from planner.basics.search_method import SearchMethod
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import values
from planner.solver import Options, Stop, solve
from tests.small import small
from tests.wrong_answers import INF, Known

GROWS, FREE, SWITCH = (0.0, INF), (-INF, INF), (0.0, 1.0)


def known(cost: tuple[float, ...], variables: tuple[tuple[float, float, bool], ...], *rows: object) -> Known:
    return Known("", cost, variables, rows, None)  # type: ignore[arg-type]


WITHOUT_END = {
    # −2x + y with x − y ≤ 5: x = y + 5 costs −y − 10.
    "linear": (known((-2.0, 1.0), ((*GROWS, False),) * 2, (-INF, (1.0, -1.0), 5.0)), (0, 1)),
    "whole": (
        known((-2.0, 1.0, 3.0), ((*GROWS, True), (*GROWS, False), (*SWITCH, True)), (-INF, (1.0, -1.0, 2.0), 5.0)),
        (0, 1),
    ),
    "free": (known((1.0,), ((*FREE, False),), (-INF, (1.0,), 5.0)), (0,)),
    "free and whole": (known((1.0, -1.0), ((*FREE, True),) * 2, (-INF, (1.0, -1.0), 0.5)), (0, 1)),
    "in no row": (known((-1.0, 5.0), ((*GROWS, True), (*SWITCH, True)), (-INF, (0.0, 1.0), 2.0)), (0,)),
}
WITH_AN_END = {
    # −x + 5 s with x ≤ 1e4 s costs −9995; x − y within 0.5 of 0 and whole costs 0; a switch of 0.5 is none.
    "with a switch": (known((-1.0, 5.0), ((*GROWS, False), (*SWITCH, True)), (-INF, (1.0, -1e4), 0.0)), -9995.0),
    "between": (known((1.0, -1.0), ((*FREE, True),) * 2, (-0.5, (1.0, -1.0), 0.5)), 0.0),
    "infeasible": (known((-1.0, 0.0), ((*GROWS, False), (*SWITCH, True)), (0.4, (0.0, 1.0), 0.6)), None),
}


@pytest.mark.parametrize("search", list(SearchMethod))
@pytest.mark.parametrize("name", WITHOUT_END)
def test_no_end_is_called_unbounded(name: str, search: SearchMethod) -> None:
    of, endless = WITHOUT_END[name]
    answer = solve(of.program(), Options(gap=0.0, search=search))
    assert (answer.stop, answer.x, answer.endless) == (Stop.UNBOUNDED, None, endless)


@pytest.mark.parametrize("search", list(SearchMethod))
@pytest.mark.parametrize("name", WITH_AN_END)
def test_an_end_is_found(name: str, search: SearchMethod) -> None:
    of, least = WITH_AN_END[name]
    answer = solve(of.program(), Options(gap=0.0, search=search))
    assert answer.stop is (Stop.INFEASIBLE if least is None else Stop.PROVEN)
    assert answer.objective == (None if least is None else pytest.approx(least))


def test_the_error_names_decisions(tmp_path: Path) -> None:
    portfolio = Portfolio.of(small(tmp_path))
    answer = solve(WITHOUT_END["free"][0].program(), Options())
    with pytest.raises(Unbounded, match="cost falls without end with ") as raised:
        values(answer, portfolio)
    assert str(raised.value).endswith(portfolio.ledgers.names[0])
    assert np.isfinite(portfolio.ledgers.size)
