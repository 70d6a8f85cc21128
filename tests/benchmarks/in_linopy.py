"""The problem of `peers` in linopy: `-m tests.benchmarks.in_linopy REGIONS YEARS OFFERS` prints what it proved."""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.benchmarks.peers import GAP, MOST, Problem


def solve(problem: Problem) -> dict[str, Any]:
    """Objective and bound [USD bn]."""
    import linopy
    import numpy as np
    import pandas as pd
    import xarray as xr

    kinds = problem.kinds
    kind = pd.Index([each.name for each in kinds], name="kind")
    year, here = pd.RangeIndex(problem.years, name="year"), pd.RangeIndex(problem.regions, name="here")
    there = pd.RangeIndex(problem.regions, name="there")

    def by_kind(values: Any) -> Any:
        return xr.DataArray(np.array(list(values), dtype=float), coords=[kind])

    running = xr.DataArray([problem.running(t) for t in year], coords=[year])
    begins = by_kind(each.period for each in kinds)
    stands = begins <= xr.DataArray(year.to_numpy(), coords=[year])
    at = xr.DataArray(
        np.array([[float(each.region == a) for a in here] for each in kinds]), coords=[kind, here]
    )  # fmt: skip
    far = np.abs(np.subtract.outer(here.to_numpy(), there.to_numpy()))
    egress = xr.DataArray(far * problem.egress_usd_bn_per_gw_year, coords=[here, there])
    demand = xr.DataArray(np.array(problem.demand_gw), coords=[there, year])

    m = linopy.Model()
    modules = m.add_variables(lower=0, upper=MOST, coords=[kind], integer=True, name="modules")
    use = m.add_variables(lower=0, coords=[kind, year], mask=stands, name="use").fillna(0)  # nothing before it stands
    flow = m.add_variables(lower=0, coords=[here, there, year], name="flow")
    sizes = by_kind(each.size_gw for each in kinds)
    m.add_constraints(use - sizes * modules <= 0, mask=stands, name="within_modules")
    m.add_constraints(flow.sum("there") - (at * use).sum("kind") <= 0, name="supply")
    m.add_constraints(flow.sum("here") >= demand, name="demand")
    upfront = by_kind(each.upfront_usd_bn * problem.paid(each.period) for each in kinds)
    price = by_kind(each.price_usd_bn_per_gw_year for each in kinds)
    m.add_objective((upfront * modules).sum() + (price * running * use).sum() + (egress * running * flow).sum())
    m.solve(solver_name="highs", io_api="direct", mip_rel_gap=GAP, threads=1, output_flag=False)
    return proved(m)


def proved(m: Any) -> dict[str, Any]:
    """What HiGHS found of a model that linopy solved. Raises RuntimeError where it found no optimum."""
    if m.termination_condition != "optimal":
        raise RuntimeError(f"linopy ended: {m.status}, {m.termination_condition}")
    info = m.solver_model.getInfo()
    return {"objective": float(info.objective_function_value), "bound": float(info.mip_dual_bound)}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(solve(Problem(*map(int, sys.argv[1:4])))) + "\n")
