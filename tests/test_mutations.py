"""Thousands of spoilt copies of the shipped cases, each refused in the right place or read as it says; large tables.

`python -m tests.mutations 10` judges ten times as many and prints their table.
"""

from pathlib import Path
from typing import Any

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.sources import Source
from planner.tables import cells, csvtext, reading
from planner.tables.csvtext import RawRecord, RawTable
from tests.inputs import write_case
from tests.mutations import Outcome, faults, judged, table

SHARES = {"starter": 0.25, "gpu-campus": 0.1, "frontier-lab": 0.05}
"""of all mutants of a shipped case, judged by each of two tests with another seed"""
LARGE = 100_000


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", SHARES)
def test_none_crashes_and_none_is_ignored(name: str, seed: int) -> None:
    verdicts = list(judged(name, SHARES[name], seed=seed))
    assert len(verdicts) > 300
    assert {Outcome.REJECTED, Outcome.SAME, Outcome.CHANGED} <= {verdict.outcome for verdict in verdicts}
    assert not faults(verdicts), "\n".join([*faults(verdicts), table(verdicts)])


def at_fault(*kinds: str) -> set[str]:
    """Of these kinds, those with a mutant that is neither refused in the right place nor read as it says."""
    verdicts = judged("starter", 1.0, kinds=kinds)
    return {verdict.mutant.kind for verdict in verdicts if verdict.outcome is Outcome.FAULT}


def test_a_reader_that_guesses_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = cells.number
    monkeypatch.setattr(cells, "number", lambda text: strict(text.replace(",", ".")))
    assert len(at_fault("thousands separator", "wrong decimal sign")) == 2


def test_a_reader_that_passes_over_columns_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_header", lambda row, header: iter(()))
    assert len(at_fault("column unknown", "column renamed", "column twice")) == 3


def test_a_reader_that_names_the_line_before_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = csvtext.parse

    def shifted(file: str, data: bytes, *more: Any, **named: Any) -> RawTable:
        found = parse(file, data, *more, **named)
        return RawTable(found.header, tuple(RawRecord(each.line - 1, each.cells) for each in found.records))

    monkeypatch.setattr(csvtext, "parse", shifted)
    assert len(at_fault("text in a number", "row too short", "unknown name")) == 3


def sources(*last: str) -> str:
    rows = [f"s{n},Source {n},assumption" for n in range(LARGE - len(last))]
    return "\n".join(["key,title,kind", *rows, *last, ""])


def test_a_hundred_thousand_rows_are_read(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path, sources=sources()))
    assert len(case.rows(Source)) == LARGE
    assert case.rows(Source)[-1].line == LARGE + 1


def test_the_last_of_a_hundred_thousand_rows_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        Case.read(write_case(tmp_path, sources=sources("s5,Twice,assumption", "t,Guess,guess")))
    assert str(error.value).splitlines() == [
        f"sources.csv:{LARGE} key: expected each key once (line 7 has this one), found 's5'",
        f"sources.csv:{LARGE + 1} kind: expected one of seed, public, assumption, found 'guess'",
    ]


def test_a_hundred_thousand_unknown_names_are_all_named(tmp_path: Path) -> None:
    """A like name is looked for among a hundred thousand for the first only."""
    rows = [f"tpu_a,{n / 100000},0.5,s_{n}" for n in range(LARGE)]
    values = "\n".join(["chip,age_years,value_share,source", *rows, ""])
    with pytest.raises(DataError) as error:
        Case.read(write_case(tmp_path, sources=sources(), resale_values=values))
    said = [str(problem) for problem in error.value.problems]
    assert len(said) == LARGE
    assert said[-1] == f"resale_values.csv:{LARGE + 1} source: expected a key of sources.csv, found 's_{LARGE - 1}'"
    assert sum("did you mean" in each for each in said) == 1
