"""Names that reports use in place of identifiers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class GivenName(Row):
    """What reports call somebody or something that other tables know by an identifier."""

    about: ClassVar[Table] = Table("names", "one row per identifier that has a name", ("identifier",), opening=True)

    identifier: Annotated[
        str, Field("an identifier of another table: of a party, an offer, a region, a chip", identifier=True)
    ]
    name: Annotated[str, Field("what reports call it", name=True)]
