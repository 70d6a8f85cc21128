"""Tables as columns, and the data frames that are made of them."""

import math

import numpy as np
import pandas as pd
import pytest

from planner.basics.frames import Frames, Table, records, rows
from planner.plan.exports.sums import totals
from planner.tables import csvtext

MIXED: Table = {
    "name": ["plain", "=SUM(A1)", "'tis", "a, b", 'say "so"', "", "-5", "two\nlines"],
    "gw": np.array([0.1 + 0.2, -0.0, np.nan, 1e-20, 1e16, 12.0, np.inf, 1 / 3]),
}
EMPTY: Table = {"name": [], "gw": np.empty(0)}


@pytest.mark.parametrize("table", [MIXED, EMPTY])
def test_columns_are_written_as_their_frame_is(table: Table) -> None:
    assert csvtext.written(table) == csvtext.exported(Frames({"t": table})["t"])


@pytest.mark.parametrize("table", [MIXED, EMPTY])
def test_columns_are_read_row_by_row_as_their_frame_is(table: Table) -> None:
    ours, theirs = (list(map(repr, map(tuple, each))) for each in (rows(table), records(Frames({"t": table})["t"])))
    assert ours == theirs
    assert len(ours) == len(table["gw"])


def test_a_frame_has_words_and_numbers_even_if_it_is_empty() -> None:
    for table in (MIXED, EMPTY):
        assert [str(kind) for kind in Frames({"t": table})["t"].dtypes] == ["str", "float64"]


def test_a_frame_that_was_asked_for_is_what_counts() -> None:
    frames = Frames({"t": MIXED, "other": EMPTY})
    assert frames.untouched("t") is MIXED
    frame = frames["t"]
    assert frames["t"] is frame
    assert frames.untouched("t") is None
    assert frames.untouched("other") is EMPTY
    assert list(frames) == ["t", "other"]


@pytest.mark.parametrize("keys", ["aaabbbbbbbbbbbb", "bbbaaaaaaaaaaaa", "abababababababa", ""])
def test_sums_are_those_of_a_group(keys: str) -> None:
    values = np.random.default_rng(1).normal(size=len(keys)) * 10.0
    found = totals(list(keys), values)
    assert list(found) == list(dict.fromkeys(keys))
    for key, total in found.items():
        assert total == pytest.approx(math.fsum(v for k, v in zip(keys, values, strict=True) if k == key), rel=1e-14)
    frame = pd.DataFrame({"key": list(keys), "value": values})
    assert found == pytest.approx(frame.groupby("key")["value"].sum().to_dict(), rel=1e-14)
