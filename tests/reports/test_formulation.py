"""The page of mathematics names everything in the models: constraints, variables, limits, ledgers and posts."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.case.shipped import names, path
from planner.catalogue import CATALOGUE
from planner.cli import main
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Post
from planner.ledgers.variables import VariableGroup
from planner.model.pyomo import whole
from planner.portfolio.portfolio import Portfolio
from planner.reports import formulation
from tests.neighbour import BARTER, WITH_BARTER

CASES = [(name, changes) for name in names() for changes in ((), ("case.horizon = charge",))]
MARGIN = "+policies{policy=margin, kind=reserve_margin_min, from_date=2026-01-01, value=0.1, penalty=5}"
"""what no shipped case asks for"""
PAGE = formulation.markdown(CATALOGUE)


def case(name: str, changes: tuple[str, ...]) -> Case:
    return Case.read(path(name)).change(MARGIN, *changes)


def section(name: str) -> str:
    return "\n\n".join(formulation.section(CATALOGUE, name))


def is_line_of(text: str, beginning: str) -> bool:
    """Whether some line begins so."""
    return re.search(rf"^{beginning}(  |$)", text, flags=re.MULTILINE) is not None


def posted(name: str, changes: tuple[str, ...]) -> Iterator[tuple[str, list[VariableGroup], list[Post]]]:
    """What each instrument and rule declares and posts, in turn."""
    chosen = case(name, changes)
    ledgers = Ledgers(chosen.calendar)
    for part in (*CATALOGUE.posting, *CATALOGUE.rules):
        groups, posts = len(ledgers.groups), len(ledgers.posts)
        if part.post is not None:
            part.post(chosen, ledgers)
        yield part.name, ledgers.groups[groups:], ledgers.posts[posts:]


@pytest.mark.parametrize(("name", "changes"), CASES)
def test_every_post_is_named_where_it_is_made(name: str, changes: tuple[str, ...]) -> None:
    missing = set()
    for part, _, posts in posted(name, changes):
        text = section(part)
        for post in posts:
            ledger = post.ledger if post.kind is None else f"{post.ledger} {post.kind}"
            if not is_line_of(text, rf"{ledger}  +{post.line}"):
                missing.add(f"{part}: {ledger} {post.line}")
    assert missing == set()


@pytest.mark.parametrize("name", names())
def test_every_variable_is_named_with_its_unit(name: str) -> None:
    units = {"0 or 1": "1 ", "reference GW": "reference GW", "USD bn": "USD bn", "GW": "GW"}
    missing = []
    for part, groups, _ in posted(name, ()):
        for group in groups:
            unit = units.get(group.unit, group.unit.split()[0])
            if re.search(rf"^{group.name}\[.*\]  +(.*\b)?{unit}", section(part), flags=re.MULTILINE) is None:
                missing.append(f"{part}: {group.name} [{group.unit}]")
    assert missing == []


@pytest.mark.parametrize("name", names())
def test_every_component_of_the_model_is_named(name: str) -> None:
    """Constraints and variables of a block stand in its section; those of the model itself in the first."""
    portfolio = Portfolio.of(case(name, ()))
    groups = {(group.block, group.name) for group in portfolio.ledgers.groups}
    built, _ = whole(portfolio)
    missing = []
    for component in built.component_objects((pyo.Constraint, pyo.Var)):
        block = component.parent_block().local_name
        own = (block, component.local_name)
        if own in groups or block == "state":  # the former are tested above, the latter named as a pattern
            continue
        if block == "limit":
            found = f"### {formulation.section(CATALOGUE, component.local_name)[0].removeprefix('### ')}" in PAGE
        elif component.parent_block() is built:
            found = f"{component.local_name}[" in PAGE
        elif component.ctype is pyo.Constraint:
            found = is_line_of(section(block), component.local_name)
        else:
            found = f"{component.local_name}_{{" in section(block) or f"{component.local_name}_v" in section(block)
        if not found:
            missing.append(component.name)
    assert missing == []


@pytest.mark.parametrize("name", names())
def test_every_ledger_is_named(name: str) -> None:
    ledgers = PAGE[PAGE.index("## Ledgers") : PAGE.index("· `cloud_commitment`")]
    used = {post.ledger for _, _, posts in posted(name, ()) for post in posts}
    assert [ledger for ledger in sorted(used) if not is_line_of(ledgers, ledger)] == []


def test_every_instrument_and_rule_has_its_heading_and_every_build_its_constraints() -> None:
    for part in CATALOGUE.posting:
        assert f"\n## {formulation.section(CATALOGUE, part.name)[0].removeprefix('## ')}\n" in PAGE
        assert f"### Constraints of `{part.name}`\n" in PAGE
    for rule in CATALOGUE.rules:
        assert f"· `{rule.name}`\n" in PAGE
    with pytest.raises(KeyError, match="no instrument or rule barter"):
        formulation.section(CATALOGUE, "barter")


def test_equations_stand_in_blocks() -> None:
    """Tables stand in blocks of code: outside them no line holds three blanks in a row."""
    prose = re.sub(r"^```text\n.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert [line for line in prose.splitlines() if "   " in line] == []
    assert PAGE.count("```") % 2 == 0


def test_the_command_prints_the_page_without_pyomo() -> None:
    result = CliRunner().invoke(main, ["formulation"])
    assert (result.exit_code, result.output) == (0, PAGE + "\n")
    words = "from planner.cli import main; main(['formulation'], standalone_mode=False)"
    ended = subprocess.run(
        [sys.executable, "-c", f"import sys, atexit; atexit.register(lambda: print('pyomo' in sys.modules)); {words}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ended.stdout == f"{PAGE}\nFalse\n"


def test_an_instrument_of_ones_own_is_described_by_its_module() -> None:
    text = "\n\n".join(formulation.section(WITH_BARTER, "barter"))
    assert text.startswith("## Barter · `barter`\n\nA small instrument that no module of the planner knows.")
    assert text.endswith("### Constraints of `barter`\n\nNo docstring says what the constraints of `barter` are.")


def test_an_instrument_of_a_notebook_is_described_by_its_functions() -> None:
    """Its functions stand in no module whose source could be read."""
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec('def post(case, ledgers):\n    """Lorries: what one of them carries."""\ndef build(b, case): pass', notebook)
    for name in ("__main__", "nowhere.at_all", "nowhere"):
        post, build = (notebook[each] for each in ("post", "build"))
        post.__module__ = build.__module__ = name
        for function, says in ((post, "What one of them carries."), (build, "No docstring says what `barter` posts.")):
            mine = replace(BARTER, post=function, build=build)
            text = formulation.markdown(CATALOGUE.extended(instruments=[mine]))
            assert says in text
            assert "No docstring says what the constraints of `barter` are." in text


def test_an_instrument_of_a_temporary_folder_is_described_by_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lorries"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "postings.py").write_text('"""Lorries: machines that come by road.\n\n    take[t]    GW taken\n"""\n'
                                         "def post(case, ledgers): ...\n")  # fmt: skip
    (package / "constraints.py").write_text('"""No more than there are."""\ndef build(b, case): ...\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    postings, constraints = (importlib.import_module(f"lorries.{name}") for name in ("postings", "constraints"))
    mine = replace(BARTER, name="lorries", post=postings.post, build=constraints.build)
    text = "\n\n".join(formulation.section(CATALOGUE.extended(instruments=[mine]), "lorries"))
    assert text == (
        "## Lorries · `lorries`\n\nMachines that come by road.\n\n```text\ntake[t]    GW taken\n```\n\n"
        "### Constraints of `lorries`\n\nNo more than there are."
    )
