"""The runs that a study asks for in words: named changes, all combinations, one at a time, and samples.

A study is a TOML file. Any part of it may be left out:

    title = "Guarantee, price and date"
    changes = ["case.solver.gap = 0.005"]                  # changes of the case that all runs have in common
    grid = [                                               # all combinations
        "google: guarantor_caps[google,lease,*].cap_usd_bn *= as is | 0.5",
        "trainium4: chips[trainium4].available_from += as is | 6 months",
    ]
    one_at_a_time = [                                      # each value by itself, everything else unchanged
        "demand: demand[*,*,*].demand_gw *= 0.9 | 1.1",
    ]
    named = [                                              # several changes at once
        { name = "both closed", changes = ["…", "…"] },
    ]

    [sample]                                               # a Latin hypercube
    count = 100
    seed = 1
    vary = ["rent: site_leases[*].rent_usd_per_kw_month *= uniform(0.9, 1.1)"]

A variation is `name: change = value | value | …` in the words of `--set`. Its name may be left out. With `{}` in place
of the value a variation moves several cells at once: `aws: a *= {}; b *= {} for 1 | 1.2`. `as is` stands for no change.
Samples are drawn from uniform(low, high), triangular(low, mode, high) and normal(mean, deviation).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, product
from math import prod
from pathlib import Path
from typing import Any

from planner.basics.errors import DataError, Problem
from planner.basics.inputs import MOST_BYTES_TOML, read_file
from planner.studies.runs import Run
from planner.tables import tomltext
from planner.tables.cells import LONGEST as LONGEST_SHOWN
from planner.tables.references import suggestion

AS_IS = "as is"
BASE = "base"
"""name of the run that varies nothing"""
_NAME = re.compile(r"[\w .-]+")
_FOR = re.compile(r"(?<=\s)for(?=\s)")
_BRACKET_OR_EQUALS = re.compile(r"[=\[\]]")
_DISTRIBUTION = re.compile(r"(?P<name>\w+)\s*\((?P<numbers>[^)]*)\)")
DISTRIBUTIONS = {"uniform": 2, "triangular": 3, "normal": 2}
"""number of parameters of each distribution"""
TAKEN = (
    "run", "by", "status", "objective_usd_bn", "expected_cost_usd_bn", "cvar_usd_bn", "cost_in_money_usd_bn",
    "penalties_usd_bn", "bound_usd_bn", "gap", "difference_from_usd_bn", "difference_to_usd_bn", "seconds",
    "unserved_gw_years", "own_halls_peak_gw", "lowest_cash_usd_bn", "signed", "message", "changes",
)  # fmt: skip
"""columns of a study's results; what is varied has a column beside them, so it may not be called so"""
OF_HEDGES = ("expected_cost_usd_bn", "cvar_usd_bn")
"""those of studies over plans for all futures only"""
MOST_RUNS = 100_000
"""runs of the largest study"""
LONGEST = 100_000
"""letters of the longest variation"""
KEYS = ("title", "changes", "grid", "one_at_a_time", "named", "sample")


@dataclass(frozen=True)
class Variation:
    """One thing that is varied."""

    name: str
    templates: tuple[str, ...]
    """changes with `{}` where the value goes"""
    values: tuple[str, ...]
    """of a sample: only the distribution that they are drawn from"""

    def changes(self, value: str) -> tuple[str, ...]:
        """The changes for one of the values."""
        return () if value == AS_IS else tuple(template.replace("{}", value) for template in self.templates)


@dataclass(frozen=True)
class Sample:
    """Runs drawn at random as a Latin hypercube."""

    count: int
    seed: int
    vary: tuple[Variation, ...]

    def draws(self) -> Iterator[dict[str, str]]:
        """The value of each variation in each run; the same for the same seed."""
        from scipy.stats import norm, qmc, triang, uniform

        def quantile(variation: Variation) -> Callable[[float], float]:
            found = _DISTRIBUTION.fullmatch(variation.values[0])
            assert found is not None, "checked when it was read"
            numbers = [float(text) for text in found["numbers"].split(",")]
            frozen: Any
            match found["name"]:
                case "uniform":
                    low, high = numbers
                    frozen = uniform(low, high - low)
                case "triangular":
                    low, mode, high = numbers
                    frozen = triang((mode - low) / (high - low), low, high - low)
                case _:
                    mean, deviation = numbers
                    frozen = norm(mean, deviation)
            return lambda share: float(frozen.ppf(share))

        quantiles = [quantile(variation) for variation in self.vary]
        for shares in qmc.LatinHypercube(len(self.vary), rng=self.seed).random(self.count):
            yield {
                variation.name: f"{of(share):.6g}"
                for variation, of, share in zip(self.vary, quantiles, shares.tolist(), strict=True)
            }


