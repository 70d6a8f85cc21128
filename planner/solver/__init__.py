"""From a model to its solution, by our branch and bound or by HiGHS.

    compile     a Pyomo model and rows that are arrays as one program       Program
    solve       the best solution of a program, with a warm start,
                progress and interruption                                   Answer
    duals       what one unit more of a row's bound is worth, with the integers fixed
    PlansWithout    a solution of which variables can be dropped, as long as it costs no more
    scaling     how far apart a program's numbers are, and whether HiGHS can be trusted with them
    write_mps   a program as a file that other solvers read

`Options.search` chooses the search: our own (`planner.solver.branch_and_bound`), HiGHS's, or both in a race. In our
own, HiGHS solves the linear programs, and HiGHS's search takes over where ours gives up.

Programs are solved in units of their own (`Scaled`). Bounds of linear programs are those that their
duals prove (`planner.solver.dual_bounds`). A program without a least cost is called so (`planner.solver.unbounded`).
Whatever is found is checked in one place, `planner.solver.answer`. Pyomo and HiGHS are imported by the first call that
needs them, not with this package.
"""

from planner.solver.answer import TOLERANCE, Answer, Feasibility, Snapshot, Stop
from planner.solver.duals import duals
from planner.solver.highs import Options
from planner.solver.mps import write_mps
from planner.solver.plans_without import PlansWithout
from planner.solver.program import Program
from planner.solver.scaled import Scaled
from planner.solver.scaling import scaling
from planner.solver.solving import solve
from planner.solver.standard_form import compile  # noqa: A004 - the word of the trade

__all__ = [
    "TOLERANCE",
    "Answer",
    "Feasibility",
    "Options",
    "PlansWithout",
    "Program",
    "Scaled",
    "Snapshot",
    "Stop",
    "compile",
    "duals",
    "scaling",
    "solve",
    "write_mps",
]
