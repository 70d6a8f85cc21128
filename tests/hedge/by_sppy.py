"""A plan for all futures by mpi-sppy, in a process of its own, as MPI begins with the process.

    python tests/hedge/by_sppy.py CASE                                  the extensive form
    mpiexec -n 3 python -m mpi4py tests/hedge/by_sppy.py CASE           progressive hedging

On three ranks the first one hedges, the second one bounds by the Lagrangian with the same multipliers, and the third
one tries what scenarios decide. The last line printed has cost and bound as JSON.
"""

import json
import sys

from mpi4py.MPI import COMM_WORLD
from mpisppy.opt.ef import ExtensiveForm
from mpisppy.spin_the_wheel import WheelSpinner
from mpisppy.utils import cfg_vanilla, config

from planner.api import Case
from planner.hedge.sppy import Scenarios

SOLVER = "appsi_highs"
STEPS = 30
RHO = 1.0
"""of every decision in every future; with different ones the bound would be none"""
GAP = 1e-6


def extensive_form(of: Scenarios) -> dict[str, float]:
    options = {"solver": SOLVER}
    form = ExtensiveForm(options, of.names, of.creator, all_nodenames=of.nodes, suppress_warnings=True)
    form.solve_extensive_form({"mip_rel_gap": GAP})
    return {"cost": form.get_objective_value()}


def progressive_hedging(of: Scenarios) -> dict[str, float] | None:
    """None on all ranks but the first."""
    cfg = config.Config()
    for arguments in (cfg.popular_args, cfg.two_sided_args, cfg.ph_args, cfg.lagrangian_args, cfg.xhatshuffle_args):
        arguments()
    cfg.solver_name, cfg.default_rho, cfg.max_iterations, cfg.rel_gap = SOLVER, RHO, STEPS, GAP
    cfg.linearize_proximal_terms = cfg.linearize_binary_proximal_terms = True
    beans = (cfg, of.creator, lambda *_: None, of.names)
    hub, *spokes = (
        make(*beans, all_nodenames=of.nodes)
        for make in (cfg_vanilla.ph_hub, cfg_vanilla.lagrangian_spoke, cfg_vanilla.xhatshuffle_spoke)
    )
    wheel = WheelSpinner(hub, spokes)
    wheel.spin()
    return None if wheel.global_rank else {"cost": wheel.BestInnerBound, "bound": wheel.BestOuterBound}


def main(folder: str) -> None:
    of = Scenarios.of(Case.read(folder))
    found = extensive_form(of) if COMM_WORLD.size == 1 else progressive_hedging(of)
    if found is not None:
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
