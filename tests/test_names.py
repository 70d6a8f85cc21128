"""Only `planner/catalogue.py` and an instrument's own folder name an instrument, its rows or its tables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1] / "planner"
WORDS = {
    *(each.name for each in CATALOGUE.instruments),
    *(row.__name__ for each in CATALOGUE.instruments for row in each.tables),
    *(row.about.name for each in CATALOGUE.instruments for row in each.tables),
}


def modules() -> list[str]:
    """Every module that may name no instrument, as a path below `planner`."""
    paths = (path.relative_to(ROOT) for path in sorted(ROOT.rglob("*.py")))
    return [path.as_posix() for path in paths if path.parts[0] != "instruments" and path.as_posix() != "catalogue.py"]


def code_words(source: str) -> Iterator[tuple[int, str]]:
    """Every identifier and every string of a module with its line, without docstrings and comments."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in docstrings:
                yield line, node.value
            continue
        for _, value in ast.iter_fields(node):
            for each in value if isinstance(value, list) else (value,):
                if isinstance(each, str):
                    yield line, each


def named(source: str) -> list[str]:
    """Where a module names an instrument: line and word."""
    one_of = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(WORDS, key=len, reverse=True))})(?![A-Za-z0-9_])")
    return [f"{line}: {word}" for line, text in code_words(source) for word in one_of.findall(text)]


@pytest.mark.parametrize("module", modules())
def test_a_module_names_no_instrument(module: str) -> None:
    found = named((ROOT / module).read_text(encoding="utf-8"))
    assert found == []


def test_what_is_looked_for_is_found() -> None:
    """Imports, attributes, keywords, classes and strings count; docstrings and comments do not."""
    source = '''"""About site_lease."""
from planner.instruments.site_lease.tables import SiteLease as Halls
ROWS = "site_leases[*].status"  # a chip_lease
"""Of SiteLease."""
made = f(term_loan=other.own_fleet, text=f"{ROWS} spare_capacity")
class TermLoan: pass
fine = "my_site_lease", "site_leases_too"
'''
    assert sorted(named(source)) == [
        "2: SiteLease",
        "2: site_lease",
        "3: site_leases",
        "5: own_fleet",
        "5: spare_capacity",
        "5: term_loan",
        "6: TermLoan",
    ]
