"""One run of a study over plans for all futures: the hedge, its audit, and the smallest value of a measure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.basics.risk import expected
from planner.case.case import Case
from planner.interfaces.catalogue import Catalogue
from planner.ledgers.balances import Balance
from planner.plan.hedged import tells_of_a_hedge
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.plan.record import RECORD
from planner.portfolio.portfolio import Portfolio
from planner.solve.least_values import Smallest
from planner.solve.start import Start
from planner.solve.study_options import ExtraLimits, StudyOptions, no_limits
from planner.studies.packing import pack, unpacked


def solved(case: Case, study: StudyOptions, most: float | None = None) -> Hedge:
    """The plan for all futures of a case, without the values that a study does not show. Raises as `hedge` does.

    The limits of `study` hold in every future; its target and `most` are about the objective [USD bn].
    """
    from planner.hedge.hedge import hedge
    from planner.hedge.valuing import ValuesAsked

    return hedge(case, asked=ValuesAsked(usual=False), study=study, most=most)


def smallest(
    case: Case,
    of: Callable[[Portfolio], Balance],
    periods: Sequence[int],
    *,
    start: Start | None = None,
    extra_limits: ExtraLimits = no_limits,
    similar: Portfolio | None = None,
) -> Smallest:
    """As `smallest_peak_of_all`."""
    from planner.hedge.least_values import smallest_peak_of_all

    return smallest_peak_of_all(case, of, periods, start=start, extra_limits=extra_limits, similar=similar)


def agrees(found: Hedge, catalogue: Catalogue) -> tuple[bytes, str]:
    """The folder of a hedge as bytes, and what its audit says against it; blank where it agrees."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "hedge"
        found.write(written)
        audited = audit(written, catalogue)
        return pack(written), "" if audited.agrees else audited.text()


def in_money(found: Hedge) -> tuple[float, float]:
    """The expected cost in money, and what is expected in penalties [USD bn]; together they are the expected cost."""
    records = [found.plan(future.name).record for future in found.futures_tree.futures]
    weights = [future.probability for future in found.futures_tree.futures]
    money = expected([each.cost_in_money_usd_bn for each in records], weights)
    return money, expected([each.penalties_usd_bn for each in records], weights)


def is_packed_hedge(packed: bytes) -> bool:
    """Whether a packed folder is that of a hedge."""
    return tells_of_a_hedge(unpacked(packed).get(RECORD, b""))
