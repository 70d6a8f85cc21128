"""Data frames, read row by row."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row with its columns as attributes."""
    yield from frame.itertuples(index=False)


def arranged(frame: pd.DataFrame, columns: Sequence[str], numbers: Container[str]) -> pd.DataFrame:
    """The columns named, in their order: those of `numbers` as they are, the others as words, blank where missing."""
    ordered = frame.reindex(columns=list(columns))
    words = [name for name in columns if name not in numbers]
    ordered[words] = ordered[words].astype(object).where(ordered[words].notna(), "")
    return ordered


def summed(frame: pd.DataFrame, by: Sequence[str], value: str = "value") -> pd.DataFrame:
    """The sum of one column by others, in order of first appearance."""
    return frame.groupby(list(by), sort=False)[value].sum().reset_index()
