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

from planner.interfaces.catalogue import Catalogue
from planner.interfaces.instrument import Instrument
from planner.interfaces.rule import Rule

INTRODUCTION = """\
What the planner solves, printed from the docstrings beside the code that builds it. A *variable* is a decision, a
*post* what variables do to a ledger, a *limit* an inequality between balances of ledgers. Names are those of the
model's components and of a plan's files."""


def markdown(catalogue: Catalogue) -> str:
    """The page."""
    parts = ["# Formulation", INTRODUCTION, "## The model", *_body("planner.model.model"), "## Ledgers"]
    parts += _body("planner.ledgers.ledgers")
    for instrument in catalogue.posting:
        parts += _instrument(instrument)
    parts.append("## Rules")
    for rule in catalogue.rules:
        parts += _rule(rule)
    return "\n\n".join(parts)


def section(catalogue: Catalogue, name: str) -> list[str]:
    """What is said of one instrument or rule: heading, text and equations; raises KeyError where there is none."""
    for instrument in catalogue.instruments:
        if instrument.name == name:
            return _instrument(instrument)
    for rule in catalogue.rules:
        if rule.name == name:
            return _rule(rule)
    raise KeyError(f"no instrument or rule {name}")


def _instrument(instrument: Instrument) -> list[str]:
    """Variables and posts, then constraints where the package has a module `build`."""
    profiles = instrument.post.__module__
    parts = [f"## {_title(profiles)} · `{instrument.name}`", *_body(profiles)]
    package, _, _ = profiles.rpartition(".")
    build = f"{package}.build"
    if package and find_spec(build) is not None:
        parts += [f"### Constraints of `{instrument.name}`", *_body(build)]
    return parts


def _rule(rule: Rule) -> list[str]:
    """What it limits, and how many limits it states."""
    says = rule.limits or rule.post
    assert says is not None, "a rule states limits or posts"
    module = says.__module__
    parts = [f"### {_title(module)} · `{rule.name}`", *_body(module)]
    if rule.limits is not None:
        parts.append(f"Limits: {_lowered(_function_docstring(module, rule.limits.__name__))}")
    return parts


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
