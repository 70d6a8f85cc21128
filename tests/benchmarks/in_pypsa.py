"""The problem of `peers` in PyPSA: `-m tests.benchmarks.in_pypsa REGIONS YEARS OFFERS` prints what it proved."""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from typing import Any

from tests.benchmarks.in_linopy import proved
from tests.benchmarks.peers import FIRST_YEAR, GAP, MOST, Problem


def solve(problem: Problem) -> dict[str, Any]:
    """Objective and bound [USD bn]."""
    import numpy as np
    import pandas as pd
    import pypsa

    kinds, years = problem.kinds, pd.RangeIndex(FIRST_YEAR, FIRST_YEAR + problem.years)
    worth = np.array([problem.running(t) for t in range(problem.years)])
    n = pypsa.Network()
    n.set_snapshots(pd.MultiIndex.from_product([years, [0]], names=["period", "timestep"]))
    n.investment_periods = years
    n.investment_period_weightings["objective"] = worth
    n.investment_period_weightings["years"] = 1.0
    names = pd.Index([f"region_{a}" for a in range(problem.regions)])
    n.add("Bus", names)
    demand = pd.DataFrame(np.array(problem.demand_gw).T, index=n.snapshots, columns=names)
    n.add("Load", names, bus=names, p_set=demand)
    n.add(
        "Generator",
        [kind.name for kind in kinds],
        bus=[names[kind.region] for kind in kinds],
        p_nom_extendable=True,
        p_nom_mod=[kind.size_gw for kind in kinds],
        p_nom_max=[kind.size_gw * MOST for kind in kinds],
        # every year in which it stands counts its capital cost, weighted as that year is
        capital_cost=[
            kind.upfront_usd_bn / kind.size_gw * problem.paid(kind.period) / worth[kind.period :].sum()
            for kind in kinds
        ],
        marginal_cost=[kind.price_usd_bn_per_gw_year for kind in kinds],
        build_year=[FIRST_YEAR + kind.period for kind in kinds],
        lifetime=math.inf,
    )
    ends = [*pairwise(names), *pairwise(names[::-1])]
    n.add(
        "Link",
        [f"{a}_{b}" for a, b in ends],
        bus0=[a for a, _ in ends],
        bus1=[b for _, b in ends],
        p_nom=float(sum(map(max, problem.demand_gw))),
        marginal_cost=problem.egress_usd_bn_per_gw_year,
    )
    options = {"mip_rel_gap": GAP, "threads": 1, "output_flag": False}
    n.optimize(multi_investment_periods=True, solver_name="highs", io_api="direct", solver_options=options)
    return proved(n.model)


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(solve(Problem(*map(int, sys.argv[1:4])))) + "\n")
