"""Pyomo → HiGHS and back.

    compile     a Pyomo model as plain arrays, its columns in a known order      Program
    solve       the best x of a program, with progress, a start and interruption  Answer
    duals       what one unit more of a row's limit is worth, integers kept
    scaling     how far apart a program's numbers are, and whether HiGHS can be trusted with them
    write_mps   a program as a file that other solvers read

A program is searched by `planner.solver.branch_and_bound`, over linear programs that HiGHS solves, and by HiGHS itself
where that gives up, or beside it in a race. What is found is judged in one place, `planner.solver.answer`. Pyomo and
HiGHS are loaded by the first call that needs them, not by the import of this package.
"""

from planner.solver.answer import TOLERANCE, Answer, Snapshot, Solution, Stop
from planner.solver.duals import duals
from planner.solver.highs import Options
from planner.solver.mps import write_mps
from planner.solver.program import Program
from planner.solver.scaling import scaling
from planner.solver.solving import solve
from planner.solver.standard_form import compile  # noqa: A004 - the word of the trade

__all__ = [
    "TOLERANCE",
    "Answer",
    "Options",
    "Program",
    "Snapshot",
    "Solution",
    "Stop",
    "compile",
    "duals",
    "scaling",
    "solve",
    "write_mps",
]
