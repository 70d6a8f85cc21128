"""The mathematics of the planner as one page of Markdown, read from the docstrings that stand beside the code.

The module of an instrument's `post` says what its variables and posts are, and the module `constraints` beside it what
the variables must satisfy. The module of a rule's `limits` says what it limits. Modules are read from their source, so
that the page is printed without Pyomo. Where there are no such modules, as in a notebook, the docstrings of the
functions are printed.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import partial
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
    parts = ["# Formulation", INTRODUCTION, "## The model", *_body(docstring("planner.model.model")), "## Ledgers"]
    parts += _body(docstring("planner.ledgers.ledgers"))
    for instrument in catalogue.posting:
        parts += _instrument(instrument)
    parts.append("## Rules")
    for rule in catalogue.rules:
        parts += _rule(rule)
    parts += ["### Waivers · `waivers`", *_body(docstring("planner.portfolio.waived"))]
    parts += ["## Many futures", *_body(docstring("planner.model.tree"))]
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
    """Variables and posts, then constraints."""
    posts = _said_of(instrument.post)
    parts = [f"## {_title(posts, instrument.name)} · `{instrument.name}`"]
    parts += _body(posts) or [f"No docstring says what `{instrument.name}` posts."]
    package = instrument.post.__module__.rpartition(".")[0]
    constraints = docstring(f"{package}.constraints") if package else ""
    constraints = constraints or inspect.getdoc(instrument.build) or ""
    parts.append(f"### Constraints of `{instrument.name}`")
    return parts + (_body(constraints) or [f"No docstring says what the constraints of `{instrument.name}` are."])


def _rule(rule: Rule) -> list[str]:
    """What it limits, and how many limits it states."""
    says = rule.limits or rule.post
    assert says is not None, "a rule states limits or posts"
    text = _said_of(says)
    parts = [f"### {_title(text, rule.name)} · `{rule.name}`"]
    parts += _body(text) or [f"No docstring says what `{rule.name}` limits."]
    if rule.limits is not None and (stated := inspect.getdoc(rule.limits)):
        parts.append(f"Limits: {_lowered(' '.join(stated.split()))}")
    return parts


def _said_of(function: Callable[..., object]) -> str:
    """The docstring of the module in which a function stands, or else its own: one in a notebook has no module."""
    while isinstance(function, partial):
        function = function.func
    return docstring(function.__module__) or inspect.getdoc(function) or ""


def _title(text: str, name: str) -> str:
    """What stands before the colon in the first paragraph of a docstring; the name where there is no colon."""
    title, colon, _ = text.partition("\n\n")[0].partition(":")
    return title if colon else name.replace("_", " ").capitalize()


def _body(text: str) -> list[str]:
    """A docstring after its title, as paragraphs and code blocks."""
    first, _, rest = text.partition("\n\n")
    title, colon, after = first.partition(": ")
    said = after.strip() if colon else title
    return [*rendered(said[:1].upper() + said[1:]), *rendered(rest)]


def docstring(module: str) -> str:
    """The docstring of a module as its source has it: none of its lines is indented for being nested.

    Blank where the module has none, or where no source of it is found, as of a notebook.
    """
    try:
        spec = find_spec(module)
        loader = None if spec is None else spec.loader
        source = loader.get_source(module) if isinstance(loader, InspectLoader) else None
    except (ImportError, ValueError):  # its package is not there; or it is a program, not a module
        return ""
    return "" if source is None else (ast.get_docstring(ast.parse(source), clean=False) or "").strip()


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