@dataclass(frozen=True)
class Design:
    """What a study asks for."""

    title: str = ""
    changes: tuple[str, ...] = ()
    grid: tuple[Variation, ...] = ()
    one_at_a_time: tuple[Variation, ...] = ()
    named: tuple[Run, ...] = ()
    sample: Sample | None = None
    names: tuple[str, ...] = field(default=())
    """names of everything that is varied"""

    def runs(self) -> list[tuple[Run, dict[str, str]]]:
        """Each run with the value of everything that it varies; the first changes nothing."""
        found = [(Run(BASE), dict[str, str]())]
        if self.grid:
            for values in product(*(variation.values for variation in self.grid)):
                found.append(_run(dict(zip(self.grid, values, strict=True))))
        for variation in self.one_at_a_time:
            found += [_run({variation: value}) for value in variation.values]
        found += [(run, {}) for run in self.named]
        if self.sample is not None:
            for i, drawn in enumerate(self.sample.draws(), start=1):
                run, values_ = _run({variation: drawn[variation.name] for variation in self.sample.vary})
                found.append((Run(f"sample {i}", run.changes), values_))
        return _with_different_names(found)

    def json(self) -> dict[str, Any]:
        """The design for `study.json`: title, changes, what is varied, and the values in each run."""
        parts = {"grid": self.grid, "one_at_a_time": self.one_at_a_time}
        parts["sample"] = () if self.sample is None else self.sample.vary
        counts = {
            BASE: 1,
            "grid": prod(len(each.values) for each in self.grid) if self.grid else 0,
            "one_at_a_time": sum(len(each.values) for each in self.one_at_a_time),
            "named": len(self.named),
            "sample": 0 if self.sample is None else self.sample.count,
        }
        by = [kind for kind, many in counts.items() for _ in range(many)]
        return {
            "title": self.title,
            "changes": list(self.changes),
            "varied": [
                {"name": each.name, "by": kind, "changes": list(each.templates), "values": list(each.values)}
                for kind, variations in parts.items()
                for each in variations
            ],
            "runs": [
                {"run": run.name, "by": kind, "values": values}
                for kind, (run, values) in zip(by, self.runs(), strict=True)
            ],
        }


def _with_different_names(runs: Sequence[tuple[Run, dict[str, str]]]) -> list[tuple[Run, dict[str, str]]]:
    """The runs; a run whose name an earlier one has gets a number after its name."""
    taken = {run.name for run, _ in runs}
    numbers: dict[str, Iterator[str]] = {}
    found: dict[str, tuple[Run, dict[str, str]]] = {}
    for run, values in runs:
        name = run.name
        if name in found:
            following = numbers.setdefault(name, (f"{run.name} ({i})" for i in count(2)))
            name = next(each for each in following if each not in taken)
            taken.add(name)
        found[name] = (replace(run, name=name), values)
    return list(found.values())


def _run(values: Mapping[Variation, str]) -> tuple[Run, dict[str, str]]:
    said = {variation.name: value for variation, value in values.items()}
    name = ", ".join(f"{name} {value}" for name, value in said.items())
    return Run(name, tuple(change for variation, value in values.items() for change in variation.changes(value))), said


def variation(text: str, where: str = "--vary") -> Variation:
    """The variation that a text describes; raises DataError where it cannot be read."""
    if len(text) > LONGEST:
        raise DataError([Problem(where, None, "", f"a variation of at most {LONGEST:,} letters", f"{len(text):,}")])
    name, colon, rest = (part.strip() for part in text.partition(":"))
    if not colon or not _NAME.fullmatch(name):
        name, rest = "", text.strip()
    if (parts := _template(rest)) is not None:
        before, values = parts
        templates = tuple(part.strip() for part in before.split(";"))
    elif end := _after_operator(rest):
        templates, values = (f"{rest[:end]} {{}}",), rest[end:]
    else:
        raise DataError([Problem(where, None, "", "name: change = value | value | …", _quoted(text))])
    listed = tuple(value.strip() for value in values.split("|"))
    if not all(listed):
        raise DataError([Problem(where, None, "", "values, each followed by | but the last", _quoted(text))])
    return Variation(name or templates[0].replace(" {}", ""), templates, listed)


