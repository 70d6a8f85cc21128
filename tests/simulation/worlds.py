"""Cases whose worlds are worked out with a pencil, and simulations of them in this process.

The lab of `tests.hedge.test_by_hand`: chips for 3 GW, `home` for 1 GW at 1.2 USD bn a year, 1 GW asked for, a GW-year
that is not served costs 10. `now` is a hall for 1 GW in 2027 and 2028 at 2.4 in all, signed in 2026; `letter` is one at
3.0, signed by 2027-01-01. Here growth is low as far as anybody expects:

                                     high    low
    now is signed                    6.0     6.0
    letter is signed                 6.6     6.6
    neither                         23.6     3.6
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api import Case
from planner.plan.audit import audit
from planner.plan.hedges.audit import audit as audit_hedge
from planner.plan.hedges.hedge import is_hedge
from planner.plan.record import RECORD
from planner.simulation.simulate import simulate
from planner.simulation.simulation import Simulation
from planner.studies.engine import InThisProcess
from tests.hedge.test_by_hand import HOME, LETTER, NOW
from tests.small import demand, owned, sites, small

HIGH = '"demand[2027-01-01..,here,training].demand_gw = 2"'


def staying(folder: Path, high: float = 0.5, known_on: str = "2027-01-01", changes: str = HIGH, **more: Any) -> Case:
    """The case in which growth is low as far as anybody expects."""
    rows = f"growth,high,,{high},{changes}\ngrowth,low,,{1.0 - high},\n"
    return small(
        folder,
        end=2029,
        shortage=10.0,
        demand=demand(1, 1, 1),
        site_leases=sites(HOME, NOW, LETTER),
        events=f"event,known_on\ngrowth,{known_on}\n",
        outcomes=f"event,outcome,given,probability,changes\n{rows}",
        **owned(3),
        **more,
    )


def simulated(case: Case, worlds: int = 4, every: int = 12, **more: Any) -> Simulation:
    """A simulation in this process; every plan that it kept was written, and audits confirm each."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder)
        found = simulate(case, worlds, every, engine=InThisProcess, folder=kept, **more)
        plans = [path.parent for path in kept.glob(f"*/plan/{RECORD}")]
        assert plans
        for plan in plans:
            agrees = audit_hedge(plan).agrees if is_hedge(plan) else audit(plan).agrees
            assert agrees, plan
    return found


def costs(found: Simulation) -> dict[str, dict[str, float]]:
    """What each policy costs in each future [USD bn]."""
    futures = found.drawn.set_index("world")["future"]
    table = found.table.assign(future=found.table["world"].map(futures))
    groups = table.groupby(["policy", "future"])["cost_usd_bn"]
    assert (groups.nunique(dropna=False) == 1).all()
    told: dict[str, dict[str, float]] = {}
    for (policy, future), cost in groups.first().items():  # type: ignore[misc]
        told.setdefault(str(policy), {})[str(future)] = float(cost)
    return told


def of(found: Simulation, policy: str, column: str) -> Sequence[Any]:
    """A column of the results of a policy, world by world."""
    rows: pd.DataFrame = found.table[found.table["policy"] == policy]
    return list(rows[column])
