"""From when the exposure of a lease's guarantor counts: the choices, and what is known of all leases from a day on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class CoverFrom(StrEnum):
    """From when the exposure of a lease's guarantor counts."""

    SIGNING = "signing"
    """from the signature on"""
    COMMENCEMENT = "commencement"
    """from the day on which the halls stand and the lease begins"""


class CoverStart(Row):
    """What holds of all leases from a day on, whatever their own rows say."""

    about: ClassVar[Table] = Table(
        "cover_starts",
        "one row per date from which the cover of all leases counts from the same time",
        ("from_date",),
        opening=True,
        remembers=True,
    )

    from_date: Annotated[
        date,
        Field("first day; holds until the next date; before the first date cover_from of each lease holds"),
    ]
    cover_from: Annotated[
        CoverFrom,
        Field("from when the exposure of every guarantor of a lease counts, and its fee: signing or commencement"),
    ]
