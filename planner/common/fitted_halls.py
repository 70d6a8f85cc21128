"""What the halls of a lease are fitted for at the start of a case."""

from __future__ import annotations

from typing import Annotated, ClassVar

from planner.tables.fields import OFFERS, Field
from planner.tables.table import Row, Table


class FittedHalls(Row):
    """Halls of a lease that are fitted for a chip family at the start of a case."""

    about: ClassVar[Table] = Table(
        "fitted_halls",
        "one row per phase that has commenced and chip family for which halls of it are fitted at the start",
        ("offer", "family"),
        opening=True,
    )

    offer: Annotated[
        str,
        Field(
            "phase whose refit_usd_bn_per_gw is given; without rows of it, it is open for what its halls are fitted",
            refers=OFFERS,
        ),
    ]
    family: Annotated[str, Field("chip family", refers="chips.family", foreseen=True)]
    gw: Annotated[float, Field("IT power of the halls that are fitted for it", least=0)]
