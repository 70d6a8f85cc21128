"""Present cost and proven bound of the shipped cases are those of `costs.toml`, which says why they have changed."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import highspy
import pytest

from planner.api import Case
from planner.case import shipped
from planner.plan.plan import Record
from tests.plans import solved

COSTS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "costs.toml").read_text(encoding="utf-8")
)  # fmt: skip
ENDLESS = 1e9
"""seconds: how fast the machine is must not matter"""
DIGITS = 12
SAME = 1e-9
"""how far apart, relatively, the cost of a proven optimum may be between releases of HiGHS"""


def digits(value: float) -> str:
    return f"{value:.{DIGITS}g}"


def check(record: Record, known: dict[str, Any], gap: float, highs: str) -> None:
    """Raise AssertionError where a cost is not the one that is recorded."""
    newest, cost, bound = known["history"][-1], record.objective_usd_bn, record.bound_usd_bn
    assert record.status == "proven"
    assert record.gap <= gap
    assert known["least"] * (1 - 1e-6) <= cost <= known["known"] / (1 - gap) * (1 + SAME), "no such cost is possible"
    assert bound <= known["known"] * (1 + 1e-6), "the bound is above the cost of a plan that is known"
    if known["compared"] == "optimum":
        assert cost == pytest.approx(float(newest["cost"]), rel=SAME)
    if highs == newest["highs"] and known["compared"] != "gap":
        assert (digits(cost), digits(bound)) == (newest["cost"], newest["bound"]), (
            f"cost and bound have changed to {digits(cost)} and {digits(bound)}: if that is meant, add a line with "
            "today's date and the reason to the history in tests/golden/costs.toml"
        )


def changes(known: dict[str, Any]) -> list[str]:
    """All changes of a case: those of another that it is like, and its own."""
    like = known.get("like")
    return [*(changes(COSTS[like]) if like else []), *known["changes"]]


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_is_the_one_that_is_recorded(name: str) -> None:
    known = COSTS[name]
    case = Case.read(shipped.path(known.get("case", name))).change(
        *changes(known), f"case.solver.time_limit_s = {ENDLESS}"
    )
    check(solved(case).record, known, case.settings.solver.gap, highspy.Highs().version())


def test_every_shipped_case_is_recorded() -> None:
    assert {known.get("case", name) for name, known in COSTS.items()} == set(shipped.names())


@pytest.mark.parametrize("name", COSTS)
def test_history_has_dates_and_reasons(name: str) -> None:
    history = COSTS[name]["history"]
    days = [line["date"] for line in history]
    assert all(isinstance(day, date) for day in days)
    assert days == sorted(days)
    assert all(line["reason"] for line in history)
    assert history[-1]["highs"]
    assert COSTS[name]["compared"] in ("optimum", "digits", "gap")


class Changed:
    """A record whose cost is not the one that is known."""

    status, gap, bound_usd_bn = "proven", 0.0, 57.69135

    def __init__(self, cost: float) -> None:
        self.objective_usd_bn = cost


def test_another_cost_is_refused_and_the_message_says_what_to_do() -> None:
    known = COSTS["starter"]
    check(Changed(57.69135), known, 1e-6, "1.15.1")  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="add a line with today's date and the reason"):
        check(Changed(57.69135 * (1 + 5e-10)), known, 1e-6, "1.15.1")  # type: ignore[arg-type]
    check(Changed(57.69135 * (1 + 5e-10)), known, 1e-6, "another")  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=r"57\.69135"):
        check(Changed(57.69135 * (1 + 5e-9)), known, 1e-6, "another")  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="no such cost is possible"):
        check(Changed(57.6), known, 1e-6, "another")  # type: ignore[arg-type]
