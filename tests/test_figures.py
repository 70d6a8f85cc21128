"""Figures in the texts that come from runs are those that the commands give, within the gaps that the texts state."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.case.shipped import path
from planner.cli import main
from planner.plan.plan import Plan
from planner.studies.prices.walkaway import CLOSE
from tests.plans import cost, solved

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STARTER = (ROOT / "data" / "starter" / "README.md").read_text(encoding="utf-8")
ASSUMPTIONS = (ROOT / "data" / "frontier-lab" / "ASSUMPTIONS.md").read_text(encoding="utf-8")
COSTS = tomllib.loads((ROOT / "tests" / "golden" / "costs.toml").read_text(encoding="utf-8"))
"""of the shipped cases, which a test of their own solves"""
ROUNDING = 0.0005
"""of a figure with three digits after the point"""
GAP = 0.001
"""of the shipped cases"""

TRIED = re.findall(r"^ +planner solve \. -o \S+ --set '(.+)' +# ([+−])([\d.]+):", STARTER, flags=re.MULTILINE)
"""changes of the starter, and by how much each moves its cost"""


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def number(pattern: str, text: str) -> float:
    """The figure in a text that a pattern leads to."""
    found = re.search(pattern, flat(text))
    assert found is not None, f"the text no longer says {pattern}"
    return float(found.group(1).replace(",", ""))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solved(Case.read(path("starter")))


def test_there_are_things_to_try() -> None:
    assert len(TRIED) == STARTER.count("planner solve . -o ../") - 2  # the first plan, and one without a figure


@pytest.mark.parametrize(("change", "sign", "more"), TRIED, ids=[change for change, *_ in TRIED])
def test_what_can_be_tried_with_the_starter(plan: Plan, change: str, sign: str, more: str) -> None:
    expected = float(more) * (1 if sign == "+" else -1)
    changed = solved(Case.read(path("starter")).change(change))
    digits = len(more.partition(".")[2])
    gap = 2 * plan.case.settings.solver.gap * cost(plan)
    assert cost(changed) - cost(plan) == pytest.approx(expected, abs=0.5 * 10**-digits + gap + 1e-9)


@pytest.mark.parametrize(("months", "name"), [(12, "frontier-lab-by-years"), (6, "frontier-lab-by-half-years")])
def test_the_table_of_the_reference_case(months: int, name: str) -> None:
    found = re.search(rf"^\| {months} months \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) % \|", README, flags=re.MULTILINE)
    assert found is not None
    shown, bound, gap = map(float, found.groups())
    known = COSTS[name]
    assert known["least"] - ROUNDING <= shown <= known["known"] / (1 - GAP) + ROUNDING
    assert known["least"] * (1 - GAP) - ROUNDING <= bound <= known["known"] + ROUNDING
    assert 100 * (shown - bound) / shown == pytest.approx(gap, abs=0.005 + 100 * ROUNDING / shown)
    assert shown == pytest.approx(float(known["history"][-1]["cost"]), rel=GAP)


def test_the_base_plan_of_the_assumptions() -> None:
    shown = number(r"the base plan's present cost of ([\d.]+):", ASSUMPTIONS)
    assert shown == pytest.approx(float(COSTS["frontier-lab-by-half-years"]["history"][-1]["cost"]), rel=GAP)


def test_years_against_half_years() -> None:
    difference = number(r"of the difference of (\d+)\.", README)
    costs = [number(rf"\| {months} months \| ([\d.]+) \|", README) for months in (12, 6)]
    assert costs[0] - costs[1] == pytest.approx(difference, abs=0.5)


def test_the_price_of_a_hall(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan")
    words = ["prices", str(tmp_path / "plan"), "--offer", "lake", "--no-limits", "--workers", "1"]
    printed = CliRunner().invoke(main, words).output
    row = re.search(r"lake +signed +([\d.]+) to ([\d.]+) +(\d+) +([\d.]+)", printed)
    assert row is not None
    low, high, now, walkaway = map(float, row.groups())
    assert number(r"In the starter `lake` saves ([\d.]+)", README) == pytest.approx((low + high) / 2, abs=0.005)
    assert number(r"would be given up at a rent of (\d+)", README) == pytest.approx(walkaway, rel=CLOSE)
    assert number(r"instead of (\d+) USD per kW and month", README) == now


def test_the_stress_that_is_shown(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan")
    (events,) = re.findall(r"^```csv\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    (tmp_path / "events.csv").write_text(events, encoding="utf-8")
    printed = flat(CliRunner().invoke(main, ["stress", str(tmp_path / "plan"), str(tmp_path / "events.csv")]).output)
    late = number(r"`late` costs ([\d.]+)", README)
    assert number(r"late: mesa_1 .*? the plan costs ([\d.]+) USD bn more", printed) == late
    assert "down: cirrus stands behind 50% less from 2028-06-01 on: the plan costs what it did" in printed
    assert number(r"`cirrus` then guarantees ([\d.]+) more", README) == number(
        r"down: .*? guarantor_cap cirrus/lease by up to ([\d.]+)", printed
    )
    for told, shown in (
        (r"the SPV owes ([\d.]+) to the senior", r"default: .*? owes ([\d.]+) to senior"),
        (r"and ([\d.]+) to equity; its chips", r"default: .*? and ([\d.]+) to equity; its chips"),
        (r"its chips sell for ([\d.]+),", r"default: .*? its chips fetch ([\d.]+),"),
        (r"fees take ([\d.]+), the supporter", r"default: .*? fees take ([\d.]+), so"),
        (r"pays the missing ([\d.]+) of", r"default: .*? tpu_maker pays ([\d.]+)"),
    ):
        assert number(told, README) == number(shown, printed)
