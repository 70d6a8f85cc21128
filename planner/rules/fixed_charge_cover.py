"""Fixed-charge cover: what the lab earns covers what signed contracts make it pay in the next twelve months.

    net_revenue                cover_min_t · fixed_charges_t ≤ net_revenue_t
    net_revenue_under_stress   cover_min_t · fixed_charges_t ≤ revenue_stress_share_t · net_revenue_t

fixed_charges_t [USD bn] falls due within twelve months of the start of period t under what is signed by then: rents,
lease payments, floors spread over their contract year, interest and instalments; not what the lab may still choose.
net_revenue_t is a year's revenue less other costs, the mean of the period. Cover and share are the strictest of the
period; blank: no such limit. In `limits.csv` `used` is the charges times the cover asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.finance_steps import finance_step
from planner.rules.shared.revenue import net_revenue, strictest

NAME = "fixed_charge_cover"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Cover by what is earned, and by what is earned under stress [USD bn], each where it is given."""
    cover = strictest(case, lambda row: row.cover_min, max, -np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    asked, earned = np.isfinite(cover), net_revenue(case)
    used = ledgers.balance("fixed_charges").times(np.where(asked, cover, 0.0))
    stressed = asked & np.isfinite(stress)
    if asked.any():
        yield Limit.of(NAME, "net_revenue", "USD bn", used, np.where(asked, earned, np.inf))
    if stressed.any():
        allowed = np.where(stressed, np.where(stressed, stress, 0.0) * earned, np.inf)
        yield Limit.of(NAME, "net_revenue_under_stress", "USD bn", used, allowed)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    yield from finance_step(case, LimitOf.COVER, "cover", "cover_min", "0.05 less", "-= 0.05")


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    steps=_steps,
    events=(),
    limits=limits,
)
