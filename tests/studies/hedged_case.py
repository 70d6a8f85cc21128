"""A case with one event whose studies can be worked out with a pencil.

In 2026 1 GW is asked for; from 2027 on, which is known on its first day, 1 GW (low) or 2 GW (high), with probability ½
each. `deal` costs 10 per GW-year and asks for 20 in 2027 at least; `spot` costs 11. Both are signed in 2026 or never.

    signed      low             high            expected    CVaR at 0.9
    spot        11 + 11 = 22    11 + 22 = 33    27.5        33
    deal        10 + 20 = 30    10 + 20 = 30    30          30
    nothing     shortage at 100 per GW-year
"""

from pathlib import Path

from planner.api import Case
from tests.small import demand, small

SPOT, DEAL = "spot", "deal"
EVENTS = "event,known_on\ndemand,2027-01-01\n"
OUTCOMES = (
    "event,outcome,given,probability,changes\n"
    "demand,low,,0.5,\n"
    'demand,high,,0.5,"demand[2027-01-01..,*,*].demand_gw *= 2"\n'
)


def uncertain(folder: Path, *, events: str | None = EVENTS, outcomes: str | None = OUTCOMES, **more: str) -> Case:
    """The case, with more tables or settings (`toml`); without events it is the low future."""
    return small(
        folder,
        **more,
        demand=demand(1, 1),
        cloud_commitments=(
            "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
            "deal,cloud,open,2026-01-01,2026-01-01,0,2,forfeit\n"
            "spot,market,open,2026-01-01,2026-01-01,0,2,forfeit\n"
        ),
        cloud_tiers=("offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,1,1\nspot,only,11,1,1\n"),
        cloud_terms="offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,5,0\ndeal,2,5,20\nspot,1,5,0\nspot,2,5,0\n",
        cloud_products=(
            "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\nspot,tpu_a,here,1,2026-01-01\n"
        ),
        events=events,
        outcomes=outcomes,
    )
