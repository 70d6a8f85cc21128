"""Where the figures of the other tables come from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class SourceKind(StrEnum):
    """How much a figure can be relied on."""

    SEED = "seed"
    """announced: one of the deals that the case is built around"""
    PUBLIC = "public"
    """reported elsewhere in public"""
    ASSUMPTION = "assumption"
    """our own"""


class Source(Row):
    """Where figures come from."""

    about: ClassVar[Table] = Table("sources", "one row per source", ("key",))

    key: Annotated[str, Field("name of the source, as in the column `source` of the other tables", identifier=True)]
    title: Annotated[str, Field("what it says, in a line")]
    address: Annotated[str | None, Field("where it can be read")] = None
    kind: Annotated[SourceKind, Field("seed (announced), public (reported) or assumption (our own)")]
    note: Annotated[str | None, Field("what is derived or assumed, and what disagrees")] = None