def _quoted(value: object) -> str:
    """A value as a message quotes it, cut if it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits, lists within lists
        return "a value too long to show"
    return text if len(text) <= 5 * LONGEST_SHOWN else f"{text[: 5 * LONGEST_SHOWN]}…"


def _template(text: str) -> tuple[str, str] | None:
    """The changes with `{}` and the values of `changes for values`; None where a text is no such thing."""
    words = [found.start() for found in _FOR.finditer(text)]
    place = text.rfind("{}", 0, words[-1] - 1) if words else -1
    if place < 0:
        return None
    word = next(word for word in words if word - 1 >= place + len("{}"))
    return text[:word].rstrip(), text[word + len("for") :]


def _after_operator(text: str) -> int:
    """The position after the first `=` outside of the brackets of keys; 0 where there is none."""
    first = text.find("=")
    opens = text.find("[")
    while 0 <= opens < first and (closes := text.find("]", opens)) >= 0:
        following = _BRACKET_OR_EQUALS.search(text, closes + 1)
        if following is not None and following[0] == "=":
            return following.end()
        opens = text.find("[", opens + 1)
    return first + 1


def read(path: Path) -> Design:
    """The design in a TOML file; raises DataError with everything that is wrong with the file."""
    data = tomltext.parse(path.name, read_file(path, MOST_BYTES_TOML, pipe=True))
    return design(data, path.name)


def design(data: Mapping[str, Any], where: str) -> Design:
    """The design in a mapping such as a TOML file gives; raises DataError with everything that is wrong with it."""
    problems: list[Problem] = []

    def wrong(key: str, expected: str, found: object) -> None:
        problems.append(Problem(where, None, key, expected, _quoted(found)))

    def texts(key: str, value: object) -> list[str]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        wrong(key, "a list of texts", value)
        return []

    def variations(key: str, value: object, *, drawn: bool = False) -> tuple[Variation, ...]:
        found = []
        for text in texts(key, value):
            try:
                each = variation(text, where)
            except DataError as error:
                problems.extend(error.problems)
                continue
            if drawn and (said := _misfit(each.values)):
                wrong(key, said, text)
            found.append(each)
        names = [each.name for each in found]
        for name in sorted(name for name, times in Counter(names).items() if times > 1):
            wrong(key, "names that differ", name)
        for name in names:
            if name in TAKEN:
                wrong(key, "another name: the results have a column of this one", name)
        return tuple(found)

    for key in data:
        if key not in KEYS:
            problems.append(
                Problem(where, None, key, f"one of {', '.join(KEYS)}", _quoted(key) + suggestion(key, KEYS))
            )
    title = data.get("title", "")
    if not isinstance(title, str):
        wrong("title", "a text", title)
    changes = tuple(texts("changes", data.get("changes", [])))
    grid = variations("grid", data.get("grid", []))
    single = variations("one_at_a_time", data.get("one_at_a_time", []))
    named = tuple(_named(data.get("named", []), wrong, texts))
    sample = _sample(data["sample"], wrong, variations) if "sample" in data else None
    if not problems and not (grid or single or named or sample):
        wrong("", "something to vary: grid, one_at_a_time, named or sample", "nothing")
    if problems:
        raise DataError(problems)
    combinations = prod(len(each.values) for each in grid) if grid else 0
    runs = combinations + sum(len(each.values) for each in single) + len(named)
    if (runs := runs + (0 if sample is None else sample.count)) > MOST_RUNS:
        raise DataError([Problem(where, None, "", f"at most {MOST_RUNS:,} runs", _quoted(runs))])
    varied = [*grid, *single, *(() if sample is None else sample.vary)]
    names = tuple(dict.fromkeys(each.name for each in varied))
    return Design(str(title), changes, grid, single, named, sample, names)


def _named(
    value: object, wrong: Callable[[str, str, object], None], texts: Callable[[str, object], list[str]]
) -> Iterator[Run]:
    if not isinstance(value, list):
        wrong("named", "a list of { name = …, changes = […] }", value)
        return
    for i, each in enumerate(value):
        if not isinstance(each, dict) or set(each) != {"name", "changes"} or not isinstance(each["name"], str):
            wrong(f"named[{i}]", "{ name = …, changes = […] }", each)
            continue
        yield Run(each["name"], tuple(texts(f"named[{i}].changes", each["changes"])))


def _sample(
    value: object, wrong: Callable[[str, str, object], None], variations: Callable[..., tuple[Variation, ...]]
) -> Sample | None:
    if not isinstance(value, dict) or not {"count", "vary"} <= set(value) <= {"count", "seed", "vary"}:
        wrong("sample", "count, vary and, if wanted, seed", value)
        return None
    count, seed = value["count"], value.get("seed", 1)
    for key, number, least in (("count", count, 1), ("seed", seed, 0)):
        if type(number) is not int or number < least:
            wrong(f"sample.{key}", f"a whole number of at least {least}", number)
            return None
    return Sample(count, seed, variations("sample.vary", value["vary"], drawn=True))


def _misfit(values: Sequence[str]) -> str:
    """What was expected of the values of a sample; empty where they are a distribution."""
    expected = "uniform(low, high), triangular(low, mode, high) or normal(mean, deviation)"
    found = _DISTRIBUTION.fullmatch(values[0]) if len(values) == 1 else None
    if found is None or found["name"] not in DISTRIBUTIONS:
        return expected
    try:
        numbers = [float(text) for text in found["numbers"].split(",")]
    except ValueError:
        return expected
    if len(numbers) != DISTRIBUTIONS[found["name"]]:
        return expected
    rising = numbers == sorted(numbers) and numbers[0] < numbers[-1]
    if found["name"] == "normal":
        return "" if numbers[1] > 0 else "a deviation above 0"
    return "" if rising else "numbers that rise"
