"""No module imports another in a circle, not even for types; imports inside functions aside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).parents[1]


def modules() -> dict[str, Path]:
    """Every module of the planner, packages among them, by its full name."""
    paths = sorted((ROOT / "planner").rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the planner that a file imports outside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    late = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in late and (node.module or "").split(".")[0] == "planner":
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in known else str(node.module) for name in names)


def graph() -> nx.DiGraph:
    """An arrow from each module to those that it imports, and to the packages around them that it is not itself in."""
    known, found = modules(), nx.DiGraph()
    for name, path in known.items():
        around = {name.rsplit(".", k)[0] for k in range(name.count(".") + 1)}
        for target in imported(path, known):
            packages = (target.rsplit(".", k)[0] for k in range(1, target.count(".") + 1))
            found.add_edges_from((name, package) for package in packages if package not in around)
            found.add_edge(name, target)
    return found


def test_there_is_no_circle() -> None:
    found = graph()
    assert found.number_of_nodes() > 300
    assert [sorted(circle) for circle in nx.strongly_connected_components(found) if len(circle) > 1] == []


def test_a_circle_is_seen() -> None:
    found = graph()
    found.add_edge("planner.basics.calendar", "planner.cli")
    circle = max(nx.strongly_connected_components(found), key=len)
    assert {"planner.basics.calendar", "planner.cli"} <= circle
