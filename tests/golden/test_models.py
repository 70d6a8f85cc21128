"""The models of the small cases are those that were approved, and leave no instrument, rule, constraint or post out."""

import re
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

import pyomo.core as pyo
import pytest

from planner.api import Case
from planner.catalogue import CATALOGUE
from planner.ledgers.posts import Kind
from planner.portfolio.portfolio import Portfolio
from planner.reports import formulation
from tests.golden.cases import GOLDEN
from tests.golden.saved import MODELS, difference, made, saved
from tests.golden.writer import blocks, posts

OWNERS = [part.name for part in (*CATALOGUE.instruments, *CATALOGUE.rules)]
APPROVE = "approve the difference by `python -m tests.golden --write`"


@cache
def case(name: str) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        return GOLDEN[name].case(Path(folder))


@cache
def posted(name: str) -> frozenset[tuple[str, Kind | None, str]]:
    """(ledger, kind, line) of each post of a golden case's instrument or rule."""
    return frozenset((post.ledger, post.kind, post.line) for post in posts(case(name), GOLDEN[name].owner))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_model_is_the_one_that_was_approved(name: str) -> None:
    differs = difference(name, made(GOLDEN[name]))
    assert not differs, f"{APPROVE}:\n{differs}"


def test_every_folder_has_its_case() -> None:
    assert {folder.name for folder in MODELS.iterdir()} == set(GOLDEN)


@pytest.mark.parametrize("owner", OWNERS)
def test_every_instrument_and_rule_has_a_golden_case(owner: str) -> None:
    assert [golden.name for golden in GOLDEN.values() if golden.owner == owner], "add a case to tests/golden/cases.py"


@pytest.mark.parametrize("name", GOLDEN)
def test_cases_are_small(name: str) -> None:
    assert 1 <= case(name).calendar.T <= 4
    assert len(case(name).offers()) <= 4


@pytest.mark.parametrize("owner", [part.name for part in CATALOGUE.instruments])
def test_every_constraint_has_rows_in_some_golden_case(owner: str) -> None:
    rows: dict[str, int] = defaultdict(int)
    for golden in GOLDEN.values():
        if golden.owner == owner:
            block = blocks(Portfolio.of(case(golden.name))).component(owner)
            for constraint in block.component_objects(pyo.Constraint):
                rows[constraint.local_name] += len(constraint)
                assert bool(len(constraint)) == (f"{constraint.local_name}.lp" in saved(golden.name))
    assert rows
    assert [name for name, count in rows.items() if not count] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_every_post_that_is_documented_is_made_in_some_golden_case(owner: str) -> None:
    assert documented(owner) == {
        post for golden in GOLDEN.values() if golden.owner == owner for post in posted(golden.name)
    }


def documented(owner: str) -> set[tuple[str, Kind | None, str]]:
    """(ledger, kind, line) of each post that the docstring of an instrument or a rule lists."""
    ledgers = {ledger for name in GOLDEN for ledger, _, _ in posted(name)}
    text = "\n\n".join(formulation.section(CATALOGUE, owner))
    kinds = "|".join(Kind)
    lines = re.findall(rf"^([a-z_]+)(?: ({kinds}))? {{2,}}([a-z_]+)(?= {{2,}}|$)", text, flags=re.MULTILINE)
    return {(ledger, Kind(kind) if kind else None, line) for ledger, kind, line in lines if ledger in ledgers}


def test_a_change_of_one_coefficient_shows() -> None:
    now = dict(saved("term_loan"))
    now["within_limit.lp"] = now["within_limit.lp"].replace("<= 6", "<= 7")
    text = difference("term_loan", now)
    assert "-  + 1 term_loan.draw[bank,2026-01-01] + 1 term_loan.draw[bank,2026-07-01] <= 6\n" in text
    assert "+  + 1 term_loan.draw[bank,2026-01-01] + 1 term_loan.draw[bank,2026-07-01] <= 7\n" in text
    del now["within_limit.lp"]
    assert "-within_limit[club]:\n" in difference("term_loan", now)
