"""Fixed-charge cover: net revenue covers the fixed payments of the next twelve months.

    net_revenue                cover_min_t · fixed_charges_t ≤ net_revenue_t
    net_revenue_under_stress   cover_min_t · fixed_charges_t ≤ revenue_stress_share_t · net_revenue_t

fixed_charges_t [USD bn] are the payments that fall due within twelve months of the start of period t under contracts
signed by then: rents, lease payments, floors spread over their contract year, interest and instalments. Payments that
the lab may still avoid are not among them. net_revenue_t is revenue less other costs [USD bn a year], the mean of the
period. Cover and share are the strictest of the period; where one is blank, its limits do not apply. The column `used`
of `limits.csv` holds cover_min · fixed_charges.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.revenue import net_revenue, strictest

NAME = "fixed_charge_cover"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Cover by net revenue, and by net revenue under stress [USD bn], each where it is given."""
    cover = strictest(case, lambda row: row.cover_min, max, -np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    limited, net = np.isfinite(cover), net_revenue(case)
    used = ledgers.balance("fixed_charges").times(np.where(limited, cover, 0.0))
    stressed = limited & np.isfinite(stress)
    if limited.any():
        yield Limit.of(NAME, "net_revenue", "USD bn", used, np.where(limited, net, np.inf))
    if stressed.any():
        allowed = np.where(stressed, np.where(stressed, stress, 0.0) * net, np.inf)
        yield Limit.of(NAME, "net_revenue_under_stress", "USD bn", used, allowed)


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    limits=limits,
)
