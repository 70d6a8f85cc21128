"""What a section is made of. Texts are plain; they are escaped when they are put on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import pandas as pd

Seen_contra = TypeVar("Seen_contra", contravariant=True)

Drawing = dict[str, Any]
"""a Vega-Lite specification"""


def slug(text: str) -> str:
    """A text in letters that a link and the name of a file can hold; texts of identifiers that differ stay different.

    >>> slug("policies/served_in_region_min/a_b"), slug("policies/served_in_region_min/a/b"), slug("(all): a/b")
    ('policies--served-in-region-min--a-b', 'policies--served-in-region-min--a--b', '.all.---a--b')
    """
    return re.sub(r"[^a-zA-Z0-9.-]", "-", re.sub("[()]", ".", text).replace(": ", "---").replace("/", "--"))


@dataclass(frozen=True)
class Span:
    """The range of a figure's axes. Figures of two plans can share one."""

    low: float = 0.0
    high: float = 0.0
    """of the values"""
    first: str = ""
    last: str = ""
    """of the dates; blank where the figure has none"""
    series: tuple[str, ...] = ()
    """the series, which differ by shade"""

    def __or__(self, other: Span) -> Span:
        """The range of both."""
        first = min(filter(None, (self.first, other.first)), default="")
        series = tuple(dict.fromkeys((*self.series, *other.series)))
        return Span(min(self.low, other.low), max(self.high, other.high), first, max(self.last, other.last), series)


@dataclass(frozen=True)
class Figure:
    """A chart, which is drawn once the range of its axes is known."""

    name: str
    title: str
    says: str
    """what it shows, in a sentence; screen readers read it too"""
    span: Span
    draw: Callable[[Span], Drawing]
    small: bool = False
    """whether it stands beside others of its kind"""
    detail: bool = False
    """whether it stands in the appendix, for those who look closer"""


@dataclass(frozen=True)
class Column:
    """A column of a sheet: the frame's own name, its heading, and how many decimals; None for text and dates."""

    key: str
    title: str
    decimals: int | None = None
    percent: bool = False
    beside: str = ""
    """name of a column of text that stands below it in small letters, such as an identifier below a name"""


def column(frame: pd.DataFrame, key: str) -> Column:
    """A column of a table as it is: numbers with three decimals, everything else as text."""
    title = key.replace("_usd_bn", "").replace("_", " ")
    return Column(key, title, 3 if frame[key].dtype.kind == "f" else None)


@dataclass(frozen=True)
class Sheet:
    """A table that sorts and can be downloaded."""

    name: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    shown: int = 10
    """number of rows that are shown at first"""
    download: pd.DataFrame | None = None
    """what is downloaded; None: the frame"""
    totals: frozenset[int] = frozenset()
    """places of the rows that add up others"""
    total: pd.DataFrame | None = None
    """rows below the table, such as sums, with its columns; None: there are none"""
    says: str = ""
    """what it shows, in a sentence"""
    detail: bool = False
    """whether it stands in the appendix, for those who look closer"""


@dataclass(frozen=True)
class Tile:
    """A headline figure."""

    key: str
    """name of the figure in `plan.json` or elsewhere"""
    label: str
    text: str
    value: str = ""
    """the figure in full, as JSON writes it"""
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Headline figures side by side."""

    name: str
    tiles: tuple[Tile, ...]
    detail: bool = False
    """whether they stand in the appendix, for those who look closer"""


@dataclass(frozen=True)
class Sentences:
    """Sentences; `listed` as a list."""

    name: str
    sentences: tuple[str, ...]
    title: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Brief:
    """The first screen: what somebody would say about it, a few figures, and a quiet line at the foot."""

    name: str
    points: tuple[tuple[str, str], ...]
    """a word for each, and what is said"""
    tiles: tuple[Tile, ...]
    foot: tuple[Tile, ...]
    """figures of the line at the foot, each a piece of it"""


@dataclass(frozen=True)
class Glossary:
    """Words and what they mean."""

    name: str
    terms: tuple[tuple[str, str], ...]


Part = Figure | Sheet | Tiles | Sentences | Brief | Glossary


class Heading(Protocol):
    """The heading of a section."""

    @property
    def NAME(self) -> str:
        """Its name in links and files."""

    @property
    def TITLE(self) -> str:
        """Its heading."""

    @property
    def LEAD(self) -> str:
        """What the section says, in a sentence."""


class Section(Heading, Protocol[Seen_contra]):
    """What each module of `sections`, or of `runs`, offers."""

    def parts(self, view: Seen_contra, /) -> list[Part]:
        """The parts that show a plan, or a study."""
