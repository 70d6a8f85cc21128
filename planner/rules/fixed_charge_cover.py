"""Fixed-charge cover: net revenue covers the fixed payments of the next twelve months.

    net_revenue                cover_min_t · fixed_charges_t ≤ earned_t
    net_revenue_under_stress   cover_min_t · fixed_charges_t ≤ stressed_t

fixed_charges_t [USD bn] are the payments that fall due within twelve months of the start of period t under contracts
signed by then: rents, lease payments, floors spread over their contract year, interest and instalments. Payments that
the lab may still avoid are not among them, nor are sums that are paid once, such as the price of chips that must be
bought at the end of a lease; floors count as far as they are not prepaid. earned_t is revenue less other costs, and
less what demand that is not served takes away [USD bn a year]; it is the mean of the period. stressed_t is the same
with revenue_stress_share_t of what is left before the costs that do not follow revenue. Cover and share are the
strictest of the period; where one is blank, its limits do not apply. The column `used` of `limits.csv` holds
cover_min · fixed_charges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.common.demand import Demand, Workload
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, lowered
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.finance_steps import finance_step
from planner.rules.shared.loosening import needs, slots_of
from planner.rules.shared.revenue import Earned, lowest_given, strictest

NAME = "fixed_charge_cover"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Cover by net revenue, and by net revenue under stress [USD bn], each where it is given."""
    cover = strictest(case, lambda row: row.cover_min, max, -np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    limited, net = np.isfinite(cover), Earned.of(case, ledgers)
    used = ledgers.balance("fixed_charges").times(np.where(limited, cover, 0.0))
    stressed = limited & np.isfinite(stress)
    if limited.any():
        yield Limit.of(NAME, "net_revenue", "USD bn", used, net.times(np.where(limited, 1.0, np.inf)))
    if stressed.any():
        allowed = net.times(stress=np.where(stressed, stress, np.inf))
        yield Limit.of(NAME, "net_revenue_under_stress", "USD bn", used, allowed)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    yield from finance_step(case, LimitOf.COVER, "cover", "cover_min", "0.05 less", "-= 0.05")


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A smaller cover, which moves by cover_t · slack_t / (allowed_t + slack_t)."""
    cover = strictest(case, lambda row: row.cover_min, max, 0.0)
    lowest = lowest_given(case, lambda row: row.cover_min)
    slots: list[Slot] = []
    allowed: list[Balance] = []
    for subject in ("net_revenue", "net_revenue_under_stress"):
        for slot in slots_of(limits[subject], 1.0) if subject in limits else ():
            earns = max(0.0, float(limits[subject].allowed.constant[slot.t]))
            slots.append(replace(slot, scale=earns or 1.0))
            allowed.append(limits[subject].allowed)

    finite = [np.where(np.isfinite(each.constant), each.constant, 0.0) for each in allowed]

    def lines(amounts: Amounts) -> list[Line]:
        def of(k: int, slack: float) -> float:
            t = slots[k].t
            earns = max(0.0, float(replace(allowed[k], constant=finite[k]).evaluate(amounts.x)[t]))
            return float(cover[t]) * slack / (earns + slack)

        by = needs(slots, amounts, of)
        where, says = "finance[{span}].cover_min", "{by} less fixed-charge cover {when}"
        return lowered(case.calendar, where, by, lowest, cover, says, "")

    if slots:
        yield Item("cover", "cover", lines, tuple(slots))


RULE = Rule(
    name=NAME,
    reads=(Finance, Demand, Workload),
    steps=_steps,
    events=(),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
