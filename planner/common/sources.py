"""Sources of the figures in the other tables."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class SourceKind(StrEnum):
    """The kind of a source."""

    SEED = "seed"
    """announced: one of the deals on which the case is built"""
    PUBLIC = "public"
    """reported elsewhere in public"""
    ASSUMPTION = "assumption"
    """an assumption of the author of the case"""


class Source(Row):
    """A source of figures."""

    about: ClassVar[Table] = Table("sources", "one row per source", ("key",))

    key: Annotated[str, Field("name of the source, as in the column `source` of the other tables", identifier=True)]
    title: Annotated[str, Field("its content in one line")]
    address: Annotated[str | None, Field("where it can be read")] = None
    kind: Annotated[SourceKind, Field("seed (announced), public (reported) or assumption (made for this case)")]
    note: Annotated[str | None, Field("what is derived or assumed, and which sources disagree")] = None
