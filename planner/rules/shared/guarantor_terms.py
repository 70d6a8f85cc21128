"""Further terms of random guarantors: collateral, and a spread on the debt that is supported."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from planner.basics.draws import between
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.treasury import Finance
from planner.interfaces.generation import Frame
from planner.tables.table import Row


def further_terms(frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
    """Some guarantors of rents ask for collateral, if cash is limited at all times, and some supporters for a spread.

    What is signed already in a generated case needs no guarantor, so that nothing is locked up for it.
    """
    del frame
    finance = [row for row in rows if isinstance(row, Finance)]
    limited = bool(finance) and all(row.min_cash_usd_bn is not None for row in finance)
    made: list[Row] = []
    for row in rows:
        if not isinstance(row, Guarantor):
            made.append(row)
            continue
        chosen, share, spread = rng.random() < part, between(rng, 0.05, 0.25), between(rng, 0.001, 0.004)
        terms: dict[str, object] = {}
        if chosen and row.kind is GuaranteeKind.RESIDUAL:
            terms["spread_rate"] = spread
        elif chosen and limited:
            terms["collateral_share"] = share
        made.append(row.model_copy(update=terms) if terms else row)
    return made
