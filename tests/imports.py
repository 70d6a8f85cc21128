"""The imports of the planner's modules, read from their source: those at the top, and those inside functions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def modules() -> dict[str, Path]:
    """The file of each module, by its name."""
    found = {}
    for path in sorted((ROOT / "planner").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def late_imports(module: str) -> set[str]:
    """The planner's modules that a module imports inside functions."""
    functions = [node for node in ast.walk(_tree(module)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    found = {name for function in functions for node in ast.walk(function) for name in _imported(node)}
    return {name for name in found if name.startswith("planner.")}


@cache
def brought(module: str) -> frozenset[str]:
    """All modules that come with the import of a module, except what other packages import."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in modules():
                waiting += [name.rpartition(".")[0]] * ("." in name)
                waiting += [each for node in _top(_tree(name).body) for each in _imported(node)]
    return frozenset(found)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def _top(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that an import carries out: not those in functions or for type checkers only."""
    for node in nodes:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _top(node.orelse)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
            for inner in (getattr(node, name, []) for name in ("body", "orelse", "finalbody")):
                yield from _top(inner)


def _imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports; of other packages the package and the module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
            yield alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        inner = [name for name in names if name in modules()]
        yield from inner
        if len(inner) < len(names) or not inner:
            yield node.module
            yield node.module.partition(".")[0]
