"""The mathematics of the planner as one page of Markdown, read from the docstrings that stand beside the code.

Each instrument's `profiles` says what its columns and posts are and its `build` what the columns must satisfy; each
rule says what it limits. Docstrings are read from the source, so that the page can be printed without Pyomo.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.abc import InspectLoader
from importlib.util import find_spec
from itertools import groupby
from textwrap import dedent
from typing import cast

from planner.portfolio.portfolio import INSTRUMENTS, RULES
from planner.rules.contract import Rule

INTRODUCTION = """\
What the planner solves, printed from the docstrings beside the code that builds it. A *column* is a decision, a *post*
what columns do to a ledger, a *limit* an inequality between balances of ledgers. Names are those of the model's
components and of a plan's files."""


def markdown() -> str:
    """The page."""
    parts = ["# Formulation", INTRODUCTION, "## The model", *_body("planner.model.model"), "## Ledgers"]
    parts += _body("planner.ledgers.ledgers")
    for instrument in INSTRUMENTS:
        parts += section(instrument.NAME)
    parts.append("## Rules")
    for rule in RULES:
        parts += section(rule.NAME)
    return "\n\n".join(parts)


def section(name: str) -> list[str]:
    """What is said of one instrument or rule: heading, text and equations; raises KeyError where there is none."""
    for instrument in INSTRUMENTS:
        if instrument.NAME == name:
            return _instrument(name, _module(instrument))
    for rule in RULES:
        if rule.NAME == name:
            return _rule(rule)
    raise KeyError(f"no instrument or rule {name}")


def _module(instrument: object) -> str:
    """The full name of a module that a tuple holds."""
    return cast(str, vars(instrument)["__name__"])


def _instrument(name: str, profiles: str) -> list[str]:
    """Columns and posts, then constraints where the package has a `build`."""
    parts = [f"## {_title(profiles)} · `{name}`", *_body(profiles)]
    package, _, module = profiles.rpartition(".")
    build = f"{package}.build"
    if module == "profiles" and find_spec(build) is not None:
        parts += [f"### Constraints of `{name}`", *_body(build)]
    return parts


def _rule(rule: Rule) -> list[str]:
    """What it limits, and how many limits it states."""
    module = _module(rule)
    stated = _function_docstring(module, "limits")
    return [f"### {_title(module)} · `{rule.NAME}`", *_body(module), f"Limits: {_lowered(stated)}"]


def _title(module: str) -> str:
    """What stands before the colon in the first line of a module's docstring."""
    return docstring(module).partition(":")[0]


def _body(module: str) -> list[str]:
    """A module's docstring after its title, as paragraphs and code blocks."""
    first, _, rest = docstring(module).partition("\n\n")
    text = first.partition(": ")[2].strip()
    return [*rendered(text[:1].upper() + text[1:]), *rendered(rest)]


def docstring(module: str) -> str:
    """The docstring of a module of ours as its source has it: none of its lines is indented for being nested."""
    return (ast.get_docstring(_tree(module), clean=False) or "").strip()


def _function_docstring(module: str, function: str) -> str:
    """The docstring of a function of a module, from its source, on one line."""
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return " ".join((ast.get_docstring(node) or "").split())
    return ""


def _tree(module: str) -> ast.Module:
    """The source of a module, parsed but not run."""
    spec = find_spec(module)
    loader = None if spec is None else spec.loader
    source = loader.get_source(module) if isinstance(loader, InspectLoader) else None
    if source is None:
        raise RuntimeError(f"{module} has no source to read")
    return ast.parse(source)


def rendered(text: str) -> Iterator[str]:
    r"""Paragraphs of a docstring as Markdown; what is indented becomes a block of code.

    >>> list(rendered("Power is paid:\n\n    p · h · draw\n\nEvery year."))
    ['Power is paid:', '```text\np · h · draw\n```', 'Every year.']
    """
    for paragraph in _paragraphs(text):
        for indented, lines in groupby(paragraph, lambda line: line.startswith("    ")):
            block = "\n".join(lines)
            yield f"```text\n{dedent(block)}\n```" if indented else block


def _paragraphs(text: str) -> Iterator[list[str]]:
    for filled, lines in groupby(text.splitlines(), bool):
        if filled:
            yield list(lines)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
