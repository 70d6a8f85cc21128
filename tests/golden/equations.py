"""Equations of docstrings, worked out with numbers.

A symbol is written as in the docstring, its indices with it: `draw_{fs}`. A sum Σ is over the values of its symbols,
which are then given as arrays. A phrase may stand for a number too, such as `drawn before the start`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from planner.catalogue import CATALOGUE
from planner.reports import formulation

Figures = Mapping[str, float | Sequence[float]]
OPERATORS = {"·": "*", "−": "-", "^": "**"}


def equation(owner: str, *names: str) -> str:
    """What the docstrings of an instrument state of a constraint, a quantity or a post ("cash cost", "rent").

    Raises LookupError where no line begins with these names, or where several do.
    """
    text = "\n\n".join(formulation.section(CATALOGUE, owner))
    begins = " {2,}".join(map(re.escape, names))
    found = re.findall(rf"(?:^|: {{2,}}){begins}(?: {{2,}}| = )(.+?)\.?(?= {{2,}}|$)", text, flags=re.MULTILINE)
    if len(found) != 1:
        raise LookupError(f"{len(found)} equations of {owner} begin with {' '.join(names)}")
    return _without_ranges(_before_comma(found[0]))


def _without_ranges(text: str) -> str:
    """A formula without what its sums run over: the figures say that.

    >>> _without_ranges("Σ_{s ≤ τ} exercise_{os} + Σ_t draw_{ft}")
    'Σ exercise_{os} + Σ draw_{ft}'
    """
    return re.sub(r"Σ(_\{[^}]*\}|_\w)?(\^\{[^}]*\})?", "Σ", text)


def _before_comma(text: str) -> str:
    """What stands before the first comma or semicolon that is followed by words, outside of brackets."""
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter in "({") - (letter in ")}")
        if depth == 0 and f"{text} "[i : i + 2] in (", ", "; "):
            return text[:i]
    return text


def evaluated(formula: str, figures: Figures) -> float:
    """The value of a formula.

    >>> evaluated("−((1 + rate)^h − 1) · draw_{fs}", {"rate": 1.25, "h": 0.5, "draw_{fs}": 2.0})
    -1.0
    >>> evaluated("K · Σ_{t' ≥ t} rent_t'", {"K": 0.5, "rent_t'": [3.0, 4.0]})
    3.5
    """
    text = _without_ranges(formula)
    symbols: dict[str, Any] = {"Σ": np.sum, "max": max}
    for i, name in enumerate(sorted(figures, key=len, reverse=True)):
        text, count = re.subn(_pattern(name), f"s{i}", text)
        if not count:
            raise LookupError(f"no {name!r} in {formula!r}")
        symbols[f"s{i}"] = np.asarray(figures[name], dtype=float)
    for written, meant in OPERATORS.items():
        text = text.replace(written, meant)
    text = _with_calls(text)
    try:
        return float(eval(text, {"__builtins__": {}}, symbols))
    except (NameError, SyntaxError, TypeError) as error:
        raise LookupError(f"{formula!r} has more in it than the figures given: {error}") from error


def _with_calls(text: str) -> str:
    """A formula in which each sum is a call over all factors that follow it.

    >>> _with_calls("a * Σ b * (c + d) - e")
    'a * Σ(b * (c + d)) - e'
    """
    before, sign, after = text.partition("Σ ")
    depth = 0
    for i, letter in enumerate(f"{after})"):
        depth += (letter == "(") - (letter == ")")
        if depth < 0 or (depth == 0 and after[i : i + 3] in (" + ", " - ")):
            return f"{before}Σ({after[:i]}){_with_calls(after[i:])}" if sign else text
    return text


def excess(formula: str, figures: Figures) -> float:
    """By how much the left side of an inequality or equation exceeds its right side."""
    left, right = re.split(r" [≤=] ", formula)
    return _side(left, figures) - _side(right, figures)


def _side(formula: str, figures: Figures) -> float:
    return evaluated(formula, {name: value for name, value in figures.items() if re.search(_pattern(name), formula)})


def _pattern(name: str) -> str:
    """A symbol by itself, not as a part of a longer one."""
    return rf"(?<![\w}}']){re.escape(name)}(?![\w{{'])"
